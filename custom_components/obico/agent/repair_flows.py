"""The flows that fix the repairs of agents."""

from abc import abstractmethod
from typing import Any, Final, override

import probatio

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.helpers.selector import (
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)

from ..aioobico import ObicoClient, ObicoError, ObicoNotFoundError
from .agents import Agents
from .config import CONF_AUTH_TOKEN
from .subentries import subentry_of

CONF_FATE: Final = "fate"
ARCHIVE: Final = "archive"
KEEP: Final = "keep"


class _AgentRepairFlow(RepairsFlow):
    """A flow about a printer of an account."""

    def __init__(self, entry: ConfigEntry, printer_id: int, printer: str) -> None:
        """Initialize for a printer."""
        self._entry = entry
        self._printer_id = printer_id
        self._placeholders = {"printer": printer}

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Begin with the only form; what comes here is no answer of a user."""
        return await self.async_step_confirm()

    @abstractmethod
    async def async_step_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Show the form, or do what it says."""

    @property
    def _agents(self) -> Agents | None:
        """Return the agents of the account, None while it is not set up."""
        if self._entry.state is not ConfigEntryState.LOADED:
            return None
        agents: Agents = self._entry.runtime_data.agents
        return agents


class ConnectAgainFlow(_AgentRepairFlow):
    """Connect an agent again, with the token that its printer has now."""

    @override
    async def async_step_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Ask whether the reason is mended."""
        errors: dict[str, str] = {}
        if user_input is not None:
            if (agents := self._agents) is None:
                return self.async_abort(reason="not_loaded")
            error = await self._async_connect(agents)
            if error is None:
                return self.async_create_entry(data={})
            errors["base"] = error
        return self.async_show_form(
            step_id="confirm",
            data_schema=probatio.Schema({}),
            errors=errors,
            description_placeholders=self._placeholders,
        )

    async def _async_connect(self, agents: Agents) -> str | None:
        """Start the agent again; return why that makes no sense."""
        subentry = subentry_of(self._entry, self._printer_id)
        if subentry is None:
            return None
        try:
            printer = await agents.client.get_printer(self._printer_id)
        except ObicoNotFoundError:
            return "printer_is_gone"
        except ObicoError:
            return "cannot_connect"
        if printer.auth_token in {None, subentry.data[CONF_AUTH_TOKEN]}:
            await agents.async_restart(self._printer_id)
        else:
            # The agent starts again with what its subentry stores.
            self.hass.config_entries.async_update_subentry(
                self._entry,
                subentry,
                data={**subentry.data, CONF_AUTH_TOKEN: printer.auth_token},
            )
        return None


class PrinterLeftFlow(_AgentRepairFlow):
    """Ask what becomes of the printer in Obico, whose agent was deleted."""

    @override
    async def async_step_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Ask whether to archive the printer or to keep it."""
        errors: dict[str, str] = {}
        if user_input is not None:
            if user_input[CONF_FATE] == KEEP:
                return self.async_create_entry(data={})
            if (agents := self._agents) is None:
                return self.async_abort(reason="not_loaded")
            if await self._async_archive(agents.client):
                return self.async_create_entry(data={})
            errors["base"] = "cannot_connect"
        choice = SelectSelector(
            SelectSelectorConfig(
                options=[ARCHIVE, KEEP],
                mode=SelectSelectorMode.LIST,
                translation_key="agent_fate",
            )
        )
        return self.async_show_form(
            step_id="confirm",
            data_schema=probatio.Schema(
                {probatio.Required(CONF_FATE, default=ARCHIVE): choice}
            ),
            errors=errors,
            description_placeholders=self._placeholders,
        )

    async def _async_archive(self, client: ObicoClient) -> bool:
        """Archive the printer, unless it is gone; return whether that was possible."""
        try:
            await client.archive_printer(self._printer_id)
        except ObicoNotFoundError:
            return True
        except ObicoError:
            return False
        return True
