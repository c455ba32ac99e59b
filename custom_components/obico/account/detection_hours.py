"""Tell how many hours of AI detection an account has left, where they are counted."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Final

from yarl import URL

from homeassistant.util import dt as dt_util

from ..aioobico import CLOUD_URL, User
from ..printer.snapshot import AccountSnapshot
from ..printer.stored_data import StoredData

# How the server writes that there is no limit.
_UNLIMITED: Final = 100_000_000.0


class DetectionHours:
    """The hours of AI detection of one account.

    A self-hosted server answers with a balance of 0 that nothing counts down, and detects
    until it is below 0. Only Obico Cloud, or a server whose balance was seen to move or is
    negative, has hours that can run out.
    """

    def __init__(self, base_url: URL, save_soon: Callable[[], None]) -> None:
        """Start with nothing known; `save_soon` is called when what is stored changes."""
        self._is_cloud = base_url.origin() == CLOUD_URL
        self._save_soon = save_soon
        self._is_counted = False
        # The balance that was seen last.
        self._balance: float | None = None

    def left(self, user: User) -> float | None:
        """Return the hours that are left, None where they do not run out."""
        balance = user.dh_balance
        if user.is_dh_unlimited or balance is None or balance >= _UNLIMITED:
            return None
        if balance != self._balance:
            self._is_counted |= self._balance is not None
            self._balance = balance
            self._save_soon()
        if not (self._is_cloud or self._is_counted or balance < 0):
            return None
        return max(balance, 0.0)

    @staticmethod
    def end(snapshot: AccountSnapshot) -> datetime | None:
        """Return when the hours run out if what is watched now goes on, None if they do not.

        Each printer that is watched takes an hour an hour.
        """
        hours = snapshot.detection_hours
        watched = sum(printer.is_watching for printer in snapshot.printers.values())
        if hours is None or not watched:
            return None
        try:
            return dt_util.utcnow() + timedelta(hours=hours / watched)
        except OverflowError:
            return None

    @property
    def printers(self) -> Iterable[int]:
        """Return no ids: nothing is remembered of printers."""
        return ()

    def forget(self, printer_id: int) -> None:
        """Forget nothing: nothing is remembered of printers."""

    def restore(self, stored: StoredData) -> None:
        """Restore what `as_stored` has returned."""
        hours = stored.get("detection_hours", dict) or {}
        self._is_counted = bool(hours.get("is_counted"))
        balance = hours.get("balance")
        self._balance = None if balance is None else stored.check(balance, float)

    def as_stored(self) -> dict[str, object]:
        """Return what `restore` takes."""
        return {
            "detection_hours": {
                "is_counted": self._is_counted,
                "balance": self._balance,
            }
        }
