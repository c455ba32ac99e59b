"""Descriptions of printers' events in the logbook.

The event has the context of the event entity's state, so the logbook shows it as the cause of
what automations do.
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
from .agent.texts import common_text
from .const import DOMAIN, EVENT_AGENT_COMMAND, EVENT_FIRED
from .live.fired_event import ENDED, PRINTER_ERROR
from .printer.state_text import shorten

type Described = dict[str, str | None]

_ENGLISH: Final = "en"
_ERROR: Final = "error"
# In bytes: about the length that a line of the logbook can show.
_MAX_REASON_BYTES: Final = 500


@callback
def async_describe_events(
    hass: HomeAssistant,
    async_describe_event: Callable[[str, str, Callable[[Event], Described]], None],
) -> None:
    """Register the description of the events of printers."""
    devices = dr.async_get(hass)

    @callback
    def describe(event: Event) -> Described:
        """Return the logbook entry of an event, under the name of the printer."""
        return {
            LOGBOOK_ENTRY_NAME: name_of_device(
                devices.async_get(event.data[ATTR_DEVICE_ID])
            ),
            LOGBOOK_ENTRY_MESSAGE: _message(hass, event.data),
            LOGBOOK_ENTRY_ENTITY_ID: event.data[ATTR_ENTITY_ID],
        }

    @callback
    def describe_command(event: Event) -> Described:
        """Return the logbook entry of a command of Obico, which causes what the printer does."""
        by = "ai" if event.data["is_ai"] else "user"
        return {
            LOGBOOK_ENTRY_NAME: event.data["name"],
            LOGBOOK_ENTRY_MESSAGE: common_text(
                hass, f"agent_logbook_{event.data['command']}_{by}"
            ),
        }

    async_describe_event(DOMAIN, EVENT_FIRED, describe)
    async_describe_event(DOMAIN, EVENT_AGENT_COMMAND, describe_command)


def _message(hass: HomeAssistant, data: Mapping[str, str | None]) -> str:
    """Return the message of an event in the language of Home Assistant."""
    texts = async_get_cached_translations(
        hass, hass.config.language, "common", DOMAIN
    ) or async_get_cached_translations(hass, _ENGLISH, "common", DOMAIN)

    def text(key: str) -> str:
        return texts.get(f"component.{DOMAIN}.common.logbook_{key}", key)

    kind = data["type"] or ""
    if kind == PRINTER_ERROR:
        # A warning has its reason in the title and advice in the text; an error has its
        # reason in the text.
        title, details = data["title"], data["text"]
        is_error = data["event_class"] == _ERROR
        message = text("printer_error" if is_error else "printer_warning")
        reason = (details or title) if is_error else (title or details)
        if not reason:
            return message
        return f"{message}: {shorten(' '.join(reason.split()), _MAX_REASON_BYTES)}"
    if kind == ENDED:
        kind = data["outcome"] or kind
    return text(kind).format(file=data["file"] or text("print"))
