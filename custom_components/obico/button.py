"""Buttons of printers."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Final, override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from . import commands
from .aioobico import AgentKind, AlertVerdict, CommandResult, Printer
from .coordinator import ObicoConfigEntry, ObicoCoordinator
from .entity import ObicoPrinterEntity, async_add_printer_entities

# Nobody waits for the effect of another's command, least of all an emergency stop.
PARALLEL_UPDATES = 0

# An agent takes a picture within seconds, unless it has something better to do.
_PICTURE_SECONDS: Final = 15.0


@dataclass(frozen=True, kw_only=True)
class ObicoButtonDescription(ButtonEntityDescription):
    """A command.

    `objection_fn` says what speaks against it now, `press_fn` sends it, and `is_done_fn`
    sees its effect, where there is one to see: an answer alone proves nothing.
    """

    objection_fn: Callable[[Printer], str | None]
    press_fn: Callable[[ObicoCoordinator, Printer], Awaitable[CommandResult | None]]
    is_done_fn: Callable[[Printer], bool] | None = None
    exists_fn: Callable[[Printer], bool] = lambda _: True
    needs_agent: bool = True


async def _connect(coordinator: ObicoCoordinator, printer: Printer) -> None:
    await coordinator.pushes.agent_of(printer.id).connect_printer()


async def _emergency_stop(coordinator: ObicoCoordinator, printer: Printer) -> None:
    await coordinator.pushes.agent_of(printer.id).emergency_stop()


async def _refresh_snapshot(coordinator: ObicoCoordinator, printer: Printer) -> None:
    await coordinator.pushes.async_request_picture(printer, within=_PICTURE_SECONDS)


BUTTONS: Final = (
    ObicoButtonDescription(
        key="pause",
        translation_key="pause",
        objection_fn=commands.against_pause,
        press_fn=lambda coordinator, printer: coordinator.client.pause_print(
            printer.id
        ),
        is_done_fn=commands.is_paused,
    ),
    ObicoButtonDescription(
        key="resume",
        translation_key="resume",
        objection_fn=commands.against_resume,
        press_fn=lambda coordinator, printer: coordinator.client.resume_print(
            printer.id
        ),
        is_done_fn=commands.is_resumed,
    ),
    ObicoButtonDescription(
        key="cancel",
        translation_key="cancel",
        objection_fn=commands.against_cancel,
        press_fn=lambda coordinator, printer: coordinator.client.cancel_print(
            printer.id
        ),
        is_done_fn=commands.is_cancelled,
    ),
    ObicoButtonDescription(
        key="not_a_failure",
        translation_key="not_a_failure",
        objection_fn=commands.against_answer,
        press_fn=lambda coordinator, printer: coordinator.client.acknowledge_alert(
            printer.id, AlertVerdict.NOT_FAILED
        ),
        is_done_fn=lambda printer: not printer.has_open_alert,
        needs_agent=False,
    ),
    ObicoButtonDescription(
        key="confirm_failure",
        translation_key="confirm_failure",
        objection_fn=commands.against_answer,
        press_fn=lambda coordinator, printer: coordinator.client.acknowledge_alert(
            printer.id, AlertVerdict.FAILED
        ),
        is_done_fn=lambda printer: not printer.has_open_alert,
        needs_agent=False,
    ),
    ObicoButtonDescription(
        key="refresh_snapshot",
        translation_key="refresh_snapshot",
        entity_category=EntityCategory.DIAGNOSTIC,
        objection_fn=commands.against_agent,
        press_fn=_refresh_snapshot,
    ),
    ObicoButtonDescription(
        key="connect",
        translation_key="connect",
        objection_fn=commands.against_connecting,
        press_fn=_connect,
        is_done_fn=commands.is_connecting,
        exists_fn=lambda printer: printer.agent_name == AgentKind.OCTOPRINT,
    ),
    ObicoButtonDescription(
        key="emergency_stop",
        translation_key="emergency_stop",
        # Next to the others it would be pressed by mistake.
        entity_registry_enabled_default=False,
        objection_fn=commands.against_agent,
        press_fn=_emergency_stop,
        exists_fn=lambda printer: printer.agent_name == AgentKind.KLIPPER,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ObicoConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the buttons of all printers."""

    def entities_of(
        coordinator: ObicoCoordinator, printer: Printer
    ) -> Iterator[ObicoPrinterEntity]:
        for description in BUTTONS:
            if description.exists_fn(printer):
                yield ObicoButton(coordinator, printer, description)

    async_add_printer_entities(entry, async_add_entities, entities_of)


class ObicoButton(ObicoPrinterEntity, ButtonEntity):
    """A command to a printer."""

    entity_description: ObicoButtonDescription

    def __init__(
        self,
        coordinator: ObicoCoordinator,
        printer: Printer,
        description: ObicoButtonDescription,
    ) -> None:
        """Offer a command."""
        self._needs_agent = description.needs_agent
        super().__init__(coordinator, printer, description)
        self._pressing = asyncio.Lock()

    @override
    def _read(self) -> None:
        """Show nothing but whether it is available."""

    @override
    async def async_press(self) -> None:
        """Send the command if it can work, and wait until it did.

        Who presses twice is told the second time that it is done already.
        """
        async with self._pressing:
            await self._async_command()

    async def _async_command(self) -> None:
        description = self.entity_description
        commands.ensure(description.objection_fn(self.printer))
        with self._translated_errors():
            result = await description.press_fn(self.coordinator, self.printer)
        if result is not None:
            if result.printer is not None:
                self.coordinator.async_merge_printer(result.printer)
            if not result.succeeded:
                raise commands.no_effect()
        if (
            description.is_done_fn is not None
            and not await self.coordinator.async_wait_for(
                self.printer.id, description.is_done_fn
            )
        ):
            raise commands.no_effect()
