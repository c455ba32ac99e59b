"""Values derived from an ended print, in the units that are shown."""

from ..aioobico import Print


def print_result(job: Print) -> str:
    """Return whether an ended print was finished or cancelled."""
    return "finished" if job.finished_at is not None else "cancelled"


def print_duration(job: Print) -> int | None:
    """Return the duration of a print in seconds, None where it is unknown."""
    if job.print_time is not None:
        return max(round(job.print_time), 0)
    if job.started_at is None or job.ended_at is None:
        return None
    return max(round((job.ended_at - job.started_at).total_seconds()), 0)


def meters(millimeters: float | None) -> float | None:
    """Return a length of filament in metres."""
    return None if millimeters is None else max(round(millimeters / 1000, 3), 0.0)
