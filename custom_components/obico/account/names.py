"""What printers are called, so that no two of them are called the same."""

from collections.abc import Callable, Mapping
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import area_registry as ar, device_registry as dr

from ..const import DOMAIN
from ..printer.state_text import is_blank, shorten
from ..prints.texts import SEPARATOR, text_of
from .registry import name_of_device, printer_devices

# In bytes. The name becomes a part of entity ids, which have at most 255 characters. There a
# Chinese character, three bytes in UTF-8, is transliterated to up to seven characters.
_MAX_NAME_BYTES: Final = 100


def tell_apart[K](
    names: Mapping[K, str],
    *qualifiers: Callable[[K], str | None],
    separator: str = SEPARATOR,
) -> dict[K, str]:
    """Return each name, followed by what tells it from equal ones.

    A qualifier is added to names that are still equal, unless it is the same for all of
    them; capitals make no difference. A qualifier of None or "" is left out.
    """
    told = dict(names)
    for qualifier in qualifiers:
        equal: dict[str, list[K]] = {}
        for key, name in told.items():
            equal.setdefault(name.casefold(), []).append(key)
        if len(equal) == len(told):
            break
        for keys in equal.values():
            found = {key: qualifier(key) for key in keys}
            if len(set(found.values())) > 1:
                told |= {
                    key: f"{told[key]}{separator}{text}"
                    for key, text in found.items()
                    if text
                }
    return told


@callback
def names_of_printers(hass: HomeAssistant) -> dict[str, str]:
    """Return what the printers of all accounts are called, by the ids of their devices.

    That is the name of the device. Equal names are followed by that of the account, of the
    area, or the printer's id in Obico. The dashboard does the same (`printers.ts`).
    """
    registry = dr.async_get(hass)
    printers = {
        device.id: (device, printer_id, entry)
        for entry in hass.config_entries.async_entries(DOMAIN)
        for printer_id, device in printer_devices(registry, entry).items()
    }

    def account(device_id: str) -> str:
        device, _, entry = printers[device_id]
        return account_name(registry, device) or entry.title

    def printer_id(device_id: str) -> str:
        return str(printers[device_id][1])

    return tell_apart(
        {key: name_of_device(device) or "" for key, (device, *_) in printers.items()},
        account,
        lambda device_id: area_name(hass, printers[device_id][0]),
        printer_id,
    )


@callback
def account_name(registry: dr.DeviceRegistry, device: dr.DeviceEntry) -> str | None:
    """Return the name of the account that a printer's device belongs to."""
    return device.via_device_id and name_of_device(
        registry.async_get(device.via_device_id)
    )


@callback
def area_name(hass: HomeAssistant, device: dr.DeviceEntry) -> str | None:
    """Return the name of the area that a device is in, None if it is in none."""
    area_id = dr.async_get_effective_area_id(hass, device)
    area = ar.async_get(hass).async_get_area(area_id) if area_id else None
    return area.name if area else None


@callback
def names_in_account(hass: HomeAssistant, entry: ConfigEntry) -> dict[int, str]:
    """Return what the printers of an account that have a device are called, by printer id."""
    names = names_of_printers(hass)
    return {
        printer_id: names[device.id]
        for printer_id, device in printer_devices(dr.async_get(hass), entry).items()
    }


@callback
def name_in_obico(hass: HomeAssistant, printer_id: int, name: str | None) -> str:
    """Return the name that Obico has for a printer, or one with its id where it is blank."""
    if name is None or is_blank(name):
        return text_of(hass, "device", "printer.name").format(id=printer_id)
    return shorten(name, _MAX_NAME_BYTES)
