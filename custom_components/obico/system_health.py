"""System health: whether servers can be reached, and what is connected."""

from typing import Any

from homeassistant.components import system_health
from homeassistant.const import CONF_URL
from homeassistant.core import HomeAssistant, callback

from .const import DOMAIN
from .data import ObicoConfigEntry


@callback
def async_register(
    hass: HomeAssistant, register: system_health.SystemHealthRegistration
) -> None:
    """Register what is shown."""
    register.async_register_info(_async_info)


async def _async_info(hass: HomeAssistant) -> dict[str, Any]:
    """Return what is shown; the frontend waits for what takes a while."""
    entries: list[ObicoConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    printers = sum(
        len(entry.runtime_data.coordinator.data.printers) for entry in entries
    )
    connected = sum(entry.runtime_data.connections.connected for entry in entries)
    return {
        "accounts": len(entries),
        "printers": printers,
        "push_connections": connected,
        "can_reach_server": _async_can_reach(
            hass, sorted({entry.data[CONF_URL] for entry in entries})
        ),
    }


async def _async_can_reach(
    hass: HomeAssistant, urls: list[str]
) -> str | dict[str, str]:
    """Return ok, or what is wrong with the first server that cannot be reached."""
    for url in urls:
        result = await system_health.async_check_can_reach_url(hass, url)
        if result != "ok":
            return result
    return "ok"
