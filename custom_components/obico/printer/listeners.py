"""Wake listeners only for what they show.

A poll that brings nothing new wakes nobody. A push wakes the entities that show one of
the parts that it changed; each of these compares its value with the one that it shows, so
that no state is written that did not change.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
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

    def __init__(self, handle_last_removed: Callable[[], None]) -> None:
        """Start without listeners; the function is called when the last one was removed."""
        # Lists, as most contexts have few listeners: a dict of them takes twice the memory.
        self._by_context: dict[object, list[CALLBACK_TYPE]] = {}
        self._handle_last_removed = handle_last_removed

    @callback
    def add(self, listener: CALLBACK_TYPE, context: object) -> CALLBACK_TYPE:
        """Add a listener, and return what removes it; adding it twice to a context changes nothing."""
        listeners = self._by_context.setdefault(context, [])
        if listener not in listeners:
            listeners.append(listener)
        return _Removal(self, listener, context)

    @callback
    def remove(self, listener: CALLBACK_TYPE, context: object) -> None:
        """Remove a listener, if it is there."""
        listeners = self._by_context.get(context, [])
        if listener not in listeners:
            return
        listeners.remove(listener)
        if not listeners:
            del self._by_context[context]
        if not self._by_context:
            self._handle_last_removed()

    def has(self, context: object) -> bool:
        """Return whether anybody listens to a context."""
        return context in self._by_context

    @callback
    def wake(self, context: object) -> None:
        """Wake the listeners of one context.

        An exception of one listener is logged: it must neither keep the others from being
        woken, nor end the push or poll that brought the news.
        """
        for listener in tuple(self._by_context.get(context, ())):
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
            # Equal to PartOf, and made in a fraction of the time.
            self.wake((now.id, part))

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


@dataclass(frozen=True, slots=True, eq=False)
class _Removal:
    """Removes a listener when it is called.

    There is one for each entity: a partial of a method takes five times the memory.
    """

    listeners: PartListeners
    listener: CALLBACK_TYPE
    context: object

    def __call__(self) -> None:
        """Remove the listener, if it is there."""
        self.listeners.remove(self.listener, self.context)
