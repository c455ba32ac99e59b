"""The codes of six digits with which agents link themselves to an account."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from ..json_types import JsonObject
from .clock import Clock, iso
from .model import AccountRecord, PrinterRecord
from .serialize import printer_json

VALID_FOR = timedelta(hours=2)


@dataclass(kw_only=True, eq=False)
class Code:
    """A code; `printer` is the one that it links again, or that was linked with it."""

    id: int
    account: AccountRecord
    code: str
    expired_at: datetime
    printer: PrinterRecord | None = None
    verified_at: datetime | None = None


class Codes:
    """All codes that were ever given out."""

    def __init__(self, clock: Clock, random: Random) -> None:
        """Start without codes."""
        self._clock = clock
        self._random = random
        self._codes: list[Code] = []

    def current(self, account: AccountRecord, printer: PrinterRecord | None) -> Code:
        """Return the code for a new printer or for this one, the same until it is used."""
        for code in self._codes:
            if (code.account, code.printer) == (account, printer) and self._is_usable(
                code
            ):
                return code
        code = Code(
            id=len(self._codes) + 1,
            account=account,
            code=f"{self._random.randrange(10**6):06}",
            expired_at=self._clock.now() + VALID_FOR,
            printer=printer,
        )
        self._codes.append(code)
        return code

    def by_id(self, code_id: int) -> Code | None:
        """Return a code by its id."""
        return next((code for code in self._codes if code.id == code_id), None)

    def usable(self, sent: str) -> Code | None:
        """Return the code with these digits, None if it is used or expired."""
        return next(
            (
                code
                for code in self._codes
                if code.code == sent and self._is_usable(code)
            ),
            None,
        )

    def use(self, code: Code, printer: PrinterRecord) -> None:
        """Remember the printer that was linked with a code, which ends with it."""
        code.printer, code.verified_at = printer, self._clock.now()
        code.expired_at = self._clock.now()

    def _is_usable(self, code: Code) -> bool:
        return code.verified_at is None and self._clock.now() < code.expired_at


def code_json(code: Code) -> JsonObject:
    """Return a code."""
    return {
        "id": code.id,
        "printer": printer_json(code.printer) if code.printer else None,
        "code": code.code,
        "expired_at": iso(code.expired_at),
        "verified_at": iso(code.verified_at),
    }
