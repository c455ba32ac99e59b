"""When a picture is due."""

from dataclasses import dataclass
from enum import StrEnum
import math
from typing import Final

# Seconds from start to start. The server's AI looks at a picture only if the last was more
# than 10 s ago, so that at 10.0 s it would miss every second one.
FAST_SECONDS: Final = 10.6
SLOW_SECONDS: Final = 120.0
# Seconds between two pictures without a print.
_BOOST_SECONDS: Final = 10.0


class PictureKind(StrEnum):
    """What a picture is for."""

    FIRST = "first"
    PRINT = "print"
    VIEWER = "viewer"


@dataclass(slots=True)
class PicturePace:
    """Decides when the next picture is due, and what for; times are the event loop's.

    `print_number` is that of the open print that the server knows, None without one.
    """

    print_number: int | None = None
    is_fast: bool = False
    is_asked_for: bool = False
    _begun: int | None = None
    _tried: int | None = None
    _last_at: float = -math.inf

    def due(self) -> tuple[float, PictureKind] | None:
        """Return when a picture is due, and what for; None if none is."""
        if self.print_number is None:
            if not self.is_asked_for:
                return None
            return self._last_at + _BOOST_SECONDS, PictureKind.VIEWER
        if self._begun != self.print_number:
            # At once, but a server that refuses it is not asked without a pause.
            is_new = self._tried != self.print_number
            due = -math.inf if is_new else self._last_at + FAST_SECONDS
            return due, PictureKind.FIRST
        interval = FAST_SECONDS if self.is_fast else SLOW_SECONDS
        return self._last_at + interval, PictureKind.PRINT

    def begin(self, now: float) -> None:
        """Note that a picture is taken now."""
        self._last_at = now
        self._tried = self.print_number
        self.is_asked_for = False

    def handle_first_sent(self) -> None:
        """Note that the server has a picture of the open print."""
        self._begun = self.print_number
