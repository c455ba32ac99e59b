"""Lines of the logbook that say more than those that Home Assistant has for states.

Each event of a printer has such a line already. The reason of an error is told by one of ours,
with the same context as the state of the event entity, and so are the commands of Obico to a
printer that Home Assistant is the agent of.
"""

from collections.abc import Callable

from homeassistant.components.logbook.const import (
    LOGBOOK_ENTRY_ENTITY_ID,
    LOGBOOK_ENTRY_MESSAGE,
    LOGBOOK_ENTRY_NAME,
)
from homeassistant.const import ATTR_DEVICE_ID, ATTR_ENTITY_ID
from homeassistant.core import Event, HomeAssistant, callback

from .account.names import names_of_printers
from .agent.texts import common_text
from .const import DOMAIN, EVENT_AGENT_COMMAND, EVENT_ERROR_REPORTED

type Described = dict[str, str | None]


@callback
def async_describe_events(
    hass: HomeAssistant,
    async_describe_event: Callable[[str, str, Callable[[Event], Described]], None],
) -> None:
    """Register the descriptions of our events."""

    @callback
    def describe_error(event: Event) -> Described:
        """Return the logbook entry of an error, under the name of the printer."""
        is_error = event.data["is_error"]
        key = "logbook_printer_error" if is_error else "logbook_printer_warning"
        return {
            LOGBOOK_ENTRY_NAME: names_of_printers(hass).get(event.data[ATTR_DEVICE_ID]),
            LOGBOOK_ENTRY_MESSAGE: f"{common_text(hass, key)}: {event.data['reason']}",
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

    async_describe_event(DOMAIN, EVENT_ERROR_REPORTED, describe_error)
    async_describe_event(DOMAIN, EVENT_AGENT_COMMAND, describe_command)
