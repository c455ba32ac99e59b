"""Sums over the prints of each local day.

The server's own sums by day keep the offset of the first day, so prints near midnight are in
the wrong day after the clocks have changed, and the server fails where the first day has no
midnight. Here each print is in the day on which it began, in Home Assistant's time zone.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from ..aioobico import PrintSummary
from .totals import Totals

_HOUR = timedelta(hours=1)


def totals_by_day(
    prints: Iterable[PrintSummary], zone: tzinfo
) -> dict[int, dict[date, Totals]]:
    """Return the sums of each printer and each day on which one of its prints began."""
    printers: dict[int, dict[date, Totals]] = {}
    for job in prints:
        if job.ended_at is None or job.started_at is None or job.printer_id is None:
            continue
        days = printers.setdefault(job.printer_id, {})
        days.setdefault(job.started_at.astimezone(zone).date(), Totals()).add(job)
    return printers


def row_start(day: date, zone: tzinfo) -> datetime:
    """Return the first full hour of UTC in a local day.

    Statistics stand at full hours of UTC, and midnight is not one everywhere. A midnight that
    the clocks skip has the offset from before: that is the moment when the day begins.
    """
    begin = datetime.combine(day, time(), zone).astimezone(UTC)
    hour = begin.replace(minute=0, second=0, microsecond=0)
    return hour if hour == begin else hour + _HOUR
