"""The Obico integration: 3D printers with AI failure detection."""

from typing import Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_STOP, Platform
from homeassistant.core import Event, HomeAssistant
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.helpers.entity_platform import async_get_platforms
from homeassistant.helpers.typing import ConfigType

from .account.credentials import async_discard_credential
from .account.storage import AccountStorage
from .agent.issues import async_delete_agent_issues
from .const import DOMAIN
from .data import ObicoConfigEntry, ObicoData
from .frontend.module import async_offer_module, async_serve_module
from .live.event_run import async_follow_accounts, async_forget_run
from .prints.statistics import async_clear_account
from .services import async_setup_services
from .video.commands import async_setup_video_commands
from .views import async_register_views
from .voice.assist import async_add_account

PLATFORMS: Final = (
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.CALENDAR,
    Platform.CAMERA,
    Platform.EVENT,
    Platform.FAN,
    Platform.IMAGE,
    Platform.NOTIFY,
    Platform.NUMBER,
    Platform.SELECT,
    Platform.SENSOR,
    Platform.SWITCH,
    Platform.UPDATE,
)

CONFIG_SCHEMA: Final = cv.config_entry_only_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Set up what all accounts share: actions, commands, the frontend module, a listener."""
    async_setup_services(hass)
    async_setup_video_commands(hass)
    async_follow_accounts(hass)
    async_register_views(hass)
    await async_serve_module(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: ObicoConfigEntry) -> bool:
    """Set up one account.

    Returns True, which Home Assistant needs until 2026.10 and no longer from 2026.11.
    """
    # Before the server is contacted: browsers load the module when a page is opened, which
    # may be while the server is down.
    async_offer_module(hass)
    account = entry.runtime_data = ObicoData.create(hass, entry)
    await account.storage.async_load()
    try:
        await account.coordinator.async_config_entry_first_refresh()
        await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
        await _async_start(hass, entry)
    except BaseException:
        # Home Assistant only unloads entries whose set-up succeeded.
        await _async_end(hass, entry)
        raise
    return True


async def _async_start(hass: HomeAssistant, entry: ObicoConfigEntry) -> None:
    """Start the event feed, the push connections and the voice support of an account."""
    account = entry.runtime_data
    account.events.async_start()
    account.connections.async_start()
    await account.agents.async_start()
    account.statistics.async_start()
    account.workshop.async_start(entry)

    async def stop(_event: Event) -> None:
        await account.async_stop()

    # Home Assistant does not unload entries when it stops.
    entry.async_on_unload(hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, stop))
    entry.async_on_unload(await async_add_account(hass, account))


async def _async_end(hass: HomeAssistant, entry: ObicoConfigEntry) -> None:
    """Stop the connections and tasks, and unload the platforms, of a set-up that failed."""
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
    # Before the entities are removed: an event that has no listener would be lost.
    await entry.runtime_data.async_stop()
    # Where this was the last enabled account, browsers must not load the module.
    async_offer_module(hass)
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)


async def async_remove_entry(hass: HomeAssistant, entry: ObicoConfigEntry) -> None:
    """Delete what is stored of an account, and revoke its token on the server."""
    async_offer_module(hass)
    await async_discard_credential(hass, entry.data, removed_entry_id=entry.entry_id)
    async_forget_run(hass, entry.entry_id)
    await AccountStorage(hass, entry.entry_id).async_remove()
    async_delete_agent_issues(hass, entry.entry_id)
    if entry.unique_id is not None:
        await async_clear_account(hass, entry.unique_id)


async def async_remove_config_entry_device(
    hass: HomeAssistant, entry: ObicoConfigEntry, device: dr.DeviceEntry
) -> bool:
    """Allow a user to remove the device of a printer that is gone."""
    if entry.state is not ConfigEntryState.LOADED:
        # Without a snapshot it is not known which printers are gone.
        return False
    return not entry.runtime_data.devices.is_device_in_use(device)
