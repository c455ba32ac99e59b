"""The prints of all agents of an account, as they are stored."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from ..printer.stored_data import StoredData
from .print_tracker import PrintTracker
from .tracked_print import TrackedPrint, restore_print


@dataclass(slots=True)
class _Stored:
    """What is stored of one printer, until its agent takes it."""

    current: TrackedPrint | None = None
    endings: list[TrackedPrint] = field(default_factory=list)
    number: int = 0
    errors: list[str] = field(default_factory=list)
    name: str | None = None


class AgentMemory:
    """What must not be forgotten when Home Assistant stops in the middle of a print."""

    def __init__(self) -> None:
        """Start without prints."""
        self._stored: dict[int, _Stored] = {}
        self._trackers: dict[int, PrintTracker] = {}

    def attach(self, printer_id: int, tracker: PrintTracker) -> None:
        """Give a tracker what was stored of its printer, and store its prints from now on."""
        known = self._of(printer_id)
        tracker.restore(
            known.current, known.endings, known.number, known.errors, known.name
        )
        self._trackers[printer_id] = tracker

    def detach(self, printer_id: int) -> None:
        """Keep what a tracker knows, which is not used any more."""
        self._stored[printer_id] = self._of(printer_id)
        self._trackers.pop(printer_id, None)

    def _of(self, printer_id: int) -> _Stored:
        if (tracker := self._trackers.get(printer_id)) is not None:
            return _Stored(
                tracker.current,
                list(tracker.endings),
                tracker.last_number,
                sorted(tracker.reported_errors),
                tracker.last_name,
            )
        return self._stored.get(printer_id, _Stored())

    @property
    def printers(self) -> Iterable[int]:
        """Return the ids of the printers that there is data of."""
        return self._stored.keys() | self._trackers.keys()

    def forget(self, printer_id: int) -> None:
        """Remove the data of a deleted printer."""
        self._stored.pop(printer_id, None)
        self._trackers.pop(printer_id, None)

    def restore(self, stored: StoredData) -> None:
        """Restore what `as_stored` has returned."""
        for printer_id, row in stored.by_printer("agents", dict).items():
            current = row.get("current")
            endings = [
                restore_print(stored, each)
                for each in stored.rows(row.get("endings") or [], dict)
            ]
            self._stored[printer_id] = _Stored(
                None if current is None else restore_print(stored, current),
                [each for each in endings if each is not None],
                stored.check(row.get("number", 0), int) or 0,
                stored.rows(row.get("errors") or [], str),
                stored.check(row.get("name") or "", str) or None,
            )

    def as_stored(self) -> dict[str, object]:
        """Return what `restore` takes."""
        known = {printer_id: self._of(printer_id) for printer_id in self.printers}
        return {
            "agents": {
                str(printer_id): {
                    "current": each.current and each.current.as_stored(),
                    "endings": [job.as_stored() for job in each.endings],
                    "number": each.number,
                    "errors": each.errors,
                    "name": each.name,
                }
                for printer_id, each in known.items()
            }
        }
