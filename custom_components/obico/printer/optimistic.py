"""Optimistic updates: show what was just set until the server or the agent confirms it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ..aioobico import Printer

# A push that was composed before a change arrives some milliseconds after the answer to
# that change; where a server is slow, some seconds.
DEFAULT_SECONDS: Final = 5.0

# Puts the changed values into a printer, and returns an equal printer where they are in
# it already.
type Change = Callable[[Printer], Printer]


@dataclass(frozen=True, slots=True)
class _Pending:
    """A change that is not confirmed yet, and when it expires (loop time)."""

    change: Change
    expires_at: float


class OptimisticUpdates:
    """The unconfirmed changes of printers.

    A printer from a push or a poll may have been composed before the change. Each pending
    change is applied to it, until one comes in that shows the change by itself, or until
    the change expires.
    """

    def __init__(self, time: Callable[[], float]) -> None:
        """Start with no pending changes; `time` returns the event loop's time in seconds."""
        self._time = time
        self._pending: dict[int, list[_Pending]] = {}

    def add(
        self,
        known: Printer | None,
        printer: Printer,
        change: Change,
        *,
        seconds: float = DEFAULT_SECONDS,
    ) -> Printer:
        """Return the printer with earlier pending changes and this one, which becomes pending.

        `known` is the printer as it is shown now. Where it shows the change already, a push
        was quicker than the answer: nothing is pending, as whatever comes now is newer.
        """
        now = self._time()
        pending = [
            each for each in self._pending.get(printer.id, ()) if now < each.expires_at
        ]
        for each in pending:
            printer = each.change(printer)
        if known is not None and change(known) != known:
            self._pending[printer.id] = [*pending, _Pending(change, now + seconds)]
        return change(printer)

    def apply(self, printer: Printer) -> Printer:
        """Return a printer with its pending changes, and drop those that it confirms."""
        if (pending := self._pending.get(printer.id)) is None:
            return printer
        now = self._time()
        unconfirmed = []
        for each in pending:
            changed = each.change(printer)
            if changed != printer and now < each.expires_at:
                unconfirmed.append(each)
                printer = changed
        if unconfirmed:
            self._pending[printer.id] = unconfirmed
        else:
            del self._pending[printer.id]
        return printer

    def forget(self, printer_id: int) -> None:
        """Drop the pending changes of a printer."""
        self._pending.pop(printer_id, None)
