"""Sensors of printers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import (
    PERCENTAGE,
    EntityCategory,
    UnitOfTemperature,
    UnitOfTime,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.typing import StateType
from homeassistant.util import dt as dt_util

from .aioobico import Printer, PrinterStatus, Temperature
from .coordinator import ObicoConfigEntry, ObicoCoordinator
from .entity import ObicoPrinterEntity, async_add_printer_entities
from .heaters import Heater
from .status import Status, WatchState, printer_status, watch_state

# All data come with the coordinator.
PARALLEL_UPDATES = 0

# Estimates move with every report; what moves less than this is no news.
_FINISH_TIME_TOLERANCE: Final = timedelta(minutes=2)
# Hundredths are noise, and each would be a state to write and to record.
_DECIMALS: Final = 1


@dataclass(frozen=True, kw_only=True)
class ObicoSensorDescription(SensorEntityDescription):
    """A sensor of a printer; one that `needs_agent` is unavailable while it is offline."""

    value_fn: Callable[[Printer], StateType | datetime]
    needs_agent: bool = False


def _of_job(
    value_fn: Callable[[PrinterStatus], StateType],
) -> Callable[[Printer], StateType]:
    """Return a function that gives a value of the status only while there is a job.

    Agents go on reporting the last file and its numbers after a print.
    """

    def value(printer: Printer) -> StateType:
        if printer.status is None or printer.current_print is None:
            return None
        return value_fn(printer.status)

    return value


def _progress(status: PrinterStatus) -> float | None:
    if status.progress is None or (completion := status.progress.completion) is None:
        return None
    return round(min(max(completion, 0.0), 100.0), _DECIMALS)


def _time_remaining(status: PrinterStatus) -> int | None:
    if status.progress is None or (left := status.progress.print_time_left) is None:
        return None
    return max(round(left), 0)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DECIMALS)


def _not_negative(value: int | None) -> int | None:
    return None if value is None or value < 0 else value


SENSORS: Final = (
    ObicoSensorDescription(
        key="status",
        translation_key="status",
        device_class=SensorDeviceClass.ENUM,
        options=[status.value for status in Status],
        value_fn=printer_status,
    ),
    ObicoSensorDescription(
        key="file",
        translation_key="file",
        value_fn=lambda printer: (
            printer.current_print.filename if printer.current_print else None
        ),
    ),
    ObicoSensorDescription(
        key="progress",
        translation_key="progress",
        native_unit_of_measurement=PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        value_fn=_of_job(_progress),
        needs_agent=True,
    ),
    ObicoSensorDescription(
        key="time_remaining",
        translation_key="time_remaining",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        suggested_display_precision=0,
        value_fn=_of_job(_time_remaining),
        needs_agent=True,
    ),
    ObicoSensorDescription(
        key="start_time",
        translation_key="start_time",
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=lambda printer: (
            printer.current_print.started_at if printer.current_print else None
        ),
    ),
    ObicoSensorDescription(
        key="current_layer",
        translation_key="current_layer",
        value_fn=_of_job(lambda status: _not_negative(status.current_layer)),
        needs_agent=True,
    ),
    ObicoSensorDescription(
        key="total_layers",
        translation_key="total_layers",
        value_fn=_of_job(lambda status: _not_negative(status.total_layers)),
        needs_agent=True,
    ),
    ObicoSensorDescription(
        key="failure_score",
        translation_key="failure_score",
        native_unit_of_measurement=PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        value_fn=lambda printer: (
            None
            if printer.normalized_p is None
            else round(printer.normalized_p * 100, _DECIMALS)
        ),
    ),
    ObicoSensorDescription(
        key="not_watching_reason",
        translation_key="not_watching_reason",
        device_class=SensorDeviceClass.ENUM,
        options=[state.value for state in WatchState],
        value_fn=watch_state,
    ),
)

FINISH_TIME: Final = SensorEntityDescription(
    key="finish_time",
    translation_key="finish_time",
    device_class=SensorDeviceClass.TIMESTAMP,
)


@dataclass(frozen=True, kw_only=True)
class ObicoHeaterSensorDescription(SensorEntityDescription):
    """A reading of a heater; key and names are completed by the heater's own."""

    value_fn: Callable[[Temperature], float | None]
    exists_fn: Callable[[Heater], bool]


HEATER_SENSORS: Final = (
    ObicoHeaterSensorDescription(
        key="temperature",
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda temperature: _rounded(temperature.actual),
        exists_fn=lambda heater: heater.has_actual,
    ),
    ObicoHeaterSensorDescription(
        key="target",
        value_fn=lambda temperature: temperature.target,
        exists_fn=lambda heater: heater.has_target,
    ),
    ObicoHeaterSensorDescription(
        key="offset",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda temperature: temperature.offset,
        exists_fn=lambda heater: heater.has_target,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ObicoConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the sensors of all printers."""

    def entities_of(
        coordinator: ObicoCoordinator, printer: Printer
    ) -> Iterator[ObicoPrinterEntity]:
        for description in SENSORS:
            yield ObicoSensor(coordinator, printer, description)
        yield ObicoFinishTime(coordinator, printer, FINISH_TIME)
        for heater in coordinator.storage.heaters.of(printer.id):
            for heater_description in HEATER_SENSORS:
                if heater_description.exists_fn(heater):
                    yield ObicoHeaterSensor(
                        coordinator, printer, heater, heater_description
                    )

    async_add_printer_entities(entry, async_add_entities, entities_of)


class ObicoSensor(ObicoPrinterEntity, SensorEntity):
    """A sensor that shows one value of a printer."""

    entity_description: ObicoSensorDescription

    @property
    @override
    def _is_readable(self) -> bool:
        return (
            self.printer.status is not None or not self.entity_description.needs_agent
        )

    @override
    def _read(self) -> StateType | datetime:
        value = self.entity_description.value_fn(self.printer)
        self._attr_native_value = value
        return value


class ObicoFinishTime(ObicoPrinterEntity, SensorEntity):
    """When the print will be done, and afterwards when it was."""

    _job: int | None = None
    _time: datetime | None = None

    @property
    @override
    def _is_readable(self) -> bool:
        return self.printer.status is not None or self.printer.current_print is None

    @override
    def _read(self) -> datetime | None:
        job = self.printer.current_print
        if job is None:
            last = self.coordinator.data.last_prints.get(self.printer.id)
            time = last.ended_at if last else self._time
        else:
            time = self._estimate()
            if (
                time is not None
                and self._time is not None
                and job.id == self._job
                and abs(time - self._time) <= _FINISH_TIME_TOLERANCE
            ):
                time = self._time
        self._job = job.id if job else None
        self._time = self._attr_native_value = time
        return time

    def _estimate(self) -> datetime | None:
        """Return now plus the time left; the agent's own clock may be wrong."""
        if self.printer.status is None:
            return None
        if (left := _time_remaining(self.printer.status)) is None:
            return None
        return dt_util.utcnow().replace(microsecond=0) + timedelta(seconds=left)


class ObicoHeaterSensor(ObicoPrinterEntity, SensorEntity):
    """A reading of one heater."""

    entity_description: ObicoHeaterSensorDescription
    _attr_device_class = SensorDeviceClass.TEMPERATURE
    _attr_native_unit_of_measurement = UnitOfTemperature.CELSIUS
    _attr_suggested_display_precision = 1

    def __init__(
        self,
        coordinator: ObicoCoordinator,
        printer: Printer,
        heater: Heater,
        description: ObicoHeaterSensorDescription,
    ) -> None:
        """Show a reading of a printer's heater."""
        super().__init__(coordinator, printer, description)
        self._heater = heater.name
        self._attr_unique_id = (
            f"{coordinator.account_id}_{printer.id}_{heater.key}_{description.key}"
        )
        self._attr_translation_key = f"{heater.kind}_{description.key}"
        self._attr_translation_placeholders = heater.placeholders
        self._attr_extra_state_attributes = {"heater": heater.name}

    @property
    @override
    def _is_readable(self) -> bool:
        return self.printer.status is not None

    @override
    def _read(self) -> float | None:
        value = None
        if (
            self.printer.status is not None
            and (temperature := self.printer.status.temperatures.get(self._heater))
            is not None
        ):
            value = self.entity_description.value_fn(temperature)
        self._attr_native_value = value
        return value
