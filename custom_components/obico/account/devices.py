"""The devices of an account: one for the account, and one for each printer.

Identifiers and unique ids begin with the unique id of the account, which consists of the
user's id and the time when the user joined. The id alone is not unique, as the first user
of every self-hosted server has the id 1. Both do not depend on the server's address.

Stored data of a printer is kept while the printer is archived or excluded, and removed once
the server reports that the printer does not exist, not even in the archive.
"""

import asyncio
from collections.abc import Callable, Collection, Container
import logging
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_URL
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo

from ..aioobico import ObicoClient, ObicoError, ObicoNotFoundError, Printer
from ..const import DOMAIN
from ..printer.snapshot import Poll
from ..printer.state_text import is_blank
from .names import name_in_obico
from .registry import printer_devices, printer_identifier

_LOGGER = logging.getLogger(__name__)

# Seconds between two requests for an archived printer, which may be deleted later. Stored
# data of a deleted printer does no harm, so one request a day is enough.
_LOOKUP_INTERVAL_SECONDS: Final = 24 * 3600.0
# Limits the requests of one poll for accounts with many archived printers.
_LOOKUPS_A_POLL: Final = 5

# What Marlin reports unless somebody configured it.
_UNNAMED_MACHINE: Final = "3D Printer"
# By the first word of the machine type, case-folded.
_MANUFACTURERS: Final = {
    "anet": "Anet",
    "anycubic": "Anycubic",
    "artillery": "Artillery",
    "biqu": "BIQU",
    "cr-10": "Creality",
    "creality": "Creality",
    "elegoo": "Elegoo",
    "ender": "Creality",
    "ender-3": "Creality",
    "ender-5": "Creality",
    "flashforge": "Flashforge",
    "flsun": "FLSUN",
    "geeetech": "Geeetech",
    "kingroon": "Kingroon",
    "lulzbot": "LulzBot",
    "original": "Prusa Research",
    "prusa": "Prusa Research",
    "qidi": "QIDI",
    "sovol": "Sovol",
    "ultimaker": "UltiMaker",
    "voron": "Voron",
    "wanhao": "Wanhao",
}
_FIRMWARE_BY_AGENT: Final = {
    "octoprint_obico": "OctoPrint",
    "moonraker_obico": "Klipper",
}


def account_device_info(entry: ConfigEntry) -> DeviceInfo:
    """Return the service device of the account."""
    assert entry.unique_id is not None
    return DeviceInfo(
        identifiers={(DOMAIN, entry.unique_id)},
        entry_type=DeviceEntryType.SERVICE,
        manufacturer="Obico",
        name=entry.title,
        configuration_url=entry.data[CONF_URL],
    )


def printer_device_info(
    hass: HomeAssistant,
    entry: ConfigEntry,
    printer: Printer,
    watched_name: str | None,
) -> DeviceInfo:
    """Return a printer's device.

    `watched_name` is the name of the device that this printer is, where Home Assistant
    itself is its agent.
    """
    settings = printer.settings
    agent = printer.agent_name or (settings.agent_name if settings else None)
    version = printer.agent_version or (settings.agent_version if settings else None)
    model = _model(printer)
    return DeviceInfo(
        identifiers={printer_identifier(entry, printer.id)},
        name=name_in_obico(hass, printer.id, printer.name),
        manufacturer=_manufacturer(model)
        or _FIRMWARE_BY_AGENT.get(agent or "")
        or _metadata(printer, "manufacturer"),
        model=model,
        model_id=watched_name,
        sw_version=" ".join(filter(None, (agent, version))) or None,
        configuration_url=f"{entry.data[CONF_URL].rstrip('/')}/printers/{printer.id}/control/",
    )


def _metadata(printer: Printer, key: str) -> str | None:
    """Return what the agent tells of the machine, None where it tells nothing."""
    metadata = printer.settings.printer_metadata if printer.settings else None
    found = metadata.get(key) if metadata else None
    return found if isinstance(found, str) and not is_blank(found) else None


def _model(printer: Printer) -> str | None:
    """Return the machine type that the firmware reports, None where it reports none."""
    machine = _metadata(printer, "MACHINE_TYPE")
    return None if machine is None or machine == _UNNAMED_MACHINE else machine.strip()


def _manufacturer(model: str | None) -> str | None:
    """Return the manufacturer that a machine type begins with, None for an unknown one."""
    word = (model or "").partition(" ")[0].casefold()
    return _MANUFACTURERS.get(word)


class PrinterDevices:
    """Keeps the device registry in line with the printers of the account."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: ObicoClient,
        watched_name: Callable[[int], str | None],
    ) -> None:
        """Initialize without registering devices.

        `watched_name` returns the name of the device that Home Assistant is the agent of.
        """
        self._watched_name = watched_name
        self._hass = hass
        self._registry = dr.async_get(hass)
        self._entry = entry
        self._client = client
        self._device_infos: dict[int, DeviceInfo] = {}
        # When to request archived printers again (loop time).
        self._next_lookup_at: dict[int, float] = {}

    def info_of(self, printer: Printer) -> DeviceInfo:
        """Return the device of a registered printer, the same object for all its entities."""
        return self._device_infos[printer.id]

    @callback
    def handle_poll(self, poll: Poll) -> None:
        """Register new printers, and update the devices of the others.

        A name that the user has given to a device is not changed by this.
        """
        account = self._registry.async_get_or_create(
            config_entry_id=self._entry.entry_id, **account_device_info(self._entry)
        )
        for printer in poll.snapshot.printers.values():
            info = printer_device_info(
                self._hass, self._entry, printer, self._watched_name(printer.id)
            )
            info["via_device_id"] = account.id
            if self._device_infos.get(printer.id) != info:
                self._registry.async_get_or_create(
                    config_entry_id=self._entry.entry_id, **info
                )
                self._device_infos[printer.id] = info

    async def async_remove_gone(
        self, listed: Container[int], excluded: Container[int]
    ) -> Collection[int]:
        """Forget printers that are deleted, archived or excluded by the user, with their devices.

        Returns the ids of the printers that are left. A printer that is missing in `listed`
        is requested by its id before its device is removed, because the user's name and area
        would be lost if the list was incomplete.
        """
        registered = printer_devices(self._registry, self._entry)
        for printer_id in registered.keys() | self._device_infos.keys():
            if printer_id in listed:
                continue
            if printer_id in excluded or await self._async_is_gone(printer_id):
                if device := registered.get(printer_id):
                    self._registry.async_remove_device(device.id)
                self._device_infos.pop(printer_id, None)
        return self._device_infos.keys()

    async def _async_is_gone(self, printer_id: int) -> bool:
        """Return whether a printer is deleted or archived; False where the request fails."""
        try:
            printer = await self._client.get_printer(printer_id)
        except ObicoNotFoundError:
            return True
        except ObicoError as err:
            _LOGGER.debug("Cannot tell whether printer %s is gone: %s", printer_id, err)
            return False
        return printer.archived_at is not None

    async def async_find_deleted(self, missing: set[int]) -> list[int]:
        """Return which of the printers that are not listed are deleted.

        Stored data of an archived printer is kept, because the printer may be restored. Each
        archived printer is requested once a day, and only a few of them with each poll.
        """
        away = missing and (
            missing - printer_devices(self._registry, self._entry).keys()
        )
        for printer_id in self._next_lookup_at.keys() - away:
            del self._next_lookup_at[printer_id]
        now = asyncio.get_running_loop().time()
        due = [
            printer_id
            for printer_id in sorted(away)
            if now >= self._next_lookup_at.get(printer_id, now)
        ]
        deleted = []
        for printer_id in due[:_LOOKUPS_A_POLL]:
            try:
                await self._client.get_printer(printer_id, with_archived=True)
            except ObicoNotFoundError:
                deleted.append(printer_id)
            except ObicoError as err:
                _LOGGER.debug("Cannot tell what became of a printer: %s", err)
                break
            else:
                self._next_lookup_at[printer_id] = now + _LOOKUP_INTERVAL_SECONDS
        return deleted

    def is_device_in_use(self, device: dr.DeviceEntry) -> bool:
        """Return whether a device is that of the account or of an existing printer."""
        in_use = {(DOMAIN, self._entry.unique_id)} | {
            printer_identifier(self._entry, printer_id)
            for printer_id in self._device_infos
        }
        return not in_use.isdisjoint(device.identifiers)
