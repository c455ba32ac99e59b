"""All agents of an account: one for each of its subentries."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
import logging
from typing import Any, Final

import aiohttp

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
)
from homeassistant.const import (
    CONF_VERIFY_SSL,
    MAJOR_VERSION,
    MINOR_VERSION,
    PATCH_VERSION,
)
from homeassistant.core import callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from ..account.names import name_in_obico
from ..account.session import async_create_socket_session, async_get_session
from ..account.storage import AccountStorage
from ..aioobico import ObicoClient, Printer
from ..aioobico.acting import AgentInfo, WebcamInfo
from ..const import AGENT_NAME
from ..coordinator import ObicoCoordinator
from ..live.connection_manager import ConnectionManager
from ..printer.status import PRIVATE
from .config import (
    CONF_AUTH_TOKEN,
    CONF_FILE,
    CONF_PRINTER_ID,
    CONF_STATUS,
    SUBENTRY_TYPE,
    AgentConfig,
)
from .issues import PRINTER_LEFT, async_create_agent_issue, async_delete_agent_issue
from .memory import AgentMemory
from .print_tracker import PrintTracker
from .printer_agent import PrinterAgent

_LOGGER = logging.getLogger(__name__)

# Seconds that a deleted agent takes at most to end an open print.
_FAREWELL_SECONDS: Final = 15.0


class Agents:
    """Starts, restarts and stops the agents of one account."""

    def __init__(
        self,
        entry: ConfigEntry,
        coordinator: ObicoCoordinator,
        client: ObicoClient,
        connections: ConnectionManager,
        memory: AgentMemory,
        storage: AccountStorage,
    ) -> None:
        """Initialize without agents; `async_start` starts those of the subentries."""
        self.client = client
        self._hass = hass = coordinator.hass
        self._entry = entry
        self._memory = memory
        self._save = storage.async_save
        self._verify_ssl: bool = entry.data[CONF_VERIFY_SSL]
        self._post_session = async_get_session(hass, verify_ssl=self._verify_ssl)
        self._has_push = connections.is_connected
        # Has the account polled soon, for a printer that is new.
        self._refresh = coordinator.async_request_refresh_soon
        self._wake = coordinator.async_wake_printer
        self._get_printer = coordinator.get_printer
        # The printers whose prints the AI does not see, because their pictures are private.
        self._blind: set[int] = set()
        self._session: aiohttp.ClientSession | None = None
        # By the id of their subentry, with the data that they were started with.
        self._agents: dict[str, tuple[PrinterAgent, Mapping[str, Any]]] = {}
        self._lock = asyncio.Lock()
        # Printers that were archived because their agent was stopped in the flow.
        self._archived: set[int] = set()
        self._leaving: asyncio.Task[None] | None = None

    def shown(self, printer: Printer) -> Printer:
        """Return a printer as it is shown: nobody watches a print without pictures."""
        if printer.id in self._blind and printer.is_watching:
            return replace(printer, not_watching_reason=PRIVATE)
        return printer

    def _handle_blindness(self, printer_id: int, is_blind: bool) -> None:
        """Show whether the pictures of a printer's print are private."""
        if is_blind:
            self._blind.add(printer_id)
        else:
            self._blind.discard(printer_id)
        self._wake(printer_id)

    def of(self, printer_id: int) -> PrinterAgent | None:
        """Return the agent of a printer, None where Home Assistant is not its agent."""
        return next(
            (
                agent
                for agent, _ in self._agents.values()
                if agent.config.printer_id == printer_id
            ),
            None,
        )

    # Start and stop

    async def async_start(self) -> None:
        """Start the agents of all subentries, and follow what becomes of these."""
        self._session = async_create_socket_session(
            self._hass, verify_ssl=self._verify_ssl
        )
        self._entry.async_on_unload(
            async_dispatcher_connect(
                self._hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._handle_entry_changed
            )
        )
        await self._async_sync()
        if left := self._left:
            self._leaving = self._entry.async_create_background_task(
                self._hass, self._async_leave(left), "obico agents"
            )

    async def async_stop(self) -> None:
        """Stop all agents; open prints stay open."""
        session, self._session = self._session, None
        if self._leaving is not None:
            self._leaving.cancel()
            await asyncio.gather(self._leaving, return_exceptions=True)
        async with self._lock:
            for subentry_id in list(self._agents):
                agent, _ = self._agents.pop(subentry_id)
                await agent.async_stop()
        if session is not None:
            await session.close()

    @callback
    def _handle_entry_changed(
        self, _change: ConfigEntryChange, entry: ConfigEntry
    ) -> None:
        if entry is self._entry and self._needs_sync():
            self._entry.async_create_background_task(
                self._hass, self._async_sync(), "obico agents"
            )

    def _wanted(self) -> dict[str, Mapping[str, Any]]:
        return {
            subentry.subentry_id: subentry.data
            for subentry in self._entry.subentries.values()
            if subentry.subentry_type == SUBENTRY_TYPE
        }

    def _needs_sync(self) -> bool:
        return self._wanted() != {
            subentry_id: data for subentry_id, (_, data) in self._agents.items()
        }

    async def _async_sync(self) -> None:
        """Bring the agents in line with the subentries."""
        async with self._lock:
            wanted = self._wanted()
            for subentry_id, (agent, data) in list(self._agents.items()):
                if wanted.get(subentry_id) == data:
                    continue
                del self._agents[subentry_id]
                if subentry_id in wanted:
                    await agent.async_stop()
                    self._memory.detach(agent.config.printer_id)
                else:
                    await self._async_bid_farewell(agent)
            for subentry_id, data in wanted.items():
                if self._session is not None and subentry_id not in self._agents:
                    self._start(subentry_id, data, self._session)

    def _start(
        self, subentry_id: str, data: Mapping[str, Any], session: aiohttp.ClientSession
    ) -> None:
        config = AgentConfig.from_data(data)
        agent = self._create(config, self._entry.subentries[subentry_id].title, session)
        self._agents[subentry_id] = (agent, data)
        # It is asked no longer what becomes of a printer that is watched again.
        async_delete_agent_issue(
            self._hass, PRINTER_LEFT, self._entry.entry_id, config.printer_id
        )
        agent.async_start()
        self._refresh()

    def _create(
        self, config: AgentConfig, name: str, session: aiohttp.ClientSession
    ) -> PrinterAgent:
        """Create an agent, which goes on with the prints that are stored."""
        tracker = PrintTracker(
            name,
            has_file=CONF_FILE in config.entities,
            has_finished=config.has_finished_state,
        )
        self._memory.attach(config.printer_id, tracker)
        return PrinterAgent(
            self._hass,
            self._entry,
            config,
            self._info(config),
            name,
            tracker,
            session=session,
            post_session=self._post_session,
            base_url=self.client.base_url,
            has_own_push=lambda: self._has_push(config.printer_id),
            save=self._save,
            handle_blindness=partial(self._handle_blindness, config.printer_id),
        )

    def _info(self, config: AgentConfig) -> AgentInfo:
        """Return what the server is told of an agent and its machine."""
        device = (
            dr.async_get(self._hass).async_get(config.device_id)
            if config.device_id
            else None
        )
        camera = config.camera and self._hass.states.get(config.camera)
        return AgentInfo(
            name=AGENT_NAME,
            version=f"{MAJOR_VERSION}.{MINOR_VERSION}.{PATCH_VERSION}",
            webcam=WebcamInfo(name=camera.name if camera else "Camera")
            if config.camera
            else None,
            manufacturer=getattr(device, "manufacturer", None),
            model=getattr(device, "model", None),
        )

    @property
    def _left(self) -> set[int]:
        """Return the printers whose subentries are gone, and of which prints are stored.

        These were deleted while the account was not set up, or while the server was away.
        """
        return set(self._memory.printers) - {
            agent.config.printer_id for agent, _ in self._agents.values()
        }

    async def _async_leave(self, printers: set[int]) -> None:
        """Do what could not be done when the subentries of printers were deleted."""
        for printer_id in printers:
            printer = self._get_printer(printer_id)
            # What belongs to a deleted printer is forgotten; an archived one may come back.
            if printer is None or printer.auth_token is None or self._session is None:
                continue
            # Its entities are not known any more, and need not be: its print only ends.
            data = {
                CONF_PRINTER_ID: printer_id,
                CONF_AUTH_TOKEN: printer.auth_token,
                CONF_STATUS: "",
            }
            agent = self._create(
                AgentConfig.from_data(data),
                name_in_obico(self._hass, printer.id, printer.name),
                self._session,
            )
            if agent.tracker.has_something_to_end:
                agent.async_start()
            await self._async_bid_farewell(agent)

    async def _async_bid_farewell(self, agent: PrinterAgent) -> None:
        """End the print of a deleted agent, and ask what becomes of its printer.

        What the server does not get now is stored until the account is set up again.
        """
        printer_id = agent.config.printer_id
        is_archived = printer_id in self._archived
        try:
            if not is_archived:
                await agent.async_end_print(_FAREWELL_SECONDS)
        finally:
            await agent.async_stop()
            self._memory.detach(printer_id)
        if is_archived or not agent.tracker.has_something_to_end:
            self._archived.discard(printer_id)
            self._memory.forget(printer_id)
        await self._save()
        if not is_archived:
            async_create_agent_issue(
                self._hass,
                PRINTER_LEFT,
                self._entry.entry_id,
                printer_id,
                printer=agent.name,
            )

    async def async_stop_and_archive(self, printer_id: int) -> None:
        """End an open print, stop the agent, and archive its printer.

        Raises ObicoError where the server does not archive it; then the agent goes on.
        """
        async with self._lock:
            agent = self.of(printer_id)
            if agent is not None:
                await agent.async_end_print(_FAREWELL_SECONDS)
            await self.client.archive_printer(printer_id)
            self._archived.add(printer_id)

    async def async_restart(self, printer_id: int) -> None:
        """Start the agent of a printer anew, after what stopped it was mended."""
        async with self._lock:
            for subentry_id, (agent, data) in list(self._agents.items()):
                if agent.config.printer_id == printer_id and self._session is not None:
                    del self._agents[subentry_id]
                    await agent.async_stop()
                    self._memory.detach(printer_id)
                    self._start(subentry_id, data, self._session)
