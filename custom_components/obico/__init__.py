"""Obico: 3D printers that an AI watches."""

from typing import Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_STOP, Platform
from homeassistant.core import Event, HomeAssistant
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.helpers.entity_platform import async_get_platforms
from homeassistant.helpers.typing import ConfigType

from .account.credentials import async_discard_credential
from .account.storage import AccountStorage
from .const import DOMAIN
from .data import ObicoConfigEntry, ObicoData
from .frontend.module import async_offer_module, async_serve_module
from .live.event_run import async_follow_accounts, async_forget_run
from .services import async_setup_services
from .voice.assist import async_add_account

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
    """Set up one account.

    Returns True, which Home Assistant needs until 2026.10 and no longer from 2026.11.
    """
    # A browser asks for the module only when a page is opened, and it may be opened while
    # the server is down.
    async_offer_module(hass)
    account = entry.runtime_data = ObicoData.create(hass, entry)
    await account.storage.async_load()
    try:
        await account.coordinator.async_config_entry_first_refresh()
        await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
        await _async_start(hass, entry)
    except BaseException:
        # Home Assistant unloads only what was set up.
        await _async_end(hass, entry)
        raise
    return True


async def _async_start(hass: HomeAssistant, entry: ObicoConfigEntry) -> None:
    """Begin what goes on for as long as the account is set up."""
    account = entry.runtime_data
    account.events.async_start()
    account.connections.async_start()

    async def stop(_event: Event) -> None:
        await account.async_stop()

    # Home Assistant does not unload entries when it stops.
    entry.async_on_unload(hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, stop))
    entry.async_on_unload(await async_add_account(hass, account))


async def _async_end(hass: HomeAssistant, entry: ObicoConfigEntry) -> None:
    """End whatever a set-up that fails has begun: connections, tasks and entities."""
    await entry.runtime_data.async_stop()
    loaded = {
        platform.domain
        for platform in async_get_platforms(hass, DOMAIN)
        if platform.config_entry is entry
    }
    for domain in loaded:
        await hass.config_entries.async_forward_entry_unload(entry, domain)


async def async_unload_entry(hass: HomeAssistant, entry: ObicoConfigEntry) -> bool:
    """Unload one account."""
    # Before entities are gone: an event that is fired to no listener would be lost.
    await entry.runtime_data.async_stop()
    # The account may have been disabled.
    async_offer_module(hass)
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)


async def async_remove_entry(hass: HomeAssistant, entry: ObicoConfigEntry) -> None:
    """Forget an account, and take back its token on the server."""
    async_offer_module(hass)
    await async_discard_credential(hass, entry.data, removed_entry_id=entry.entry_id)
    async_forget_run(hass, entry.entry_id)
    await AccountStorage(hass, entry.entry_id).async_remove()


async def async_remove_config_entry_device(
    hass: HomeAssistant, entry: ObicoConfigEntry, device: dr.DeviceEntry
) -> bool:
    """Allow a user to remove the device of a printer that is gone."""
    if entry.state is not ConfigEntryState.LOADED:
        # Which printers there are is not known now.
        return False
    return not entry.runtime_data.devices.is_device_in_use(device)
