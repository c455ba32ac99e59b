"""Values that are read from a printer's status, as sensors and voice answers show them."""

from typing import Final

from ..aioobico import PrinterStatus

# Digits after the decimal point. Agents send more, but those only change with noise, and
# each change would be a state to write and to record.
READING_DECIMALS: Final = 1

TIME_LEFT_ORIGINS: Final = (
    "linear",
    "analysis",
    "estimate",
    "average",
    "mixed_analysis",
    "mixed_average",
)


def progress_of(status: PrinterStatus) -> float | None:
    """Return how much of a job is printed, in percent."""
    if status.progress is None or (completion := status.progress.completion) is None:
        return None
    return round(min(max(completion, 0.0), 100.0), READING_DECIMALS)


def print_time_of(status: PrinterStatus) -> int | None:
    """Return for how many seconds a job has been printed."""
    return _seconds(status.progress.print_time) if status.progress else None


def time_remaining_of(status: PrinterStatus) -> int | None:
    """Return in how many seconds a job will be done."""
    return _seconds(status.progress.print_time_left) if status.progress else None


def time_left_origin_of(status: PrinterStatus) -> str | None:
    """Return how the agent estimates the time left, None for an unknown method."""
    if status.progress is None or status.progress.print_time_left_origin is None:
        return None
    origin = status.progress.print_time_left_origin.replace("-", "_")
    return origin if origin in TIME_LEFT_ORIGINS else None


def _seconds(value: float | None) -> int | None:
    return None if value is None else max(round(value), 0)
