"""Call listeners only when a value that they use has changed.

A poll without changes calls no listener. A push calls the entities that use one of the
changed parts. These compare their values with the last written ones, so that a state is
only written if it has changed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
import logging

from homeassistant.core import CALLBACK_TYPE, callback

from ..aioobico import Printer
from ..const import STRUCTURE
from .parts import Part, PartOf, changed_parts
from .status import has_been_connected

_LOGGER = logging.getLogger(__name__)


class PartListeners:
    """The listeners of an account, by the context that each of them listens to.

    A context is one of:

    - `PartOf` a printer: its steady values and those of one part;
    - the id of a printer: all its values;
    - `STRUCTURE`: which printers, agents, heaters and webcams exist, on which the entities depend;
    - any other constant, such as `ACCOUNT`, whose listeners the owner wakes explicitly.
    """

    def __init__(self, handle_last_removed: Callable[[], None]) -> None:
        """Initialize; `handle_last_removed` is called when the last listener is removed."""
        # Most contexts have few listeners, for which a list takes half the memory of a dict.
        self._by_context: dict[object, list[CALLBACK_TYPE]] = {}
        self._handle_last_removed = handle_last_removed

    @callback
    def add(self, listener: CALLBACK_TYPE, context: object) -> CALLBACK_TYPE:
        """Add a listener to a context, once, and return the function that removes it."""
        listeners = self._by_context.setdefault(context, [])
        if listener not in listeners:
            listeners.append(listener)
        return _Removal(self, listener, context)

    @callback
    def remove(self, listener: CALLBACK_TYPE, context: object) -> None:
        """Remove a listener if the context has it."""
        listeners = self._by_context.get(context, [])
        if listener not in listeners:
            return
        listeners.remove(listener)
        if not listeners:
            del self._by_context[context]
        if not self._by_context:
            self._handle_last_removed()

    def has(self, context: object) -> bool:
        """Return whether a context has listeners."""
        return context in self._by_context

    @callback
    def wake(self, context: object) -> None:
        """Wake the listeners of one context.

        An exception of one listener is logged, so that the other listeners are called and
        the push or poll continues.
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
    def wake_changes(
        self, before: Printer, now: Printer, parts: Sequence[Part]
    ) -> None:
        """Wake the listeners of the parts that differ between two snapshots of a printer."""
        if Part.STEADY in parts and (
            before.agent_name != now.agent_name
            or has_been_connected(before) is not has_been_connected(now)
        ):
            self.wake(STRUCTURE)
        self.wake(now.id)
        for part in parts:
            # Equal to a PartOf, but faster to create.
            self.wake((now.id, part))

    @callback
    def wake_all_changes(
        self, before: Mapping[int, Printer], now: Mapping[int, Printer]
    ) -> None:
        """Wake the listeners of the parts that differ between two snapshots of all printers."""
        if before.keys() != now.keys():
            self.wake(STRUCTURE)
            for printer_id in before.keys() ^ now.keys():
                self.wake_printer(printer_id)
        for printer_id in before.keys() & now.keys():
            was, is_ = before[printer_id], now[printer_id]
            if was != is_:
                self.wake_changes(was, is_, changed_parts(was, is_))


@dataclass(frozen=True, slots=True, eq=False)
class _Removal:
    """Removes a listener when it is called.

    There is one for each entity: a partial of a method takes five times the memory.
    """

    listeners: PartListeners
    listener: CALLBACK_TYPE
    context: object

    def __call__(self) -> None:
        """Remove the listener if the context has it."""
        self.listeners.remove(self.listener, self.context)
