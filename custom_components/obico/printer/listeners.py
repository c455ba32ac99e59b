"""Wake listeners only for what they show."""

from collections.abc import Mapping
import logging

from homeassistant.core import CALLBACK_TYPE, callback

from ..aioobico import Printer
from ..const import STRUCTURE
from .parts import Part, PartOf, changed_parts

_LOGGER = logging.getLogger(__name__)


class PartListeners:
    """The listeners of an account, by the context that each of them listens to.

    A context is one of:

    - `PartOf` a printer: its steady values and those of one part;
    - the id of a printer: everything about it;
    - `STRUCTURE`: which printers, agents and heaters there are, and so which entities;
    - any other constant, such as `ACCOUNT`, which the owner wakes by itself.
    """

    def __init__(self) -> None:
        """Start without listeners."""
        self._by_context: dict[object, dict[CALLBACK_TYPE, None]] = {}

    def __bool__(self) -> bool:
        """Return whether anybody listens."""
        return bool(self._by_context)

    @callback
    def add(self, listener: CALLBACK_TYPE, context: object) -> None:
        """Add a listener; adding it twice to a context changes nothing."""
        self._by_context.setdefault(context, {})[listener] = None

    @callback
    def remove(self, listener: CALLBACK_TYPE, context: object) -> None:
        """Remove a listener, if it is there."""
        if (listeners := self._by_context.get(context)) is None:
            return
        listeners.pop(listener, None)
        if not listeners:
            del self._by_context[context]

    def has(self, context: object) -> bool:
        """Return whether anybody listens to a context."""
        return context in self._by_context

    @callback
    def wake(self, context: object) -> None:
        """Wake the listeners of one context.

        An exception of one listener is logged: it must neither keep the others from being
        woken, nor end the push or poll that brought the news.
        """
        for listener in list(self._by_context.get(context, ())):
            try:
                listener()
            except Exception:
                _LOGGER.exception("Unexpected error updating a listener of %s", context)

    @callback
    def wake_all(self) -> None:
        """Wake every listener."""
        for context in list(self._by_context):
            self.wake(context)

    @callback
    def wake_printer(self, printer_id: int) -> None:
        """Wake the listeners of a printer and of all its parts."""
        self.wake(printer_id)
        for part in Part:
            self.wake(PartOf(printer_id, part))

    @callback
    def wake_changes(self, before: Printer, now: Printer) -> None:
        """Wake the listeners that show something of what differs between two snapshots of a printer."""
        if before.agent_name != now.agent_name:
            self.wake(STRUCTURE)
        self.wake(now.id)
        for part in changed_parts(before, now):
            self.wake(PartOf(now.id, part))

    @callback
    def wake_all_changes(
        self, before: Mapping[int, Printer], now: Mapping[int, Printer]
    ) -> None:
        """Wake the listeners that show something of what differs between two sets of printers."""
        if before.keys() != now.keys():
            self.wake(STRUCTURE)
            for printer_id in before.keys() ^ now.keys():
                self.wake_printer(printer_id)
        for printer_id in before.keys() & now.keys():
            if before[printer_id] != now[printer_id]:
                self.wake_changes(before[printer_id], now[printer_id])
