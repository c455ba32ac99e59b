"""Fetch the events that are new since the last fetch."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from ..aioobico import ObicoClient, PrinterEvent
from .event_memory import EventMemory

EVENTS_A_PAGE: Final = 50
# Some half a year of a print farm; a server that answers with more and more pages must not
# be asked for ever.
_MAX_PAGES: Final = 200
MAX_EVENTS: Final = EVENTS_A_PAGE * _MAX_PAGES


async def async_fetch_new_events(
    client: ObicoClient, memory: EventMemory
) -> tuple[list[PrinterEvent], datetime | None]:
    """Return the events above the mark, oldest first, and the server's time where it is told.

    Pages overlap by one row, to see that nothing slipped between them. Raises ObicoError.
    """
    assert memory.mark is not None
    is_restored = False
    found: dict[int, PrinterEvent] = {}
    start = 0
    server_time = None
    for _ in range(_MAX_PAGES):
        page = await client.get_events(start=start, limit=EVENTS_A_PAGE)
        rows = len(page.items) + page.rejected
        server_time = page.server_time
        if not start:
            is_restored = _is_restored(page.items, memory)
        new = [
            event
            for event in page.items
            if (_is_later(event, memory) if is_restored else event.id > memory.mark)
        ]
        if (
            start
            and not page.rejected
            and (not page.items or page.items[0].id not in found)
        ):
            # Rows were deleted meanwhile, so the pages do not overlap: begin anew.
            start = 0
            continue
        found.update((event.id, event) for event in new)
        if rows < EVENTS_A_PAGE or len(new) < len(page.items):
            break
        start += rows - 1
    return [found[key] for key in sorted(found)], server_time


def _is_restored(newest: Iterable[PrinterEvent], memory: EventMemory) -> bool:
    """Return whether the server was restored from a backup, and numbers on from there.

    That all events lie below the mark is not enough: those above may have been deleted
    with their printer. An event that is later than all before can only be a new one.
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
