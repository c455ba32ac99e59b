"""Tell which printers wait for their user."""

from collections.abc import Callable, Collection, Iterable
from typing import Final

from ..aioobico import Printer, PrinterEvent
from .status import Status, printer_status
from .stored_data import StoredData

_BEGINS: Final = "filament_change"
_ENDS: Final = frozenset({"started", "resumed", "ended"})


class Attention:
    """Follows events and states of printers, as no agent tells that it waits.

    A filament change comes as an event, while the state stays "Pausing". It is over with
    the next event that says so, or when the printer prints again.
    """

    def __init__(self, save_soon: Callable[[], None]) -> None:
        """Start with no printer that waits; `save_soon` is called when a state ends waiting."""
        self._save_soon = save_soon
        self._waiting: set[int] = set()
        # Waiting printers that were not yet seen to stop printing: the event came first.
        self._printing: set[int] = set()
        # The latest event of each printer that began or ended its waiting.
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
        is_news: Callable[[PrinterEvent], bool],
    ) -> set[int]:
        """Return the ids of the printers for which events changed whether they wait.

        All events are taken up before anything is shown: what lies between an old filament
        change and the present is no news. `get_printer` returns a printer as it is known,
        None where it is not known yet. Of an event that `is_news` the printer's state may
        come later.
        """
        waited = set(self._waiting)
        outdated = set()
        for event in events:
            if (printer_id := event.printer_id) is None:
                continue
            if is_news(event):
                outdated.discard(printer_id)
            else:
                outdated.add(printer_id)
            self._handle_event(
                event, printer_id, get_printer(printer_id), is_news(event)
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
        is_news: bool,
    ) -> None:
        event_type = (event.event_type or "").lower()
        if event_type not in {_BEGINS, *_ENDS}:
            return
        if _is_older(event, self._latest.get(printer_id)):
            # It became visible after what followed it.
            return
        self._latest[printer_id] = event
        if event_type in _ENDS:
            self._stop_waiting(printer_id)
        elif printer_id not in self._waiting:
            job = printer.current_print if printer else None
            if not is_news and job is not None and event.print_id not in {None, job.id}:
                # It was about an earlier print.
                return
            self._waiting.add(printer_id)
            if (
                is_news
                and printer is not None
                and printer_status(printer) is Status.PRINTING
            ):
                self._printing.add(printer_id)

    def handle_printer(self, printer: Printer) -> None:
        """Stop waiting where the state of a printer shows that it goes on."""
        if printer.id not in self._waiting:
            return
        is_printing = printer_status(printer) is Status.PRINTING
        if printer.current_print is None or (
            is_printing and printer.id not in self._printing
        ):
            self._stop_waiting(printer.id)
            self._save_soon()
        elif not is_printing and printer.status is not None:
            self._printing.discard(printer.id)

    def is_needed(self, printer: Printer) -> bool:
        """Return whether a printer waits for its user."""
        return printer.id in self._waiting or (
            printer.status is not None
            and printer.status.user_interaction_required is True
        )

    def forget(self, printer_id: int) -> None:
        """Forget a printer that was deleted."""
        self._latest.pop(printer_id, None)
        self._stop_waiting(printer_id)

    def _stop_waiting(self, printer_id: int) -> None:
        self._waiting.discard(printer_id)
        self._printing.discard(printer_id)

    def restore(self, stored: StoredData) -> None:
        """Take up what was stored."""
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
