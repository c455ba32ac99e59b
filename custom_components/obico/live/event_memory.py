"""What must be remembered of events beyond a restart."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from homeassistant.util import dt as dt_util

from ..aioobico import PrinterEvent
from .fired_event import FAILURE_ALERTED

# The pictures that image entities show, by what they are of.
PICTURE_OF_FAILURE: Final = "failure"
PICTURE_OF_EVENT: Final = "event"


@dataclass(frozen=True, kw_only=True, slots=True)
class PicturedEvent:
    """An event that has a picture: its address expires, its id stays."""

    id: int
    created_at: datetime | None


class EventMemory:
    """The event mark and the latest events that have a picture.

    `mark` is the highest event id that was fired or skipped, None before the first sight of
    the account. `latest` is the latest time of any event. `pictured` has the latest event
    with a picture by printer id and kind of picture.
    """

    def __init__(self) -> None:
        """Start with nothing remembered."""
        self.mark: int | None = None
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

    def handle_fired(self, events: list[PrinterEvent]) -> None:
        """Move the mark to the last of these events, which are in order of their ids."""
        self.mark = mark = events[-1].id
        for pictured in self.pictured.values():
            # A server that was restored from a backup gives these ids to other events.
            for kind in [kind for kind, event in pictured.items() if event.id > mark]:
                del pictured[kind]
        times = (self.latest, *(event.created_at for event in events))
        self.latest = max(filter(None, times), default=None)

    def restore(self, stored: Mapping[str, Any]) -> None:
        """Take up what was stored."""
        mark = stored.get("event_mark")
        self.mark = mark if isinstance(mark, int) else None
        self.latest = _as_time(stored.get("latest_event"))
        self.pictured = {
            int(printer_id): {
                kind: PicturedEvent(
                    id=event["id"], created_at=_as_time(event.get("created_at"))
                )
                for kind, event in events.items()
            }
            for printer_id, events in stored.get("pictured_events", {}).items()
        }

    def as_stored(self) -> dict[str, object]:
        """Return what `restore` takes."""
        return {
            "event_mark": self.mark,
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


def _as_time(value: object) -> datetime | None:
    return dt_util.parse_datetime(value) if isinstance(value, str) else None
