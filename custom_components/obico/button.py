"""Buttons of printers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .aioobico import AgentKind, Printer
from .data import ObicoConfigEntry, ObicoData
from .entity import ObicoPrinterEntity, async_add_printer_entities
from .printer import commands
from .printer.commands import PrinterCommand

# Nobody waits for the effect of another's command, least of all an emergency stop.
PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class ObicoButtonDescription(ButtonEntityDescription):
    """A command, and which printers have a button for it."""

    command: PrinterCommand
    exists_fn: Callable[[Printer], bool] = lambda _: True
    needs_agent: bool = True
    works_by_push: bool = False


BUTTONS: Final = (
    ObicoButtonDescription(
        key="pause", translation_key="pause", command=commands.PAUSE
    ),
    ObicoButtonDescription(
        key="resume", translation_key="resume", command=commands.RESUME
    ),
    ObicoButtonDescription(
        key="cancel", translation_key="cancel", command=commands.CANCEL
    ),
    ObicoButtonDescription(
        key="not_a_failure",
        translation_key="not_a_failure",
        command=commands.NOT_A_FAILURE,
        needs_agent=False,
    ),
    ObicoButtonDescription(
        key="confirm_failure",
        translation_key="confirm_failure",
        command=commands.CONFIRM_FAILURE,
        needs_agent=False,
    ),
    ObicoButtonDescription(
        key="refresh_snapshot",
        translation_key="refresh_snapshot",
        entity_category=EntityCategory.DIAGNOSTIC,
        command=commands.REFRESH_SNAPSHOT,
    ),
    ObicoButtonDescription(
        key="connect",
        translation_key="connect",
        command=commands.CONNECT,
        exists_fn=lambda printer: printer.agent_name == AgentKind.OCTOPRINT,
        works_by_push=True,
    ),
    ObicoButtonDescription(
        key="emergency_stop",
        translation_key="emergency_stop",
        # Next to the others it would be pressed by mistake.
        entity_registry_enabled_default=False,
        command=commands.EMERGENCY_STOP,
        exists_fn=lambda printer: printer.agent_name == AgentKind.KLIPPER,
        works_by_push=True,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ObicoConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the buttons of all printers."""

    def entities_of(
        account: ObicoData, printer: Printer
    ) -> Iterator[ObicoPrinterEntity]:
        for description in BUTTONS:
            if description.exists_fn(printer):
                yield ObicoButton(account, printer, description)

    async_add_printer_entities(entry, async_add_entities, entities_of)


class ObicoButton(ObicoPrinterEntity, ButtonEntity):
    """A command to a printer."""

    entity_description: ObicoButtonDescription

    def __init__(
        self,
        account: ObicoData,
        printer: Printer,
        description: ObicoButtonDescription,
    ) -> None:
        """Offer a command."""
        self._needs_agent = description.needs_agent
        self._works_by_push = description.works_by_push
        super().__init__(account, printer, description)

    @override
    def _read(self) -> None:
        """Show nothing but whether it is available."""

    @override
    async def async_press(self) -> None:
        """Send the command if it can work, and wait until it did."""
        await self.account.commands.async_run(
            self.printer, self.entity_description.command
        )
