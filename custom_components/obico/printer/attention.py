"""Determine which printers wait for their user, for example to change the filament."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Final

from ..aioobico import Printer, PrinterEvent
from .status import Status, printer_status

_STARTING_EVENT: Final = "filament_change"
_ENDING_EVENTS: Final = frozenset({"started", "resumed", "ended"})


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
        return waited ^ self._waiting

    def _handle_event(
        self,
        event: PrinterEvent,
        printer_id: int,
        printer: Printer | None,
        is_current: bool,
    ) -> None:
        event_type = (event.event_type or "").lower()
        if event_type in _ENDING_EVENTS:
            self.forget(printer_id)
        elif event_type == _STARTING_EVENT and printer_id not in self._waiting:
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
            self.forget(printer.id)
            self._save_soon()
        elif not is_printing and printer.status is not None:
            self._still_printing.discard(printer.id)

    def is_needed(self, printer: Printer) -> bool:
        """Return whether a printer waits for its user."""
        return printer.id in self._waiting or (
            printer.status is not None
            and printer.status.user_interaction_required is True
        )

    def forget(self, printer_id: int) -> None:
        """Remove a printer from those that wait."""
        self._waiting.discard(printer_id)
        self._still_printing.discard(printer_id)

    def restore(self, stored: Mapping[str, Any]) -> None:
        """Restore what `as_stored` has returned."""
        self._waiting = {int(printer_id) for printer_id in stored.get("attention", ())}

    def as_stored(self) -> dict[str, object]:
        """Return what `restore` takes."""
        return {"attention": sorted(self._waiting)}
