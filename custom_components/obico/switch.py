"""Switches of printers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .aioobico import Printer, PrinterChanges
from .coordinator import ObicoConfigEntry, ObicoCoordinator
from .entity import ObicoPrinterEntity, async_add_printer_entities

# One command after the other: the server answers each with the whole printer.
PARALLEL_UPDATES = 1


@dataclass(frozen=True, kw_only=True)
class ObicoSwitchDescription(SwitchEntityDescription):
    """A setting of a printer that the server keeps."""

    is_on_fn: Callable[[Printer], bool | None]
    changes_fn: Callable[[bool], PrinterChanges]


SWITCHES: Final = (
    ObicoSwitchDescription(
        key="watching_enabled",
        translation_key="watching_enabled",
        # Without a category it would be exposed to voice assistants, and "turn off
        # all switches" would end the watching.
        entity_category=EntityCategory.CONFIG,
        is_on_fn=lambda printer: printer.watching_enabled,
        changes_fn=lambda is_on: PrinterChanges(watching_enabled=is_on),
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ObicoConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the switches of all printers."""

    def entities_of(
        coordinator: ObicoCoordinator, printer: Printer
    ) -> Iterator[ObicoPrinterEntity]:
        for description in SWITCHES:
            yield ObicoSwitch(coordinator, printer, description)

    async_add_printer_entities(entry, async_add_entities, entities_of)


class ObicoSwitch(ObicoPrinterEntity, SwitchEntity):
    """A setting that is on or off."""

    entity_description: ObicoSwitchDescription

    @override
    def _read(self) -> bool | None:
        is_on = self.entity_description.is_on_fn(self.printer)
        self._attr_is_on = is_on
        return is_on

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Turn the setting on."""
        await self._async_update_printer(self.entity_description.changes_fn(True))

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Turn the setting off."""
        await self._async_update_printer(self.entity_description.changes_fn(False))
