"""Sums over prints, as `prints/stats/` answers them: with the offset of the first day.

The real server groups by days that keep the offset of `from_date` for the whole period, so
that prints near midnight are in the wrong day after the clocks have changed, and fails
where the first day has no midnight.
"""

from datetime import UTC, datetime, time, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

from aiohttp import web

from ...json_types import JsonObject, JsonValue
from ..model import Print


def parameter(request: web.Request, name: str) -> str:
    """Return a parameter; a missing one is an error 500."""
    if name not in request.query:
        raise web.HTTPInternalServerError
    return request.query[name]


def days_of(request: web.Request) -> tuple[datetime, datetime]:
    """Return the beginning of the first day and the end of the last in the user's time zone."""
    try:
        zone = ZoneInfo(parameter(request, "timezone").replace(" ", "+"))
        first, last = (
            datetime.strptime(parameter(request, name), "%Y-%m-%d")
            for name in ("from_date", "to_date")
        )
    except (KeyError, ValueError) as error:
        raise web.HTTPInternalServerError from error
    return first.replace(tzinfo=zone), datetime.combine(last, time(23, 59, 59), zone)


def starts_of(first: datetime, last: datetime, group_by: str) -> list[datetime]:
    """Return the beginnings of the parts of a period, and the first one after it."""
    starts = [first]
    while starts[-1] <= last or len(starts) == 1:
        day = starts[-1]
        match group_by:
            case "day":
                following = day + timedelta(days=1)
            case "week":
                # The server's weeks begin on Sunday.
                following = day + timedelta(days=(6 - day.weekday()) or 7)
            case "month":
                following = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
            case "year":
                following = day.replace(year=day.year + 1, month=1, day=1)
            case _:
                raise web.HTTPInternalServerError
        starts.append(following)
    return starts


def statistics_json(request: web.Request, prints: list[Print]) -> JsonObject:
    """Return the sums over all prints, and those of each part of the period."""
    first, last = days_of(request)
    if first.astimezone(UTC).astimezone(first.tzinfo) != first:
        raise web.HTTPInternalServerError
    offset = timezone(first.utcoffset() or timedelta())
    starts = starts_of(
        first.replace(tzinfo=offset),
        last.replace(tzinfo=offset),
        parameter(request, "group_by").lower(),
    )
    parts = [
        (start, [job for job in prints if start <= job.started_at < end])
        for start, end in pairwise(starts)
    ]

    def groups(sums: list[JsonValue]) -> list[JsonValue]:
        return [
            {"key": start.isoformat(), "value": value}
            for (start, _), value in zip(parts, sums, strict=True)
        ]

    counts = [len(part) for _, part in parts]
    cancelled = [sum(bool(job.cancelled_at) for job in part) for _, part in parts]
    times = [sum(job.print_time or 0 for job in part) for _, part in parts]
    filament = [sum(job.filament_used or 0 for job in part) for _, part in parts]
    return {
        "print_count_groups": groups([*counts]),
        "print_time_groups": groups([*times]),
        "filament_used_groups": groups([*filament]),
        "total_print_count": sum(counts),
        "total_print_time": sum(times),
        "total_filament_used": sum(filament),
        "total_cancelled_print_count": sum(cancelled),
        "longest_print_time": max((job.print_time or 0 for job in prints), default=0),
        "average_print_time": sum(times) / sum(counts) if any(counts) else 0,
        "total_succeeded_print_count": sum(counts) - sum(cancelled),
    }
