"""Which printers of an account Home Assistant is the agent of."""

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import CONF_DEVICE_ID
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr

from ..account.registry import name_of_device
from .config import CONF_PRINTER_ID, SUBENTRY_TYPE


@callback
def subentry_of(entry: ConfigEntry, printer_id: int) -> ConfigSubentry | None:
    """Return the subentry of a printer, None where Home Assistant is not its agent."""
    return next(
        (
            subentry
            for subentry in entry.subentries.values()
            if subentry.subentry_type == SUBENTRY_TYPE
            and subentry.data[CONF_PRINTER_ID] == printer_id
        ),
        None,
    )


@callback
def watched_name(
    hass: HomeAssistant, entry: ConfigEntry, printer_id: int
) -> str | None:
    """Return the name of the device whose printer this is, None if there is none."""
    subentry = subentry_of(entry, printer_id)
    device_id = None if subentry is None else subentry.data.get(CONF_DEVICE_ID)
    if device_id is None:
        return None
    return name_of_device(dr.async_get(hass).async_get(device_id))
