"""Numbers of printers."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final, override

from homeassistant.components.number import (
    NumberEntity,
    NumberEntityDescription,
    NumberMode,
)
from homeassistant.components.number.const import NumberDeviceClass
from homeassistant.const import (
    PERCENTAGE,
    EntityCategory,
    UnitOfLength,
    UnitOfTemperature,
    UnitOfTime,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .aioobico import AgentKind, Printer, PrinterAgent, PrinterChanges, PrinterStatus
from .data import ObicoConfigEntry, ObicoData
from .entity import ObicoMachineEntity, ObicoPrinterEntity, async_add_printer_entities
from .printer import preconditions
from .printer.heaters import Heater
from .printer.parts import Part
from .printer.temperatures import MAX_TARGETS

# Nobody waits for another printer: see `in_turn`.
PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class ObicoNumberDescription(NumberEntityDescription):
    """A setting of a printer that the server keeps."""

    value_fn: Callable[[Printer], float | None]
    changes_fn: Callable[[float], PrinterChanges]


NUMBERS: Final = (
    ObicoNumberDescription(
        key="detective_sensitivity",
        translation_key="detective_sensitivity",
        entity_category=EntityCategory.CONFIG,
        native_min_value=0.8,
        native_max_value=1.2,
        native_step=0.05,
        mode=NumberMode.SLIDER,
        value_fn=lambda printer: printer.detective_sensitivity,
        changes_fn=lambda value: PrinterChanges(detective_sensitivity=round(value, 2)),
    ),
    ObicoNumberDescription(
        key="retract_on_pause",
        translation_key="retract_on_pause",
        entity_category=EntityCategory.CONFIG,
        device_class=NumberDeviceClass.DISTANCE,
        native_unit_of_measurement=UnitOfLength.MILLIMETERS,
        native_min_value=0,
        native_max_value=20,
        native_step=0.5,
        mode=NumberMode.BOX,
        value_fn=lambda printer: printer.retract_on_pause,
        changes_fn=lambda value: PrinterChanges(retract_on_pause=value),
    ),
    ObicoNumberDescription(
        key="lift_z_on_pause",
        translation_key="lift_z_on_pause",
        entity_category=EntityCategory.CONFIG,
        device_class=NumberDeviceClass.DISTANCE,
        native_unit_of_measurement=UnitOfLength.MILLIMETERS,
        native_min_value=0,
        native_max_value=50,
        native_step=0.5,
        mode=NumberMode.BOX,
        value_fn=lambda printer: printer.lift_z_on_pause,
        changes_fn=lambda value: PrinterChanges(lift_z_on_pause=value),
    ),
    ObicoNumberDescription(
        key="min_timelapse_secs_on_finish",
        translation_key="min_timelapse_secs_on_finish",
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        # -1 is never.
        native_min_value=-1,
        native_max_value=86400,
        native_step=1,
        mode=NumberMode.BOX,
        value_fn=lambda printer: printer.min_timelapse_secs_on_finish,
        changes_fn=lambda value: PrinterChanges(
            min_timelapse_secs_on_finish=int(value)
        ),
    ),
    ObicoNumberDescription(
        key="min_timelapse_secs_on_cancel",
        translation_key="min_timelapse_secs_on_cancel",
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        # -1 is never.
        native_min_value=-1,
        native_max_value=86400,
        native_step=1,
        mode=NumberMode.BOX,
        value_fn=lambda printer: printer.min_timelapse_secs_on_cancel,
        changes_fn=lambda value: PrinterChanges(
            min_timelapse_secs_on_cancel=int(value)
        ),
    ),
)


@dataclass(frozen=True, kw_only=True)
class ObicoRateDescription(NumberEntityDescription):
    """A rate of the machine, a fraction in its status; only Klipper's agent reports it."""

    value_fn: Callable[[PrinterStatus], float | None]
    change_fn: Callable[[PrinterStatus, float], PrinterStatus]
    set_fn: Callable[[PrinterAgent, AgentKind, int], Awaitable[None]]


RATES: Final = (
    ObicoRateDescription(
        key="feed_rate",
        translation_key="feed_rate",
        entity_registry_enabled_default=False,
        native_unit_of_measurement=PERCENTAGE,
        native_min_value=10,
        native_max_value=200,
        native_step=1,
        mode=NumberMode.BOX,
        value_fn=lambda status: status.feed_rate,
        change_fn=lambda status, rate: replace(status, feed_rate=rate),
        set_fn=lambda agent, kind, percent: agent.set_feed_rate(kind, percent),
    ),
    ObicoRateDescription(
        key="flow_rate",
        translation_key="flow_rate",
        entity_registry_enabled_default=False,
        native_unit_of_measurement=PERCENTAGE,
        native_min_value=75,
        native_max_value=125,
        native_step=1,
        mode=NumberMode.BOX,
        value_fn=lambda status: status.flow_rate,
        change_fn=lambda status, rate: replace(status, flow_rate=rate),
        set_fn=lambda agent, kind, percent: agent.set_flow_rate(kind, percent),
    ),
)

TARGET: Final = NumberEntityDescription(
    key="target",
    device_class=NumberDeviceClass.TEMPERATURE,
    native_unit_of_measurement=UnitOfTemperature.CELSIUS,
    native_min_value=0,
    native_step=1,
    mode=NumberMode.BOX,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ObicoConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the numbers of all printers."""

    def entities_of(
        account: ObicoData, printer: Printer
    ) -> Iterator[ObicoPrinterEntity]:
        for description in NUMBERS:
            yield ObicoNumber(account, printer, description)
        for rate in RATES:
            yield ObicoRate(account, printer, rate)
        for heater in account.heaters.of(printer.id):
            if heater.has_target:
                yield ObicoTarget(account, printer, heater)

    async_add_printer_entities(entry, async_add_entities, entities_of)


class ObicoNumber(ObicoPrinterEntity, NumberEntity):
    """A setting that is a number."""

    entity_description: ObicoNumberDescription

    @override
    def _read(self) -> float | None:
        value = self.entity_description.value_fn(self.printer)
        self._attr_native_value = value
        return value

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Change the setting."""
        preconditions.ensure(preconditions.check_value(value))
        await self._async_update_printer(self.entity_description.changes_fn(value))


class ObicoRate(ObicoMachineEntity, NumberEntity):
    """A rate of the machine; where it is not reported, what was last set here."""

    entity_description: ObicoRateDescription
    _part = Part.RATES

    @override
    def _read(self) -> float | None:
        if preconditions.check_machine(self.printer):
            # Who knows what it will be set to.
            self._attr_native_value = None
        elif (status := self.printer.status) is not None and (
            rate := self.entity_description.value_fn(status)
        ) is not None:
            self._attr_native_value = round(rate * 100)
        return self._attr_native_value

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Change the rate."""
        preconditions.ensure(preconditions.check_value(value))
        preconditions.ensure(preconditions.check_machine(self.printer))
        percent = round(value)
        with self._translated_errors():
            await self.entity_description.set_fn(
                self.account.connections.agent_of(self.printer.id),
                preconditions.agent_kind(self.printer),
                percent,
            )
        self.account.commands.show_until_report(
            self.printer,
            lambda status: self.entity_description.change_fn(status, percent / 100),
        )


class ObicoTarget(ObicoMachineEntity, NumberEntity):
    """The target of one heater; 0 is off."""

    def __init__(self, account: ObicoData, printer: Printer, heater: Heater) -> None:
        """Set a printer's heater."""
        super().__init__(account, printer, TARGET)
        self._heater = heater.name
        self._attr_unique_id = (
            f"{account.account_id}_{printer.id}_{heater.key}_{TARGET.key}"
        )
        self._attr_translation_key = f"{heater.kind}_{TARGET.key}"
        self._attr_translation_placeholders = heater.placeholders
        self._attr_native_max_value = MAX_TARGETS[heater.kind]
        self._attr_extra_state_attributes = {"heater": heater.label}

    @override
    def _read(self) -> float | None:
        status = self.printer.status
        temperature = status.temperatures.get(self._heater) if status else None
        target = temperature.target if temperature else None
        self._attr_native_value = target
        return target

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Change the target."""
        preconditions.ensure(preconditions.check_value(value))
        await self.account.commands.async_set_targets(
            self.printer, {self._heater: value}
        )
