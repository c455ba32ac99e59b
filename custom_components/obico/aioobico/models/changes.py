"""The settings of a printer that can be changed, and their limits."""

from typing import TypedDict

from ..parsing import MAX_TEXT_LENGTH, JsonObject, integer, number
from ..text import is_sendable_name

ACTIONS_ON_FAILURE = ("PAUSE", "NONE")
DETECTIVE_SENSITIVITY_RANGE = (0.8, 1.2)


class PrinterChanges(TypedDict, total=False):
    """The fields of a printer that a user may change; see Printer for what they are."""

    name: str
    watching_enabled: bool
    action_on_failure: str
    """PAUSE or NONE."""
    detective_sensitivity: float
    """0.8 to 1.2."""
    tools_off_on_pause: bool
    bed_off_on_pause: bool
    retract_on_pause: float
    """Millimetres, not negative."""
    lift_z_on_pause: float
    """Millimetres, not negative."""
    min_timelapse_secs_on_finish: int
    """Seconds, -1 for never."""
    min_timelapse_secs_on_cancel: int
    """Seconds, -1 for never."""


def check_changes(changes: PrinterChanges) -> JsonObject:
    """Return the changes as JSON; raises ValueError for the first that is not allowed.

    The server stores whatever it is sent, of any type, and fails over a field it does not know.
    """
    if not changes:
        raise ValueError("There is nothing to change")
    checked: JsonObject = {}
    for field, value in changes.items():
        if not _is_allowed(field, value):
            raise ValueError(
                f"This is no value of a printer's {field}"
                if field in PrinterChanges.__annotations__
                else f"A printer's {field} cannot be changed"
            )
        checked[field] = value
    return checked


def _is_allowed(field: str, value: object) -> bool:
    """Return whether a field may be set to a value."""
    match field:
        case "name":
            return (
                isinstance(value, str)
                and len(value.strip()) > 0
                and len(value) <= MAX_TEXT_LENGTH
                and is_sendable_name(value)
            )
        case "action_on_failure":
            return value in ACTIONS_ON_FAILURE
        case "watching_enabled" | "tools_off_on_pause" | "bed_off_on_pause":
            return isinstance(value, bool)
        case "detective_sensitivity":
            lowest, highest = DETECTIVE_SENSITIVITY_RANGE
            return (
                isinstance(value, int | float)
                and (sensitivity := number(value)) is not None
                and lowest <= sensitivity <= highest
            )
        case "retract_on_pause" | "lift_z_on_pause":
            return (
                isinstance(value, int | float)
                and (length := number(value)) is not None
                and length >= 0
            )
        case "min_timelapse_secs_on_finish" | "min_timelapse_secs_on_cancel":
            return (
                isinstance(value, int)
                and (seconds := integer(value)) is not None
                and seconds >= -1
            )
        case _:
            return False
