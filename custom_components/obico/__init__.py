"""Obico: 3D printers that an AI watches."""

from typing import Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import (
    CONF_URL,
    CONF_VERIFY_SSL,
    EVENT_HOMEASSISTANT_STOP,
    Platform,
)
from homeassistant.core import Event, HomeAssistant
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.helpers.typing import ConfigType

from .api import async_create_client
from .const import DOMAIN
from .coordinator import ObicoConfigEntry, ObicoCoordinator
from .credentials import async_discard_credential, credential_of
from .dashboard import async_offer_module, async_serve_module
from .events import async_follow_accounts, async_forget_account
from .services import async_setup_services
from .storage import AccountStorage
from .voice import async_listen

PLATFORMS: Final = (
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.CAMERA,
    Platform.EVENT,
    Platform.IMAGE,
    Platform.NUMBER,
    Platform.SELECT,
    Platform.SENSOR,
    Platform.SWITCH,
)

CONFIG_SCHEMA: Final = cv.config_entry_only_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Set up what there is once, however many accounts there are."""
    async_setup_services(hass)
    async_follow_accounts(hass)
    await async_serve_module(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: ObicoConfigEntry) -> bool:
    """Set up one account."""
    # A page asks only when it is opened, and it may be opened while the server is down.
    async_offer_module(hass)
    client = async_create_client(
        hass,
        entry.data[CONF_URL],
        credential_of(entry.data),
        verify_ssl=entry.data[CONF_VERIFY_SSL],
    )
    coordinator = ObicoCoordinator(hass, entry, client)
    await coordinator.async_config_entry_first_refresh()
    entry.runtime_data = coordinator
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    coordinator.events.async_start()
    coordinator.pushes.async_start()

    async def stop(_event: Event) -> None:
        await coordinator.async_stop()

    # Home Assistant does not unload entries when it stops.
    entry.async_on_unload(hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, stop))
    entry.async_on_unload(await async_listen(hass, coordinator))
    return True


async def async_unload_entry(hass: HomeAssistant, entry: ObicoConfigEntry) -> bool:
    """Unload one account."""
    # Before the listeners are gone: an event fired to nobody would be lost.
    await entry.runtime_data.async_stop()
    # The account may have been disabled.
    async_offer_module(hass)
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)


async def async_remove_entry(hass: HomeAssistant, entry: ObicoConfigEntry) -> None:
    """Forget an account, and take back the token that was made for it."""
    async_offer_module(hass)
    await async_discard_credential(hass, entry.data, removed_entry_id=entry.entry_id)
    async_forget_account(hass, entry.entry_id)
    await AccountStorage(hass, entry.entry_id).async_remove()


async def async_remove_config_entry_device(
    hass: HomeAssistant, entry: ObicoConfigEntry, device: dr.DeviceEntry
) -> bool:
    """Allow a user to remove the device of a printer that is gone."""
    if entry.state is not ConfigEntryState.LOADED:
        # Nobody knows now which printers there are.
        return False
    return not entry.runtime_data.devices.is_device_in_use(device)
