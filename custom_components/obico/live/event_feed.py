"""Fire the server's events: each once, in order of their ids, and no old ones."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
import logging
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later, async_track_time_interval
from homeassistant.helpers.start import async_at_started

from ..aioobico import (
    ObicoClient,
    ObicoError,
    ObicoNotFoundError,
    ObicoRateLimitError,
    Print,
    Printer,
    PrinterEvent,
)
from ..const import ACCOUNT
from ..coordinator import ObicoCoordinator
from ..printer.parts import has_new_activity, is_passing
from ..printer.snapshot import Poll
from .event_memory import EventMemory
from .event_pages import EVENTS_A_PAGE, NewEvents, async_fetch_new_events
from .event_run import async_get_run
from .fired_event import ENDED, FiredEvent, event_type_of

_LOGGER = logging.getLogger(__name__)

# The count of unseen events is only a hint: it falls back to 0 when the user opens the web
# application's list, and can come to the same number again.
_LOOK_INTERVAL: Final = timedelta(minutes=10)
_RETRY_SECONDS: Final = 30.0
# The server may push a state before it has written the event: mostly by milliseconds.
_AFTER_PUSH_SECONDS: Final = (0.3, 2.0)
# An agent's event reaches the server a little later, or never.
_AFTER_AGENT_EVENT_SECONDS: Final = (2.0, 10.0, 60.0)
# After a start, an automation must not pause today's print because of yesterday's alert.
_MAX_AGE_AT_START: Final = timedelta(minutes=10)
# Each lookup of a print is a request: a flood of events must not cause as many.
_MAX_LOOKUPS: Final = 20
# Unknown types are logged once each; a server may make up any number of them.
_MAX_LOGGED_TYPES: Final = 50

type EventListener = Callable[[FiredEvent], None]


class EventFeed:
    """Fires every event of an account that comes after the stored mark.

    The mark is stored after the events above it were fired, and before anything else can
    happen to the entry. Between the first event of a fetch and the last there is no await:
    lookups of files and outcomes come first, storing the mark last. The first sight of an
    account sets the mark, and fires only what happened since this run began to look. The
    first look after a start skips what is older than ten minutes by the server's own clock.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        coordinator: ObicoCoordinator,
        client: ObicoClient,
        memory: EventMemory,
        *,
        save: Callable[[], Awaitable[None]],
        is_unwanted: Callable[[int], bool],
        has_push: Callable[[int], bool],
        handle_events: Callable[[NewEvents, datetime | None], None],
        handle_ended: Callable[[int], None],
        handle_support: Callable[[bool], None],
    ) -> None:
        """Prepare; `async_start` begins.

        `save` stores the memory. `is_unwanted` tells whether a printer's event entity is
        disabled, `has_push` whether its state comes by push. `handle_events` is called with
        all new events and the time before which they are too old to fire, `handle_ended`
        with the id of a printer whose print ended in a way that is not known, and `handle_support` with whether the
        server has a list of events at all.
        """
        self._hass = hass
        self._coordinator = coordinator
        self._entry = coordinator.config_entry
        self._client = client
        self._memory = memory
        self._save = save
        self._is_unwanted = is_unwanted
        self._has_push = has_push
        self._handle_events = handle_events
        self._handle_ended = handle_ended
        self._handle_support = handle_support
        self._listeners: dict[int, EventListener] = {}
        self._run = async_get_run(hass, self._entry.entry_id)
        # The user's count of unseen events as of the last successful look.
        self._unseen: int | None = None
        self._task: asyncio.Task[None] | None = None
        self._is_started = False
        self._is_looking = False
        self._is_asked_again = False
        self._cancel_later: dict[float, CALLBACK_TYPE] = {}
        # Printers of which an event is expected; None stands for what an agent reported.
        self._expected: set[int | None] = set()
        self._logged_types: set[str | None] = set()

    @callback
    def async_start(self) -> None:
        """Begin once Home Assistant has started, so that automations listen."""

        @callback
        def start(_hass: HomeAssistant) -> None:
            self._is_started = True
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
        """Stop for good."""
        self._is_started = False
        while self._cancel_later:
            self._cancel_later.popitem()[1]()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    @callback
    def async_listen(self, printer_id: int, listener: EventListener) -> CALLBACK_TYPE:
        """Listen to a printer's events, first to those that waited for a listener."""
        self._listeners[printer_id] = listener
        for fired in self._run.take_waiting(printer_id):
            _call(listener, fired)

        @callback
        def remove() -> None:
            self._listeners.pop(printer_id, None)

        return remove

    # When to look

    @callback
    def handle_poll(self, poll: Poll) -> None:
        """Drop the waiting events of printers that are gone, or have a disabled entity."""
        self._run.drop_unwanted(self._is_unwanted)
        if poll.is_complete:
            self._run.drop_gone(poll.snapshot.printers, poll.started_at)

    @callback
    def handle_change(self, before: Printer, now: Printer) -> None:
        """Look for the event that a change of a printer is likely to have.

        The server may push a state some milliseconds, or seconds, before it has written the
        event: once that is found, nothing is asked for again.
        """
        if not self._is_started or not has_new_activity(before, now):
            return
        self._expected.add(now.id)
        if is_passing(before, now):
            # The event comes with the status after it, but for a filament change.
            self._look_later(_AFTER_PUSH_SECONDS[-1])
            return
        self.async_look()
        for delay in _AFTER_PUSH_SECONDS:
            self._look_later(delay)

    @callback
    def async_expect_from_agent(self) -> None:
        """Look for an event that an agent reports: it posts it a little later, or never."""
        self._expected.add(None)
        for delay in _AFTER_AGENT_EVENT_SECONDS:
            self._look_later(delay)

    @callback
    def _look_later(self, delay: float) -> None:
        """Look after a delay in seconds, if an event is still expected then.

        However often this is asked for meanwhile, it is done once.
        """
        if not self._is_started or delay in self._cancel_later:
            return

        @callback
        def look(_now: datetime) -> None:
            del self._cancel_later[delay]
            if self._expected:
                self.async_look()
            if not self._cancel_later:
                self._expected.clear()

        self._cancel_later[delay] = async_call_later(
            self._hass, delay, HassJob(look, cancel_on_shutdown=True)
        )

    @callback
    def _handle_account(self) -> None:
        """Look when the count of unseen events moved."""
        if self._coordinator.data.user.unseen_printer_events != self._unseen:
            self.async_look()

    @callback
    def _look_at(self, _now: datetime) -> None:
        self.async_look()

    @callback
    def async_look(self) -> None:
        """Fetch what is new, now or as soon as the fetch under way is done."""
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
        # Read before the fetch: an event that comes in between moves the count again.
        unseen = self._coordinator.data.user.unseen_printer_events
        try:
            await self._async_fetch()
        except ObicoError as err:
            # The poll tells the user about a server that is down.
            _LOGGER.debug("Looking for events again later: %s", err)
            if isinstance(err, ObicoNotFoundError):
                self._handle_support(False)
            asked = err.retry_after if isinstance(err, ObicoRateLimitError) else None
            self._expected.add(None)
            self._look_later(max(_RETRY_SECONDS, asked or 0))
            return
        self._handle_support(True)
        self._unseen = unseen

    # Fetching and firing

    async def _async_fetch(self) -> None:
        """Fetch and fire what lies above the mark."""
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
        """Set the mark at the first sight of an account, whose events are all old."""
        newest = await self._client.get_events(limit=EVENTS_A_PAGE)
        if newest.rejected and not newest.items:
            # Where the old events end cannot be told.
            return
        events = sorted(newest.items, key=lambda event: event.id)
        if events:
            # The list may have failed for long: what happened meanwhile is news. The
            # server tells its time in whole seconds.
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
        """Return when this run began to look, by the server's clock where it is told."""
        assert self._run.since is not None
        running = self._hass.loop.time() - self._run.since
        return (server_time or datetime.now(UTC)) - timedelta(seconds=running)

    async def _async_fire(self, new: NewEvents, oldest: datetime | None) -> None:
        """Fire events in order, then store the mark.

        Events of before `oldest` are taken notice of, but not fired.
        """
        due = [each for each in new.events if oldest is None or is_after(each, oldest)]
        prints = await self._async_prints_of(due)
        # What an automation looks at when the event fires must be true by then.
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
        self._expected -= {None, *(event.printer_id for event in new.events)}
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
        elif not self._is_unwanted(printer_id):
            self._run.add_waiting(printer_id, fired, self._hass.loop.time())

    def _is_ahead_of_state(self, event: PrinterEvent) -> bool:
        """Return whether the event's printer has no push: its state may be old by a poll."""
        printer_id = event.printer_id
        return (
            printer_id is not None
            and printer_id not in self._coordinator.excluded
            and not self._has_push(printer_id)
        )

    async def _async_prints_of(self, events: list[PrinterEvent]) -> dict[int, Print]:
        """Return the prints that events belong to, by id, as far as they can be fetched."""
        data = self._coordinator.data
        prints = {job.id: job for job in data.last_prints.values()}
        for printer in data.printers.values():
            if printer.current_print is not None:
                prints[printer.current_print.id] = printer.current_print
        wanted = {event.print_id for event in events} - prints.keys() - {None}
        # How a print ended may be newer than what is known of it.
        wanted |= {event.print_id for event in events if event_type_of(event) == ENDED}
        for print_id in sorted(filter(None, wanted))[-_MAX_LOOKUPS:]:
            try:
                prints[print_id] = await self._client.get_print(print_id)
            except ObicoNotFoundError:
                continue
            except ObicoError as err:
                # An alert must not wait for one time-out after the other.
                _LOGGER.debug("Firing events without details of their prints: %s", err)
                break
        return prints


@callback
def _call(listener: EventListener, fired: FiredEvent) -> None:
    """Fire an event; where that fails it counts as fired, so that the others fire once."""
    try:
        listener(fired)
    except Exception:
        _LOGGER.exception("Unexpected error firing event %s", fired.event.id)


def is_after(event: PrinterEvent, oldest: datetime) -> bool:
    """Return whether an event was created at that time or later."""
    return event.created_at is not None and event.created_at >= oldest
