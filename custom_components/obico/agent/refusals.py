"""Which devices Home Assistant must not be the agent of."""

from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_DEVICE_ID
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr

from ..account.registry import name_of_device
from ..aioobico import AgentKind, Printer
from ..const import DOMAIN

# Integrations whose printers may have an Obico agent of their own.
_KINDS: Final = {
    "octoprint": AgentKind.OCTOPRINT,
    "moonraker": AgentKind.KLIPPER,
}


@callback
def refusal_of(
    hass: HomeAssistant,
    device_id: str,
    printers: list[Printer],
    *,
    ignored_subentry_id: str | None = None,
) -> str | None:
    """Return why Home Assistant must not be the agent of a device, None if it may.

    Two agents would fight for one printer, or count its hours of AI detection twice.
    """
    device = dr.async_get(hass).async_get(device_id)
    entry = (
        None
        if device is None
        else hass.config_entries.async_get_entry(device.config_entry_id)
    )
    if device is None or entry is None:
        return "device_is_gone"
    if entry.domain == DOMAIN:
        return "own_device"
    if any(
        subentry.data.get(CONF_DEVICE_ID) == device_id
        and subentry.subentry_id != ignored_subentry_id
        for account in hass.config_entries.async_entries(DOMAIN)
        for subentry in account.subentries.values()
    ):
        return "already_watched"
    kind = _KINDS.get(entry.domain)
    if kind is not None and _has_agent(hass, device, entry, kind, printers):
        return "has_own_agent"
    return None


def _has_agent(
    hass: HomeAssistant,
    device: dr.AnyDeviceEntry,
    entry: ConfigEntry,
    kind: AgentKind,
    printers: list[Printer],
) -> bool:
    """Return whether a device's own Obico plug-in is likely to be linked already.

    That is so where a printer of the account has that kind of agent and the same name, and
    where there are as many of these printers as devices.
    """
    linked = [printer for printer in printers if printer.agent_name == kind]
    names = {(printer.name or "").casefold() for printer in linked}
    if {(name_of_device(device) or "").casefold(), entry.title.casefold()} & names:
        return True
    return len(linked) >= len(hass.config_entries.async_entries(entry.domain))
