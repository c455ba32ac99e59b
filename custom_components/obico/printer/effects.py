"""Effects of commands: the states of a printer that show that a command has worked.

A command is complete when its effect shows, not when it is answered. Klipper's agent
reports *pausing*, *resuming* and *cancelling* before it has sent the command to Klipper,
and reports the previous state again if a macro fails, so these do not count as effects.
With OctoPrint's agent they count, because it reports them once the command has started.

Klipper answers a command when it is complete. Its agent reports an error for a command that
takes longer than 30 seconds, so the error that is shown says that it may still be running.
"""

from collections.abc import Callable, Mapping
from typing import Final

from ..aioobico import Printer
from .status import (
    AT_WORK,
    ENDING,
    WITHOUT_MACHINE,
    Status,
    has_print,
    is_klipper,
    printer_status,
)


def is_started(printer: Printer) -> bool:
    """Return whether a print has started, or its file is being downloaded."""
    return printer.current_print is not None or printer_status(printer) in {
        Status.DOWNLOADING,
        *AT_WORK,
    }


def is_paused(printer: Printer) -> bool:
    """Return whether the print is paused, or has ended or is ending, so that it cannot be."""
    status = printer_status(printer)
    return (
        not has_print(printer)
        or status in {Status.PAUSED, *ENDING}
        or (status is Status.PAUSING and not is_klipper(printer))
    )


def is_resumed(printer: Printer) -> bool:
    """Return whether the print is resumed, or has ended or is ending, so that it cannot be."""
    status = printer_status(printer)
    return (
        not has_print(printer)
        or status in {Status.PRINTING, *ENDING}
        or (status is Status.RESUMING and not is_klipper(printer))
    )


def is_cancelled(printer: Printer) -> bool:
    """Return whether the print is cancelled."""
    return not has_print(printer) or (
        printer_status(printer) is Status.CANCELLING and not is_klipper(printer)
    )


_STATUS_DURING: Final[Mapping[Callable[[Printer], bool], Status]] = {
    is_paused: Status.PAUSING,
    is_resumed: Status.RESUMING,
    is_cancelled: Status.CANCELLING,
}


def is_under_way(effect: Callable[[Printer], bool], printer: Printer) -> bool:
    """Return whether the agent reports that the command is still running.

    Klipper's macros may take minutes.
    """
    return printer_status(printer) is _STATUS_DURING.get(effect)


def is_connecting(printer: Printer) -> bool:
    """Return whether the machine is connected or connecting."""
    return printer_status(printer) not in WITHOUT_MACHINE
