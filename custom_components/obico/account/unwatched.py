"""Tell which print goes on when the hours of AI detection are used up, and when that is."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from homeassistant.util import dt as dt_util

from ..aioobico import Printer
from ..printer.readings import file_of, time_remaining_of

_SECONDS_AN_HOUR: Final = 3600

# Estimates change with every report; the moment that is named moves only by more than this.
_TOLERANCE: Final = timedelta(minutes=6)


@dataclass(frozen=True, kw_only=True, slots=True)
class Unwatched:
    """The prints that nobody watches from a moment on."""

    print: str
    """Their files, each with its printer."""
    at: datetime

    @property
    def time(self) -> str:
        """Return the moment to the minute, with its day unless that is today."""
        at, now = dt_util.as_local(self.at), dt_util.now()
        return at.strftime("%H:%M" if at.date() == now.date() else "%Y-%m-%d %H:%M")

    def steadied(self, before: Unwatched) -> Unwatched:
        """Return this with the moment that was named before, if it is still about right."""
        is_near = abs(self.at - before.at) <= _TOLERANCE
        return replace(self, at=before.at) if is_near else self


def find_unwatched(
    hours: float, printers: Iterable[Printer], name_of: Callable[[Printer], str]
) -> Unwatched | None:
    """Return what goes on when the hours are used up, None if they last until all is done.

    Each print that is watched takes an hour an hour until its end. One whose agent does not
    say when that is counts as if it ended now. `name_of` returns what a printer is called.
    """
    left = sorted(
        (
            (seconds, printer)
            for printer in printers
            if printer.is_watching
            and printer.status is not None
            and (seconds := time_remaining_of(printer.status))
        ),
        key=lambda row: row[0],
    )
    budget, passed = hours * _SECONDS_AN_HOUR, 0.0
    for number, (seconds, _) in enumerate(left):
        going_on = left[number:]
        if (seconds - passed) * len(going_on) > budget:
            passed += budget / len(going_on)
            return Unwatched(
                print=", ".join(
                    f"{file} ({name_of(printer)})"
                    if (file := file_of(printer))
                    else name_of(printer)
                    for _, printer in going_on
                ),
                at=dt_util.utcnow() + timedelta(seconds=passed),
            )
        budget -= (seconds - passed) * len(going_on)
        passed = seconds
    return None
