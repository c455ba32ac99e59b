"""System health: number of accounts, printers and connections, and reachable servers."""

from typing import Any, Final

import aiohttp

from homeassistant.components import system_health
from homeassistant.const import CONF_URL, CONF_VERIFY_SSL
from homeassistant.core import HomeAssistant, callback

from .account.session import async_get_session
from .const import DOMAIN
from .data import ObicoConfigEntry

# Seconds, as in Home Assistant's own check.
_TIMEOUT: Final = aiohttp.ClientTimeout(total=5)


@callback
def async_register(
    hass: HomeAssistant, register: system_health.SystemHealthRegistration
) -> None:
    """Register the system health information."""
    register.async_register_info(_async_info)


async def _async_info(hass: HomeAssistant) -> dict[str, Any]:
    """Return the information; the coroutine for the servers is awaited by the caller."""
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
            hass,
            sorted(
                {
                    (entry.data[CONF_URL], entry.data[CONF_VERIFY_SSL])
                    for entry in entries
                }
            ),
        ),
    }


async def _async_can_reach(
    hass: HomeAssistant, servers: list[tuple[str, bool]]
) -> str | dict[str, str]:
    """Return "ok", or the error of the first server that cannot be reached.

    Each server is an address, and whether its certificate is verified. Home Assistant's own
    check is not used because it always verifies certificates, and so would fail for
    accounts whose option turns that off.
    """
    for url, verify_ssl in servers:
        session = async_get_session(hass, verify_ssl=verify_ssl)
        try:
            async with session.get(url, timeout=_TIMEOUT, allow_redirects=False):
                pass
        except TimeoutError:
            # First: the time-outs of a connection are also client errors.
            return {"type": "failed", "error": "timeout"}
        except aiohttp.ClientError:
            return {"type": "failed", "error": "unreachable"}
    return "ok"
