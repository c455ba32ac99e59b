"""The devices of an account: itself, and one for each printer.

Identifiers and unique ids begin with the unique id of the account, which is made of the
user's id and the time when the user joined: self-hosted users are mostly number 1, and
both stay the same when the address of the server changes.

What is stored of a printer stays while the printer is archived or excluded, so that it
comes back whole, and goes when the server says that it has no such printer, archived ones
included.
"""

import asyncio
from collections.abc import Container
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
from ..printer.state_text import is_blank, shorten

_LOGGER = logging.getLogger(__name__)

# A printer that is archived or excluded may be deleted some day. Until that is noticed,
# only what is stored of it is kept for too long.
_ASK_AGAIN_SECONDS: Final = 24 * 3600.0
_LOOKUPS_A_POLL: Final = 5

# In bytes. The name becomes a part of all entity ids, which have at most 255 characters, and
# a Chinese character of three bytes becomes up to seven there.
_MAX_NAME_BYTES: Final = 100

_FIRMWARE_BY_AGENT: Final = {
    "octoprint_obico": "OctoPrint",
    "moonraker_obico": "Klipper",
}


def account_device_info(entry: ConfigEntry) -> DeviceInfo:
    """Return the service device that stands for the account."""
    assert entry.unique_id is not None
    return DeviceInfo(
        identifiers={(DOMAIN, entry.unique_id)},
        entry_type=DeviceEntryType.SERVICE,
        manufacturer="Obico",
        name=entry.title,
        configuration_url=entry.data[CONF_URL],
    )


def printer_device_info(entry: ConfigEntry, printer: Printer) -> DeviceInfo:
    """Return a printer's device."""
    settings = printer.settings
    agent = printer.agent_name or (settings.agent_name if settings else None)
    version = printer.agent_version or (settings.agent_version if settings else None)
    return DeviceInfo(
        identifiers={printer_identifier(entry, printer.id)},
        name=_name(printer),
        manufacturer=_FIRMWARE_BY_AGENT.get(agent or ""),
        model=_model(printer),
        sw_version=" ".join(filter(None, (agent, version))) or None,
        configuration_url=f"{entry.data[CONF_URL].rstrip('/')}/printers/{printer.id}/control/",
    )


def _name(printer: Printer) -> str:
    """Return what a printer is called, also where its name shows nothing."""
    if printer.name is None or is_blank(printer.name):
        return f"Printer {printer.id}"
    return shorten(printer.name, _MAX_NAME_BYTES)


def printer_identifier(entry: ConfigEntry, printer_id: int) -> tuple[str, str]:
    """Return the identifier of a printer's device."""
    return (DOMAIN, f"{entry.unique_id}_{printer_id}")


def _model(printer: Printer) -> str | None:
    """Return the machine that the printer's firmware says it is."""
    metadata = printer.settings.printer_metadata if printer.settings else None
    machine = metadata.get("MACHINE_TYPE") if metadata else None
    return machine if isinstance(machine, str) else None


class PrinterDevices:
    """Keeps the device registry true to the account's printers."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, client: ObicoClient
    ) -> None:
        """Prepare; nothing is registered yet."""
        self._registry = dr.async_get(hass)
        self._entry = entry
        self._client = client
        self._shown: dict[int, DeviceInfo] = {}
        # When to ask again for printers without a device (loop time).
        self._ask_at: dict[int, float] = {}

    def info_of(self, printer: Printer) -> DeviceInfo:
        """Return the device of a printer that has one, the same object for all its entities."""
        return self._shown[printer.id]

    @callback
    def handle_poll(self, poll: Poll) -> None:
        """Register new printers, and take up what changed of the others.

        A name that the user chose stays: the registry keeps it apart.
        """
        account = self._registry.async_get_or_create(
            config_entry_id=self._entry.entry_id, **account_device_info(self._entry)
        )
        for printer in poll.snapshot.printers.values():
            info = printer_device_info(self._entry, printer)
            info["via_device_id"] = account.id
            if self._shown.get(printer.id) != info:
                self._registry.async_get_or_create(
                    config_entry_id=self._entry.entry_id, **info
                )
                self._shown[printer.id] = info

    async def async_remove_gone(
        self, listed: Container[int], excluded: Container[int]
    ) -> set[int]:
        """Remove the devices of printers that the server no longer has, or the user excluded.

        Returns the ids of the printers whose devices were removed. A printer that is
        missing in one list is asked for: a device that the user named and placed is not
        removed for an incomplete answer.
        """
        gone = set()
        for printer_id, device_id in self._registered().items():
            if printer_id in listed:
                continue
            if printer_id in excluded or await self._async_is_gone(printer_id):
                self._registry.async_remove_device(device_id)
                self._shown.pop(printer_id, None)
                gone.add(printer_id)
        return gone

    def _registered(self) -> dict[int, str]:
        """Return the ids of the printers' devices."""
        prefix = f"{self._entry.unique_id}_"
        return {
            int(identifier.removeprefix(prefix)): device.id
            for device in dr.async_entries_for_config_entry(
                self._registry, self._entry.entry_id
            )
            for domain, identifier in device.identifiers
            if domain == DOMAIN and identifier.startswith(prefix)
        }

    async def _async_is_gone(self, printer_id: int) -> bool:
        """Return whether the server says that a printer is deleted or archived."""
        try:
            printer = await self._client.get_printer(printer_id)
        except ObicoNotFoundError:
            return True
        except ObicoError as err:
            _LOGGER.debug("Cannot tell whether printer %s is gone: %s", printer_id, err)
            return False
        return printer.archived_at is not None

    async def async_find_deleted(self, missing: set[int]) -> list[int]:
        """Return which of the printers that are not listed never come back.

        One that is archived does, with all that is remembered of it. It is asked for
        once a day, and only a few with a poll.
        """
        away = missing and missing - self._registered().keys()
        for printer_id in self._ask_at.keys() - away:
            del self._ask_at[printer_id]
        now = asyncio.get_running_loop().time()
        due = [
            printer_id
            for printer_id in sorted(away)
            if now >= self._ask_at.get(printer_id, now)
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
                self._ask_at[printer_id] = now + _ASK_AGAIN_SECONDS
        return deleted

    def is_device_in_use(self, device: dr.DeviceEntry) -> bool:
        """Return whether a device stands for the account or for a printer that it has."""
        in_use = {(DOMAIN, self._entry.unique_id)} | {
            printer_identifier(self._entry, printer_id) for printer_id in self._shown
        }
        return not in_use.isdisjoint(device.identifiers)
