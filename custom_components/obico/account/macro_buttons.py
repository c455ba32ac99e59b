"""The buttons of macros, which a user enables in the options all at once."""

from collections.abc import Collection
from typing import Final

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er

from .registry import name_of_device

_TRANSLATION_KEY: Final = "macro"


@callback
def macro_buttons(hass: HomeAssistant, entry_id: str) -> dict[str, str]:
    """Return the names of all buttons of macros by their entity ids, with their printers'."""
    devices = dr.async_get(hass)
    return {
        entry.entity_id: f"{_name(devices, entry)}: {entry.name or entry.original_name}"
        for entry in _entries(hass, entry_id)
    }


@callback
def enabled_macro_buttons(hass: HomeAssistant, entry_id: str) -> list[str]:
    """Return the entity ids of those that are enabled."""
    return [
        entry.entity_id
        for entry in _entries(hass, entry_id)
        if entry.disabled_by is None
    ]


@callback
def enable_macro_buttons(
    hass: HomeAssistant, entry_id: str, wanted: Collection[str]
) -> bool:
    """Enable these and disable the others, and return whether that has changed any."""
    registry = er.async_get(hass)
    changed = False
    for entry in _entries(hass, entry_id):
        if (entry.disabled_by is None) is (entry.entity_id in wanted):
            continue
        changed = True
        registry.async_update_entity(
            entry.entity_id,
            disabled_by=None
            if entry.entity_id in wanted
            else er.RegistryEntryDisabler.USER,
        )
    return changed


def _entries(hass: HomeAssistant, entry_id: str) -> list[er.RegistryEntry]:
    return sorted(
        (
            entry
            for entry in er.async_entries_for_config_entry(er.async_get(hass), entry_id)
            if entry.domain == Platform.BUTTON
            and entry.translation_key == _TRANSLATION_KEY
        ),
        key=lambda entry: entry.entity_id,
    )


def _name(devices: dr.DeviceRegistry, entry: er.RegistryEntry) -> str | None:
    device = devices.async_get(entry.device_id) if entry.device_id else None
    return name_of_device(device)
