"""What a printer is doing, from the flags and the text that its agent sends."""

from enum import StrEnum
from typing import Final

from ..aioobico import AgentKind, Printer, PrinterStatus, StateFlags
from .heaters import HeaterKind, kind_of
from .state_text import is_blank


class Status(StrEnum):
    """What a printer can be doing."""

    OFFLINE = "offline"
    DISCONNECTED = "disconnected"
    CONNECTING = "connecting"
    IDLE = "idle"
    STARTING = "starting"
    HEATING = "heating"
    DOWNLOADING = "downloading"
    PRINTING = "printing"
    PAUSING = "pausing"
    PAUSED = "paused"
    RESUMING = "resuming"
    FINISHING = "finishing"
    CANCELLING = "cancelling"
    TRANSFERRING = "transferring"
    ERROR = "error"
    UNKNOWN = "unknown_state"


# States in which a printer works on a print. The `printing` flag is not used for this:
# OctoPrint's is on in all of these states, but Klipper's only in PRINTING.
AT_WORK: Final = frozenset(
    {
        Status.STARTING,
        Status.PRINTING,
        Status.PAUSING,
        Status.RESUMING,
        Status.FINISHING,
        Status.CANCELLING,
    }
)

# States in which a print stands still, or is about to.
STANDING: Final = frozenset({Status.PAUSING, Status.PAUSED})
# States in which a print comes to its end.
ENDING: Final = frozenset({Status.CANCELLING, Status.FINISHING})

# States in which the agent has no machine to command.
WITHOUT_MACHINE: Final = frozenset({Status.DISCONNECTED, Status.ERROR})

# The state texts of OctoPrint's and Klipper's agents, case-folded.
_BY_TEXT: Final = {
    "offline": Status.DISCONNECTED,
    "connecting": Status.CONNECTING,
    "opening serial connection": Status.CONNECTING,
    "detecting serial connection": Status.CONNECTING,
    "operational": Status.IDLE,
    "starting": Status.STARTING,
    "starting print from sd": Status.STARTING,
    "g-code downloading": Status.DOWNLOADING,
    "downloading g-code": Status.DOWNLOADING,
    "printing": Status.PRINTING,
    "printing from sd": Status.PRINTING,
    "pausing": Status.PAUSING,
    "paused": Status.PAUSED,
    "resuming": Status.RESUMING,
    "finishing": Status.FINISHING,
    "cancelling": Status.CANCELLING,
    "transferring file to sd": Status.TRANSFERRING,
}

# Prefixes, which are followed by the reason.
_ERROR_TEXTS: Final = ("error", "offline after error")


def has_been_connected(printer: Printer) -> bool:
    """Return whether a printer is known to have an agent, online or not."""
    settings = printer.settings
    return bool(
        printer.status is not None
        or printer.agent_name
        or (settings and settings.agent_name)
    )


def agent_kind(printer: Printer) -> AgentKind:
    """Return whose protocol the agent uses; all except Klipper's use that of OctoPrint's."""
    return (
        AgentKind.KLIPPER
        if printer.agent_name == AgentKind.KLIPPER
        else AgentKind.OCTOPRINT
    )


def is_klipper(printer: Printer) -> bool:
    """Return whether the agent is Klipper's."""
    return agent_kind(printer) is AgentKind.KLIPPER


def is_octoprint(printer: Printer) -> bool:
    """Return whether the agent says that it is OctoPrint's, not only that it may be."""
    return printer.agent_name == AgentKind.OCTOPRINT


def printer_status(printer: Printer) -> Status:
    """Return what a printer is doing."""
    if printer.status is None:
        return Status.OFFLINE
    return _agent_status(printer.status)


def _agent_status(status: PrinterStatus) -> Status:
    text = (status.text or "").strip().casefold()
    if text.startswith(_ERROR_TEXTS):
        return Status.ERROR
    known = _BY_TEXT.get(text)
    # Klipper keeps the text "Operational" after a failed print.
    if known in (None, Status.IDLE) and status.flags.error:
        return Status.ERROR
    return known or _status_by_flags(status.flags)


def _status_by_flags(flags: StateFlags) -> Status:
    """Return the status by the flags, for an unknown text."""
    # `printing` can be set together with the flags before it, which are more specific.
    for is_set, status in (
        (flags.cancelling, Status.CANCELLING),
        (flags.finishing, Status.FINISHING),
        (flags.pausing, Status.PAUSING),
        (flags.resuming, Status.RESUMING),
        (flags.paused, Status.PAUSED),
        (flags.printing, Status.PRINTING),
        (flags.closed_or_error, Status.DISCONNECTED),
        (flags.ready or flags.operational, Status.IDLE),
    ):
        if is_set:
            return status
    return Status.UNKNOWN


# In K. A heater that holds its target deviates by less.
_HEATING_DIFFERENCE: Final = 15.0
# In percent. The beginning of a file counts as printed although nothing is extruded by it, for
# example the pictures that slicers embed.
_MAX_COMPLETION_BEFORE_LAYERS: Final = 10.0
_HEATED_BEFORE_PRINTING: Final = frozenset(
    {HeaterKind.NOZZLE, HeaterKind.NOZZLE_N, HeaterKind.BED}
)


def is_heating_up(status: PrinterStatus) -> bool:
    """Return whether a print has not begun its first layer because a heater is still cold.

    Chambers are not considered: many never reach their target, and the print goes on.
    """
    if (status.current_layer or 0) > 1:
        return False
    progress = status.progress
    if progress and (progress.completion or 0.0) >= _MAX_COMPLETION_BEFORE_LAYERS:
        return False
    return _agent_status(status) in {Status.STARTING, Status.PRINTING} and any(
        temperature.target is not None
        and temperature.actual is not None
        and temperature.target - temperature.actual > _HEATING_DIFFERENCE
        and kind_of(heater) in _HEATED_BEFORE_PRINTING
        for heater, temperature in status.temperatures.items()
    )


def shown_status(printer: Printer) -> Status:
    """Return the status to show, which tells heating up from printing.

    Commands and events use `printer_status`, in which a print that heats up is at work.
    """
    if printer.status is not None and is_heating_up(printer.status):
        return Status.HEATING
    return printer_status(printer)


# States of Klipper during a print, except at its end.
_IN_PRINT: Final = frozenset(
    {Status.PRINTING, Status.PAUSING, Status.PAUSED, Status.RESUMING}
)


def has_unrecorded_print(printer: Printer) -> bool:
    """Return whether Klipper works on a print that the server has no record of.

    Klipper's agent sometimes reports a print too late for the server to record it. The
    server then does not watch the print, and refuses to pause, resume or cancel it, while
    the agent does so when it is asked directly.
    """
    return (
        printer.current_print is None
        and is_klipper(printer)
        and printer_status(printer) in _IN_PRINT
    )


def has_print(printer: Printer) -> bool:
    """Return whether a printer works on a print, recorded or not."""
    return printer.current_print is not None or has_unrecorded_print(printer)


def is_offline_in_print(printer: Printer) -> bool:
    """Return whether the agent was lost during a print, which the machine may go on with."""
    return printer.status is None and printer.current_print is not None


class WatchState(StrEnum):
    """Why the AI watches a print, or does not."""

    WATCHING = "watching"
    DISABLED = "disabled"
    NO_DETECTION_HOURS = "no_detection_hours"
    NOT_PRINTING = "not_printing"
    PAUSED = "paused"
    OFFLINE = "offline"
    UNRECORDED = "unrecorded"
    ALERTS_MUTED = "alerts_muted"
    PRIVATE = "private"
    OTHER = "other"


# The reason of this integration, which takes no pictures while they are private.
PRIVATE: Final = "private"

# The texts of the server, case-folded and without the final period.
_WATCH_STATE_BY_REASON: Final = {
    "ai failure detection is disabled": WatchState.DISABLED,
    "you have run out of ai detection hours": WatchState.NO_DETECTION_HOURS,
    "printer is not actively printing": WatchState.NOT_PRINTING,
    "alerts are muted for current print": WatchState.ALERTS_MUTED,
    PRIVATE: WatchState.PRIVATE,
}
# States in which a print stands still, or Klipper does not report it as printing.
_INTERRUPTED: Final = STANDING | {Status.RESUMING}


def watch_state(printer: Printer) -> WatchState | None:
    """Return why the AI watches a printer's print, or does not; None where it is unknown."""
    reason = printer.not_watching_reason
    if reason is not None:
        state = _WATCH_STATE_BY_REASON.get(
            reason.strip().rstrip(".").casefold(), WatchState.OTHER
        )
        if state is not WatchState.NOT_PRINTING:
            return state
    # The server also says "not actively printing" of a print that is interrupted. It gives no
    # reason while a print starts, and after its end until it is removed.
    if printer.current_print is None:
        if has_unrecorded_print(printer):
            return WatchState.UNRECORDED
        is_starting = reason is None and printer_status(printer) is Status.STARTING
        return None if is_starting else WatchState.NOT_PRINTING
    if printer.status is None:
        return WatchState.OFFLINE
    if reason is None:
        return WatchState.WATCHING
    if printer_status(printer) in _INTERRUPTED:
        return WatchState.PAUSED
    return WatchState.NOT_PRINTING


class FailureLevel(StrEnum):
    """How sure the AI is of a failure."""

    OK = "ok"
    WARNING = "warning"
    FAILING = "failing"


# While a print is paused, the score is that of its last picture.
_HAS_SCORE: Final = frozenset({WatchState.WATCHING, WatchState.PAUSED})


def failure_score(printer: Printer) -> float | None:
    """Return how sure the AI is of a failure, in percent; None where it does not watch.

    The server also sends a score, mostly 0, of printers that are not watched.
    """
    score = printer.normalized_p
    if score is None or watch_state(printer) not in _HAS_SCORE:
        return None
    return min(max(score, 0.0), 1.0) * 100


def failure_level(printer: Printer) -> FailureLevel | None:
    """Return the level that the failure score is in, by the thresholds of the server."""
    if (score := failure_score(printer)) is None:
        return None
    if score < 100 / 3:
        return FailureLevel.OK
    return FailureLevel.WARNING if score < 200 / 3 else FailureLevel.FAILING


def has_problem(printer: Printer) -> bool:
    """Return whether the agent reports an error of the printer or its firmware."""
    status = printer.status
    return status is not None and (
        status.flags.error
        or bool(status.error)
        or _agent_status(status) is Status.ERROR
    )


def error_text(printer: Printer) -> str | None:
    """Return the text of the error that a printer has, None where it has or tells none.

    OctoPrint appends it to the text of the state, as in "Error: Thermal runaway".
    """
    status = printer.status
    if status is None or not has_problem(printer):
        return None
    if status.error and not is_blank(status.error):
        return status.error.strip()
    text = (status.text or "").strip()
    _, _, reason = text.partition(":")
    if text.casefold().startswith(_ERROR_TEXTS) and not is_blank(reason):
        return reason.strip()
    return None
