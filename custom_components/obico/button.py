"""Buttons of printers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final, override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.const import EntityCategory

from .aioobico import Printer
from .data import ObicoData
from .entity import ObicoPrinterEntity, async_setup_platform
from .printer import commands
from .printer.again import async_print_again
from .printer.commands import PrinterCommand
from .printer.status import is_klipper, is_octoprint

# Not limited: an emergency stop must not wait for the effect of another command.
PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class ObicoButtonDescription(ButtonEntityDescription):
    """A button that sends a command to a printer.

    With `needs_agent` it is unavailable while the agent is offline. With `works_by_push` it
    stays available while polls fail but the printer has a push connection.
    """

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
        exists_fn=is_octoprint,
        works_by_push=True,
    ),
    ObicoButtonDescription(
        key="emergency_stop",
        translation_key="emergency_stop",
        # On a dashboard next to other buttons it could be pressed by mistake.
        entity_registry_enabled_default=False,
        command=commands.EMERGENCY_STOP,
        exists_fn=is_klipper,
        works_by_push=True,
    ),
)


PRINT_AGAIN: Final = ButtonEntityDescription(
    key="print_again",
    translation_key="print_again",
    # A button cannot ask whether the bed is empty.
    entity_registry_enabled_default=False,
)


def _entities_of(account: ObicoData, printer: Printer) -> Iterator[ObicoPrinterEntity]:
    """Yield the button entities of a printer."""
    for description in BUTTONS:
        if description.exists_fn(printer):
            yield ObicoButton(account, printer, description)
    yield ObicoPrintAgain(account, printer, PRINT_AGAIN)


async_setup_entry = partial(
    async_setup_platform, entities_of=_entities_of, depends_on_agent=BUTTONS
)


class ObicoButton(ObicoPrinterEntity, ButtonEntity):
    """A button that sends a command to a printer."""

    entity_description: ObicoButtonDescription

    def __init__(
        self,
        account: ObicoData,
        printer: Printer,
        description: ObicoButtonDescription,
    ) -> None:
        """Initialize the button."""
        self._needs_agent = description.needs_agent
        self._works_by_push = description.works_by_push
        super().__init__(account, printer, description)

    @override
    def _read(self) -> None:
        """Read nothing, as only the availability of a button changes."""

    @override
    async def async_press(self) -> None:
        """Send the command if it can work now, and wait for its effect."""
        await self.account.commands.async_run(
            self.printer, self.entity_description.command
        )


class ObicoPrintAgain(ObicoPrinterEntity, ButtonEntity):
    """A button that prints the last file again, where it still is."""

    _needs_agent = True

    @override
    def _read(self) -> None:
        """Read nothing, as only the availability of a button changes."""

    @override
    async def async_press(self) -> None:
        """Start the print on an idle printer, and wait until it has begun."""
        last = self.coordinator.data.last_prints.get(self._printer.id)
        await async_print_again(
            self.account.commands, self.printer, last.id if last else None
        )
