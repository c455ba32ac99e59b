"""Fire the events of the server, each once and in the order of their ids.

Events are fetched when the count of unseen events changes (a field of the polled user), when
a push shows a new activity of a printer, when an agent reports an event, and every ten
minutes in case that these were missed. `event_pages` and `event_memory` explain how new
events are distinguished from old ones, `event_run` which events wait for their entity.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
import logging
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.helpers.start import async_at_started

from ..aioobico import (
    ObicoClient,
    ObicoError,
    ObicoNotFoundError,
    ObicoRateLimitError,
    Print,
    PrinterEvent,
)
from ..const import ACCOUNT
from ..coordinator import ObicoCoordinator
from ..printer.snapshot import Poll
from .event_memory import EventMemory
from .event_pages import EVENTS_A_PAGE, NewEvents, async_fetch_new_events
from .event_run import async_get_run
from .expected_events import ExpectedEvents
from .fired_event import ENDED, FiredEvent, event_type_of

_LOGGER = logging.getLogger(__name__)

# The list is also fetched in this interval, as the count of unseen events may miss some: it is
# reset when the user opens the list, and can then reach the same number again.
_LOOK_INTERVAL: Final = timedelta(minutes=10)
# Seconds between two attempts while the list cannot be fetched.
_RETRY_SECONDS: Final = 30.0
# Older events are not fired after a start: an automation must not pause the current print
# because of an alert about an earlier one.
_MAX_AGE_AT_START: Final = timedelta(minutes=10)
# Limits the requests of prints for one fetch of events.
_MAX_LOOKUPS: Final = 20
# Each unknown type is logged once. The limit is for servers that send arbitrary types.
_MAX_LOGGED_TYPES: Final = 50

type EventListener = Callable[[FiredEvent], None]


class EventFeed:
    """Fires every event of an account whose id is above the stored mark.

    The mark is the highest id that was fired, and is stored after the events of a fetch. These
    are fired without an await in between, so that no unload can interrupt them.

    The first fetch for a new account sets the mark, and only fires events since the start of
    the feed. The first fetch after a restart skips events that are older than ten minutes by
    the server's clock.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        coordinator: ObicoCoordinator,
        client: ObicoClient,
        memory: EventMemory,
        *,
        save: Callable[[], Awaitable[None]],
        is_event_disabled: Callable[[int], bool],
        has_push: Callable[[int], bool],
        handle_events: Callable[[NewEvents, datetime | None], None],
        handle_ended: Callable[[int], None],
        handle_support: Callable[[bool], None],
    ) -> None:
        """Initialize the feed; `async_start` starts it.

        `save` stores the memory. `is_event_disabled` returns whether a printer's event entity
        is disabled, and `has_push` whether the printer has a push connection.
        `handle_events` is called with all new events, and with the time before which they are
        too old to fire. `handle_ended` is called with the id of a printer whose print has
        ended with an unknown outcome. `handle_support` is called with whether the server
        supports the list of events.
        """
        self._hass = hass
        self._coordinator = coordinator
        self._entry = coordinator.config_entry
        self._client = client
        self._memory = memory
        self._save = save
        self._is_event_disabled = is_event_disabled
        self._has_push = has_push
        self._handle_events = handle_events
        self._handle_ended = handle_ended
        self._handle_support = handle_support
        self.expected = ExpectedEvents(hass, self.async_look)
        self._listeners: dict[int, EventListener] = {}
        self._run = async_get_run(hass, self._entry.entry_id)
        # The user's count of unseen events at the last successful fetch.
        self._unseen: int | None = None
        self._task: asyncio.Task[None] | None = None
        self._is_started = False
        self._is_looking = False
        self._is_asked_again = False
        self._logged_types: set[str | None] = set()

    @callback
    def async_start(self) -> None:
        """Start once Home Assistant has started, so that no automation misses an event."""

        @callback
        def start(_hass: HomeAssistant) -> None:
            self._is_started = True
            self.expected.async_start()
            if self._run.since is None:
                self._run.since = self._hass.loop.time()
            self._entry.async_on_unload(
                async_track_time_interval(self._hass, self._look_at, _LOOK_INTERVAL)
            )
            self._entry.async_on_unload(
                self._coordinator.async_add_listener(self._handle_account, ACCOUNT)
            )
            self.async_look()

        self._entry.async_on_unload(async_at_started(self._hass, start))

    async def async_stop(self) -> None:
        """Stop the feed."""
        self._is_started = False
        self.expected.async_stop()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    @callback
    def async_listen(self, printer_id: int, listener: EventListener) -> CALLBACK_TYPE:
        """Call a listener with the waiting events of a printer, and with all later ones."""
        self._listeners[printer_id] = listener
        for fired in self._run.pop_waiting(printer_id):
            _call(listener, fired)

        @callback
        def remove() -> None:
            self._listeners.pop(printer_id, None)

        return remove

    # When events are fetched

    @callback
    def handle_poll(self, poll: Poll) -> None:
        """Drop the waiting events of printers that are gone or whose entity is disabled."""
        self._run.drop_disabled(self._is_event_disabled)
        if poll.is_complete:
            self._run.drop_gone(poll.snapshot.printers, poll.started_at)
            self.expected.drop_gone(poll.snapshot.printers)

    @callback
    def _handle_account(self) -> None:
        """Fetch when the count of unseen events has changed."""
        if self._coordinator.data.user.unseen_printer_events != self._unseen:
            self.async_look()

    @callback
    def _look_at(self, _now: datetime) -> None:
        self.async_look()

    @callback
    def async_look(self) -> None:
        """Fetch new events now, or again after the fetch that is running."""
        if not self._is_started:
            return
        if self._is_looking:
            self._is_asked_again = True
            return
        self._is_looking = True
        self._task = self._entry.async_create_background_task(
            self._hass, self._async_look_until_quiet(), "obico events"
        )

    async def _async_look_until_quiet(self) -> None:
        try:
            while True:
                self._is_asked_again = False
                await self._async_look_once()
                if not self._is_asked_again:
                    return
        finally:
            self._is_looking = False

    async def _async_look_once(self) -> None:
        # Read before the fetch: an event that is written during the fetch changes it again.
        unseen = self._coordinator.data.user.unseen_printer_events
        try:
            await self._async_fetch()
        except ObicoError as err:
            # Only logged for debugging, as the coordinator already reports failed polls.
            _LOGGER.debug("Looking for events again later: %s", err)
            if isinstance(err, ObicoNotFoundError):
                self._handle_support(False)
            asked = err.retry_after if isinstance(err, ObicoRateLimitError) else None
            self.expected.retry_after(max(_RETRY_SECONDS, asked or 0))
            return
        self._handle_support(True)
        self._unseen = unseen

    # Fetching and firing

    async def _async_fetch(self) -> None:
        """Fetch and fire the events above the mark."""
        if self._memory.mark is None:
            await self._async_fetch_first()
            return
        new = await async_fetch_new_events(self._client, self._memory)
        oldest = None
        if not self._run.is_caught_up:
            oldest = self._started_at(new.server_time) - _MAX_AGE_AT_START
        if new.events:
            await self._async_fire(new, oldest)
        self._run.is_caught_up = True

    async def _async_fetch_first(self) -> None:
        """Set the mark for a new account, and only fire events since the start of the feed."""
        newest = await self._client.get_events(limit=EVENTS_A_PAGE)
        if newest.rejected and not newest.items:
            # The highest id is unknown.
            return
        events = sorted(newest.items, key=lambda event: event.id)
        if events:
            # The list may have failed since the start of the feed, so events since then are
            # fired. One second is added because the server's time is in whole seconds.
            since = self._started_at(newest.server_time) + timedelta(seconds=1)
            new = NewEvents(
                events=events,
                server_time=newest.server_time,
                is_complete=not newest.rejected,
                is_restored=False,
            )
            await self._async_fire(new, since)
        else:
            self._memory.mark = 0
            await self._save()
        self._run.is_caught_up = True

    def _started_at(self, server_time: datetime | None) -> datetime:
        """Return when the feed was started, by the server's clock if that is known."""
        assert self._run.since is not None
        running = self._hass.loop.time() - self._run.since
        return (server_time or datetime.now(UTC)) - timedelta(seconds=running)

    async def _async_fire(self, new: NewEvents, oldest: datetime | None) -> None:
        """Fire events in order, then store the mark.

        Events before `oldest` are handled, but not fired.
        """
        due = [each for each in new.events if oldest is None or is_after(each, oldest)]
        prints = await self._async_prints_of(due)
        # Before the events fire, as automations then read the states of other entities.
        self._coordinator.async_merge_prints(prints.values())
        for printer_id in self._memory.handle_pictures(new.events):
            self._coordinator.async_wake_printer(printer_id)
        self._handle_events(new, oldest)
        for event in due:
            job = None if event.print_id is None else prints.get(event.print_id)
            if event_type_of(event) == ENDED and (job is None or job.ended_at is None):
                self._handle_unknown_end(event)
        for event in due:
            if (event_type := event_type_of(event)) is None:
                self._log_unknown_type(event)
            else:
                self._deliver(FiredEvent.of(event, event_type, prints))
        if any(map(self._is_ahead_of_state, due)):
            self._coordinator.async_request_refresh_soon()
        self.expected.handle_found(new.events)
        self._memory.handle_fired(
            new.events, is_complete=new.is_complete, is_restored=new.is_restored
        )
        await self._save()

    def _handle_unknown_end(self, event: PrinterEvent) -> None:
        printer_id = event.printer_id
        if printer_id is not None and printer_id in self._coordinator.data.printers:
            self._handle_ended(printer_id)

    def _log_unknown_type(self, event: PrinterEvent) -> None:
        if (
            event.event_type in self._logged_types
            or len(self._logged_types) >= _MAX_LOGGED_TYPES
        ):
            return
        self._logged_types.add(event.event_type)
        _LOGGER.warning(
            "Skipping events of a type that this version does not know: %s",
            event.event_type,
        )

    @callback
    def _deliver(self, fired: FiredEvent) -> None:
        printer_id = fired.event.printer_id
        if printer_id is None or printer_id in self._coordinator.excluded:
            return
        if (listener := self._listeners.get(printer_id)) is not None:
            _call(listener, fired)
        elif not self._is_event_disabled(printer_id):
            self._run.add_waiting(printer_id, fired, self._hass.loop.time())

    def _is_ahead_of_state(self, event: PrinterEvent) -> bool:
        """Return whether the state may be older than the event, as there is no push connection."""
        printer_id = event.printer_id
        return (
            printer_id is not None
            and printer_id not in self._coordinator.excluded
            and not self._has_push(printer_id)
        )

    async def _async_prints_of(self, events: list[PrinterEvent]) -> dict[int, Print]:
        """Return the prints of events by id, except those that cannot be fetched."""
        data = self._coordinator.data
        prints = {job.id: job for job in data.last_prints.values()}
        for printer in data.printers.values():
            if printer.current_print is not None:
                prints[printer.current_print.id] = printer.current_print
        wanted = {event.print_id for event in events} - prints.keys()
        # A known print may not have its end yet.
        wanted |= {event.print_id for event in events if event_type_of(event) == ENDED}
        for print_id in sorted(filter(None, wanted))[-_MAX_LOOKUPS:]:
            try:
                prints[print_id] = await self._client.get_print(print_id)
            except ObicoNotFoundError:
                continue
            except ObicoError as err:
                # No further requests: an alert must not wait for a timeout of each.
                _LOGGER.debug("Firing events without details of their prints: %s", err)
                break
        return prints


@callback
def _call(listener: EventListener, fired: FiredEvent) -> None:
    """Fire an event; one whose listener fails counts as fired, and the others still fire."""
    try:
        listener(fired)
    except Exception:
        _LOGGER.exception("Unexpected error firing event %s", fired.event.id)


def is_after(event: PrinterEvent, oldest: datetime) -> bool:
    """Return whether an event was created at `oldest` or later."""
    return event.created_at is not None and event.created_at >= oldest
