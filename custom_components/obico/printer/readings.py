"""Values that are read from a printer, as sensors and voice answers show them."""

from datetime import datetime, timedelta
from typing import Final

from ..aioobico import Printer, PrinterStatus
from .status import has_unrecorded_print

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


def file_of(printer: Printer) -> str | None:
    """Return the file of the current print, None where there is no print or it has no file.

    Only the agent tells that of a print which the server has no record of.
    """
    if (job := printer.current_print) is not None:
        return job.filename
    status = printer.status if has_unrecorded_print(printer) else None
    return status.job.file_name if status and status.job else None


def progress_of(status: PrinterStatus) -> float | None:
    """Return how much of a job is printed, in percent."""
    if status.progress is None or (completion := status.progress.completion) is None:
        return None
    return round(min(max(completion, 0.0), 100.0), READING_DECIMALS)


def print_time_of(status: PrinterStatus) -> int | None:
    """Return for how many seconds a job has been printed."""
    return whole_seconds(status.progress.print_time) if status.progress else None


def time_remaining_of(status: PrinterStatus) -> int | None:
    """Return in how many seconds a job will be done."""
    return whole_seconds(status.progress.print_time_left) if status.progress else None


def expected_end(printer: Printer, now: datetime) -> datetime | None:
    """Return when the job will be done, None where the agent does not tell.

    It is counted from `now`, as the agent's clock may be wrong.
    """
    left = time_remaining_of(printer.status) if printer.status else None
    if left is None:
        return None
    try:
        return now + timedelta(seconds=left)
    except OverflowError:
        # The time left is too large for a datetime.
        return None


def time_left_origin_of(status: PrinterStatus) -> str | None:
    """Return how the agent estimates the time left, None for an unknown method."""
    if status.progress is None or status.progress.print_time_left_origin is None:
        return None
    origin = status.progress.print_time_left_origin.replace("-", "_")
    return origin if origin in TIME_LEFT_ORIGINS else None


def whole_seconds(value: float | None) -> int | None:
    """Return a duration in whole seconds, at least 0."""
    return None if value is None else max(round(value), 0)
