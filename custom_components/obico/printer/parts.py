"""The parts of a printer that change at paces of their own.

A push of a printing printer mostly changes one or two of its parts. A listener names the
part that it shows, and is not woken for the others.
"""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import fields
from enum import StrEnum
from functools import lru_cache
from operator import attrgetter
from typing import Final, NamedTuple

from ..aioobico import Printer, PrinterStatus, Temperature
from .status import Status, printer_status


class Part(StrEnum):
    """What of a printer a listener shows; each shows what is steady, too.

    Steady is what is not named here: it stays for longer than from one report of the
    agent to the next. A new field is steady until it is named.
    """

    STEADY = "steady"
    MESSAGE = "message"
    POSITION = "position"
    PROGRESS = "progress"
    RATES = "rates"
    REPORT = "report"
    SCORE = "score"
    TEMPERATURES = "temperatures"


class PartOf(NamedTuple):
    """The context of a listener that shows a part of a printer."""

    printer_id: int
    part: Part


# More than an account has, 8 for each printer: an entry that is dropped costs only memory.
@lru_cache(maxsize=4096)
def part_of(printer_id: int, part: Part) -> PartOf:
    """Return the context of a listener, the same object for all that show the same part."""
    return PartOf(printer_id, part)


# What is not steady, of which `picture_url` is always new, and shown in no state.
_CHANGING_OF_PRINTER: Final = ("status", "normalized_p", "picture_url")
_CHANGING_OF_STATUS: Final = (
    "current_layer",
    "current_z",
    "display_message",
    "fan_speed",
    "feed_rate",
    "flow_rate",
    "progress",
    "temperatures",
    "timestamp",
)


def _steady(model: type, changing: Container[str]) -> attrgetter[tuple[object, ...]]:
    """Return what reads the fields of a model that are steady."""
    return attrgetter(
        *(field.name for field in fields(model) if field.name not in changing)
    )


_steady_of_printer = _steady(Printer, _CHANGING_OF_PRINTER)
_steady_of_status = _steady(PrinterStatus, _CHANGING_OF_STATUS)


def changed_parts(before: Printer, now: Printer) -> Iterable[Part]:
    """Return the parts of which somebody may show something new."""
    was, is_ = before.status, now.status
    if (
        _steady_of_printer(before) != _steady_of_printer(now)
        or (was is None) != (is_ is None)
        or (was is not None and is_ is not None and not _is_steady(was, is_))
    ):
        return Part
    changed = []
    if before.normalized_p != now.normalized_p:
        changed.append(Part.SCORE)
    if was is not None and is_ is not None:
        changed += _changed_parts_of_status(was, is_)
    return changed


def _is_steady(was: PrinterStatus, is_: PrinterStatus) -> bool:
    """Return whether nothing differs but what has a part of its own."""
    return _steady_of_status(was) == _steady_of_status(is_) and _only_warmer(
        was.temperatures, is_.temperatures
    )


def _changed_parts_of_status(was: PrinterStatus, is_: PrinterStatus) -> Iterator[Part]:
    """Yield the parts of a status that differ."""
    if was.progress != is_.progress:
        yield Part.PROGRESS
    # While a print stands still, each report makes what is left of it end later.
    if was.timestamp != is_.timestamp or was.progress != is_.progress:
        yield Part.REPORT
    if was.temperatures != is_.temperatures:
        yield Part.TEMPERATURES
    if was.current_z != is_.current_z or was.current_layer != is_.current_layer:
        yield Part.POSITION
    if (
        was.fan_speed != is_.fan_speed
        or was.feed_rate != is_.feed_rate
        or was.flow_rate != is_.flow_rate
    ):
        yield Part.RATES
    if was.display_message != is_.display_message:
        yield Part.MESSAGE


def _only_warmer(
    before: Mapping[str, Temperature], now: Mapping[str, Temperature]
) -> bool:
    """Return whether heaters differ in nothing but their actual temperatures: targets are steady."""
    if before.keys() != now.keys():
        return False
    for heater, was in before.items():
        reading = now[heater]
        if reading.target != was.target or reading.offset != was.offset:
            return False
    return True


# On the way to another status, with which an event mostly comes. Resuming is not among
# these, as agents report RESUMED when it begins.
_PASSING: Final = frozenset(
    {
        Status.CANCELLING,
        Status.CONNECTING,
        Status.DOWNLOADING,
        Status.FINISHING,
        Status.PAUSING,
        Status.STARTING,
    }
)


def has_new_activity(before: Printer, now: Printer) -> bool:
    """Return whether a printer does something else than before."""
    was, is_ = before.status, now.status
    return (
        (was is None) != (is_ is None)
        or (was is not None and is_ is not None and was.text != is_.text)
        or before.current_print != now.current_print
    )


def is_passing(before: Printer, now: Printer) -> bool:
    """Return whether a printer is on the way to another status, in the same print."""
    return before.current_print == now.current_print and printer_status(now) in _PASSING


def goes_on(before: Printer, now: Printer) -> bool:
    """Return whether a printer has resumed a print."""
    return (
        before.current_print == now.current_print
        and printer_status(before) is Status.RESUMING
        and printer_status(now) is Status.PRINTING
    )
