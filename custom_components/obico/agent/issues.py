"""The repairs of agents."""

from enum import StrEnum
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..const import DOMAIN

# Another agent has connected with the same token.
REPLACED: Final = "agent_replaced"
# The server refuses the token.
REFUSED: Final = "agent_refused"
CAMERA_FAILS: Final = "agent_camera_fails"
ENTITY_MISSING: Final = "agent_entity_missing"
COMMAND_FAILED: Final = "agent_command_failed"
# A subentry was deleted, its printer in Obico was not.
PRINTER_LEFT: Final = "agent_printer_left"

_FIXABLE: Final = frozenset({REPLACED, REFUSED, PRINTER_LEFT})
_OF_AGENT: Final = (REPLACED, REFUSED, CAMERA_FAILS, ENTITY_MISSING, COMMAND_FAILED)


class Stopped(StrEnum):
    """Why an agent does not try to connect any more."""

    REPLACED = REPLACED
    REFUSED = REFUSED


class AgentIssues:
    """Creates and deletes the repairs of one printer's agent."""

    def __init__(
        self, hass: HomeAssistant, entry_id: str, printer_id: int, name: str
    ) -> None:
        """Initialize for a printer."""
        self._hass = hass
        self._entry_id = entry_id
        self._printer_id = printer_id
        self._name = name
        self._raised: set[str] = set()

    @callback
    def async_raise(self, key: str, **placeholders: str) -> None:
        """Create a repair, or change its texts."""
        self._raised.add(key)
        async_create_agent_issue(
            self._hass,
            key,
            self._entry_id,
            self._printer_id,
            printer=self._name,
            **placeholders,
        )

    @callback
    def async_clear(self, key: str) -> None:
        """Delete a repair, if there is one."""
        if key in self._raised:
            self._raised.discard(key)
            async_delete_agent_issue(self._hass, key, self._entry_id, self._printer_id)

    @callback
    def async_clear_all(self) -> None:
        """Delete all repairs."""
        for key in _OF_AGENT:
            self.async_clear(key)


@callback
def async_create_agent_issue(
    hass: HomeAssistant,
    key: str,
    entry_id: str,
    printer_id: int,
    **placeholders: str,
) -> None:
    """Create a repair about a printer of an account."""
    data: dict[str, Any] = {
        "entry_id": entry_id,
        "printer_id": printer_id,
        "printer": placeholders["printer"],
    }
    ir.async_create_issue(
        hass,
        DOMAIN,
        _issue_id(key, printer_id, entry_id),
        data=data,
        is_fixable=key in _FIXABLE,
        # What became of a printer must be asked also after a restart.
        is_persistent=key == PRINTER_LEFT,
        severity=ir.IssueSeverity.ERROR
        if key == COMMAND_FAILED
        else ir.IssueSeverity.WARNING,
        translation_key=key,
        translation_placeholders=placeholders,
    )


@callback
def async_delete_agent_issue(
    hass: HomeAssistant, key: str, entry_id: str, printer_id: int
) -> None:
    """Delete a repair about a printer of an account, if there is one."""
    ir.async_delete_issue(hass, DOMAIN, _issue_id(key, printer_id, entry_id))


@callback
def async_delete_agent_issues(hass: HomeAssistant, entry_id: str) -> None:
    """Delete the repairs about printers of an account that is removed."""
    for issue in list(ir.async_get(hass).issues.values()):
        if issue.domain == DOMAIN and (issue.data or {}).get("entry_id") == entry_id:
            ir.async_delete_issue(hass, DOMAIN, issue.issue_id)


def _issue_id(key: str, printer_id: int, entry_id: str) -> str:
    return f"{key}_{printer_id}_{entry_id}"
