"""Binary sensors of printers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, override

from homeassistant.components.binary_sensor import (
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .aioobico import AgentKind, Printer
from .data import ObicoConfigEntry, ObicoData
from .entity import ObicoAccountEntity, ObicoPrinterEntity, async_add_printer_entities
from .printer.state_text import name_text
from .printer.status import AT_WORK, has_problem, printer_status

# All data come with the coordinator.
PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class ObicoBinarySensorDescription(BinarySensorEntityDescription):
    """A binary sensor of a printer; one that `needs_agent` is unavailable while it is offline.

    One that `names_print` tells which print it is on for.
    """

    is_on_fn: Callable[[Printer], bool | None]
    exists_fn: Callable[[Printer], bool] = lambda _: True
    needs_agent: bool = False
    names_print: bool = False


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
        names_print=True,
    ),
    ObicoBinarySensorDescription(
        key="watching",
        translation_key="watching",
        is_on_fn=lambda printer: printer.is_watching,
    ),
    ObicoBinarySensorDescription(
        key="problem",
        translation_key="problem",
        device_class=BinarySensorDeviceClass.PROBLEM,
        is_on_fn=has_problem,
        needs_agent=True,
    ),
    ObicoBinarySensorDescription(
        key="sd_ready",
        translation_key="sd_ready",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        is_on_fn=lambda printer: (
            printer.status.flags.sd_ready if printer.status else None
        ),
        exists_fn=lambda printer: printer.agent_name == AgentKind.OCTOPRINT,
        needs_agent=True,
    ),
)

ATTENTION: Final = BinarySensorEntityDescription(
    key="attention", translation_key="attention"
)

PRO: Final = BinarySensorEntityDescription(
    key="pro", translation_key="pro", entity_category=EntityCategory.DIAGNOSTIC
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ObicoConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the binary sensors of the account and of all printers."""
    async_add_entities([ObicoPro(entry.runtime_data, PRO)])

    def entities_of(
        account: ObicoData, printer: Printer
    ) -> Iterator[ObicoPrinterEntity]:
        for description in BINARY_SENSORS:
            if description.exists_fn(printer):
                yield ObicoBinarySensor(account, printer, description)
        yield ObicoAttention(account, printer, ATTENTION)

    async_add_printer_entities(entry, async_add_entities, entities_of)


class ObicoBinarySensor(ObicoPrinterEntity, BinarySensorEntity):
    """A binary sensor that shows one fact of a printer."""

    entity_description: ObicoBinarySensorDescription

    def __init__(
        self,
        account: ObicoData,
        printer: Printer,
        description: ObicoBinarySensorDescription,
    ) -> None:
        """Show a fact of a printer."""
        self._needs_agent = description.needs_agent
        super().__init__(account, printer, description)

    @override
    def _read(self) -> object:
        is_on = self.entity_description.is_on_fn(self.printer)
        self._attr_is_on = is_on
        if not self.entity_description.names_print:
            return is_on
        job = self.printer.current_print if is_on else None
        told = {
            "print_id": job.id if job else None,
            "file": name_text(job.filename) if job else None,
        }
        self._attr_extra_state_attributes = told
        return is_on, told


class ObicoAttention(ObicoPrinterEntity, BinarySensorEntity):
    """Whether a printer waits for its user, who has to change filament for example."""

    @override
    def _read(self) -> bool:
        is_on = self.account.attention.is_needed(self.printer)
        self._attr_is_on = is_on
        return is_on


class ObicoPro(ObicoAccountEntity, BinarySensorEntity):
    """Whether the account has a paid plan."""

    @override
    def _read(self) -> bool | None:
        is_on = self.coordinator.data.user.is_pro
        self._attr_is_on = is_on
        return is_on
