"""Parts of a printer that change independently, so that listeners are only called for theirs.

During a print, a push usually changes one or two parts of the printer. A listener names the
part that it uses, and is not called for the others.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import fields
from enum import StrEnum
from itertools import chain
from operator import attrgetter
from typing import Final, NamedTuple

from ..aioobico import Printer, PrinterStatus, Temperature
from .status import Status, is_heating_up, printer_status


class Part(StrEnum):
    """The values of a printer that a listener uses, in addition to the steady ones.

    Values that seldom change from one report of the agent to the next are steady, and all
    listeners are called when they change. A field that belongs to no part is steady.
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
    """The context of a listener that uses one part of a printer."""

    printer_id: int
    part: Part


# Fields that are not steady. `picture_url` belongs to no part: it changes with every push, and
# no state depends on it.
_CHANGING_FIELDS_OF_PRINTER: Final = ("status", "normalized_p", "picture_url")
_FIELDS_OF_STATUS_BY_PART: Final = {
    Part.PROGRESS: ("progress",),
    # The finish time depends on the time of the report even if the progress is the same.
    Part.REPORT: ("timestamp", "progress"),
    Part.TEMPERATURES: ("temperatures",),
    Part.POSITION: ("current_z", "current_layer"),
    Part.RATES: ("fan_speed", "feed_rate", "flow_rate"),
    Part.MESSAGE: ("display_message",),
}

# Returns the values of some fields, in less time than Python code takes.
type _Values = attrgetter[object]


def _steady(model: type, changing: Container[str]) -> _Values:
    """Return a function that returns the steady fields of a model."""
    return attrgetter(
        *(field.name for field in fields(model) if field.name not in changing)
    )


_steady_of_printer = _steady(Printer, _CHANGING_FIELDS_OF_PRINTER)
_steady_of_status = _steady(
    PrinterStatus, frozenset(chain.from_iterable(_FIELDS_OF_STATUS_BY_PART.values()))
)
_values_by_part = tuple(
    (part, attrgetter(*names)) for part, names in _FIELDS_OF_STATUS_BY_PART.items()
)
_ALL: Final = tuple(Part)


def changed_parts(before: Printer, now: Printer) -> Sequence[Part]:
    """Return the parts that have changed; all of them after a change of a steady value."""
    was, is_ = before.status, now.status
    if (
        _steady_of_printer(before) != _steady_of_printer(now)
        or (was is None) != (is_ is None)
        or (was is not None and is_ is not None and not _is_steady(was, is_))
    ):
        return _ALL
    changed = []
    if before.normalized_p != now.normalized_p:
        changed.append(Part.SCORE)
    if was is not None:
        changed += [
            part for part, values in _values_by_part if values(was) != values(is_)
        ]
    return changed


def _is_steady(was: PrinterStatus, is_: PrinterStatus) -> bool:
    """Return whether the steady values of two statuses are equal."""
    return (
        _steady_of_status(was) == _steady_of_status(is_)
        and _have_same_heaters(was.temperatures, is_.temperatures)
        # The status shows it, which no other change of temperatures concerns.
        and is_heating_up(was) == is_heating_up(is_)
    )


def _have_same_heaters(
    before: Mapping[str, Temperature], now: Mapping[str, Temperature]
) -> bool:
    """Return whether the same heaters have the same targets and offsets, which are steady.

    So is whether a heater has a temperature at all.
    """
    if before.keys() != now.keys():
        return False
    for heater, was in before.items():
        reading = now[heater]
        if (
            reading.target != was.target
            or reading.offset != was.offset
            or (reading.actual is None) != (was.actual is None)
        ):
            return False
    return True


# Statuses that lead to another one, with which the server usually writes an event. RESUMING is
# not among these, as agents report the event when resuming begins.
_TRANSITIONAL: Final = frozenset(
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
    """Return whether the text of the state, the print, or being online has changed."""
    was, is_ = before.status, now.status
    return (
        (was is None) != (is_ is None)
        or (was is not None and is_ is not None and was.text != is_.text)
        or before.current_print != now.current_print
    )


def is_in_transition(before: Printer, now: Printer) -> bool:
    """Return whether a printer has a transitional status, in the same print as before."""
    return (
        before.current_print == now.current_print
        and printer_status(now) in _TRANSITIONAL
    )


def resumes_print(before: Printer, now: Printer) -> bool:
    """Return whether a printer has changed from resuming to printing the same print."""
    return (
        before.current_print == now.current_print
        and printer_status(before) is Status.RESUMING
        and printer_status(now) is Status.PRINTING
    )
