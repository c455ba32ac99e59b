"""What of a printer stays the same for longer than from one report of its agent to the next."""

from collections.abc import Mapping
from dataclasses import fields
from operator import attrgetter
from typing import Final, NamedTuple

from .aioobico import Printer, PrinterStatus, Temperature

# With most pushes of a print some of these are new, and nothing else is.
_MOVING: Final = frozenset(
    {
        "current_layer",
        "current_z",
        "display_message",
        "fan_speed",
        "feed_rate",
        "flow_rate",
        "normalized_p",
        "picture_url",
        "progress",
        "temperatures",
        "timestamp",
    }
)

_steady_of_printer = attrgetter(
    *(field.name for field in fields(Printer) if field.name not in _MOVING | {"status"})
)
_steady_of_status = attrgetter(
    *(field.name for field in fields(PrinterStatus) if field.name not in _MOVING)
)


class Steady(NamedTuple):
    """The context of a listener that shows a printer, but nothing of it that moves."""

    printer_id: int


def only_moved(before: Printer, now: Printer) -> bool:
    """Return whether two states of a printer differ in nothing but what moves."""
    return _steady_of_printer(before) == _steady_of_printer(now) and (
        before.status is now.status
        or (
            before.status is not None
            and now.status is not None
            and _steady_of_status(before.status) == _steady_of_status(now.status)
            and _only_heated(before.status.temperatures, now.status.temperatures)
        )
    )


def _only_heated(
    before: Mapping[str, Temperature], now: Mapping[str, Temperature]
) -> bool:
    """Return whether heaters differ in nothing but their actual temperatures."""
    if before.keys() != now.keys():
        return False
    for heater, was in before.items():
        reading = now[heater]
        if reading.target != was.target or reading.offset != was.offset:
            return False
    return True
