"""Determine which printers wait for their user, for example to change the filament."""

from collections.abc import Callable, Collection, Iterable
from enum import StrEnum
from typing import Final

from ..aioobico import Printer, PrinterEvent
from .status import Status, printer_status
from .stored_data import StoredData

_STARTING_EVENT: Final = "filament_change"
_ENDING_EVENTS: Final = frozenset({"started", "resumed", "ended"})


class AttentionReason(StrEnum):
    """What a printer waits for."""

    FILAMENT_CHANGE = "filament_change"
    USER_INTERACTION = "user_interaction"


class Attention:
    """Derives from events and states whether a printer waits for its user.

    Only few agents report it directly. A filament change is announced by an event, while the
    state goes from "Pausing" to "Paused" as with any pause. It ends with one of the ending
    events, or when the printer prints again.
    """

    def __init__(self, save_soon: Callable[[], None]) -> None:
        """Initialize; `save_soon` is called when the state of a printer ends its waiting."""
        self._save_soon = save_soon
        self._waiting: set[int] = set()
        # Waiting printers whose state is still "printing", as the event came before the state.
        self._still_printing: set[int] = set()
        # The latest event of each known printer that started or ended its waiting.
        self._latest: dict[int, PrinterEvent] = {}

    @property
    def printers(self) -> Collection[int]:
        """Return the ids of the printers that wait."""
        return self._waiting

    def handle_events(
        self,
        events: Iterable[PrinterEvent],
        get_printer: Callable[[int], Printer | None],
        *,
        is_current: Callable[[PrinterEvent], bool],
    ) -> set[int]:
        """Handle events, and return the ids of the printers that now wait or no longer wait.

        All events are handled before entities are updated, so that a filament change that
        later events have ended is never shown. `get_printer` returns the known printer or
        None. `is_current` returns whether an event is new, so that the printer's state may
        still be the one from before the event.
        """
        waited = set(self._waiting)
        outdated = set()
        for event in events:
            if (printer_id := event.printer_id) is None:
                continue
            if is_current(event):
                outdated.discard(printer_id)
            else:
                outdated.add(printer_id)
            self._handle_event(
                event, printer_id, get_printer(printer_id), is_current(event)
            )
        for printer_id in outdated:
            if (printer := get_printer(printer_id)) is not None:
                self.handle_printer(printer)
        for printer_id in [key for key in self._latest if get_printer(key) is None]:
            del self._latest[printer_id]
        return waited ^ self._waiting

    def _handle_event(
        self,
        event: PrinterEvent,
        printer_id: int,
        printer: Printer | None,
        is_current: bool,
    ) -> None:
        event_type = (event.event_type or "").lower()
        if event_type not in {_STARTING_EVENT, *_ENDING_EVENTS}:
            return
        if _is_older(event, self._latest.get(printer_id)):
            # It became visible after a later event.
            return
        self._latest[printer_id] = event
        if event_type in _ENDING_EVENTS:
            self._stop_waiting(printer_id)
        elif printer_id not in self._waiting:
            job = printer.current_print if printer else None
            if (
                not is_current
                and job is not None
                and event.print_id not in {None, job.id}
            ):
                # The event belongs to an earlier print.
                return
            self._waiting.add(printer_id)
            if (
                is_current
                and printer is not None
                and printer_status(printer) is Status.PRINTING
            ):
                self._still_printing.add(printer_id)

    def handle_printer(self, printer: Printer) -> None:
        """End the waiting of a printer whose state shows that it prints again."""
        if printer.id not in self._waiting:
            return
        is_printing = printer_status(printer) is Status.PRINTING
        if printer.current_print is None or (
            is_printing and printer.id not in self._still_printing
        ):
            self._stop_waiting(printer.id)
            self._save_soon()
        elif not is_printing and printer.status is not None:
            self._still_printing.discard(printer.id)

    def reason_of(self, printer: Printer) -> AttentionReason | None:
        """Return what a printer waits for its user for, None where it does not wait."""
        if printer.id in self._waiting:
            return AttentionReason.FILAMENT_CHANGE
        if printer.status is not None and printer.status.user_interaction_required:
            return AttentionReason.USER_INTERACTION
        return None

    def forget(self, printer_id: int) -> None:
        """Remove the data of a deleted printer."""
        self._latest.pop(printer_id, None)
        self._stop_waiting(printer_id)

    def _stop_waiting(self, printer_id: int) -> None:
        self._waiting.discard(printer_id)
        self._still_printing.discard(printer_id)

    def restore(self, stored: StoredData) -> None:
        """Restore what `as_stored` has returned."""
        self._waiting = set(stored.rows(stored.get("attention", list) or [], int))

    def as_stored(self) -> dict[str, object]:
        """Return what `restore` takes."""
        return {"attention": sorted(self._waiting)}


def _is_older(event: PrinterEvent, other: PrinterEvent | None) -> bool:
    """Return whether an event came before another one.

    A server that was restored from a backup gives out ids again, at a later time.
    """
    if other is None or event.id >= other.id:
        return False
    return not (
        event.created_at and other.created_at and event.created_at > other.created_at
    )
