"""The runtime data of a config entry: the parts of an account, and how they are connected.

This is the only module that knows all parts. `ObicoData.create` connects them by callbacks.
"""

import asyncio
from collections.abc import Collection, Coroutine
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Self

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import CONF_URL, CONF_VERIFY_SSL, Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr

from .account.credentials import credential_of
from .account.detection_hours import DetectionHours
from .account.devices import PrinterDevices
from .account.errors import translated_errors, update_error
from .account.names import names_in_account
from .account.registry import is_disabled, printer_device, printer_identifier
from .account.repairs import AccountRepairs
from .account.server_state import ServerState
from .account.session import async_create_client, async_create_socket_session
from .account.storage import AccountStorage
from .agent.agents import Agents
from .agent.memory import AgentMemory
from .agent.subentries import watched_name
from .aioobico import Listing, ObicoClient, Printer
from .const import DOMAIN, SERVER
from .coordinator import ObicoCoordinator
from .live.connection_manager import ConnectionManager
from .live.event_feed import EventFeed, is_after
from .live.event_memory import EventMemory
from .live.event_pages import NewEvents
from .live.fired_event import PRINTER_EVENT
from .live.video import LiveVideo
from .live.video_bridge import VideoBridge
from .live.video_limit import VideoLimit
from .live.workshop import Workshop
from .live.workshop_commands import WorkshopCommands
from .printer.attention import Attention
from .printer.command_runner import CommandRunner
from .printer.heaters import Heaters
from .printer.records import PrintRecords
from .printer.snapshot import Poll
from .printer.webcams import Webcams
from .printer.workshop.equipment import EquipmentStore
from .prints.addresses import Addresses
from .prints.archive import PrintArchive
from .prints.history import PrintHistory
from .prints.newest import NewestPrints
from .prints.statistics import PrintStatisticsImport

type ObicoConfigEntry = ConfigEntry[ObicoData]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class ObicoData:
    """The parts of one account.

    `client` sends requests, `server` tells whether they are answered. `coordinator` keeps the
    snapshot that entities show, into which `connections` merges pushes. `records` tells which
    prints the server has none of. `workshop` is what stands around the printers, to which
    `workshop_commands` go. `video_bridge` gives `video` to go2rtc. `agents` are those that Home
    Assistant is itself. `archive` has all prints in short, `addresses` those of their videos.
    """

    hass: HomeAssistant
    entry: ObicoConfigEntry
    client: ObicoClient
    coordinator: ObicoCoordinator
    devices: PrinterDevices
    storage: AccountStorage
    repairs: AccountRepairs
    records: PrintRecords
    server: ServerState
    heaters: Heaters
    webcams: Webcams
    attention: Attention
    event_memory: EventMemory
    events: EventFeed
    connections: ConnectionManager
    commands: CommandRunner
    agents: Agents
    video: LiveVideo
    video_bridge: VideoBridge
    workshop: Workshop
    workshop_commands: WorkshopCommands
    history: PrintHistory
    archive: PrintArchive
    addresses: Addresses
    statistics: PrintStatisticsImport

    @classmethod
    @callback
    def create(cls, hass: HomeAssistant, entry: ObicoConfigEntry) -> Self:
        """Create and connect the parts of an account, without any request."""
        assert entry.unique_id is not None
        verify_ssl: bool = entry.data[CONF_VERIFY_SSL]
        client = async_create_client(
            hass, entry.data[CONF_URL], credential_of(entry.data), verify_ssl=verify_ssl
        )
        heaters = Heaters()
        event_memory = EventMemory()
        agent_memory = AgentMemory()
        equipment = EquipmentStore()

        def save_soon() -> None:
            """Save soon to the storage, which is created after the parts that call this."""
            storage.async_save_soon()

        def wake_server() -> None:
            """Update the entity of the server through the coordinator, which is created later."""
            coordinator.async_wake(SERVER)

        server = ServerState(hass, entry, wake_server)
        attention = Attention(save_soon)
        webcams = Webcams(save_soon)
        detection_hours = DetectionHours(client.base_url, save_soon)
        stored = (event_memory, heaters, webcams, attention, detection_hours, equipment)
        storage = AccountStorage(hass, entry.entry_id, (*stored, agent_memory))
        devices = PrinterDevices(
            hass, entry, client, partial(watched_name, hass, entry)
        )
        history = PrintHistory(client)

        async def reconcile(listing: Listing[Printer]) -> Collection[int]:
            """Remove the devices of missing printers, and stored data of deleted ones."""
            listed, excluded = {each.id for each in listing.items}, coordinator.excluded
            kept = await devices.async_remove_gone(listed - excluded, excluded)
            for printer_id in await devices.async_find_deleted(
                (storage.printers | statistics.printers) - listed
            ):
                storage.async_forget(printer_id)
                statistics.async_forget(printer_id)
            return kept

        coordinator = ObicoCoordinator(
            hass,
            entry,
            client,
            history,
            reconcile=reconcile,
            detection_hours=detection_hours.left,
            update_error=update_error,
            handle_poll_result=server.handle_poll_result,
        )

        records = PrintRecords(hass.loop, coordinator.async_wake_printer)
        repairs = AccountRepairs(
            hass, entry, client.base_url, records.is_missing_for_long
        )

        def handle_events(new: NewEvents, oldest: datetime | None) -> None:
            """Update which printers wait for their user, also from events too old to fire."""
            for printer_id in attention.handle_events(
                new.events,
                coordinator.get_printer,
                is_current=lambda event: oldest is None or is_after(event, oldest),
            ):
                coordinator.async_wake_printer(printer_id)

        create_session = partial(
            async_create_socket_session, hass, verify_ssl=verify_ssl
        )
        connections = ConnectionManager(
            hass,
            coordinator,
            client,
            create_session=create_session,
            handle_agent_event=lambda: events.expected.handle_agent_event(),  # noqa: PLW0108
            handle_connected=lambda: workshop.async_check(),  # noqa: PLW0108
        )
        agents = Agents(entry, coordinator, client, connections, agent_memory, storage)
        workshop = Workshop(
            hass, coordinator, client, connections, equipment, save_soon
        )
        events = EventFeed(
            hass,
            coordinator,
            client,
            event_memory,
            save=storage.async_save,
            is_event_disabled=lambda printer_id: is_disabled(
                hass, entry.unique_id or "", printer_id, Platform.EVENT, PRINTER_EVENT
            ),
            has_push=connections.is_connected,
            handle_events=handle_events,
            handle_ended=history.mark_outdated,
            handle_support=repairs.async_handle_event_support,
        )

        video = LiveVideo(
            hass,
            entry,
            client,
            get_printer=coordinator.get_printer,
            keep_viewing=connections.async_keep_viewing,
            create_session=create_session,
            limit=VideoLimit(
                client.base_url, lambda: coordinator.data.user, hass.loop.time
            ),
        )

        def handle_printer(printer: Printer) -> None:
            """Update the parts that remember something of a printer's status."""
            attention.handle_printer(printer)
            records.handle_printer(printer)
            if has_new_heater := heaters.update(printer):
                storage.async_save_soon()
            if webcams.update(printer) or has_new_heater:
                coordinator.async_schedule_structure_update()

        def handle_polled_printers(poll: Poll) -> None:
            for printer in poll.snapshot.printers.values():
                handle_printer(printer)

        for poll_listener in (
            events.handle_poll,
            devices.handle_poll,
            connections.handle_poll,
            handle_polled_printers,
            repairs.handle_poll,
            workshop.handle_poll,
        ):
            coordinator.async_subscribe_polls(poll_listener)
        coordinator.async_subscribe_changes(lambda _before, now: handle_printer(now))
        coordinator.async_subscribe_changes(events.expected.handle_change)
        coordinator.async_subscribe_changes(connections.handle_change)
        coordinator.async_subscribe_changes(workshop.handle_change)

        def create_task(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
            return entry.async_create_background_task(hass, work, "obico prints")

        commands = CommandRunner(
            coordinator,
            connections,
            has_push=connections.is_connected,
            translated_errors=partial(translated_errors, hass, entry),
        )
        archive = PrintArchive(hass, client, create_task=create_task)
        statistics = PrintStatisticsImport(
            hass,
            entry.unique_id,
            archive,
            create_task=create_task,
            get_names=partial(names_in_account, hass, entry),
        )
        newest = NewestPrints(archive.mark_outdated)
        coordinator.async_subscribe_polls(
            lambda poll: newest.handle_poll(
                poll.snapshot.printers, poll.snapshot.last_prints
            )
        )
        coordinator.async_subscribe_changes(newest.handle_change)

        return cls(
            hass=hass,
            entry=entry,
            client=client,
            coordinator=coordinator,
            devices=devices,
            storage=storage,
            repairs=repairs,
            records=records,
            server=server,
            heaters=heaters,
            webcams=webcams,
            attention=attention,
            event_memory=event_memory,
            events=events,
            connections=connections,
            agents=agents,
            commands=commands,
            workshop=workshop,
            workshop_commands=WorkshopCommands(
                coordinator,
                client,
                connections,
                workshop,
                commands,
                translated_errors=partial(translated_errors, hass, entry),
            ),
            video=video,
            video_bridge=VideoBridge(hass, video),
            history=history,
            archive=archive,
            addresses=Addresses(client),
            statistics=statistics,
        )

    @property
    def account_id(self) -> str:
        """Return the unique id of the account, which does not depend on the server's address."""
        assert self.entry.unique_id is not None
        return self.entry.unique_id

    @callback
    def async_forget_prints(self, print_ids: Collection[int]) -> None:
        """Remove prints that were deleted, and have the last ones requested anew."""
        self.history.forget_prints(print_ids)
        self.archive.remove(print_ids)
        for print_id in print_ids:
            self.addresses.forget(print_id)
        self.coordinator.async_merge_prints(())
        self.coordinator.async_request_refresh_soon()

    async def async_stop(self) -> None:
        """Close the connections and write the storage.

        Answers and pushes that arrive later have no effect.
        """
        await self.agents.async_stop()
        await self.coordinator.async_shutdown()
        self.statistics.async_stop()
        await self.video.async_stop()
        await self.video_bridge.async_stop()
        await self.workshop.async_stop()
        self.archive.async_stop()
        await self.connections.async_stop()
        await self.events.async_stop()
        await self.storage.async_close()
        self.repairs.async_stop()
        self.records.stop()
        self.server.async_stop()


@callback
def loaded_accounts(hass: HomeAssistant) -> list[ObicoData]:
    """Return all accounts that are set up."""
    entries: list[ObicoConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    return [entry.runtime_data for entry in entries]


@callback
def account_of_device(hass: HomeAssistant, device_id: str) -> ObicoData:
    """Return the account of a device, which is that of the account or of a printer.

    Raises ServiceValidationError for any other device, and where the account is not set up.
    """
    return _account_of(hass, device_id)[1]


@callback
def printer_of_device(hass: HomeAssistant, device_id: str) -> tuple[ObicoData, Printer]:
    """Return the account and the printer of a printer's device.

    Raises as `account_of_device` does, and for the device of an account.
    """
    device, account = _account_of(hass, device_id)
    for printer in account.coordinator.data.printers.values():
        if printer_identifier(account.entry, printer.id) in device.identifiers:
            return account, printer
    raise ServiceValidationError(
        translation_domain=DOMAIN, translation_key="not_a_printer"
    )


@callback
def printer_devices_of(hass: HomeAssistant, device_id: str) -> list[str]:
    """Return the ids of the devices of all printers, where a device is that of an account.

    The id of a printer's device is returned unchanged. Raises as `account_of_device` does.
    """
    device, account = _account_of(hass, device_id)
    if (DOMAIN, account.account_id) not in device.identifiers:
        return [device_id]
    registry = dr.async_get(hass)
    return [
        found.id
        for printer_id in account.coordinator.data.printers
        if (found := printer_device(registry, account.entry, printer_id))
    ]


def _account_of(
    hass: HomeAssistant, device_id: str
) -> tuple[dr.AnyDeviceEntry, ObicoData]:
    """Return a device and its account, which must be set up."""
    device = dr.async_get(hass).async_get(device_id)
    # Identifiers of other integrations may have more than two parts.
    if device is None or not any(each[0] == DOMAIN for each in device.identifiers):
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="not_a_printer"
        )
    entry: ObicoConfigEntry | None = hass.config_entries.async_get_entry(
        device.config_entry_id
    )
    if entry is None or entry.state is not ConfigEntryState.LOADED:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="account_not_loaded"
        )
    return device, entry.runtime_data
