"""The errors that a printer itself reports: texts, and Bambu Lab's HMS."""

from collections.abc import Iterator
from dataclasses import dataclass
import re
from typing import Final

from yarl import URL

from homeassistant.const import STATE_ON, STATE_UNAVAILABLE, STATE_UNKNOWN, Platform
from homeassistant.core import HomeAssistant, State

from ..printer.state_text import shorten
from .config import CONF_ERROR, AgentConfig

# What integrations write where there is no error, in lower case.
_NO_ERROR: Final = frozenset(
    {
        "",
        "ok",
        "none",
        "0",
        "no error",
        "no_error",
        "n/a",
        STATE_UNAVAILABLE,
        STATE_UNKNOWN,
    }
)
# Attributes that come in numbered groups: "1-Code", "1-Error", "1-Wiki".
_NUMBERED: Final = re.compile(r"(\d+)-Code")
_MAX_TITLE_BYTES: Final = 250
_MAX_TEXT_BYTES: Final = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class PrinterError:
    """An error; `code` tells it from others, and `info_url` is the page about it."""

    code: str
    text: str
    info_url: str | None = None


def printer_errors(hass: HomeAssistant, config: AgentConfig) -> list[PrinterError]:
    """Return the errors that a printer reports now."""
    entity_id = config.entities.get(CONF_ERROR)
    state = None if entity_id is None else hass.states.get(entity_id)
    if state is None:
        return []
    if state.domain == Platform.BINARY_SENSOR:
        if state.state != STATE_ON:
            return []
        return list(_numbered(state)) or [_single(state)]
    if state.state.strip().lower() in _NO_ERROR:
        return []
    return [_error(state.state, state.state)]


def _numbered(state: State) -> Iterator[PrinterError]:
    for key in sorted(state.attributes):
        if match := _NUMBERED.fullmatch(key):
            number = match[1]
            code = str(state.attributes[key])
            text = str(state.attributes.get(f"{number}-Error") or code)
            yield _error(code, text, state.attributes.get(f"{number}-Wiki"))


def _single(state: State) -> PrinterError:
    code = state.attributes.get("code") or state.name
    return _error(str(code), str(state.attributes.get("error") or code))


def _error(code: str, text: str, info_url: object = None) -> PrinterError:
    return PrinterError(
        code=shorten(code, _MAX_TITLE_BYTES),
        text=shorten(text, _MAX_TEXT_BYTES),
        info_url=info_url if isinstance(info_url, str) and _is_link(info_url) else None,
    )


def _is_link(address: str) -> bool:
    try:
        return URL(address).scheme in {"http", "https"}
    except ValueError:
        return False
