"""Poll the account into one frozen snapshot, merge pushes into it, and notify."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
import logging
import math
from typing import Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator

from .aioobico import (
    ObicoAuthenticationError,
    ObicoClient,
    ObicoError,
    ObicoRateLimitError,
    Print,
    Printer,
    TunnelUsage,
    User,
)
from .const import (
    ACCOUNT,
    CONF_EXCLUDED,
    DOMAIN,
    POLL_INTERVAL,
    RECONCILE_INTERVAL,
    STRUCTURE,
    TUNNEL_USAGE,
)
from .printer.listeners import PartListeners
from .printer.optimistic import DEFAULT_SECONDS, Change, OptimisticUpdates
from .printer.parts import Part, changed_parts
from .printer.snapshot import (
    AccountSnapshot,
    ChangeListener,
    Poll,
    PollListener,
    Reconcile,
)
from .prints.history import PrintHistory

_LOGGER = logging.getLogger(__name__)

# Seconds between two requests; the server updates the value once an hour.
_TUNNEL_SECONDS: Final = 3600.0


class ObicoCoordinator(DataUpdateCoordinator[AccountSnapshot]):
    """Keeps the snapshot of one account.

    Polls, pushes and the answers to commands all replace printers in the snapshot. A
    printer that a push or an answer brought during a poll is newer than the result of the
    poll, and is kept. A listener is called only when something has changed in the context
    that it listens to (see `PartListeners`).
    """

    config_entry: ConfigEntry

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: ObicoClient,
        history: PrintHistory,
        *,
        reconcile: Reconcile,
        detection_hours: Callable[[User], float | None],
        update_error: Callable[[ObicoError], Exception],
        handle_poll_result: Callable[[ObicoError | None], None],
    ) -> None:
        """Initialize the coordinator without data.

        `detection_hours` returns the hours of AI detection that a user has left, None for no
        limit. `update_error` returns what to raise for a failed poll, and
        `handle_poll_result` is called with the error of a poll, None for success.
        """
        super().__init__(
            hass,
            _LOGGER,
            config_entry=entry,
            name=DOMAIN,
            update_interval=POLL_INTERVAL,
            always_update=False,
        )
        self._client = client
        self._history = history
        self._reconcile = reconcile
        self._detection_hours = detection_hours
        self._update_error, self._handle_poll_result = update_error, handle_poll_result
        # Names of all printers of the account, including those that the user excluded.
        self.names: Mapping[int, str | None] = {}
        self.excluded = frozenset(map(int, entry.options.get(CONF_EXCLUDED, ())))
        self._listeners_by_part = PartListeners(self._remove_from_base)
        self._remove_base_listener: CALLBACK_TYPE | None = None
        self._poll_listeners: list[PollListener] = []
        self._change_listeners: list[ChangeListener] = []
        self._optimistic = OptimisticUpdates(hass.loop.time)
        self._refresh_task: asyncio.Task[None] | None = None
        # The interval after a poll that brought all; after others it is POLL_INTERVAL.
        self._regular_interval = POLL_INTERVAL
        self._is_shut_down = False
        # The snapshot and the success of the poll that listeners were last notified of.
        self._notified: AccountSnapshot | None = None
        self._notified_success = True
        self._has_new_structure = False
        self._tunnel_due = -math.inf
        # When a push, or the answer to a command, last brought a printer (loop time).
        self._merged_at: dict[int, float] = {}
        self._user_merged_at = -math.inf

    @property
    def _last(self) -> AccountSnapshot | None:
        """Return the last snapshot, None before the first."""
        return self.data

    @override
    async def _async_update_data(self) -> AccountSnapshot:
        """Poll the account."""
        started_at = self.hass.loop.time()
        try:
            listing = await self._client.get_printers()
            user = await self._async_get_user()
        except ObicoError as err:
            if self._is_shut_down and self._last is not None:
                return self._last
            self.update_interval = POLL_INTERVAL
            self._handle_poll_result(err)
            raise self._update_error(err) from err

        self.names = {printer.id: printer.name for printer in listing.items}
        polled = {
            printer.id: printer
            for printer in listing.items
            if printer.id not in self.excluded
        }
        known = self._last.printers if self._last else {}
        # An incomplete list says nothing about the printers that are missing in it.
        kept = known.keys() if listing.rejected else await self._reconcile(listing)
        missing = {
            printer_id: printer
            for printer_id, printer in known.items()
            if printer_id not in polled and printer_id in kept
        }
        await self._history.async_update(polled | missing)
        tunnel_usage = await self._async_get_tunnel_usage()

        # No await from here on, so that self.data contains every push that came during the
        # requests. Those pushes are newer than the polled printers.
        last = self._last
        if self._is_shut_down and last is not None:
            return last
        known = last.printers if last else {}
        printers = {
            printer_id: known[printer_id]
            if printer_id in known
            and self._merged_at.get(printer_id, started_at) > started_at
            else self._optimistic.apply(printer)
            for printer_id, printer in polled.items()
        }
        printers |= {printer_id: known[printer_id] for printer_id in missing}
        for printer_id in known.keys() - printers.keys():
            self._merged_at.pop(printer_id, None)
            self._optimistic.forget(printer_id)
        if last and self._user_merged_at > started_at:
            user = last.user
        snapshot = AccountSnapshot(
            user=user,
            detection_hours=self._detection_hours(user),
            printers=printers,
            last_prints=self._history.last_prints,
            tunnel_usage=tunnel_usage,
        )
        poll = Poll(
            snapshot=snapshot,
            missed=[
                printer_id
                for printer_id, printer in printers.items()
                if known.get(printer_id, printer) != printer
            ],
            is_complete=not listing.rejected,
            started_at=started_at,
        )
        self._handle_poll_result(None)
        for listener in self._poll_listeners:
            listener(poll)
        self.update_interval = (
            self._regular_interval if poll.is_complete else POLL_INTERVAL
        )
        # Never two equal snapshots in memory.
        return last if last == snapshot else snapshot

    async def _async_get_user(self) -> User:
        """Return the user, or the last known user where only this request fails."""
        try:
            return await self._client.get_user()
        except ObicoAuthenticationError, ObicoRateLimitError:
            raise
        except ObicoError as err:
            if self._last is None:
                raise
            _LOGGER.debug("Keeping the last data of the user: %s", err)
            return self._last.user

    async def _async_get_tunnel_usage(self) -> TunnelUsage | None:
        """Return the tunnel's usage, which is requested once an hour while an entity shows it."""
        last = self._last.tunnel_usage if self._last else None
        now = self.hass.loop.time()
        if not self._listeners_by_part.has(TUNNEL_USAGE) or now < self._tunnel_due:
            return last
        self._tunnel_due = now + _TUNNEL_SECONDS
        try:
            return await self._client.get_tunnel_usage()
        except ObicoError as err:
            _LOGGER.debug("Keeping the last usage of the tunnel: %s", err)
            return last

    @callback
    def async_set_pushed(self, is_pushed: bool) -> None:
        """Choose the poll interval by whether pushes bring the changes of all printers."""
        self._regular_interval = RECONCILE_INTERVAL if is_pushed else POLL_INTERVAL
        if not is_pushed and self.update_interval == RECONCILE_INTERVAL:
            # The next poll may be scheduled up to RECONCILE_INTERVAL from now.
            self.update_interval = POLL_INTERVAL
            self._schedule_refresh()

    @override
    async def async_shutdown(self) -> None:
        """Stop polling, and discard what polls, pushes and answers bring from now on."""
        self._is_shut_down = True
        await super().async_shutdown()

    @callback
    def async_start_refresh(self) -> asyncio.Task[None]:
        """Poll now in a background task of the entry, or return the task that already polls.

        The poll has a task of its own so that cancelling one caller does not cancel the poll
        for the others.
        """
        if self._refresh_task is None or self._refresh_task.done():
            self._refresh_task = self.config_entry.async_create_background_task(
                self.hass, self.async_refresh(), "obico refresh"
            )
        return self._refresh_task

    @callback
    def async_request_refresh_soon(self) -> None:
        """Poll within some seconds; requests until then are combined."""
        self.config_entry.async_create_background_task(
            self.hass, self.async_request_refresh(), "obico refresh"
        )

    def get_printer(self, printer_id: int) -> Printer | None:
        """Return the current printer, None where the account has no printer with this id."""
        return self.data.printers.get(printer_id)

    @callback
    def async_merge_user(self, user: User) -> None:
        """Store the user from the answer to a command."""
        if self._is_shut_down:
            return
        self._user_merged_at = self.hass.loop.time()
        self.data = replace(
            self.data, user=user, detection_hours=self._detection_hours(user)
        )
        self.async_update_listeners()

    @callback
    def async_merge_printer(self, printer: Printer) -> None:
        """Store a printer from a push, or from the answer to a command."""
        self._merge(self._optimistic.apply(printer))

    @callback
    def async_update_optimistically(
        self, printer: Printer, change: Change, *, seconds: float = DEFAULT_SECONDS
    ) -> None:
        """Store the printer from an answer, with a change that is shown until it is confirmed."""
        known = self.get_printer(printer.id)
        self._merge(self._optimistic.add(known, printer, change, seconds=seconds))

    def _merge(self, printer: Printer) -> None:
        previous = self.get_printer(printer.id)
        # Only polls add printers, because they create the devices first.
        if previous is None or self._is_shut_down:
            return
        self._merged_at[printer.id] = self.hass.loop.time()
        if printer is previous or printer == previous:
            return
        self.data = self._notified = self.data.with_printer(printer)
        parts = changed_parts(previous, printer)
        if Part.STEADY in parts:
            for listener in self._change_listeners:
                listener(previous, printer)
        if self._has_new_structure:
            self._has_new_structure = False
            self._listeners_by_part.wake(STRUCTURE)
        self._listeners_by_part.wake_changes(previous, printer, parts)
        if previous.current_print and not printer.current_print:
            self.config_entry.async_create_background_task(
                self.hass, self._async_update_history(), "obico print history"
            )

    async def _async_update_history(self) -> None:
        """Update the last prints right after a print has ended."""
        await self._history.async_update(self.data.printers)
        self._show_last_prints()

    @callback
    def async_merge_prints(self, prints: Iterable[Print]) -> None:
        """Store prints that were fetched for events, some of which may have ended."""
        for job in prints:
            if job.printer_id in self.data.printers:
                self._history.handle_print(job)
        self._show_last_prints()

    def _show_last_prints(self) -> None:
        last_prints = self._history.last_prints
        if not self._is_shut_down and last_prints != self.data.last_prints:
            self.data = replace(self.data, last_prints=last_prints)
            self.async_update_listeners()

    @callback
    def async_subscribe_polls(self, listener: PollListener) -> None:
        """Call a listener with every poll, before entities are updated."""
        self._poll_listeners.append(listener)

    @callback
    def async_subscribe_changes(self, listener: ChangeListener) -> None:
        """Call a listener with every printer whose steady values a push or an answer changed."""
        self._change_listeners.append(listener)

    @callback
    def async_schedule_structure_update(self) -> None:
        """Notify STRUCTURE listeners with the next update, because there is another heater or webcam."""
        self._has_new_structure = True

    @callback
    @override
    def async_add_listener(
        self, update_callback: CALLBACK_TYPE, context: object = None
    ) -> CALLBACK_TYPE:
        """Listen to a context of `PartListeners`."""
        remove = self._listeners_by_part.add(update_callback, context)
        if self._remove_base_listener is None:
            # The base class polls for as long as it has a listener; one is enough.
            self._remove_base_listener = super().async_add_listener(
                self._listeners_by_part.wake_all
            )
        return remove

    @callback
    def _remove_from_base(self) -> None:
        if self._remove_base_listener is not None:
            self._remove_base_listener()
            self._remove_base_listener = None

    @callback
    @override
    def async_update_listeners(self) -> None:
        """Notify the listeners of everything that changed since the last notification."""
        before, self._notified = self._notified, self.data
        success_before = self._notified_success
        self._notified_success = self.last_update_success
        has_new_structure, self._has_new_structure = self._has_new_structure, False
        # The first snapshot and a change of the success concern all entities.
        if before is None or success_before != self.last_update_success:
            super().async_update_listeners()
            return
        listeners, data = self._listeners_by_part, self.data
        if has_new_structure:
            listeners.wake(STRUCTURE)
        if before.user != data.user:
            listeners.wake(ACCOUNT)
        if before.tunnel_usage != data.tunnel_usage:
            listeners.wake(TUNNEL_USAGE)
        listeners.wake_all_changes(before.printers, data.printers)
        for printer_id in before.printers.keys() & data.printers.keys():
            if before.last_prints.get(printer_id) != data.last_prints.get(printer_id):
                listeners.wake_printer(printer_id)

    def has_listeners(self, context: object) -> bool:
        """Return whether anybody listens to a context."""
        return self._listeners_by_part.has(context)

    @callback
    def async_wake(self, context: object) -> None:
        """Notify the listeners of one context of a change that is not part of the snapshot."""
        self._listeners_by_part.wake(context)

    @callback
    def async_wake_printer(self, printer_id: int) -> None:
        """Notify all listeners of a printer of a change that is not part of the snapshot."""
        self._listeners_by_part.wake_printer(printer_id)
