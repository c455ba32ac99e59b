"""Show readings less often while they only vary.

Agents report temperatures and the server scores with every push. Without damping each report
would be a state to write and to record, of which most say nothing: a heater that holds its
target varies by some tenths of a degree.
"""

from asyncio import AbstractEventLoop, TimerHandle
from collections.abc import Callable
from typing import Final

# Seconds after which a small change is shown all the same.
_HOLD_SECONDS: Final = 60.0


class Damping:
    """Decides which reading of a sensor is shown.

    A reading that differs by more than `band` from the one shown is shown at once, any
    other at the latest one minute after the one before. `handle_due` is called when that
    time has come, as there may be no further report.
    """

    def __init__(
        self, loop: AbstractEventLoop, band: float, handle_due: Callable[[], None]
    ) -> None:
        """Initialize; the first reading is shown at once."""
        self._loop = loop
        self._band = band
        self._handle_due = handle_due
        self._shown: float | None = None
        self._shown_at = 0.0
        self._timer: TimerHandle | None = None

    def apply(self, reading: float | None, *, is_exact: bool) -> float | None:
        """Return what to show of a reading, the reading itself where it must be exact."""
        if reading == self._shown:
            return reading
        now = self._loop.time()
        due = self._shown_at + _HOLD_SECONDS
        if (
            is_exact
            or reading is None
            or self._shown is None
            or abs(reading - self._shown) > self._band
            or now >= due
        ):
            self.stop()
            self._shown, self._shown_at = reading, now
        elif self._timer is None:
            self._timer = self._loop.call_at(due, self._handle_timer)
        return self._shown

    def _handle_timer(self) -> None:
        self._timer = None
        self._handle_due()

    def stop(self) -> None:
        """Cancel the timer."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
