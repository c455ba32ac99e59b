"""Find an account's devices and entities in Home Assistant's registries."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er

from ..const import DOMAIN


@callback
def name_of_device(device: dr.AnyDeviceEntry | None) -> str | None:
    """Return a device's name as the user sees it."""
    return (device.name_by_user or device.name) if device else None


def printer_identifier(entry: ConfigEntry, printer_id: int) -> tuple[str, str]:
    """Return the identifier of a printer's device."""
    return (DOMAIN, f"{entry.unique_id}_{printer_id}")


@callback
def printer_device(
    registry: dr.DeviceRegistry, entry: ConfigEntry, printer_id: int
) -> dr.DeviceEntry | None:
    """Return a printer's device, None where it is not registered."""
    return registry.async_get_device_by_identifier(
        printer_identifier(entry, printer_id), entry.entry_id
    )


@callback
def printer_devices(
    registry: dr.DeviceRegistry, entry: ConfigEntry
) -> dict[int, dr.DeviceEntry]:
    """Return the devices of all registered printers of an account by printer id."""
    prefix = f"{entry.unique_id}_"
    return {
        int(identifier.removeprefix(prefix)): device
        for device in dr.async_entries_for_config_entry(registry, entry.entry_id)
        for domain, identifier in device.identifiers
        if domain == DOMAIN and identifier.startswith(prefix)
    }


@callback
def entity_id_of(
    hass: HomeAssistant, account_id: str, printer_id: int, platform: Platform, key: str
) -> str | None:
    """Return the entity id of a printer's entity, None where it is not registered.

    `account_id` is the unique id of the config entry.
    """
    return er.async_get(hass).async_get_entity_id(
        platform, DOMAIN, f"{account_id}_{printer_id}_{key}"
    )


@callback
def is_disabled(
    hass: HomeAssistant, account_id: str, printer_id: int, platform: Platform, key: str
) -> bool:
    """Return whether a printer's entity is registered and disabled."""
    entity_id = entity_id_of(hass, account_id, printer_id, platform, key)
    entry = er.async_get(hass).async_get(entity_id) if entity_id else None
    return entry is not None and entry.disabled
