"""Look at what stands around the printers of an account, and read it while somebody shows it.

An agent is asked as seldom as possible, as each message goes through the server to everybody
who watches the printer: a look when it connects or is another one, and then one message a
minute, whatever is due for longest, of what enabled entities show. Nothing is asked while
the agent is offline.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
import logging
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval

from ..aioobico import (
    ObicoAgentRefusedError,
    ObicoClient,
    ObicoError,
    Printer,
    PrinterAgent,
)
from ..const import STRUCTURE
from ..coordinator import ObicoCoordinator
from ..printer.snapshot import Poll
from ..printer.status import is_klipper
from ..printer.workshop.equipment import Equipment, EquipmentStore, agent_of
from ..printer.workshop.filament import Filament, WantedFile, filament_of, printed_file
from ..printer.workshop.look import async_look
from ..printer.workshop.readings import (
    Change,
    Kind,
    KindOf,
    Reader,
    Readings,
    Wanted,
    async_read,
    with_need,
)
from .connection_manager import ConnectionManager
from .filament import async_get_need, async_get_watches

_LOGGER = logging.getLogger(__name__)

_INTERVAL: Final = timedelta(seconds=60)
# Seconds until a look that failed is repeated.
_LOOK_AGAIN_SECONDS: Final = 600.0
# Seconds that a condition which is new waits for its first answers.
_FIRST_SECONDS: Final = 10.0


class Workshop:
    """What stands around the printers of one account.

    `equipment` is what there is, which is stored; what was read of it is not.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        coordinator: ObicoCoordinator,
        client: ObicoClient,
        connections: ConnectionManager,
        equipment: EquipmentStore,
        save_soon: Callable[[], None],
    ) -> None:
        """Initialize; `async_start` begins to ask."""
        self.equipment = equipment
        self._hass = hass
        self._coordinator = coordinator
        self._client = client
        self._connections = connections
        self._save_soon = save_soon
        self._readers: dict[int, Reader] = {}
        # One task a printer, so that an agent that does not answer is not asked for more.
        self._tasks: dict[int, asyncio.Task[None]] = {}
        # Ids of the printers whose agent was online, and of those that have to be looked at.
        self._online: set[int] = set()
        self._unseen: set[int] = set()
        self._look_not_before: dict[int, float] = {}
        self._is_running = False

    def equipment_of(self, printer_id: int) -> Equipment | None:
        """Return what a printer has, None where it was never looked at."""
        return self.equipment.of(printer_id)

    def readings_of(self, printer_id: int) -> Readings:
        """Return what was last read of a printer."""
        reader = self._readers.get(printer_id)
        return reader.readings if reader else Readings()

    def filament_of(self, printer: Printer, file: WantedFile | None) -> Filament | None:
        """Return what a file needs and what is left, None where either is not known now.

        Without a file it is that of the current print, of which a part is printed already.
        It is known of the files that `FilamentWatches` has.
        """
        reader = self._readers.get(printer.id)
        if reader is None or printer.status is None or not is_klipper(printer):
            return None
        wanted = file or printed_file(printer)
        if wanted is None or not all(
            reader.is_current(each, self._hass.loop.time())
            for each in (Kind.ACTIVE_SPOOL, Kind.SPOOLS, wanted)
        ):
            return None
        return filament_of(
            reader.readings.needs.get(wanted),
            reader.readings.spool,
            printer if file is None else None,
        )

    @callback
    def async_start(self, entry: ConfigEntry) -> None:
        """Begin to ask."""
        self._is_running = True
        self._online = {
            printer.id
            for printer in self._coordinator.data.printers.values()
            if printer.status is not None
        }
        entry.async_on_unload(
            async_track_time_interval(self._hass, self._handle_interval, _INTERVAL)
        )
        self.async_check()

    async def async_stop(self) -> None:
        """End all that is under way, and begin nothing more."""
        self._is_running = False
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # What happens to printers

    @callback
    def handle_change(self, before: Printer, now: Printer) -> None:
        """Look at a printer whose agent has come online, or is another one.

        What a print needs is read when it begins.
        """
        if (before.status is None) != (now.status is None) or (
            agent_of(before) != agent_of(now)
        ):
            self._note(now)
            self._check(now)
        elif printed_file(before) != printed_file(now):
            self._check(now)

    @callback
    def handle_poll(self, poll: Poll) -> None:
        """Look at printers whose agents have come online since the last poll."""
        printers = poll.snapshot.printers
        for kept in (self._readers, self._look_not_before):
            for printer_id in kept.keys() - printers.keys():
                del kept[printer_id]
        self._online &= printers.keys()
        self._unseen &= printers.keys()
        for printer in printers.values():
            self._note(printer)
        if self._is_running:
            # The snapshot is stored after this.
            self._hass.loop.call_soon(self.async_check)

    def _note(self, printer: Printer) -> None:
        """Note that an agent is online, and that one that was not has to be looked at."""
        if printer.status is None:
            self._online.discard(printer.id)
        elif printer.id not in self._online and self._is_running:
            self._online.add(printer.id)
            self._unseen.add(printer.id)

    @callback
    def async_check(self) -> None:
        """Begin what is wanted of each printer and was not read yet."""
        for printer in self._coordinator.data.printers.values():
            self._check(printer)

    def _check(self, printer: Printer) -> None:
        if not self._may_ask(printer):
            return
        known = self.equipment.of(printer.id)
        if (
            printer.id in self._unseen
            or known is None
            or known.agent != agent_of(printer)
        ) and self._hass.loop.time() >= self._look_not_before.get(printer.id, 0.0):
            self._begin(printer, self._async_look)
        elif self._new_of(printer):
            self._begin(printer, self._async_read_new)

    def _new_of(self, printer: Printer) -> set[Wanted]:
        """Return what is wanted of a printer and was never read."""
        wanted, reader = self._wanted(printer), self._reader(printer.id)
        reader.forget_files(wanted)
        return wanted - reader.asked_at.keys()

    @callback
    def _handle_interval(self, _now: datetime) -> None:
        for printer in self._coordinator.data.printers.values():
            self._check(printer)
            if self._may_ask(printer) and (
                wanted := self._reader(printer.id).next_wanted(
                    self._wanted(printer), self._hass.loop.time()
                )
            ):
                self._begin_reading(printer, wanted)

    def _may_ask(self, printer: Printer) -> bool:
        """Return whether a printer's agent can be asked, and is not being asked."""
        return (
            self._is_running
            and is_klipper(printer)
            and printer.status is not None
            and printer.id not in self._tasks
            and self._connections.is_connected(printer.id)
        )

    def _wanted(self, printer: Printer) -> set[Wanted]:
        """Return what enabled entities of a printer show, and conditions compare."""
        wanted: set[Wanted] = {
            kind
            for kind in Kind
            if self._coordinator.has_listeners(KindOf(printer.id, kind))
        }
        known = self.equipment.of(printer.id)
        if known is not None and known.has_spoolman:
            account_id = self._coordinator.config_entry.unique_id
            files = async_get_watches(self._hass).files_of(f"{account_id}_{printer.id}")
            if files:
                wanted |= {Kind.ACTIVE_SPOOL, Kind.SPOOLS}
            wanted |= {
                found for file in files if (found := file or printed_file(printer))
            }
        return wanted

    # What is asked

    @callback
    def async_look_again(self, printer_id: int) -> None:
        """Look at what a printer has, because a user asks for it."""
        self.equipment.mark_outdated(printer_id)
        self._save_soon()
        self._look_not_before.pop(printer_id, None)
        if (printer := self._coordinator.get_printer(printer_id)) is not None:
            self._check(printer)

    @callback
    def async_read_soon(self, printer_id: int, kind: Kind) -> None:
        """Read a kind now, unless the printer is being asked."""
        printer = self._coordinator.get_printer(printer_id)
        if printer is not None and self._may_ask(printer):
            self._begin_reading(printer, kind)

    async def async_read_first(self, printer_id: int) -> None:
        """Wait a moment until all that is wanted of a printer was asked for.

        What is under way goes on, also if this is cancelled.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(_FIRST_SECONDS):
                while (
                    printer := self._coordinator.get_printer(printer_id)
                ) is not None:
                    self._check(printer)
                    if (task := self._tasks.get(printer_id)) is None:
                        return
                    await asyncio.wait({task})

    @callback
    def async_change(self, printer_id: int, wanted: Wanted, change: Change) -> None:
        """Store what a command has changed, or what was read."""
        if self._is_running and self._coordinator.get_printer(printer_id) is not None:
            reader = self._reader(printer_id)
            reader.told_at[wanted] = self._hass.loop.time()
            before, reader.readings = reader.readings, change(reader.readings)
            if reader.readings != before and isinstance(wanted, Kind):
                self._coordinator.async_wake(KindOf(printer_id, wanted))

    def _reader(self, printer_id: int) -> Reader:
        return self._readers.setdefault(printer_id, Reader())

    def _begin_reading(self, printer: Printer, wanted: Wanted) -> None:
        async def read(agent: PrinterAgent, printer: Printer) -> None:
            await self._async_read(agent, printer, wanted)

        self._begin(printer, read)

    def _begin(
        self,
        printer: Printer,
        ask: Callable[[PrinterAgent, Printer], Awaitable[None]],
    ) -> None:
        """Ask a printer in a task of its own."""
        task = self._coordinator.config_entry.async_create_background_task(
            self._hass, self._async_ask(printer, ask), f"obico workshop {printer.id}"
        )
        if not task.done():
            self._tasks[printer.id] = task

    async def _async_ask(
        self,
        printer: Printer,
        ask: Callable[[PrinterAgent, Printer], Awaitable[None]],
    ) -> None:
        try:
            await ask(self._connections.agent_of(printer.id), printer)
        except ObicoError as err:
            _LOGGER.debug("Printer %s did not tell: %s", printer.id, err)
        finally:
            self._tasks.pop(printer.id, None)
        # Entities that were added meanwhile may show something else.
        if (now := self._coordinator.get_printer(printer.id)) is not None:
            self._check(now)

    async def _async_look(self, agent: PrinterAgent, printer: Printer) -> None:
        self._look_not_before[printer.id] = self._hass.loop.time() + _LOOK_AGAIN_SECONDS
        found = await async_look(agent, printer, self.equipment.of(printer.id))
        self._look_not_before.pop(printer.id, None)
        self._unseen.discard(printer.id)
        if self._coordinator.get_printer(printer.id) is None:
            return
        now = self._hass.loop.time()
        for kind, change in found.changes.items():
            self._reader(printer.id).asked_at[kind] = now
            self.async_change(printer.id, kind, change)
        if self.equipment.update(printer.id, found.equipment):
            self._save_soon()
            self._coordinator.async_wake(STRUCTURE)
        await self._async_read_new(agent, printer)

    async def _async_read_new(self, agent: PrinterAgent, printer: Printer) -> None:
        """Read what is wanted and was never read."""
        for wanted in self._new_of(printer):
            # What the printer refuses to tell does not keep the rest from being read.
            with suppress(ObicoAgentRefusedError):
                await self._async_read(agent, printer, wanted)

    async def _async_read(
        self, agent: PrinterAgent, printer: Printer, wanted: Wanted
    ) -> None:
        self._reader(printer.id).asked_at[wanted] = self._hass.loop.time()
        if isinstance(wanted, WantedFile):
            need = await async_get_need(agent, self._client, wanted)
            change = with_need(wanted, need)
        else:
            change = await async_read(agent, wanted)
        self.async_change(printer.id, wanted, change)
