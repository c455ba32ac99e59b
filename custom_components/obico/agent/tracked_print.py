"""One print of a printer, as the agent follows and stores it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ..printer.stored_data import StoredData


class Outcome(StrEnum):
    """How a print ended; the server knows no others."""

    FINISHED = "finished"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedPrint:
    """A print.

    `number` identifies it to the server (`current_print_ts`). `is_known` is whether the
    server has heard of it, `is_paused` what the printer says and `was_paused` what the
    server was told. `expected_end` is a Unix time. `outcome` is None while it is open.
    """

    number: int
    name: str
    started_at: float
    is_known: bool = False
    is_paused: bool = False
    was_paused: bool = False
    is_cancelling: bool = False
    completion: float | None = None
    expected_end: float | None = None
    ended_at: float | None = None
    outcome: Outcome | None = None

    def as_stored(self) -> dict[str, Any]:
        """Return what `restore_print` takes."""
        return {
            "number": self.number,
            "name": self.name,
            "started_at": self.started_at,
            "is_known": self.is_known,
            "is_paused": self.is_paused,
            "was_paused": self.was_paused,
            "is_cancelling": self.is_cancelling,
            "completion": self.completion,
            "expected_end": self.expected_end,
            "ended_at": self.ended_at,
            "outcome": self.outcome,
        }


def restore_print(stored: StoredData, value: object) -> TrackedPrint | None:
    """Return a stored print, None where it cannot be read."""
    if (row := stored.check(value, dict)) is None:
        return None
    number = stored.check(row.get("number"), int)
    name = stored.check(row.get("name"), str)
    started_at = stored.check(row.get("started_at"), float)
    if number is None or name is None or started_at is None:
        return None

    def optional(key: str) -> float | None:
        value = row.get(key)
        return None if value is None else stored.check(value, float)

    outcome = row.get("outcome")
    return TrackedPrint(
        number=number,
        name=name,
        started_at=started_at,
        is_known=row.get("is_known") is True,
        is_paused=row.get("is_paused") is True,
        was_paused=row.get("was_paused") is True,
        is_cancelling=row.get("is_cancelling") is True,
        completion=optional("completion"),
        expected_end=optional("expected_end"),
        ended_at=optional("ended_at"),
        outcome=Outcome(outcome) if outcome in list(Outcome) else None,
    )
