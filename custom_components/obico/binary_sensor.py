"""Binary sensors of printers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, override

from homeassistant.components.binary_sensor import (
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .aioobico import Printer
from .coordinator import ObicoConfigEntry, ObicoCoordinator
from .entity import ObicoPrinterEntity, async_add_printer_entities
from .status import AT_WORK, printer_status

# All data come with the coordinator.
PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class ObicoBinarySensorDescription(BinarySensorEntityDescription):
    """A binary sensor of a printer; one that `needs_agent` is unavailable while it is offline."""

    is_on_fn: Callable[[Printer], bool]
    needs_agent: bool = False


BINARY_SENSORS: Final = (
    ObicoBinarySensorDescription(
        key="online",
        translation_key="online",
        device_class=BinarySensorDeviceClass.CONNECTIVITY,
        is_on_fn=lambda printer: printer.status is not None,
    ),
    ObicoBinarySensorDescription(
        key="printing",
        translation_key="printing",
        device_class=BinarySensorDeviceClass.RUNNING,
        is_on_fn=lambda printer: printer_status(printer) in AT_WORK,
        needs_agent=True,
    ),
    ObicoBinarySensorDescription(
        key="failure_detected",
        translation_key="failure_detected",
        device_class=BinarySensorDeviceClass.PROBLEM,
        is_on_fn=lambda printer: printer.has_open_alert,
    ),
    ObicoBinarySensorDescription(
        key="watching",
        translation_key="watching",
        is_on_fn=lambda printer: printer.is_watching,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ObicoConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the binary sensors of all printers."""

    def entities_of(
        coordinator: ObicoCoordinator, printer: Printer
    ) -> Iterator[ObicoPrinterEntity]:
        for description in BINARY_SENSORS:
            yield ObicoBinarySensor(coordinator, printer, description)

    async_add_printer_entities(entry, async_add_entities, entities_of)


class ObicoBinarySensor(ObicoPrinterEntity, BinarySensorEntity):
    """A binary sensor that shows one fact of a printer."""

    entity_description: ObicoBinarySensorDescription

    @property
    @override
    def _is_readable(self) -> bool:
        return (
            self.printer.status is not None or not self.entity_description.needs_agent
        )

    @override
    def _read(self) -> bool:
        is_on = self.entity_description.is_on_fn(self.printer)
        self._attr_is_on = is_on
        return is_on
