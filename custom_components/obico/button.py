"""Buttons of printers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final, override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.components.button.const import ButtonDeviceClass
from homeassistant.const import EntityCategory

from .aioobico import Printer
from .data import ObicoData
from .entity import (
    DependsOnEquipment,
    ObicoMachineEntity,
    ObicoPrinterEntity,
    async_setup_platform,
)
from .printer import commands
from .printer.again import async_print_again
from .printer.commands import PrinterCommand
from .printer.status import is_klipper, is_octoprint
from .printer.workshop import commands as workshop_commands
from .printer.workshop.equipment import label_of
from .printer.workshop.macros import WITHIN_SECONDS

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
    is_for_administrators: bool = False


@dataclass(frozen=True, kw_only=True)
class ObicoWorkshopButtonDescription(ObicoButtonDescription):
    """A button that few users need, or that does harm where it is pressed by mistake.

    It has a category, so that neither an area nor voice assistants reach it.
    """

    entity_category: EntityCategory | None = EntityCategory.CONFIG
    entity_registry_enabled_default: bool = False
    works_by_push: bool = True


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
        # For automations. It was read as an order to stop the print, which goes on.
        entity_registry_enabled_default=False,
        command=commands.CONFIRM_FAILURE,
        needs_agent=False,
    ),
    ObicoButtonDescription(
        key="refresh_snapshot",
        translation_key="refresh_snapshot",
        entity_category=EntityCategory.DIAGNOSTIC,
        # The camera does so by itself for whoever looks at it.
        entity_registry_enabled_default=False,
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
    ObicoWorkshopButtonDescription(
        key="disable_steppers",
        translation_key="disable_steppers",
        command=workshop_commands.DISABLE_STEPPERS,
    ),
    ObicoWorkshopButtonDescription(
        key="z_offset_up",
        translation_key="z_offset_up",
        command=workshop_commands.Z_OFFSET_UP,
        exists_fn=is_octoprint,
    ),
    ObicoWorkshopButtonDescription(
        key="z_offset_down",
        translation_key="z_offset_down",
        command=workshop_commands.Z_OFFSET_DOWN,
        exists_fn=is_octoprint,
    ),
    # After an emergency stop Klipper reports no status, as if its agent were offline.
    ObicoWorkshopButtonDescription(
        key="restart_klipper",
        translation_key="restart_klipper",
        device_class=ButtonDeviceClass.RESTART,
        command=workshop_commands.RESTART_KLIPPER,
        exists_fn=is_klipper,
        needs_agent=False,
        is_for_administrators=True,
    ),
    ObicoWorkshopButtonDescription(
        key="restart_firmware",
        translation_key="restart_firmware",
        device_class=ButtonDeviceClass.RESTART,
        command=workshop_commands.RESTART_FIRMWARE,
        exists_fn=is_klipper,
        needs_agent=False,
        is_for_administrators=True,
    ),
    ObicoWorkshopButtonDescription(
        key="restart_host",
        translation_key="restart_host",
        device_class=ButtonDeviceClass.RESTART,
        command=workshop_commands.RESTART_HOST,
        exists_fn=is_klipper,
        is_for_administrators=True,
    ),
    ObicoWorkshopButtonDescription(
        key="shutdown_host",
        translation_key="shutdown_host",
        command=workshop_commands.SHUTDOWN_HOST,
        exists_fn=is_klipper,
        is_for_administrators=True,
    ),
)

MACRO: Final = ButtonEntityDescription(
    key="macro_{macro}",
    translation_key="macro",
    entity_registry_enabled_default=False,
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
    equipment = account.workshop.equipment_of(printer.id)
    if equipment is not None and is_klipper(printer):
        for key, macro in equipment.macro_keys.items():
            yield ObicoMacro(account, printer, key, macro)


async_setup_entry = partial(
    async_setup_platform,
    entities_of=_entities_of,
    depends_on_agent=BUTTONS,
    depends_on_equipment=[
        DependsOnEquipment(
            prefix="macro_", keys_fn=lambda equipment: equipment.macro_keys
        )
    ],
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
        if self.entity_description.is_for_administrators:
            await self._async_ensure_administrator()
        await self.account.commands.async_run(
            self.printer, self.entity_description.command
        )


class ObicoMacro(ObicoMachineEntity, ButtonEntity):
    """A macro of a Klipper printer."""

    def __init__(
        self, account: ObicoData, printer: Printer, key: str, macro: str
    ) -> None:
        """Initialize the button of a macro."""
        super().__init__(account, printer, MACRO)
        self._macro = macro
        self._attr_unique_id = f"{account.account_id}_{printer.id}_{key}"
        self._attr_translation_placeholders = {"macro": label_of(macro)}

    @override
    def _read(self) -> None:
        """Read nothing, as only the availability of a button changes."""

    @override
    async def async_press(self) -> None:
        """Run the macro without parameters; one that takes long goes on after this."""
        await self._async_ensure_administrator()
        await self.account.workshop_commands.async_run_macro(
            self.printer, self._macro, {}, within=WITHIN_SECONDS
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
