"""Find accounts and printers by what users choose: devices."""

from typing import TYPE_CHECKING

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr, entity_registry as er

from ..aioobico import Printer
from ..const import DOMAIN
from .devices import printer_identifier

if TYPE_CHECKING:
    from ..coordinator import ObicoConfigEntry, ObicoCoordinator


def name_of_device(device: dr.AnyDeviceEntry | None) -> str | None:
    """Return a device's name as the user sees it."""
    return (device.name_by_user or device.name) if device else None


def entity_id_of(
    coordinator: ObicoCoordinator, printer_id: int, platform: Platform, key: str
) -> str | None:
    """Return the id of a printer's entity as the user has it, None if there is no such one."""
    return er.async_get(coordinator.hass).async_get_entity_id(
        platform, DOMAIN, f"{coordinator.account_id}_{printer_id}_{key}"
    )


def is_disabled(
    coordinator: ObicoCoordinator, printer_id: int, platform: Platform, key: str
) -> bool:
    """Return whether somebody, or something, has disabled a printer's entity."""
    entity_id = entity_id_of(coordinator, printer_id, platform, key)
    entry = er.async_get(coordinator.hass).async_get(entity_id) if entity_id else None
    return entry is not None and entry.disabled


def loaded_coordinators(hass: HomeAssistant) -> list[ObicoCoordinator]:
    """Return all accounts that are set up."""
    entries: list[ObicoConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    return [entry.runtime_data for entry in entries]


def printer_of_device(
    hass: HomeAssistant, device_id: str
) -> tuple[ObicoCoordinator, Printer]:
    """Return the printer that a device stands for, and its account.

    Raises ServiceValidationError for any other device, and where the account is not set up.
    """
    device, coordinator = _account_of(hass, device_id)
    for printer in coordinator.data.printers.values():
        identifier = printer_identifier(coordinator.config_entry, printer.id)
        if identifier in device.identifiers:
            return coordinator, printer
    raise ServiceValidationError(
        translation_domain=DOMAIN, translation_key="not_a_printer"
    )


def printer_devices_of(hass: HomeAssistant, device_id: str) -> list[str]:
    """Return the devices of all printers of the account that a device stands for.

    Any other device is returned as it is. Raises where the account is not set up.
    """
    device, coordinator = _account_of(hass, device_id)
    entry = coordinator.config_entry
    if (DOMAIN, coordinator.account_id) not in device.identifiers:
        return [device_id]
    registry = dr.async_get(hass)
    return [
        found.id
        for printer_id in coordinator.data.printers
        if (
            found := registry.async_get_device_by_identifier(
                printer_identifier(entry, printer_id), entry.entry_id
            )
        )
    ]


def account_of_device(hass: HomeAssistant, device_id: str) -> ObicoCoordinator:
    """Return the account that a device stands for, or whose printer it is.

    Raises as printer_of_device() does.
    """
    return _account_of(hass, device_id)[1]


def _account_of(
    hass: HomeAssistant, device_id: str
) -> tuple[dr.AnyDeviceEntry, ObicoCoordinator]:
    """Return a device of an account that is set up, and the account."""
    device = dr.async_get(hass).async_get(device_id)
    # Those of others have more than two parts, sometimes.
    if device is None or not any(each[0] == DOMAIN for each in device.identifiers):
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="not_a_printer"
        )
    entry: ObicoConfigEntry | None = hass.config_entries.async_get_entry(
        device.config_entry_id
    )
    if entry is None or entry.state is not ConfigEntryState.LOADED:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="account_not_loaded"
        )
    return device, entry.runtime_data
