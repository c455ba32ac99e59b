"""What the activity says of the events that fire.

The event is the context of the event entity's state, and so of all that automations do
because of it.
"""

from collections.abc import Callable, Mapping
from typing import Final

from homeassistant.components.logbook.const import (
    LOGBOOK_ENTRY_ENTITY_ID,
    LOGBOOK_ENTRY_MESSAGE,
    LOGBOOK_ENTRY_NAME,
)
from homeassistant.const import ATTR_DEVICE_ID, ATTR_ENTITY_ID
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.translation import async_get_cached_translations

from .account.registry import name_of_device
from .const import DOMAIN, EVENT_FIRED
from .live.fired_event import ENDED, PRINTER_ERROR
from .printer.state_text import shorten

type Described = dict[str, str | None]

_ENGLISH: Final = "en"
_ERROR: Final = "error"
# In bytes; a line of the activity is no place for a whole page.
_MAX_REASON_BYTES: Final = 500


@callback
def async_describe_events(
    hass: HomeAssistant,
    async_describe_event: Callable[[str, str, Callable[[Event], Described]], None],
) -> None:
    """Tell how the events of printers read."""
    devices = dr.async_get(hass)

    @callback
    def describe(event: Event) -> Described:
        """Say what happened, the printer's name first."""
        return {
            LOGBOOK_ENTRY_NAME: name_of_device(
                devices.async_get(event.data[ATTR_DEVICE_ID])
            ),
            LOGBOOK_ENTRY_MESSAGE: _message(hass, event.data),
            LOGBOOK_ENTRY_ENTITY_ID: event.data[ATTR_ENTITY_ID],
        }

    async_describe_event(DOMAIN, EVENT_FIRED, describe)


def _message(hass: HomeAssistant, told: Mapping[str, str | None]) -> str:
    """Return what happened in the language of Home Assistant, which all its users share."""
    texts = async_get_cached_translations(
        hass, hass.config.language, "common", DOMAIN
    ) or async_get_cached_translations(hass, _ENGLISH, "common", DOMAIN)

    def text(key: str) -> str:
        return texts.get(f"component.{DOMAIN}.common.logbook_{key}", key)

    kind = told["type"] or ""
    if kind == PRINTER_ERROR:
        # The text of a warning gives advice, its title says what is the matter.
        title, details = told["title"], told["text"]
        is_error = told["event_class"] == _ERROR
        message = text("printer_error" if is_error else "printer_warning")
        reason = (details or title) if is_error else (title or details)
        if not reason:
            return message
        return f"{message}: {shorten(' '.join(reason.split()), _MAX_REASON_BYTES)}"
    if kind == ENDED:
        kind = told["outcome"] or kind
    return text(kind).format(file=told["file"] or text("print"))
