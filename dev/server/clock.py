"""The server's clock, which only moves when it is told to."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

DEFAULT_START = datetime(2026, 11, 22, 5, 0, 0, 457566, tzinfo=UTC)


class Clock:
    """A clock that stands still between two calls of advance().

    It has two times, which differ when somebody sets the clock: `elapsed` counts the
    seconds that have passed and decides what is due, `now()` is the time in the answers.
    """

    def __init__(self, start: datetime = DEFAULT_START, *, offset: float = 0) -> None:
        """Create a clock that is wrong by an offset in seconds."""
        self._start = start
        self.offset = offset
        self.elapsed = 0.0

    @classmethod
    def from_real_time(cls) -> Clock:
        """Create a clock that starts at the present time of the computer."""
        return cls(datetime.now(UTC))

    def now(self) -> datetime:
        """Return the server's time."""
        return self._start + timedelta(seconds=self.elapsed + self.offset)

    def timestamp(self) -> float:
        """Return the server's time in seconds since 1970."""
        return self.now().timestamp()

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        if seconds < 0:
            raise ValueError("time cannot go backwards; change the offset instead")
        self.elapsed += seconds

    def http_date(self) -> str:
        """Return the server's time as the Date header has it."""
        return format_datetime(self.now(), usegmt=True)


def iso(moment: datetime | None) -> str | None:
    """Return a moment in the format of the API."""
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")
