"""Effects of commands: how it is seen that a command worked.

A command is done when its effect is seen, not when it was answered. Klipper's agent says
*pausing*, *resuming* and *cancelling* before it has asked Klipper, and takes it back when
a macro fails; with it only what comes after counts. OctoPrint's agent says it of what has
begun. Klipper answers when it is done, and its agent calls what takes longer than 30
seconds an error: nobody waits for so long, and the error says that it may be at work still.
"""

from collections.abc import Callable, Mapping
from typing import Final

from ..aioobico import AgentKind, Printer
from .preconditions import agent_kind
from .status import AT_WORK, Status, has_print, printer_status

_ENDING: Final = frozenset({Status.CANCELLING, Status.FINISHING})


def is_started(printer: Printer) -> bool:
    """Return whether a print was begun, or its file is on its way."""
    return printer.current_print is not None or printer_status(printer) in {
        Status.DOWNLOADING,
        *AT_WORK,
    }


def _reports_too_early(printer: Printer) -> bool:
    """Return whether an agent reports pausing, resuming or cancelling before it has begun."""
    return agent_kind(printer) is AgentKind.KLIPPER


def is_paused(printer: Printer) -> bool:
    """Return whether a pause has its effect; a print that ends needs none."""
    status = printer_status(printer)
    return (
        not has_print(printer)
        or status in {Status.PAUSED, *_ENDING}
        or (status is Status.PAUSING and not _reports_too_early(printer))
    )


def is_resumed(printer: Printer) -> bool:
    """Return whether resuming has its effect; a print that ends needs none."""
    status = printer_status(printer)
    return (
        not has_print(printer)
        or status in {Status.PRINTING, *_ENDING}
        or (status is Status.RESUMING and not _reports_too_early(printer))
    )


def is_cancelled(printer: Printer) -> bool:
    """Return whether cancelling has its effect."""
    return not has_print(printer) or (
        printer_status(printer) is Status.CANCELLING and not _reports_too_early(printer)
    )


_STATUS_BEFORE: Final[Mapping[Callable[[Printer], bool], Status]] = {
    is_paused: Status.PAUSING,
    is_resumed: Status.RESUMING,
    is_cancelled: Status.CANCELLING,
}


def is_under_way(effect: Callable[[Printer], bool], printer: Printer) -> bool:
    """Return whether the agent still reports that the command is being carried out.

    Macros of Klipper may take minutes.
    """
    return printer_status(printer) is _STATUS_BEFORE.get(effect)


def is_connecting(printer: Printer) -> bool:
    """Return whether the machine is being connected, or is."""
    return printer_status(printer) not in {Status.DISCONNECTED, Status.ERROR}
