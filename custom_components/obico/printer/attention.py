"""Which printers wait for their user."""

from typing import Final

from ..account.storage import AccountStorage
from ..aioobico import Printer
from .status import Status, printer_status

_BEGINS: Final = "filament_change"
_ENDS: Final = frozenset({"started", "resumed", "ended"})


class Attention:
    """Follows events and states: no agent says by itself that it waits.

    A filament change comes as an event, while the state stays "Pausing". It is over
    with the next event that says so, or when the printer prints again.
    """

    def __init__(self, storage: AccountStorage) -> None:
        """Remember in the account's storage."""
        self._storage = storage
        # Waiting printers that were not yet seen to stop: the event came first.
        self._printing: set[int] = set()

    def handle_event(
        self, event_type: str, printer_id: int, printer: Printer | None
    ) -> bool:
        """Return whether an event changes whether a printer, as known, waits."""
        waiting = self._storage.attention
        if event_type == _BEGINS and printer_id not in waiting:
            waiting.add(printer_id)
            if printer is not None and printer_status(printer) is Status.PRINTING:
                self._printing.add(printer_id)
            return True
        if event_type in _ENDS and printer_id in waiting:
            self.forget(printer_id)
            return True
        return False

    def forget(self, printer_id: int) -> None:
        """Take a printer for one that does not wait."""
        self._storage.attention.discard(printer_id)
        self._printing.discard(printer_id)

    def handle_printer(self, printer: Printer) -> None:
        """Take notice of a state."""
        if printer.id not in self._storage.attention or printer.status is None:
            return
        is_printing = printer_status(printer) is Status.PRINTING
        if printer.current_print is None or (
            is_printing and printer.id not in self._printing
        ):
            self.forget(printer.id)
            self._storage.async_save_soon()
        elif not is_printing:
            self._printing.discard(printer.id)

    def is_needed(self, printer: Printer) -> bool:
        """Return whether a printer waits for its user."""
        return printer.id in self._storage.attention or (
            printer.status is not None
            and printer.status.user_interaction_required is True
        )
