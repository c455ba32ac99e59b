"""Sums over prints."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Self

from ..parsing import integer, number, rows, section, text, to_object


class GroupBy(StrEnum):
    """The length of the parts of a period that have sums of their own."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From the begin of one day to the end of another, in a time zone."""

    from_date: date
    to_date: date
    time_zone: str
    """A name such as Europe/Berlin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintSums:
    """Sums over the prints that began in a part of a period."""

    start: str
    """When it begins, as the server writes it."""
    prints: int
    print_time: float
    """Seconds."""
    filament_used: float
    """Millimetres."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintStatistics:
    """Sums over the prints that began in a period; None where the server reports none."""

    prints: int | None
    finished: int | None
    """All that were not cancelled, which includes running ones."""
    cancelled: int | None
    print_time: float | None
    """Seconds."""
    longest_print_time: float | None
    """Seconds."""
    average_print_time: float | None
    """Seconds."""
    filament_used: float | None
    """Millimetres."""
    parts: tuple[PrintSums, ...]
    """Those in which something was printed."""

    @classmethod
    def from_dict(cls, value: object) -> Self:
        """Parse the answer of `prints/stats/`; ObicoResponseError if it is no object."""
        data = to_object(value, "Statistics")
        get = data.get

        def by_start[T](key: str, parse: Callable[[object], T | None]) -> dict[str, T]:
            return {
                start: sum_
                for row in map(section, rows(get(key)))
                if (start := text(row.get("key"))) is not None
                and (sum_ := parse(row.get("value"))) is not None
            }

        prints = by_start("print_count_groups", integer)
        times = by_start("print_time_groups", number)
        filament = by_start("filament_used_groups", number)
        return cls(
            prints=integer(get("total_print_count")),
            finished=integer(get("total_succeeded_print_count")),
            cancelled=integer(get("total_cancelled_print_count")),
            print_time=number(get("total_print_time")),
            longest_print_time=number(get("longest_print_time")),
            average_print_time=number(get("average_print_time")),
            filament_used=number(get("total_filament_used")),
            parts=tuple(
                PrintSums(
                    start=start,
                    prints=count,
                    print_time=times.get(start, 0.0),
                    filament_used=filament.get(start, 0.0),
                )
                for start, count in prints.items()
                if count
            ),
        )
