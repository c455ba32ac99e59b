"""The data of one account: one poll, one frozen snapshot, for all its entities."""

import asyncio
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
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
    STRUCTURE,
    TUNNEL_USAGE,
)
from .devices import PrinterDevices
from .errors import update_error
from .events import EventFeed
from .history import PrintHistory
from .issues import AccountIssues
from .parts import Part, PartOf, changed_parts
from .pushes import PrinterPushes
from .storage import AccountStorage

_LOGGER = logging.getLogger(__name__)

# A printer may first finish its move before it pauses.
_EFFECT_SECONDS: Final = 20.0
_EFFECT_LOOKS: Final = 5
_TUNNEL_SECONDS: Final = 3600.0

# A push is on its way for some milliseconds; where a server is slow, for seconds.
_HOLD_SECONDS: Final = 5.0

type ObicoConfigEntry = ConfigEntry[ObicoCoordinator]
type Hold = Callable[[Printer], Printer]


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountData:
    """What is known of an account at one moment.

    `last_prints` has the latest print that ended, for printers that have one.
    `tunnel_usage` is None unless somebody wants to know it.
    """

    user: User
    printers: Mapping[int, Printer]
    last_prints: Mapping[int, Print]
    tunnel_usage: TunnelUsage | None


class ObicoCoordinator(DataUpdateCoordinator[AccountData]):
    """Keeps the snapshot of one account, and wakes only those whose part of it changed.

    A listener's context is the id of the printer it shows, or a PartOf it, ACCOUNT for
    the user's data, or STRUCTURE for what entities there can be: printers, their agents,
    their heaters.
    """

    config_entry: ObicoConfigEntry

    def __init__(
        self, hass: HomeAssistant, entry: ObicoConfigEntry, client: ObicoClient
    ) -> None:
        """Prepare; the first refresh fetches."""
        super().__init__(
            hass,
            _LOGGER,
            config_entry=entry,
            name=DOMAIN,
            update_interval=POLL_INTERVAL,
            always_update=False,
        )
        self.client = client
        # All names that the account has, and the printers that the user does not want.
        self.names: Mapping[int, str | None] = {}
        self.excluded = frozenset(map(int, entry.options.get(CONF_EXCLUDED, ())))
        self.storage = AccountStorage(hass, entry.entry_id)
        self.devices = PrinterDevices(hass, entry, client)
        self.history = PrintHistory(client)
        self.events = EventFeed(self)
        self.pushes = PrinterPushes(self)
        self.issues = AccountIssues(self)
        self._listeners_by_context: dict[object, dict[CALLBACK_TYPE, None]] = {}
        self._remove_contexts: dict[object, CALLBACK_TYPE] = {}
        # What the listeners were last woken for.
        self._told: AccountData | None = None
        self._told_success = True
        self._tunnel_due = -math.inf
        self._is_structure_new = False
        self._agents: dict[int, str | None] = {}
        # When a push, or the answer to a command, last brought a printer (loop time).
        self._merged_at: dict[int, float] = {}
        self._user_merged_at = -math.inf
        # What was just set, and until when (loop time) older news are not believed.
        self._holds: dict[int, list[tuple[float, Hold]]] = {}

    @property
    def account_id(self) -> str:
        """Return the unique id of the account, the same on every address of its server."""
        assert self.config_entry.unique_id is not None
        return self.config_entry.unique_id

    @property
    def _last(self) -> AccountData | None:
        """Return the last snapshot, None before the first."""
        return self.data

    @override
    async def _async_setup(self) -> None:
        """Load what an earlier run knew."""
        await self.storage.async_load()

    @override
    async def _async_update_data(self) -> AccountData:
        """Poll the account."""
        started = self.hass.loop.time()
        try:
            listing = await self.client.get_printers()
            user = await self._async_get_user()
        except ObicoError as err:
            raise update_error(err) from err

        self.names = {printer.id: printer.name for printer in listing.items}
        polled = {
            printer.id: printer
            for printer in listing.items
            if printer.id not in self.excluded
        }
        deleted: list[int] = []
        # Rows that could not be read may be printers that are known: nobody is gone.
        if not listing.rejected:
            await self.devices.async_remove_gone(polled, self.excluded)
            deleted += await self.devices.async_find_deleted(
                self.storage.printers - self.names.keys()
            )
        last_prints = await self.history.async_update(polled)
        tunnel_usage = await self._async_get_tunnel_usage()

        # From here on nothing waits: pushes came in until now, and are newer.
        last = self._last
        known = last.printers if last else {}
        printers = {
            printer_id: known.get(printer_id, printer)
            if self._merged_at.get(printer_id, started) > started
            else self._with_holds(printer)
            for printer_id, printer in polled.items()
        }
        for printer_id, printer in known.items():
            if printer_id not in printers and self.devices.is_known(printer_id):
                printers[printer_id] = printer
        for printer_id, printer in printers.items():
            if known.get(printer_id, printer) != printer:
                self.pushes.async_note_missed(printer_id)
        self.events.async_forget_unwanted()
        if not listing.rejected:
            self.events.async_forget_gone(printers, started)
        self.devices.async_update(printers.values())
        self.pushes.async_follow(printers.values())
        for printer in printers.values():
            self._learn(printer)
        self._forget(printers, deleted)
        return AccountData(
            user=last.user if last and self._user_merged_at > started else user,
            printers=printers,
            last_prints=last_prints,
            tunnel_usage=tunnel_usage,
        )

    def _forget(self, printers: Container[int], deleted: Iterable[int]) -> None:
        """Forget what is of use only for those printers, and all of deleted ones."""
        for printer_id in [key for key in self._agents if key not in printers]:
            del self._agents[printer_id]
            self._merged_at.pop(printer_id, None)
            self._holds.pop(printer_id, None)
        for printer_id in deleted:
            self.events.attention.forget(printer_id)
            self.storage.async_forget(printer_id)

    @callback
    @override
    def _async_refresh_finished(self) -> None:
        """Look what the user should know of, also where no entity shows anything new."""
        if self.last_update_success:
            self.issues.async_update()

    async def async_stop(self) -> None:
        """Close the push connections and persist what must outlast this run."""
        await self.pushes.async_stop()
        await self.events.async_stop()
        await self.storage.async_close()
        self.issues.async_clear()

    async def _async_get_user(self) -> User:
        """Return the user; its troubles do not make the printers old."""
        try:
            return await self.client.get_user()
        except ObicoAuthenticationError, ObicoRateLimitError:
            raise
        except ObicoError as err:
            if self._last is None:
                raise
            _LOGGER.debug("Keeping the account's last data: %s", err)
            return self._last.user

    async def _async_get_tunnel_usage(self) -> TunnelUsage | None:
        """Return the tunnel's usage, fetched now and then while somebody listens."""
        last = self._last.tunnel_usage if self._last else None
        now = self.hass.loop.time()
        if not self._listeners_by_context.get(TUNNEL_USAGE) or now < self._tunnel_due:
            return last
        self._tunnel_due = now + _TUNNEL_SECONDS
        try:
            return await self.client.get_tunnel_usage()
        except ObicoError as err:
            _LOGGER.debug("The tunnel's usage has to wait: %s", err)
            return last

    @callback
    def async_merge_user(self, user: User) -> None:
        """Take up the user from the answer to a command."""
        self._user_merged_at = self.hass.loop.time()
        self.data = replace(self.data, user=user)
        self.async_update_listeners()

    @callback
    def async_merge_printer(self, printer: Printer) -> None:
        """Take up a printer from a push, or from the answer to a command."""
        self._merge(self._with_holds(printer))

    def _merge(self, printer: Printer) -> None:
        previous = self.data.printers.get(printer.id)
        if previous is None:
            # The poll brings new printers: with devices, and all that is theirs.
            return
        self._merged_at[printer.id] = self.hass.loop.time()
        if printer == previous:
            return
        self.data = replace(
            self.data, printers={**self.data.printers, printer.id: printer}
        )
        self._told = self.data
        if self._learn(printer):
            self._is_structure_new = False
            self.async_wake(STRUCTURE)
        self._wake_for(previous, printer)
        if _is_happening(previous, printer):
            self.events.async_expect()
            self.pushes.async_view(printer)
        if previous.current_print and not printer.current_print:
            self.config_entry.async_create_background_task(
                self.hass, self._async_update_history(), "obico print history"
            )

    @callback
    def async_hold(
        self, printer: Printer, hold: Hold, *, seconds: float = _HOLD_SECONDS
    ) -> None:
        """Take up what was just set, and hold it against news that were composed before.

        `hold` puts it back into a printer; where that changes nothing, it is over. It
        comes after what was set before it and is held still. Where a push was quicker
        than the answer, nothing is held: whatever comes now is newer.
        """
        known = self.data.printers.get(printer.id)
        now = self.hass.loop.time()
        holds = self._holds.get(printer.id, [])
        for until, earlier in holds:
            if now < until:
                printer = earlier(printer)
        self._merge(hold(printer))
        if known is not None and hold(known) != known:
            self._holds[printer.id] = [*holds, (now + seconds, hold)]

    def _with_holds(self, printer: Printer) -> Printer:
        """Return news of a printer with what was just set; what they confirm is held no more."""
        if printer.id not in self._holds:
            return printer
        now = self.hass.loop.time()
        still = []
        for until, hold in self._holds[printer.id]:
            held = hold(printer)
            if held != printer and now < until:
                still.append((until, hold))
                printer = held
        if still:
            self._holds[printer.id] = still
        else:
            del self._holds[printer.id]
        return printer

    async def async_wait_for(
        self, printer_id: int, is_done: Callable[[Printer], bool]
    ) -> bool:
        """Return whether a command's effect is seen in time; without push, the poll looks."""
        seen = asyncio.Event()

        @callback
        def look() -> None:
            printer = self.data.printers.get(printer_id)
            if printer is None or is_done(printer):
                seen.set()

        remove_listener = self.async_add_listener(look, printer_id)
        try:
            look()
            for _ in range(_EFFECT_LOOKS):
                try:
                    async with asyncio.timeout(_EFFECT_SECONDS / _EFFECT_LOOKS):
                        await seen.wait()
                except TimeoutError:
                    if not self.pushes.is_connected(printer_id):
                        await self.async_refresh()
                else:
                    return True
            return seen.is_set()
        finally:
            remove_listener()

    async def _async_update_history(self) -> None:
        """Take up how a print ended as soon as it did."""
        last_prints = await self.history.async_update(self.data.printers)
        self.data = replace(self.data, last_prints=last_prints)
        self.async_update_listeners()

    def _learn(self, printer: Printer) -> bool:
        """Return whether a printer shows an agent or a heater for the first time."""
        self.events.attention.handle_printer(printer)
        has_new_agent = self._agents.get(printer.id) != printer.agent_name
        self._agents[printer.id] = printer.agent_name
        has_new_heater = self.storage.heaters.learn(printer)
        if has_new_heater:
            self.storage.async_save_soon()
        if has_new_agent or has_new_heater:
            self._is_structure_new = True
        return self._is_structure_new

    @callback
    @override
    def async_add_listener(
        self, update_callback: CALLBACK_TYPE, context: object = None
    ) -> CALLBACK_TYPE:
        """Listen to what the context says."""
        if (listeners := self._listeners_by_context.get(context)) is None:
            listeners = self._listeners_by_context[context] = {}
        if not listeners:
            # For the base class one listener a context is enough to go on polling.
            self._remove_contexts[context] = super().async_add_listener(
                partial(self.async_wake, context), context
            )
        listeners[update_callback] = None
        return partial(self._remove_listener, update_callback, context)

    @callback
    def _remove_listener(self, update_callback: CALLBACK_TYPE, context: object) -> None:
        if (listeners := self._listeners_by_context.get(context)) is None:
            return
        listeners.pop(update_callback, None)
        if not listeners:
            del self._listeners_by_context[context]
            self._remove_contexts.pop(context)()

    @callback
    @override
    def async_update_listeners(self) -> None:
        """Wake those whose part of the snapshot changed since they were last woken."""
        told, self._told = self._told, self.data
        told_success, self._told_success = self._told_success, self.last_update_success
        is_structure_new, self._is_structure_new = self._is_structure_new, False
        if self.last_update_success and not told_success:
            self.pushes.async_retry()
        # Nothing may be told to those that have a part in a snapshot that isn't there.
        if told is None or told_success != self.last_update_success:
            super().async_update_listeners()
            return
        data = self.data
        if is_structure_new or told.printers.keys() != data.printers.keys():
            self.async_wake(STRUCTURE)
        if told.user != data.user:
            self.async_wake(ACCOUNT)
        if told.tunnel_usage != data.tunnel_usage:
            self.async_wake(TUNNEL_USAGE)
        for printer_id in told.printers.keys() | data.printers.keys():
            before, now = told.printers.get(printer_id), data.printers.get(printer_id)
            if (
                before is None
                or now is None
                or told.last_prints.get(printer_id) != data.last_prints.get(printer_id)
            ):
                self.async_wake_printer(printer_id)
            elif before != now:
                self._wake_for(before, now)

    def _wake_for(self, before: Printer, now: Printer) -> None:
        """Wake those that show something of what is new about a printer."""
        self.async_wake(now.id)
        for part in changed_parts(before, now):
            self.async_wake(PartOf(now.id, part))

    @callback
    def async_wake_printer(self, printer_id: int) -> None:
        """Wake all that show a printer."""
        self.async_wake(printer_id)
        for part in Part:
            self.async_wake(PartOf(printer_id, part))

    @callback
    def async_wake(self, context: object) -> None:
        """Wake listeners, also for what is not in the snapshot.

        One that fails must not keep the others, or the push, from going on.
        """
        for listener in list(self._listeners_by_context.get(context, ())):
            try:
                listener()
            except Exception:
                _LOGGER.exception("Unexpected error updating a listener of %s", context)


def _is_happening(before: Printer, now: Printer) -> bool:
    """Return whether a change is likely to come with an event."""
    if (before.status is None) != (now.status is None):
        return True
    if before.status and now.status and before.status.text != now.status.text:
        return True
    return before.current_print != now.current_print
