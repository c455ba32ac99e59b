"""Tell prints that the server has no record of from those that it is about to record."""

from asyncio import AbstractEventLoop, TimerHandle
from collections.abc import Callable
from typing import Final

from ..aioobico import Printer
from .status import WatchState, has_unrecorded_print, watch_state

# The server makes the record of a print a moment after the agent has reported that the
# machine prints; some seconds if it is slow.
_AWAITED_SECONDS: Final = 10.0
# After these, a record that is missing will hardly come any more.
_LONG_SECONDS: Final = 50.0


class PrintRecords:
    """Follows which prints of an account have no record, and for which one is still awaited.

    `handle_missing` is called with the id of a printer when the record of its print is no
    longer awaited, as there may be neither a poll nor a push at that time. One timer serves
    all printers.
    """

    def __init__(
        self, loop: AbstractEventLoop, handle_missing: Callable[[int], None]
    ) -> None:
        """Initialize without prints."""
        self._loop = loop
        self._handle_missing = handle_missing
        # Until when the record of a printer's print is awaited (loop time), the earliest first.
        self._awaited: dict[int, float] = {}
        # Since when the record of a printer's print is missing (loop time).
        self._missing: dict[int, float] = {}
        self._timer: TimerHandle | None = None
        self._is_stopped = False

    def watch_state(self, printer: Printer) -> WatchState | None:
        """Return why the AI watches a printer's print, or does not; None where it is unknown.

        It also is while the record of the print is awaited.
        """
        state = watch_state(printer)
        is_awaited = state is WatchState.UNRECORDED and printer.id not in self._missing
        return None if is_awaited else state

    def is_missing_for_long(self, printer: Printer) -> bool:
        """Return whether a print has no record, and will hardly get one any more."""
        since = self._missing.get(printer.id)
        return (
            since is not None
            and has_unrecorded_print(printer)
            and self._loop.time() - since >= _LONG_SECONDS
        )

    def handle_printer(self, printer: Printer) -> None:
        """Follow the print of a printer."""
        if not has_unrecorded_print(printer):
            self._awaited.pop(printer.id, None)
            self._missing.pop(printer.id, None)
        elif printer.id not in self._awaited and printer.id not in self._missing:
            self._awaited[printer.id] = self._loop.time() + _AWAITED_SECONDS
            self._schedule()

    def stop(self) -> None:
        """Cancel the timer, and start no other."""
        self._is_stopped = True
        if self._timer is not None:
            self._timer.cancel()

    def _schedule(self) -> None:
        """Wait for the time until which the first record is awaited."""
        if self._timer is None and self._awaited and not self._is_stopped:
            until = next(iter(self._awaited.values()))
            self._timer = self._loop.call_at(until, self._handle_timer, until)

    def _handle_timer(self, now: float) -> None:
        self._timer = None
        missing = [key for key, until in self._awaited.items() if until <= now]
        for printer_id in missing:
            del self._awaited[printer_id]
            self._missing[printer_id] = now
        self._schedule()
        for printer_id in missing:
            self._handle_missing(printer_id)
