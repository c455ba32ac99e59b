"""The parts of a printer that change at paces of their own, so that nobody is woken for what he does not show."""

from collections.abc import Mapping
from dataclasses import fields
from enum import StrEnum
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


_OF_PRINTER: Final = {Part.SCORE: ("normalized_p",)}
_OF_STATUS: Final = {
    Part.MESSAGE: ("display_message",),
    Part.POSITION: ("current_layer", "current_z"),
    Part.PROGRESS: ("progress",),
    Part.RATES: ("fan_speed", "feed_rate", "flow_rate"),
    # While a print stands still, each report makes what is left of it end later.
    Part.REPORT: ("progress", "timestamp"),
    Part.TEMPERATURES: ("temperatures",),
}
# Always new, and shown in no state.
_UNSEEN: Final = ("picture_url",)


def _steady(model: type, parts: Mapping[Part, tuple[str, ...]]) -> attrgetter[object]:
    """Return what reads the fields of a model that are steady."""
    others = {"status", *_UNSEEN}.union(*parts.values())
    return attrgetter(
        *(field.name for field in fields(model) if field.name not in others)
    )


_steady_of_printer = _steady(Printer, _OF_PRINTER)
_steady_of_status = _steady(PrinterStatus, _OF_STATUS)
_read_printer: Final = {part: attrgetter(*names) for part, names in _OF_PRINTER.items()}
_read_status: Final = {part: attrgetter(*names) for part, names in _OF_STATUS.items()}


def changed_parts(before: Printer, now: Printer) -> list[Part]:
    """Return the parts of which somebody may show something new."""
    if _steady_of_printer(before) != _steady_of_printer(now):
        return list(Part)
    changed = [
        part for part, read in _read_printer.items() if read(before) != read(now)
    ]
    was, is_ = before.status, now.status
    if was is None or is_ is None:
        return changed if was is is_ else list(Part)
    if _steady_of_status(was) != _steady_of_status(is_) or not _only_warmer(
        was.temperatures, is_.temperatures
    ):
        return list(Part)
    changed += [part for part, read in _read_status.items() if read(was) != read(is_)]
    return changed


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


# On the way to another status, with which an event mostly comes.
_PASSING: Final = frozenset(
    {
        Status.CANCELLING,
        Status.CONNECTING,
        Status.DOWNLOADING,
        Status.FINISHING,
        Status.PAUSING,
        Status.RESUMING,
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
