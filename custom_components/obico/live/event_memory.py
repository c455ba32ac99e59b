"""Data about events that is stored: which were fired, and which have pictures.

The mark is the id of an event. A time would not work: the server's clock may be set back, and
several events may have the same time.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Self

from ..aioobico import PrinterEvent
from ..printer.stored_data import StoredData
from .fired_event import FAILURE_ALERTED, event_type_of

# Kinds of pictures that image entities show.
PICTURE_OF_FAILURE: Final = "failure"
PICTURE_OF_EVENT: Final = "event"

# Number of event ids that are stored; more than a page of the server's list has.
_MAX_RECENT: Final = 100
# An event becomes visible when its transaction on the server ends, which takes some seconds.
_MAX_LATE: Final = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True, slots=True)
class EventPicture:
    """An event with a picture, stored by its id as the picture's address expires."""

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
    """The event mark and the latest events with a picture.

    `mark` is the highest event id that was fired or skipped, None before the first fetch.
    `recent` are the ids of the latest of these events, lowest first: with several workers,
    an event can become visible on the server after one with a higher id. `latest` is the
    time of the latest event. `pictures` has the latest event with a picture by printer id
    and kind of picture.
    """

    def __init__(self) -> None:
        """Initialize without events."""
        self.mark: int | None = None
        self.recent: list[int] = []
        self.latest: datetime | None = None
        self.pictures: dict[int, dict[str, EventPicture]] = {}

    @property
    def printers(self) -> Iterable[int]:
        """Return the ids of the printers that have pictures."""
        return self.pictures.keys()

    def forget(self, printer_id: int) -> None:
        """Remove the pictures of a printer."""
        self.pictures.pop(printer_id, None)

    def handle_pictures(self, events: Iterable[PrinterEvent]) -> set[int]:
        """Store the events that have pictures, and return the ids of their printers."""
        changed = set()
        for event in events:
            if event.image_url is None or event.printer_id is None:
                continue
            latest = EventPicture(id=event.id, created_at=event.created_at)
            pictures = self.pictures.setdefault(event.printer_id, {})
            pictures[PICTURE_OF_EVENT] = latest
            if event_type_of(event) == FAILURE_ALERTED:
                pictures[PICTURE_OF_FAILURE] = latest
            changed.add(event.printer_id)
        return changed

    def is_late(self, event: PrinterEvent, server_time: datetime | None) -> bool:
        """Return whether an event below the mark became visible after the mark was set.

        Only events of the last minutes can be late. Ids below the lowest recent one are
        unknown, so their events do not count as late.
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
        """Move the mark to the last of these events, which are in the order of their ids.

        `is_complete` is True where every item of the list could be parsed. `is_restored` is
        True where the server was restored from a backup, so that its ids continue from
        there.
        """
        mark = events[-1].id
        if self.mark is not None and not is_restored:
            # Late events are below the mark.
            mark = max(mark, self.mark)
        if is_complete and not is_restored and self.mark is not None:
            self.recent = sorted({*self.recent, *(event.id for event in events)})
            del self.recent[:-_MAX_RECENT]
        else:
            # There may be unknown old events below, which must not count as late.
            self.recent = [mark]
        self.mark = mark
        for pictures in self.pictures.values():
            # A server that was restored from a backup reuses these ids for other events.
            for kind in [kind for kind, event in pictures.items() if event.id > mark]:
                del pictures[kind]
        times = (self.latest, *(event.created_at for event in events))
        self.latest = max(filter(None, times), default=None)

    def restore(self, stored: StoredData) -> None:
        """Restore what `as_stored` has returned."""
        self.mark = stored.get("event_mark", int)
        self.recent = sorted(stored.rows(stored.get("recent_events", list) or [], int))
        self.latest = stored.time(stored.get("latest_event", str))
        self.pictures = {
            printer_id: {
                kind: event
                for kind, row in events.items()
                if (event := EventPicture.from_stored(row, stored)) is not None
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
                for printer_id, events in self.pictures.items()
            },
        }


def _is_young(event: PrinterEvent, server_time: datetime | None) -> bool:
    return (
        server_time is not None
        and event.created_at is not None
        and server_time - event.created_at < _MAX_LATE
    )
