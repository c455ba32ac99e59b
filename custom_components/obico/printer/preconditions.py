"""Preconditions of commands: whether a command can work now, and why not.

Each `check_…` function returns the translation key of the error to show, or None where
nothing prevents the command. Commands that cannot work are not sent.
"""

from collections.abc import Iterable
from math import isnan
from typing import Final

from homeassistant.exceptions import ServiceValidationError

from ..aioobico import Printer
from ..const import DOMAIN
from .heaters import NOZZLES, kind_of
from .status import (
    AT_WORK,
    ENDING,
    WITHOUT_MACHINE,
    Status,
    has_print,
    is_klipper,
    printer_status,
)

# States in which the printer's firmware accepts no commands.
_NOT_ACCEPTING_COMMANDS: Final = frozenset(
    {Status.DISCONNECTED, Status.CONNECTING, Status.TRANSFERRING}
)
# ERROR is among these because Klipper can be ready again after an error.
_IDLE: Final = frozenset({Status.IDLE, Status.ERROR})

# In °C. Extruding colder filament grinds it or damages the extruder. It is the default limit
# of the firmwares, too.
MIN_EXTRUSION_TEMPERATURE: Final = 170.0


def ensure(error: str | None) -> None:
    """Raise ServiceValidationError for the result of a check, unless that is None."""
    if error is not None:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key=error)


def check_agent(printer: Printer) -> str | None:
    """Return what prevents any request to the agent."""
    return "printer_offline" if printer.status is None else None


def check_klipper(printer: Printer) -> str | None:
    """Return why what only Klipper has cannot be used."""
    return None if is_klipper(printer) else "only_klipper"


def check_value(value: float) -> str | None:
    """Return what prevents a value from being set; NaN passes all checks of a range."""
    return "not_a_number" if isnan(value) else None


def check_machine(printer: Printer) -> str | None:
    """Return what prevents any command to the machine.

    An error does not: Klipper accepts commands after one, for example to turn a heater off.
    OctoPrint is disconnected after an error.
    """
    if printer.status is None:
        return check_agent(printer)
    if (
        printer.status.flags.closed_or_error
        or printer_status(printer) in _NOT_ACCEPTING_COMMANDS
    ):
        return "printer_disconnected"
    return None


def _check_print(printer: Printer) -> str | None:
    if error := check_machine(printer):
        return error
    if not has_print(printer):
        return "no_print"
    return "print_is_ending" if printer_status(printer) in ENDING else None


def check_pause(printer: Printer) -> str | None:
    """Return what prevents pausing."""
    return _check_print(printer) or {
        Status.PAUSED: "already_paused",
        Status.PAUSING: "still_pausing",
        Status.RESUMING: "still_resuming",
    }.get(printer_status(printer))


def check_resume(printer: Printer) -> str | None:
    """Return what prevents resuming; a printer ignores it while it is still pausing."""
    if error := _check_print(printer):
        return error
    match printer_status(printer):
        case Status.PAUSED:
            return None
        case Status.PAUSING:
            return "still_pausing"
        case _:
            return "not_paused"


def check_cancel(printer: Printer) -> str | None:
    """Return what prevents cancelling."""
    return _check_print(printer)


def check_same_print(printer: Printer | None, print_id: int | None) -> str | None:
    """Return what prevents a command that is meant for this print only.

    The id is None for a print that the server has no record of.
    """
    if printer is None or not has_print(printer):
        return "other_print"
    job = printer.current_print
    return None if (job.id if job else None) == print_id else "other_print"


def check_answer(printer: Printer) -> str | None:
    """Return what prevents answering an alert."""
    return None if printer.has_open_alert else "no_alert"


def check_muting(printer: Printer) -> str | None:
    """Return what prevents muting the alerts of a print."""
    return "no_print" if printer.current_print is None else None


def check_moving(printer: Printer) -> str | None:
    """Return what prevents commands that need an idle printer.

    Starting a print is one of these, because it would discard a paused print.
    """
    if error := check_machine(printer):
        return error
    if printer.current_print is not None or printer_status(printer) in AT_WORK:
        return "print_is_running"
    return None if printer_status(printer) in _IDLE else "printer_busy"


def check_extruding(printer: Printer) -> str | None:
    """Return what prevents extruding filament; with Klipper, a paused print does not.

    OctoPrint leaves the machine in absolute extrusion mode, and the previous mode cannot be
    queried. A print that uses relative extrusion would continue with a wrong amount of
    filament. Klipper restores the mode.
    """
    if printer_status(printer) is Status.PAUSED:
        if not is_klipper(printer):
            return "extruding_spoils_print"
    elif error := check_moving(printer):
        return error
    return None


def ensure_hot(printer: Printer, nozzles: Iterable[str]) -> None:
    """Raise ServiceValidationError for the first nozzle that is too cold to extrude."""
    temperatures = printer.status.temperatures if printer.status else {}
    has_several = sum(kind_of(name) in NOZZLES for name in temperatures) > 1
    minimum = str(round(MIN_EXTRUSION_TEMPERATURE))
    for nozzle in nozzles:
        actual = temperatures[nozzle].actual
        if actual is not None and actual >= MIN_EXTRUSION_TEMPERATURE:
            continue
        if has_several:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="nozzle_n_too_cold",
                translation_placeholders={"heater": nozzle, "minimum": minimum},
            )
        # What the agent calls the only nozzle would tell nobody anything.
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="nozzle_too_cold",
            translation_placeholders={"minimum": minimum},
        )


def check_prediction(printer: Printer) -> str | None:
    """Return what prevents detection with another camera: an agent sends its own pictures."""
    reported = printer.settings.agent_name if printer.settings else None
    if printer.agent_name or reported or printer.status is not None:
        return "has_agent"
    return None


def check_connecting(printer: Printer) -> str | None:
    """Return what prevents connecting the machine to its agent."""
    if error := check_agent(printer):
        return error
    if printer_status(printer) in WITHOUT_MACHINE:
        return None
    return "already_connected"


def is_printing(printer: Printer) -> bool:
    """Return whether a printer works on a print, as far as anybody knows."""
    return printer.current_print is not None or printer_status(printer) in {
        *AT_WORK,
        Status.PAUSED,
    }


def check_restart(printer: Printer) -> str | None:
    """Return what prevents a restart of Klipper or its firmware.

    After an emergency stop Klipper reports no status, and its agent seems to be offline.
    """
    if printer.status is not None and is_printing(printer):
        return "print_is_running"
    return None


def check_host_restart(printer: Printer) -> str | None:
    """Return what prevents a restart of the computer that Klipper runs on."""
    if error := check_agent(printer):
        return error
    return "print_is_running" if is_printing(printer) else None


def check_baby_step(printer: Printer) -> str | None:
    """Return what prevents moving the nozzle a little, also during a print."""
    return check_machine(printer)
