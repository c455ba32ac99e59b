"""What a printer is doing, from the flags and the text that its agent sends."""

from enum import StrEnum
from typing import Final

from ..aioobico import AgentKind, Printer, PrinterStatus, StateFlags


class Status(StrEnum):
    """What a printer can be doing."""

    OFFLINE = "offline"
    DISCONNECTED = "disconnected"
    CONNECTING = "connecting"
    IDLE = "idle"
    STARTING = "starting"
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


class WatchState(StrEnum):
    """Why the AI watches a print, or does not."""

    WATCHING = "watching"
    DISABLED = "disabled"
    NO_DETECTION_HOURS = "no_detection_hours"
    NOT_PRINTING = "not_printing"
    ALERTS_MUTED = "alerts_muted"
    OTHER = "other"


# The texts of the server, case-folded and without the final period.
_WATCH_STATE_BY_REASON: Final = {
    "ai failure detection is disabled": WatchState.DISABLED,
    "you have run out of ai detection hours": WatchState.NO_DETECTION_HOURS,
    "printer is not actively printing": WatchState.NOT_PRINTING,
    "alerts are muted for current print": WatchState.ALERTS_MUTED,
}


def watch_state(printer: Printer) -> WatchState:
    """Return why the AI watches a printer's print, or does not."""
    if (reason := printer.not_watching_reason) is None:
        # The server also gives no reason while a print starts, and after its end until it
        # is removed.
        return WatchState.WATCHING if printer.is_watching else WatchState.NOT_PRINTING
    return _WATCH_STATE_BY_REASON.get(
        reason.strip().rstrip(".").casefold(), WatchState.OTHER
    )


class FailureLevel(StrEnum):
    """How sure the AI is of a failure."""

    OK = "ok"
    WARNING = "warning"
    FAILING = "failing"


def failure_score(printer: Printer) -> float | None:
    """Return how sure the AI is of a failure, in percent."""
    if (score := printer.normalized_p) is None:
        return None
    return min(max(score, 0.0), 1.0) * 100


def failure_level(printer: Printer) -> FailureLevel | None:
    """Return the level that the failure score is in, by the thresholds of the server."""
    if (score := printer.normalized_p) is None:
        return None
    if score < 1 / 3:
        return FailureLevel.OK
    return FailureLevel.WARNING if score < 2 / 3 else FailureLevel.FAILING


def has_problem(printer: Printer) -> bool:
    """Return whether the agent reports an error of the printer or its firmware."""
    status = printer.status
    return status is not None and (
        status.flags.error
        or bool(status.error)
        or _agent_status(status) is Status.ERROR
    )
