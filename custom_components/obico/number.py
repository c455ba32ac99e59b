"""Numbers of printers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
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

from .aioobico import Printer, PrinterChanges
from .data import ObicoData
from .entity import (
    ObicoMachineEntity,
    ObicoPrinterEntity,
    ObicoWorkshopEntity,
    async_setup_platform,
)
from .printer import preconditions
from .printer.heaters import Heater
from .printer.parts import Part
from .printer.rates import FEED_RATE, FLOW_RATE, Rate
from .printer.status import agent_kind, is_klipper
from .printer.temperatures import MAX_TARGETS
from .printer.workshop.offset import MAX_OFFSET
from .printer.workshop.readings import Kind

# Not limited, so that no printer waits for another one. `CommandRunner` orders the requests
# to each printer.
PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class ObicoNumberDescription(NumberEntityDescription):
    """A setting of a printer that the server keeps."""

    entity_category: EntityCategory | None = EntityCategory.CONFIG
    # Who changes these does so once, for example in Obico itself.
    entity_registry_enabled_default: bool = False
    mode: NumberMode | None = NumberMode.BOX
    value_fn: Callable[[Printer], float | None]
    changes_fn: Callable[[float], PrinterChanges]


@dataclass(frozen=True, kw_only=True)
class ObicoDistanceDescription(ObicoNumberDescription):
    """A distance that the nozzle or the filament is moved by when a print is paused."""

    device_class: NumberDeviceClass | None = NumberDeviceClass.DISTANCE
    native_unit_of_measurement: str | None = UnitOfLength.MILLIMETERS
    native_min_value: float | None = 0
    native_step: float | None = 0.5


@dataclass(frozen=True, kw_only=True)
class ObicoTimelapseDescription(ObicoNumberDescription):
    """The duration from which on a print gets a timelapse; -1 stands for never."""

    native_unit_of_measurement: str | None = UnitOfTime.SECONDS
    native_min_value: float | None = -1
    native_max_value: float | None = 86400
    native_step: float | None = 1


NUMBERS: Final = (
    ObicoNumberDescription(
        key="detective_sensitivity",
        translation_key="detective_sensitivity",
        native_min_value=0.8,
        native_max_value=1.2,
        native_step=0.05,
        mode=NumberMode.SLIDER,
        value_fn=lambda printer: printer.detective_sensitivity,
        changes_fn=lambda value: PrinterChanges(detective_sensitivity=round(value, 2)),
    ),
    ObicoDistanceDescription(
        key="retract_on_pause",
        translation_key="retract_on_pause",
        native_max_value=20,
        value_fn=lambda printer: printer.retract_on_pause,
        changes_fn=lambda value: PrinterChanges(retract_on_pause=value),
    ),
    ObicoDistanceDescription(
        key="lift_z_on_pause",
        translation_key="lift_z_on_pause",
        native_max_value=50,
        value_fn=lambda printer: printer.lift_z_on_pause,
        changes_fn=lambda value: PrinterChanges(lift_z_on_pause=value),
    ),
    ObicoTimelapseDescription(
        key="min_timelapse_secs_on_finish",
        translation_key="min_timelapse_secs_on_finish",
        value_fn=lambda printer: printer.min_timelapse_secs_on_finish,
        changes_fn=lambda value: PrinterChanges(
            min_timelapse_secs_on_finish=int(value)
        ),
    ),
    ObicoTimelapseDescription(
        key="min_timelapse_secs_on_cancel",
        translation_key="min_timelapse_secs_on_cancel",
        value_fn=lambda printer: printer.min_timelapse_secs_on_cancel,
        changes_fn=lambda value: PrinterChanges(
            min_timelapse_secs_on_cancel=int(value)
        ),
    ),
)


@dataclass(frozen=True, kw_only=True)
class ObicoRateDescription(NumberEntityDescription):
    """A rate of the machine, a fraction in its status; only Klipper's agent reports it."""

    entity_registry_enabled_default: bool = False
    native_unit_of_measurement: str | None = PERCENTAGE
    native_step: float | None = 1
    mode: NumberMode | None = NumberMode.BOX
    rate: Rate


# The speed of the part fan has an entity of its own.
RATES: Final = tuple(
    ObicoRateDescription(
        key=rate.key,
        translation_key=rate.key,
        native_min_value=rate.lowest,
        native_max_value=rate.highest,
        rate=rate,
    )
    for rate in (FEED_RATE, FLOW_RATE)
)


@dataclass(frozen=True, kw_only=True)
class ObicoOffsetDescription(NumberEntityDescription):
    """The Z offset, which only Klipper tells."""

    exists_fn: Callable[[Printer], bool] = is_klipper


Z_OFFSET: Final = ObicoOffsetDescription(
    key="z_offset",
    translation_key="z_offset",
    device_class=NumberDeviceClass.DISTANCE,
    native_unit_of_measurement=UnitOfLength.MILLIMETERS,
    native_min_value=-MAX_OFFSET,
    native_max_value=MAX_OFFSET,
    native_step=0.01,
    mode=NumberMode.BOX,
    entity_category=EntityCategory.CONFIG,
    entity_registry_enabled_default=False,
)

TARGET: Final = NumberEntityDescription(
    key="target",
    device_class=NumberDeviceClass.TEMPERATURE,
    native_unit_of_measurement=UnitOfTemperature.CELSIUS,
    native_min_value=0,
    native_step=1,
    mode=NumberMode.BOX,
)


def _entities_of(account: ObicoData, printer: Printer) -> Iterator[ObicoPrinterEntity]:
    """Yield the number entities of a printer."""
    for description in NUMBERS:
        yield ObicoNumber(account, printer, description)
    for rate in RATES:
        yield ObicoRate(account, printer, rate)
    for heater in account.heaters.of(printer.id):
        if heater.has_target:
            yield ObicoTarget(account, printer, heater)
    if is_klipper(printer):
        yield ObicoOffset(account, printer, Z_OFFSET)


async_setup_entry = partial(
    async_setup_platform, entities_of=_entities_of, depends_on_agent=[Z_OFFSET]
)


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
    """A rate of the machine.

    Agents that do not report it get the value that was last set here.
    """

    entity_description: ObicoRateDescription
    _part = Part.RATES

    @override
    def _read(self) -> float | None:
        if preconditions.check_machine(self.printer):
            # Rates are unknown after the printer has been disconnected.
            self._attr_native_value = None
        elif (
            percent := self.entity_description.rate.percent_of(self.printer.status)
        ) is not None:
            self._attr_native_value = percent
        return self._attr_native_value

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Change the rate."""
        preconditions.ensure(preconditions.check_value(value))
        preconditions.ensure(preconditions.check_machine(self.printer))
        percent = round(value)
        rate = self.entity_description.rate
        with self._translated_errors():
            await rate.set_fn(
                self.account.connections.agent_of(self.printer.id),
                agent_kind(self.printer),
                percent,
            )
        self.account.commands.show_until_report(self.printer, rate.change_to(percent))


class ObicoOffset(ObicoWorkshopEntity, NumberEntity):
    """By how much the nozzle is raised; a negative offset lowers it."""

    _kinds = (Kind.KLIPPER,)

    @override
    def _read(self) -> float | None:
        klipper = self.readings.klipper
        offset = klipper.z_offset if klipper else None
        self._attr_native_value = None if offset is None else round(offset, 3)
        return self._attr_native_value

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Change the offset; during a print by a little only."""
        preconditions.ensure(preconditions.check_value(value))
        await self.account.workshop_commands.async_set_offset(
            self.printer, lambda _: value
        )


class ObicoTarget(ObicoMachineEntity, NumberEntity):
    """The target of one heater; 0 is off."""

    def __init__(self, account: ObicoData, printer: Printer, heater: Heater) -> None:
        """Initialize the number of a heater."""
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
