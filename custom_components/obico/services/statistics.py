"""Sums over prints: those of the server, or of the prints in a response."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from homeassistant.util.json import JsonObjectType

from ..aioobico import (
    GroupBy,
    ObicoClient,
    ObicoNotFoundError,
    ObicoResponseError,
    ObicoServerError,
    Period,
    Print,
    PrintResultFilter,
    PrintStatistics,
    PrintSums,
)
from ..printer.readings import whole_seconds
from ..prints.outcome import meters, print_duration

ALL: Final = "all"
LISTED: Final = "listed"


async def async_statistics(
    client: ObicoClient,
    period: Period,
    group_by: GroupBy,
    printer_ids: Iterable[int],
    result: PrintResultFilter | None,
) -> PrintStatistics | None:
    """Return the server's sums, None where it does not give them or fails."""
    try:
        statistics = await client.get_print_statistics(
            period, group_by, printer_ids=printer_ids, result=result
        )
    except ObicoNotFoundError, ObicoResponseError, ObicoServerError:
        return None
    return None if statistics.prints is None else statistics


def statistics_of(prints: list[Print]) -> PrintStatistics:
    """Return the sums over prints."""
    times = [float(print_duration(job) or 0) for job in prints]
    cancelled = sum(job.cancelled_at is not None for job in prints)
    return PrintStatistics(
        prints=len(prints),
        finished=len(prints) - cancelled,
        cancelled=cancelled,
        print_time=sum(times),
        longest_print_time=max(times, default=0.0),
        average_print_time=sum(times) / len(times) if times else 0.0,
        filament_used=sum(job.filament_used or 0.0 for job in prints),
        parts=(),
    )


def summed(statistics: list[PrintStatistics]) -> PrintStatistics:
    """Return the sums over several accounts."""
    if len(statistics) == 1:
        return statistics[0]
    prints = sum(each.prints or 0 for each in statistics)
    print_time = sum(each.print_time or 0.0 for each in statistics)
    parts: dict[str, PrintSums] = {}
    for part in (part for each in statistics for part in each.parts):
        known = parts.get(part.start)
        parts[part.start] = part if known is None else _both(known, part)
    return PrintStatistics(
        prints=prints,
        finished=sum(each.finished or 0 for each in statistics),
        cancelled=sum(each.cancelled or 0 for each in statistics),
        print_time=print_time,
        longest_print_time=max(each.longest_print_time or 0.0 for each in statistics),
        average_print_time=print_time / prints if prints else 0.0,
        filament_used=sum(each.filament_used or 0.0 for each in statistics),
        parts=tuple(parts[start] for start in sorted(parts)),
    )


def _both(one: PrintSums, other: PrintSums) -> PrintSums:
    return PrintSums(
        start=one.start,
        prints=one.prints + other.prints,
        print_time=one.print_time + other.print_time,
        filament_used=one.filament_used + other.filament_used,
    )


def statistics_row(statistics: PrintStatistics) -> JsonObjectType:
    """Return sums for the response of an action."""
    return {
        "prints": statistics.prints,
        "finished": statistics.finished,
        "cancelled": statistics.cancelled,
        "print_time": whole_seconds(statistics.print_time),
        "average_print_time": whole_seconds(statistics.average_print_time),
        "longest_print_time": whole_seconds(statistics.longest_print_time),
        "filament": meters(statistics.filament_used),
        "parts": [
            {
                "start": _day(part.start),
                "prints": part.prints,
                "print_time": whole_seconds(part.print_time),
                "filament": meters(part.filament_used),
            }
            for part in statistics.parts
        ],
    }


def _day(start: str) -> str:
    """Return the first day of a part of a period in ISO 8601 format.

    What is no date is returned as the server sent it.
    """
    try:
        return datetime.fromisoformat(start).date().isoformat()
    except ValueError:
        return start
