"""What an account consists of, and how its parts are connected.

This is the only module that knows all parts. They learn of each other by the callbacks
and listeners that `ObicoData.create` connects.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Self

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import CONF_URL, CONF_VERIFY_SSL, Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr

from .account.credentials import credential_of
from .account.detection_hours import DetectionHours
from .account.devices import PrinterDevices, printer_identifier
from .account.errors import translated_errors, update_error
from .account.registry import is_disabled
from .account.repairs import AccountRepairs
from .account.session import async_create_client, async_create_socket_session
from .account.storage import AccountStorage
from .aioobico import Listing, ObicoClient, Printer
from .const import DOMAIN
from .coordinator import ObicoCoordinator
from .live.connection_manager import ConnectionManager
from .live.event_feed import EventFeed, is_after
from .live.event_memory import EventMemory
from .live.event_pages import NewEvents
from .live.fired_event import PRINTER_EVENT
from .printer.attention import Attention
from .printer.command_runner import CommandRunner
from .printer.heaters import Heaters
from .printer.snapshot import Poll
from .prints.history import PrintHistory

type ObicoConfigEntry = ConfigEntry[ObicoData]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class ObicoData:
    """One account: the parts that it consists of, by what they do.

    `client` sends requests to the server. `coordinator` keeps the snapshot that entities
    show. `connections` bring pushes into it, `events` fires the server's events, and
    `commands` carries out what users ask for. `heaters`, `attention` and `event_memory`
    are remembered in `storage`.
    """

    hass: HomeAssistant
    entry: ObicoConfigEntry
    client: ObicoClient
    coordinator: ObicoCoordinator
    devices: PrinterDevices
    storage: AccountStorage
    repairs: AccountRepairs
    heaters: Heaters
    attention: Attention
    event_memory: EventMemory
    events: EventFeed
    connections: ConnectionManager
    commands: CommandRunner

    @classmethod
    @callback
    def create(cls, hass: HomeAssistant, entry: ObicoConfigEntry) -> Self:
        """Make the parts of an account and connect them; nothing is fetched yet."""
        assert entry.unique_id is not None
        verify_ssl: bool = entry.data[CONF_VERIFY_SSL]
        client = async_create_client(
            hass, entry.data[CONF_URL], credential_of(entry.data), verify_ssl=verify_ssl
        )
        heaters = Heaters()
        event_memory = EventMemory()

        def save_soon() -> None:
            """Save to the storage, which is made of the parts that ask for it."""
            storage.async_save_soon()

        attention = Attention(save_soon)
        detection_hours = DetectionHours(client.base_url, save_soon)
        storage = AccountStorage(
            hass,
            entry.entry_id,
            (event_memory, heaters, attention, detection_hours),
        )
        devices = PrinterDevices(hass, entry, client)
        repairs = AccountRepairs(hass, entry, client.base_url)
        history = PrintHistory(client)

        async def reconcile(listing: Listing[Printer]) -> set[int]:
            """Remove the devices of printers that are gone, and forget deleted printers."""
            names = {printer.id for printer in listing.items}
            gone = await devices.async_remove_gone(
                names - coordinator.excluded, coordinator.excluded
            )
            for printer_id in await devices.async_find_deleted(
                storage.printers - names
            ):
                storage.async_forget(printer_id)
            return gone

        coordinator = ObicoCoordinator(
            hass,
            entry,
            client,
            history,
            reconcile=reconcile,
            detection_hours=detection_hours.left,
            update_error=update_error,
        )

        def handle_events(new: NewEvents, oldest: datetime | None) -> None:
            """Let also what is too old to fire tell whether a printer waits for its user."""
            for printer_id in attention.handle_events(
                new.events,
                coordinator.get_printer,
                is_news=lambda event: oldest is None or is_after(event, oldest),
            ):
                coordinator.async_wake_printer(printer_id)

        connections = ConnectionManager(
            hass,
            coordinator,
            client,
            create_session=partial(
                async_create_socket_session, hass, verify_ssl=verify_ssl
            ),
            handle_agent_event=lambda: events.async_expect_from_agent(),  # noqa: PLW0108
        )
        events = EventFeed(
            hass,
            coordinator,
            client,
            event_memory,
            save=storage.async_save,
            is_unwanted=lambda printer_id: is_disabled(
                hass, entry.unique_id or "", printer_id, Platform.EVENT, PRINTER_EVENT
            ),
            has_push=connections.is_connected,
            handle_events=handle_events,
            handle_ended=history.expect_end,
            handle_support=repairs.async_note_events,
        )

        def learn(printer: Printer) -> None:
            """Take notice of what a printer's status shows for the first time."""
            attention.handle_printer(printer)
            if heaters.learn(printer):
                storage.async_save_soon()
                coordinator.async_note_new_structure()

        def learn_all(poll: Poll) -> None:
            for printer in poll.snapshot.printers.values():
                learn(printer)

        for poll_listener in (
            events.handle_poll,
            devices.handle_poll,
            connections.handle_poll,
            repairs.handle_poll,
            learn_all,
        ):
            coordinator.async_subscribe_polls(poll_listener)
        coordinator.async_subscribe_changes(lambda _before, now: learn(now))
        coordinator.async_subscribe_changes(events.handle_change)
        coordinator.async_subscribe_changes(connections.handle_change)
        coordinator.async_subscribe_changes(repairs.handle_change)

        return cls(
            hass=hass,
            entry=entry,
            client=client,
            coordinator=coordinator,
            devices=devices,
            storage=storage,
            repairs=repairs,
            heaters=heaters,
            attention=attention,
            event_memory=event_memory,
            events=events,
            connections=connections,
            commands=CommandRunner(
                coordinator,
                connections,
                has_push=connections.is_connected,
                translated_errors=partial(translated_errors, hass, entry),
            ),
        )

    @property
    def account_id(self) -> str:
        """Return the unique id of the account, the same on every address of its server."""
        assert self.entry.unique_id is not None
        return self.entry.unique_id

    async def async_stop(self) -> None:
        """Close the connections and store what must outlast this run.

        What comes in later changes nothing.
        """
        await self.coordinator.async_shutdown()
        await self.connections.async_stop()
        await self.events.async_stop()
        await self.storage.async_close()
        self.repairs.async_stop()


@callback
def loaded_accounts(hass: HomeAssistant) -> list[ObicoData]:
    """Return all accounts that are set up."""
    entries: list[ObicoConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    return [entry.runtime_data for entry in entries]


@callback
def account_of_device(hass: HomeAssistant, device_id: str) -> ObicoData:
    """Return the account that a device stands for, or whose printer it is.

    Raises ServiceValidationError for any other device, and where the account is not set up.
    """
    return _account_of(hass, device_id)[1]


@callback
def printer_of_device(hass: HomeAssistant, device_id: str) -> tuple[ObicoData, Printer]:
    """Return the printer that a device stands for, and its account.

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
    """Return the devices of all printers of the account that a device stands for.

    The id of any other device is returned as it is. Raises as `account_of_device` does.
    """
    device, account = _account_of(hass, device_id)
    if (DOMAIN, account.account_id) not in device.identifiers:
        return [device_id]
    registry = dr.async_get(hass)
    return [
        found.id
        for printer_id in account.coordinator.data.printers
        if (
            found := registry.async_get_device_by_identifier(
                printer_identifier(account.entry, printer_id), account.entry.entry_id
            )
        )
    ]


def _account_of(
    hass: HomeAssistant, device_id: str
) -> tuple[dr.AnyDeviceEntry, ObicoData]:
    """Return a device of an account that is set up, and the account."""
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
