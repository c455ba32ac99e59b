"""The buttons of macros, which a user enables in the options all at once."""

from collections.abc import Collection
from typing import Final

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from .names import names_of_printers

_TRANSLATION_KEY: Final = "macro"


@callback
def macro_buttons(hass: HomeAssistant, entry_id: str) -> dict[str, str]:
    """Return the names of all buttons of macros by their entity ids, with their printers'."""
    names = names_of_printers(hass)
    return {
        entry.entity_id: ": ".join(
            filter(
                None,
                (names.get(entry.device_id or ""), entry.name or entry.original_name),
            )
        )
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
