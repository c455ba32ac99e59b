"""Optimistic updates: show a change until the server or the agent confirms it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ..aioobico import Printer

# A push that was composed before a change can arrive after the answer to the change: some
# milliseconds later, or some seconds with a slow server.
DEFAULT_SECONDS: Final = 5.0

# Returns a printer with the changed values, which is equal to the given one if that has
# them already.
type Change = Callable[[Printer], Printer]


@dataclass(frozen=True, slots=True)
class _Pending:
    """A change that is not confirmed yet, with the loop time at which it expires."""

    change: Change
    expires_at: float


class OptimisticUpdates:
    """The unconfirmed changes of printers.

    A printer from a push or a poll may have been composed before the change. So each
    pending change is applied to it, until a printer comes in that already has the change,
    or until the change expires.
    """

    def __init__(self, time: Callable[[], float]) -> None:
        """Initialize without pending changes; `time` returns the loop time in seconds."""
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
        """Add a pending change, and return the printer with all pending changes.

        `known` is the printer that is shown now. If it already has the change, a push came
        before the answer. The change is then not pending, as later pushes are newer.
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
