"""What can be asked of a printer: whether it can work now, and how it is seen that it did."""

from collections.abc import Callable, Mapping
from math import isnan
from typing import Final

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from ..aioobico import AgentKind, Printer
from ..const import DOMAIN
from .heaters import HeaterKind, kind_of
from .status import AT_WORK, Status, printer_status

# The printer's firmware takes no commands in these.
_DEAF: Final = frozenset({Status.DISCONNECTED, Status.CONNECTING, Status.TRANSFERRING})
_ENDING: Final = frozenset({Status.CANCELLING, Status.FINISHING})
# Klipper is ready again after an error that its firmware survived.
_IDLE: Final = frozenset({Status.IDLE, Status.ERROR})

# In °C; colder filament is ground up, or breaks the extruder. Firmwares use the same.
MIN_EXTRUSION_TEMPERATURE: Final = 170.0


def ensure(objection: str | None) -> None:
    """Raise what speaks against a command, before anything is sent."""
    if objection is not None:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key=objection
        )


def no_effect() -> HomeAssistantError:
    """Return the error for a command that was taken, and then nothing happened."""
    return HomeAssistantError(translation_domain=DOMAIN, translation_key="no_effect")


def agent_kind(printer: Printer) -> AgentKind:
    """Return which agent a printer has; all but Klipper's speak as OctoPrint's does."""
    return (
        AgentKind.KLIPPER
        if printer.agent_name == AgentKind.KLIPPER
        else AgentKind.OCTOPRINT
    )


def against_agent(printer: Printer) -> str | None:
    """Return what speaks against asking the agent for anything."""
    return "printer_offline" if printer.status is None else None


def against_value(value: float) -> str | None:
    """Return what speaks against a value: ranges do not keep out what is no number."""
    return "not_a_number" if isnan(value) else None


def against_machine(printer: Printer) -> str | None:
    """Return what speaks against asking the machine for anything.

    Klipper takes commands after an error, and may still be heating; OctoPrint is
    disconnected then.
    """
    if printer.status is None:
        return against_agent(printer)
    if printer.status.flags.closed_or_error or printer_status(printer) in _DEAF:
        return "printer_disconnected"
    return None


def _against_print(printer: Printer) -> str | None:
    if objection := against_machine(printer):
        return objection
    if printer.current_print is None:
        return "no_print"
    return "print_is_ending" if printer_status(printer) in _ENDING else None


def against_pause(printer: Printer) -> str | None:
    """Return what speaks against pausing."""
    return _against_print(printer) or {
        Status.PAUSED: "already_paused",
        Status.PAUSING: "still_pausing",
        Status.RESUMING: "still_resuming",
    }.get(printer_status(printer))


def against_resume(printer: Printer) -> str | None:
    """Return what speaks against resuming; while still pausing it would be lost."""
    if objection := _against_print(printer):
        return objection
    match printer_status(printer):
        case Status.PAUSED:
            return None
        case Status.PAUSING:
            return "still_pausing"
        case _:
            return "not_paused"


def against_cancel(printer: Printer) -> str | None:
    """Return what speaks against cancelling."""
    return _against_print(printer)


def against_other_print(printer: Printer | None, print_id: int) -> str | None:
    """Return what speaks against a command that is meant for this print."""
    job = printer.current_print if printer else None
    return None if job and job.id == print_id else "other_print"


def against_answer(printer: Printer) -> str | None:
    """Return what speaks against answering an alert."""
    return None if printer.has_open_alert else "no_alert"


def against_muting(printer: Printer) -> str | None:
    """Return what speaks against muting the alerts of a print."""
    return "no_print" if printer.current_print is None else None


def against_moving(printer: Printer) -> str | None:
    """Return what speaks against what only a printer can do that does nothing else.

    That also is to start a print: a paused one would be lost.
    """
    if objection := against_machine(printer):
        return objection
    if printer.current_print is not None or printer_status(printer) in AT_WORK:
        return "print_is_running"
    return None if printer_status(printer) in _IDLE else "printer_busy"


def against_extruding(printer: Printer) -> str | None:
    """Return what speaks against pushing filament; a paused print does not with Klipper.

    OctoPrint leaves the machine in absolute extrusion, and nobody can know in which it was: a
    print of relative extrusion would go on with far too much or no filament. Klipper keeps what
    it was in. No API tells which nozzle is in use: none may be cold.
    """
    if printer_status(printer) is Status.PAUSED:
        if agent_kind(printer) is not AgentKind.KLIPPER:
            return "extruding_spoils_print"
    elif objection := against_moving(printer):
        return objection
    nozzles = [
        temperature.actual
        for name, temperature in (
            printer.status.temperatures.items() if printer.status else ()
        )
        if kind_of(name) in {HeaterKind.NOZZLE, HeaterKind.NOZZLE_N}
    ]
    if nozzles and all(
        actual is not None and actual >= MIN_EXTRUSION_TEMPERATURE for actual in nozzles
    ):
        return None
    return "nozzle_too_cold"


def against_prediction(printer: Printer) -> str | None:
    """Return what speaks against having somebody else's picture judged for a printer."""
    reported = printer.settings.agent_name if printer.settings else None
    if printer.agent_name or reported or printer.status is not None:
        return "has_agent"
    return None


def is_started(printer: Printer) -> bool:
    """Return whether a print was begun, or its file is on its way."""
    return printer.current_print is not None or printer_status(printer) in {
        Status.DOWNLOADING,
        *AT_WORK,
    }


def against_connecting(printer: Printer) -> str | None:
    """Return what speaks against connecting the machine to its agent."""
    if objection := against_agent(printer):
        return objection
    if printer_status(printer) in {Status.DISCONNECTED, Status.ERROR}:
        return None
    return "already_connected"


def _says_before_it_asks(printer: Printer) -> bool:
    """Return whether an agent says that a print is pausing, resuming or cancelling too early.

    Klipper's says so before it asks for it, and takes it back when the macro fails. OctoPrint's
    says so of what has begun.
    """
    return agent_kind(printer) is AgentKind.KLIPPER


def is_paused(printer: Printer) -> bool:
    """Return whether a pause has its effect; a print that ends needs none."""
    status = printer_status(printer)
    return (
        printer.current_print is None
        or status in {Status.PAUSED, *_ENDING}
        or (status is Status.PAUSING and not _says_before_it_asks(printer))
    )


def is_resumed(printer: Printer) -> bool:
    """Return whether resuming has its effect; a print that ends needs none."""
    status = printer_status(printer)
    return (
        printer.current_print is None
        or status in {Status.PRINTING, *_ENDING}
        or (status is Status.RESUMING and not _says_before_it_asks(printer))
    )


def is_cancelled(printer: Printer) -> bool:
    """Return whether cancelling has its effect."""
    return printer.current_print is None or (
        printer_status(printer) is Status.CANCELLING
        and not _says_before_it_asks(printer)
    )


_ON_THE_WAY: Final[Mapping[Callable[[Printer], bool], Status]] = {
    is_paused: Status.PAUSING,
    is_resumed: Status.RESUMING,
    is_cancelled: Status.CANCELLING,
}


def is_on_the_way(effect: Callable[[Printer], bool], printer: Printer) -> bool:
    """Return whether a printer is still said to be at what has this effect: macros take long."""
    return printer_status(printer) is _ON_THE_WAY.get(effect)


def is_connecting(printer: Printer) -> bool:
    """Return whether the machine is being connected, or is."""
    return printer_status(printer) not in {Status.DISCONNECTED, Status.ERROR}
