"""The little of a print that is kept of thousands of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from .prints import Print

_FAILED = "FAILED"

# A print of ten years, and a thousand kilometres of filament.
_MOST_SECONDS = 10 * 365 * 86400.0
_MOST_MILLIMETERS = 1e9


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintSummary:
    """A print without its addresses, which expire and are long."""

    id: int
    printer_id: int | None
    filename: str | None
    started_at: datetime | None
    ended_at: datetime | None
    """None while it is running."""
    is_cancelled: bool
    alerted_at: datetime | None
    verdict: str | None
    """The user's: FAILED or NOT_FAILED."""
    duration: float | None
    """Seconds that it was printing; from its begin to its end where that is not recorded."""
    filament_used: float | None
    """Millimetres."""
    needs_verdict: bool
    frames_to_judge: int
    """How many frames wait for an answer."""
    has_video: bool
    has_tagged_video: bool
    has_poster: bool

    @property
    def is_failure(self) -> bool:
        """Whether it was cancelled, or failed by the user's verdict."""
        return self.is_cancelled or self.verdict == _FAILED

    @classmethod
    def from_print(cls, job: Print) -> Self:
        """Return the summary of a print."""
        duration = job.print_time
        if duration is None and job.started_at and job.ended_at:
            duration = (job.ended_at - job.started_at).total_seconds()
        return cls(
            id=job.id,
            printer_id=job.printer_id,
            # The parser of long lists keeps half characters, which cannot be sent on.
            filename=None
            if job.filename is None
            else job.filename.encode(errors="replace").decode(),
            started_at=job.started_at,
            ended_at=job.ended_at,
            is_cancelled=job.cancelled_at is not None,
            alerted_at=job.alerted_at,
            verdict=job.alert_overwrite,
            duration=_amount(duration, _MOST_SECONDS),
            filament_used=_amount(job.filament_used, _MOST_MILLIMETERS),
            needs_verdict=job.need_alert_overwrite is True,
            frames_to_judge=job.frames_to_judge,
            has_video=job.video_url is not None,
            has_tagged_video=job.tagged_video_url is not None,
            has_poster=job.poster_url is not None,
        )

    @classmethod
    def from_dict(cls, value: object) -> Self:
        """Parse a Print object; without a usable id ObicoResponseError is raised."""
        return cls.from_print(Print.from_dict(value))


def _amount(value: float | None, most: float) -> float | None:
    """Return what a print has used, None for more than any can use: sums would make no sense."""
    return None if value is None or value > most else max(value, 0.0)
