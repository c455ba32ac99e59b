"""From the server's events to fired events: each once, in order, none of old news."""

import asyncio
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
import logging
from typing import TYPE_CHECKING, Final

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
)
from homeassistant.const import Platform
from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_call_later, async_track_time_interval
from homeassistant.helpers.start import async_at_started
from homeassistant.util.hass_dict import HassKey

from ..account.lookup import is_disabled
from ..account.storage import PicturedEvent
from ..aioobico import (
    ObicoError,
    ObicoNotFoundError,
    ObicoRateLimitError,
    Print,
    PrinterEvent,
)
from ..const import ACCOUNT, DOMAIN
from ..printer.attention import Attention

if TYPE_CHECKING:
    from ..coordinator import ObicoCoordinator

_LOGGER = logging.getLogger(__name__)

# Key of the entity that fires.
PRINTER_EVENT: Final = "printer_event"
EVENT_TYPES: Final = (
    "started",
    "ended",
    "paused",
    "resumed",
    "failure_alerted",
    "alert_muted",
    "alert_unmuted",
    "filament_change",
    "printer_error",
)
FAILURE_ALERTED: Final = "failure_alerted"
ENDED: Final = "ended"
PRINTER_ERROR: Final = "printer_error"

# Keys of the latest event that has a picture, by what it shows.
PICTURE_OF_FAILURE: Final = "failure"
PICTURE_OF_EVENT: Final = "event"

# The count of unseen events is only a hint: it falls back to 0 when the user opens
# the web application's list, and can so come to the same number again.
_LOOK_INTERVAL: Final = timedelta(minutes=10)
# Seconds.
_RETRY: Final = 30.0
_AFTER_PUSH: Final = 2.0
_AFTER_AGENT_EVENT: Final = (2.0, 10.0, 60.0)
# After a start, an automation must not pause today's print because of yesterday's alert.
_MAX_AGE_AT_START: Final = timedelta(minutes=10)
_PAGE: Final = 50
# Some half a year of a print farm; a server that goes on and on must come to an end.
_MAX_PAGES: Final = 200
# For a printer that no poll has brought yet, or whose event entity is being added: polls
# may fail for days while events come in, and none may be lost of what can be fetched.
_MAX_WAITING: Final = _PAGE * _MAX_PAGES
# A file's name is worth a request, but a flood of events not as many.
_MAX_LOOKUPS: Final = 20
# What a server may make up without end is neither remembered nor logged without end.
_MAX_ODD_TYPES: Final = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class FiredEvent:
    """A server's event as it is fired; `type` is one of EVENT_TYPES."""

    type: str
    event: PrinterEvent
    file: str | None
    outcome: str | None


type EventListener = Callable[[FiredEvent], None]


@dataclass(kw_only=True, slots=True)
class _Run:
    """What this run of Home Assistant knows of an account, beyond reloads.

    What happens during a reload, or while a new token is awaited, is no old news,
    whatever clocks say.
    """

    since: float | None = None
    """Loop time."""
    is_caught_up: bool = False
    """Whether the events of before this run were looked at."""
    waiting: dict[int, list[tuple[float, FiredEvent]]] = field(default_factory=dict)
    """Which events wait for their printer's entity, and since when (loop time)."""


_RUNS: HassKey[dict[str, _Run]] = HassKey(f"{DOMAIN}_runs")


@callback
def async_follow_accounts(hass: HomeAssistant) -> None:
    """Forget what this run knows of an account that is disabled, loaded or not.

    What happens until it is enabled again will be old news.
    """

    @callback
    def handle(_change: ConfigEntryChange, entry: ConfigEntry) -> None:
        if entry.domain == DOMAIN and entry.disabled_by is not None:
            async_forget_account(hass, entry.entry_id)

    async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, handle)


@callback
def async_forget_account(hass: HomeAssistant, entry_id: str) -> None:
    """Forget what this run knows of an account that was removed, or disabled."""
    hass.data.get(_RUNS, {}).pop(entry_id, None)


class EventFeed:
    """Fires every event of an account that comes after the persisted mark."""

    def __init__(self, coordinator: ObicoCoordinator) -> None:
        """Prepare; `async_start` begins."""
        self._coordinator = coordinator
        self.attention = Attention(coordinator.storage)
        self._hass: HomeAssistant = coordinator.hass
        self._listeners: dict[int, EventListener] = {}
        self._run = self._hass.data.setdefault(_RUNS, {}).setdefault(
            coordinator.config_entry.entry_id, _Run()
        )
        self._unseen: int | None = None
        self._task: asyncio.Task[None] | None = None
        self._is_started = False
        self._is_checking = False
        self._is_asked_again = False
        self._cancel_later: dict[float, CALLBACK_TYPE] = {}
        self._odd_types: set[str | None] = set()

    @callback
    def async_start(self) -> None:
        """Begin once Home Assistant has started, so that automations listen."""
        entry = self._coordinator.config_entry

        @callback
        def start(_hass: HomeAssistant) -> None:
            self._is_started = True
            if self._run.since is None:
                self._run.since = self._hass.loop.time()
            entry.async_on_unload(
                async_track_time_interval(
                    self._hass, self._handle_interval, _LOOK_INTERVAL
                )
            )
            entry.async_on_unload(
                self._coordinator.async_add_listener(self._handle_account, ACCOUNT)
            )
            self.async_look()

        entry.async_on_unload(async_at_started(self._hass, start))

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
        for _, event in self._run.waiting.pop(printer_id, ()):
            listener(event)

        @callback
        def remove() -> None:
            self._listeners.pop(printer_id, None)

        return remove

    @callback
    def async_forget_unwanted(self) -> None:
        """Forget what waits for event entities that may be enabled some day."""
        for printer_id in list(self._run.waiting):
            if self._is_unwanted(printer_id):
                del self._run.waiting[printer_id]

    @callback
    def async_forget_gone(self, printers: Container[int], asked_at: float) -> None:
        """Forget what waits for printers that the account, when asked, did not have.

        One that was put away and comes back later must not bring old news.
        """
        for printer_id in [key for key in self._run.waiting if key not in printers]:
            waiting = [
                item for item in self._run.waiting[printer_id] if item[0] > asked_at
            ]
            if waiting:
                self._run.waiting[printer_id] = waiting
            else:
                del self._run.waiting[printer_id]

    @callback
    def async_expect(self) -> None:
        """Look now, and once more: the server may push before it has written the event."""
        self.async_look()
        self._look_later(_AFTER_PUSH)

    @callback
    def async_expect_from_agent(self) -> None:
        """Look for an event that the agent reports: it posts it a little later, or never."""
        for delay in _AFTER_AGENT_EVENT:
            self._look_later(delay)

    @callback
    def _look_later(self, delay: float) -> None:
        """Look after a delay, once however often it is asked for meanwhile."""
        if not self._is_started or delay in self._cancel_later:
            return

        @callback
        def look(_now: datetime) -> None:
            del self._cancel_later[delay]
            self.async_look()

        self._cancel_later[delay] = async_call_later(
            self._hass, delay, HassJob(look, cancel_on_shutdown=True)
        )

    @callback
    def _handle_account(self) -> None:
        """Look when the count of unseen events moved."""
        if self._coordinator.data.user.unseen_printer_events != self._unseen:
            self.async_look()

    @callback
    def _handle_interval(self, _now: datetime) -> None:
        self.async_look()

    @callback
    def async_look(self) -> None:
        """Fetch what is new, now or as soon as the fetch that is going on is done."""
        if not self._is_started:
            return
        if self._is_checking:
            self._is_asked_again = True
            return
        self._is_checking = True
        self._task = self._coordinator.config_entry.async_create_background_task(
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
            self._is_checking = False

    async def _async_look_once(self) -> None:
        # Read before the fetch: what comes in between moves the count again.
        unseen = self._coordinator.data.user.unseen_printer_events
        try:
            await self._async_fetch()
        except ObicoError as err:
            # The poll tells the user about a server that is down.
            _LOGGER.debug("The events have to wait: %s", err)
            if isinstance(err, ObicoNotFoundError):
                self._coordinator.issues.async_note_events(are_known=False)
            asked = err.retry_after if isinstance(err, ObicoRateLimitError) else None
            self._look_later(max(_RETRY, asked or 0))
            return
        self._coordinator.issues.async_note_events(are_known=True)
        self._unseen = unseen

    async def _async_fetch(self) -> None:
        """Fetch and fire what lies above the mark."""
        storage = self._coordinator.storage
        if storage.event_mark is None:
            # The first sight of an account: all there is has happened before.
            newest = await self._coordinator.client.get_events(limit=_PAGE)
            if newest.rejected and not newest.items:
                # Nobody knows where the old ones end.
                return
            events = sorted(newest.items, key=lambda event: event.id)
            if events:
                # The list may have failed for long: what happened meanwhile is news. The
                # server tells its time in whole seconds.
                since = self._start(newest.server_time) + timedelta(seconds=1)
                await self._async_fire(events, since)
            else:
                storage.event_mark = 0
                await storage.async_save()
            self._run.is_caught_up = True
            return

        events, server_time = await self._async_new_events(storage.event_mark)
        oldest = None
        if not self._run.is_caught_up:
            oldest = self._start(server_time) - _MAX_AGE_AT_START
        if events:
            await self._async_fire(events, oldest)
        self._run.is_caught_up = True

    def _start(self, server_time: datetime | None) -> datetime:
        """Return when this run began to look, by the server's clock as far as it is told."""
        assert self._run.since is not None
        running = self._hass.loop.time() - self._run.since
        return (server_time or datetime.now(UTC)) - timedelta(seconds=running)

    async def _async_new_events(
        self, mark: int
    ) -> tuple[list[PrinterEvent], datetime | None]:
        """Return the events above the mark, oldest first, and the server's time."""
        is_restored = False
        found: dict[int, PrinterEvent] = {}
        start = 0
        server_time = None
        for _ in range(_MAX_PAGES):
            page = await self._coordinator.client.get_events(start=start, limit=_PAGE)
            rows = len(page.items) + page.rejected
            server_time = page.server_time
            if not start:
                is_restored = self._is_restored(page.items, mark)
            new = [
                event
                for event in page.items
                if (self._is_later(event) if is_restored else event.id > mark)
            ]
            if (
                start
                and not page.rejected
                and (not page.items or page.items[0].id not in found)
            ):
                # Rows were deleted meanwhile and the pages do not meet: once more.
                start = 0
                continue
            found.update((event.id, event) for event in new)
            if rows < _PAGE or len(new) < len(page.items):
                break
            # The last row comes again, to see that nothing slipped between the pages.
            start += rows - 1
        return [found[key] for key in sorted(found)], server_time

    def _is_restored(self, newest: Iterable[PrinterEvent], mark: int) -> bool:
        """Return whether a server that was restored from a backup numbers on from there.

        That events lie below the mark is not enough: those above may have been deleted
        with their printer. An event of that moment or later can only be a new one.
        """
        return all(event.id < mark for event in newest) and any(
            map(self._is_later, newest)
        )

    def _is_later(self, event: PrinterEvent) -> bool:
        latest = self._coordinator.storage.latest_event
        return latest is not None and (event.created_at or latest) > latest

    async def _async_fire(
        self, events: list[PrinterEvent], oldest: datetime | None
    ) -> None:
        """Fire events in order, then persist the mark.

        Everything that takes time comes before or after: between the first event
        and the last nothing else can happen.
        """
        storage = self._coordinator.storage
        due = [event for event in events if oldest is None or _is_after(event, oldest)]
        prints = await self._async_prints_of(due)
        self._remember_pictures(events)
        self._follow_attention(events)
        for event in due:
            if (event_type := self._type_of(event)) is not None:
                self._deliver(_fired(event, event_type, prints))
        if any(map(self._is_ahead, due)):
            self._coordinator.config_entry.async_create_background_task(
                self._hass,
                self._coordinator.async_request_refresh(),
                "obico refresh after events",
            )
        mark = storage.event_mark = events[-1].id
        for pictured in storage.pictured_events.values():
            # Of ids that a restored server will give to others.
            for kind in [kind for kind, event in pictured.items() if event.id > mark]:
                del pictured[kind]
        storage.latest_event = max(
            filter(
                None, (storage.latest_event, *(event.created_at for event in events))
            ),
            default=None,
        )
        await storage.async_save()

    def _follow_attention(self, events: list[PrinterEvent]) -> None:
        """Let also what is too old to fire tell whether a printer waits for its user."""
        for event in events:
            if event.printer_id is not None and self.attention.handle_event(
                (event.event_type or "").lower(),
                event.printer_id,
                self._coordinator.data.printers.get(event.printer_id),
            ):
                self._coordinator.async_wake_printer(event.printer_id)

    def _type_of(self, event: PrinterEvent) -> str | None:
        event_type = (event.event_type or "").lower()
        if event_type in EVENT_TYPES:
            return event_type
        if (
            event.event_type not in self._odd_types
            and len(self._odd_types) < _MAX_ODD_TYPES
        ):
            self._odd_types.add(event.event_type)
            _LOGGER.warning(
                "Skipping events of a type that this version does not know: %s",
                event.event_type,
            )
        return None

    @callback
    def _deliver(self, fired: FiredEvent) -> None:
        printer_id = fired.event.printer_id
        if printer_id is None or printer_id in self._coordinator.excluded:
            return
        if fired.type == ENDED:
            self._coordinator.history.expect_end(printer_id)
        if (listener := self._listeners.get(printer_id)) is not None:
            listener(fired)
            return
        if self._is_unwanted(printer_id):
            return
        waiting = self._run.waiting.setdefault(printer_id, [])
        waiting.append((self._hass.loop.time(), fired))
        del waiting[:-_MAX_WAITING]

    def _is_ahead(self, event: PrinterEvent) -> bool:
        """Return whether an event is of a printer whose state no push brings, and a poll may be far."""
        pushes, printer_id = self._coordinator.pushes, event.printer_id
        return (
            printer_id is not None
            and printer_id not in self._coordinator.excluded
            and not pushes.is_connected(printer_id)
        )

    def _is_unwanted(self, printer_id: int) -> bool:
        return is_disabled(self._coordinator, printer_id, Platform.EVENT, PRINTER_EVENT)

    @callback
    def _remember_pictures(self, events: list[PrinterEvent]) -> None:
        """Remember which events the image entities show, by id: addresses expire."""
        shown = set()
        for event in events:
            if event.image_url is None or event.printer_id is None:
                continue
            pictured = self._coordinator.storage.pictured_events.setdefault(
                event.printer_id, {}
            )
            latest = PicturedEvent(id=event.id, created_at=event.created_at)
            pictured[PICTURE_OF_EVENT] = latest
            if (event.event_type or "").lower() == FAILURE_ALERTED:
                pictured[PICTURE_OF_FAILURE] = latest
            shown.add(event.printer_id)
        for printer_id in shown:
            self._coordinator.async_wake_printer(printer_id)

    async def _async_prints_of(self, events: list[PrinterEvent]) -> dict[int, Print]:
        """Return the prints that events belong to, by id, as far as they can be had."""
        data = self._coordinator.data
        prints = {job.id: job for job in data.last_prints.values()}
        for printer in data.printers.values():
            if printer.current_print is not None:
                prints[printer.current_print.id] = printer.current_print
        wanted = {event.print_id for event in events} - prints.keys() - {None}
        # Whether a print was finished or cancelled may be newer than what is known.
        wanted |= {
            event.print_id for event in events if event.event_type == ENDED.upper()
        }
        for print_id in sorted(filter(None, wanted))[-_MAX_LOOKUPS:]:
            try:
                prints[print_id] = await self._coordinator.client.get_print(print_id)
            except ObicoNotFoundError:
                continue
            except ObicoError as err:
                # An alert must not wait for one time-out after the other.
                _LOGGER.debug("Events go without the details of prints: %s", err)
                break
        return prints


def _is_after(event: PrinterEvent, oldest: datetime) -> bool:
    return event.created_at is not None and event.created_at >= oldest


def _fired(
    event: PrinterEvent, event_type: str, prints: dict[int, Print]
) -> FiredEvent:
    """Return an event with the details that it only points to."""
    job = prints.get(event.print_id) if event.print_id is not None else None
    return FiredEvent(
        type=event_type,
        event=event,
        file=job.filename if job else None,
        outcome=_outcome(event, job) if event_type == ENDED else None,
    )


def _outcome(event: PrinterEvent, job: Print | None) -> str | None:
    """Return how a print ended; the class of the event says it too, if less surely."""
    if job is not None and job.finished_at is not None:
        return "finished"
    if job is not None and job.cancelled_at is not None:
        return "cancelled"
    return {"SUCCESS": "finished", "WARNING": "cancelled"}.get(event.event_class or "")
