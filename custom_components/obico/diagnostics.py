"""Diagnostics: useful to whoever helps, and free of secrets."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
import re
from typing import Final

from yarl import URL

from homeassistant.components.diagnostics import REDACTED
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_URL, CONF_VERIFY_SSL
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import DeviceEntry
from homeassistant.util.json import JsonValueType

from .account.credentials import credential_of
from .account.devices import printer_identifier
from .aioobico import CLOUD_URL, ObicoResponseError, Printer, parse_json
from .const import CONF_SESSION
from .data import ObicoConfigEntry

# Addresses of pictures and videos are signed: who has one can fetch it.
_SECRET_NAME: Final = re.compile(
    r"token|secret|passw|api_?key|digest|cookie|session|url|e?mail|username",
    re.IGNORECASE,
)
_ADDRESS: Final = re.compile(r"\w+://\S+")
_MAY_BE_JSON: Final = re.compile(r"\s*[\[{]")


class _Redactor:
    """Makes JSON of models, without what must not be passed on."""

    def __init__(self, entry: ObicoConfigEntry) -> None:
        """Look for what is secret of this account wherever it may stand."""
        secrets = sorted(_secrets(entry), key=len, reverse=True)
        # As words: a server may be called obico, as so much else is.
        self._secrets = re.compile(
            rf"(?<![\w.-])(?:{'|'.join(map(re.escape, secrets))})(?![\w-])",
            re.IGNORECASE,
        )

    def redact(self, value: object) -> JsonValueType:
        """Return a value as JSON."""
        if is_dataclass(value):
            return {
                field.name: self._redact_field(field.name, getattr(value, field.name))
                for field in fields(value)
            }
        if isinstance(value, Mapping):
            return {
                str(key): self._redact_field(str(key), item)
                for key, item in value.items()
            }
        if isinstance(value, list | tuple | set | frozenset):
            return [self.redact(item) for item in value]
        if isinstance(value, datetime):
            return value.isoformat()
        if value is None or isinstance(value, int | float):
            return value
        return self._redact_text(str(value))

    def _redact_field(self, name: str, value: object) -> JsonValueType:
        if value and isinstance(value, str) and _SECRET_NAME.search(name):
            return REDACTED
        return self.redact(value)

    def _redact_text(self, text: str) -> JsonValueType:
        """Return a text; one that is JSON may hold secrets by their name."""
        if _MAY_BE_JSON.match(text):
            try:
                return self.redact(parse_json(text.encode()))
            except ObicoResponseError:
                # It may be the beginning of one that was too long.
                return REDACTED
        return self._secrets.sub(REDACTED, _ADDRESS.sub(REDACTED, text))


def _secrets(entry: ObicoConfigEntry) -> Iterator[str]:
    """Return what is known to be secret."""
    yield credential_of(entry.data).value
    url = URL(entry.data[CONF_URL])
    if url.host and url.origin() != CLOUD_URL:
        yield url.host
    if entry.state is not ConfigEntryState.LOADED:
        return
    data = entry.runtime_data.coordinator.data
    yield from filter(None, (data.user.email, data.user.username))
    for printer in data.printers.values():
        if printer.auth_token:
            yield printer.auth_token


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: ObicoConfigEntry
) -> dict[str, JsonValueType]:
    """Return what is known of an account; little, while it is not set up."""
    redactor = _Redactor(entry)
    url = URL(entry.data[CONF_URL])
    told: dict[str, JsonValueType] = {
        "server": {
            "url": str(url)
            if url.origin() == CLOUD_URL
            else str(url.with_host("redacted")),
            "verify_ssl": entry.data[CONF_VERIFY_SSL],
        },
        "signed_in_with": "session" if CONF_SESSION in entry.data else "token",
        "state": entry.state.value,
        "reason": redactor.redact(entry.reason),
        "options": redactor.redact(entry.options),
    }
    if entry.state is not ConfigEntryState.LOADED:
        return told
    account = entry.runtime_data
    coordinator = account.coordinator
    return told | {
        "last_update_success": coordinator.last_update_success,
        "last_error": redactor.redact(coordinator.last_exception),
        "event_mark": account.event_memory.mark,
        "user": redactor.redact(coordinator.data.user),
        "printers": [
            _printer_diagnostics(entry, printer)
            for printer in coordinator.data.printers.values()
        ],
    }


async def async_get_device_diagnostics(
    hass: HomeAssistant, entry: ObicoConfigEntry, device: DeviceEntry
) -> dict[str, JsonValueType]:
    """Return what is known of a printer; the account's device stands for all."""
    if entry.state is ConfigEntryState.LOADED:
        for printer in entry.runtime_data.coordinator.data.printers.values():
            if printer_identifier(entry, printer.id) in device.identifiers:
                return _printer_diagnostics(entry, printer)
    return await async_get_config_entry_diagnostics(hass, entry)


def _printer_diagnostics(
    entry: ObicoConfigEntry, printer: Printer
) -> dict[str, JsonValueType]:
    account = entry.runtime_data
    redactor = _Redactor(entry)
    return {
        "printer": redactor.redact(printer),
        "push": redactor.redact(account.connections.statistics(printer.id)),
        "last_print": redactor.redact(
            account.coordinator.data.last_prints.get(printer.id)
        ),
        "heaters": redactor.redact(account.heaters.of(printer.id)),
    }
