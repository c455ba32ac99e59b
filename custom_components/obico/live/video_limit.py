"""The limit of live video on the free plan of Obico Cloud: 30 seconds, then a break of 30."""

from collections.abc import Callable
import math
from typing import Final

from yarl import URL

from ..aioobico import CLOUD_URL, User

# Seconds. Obico's own app has the same limits.
LIVE_SECONDS: Final = 30.0
BREAK_SECONDS: Final = 30.0


class VideoPausedError(Exception):
    """Live video is in its break, for `seconds` more."""

    def __init__(self, seconds: float) -> None:
        """Keep how long it still is."""
        super().__init__(f"Live video is in its break for {seconds:.0f} s")
        self.seconds = seconds


class VideoLimit:
    """Tells how long each printer may be watched, however many watch it."""

    def __init__(
        self, base_url: URL, user: Callable[[], User], now: Callable[[], float]
    ) -> None:
        """Start with nobody having watched; `now` is a time in seconds."""
        self._is_cloud = base_url.origin() == CLOUD_URL
        self._user = user
        self._now = now
        # When the current 30 seconds of each printer began.
        self._began: dict[int, float] = {}

    @property
    def is_limited(self) -> bool:
        """Return whether the account is on the free plan of Obico Cloud."""
        return self._is_cloud and self._user().is_pro is False

    def seconds_left(self, printer_id: int) -> float:
        """Return for how long a printer may be watched from now on, infinite without a limit.

        Raises VideoPausedError during the break.
        """
        if not self.is_limited:
            return math.inf
        began, now = self._began.get(printer_id, -math.inf), self._now()
        if now >= began + LIVE_SECONDS + BREAK_SECONDS:
            return LIVE_SECONDS
        if (left := began + LIVE_SECONDS - now) <= 0:
            raise VideoPausedError(left + BREAK_SECONDS)
        return left

    def begin(self, printer_id: int) -> float:
        """Note that a printer is seen live now, and return what `seconds_left` does.

        The time does not begin earlier: nobody is to wait for a break after nothing was seen.
        """
        now = self._now()
        if now >= self._began.get(printer_id, -math.inf) + LIVE_SECONDS + BREAK_SECONDS:
            self._began[printer_id] = now
        return self.seconds_left(printer_id)
