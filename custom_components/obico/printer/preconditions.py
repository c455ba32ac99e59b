"""Preconditions of commands: whether a command can work now, and why not.

Each `check_…` function returns the translation key of the error to show, or None where
nothing prevents the command. Nothing is sent that cannot work.
"""

from collections.abc import Iterable
from math import isnan
from typing import Final

from homeassistant.exceptions import ServiceValidationError

from ..aioobico import AgentKind, Printer
from ..const import DOMAIN
from .status import AT_WORK, Status, has_print, printer_status

# The printer's firmware takes no commands in these.
_DEAF: Final = frozenset({Status.DISCONNECTED, Status.CONNECTING, Status.TRANSFERRING})
_ENDING: Final = frozenset({Status.CANCELLING, Status.FINISHING})
# Klipper is ready again after an error that its firmware survived.
_IDLE: Final = frozenset({Status.IDLE, Status.ERROR})

# In °C; colder filament is ground up, or breaks the extruder. Firmwares use the same.
MIN_EXTRUSION_TEMPERATURE: Final = 170.0


def ensure(error: str | None) -> None:
    """Raise ServiceValidationError where a check returned the key of an error."""
    if error is not None:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key=error)


def agent_kind(printer: Printer) -> AgentKind:
    """Return which agent a printer has; all but Klipper's speak as OctoPrint's does."""
    return (
        AgentKind.KLIPPER
        if printer.agent_name == AgentKind.KLIPPER
        else AgentKind.OCTOPRINT
    )


def check_agent(printer: Printer) -> str | None:
    """Return what prevents asking the agent for anything."""
    return "printer_offline" if printer.status is None else None


def check_value(value: float) -> str | None:
    """Return what prevents a value: ranges do not keep out what is no number."""
    return "not_a_number" if isnan(value) else None


def check_machine(printer: Printer) -> str | None:
    """Return what prevents asking the machine for anything.

    Klipper takes commands after an error, and may still be heating; OctoPrint is
    disconnected then.
    """
    if printer.status is None:
        return check_agent(printer)
    if printer.status.flags.closed_or_error or printer_status(printer) in _DEAF:
        return "printer_disconnected"
    return None


def _check_print(printer: Printer) -> str | None:
    if error := check_machine(printer):
        return error
    if not has_print(printer):
        return "no_print"
    return "print_is_ending" if printer_status(printer) in _ENDING else None


def check_pause(printer: Printer) -> str | None:
    """Return what prevents pausing."""
    return _check_print(printer) or {
        Status.PAUSED: "already_paused",
        Status.PAUSING: "still_pausing",
        Status.RESUMING: "still_resuming",
    }.get(printer_status(printer))


def check_resume(printer: Printer) -> str | None:
    """Return what prevents resuming; while still pausing it would be lost."""
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


def check_same_print(printer: Printer | None, print_id: int) -> str | None:
    """Return what prevents a command that is meant for this print."""
    job = printer.current_print if printer else None
    return None if job and job.id == print_id else "other_print"


def check_answer(printer: Printer) -> str | None:
    """Return what prevents answering an alert."""
    return None if printer.has_open_alert else "no_alert"


def check_muting(printer: Printer) -> str | None:
    """Return what prevents muting the alerts of a print."""
    return "no_print" if printer.current_print is None else None


def check_moving(printer: Printer) -> str | None:
    """Return what prevents what only a printer can do that does nothing else.

    That also is to start a print: a paused one would be lost.
    """
    if error := check_machine(printer):
        return error
    if printer.current_print is not None or printer_status(printer) in AT_WORK:
        return "print_is_running"
    return None if printer_status(printer) in _IDLE else "printer_busy"


def check_extruding(printer: Printer) -> str | None:
    """Return what prevents pushing filament; a paused print does not with Klipper.

    OctoPrint leaves the machine in absolute extrusion, and nobody can know in which it was: a
    print of relative extrusion would go on with far too much or no filament. Klipper keeps what
    it was in.
    """
    if printer_status(printer) is Status.PAUSED:
        if agent_kind(printer) is not AgentKind.KLIPPER:
            return "extruding_spoils_print"
    elif error := check_moving(printer):
        return error
    return None


def ensure_hot(printer: Printer, nozzles: Iterable[str]) -> None:
    """Raise ServiceValidationError for the first nozzle that filament cannot flow through."""
    temperatures = printer.status.temperatures if printer.status else {}
    for nozzle in nozzles:
        actual = temperatures[nozzle].actual
        if actual is None or actual < MIN_EXTRUSION_TEMPERATURE:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="nozzle_too_cold",
                translation_placeholders={
                    "heater": nozzle,
                    "minimum": str(round(MIN_EXTRUSION_TEMPERATURE)),
                },
            )


def check_prediction(printer: Printer) -> str | None:
    """Return what prevents sending pictures of another camera: an agent sends its own."""
    reported = printer.settings.agent_name if printer.settings else None
    if printer.agent_name or reported or printer.status is not None:
        return "has_agent"
    return None


def check_connecting(printer: Printer) -> str | None:
    """Return what prevents connecting the machine to its agent."""
    if error := check_agent(printer):
        return error
    if printer_status(printer) in {Status.DISCONNECTED, Status.ERROR}:
        return None
    return "already_connected"
