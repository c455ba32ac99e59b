"""Fetch the events since the last fetch.

If the newest id is below the mark, either the server was restored from a backup, which an
event shows that is later than all known ones, or events were deleted with their printer.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ..aioobico import ObicoClient, PrinterEvent
from .event_memory import EventMemory

EVENTS_A_PAGE: Final = 50
# The events of about half a year of a print farm. The limit is for servers that always have
# another page.
_MAX_PAGES: Final = 200
MAX_EVENTS: Final = EVENTS_A_PAGE * _MAX_PAGES


@dataclass(frozen=True, kw_only=True, slots=True)
class NewEvents:
    """New events, oldest first.

    `server_time` is None where the server does not send it. `is_complete` is False where
    items of the list could not be parsed. `is_restored` is True where the server was
    restored from a backup, so that its ids continue from there.
    """

    events: list[PrinterEvent]
    server_time: datetime | None
    is_complete: bool
    is_restored: bool


async def async_fetch_new_events(client: ObicoClient, memory: EventMemory) -> NewEvents:
    """Return the events above the mark, and those below it that became visible later.

    Pages overlap by one item, which shows whether items were deleted between two requests.
    Raises ObicoError.
    """
    assert memory.mark is not None
    is_complete, is_restored = True, False
    found: dict[int, PrinterEvent] = {}
    seen: set[int] = set()
    start = 0
    server_time = None
    for _ in range(_MAX_PAGES):
        page = await client.get_events(start=start, limit=EVENTS_A_PAGE)
        length = len(page.items) + page.rejected
        server_time = page.server_time
        is_complete = is_complete and not page.rejected
        if not start:
            is_restored = _is_restored(page.items, memory)
        new = [
            event
            for event in page.items
            if (_is_later(event, memory) if is_restored else event.id > memory.mark)
        ]
        if not is_restored:
            late = [each for each in page.items if memory.is_late(each, server_time)]
            found.update((event.id, event) for event in late)
        if (
            start
            and not page.rejected
            and (not page.items or page.items[0].id not in seen)
        ):
            # Items were deleted meanwhile, so the pages do not overlap: start from the first.
            start = 0
            continue
        seen.update(event.id for event in page.items)
        found.update((event.id, event) for event in new)
        if length < EVENTS_A_PAGE or (
            len(new) < len(page.items)
            and (is_restored or not memory.may_be_late_below(page.items, server_time))
        ):
            break
        start += length - 1
    return NewEvents(
        events=[found[key] for key in sorted(found)],
        server_time=server_time,
        is_complete=is_complete,
        is_restored=is_restored,
    )


def _is_restored(newest: Iterable[PrinterEvent], memory: EventMemory) -> bool:
    """Return whether the server was restored from a backup, so that it reuses ids.

    All ids are then below the mark. As events above the mark may also have been deleted with
    their printer, there must be an event that is later than all known ones, too.
    """
    assert memory.mark is not None
    return all(event.id < memory.mark for event in newest) and any(
        _is_later(event, memory) for event in newest
    )


def _is_later(event: PrinterEvent, memory: EventMemory) -> bool:
    return (
        memory.latest is not None
        and event.created_at is not None
        and event.created_at > memory.latest
    )
