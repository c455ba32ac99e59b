"""What must be remembered of events beyond a restart."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Self

from ..aioobico import PrinterEvent
from ..printer.stored_data import StoredData
from .fired_event import FAILURE_ALERTED

# The pictures that image entities show, by what they are of.
PICTURE_OF_FAILURE: Final = "failure"
PICTURE_OF_EVENT: Final = "event"

# How many ids are remembered as seen: more events than a large print farm records in the
# minutes in which one can be late.
_MAX_RECENT: Final = 500
# A transaction of the server takes seconds at most.
_MAX_LATE: Final = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True, slots=True)
class PicturedEvent:
    """An event that has a picture: its address expires, its id stays."""

    id: int
    created_at: datetime | None

    @classmethod
    def from_stored(cls, row: object, stored: StoredData) -> Self | None:
        """Return the event that was stored, None where it cannot be read."""
        fields = stored.check(row, dict) or {}
        if (event_id := stored.check(fields.get("id"), int)) is None:
            return None
        return cls(id=event_id, created_at=stored.time(fields.get("created_at")))


class EventMemory:
    """The event mark and the latest events that have a picture.

    `mark` is the highest event id that was fired or skipped, None before the first sight of
    the account. `recent` are the ids of the latest such events, lowest first: a server with
    several workers may show an event after one with a higher id. `latest` is the latest time
    of any event. `pictured` has the latest event with a picture by printer id and kind of
    picture.
    """

    def __init__(self) -> None:
        """Start with nothing remembered."""
        self.mark: int | None = None
        self.recent: list[int] = []
        self.latest: datetime | None = None
        self.pictured: dict[int, dict[str, PicturedEvent]] = {}

    @property
    def printers(self) -> Iterable[int]:
        """Return the ids of the printers of which anything is remembered."""
        return self.pictured.keys()

    def forget(self, printer_id: int) -> None:
        """Forget the pictures of a printer."""
        self.pictured.pop(printer_id, None)

    def handle_pictures(self, events: Iterable[PrinterEvent]) -> set[int]:
        """Remember which events have pictures, and return the ids of their printers."""
        changed = set()
        for event in events:
            if event.image_url is None or event.printer_id is None:
                continue
            latest = PicturedEvent(id=event.id, created_at=event.created_at)
            pictured = self.pictured.setdefault(event.printer_id, {})
            pictured[PICTURE_OF_EVENT] = latest
            if (event.event_type or "").lower() == FAILURE_ALERTED:
                pictured[PICTURE_OF_FAILURE] = latest
            changed.add(event.printer_id)
        return changed

    def is_late(self, event: PrinterEvent, server_time: datetime | None) -> bool:
        """Return whether an event below the mark was not there when the mark was set.

        It was written at about the time of its neighbours, so only young events can be
        late. Below the lowest recent id it cannot be told.
        """
        return (
            self.mark is not None
            and bool(self.recent)
            and self.recent[0] < event.id < self.mark
            and event.id not in self.recent
            and _is_young(event, server_time)
        )

    def may_be_late_below(
        self, page: Sequence[PrinterEvent], server_time: datetime | None
    ) -> bool:
        """Return whether late events may be listed below a page, whose rows are newest first.

        An id below it must be free, and the page must end among young events.
        """
        if not (page and self.recent):
            return False
        oldest = page[-1]
        below = bisect_left(self.recent, oldest.id)
        return below < oldest.id - self.recent[0] and _is_young(oldest, server_time)

    def handle_fired(
        self, events: list[PrinterEvent], *, is_complete: bool, is_restored: bool
    ) -> None:
        """Move the mark to the last of these events, which are in order of their ids.

        `is_complete` says that every row of the list could be read, and `is_restored` that
        the server was restored from a backup and counts from there.
        """
        mark = events[-1].id
        if self.mark is not None and not is_restored:
            # Those that are late lie below.
            mark = max(mark, self.mark)
        if is_complete and not is_restored and self.mark is not None:
            self.recent = sorted({*self.recent, *(event.id for event in events)})
            del self.recent[:-_MAX_RECENT]
        else:
            # There may be old events below that were not seen.
            self.recent = [mark]
        self.mark = mark
        for pictured in self.pictured.values():
            # A server that was restored from a backup gives these ids to other events.
            for kind in [kind for kind, event in pictured.items() if event.id > mark]:
                del pictured[kind]
        times = (self.latest, *(event.created_at for event in events))
        self.latest = max(filter(None, times), default=None)

    def restore(self, stored: StoredData) -> None:
        """Take up what was stored."""
        self.mark = stored.get("event_mark", int)
        self.recent = sorted(stored.rows(stored.get("recent_events", list) or [], int))
        self.latest = stored.time(stored.get("latest_event", str))
        self.pictured = {
            printer_id: {
                kind: event
                for kind, row in events.items()
                if (event := PicturedEvent.from_stored(row, stored)) is not None
            }
            for printer_id, events in stored.by_printer("pictured_events", dict).items()
        }

    def as_stored(self) -> dict[str, object]:
        """Return what `restore` takes."""
        return {
            "event_mark": self.mark,
            "recent_events": self.recent,
            "latest_event": self.latest.isoformat() if self.latest else None,
            "pictured_events": {
                str(printer_id): {
                    kind: {
                        "id": event.id,
                        "created_at": event.created_at.isoformat()
                        if event.created_at
                        else None,
                    }
                    for kind, event in events.items()
                }
                for printer_id, events in self.pictured.items()
            },
        }


def _is_young(event: PrinterEvent, server_time: datetime | None) -> bool:
    return (
        server_time is not None
        and event.created_at is not None
        and server_time - event.created_at < _MAX_LATE
    )
