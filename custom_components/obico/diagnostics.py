"""Diagnostics of accounts and printers, with all secrets redacted."""

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
from .account.registry import printer_identifier
from .agent.config import CONF_AUTH_TOKEN
from .aioobico import CLOUD_URL, ObicoResponseError, Printer, parse_json
from .const import CONF_SESSION
from .data import ObicoConfigEntry, ObicoData

# "url" is among these because the addresses of pictures and videos are signed: anybody who
# has such an address can fetch the file.
_SECRET_NAME: Final = re.compile(
    r"token|secret|passw|api_?key|digest|cookie|session|url|e?mail|username",
    re.IGNORECASE,
)
_ADDRESS: Final = re.compile(r"\w+://\S+")
_MAY_BE_JSON: Final = re.compile(r"\s*[\[{]")
# JSON within texts can be nested deeper than Python can follow, or write.
_MAX_DEPTH: Final = 50


class _Redactor:
    """Converts models to JSON and redacts secrets."""

    def __init__(self, entry: ObicoConfigEntry) -> None:
        """Compile a pattern that finds this account's secrets in any text."""
        secrets = sorted(_secrets(entry), key=len, reverse=True)
        # Only whole words are redacted: the host may be called "obico", which is part of
        # many other names.
        self._secrets = re.compile(
            rf"(?<![\w.-])(?:{'|'.join(map(re.escape, secrets))})(?![\w-])",
            re.IGNORECASE,
        )

    def redact(self, value: object, depth: int = 0) -> JsonValueType:
        """Return a value at a depth as JSON, with secrets redacted."""
        if depth > _MAX_DEPTH:
            return REDACTED
        if is_dataclass(value):
            value = {field.name: getattr(value, field.name) for field in fields(value)}
        if isinstance(value, Mapping):
            return {
                str(key): self._redact_field(str(key), item, depth + 1)
                for key, item in value.items()
            }
        if isinstance(value, list | tuple | set | frozenset):
            return [self.redact(item, depth + 1) for item in value]
        if isinstance(value, datetime):
            return value.isoformat()
        if value is None or isinstance(value, int | float):
            return value
        return self._redact_text(str(value), depth)

    def _redact_field(self, name: str, value: object, depth: int) -> JsonValueType:
        # Whether there is one at all is no secret.
        if value and not isinstance(value, bool) and _SECRET_NAME.search(name):
            return REDACTED
        return self.redact(value, depth)

    def _redact_text(self, text: str, depth: int) -> JsonValueType:
        """Return a text with secrets redacted.

        A text that is JSON itself is parsed, as its keys show which values are secret.
        """
        if _MAY_BE_JSON.match(text):
            try:
                return self.redact(parse_json(text), depth)
            except ObicoResponseError:
                # It may be JSON that was cut off, in which secrets cannot be found.
                return REDACTED
        return self._secrets.sub(REDACTED, _ADDRESS.sub(REDACTED, text))


def _secrets(entry: ObicoConfigEntry) -> Iterator[str]:
    """Yield the secrets that are known by their value."""
    yield credential_of(entry.data).value
    for subentry in entry.subentries.values():
        yield subentry.data[CONF_AUTH_TOKEN]
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
    """Return the diagnostics of an account; while it is not set up, only its configuration."""
    redactor = _Redactor(entry)
    url = URL(entry.data[CONF_URL])
    diagnostics: dict[str, JsonValueType] = {
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
        return diagnostics
    account = entry.runtime_data
    coordinator = account.coordinator
    return diagnostics | {
        "last_update_success": coordinator.last_update_success,
        "last_error": redactor.redact(coordinator.last_exception),
        "event_mark": account.event_memory.mark,
        "user": redactor.redact(coordinator.data.user),
        "printers": [
            _printer_diagnostics(redactor, account, printer)
            for printer in coordinator.data.printers.values()
        ],
    }


async def async_get_device_diagnostics(
    hass: HomeAssistant, entry: ObicoConfigEntry, device: DeviceEntry
) -> dict[str, JsonValueType]:
    """Return the diagnostics of a printer, or those of the account for its device."""
    if entry.state is ConfigEntryState.LOADED:
        for printer in entry.runtime_data.coordinator.data.printers.values():
            if printer_identifier(entry, printer.id) in device.identifiers:
                return _printer_diagnostics(
                    _Redactor(entry), entry.runtime_data, printer
                )
    return await async_get_config_entry_diagnostics(hass, entry)


def _printer_diagnostics(
    redactor: _Redactor, account: ObicoData, printer: Printer
) -> dict[str, JsonValueType]:
    return {
        "printer": redactor.redact(printer),
        "push": redactor.redact(account.connections.statistics(printer.id)),
        "last_print": redactor.redact(
            account.coordinator.data.last_prints.get(printer.id)
        ),
        "heaters": redactor.redact(account.heaters.of(printer.id)),
        "agent": redactor.redact(agent.statistics)
        if (agent := account.agents.of(printer.id))
        else None,
    }
