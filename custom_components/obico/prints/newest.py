"""Tell when a print of an account has begun or ended."""

from collections.abc import Callable, Mapping

from homeassistant.core import callback

from ..aioobico import Print, Printer


class NewestPrints:
    """Remembers the current and the last print of each printer."""

    def __init__(self, handle_new: Callable[[], None]) -> None:
        """Call a function when one of them is another."""
        self._handle_new = handle_new
        self._current: dict[int, int | None] = {}
        self._last: Mapping[int, Print] = {}

    @callback
    def handle_poll(
        self, printers: Mapping[int, Printer], last: Mapping[int, Print]
    ) -> None:
        """Compare the printers and the last prints of a poll."""
        current = {printer.id: _current_print(printer) for printer in printers.values()}
        if current != self._current or last != self._last:
            self._current, self._last = current, last
            self._handle_new()

    @callback
    def handle_change(self, _before: Printer, now: Printer) -> None:
        """Compare the print of a printer that was pushed."""
        if self._current.get(now.id) != (current := _current_print(now)):
            self._current[now.id] = current
            self._handle_new()


def _current_print(printer: Printer) -> int | None:
    return printer.current_print.id if printer.current_print else None
