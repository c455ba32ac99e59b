"""Diagnostics: useful to whoever helps, and free of secrets."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Final

from yarl import URL

from homeassistant.components.diagnostics import REDACTED
from homeassistant.const import CONF_URL, CONF_VERIFY_SSL
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import DeviceEntry
from homeassistant.util.json import JsonValueType

from .aioobico import CLOUD_URL, Printer
from .coordinator import ObicoConfigEntry
from .devices import printer_identifier

# Fields of the client's models. Addresses of pictures and videos are signed: who
# has one can fetch it.
_SECRET_FIELDS: Final = frozenset({"auth_token", "email", "username"})


def _redacted(value: object) -> JsonValueType:
    """Return a model as JSON, without what must not be passed on."""
    if is_dataclass(value):
        return {
            field.name: _redacted_field(field.name, getattr(value, field.name))
            for field in fields(value)
        }
    if isinstance(value, Mapping):
        return {
            str(key): _redacted_field(str(key), item) for key, item in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [_redacted(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return str(value)


def _redacted_field(name: str, value: object) -> JsonValueType:
    is_secret = name in _SECRET_FIELDS or "token" in name or "url" in name
    return REDACTED if is_secret and value else _redacted(value)


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: ObicoConfigEntry
) -> dict[str, JsonValueType]:
    """Return what is known of an account."""
    coordinator = entry.runtime_data
    url = URL(entry.data[CONF_URL])
    return {
        "server": {
            "url": str(url)
            if url.origin() == CLOUD_URL
            else str(url.with_host("redacted")),
            "verify_ssl": entry.data[CONF_VERIFY_SSL],
        },
        "last_update_success": coordinator.last_update_success,
        "last_error": str(coordinator.last_exception)
        if coordinator.last_exception
        else None,
        "event_mark": coordinator.storage.event_mark,
        "user": _redacted(coordinator.data.user),
        "options": dict(entry.options),
        "printers": [
            _printer_diagnostics(entry, printer)
            for printer in coordinator.data.printers.values()
        ],
    }


async def async_get_device_diagnostics(
    hass: HomeAssistant, entry: ObicoConfigEntry, device: DeviceEntry
) -> dict[str, JsonValueType]:
    """Return what is known of a printer; the account's device stands for all."""
    coordinator = entry.runtime_data
    for printer in coordinator.data.printers.values():
        if printer_identifier(entry, printer.id) in device.identifiers:
            return _printer_diagnostics(entry, printer)
    return await async_get_config_entry_diagnostics(hass, entry)


def _printer_diagnostics(
    entry: ObicoConfigEntry, printer: Printer
) -> dict[str, JsonValueType]:
    coordinator = entry.runtime_data
    return {
        "printer": _redacted(printer),
        "push": _push_diagnostics(entry, printer),
        "last_print": _redacted(coordinator.data.last_prints.get(printer.id)),
        "heaters": _redacted(coordinator.storage.heaters.of(printer.id)),
    }


def _push_diagnostics(entry: ObicoConfigEntry, printer: Printer) -> JsonValueType:
    """Return what is known of a printer's push; an error of the network names the host."""
    statistics = entry.runtime_data.pushes.statistics(printer.id)
    host = URL(entry.data[CONF_URL]).host
    return _redacted(
        {
            key: value.replace(host, "redacted")
            if isinstance(value, str) and host
            else value
            for key, value in (statistics or {}).items()
        }
    )
