"""Run what was chosen for pause, resume and cancel, and see it through."""

import asyncio
from collections.abc import Callable
import logging
from typing import Final

from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.script import Script

from ..aioobico.acting import AgentState, Command
from ..const import DOMAIN, EVENT_AGENT_COMMAND
from .config import CONF_CANCEL, CONF_PAUSE, CONF_RESUME, AgentConfig
from .print_tracker import PrintTracker

_LOGGER = logging.getLogger(__name__)

# Seconds within which the printer has to show the effect of a command. A failing print
# goes on until then.
EFFECT_SECONDS: Final = 30.0

_STATES: Final = {
    CONF_PAUSE: AgentState.PAUSING,
    CONF_RESUME: AgentState.RESUMING,
    CONF_CANCEL: AgentState.CANCELLING,
}


class CommandFailedError(Exception):
    """A command has not had its effect; the text says why, if that is known."""


class AgentCommands:
    """Runs the commands of one printer."""

    def __init__(
        self,
        hass: HomeAssistant,
        config: AgentConfig,
        tracker: PrintTracker,
        *,
        device_name: str,
        handle_change: Callable[[], None],
    ) -> None:
        """Initialize; `handle_change` is called when another state is to be reported."""
        self._hass = hass
        self._config = config
        self._tracker = tracker
        self._device_name = device_name
        self._handle_change = handle_change
        self._effect = asyncio.Event()

    def handle_update(self) -> None:
        """Look again whether a command has its effect."""
        self._effect.set()

    async def async_run(self, command: Command) -> None:
        """Run a command until it has its effect; CommandFailedError if it has none.

        Commands that are not known do nothing, nor those that have their effect already:
        the server does not look at the printer's state.
        """
        state = _STATES.get(command.command)
        if state is None or not self._tracker.is_under_way(state):
            return
        self._tracker.begin_command(state)
        self._handle_change()
        context = Context()
        # The logbook shows it as the cause of what the actions do.
        self._hass.bus.async_fire(
            EVENT_AGENT_COMMAND,
            {
                "command": command.command,
                "is_ai": command.initiator == "system",
                "name": self._device_name,
            },
            context=context,
        )
        try:
            async with asyncio.timeout(EFFECT_SECONDS):
                await self._async_act(command.command, context)
                await self._async_wait(state)
        except TimeoutError:
            raise CommandFailedError("") from None
        finally:
            if self._tracker.is_under_way(state):
                self._tracker.give_up_command()
            self._handle_change()

    async def _async_act(self, command: str, context: Context) -> None:
        """Run the actions of a command."""
        sequence = self._config.commands.get(command)
        if not sequence:
            raise CommandFailedError("")
        try:
            script = Script(
                self._hass,
                cv.SCRIPT_SCHEMA(sequence),
                f"Obico {command}",
                DOMAIN,
                logger=_LOGGER,
                log_exceptions=False,
            )
            await script.async_run(context=context)
        except TimeoutError:
            raise
        except Exception as err:
            # Of another integration.
            raise CommandFailedError(str(err)) from err

    async def _async_wait(self, state: AgentState) -> None:
        """Wait until the printer shows that the command has its effect."""
        while self._tracker.is_under_way(state):
            self._effect.clear()
            await self._effect.wait()
