"""Sensors of printers and of the account."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from math import ceil, floor
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
    UnitOfInformation,
    UnitOfLength,
    UnitOfMass,
    UnitOfTemperature,
    UnitOfTime,
)
from homeassistant.core import callback
from homeassistant.helpers.typing import StateType
from homeassistant.util import dt as dt_util

from .account.detection_hours import DetectionHours
from .aioobico import GCodeFile, Job, Print, Printer, PrinterStatus, Temperature
from .const import ACCOUNT, STRUCTURE, TUNNEL_USAGE
from .data import ObicoData
from .entity import (
    DependsOnEquipment,
    ObicoAccountEntity,
    ObicoPrinterEntity,
    ObicoWorkshopEntity,
    async_setup_platform,
)
from .printer.damping import Damping
from .printer.heaters import Heater
from .printer.parts import Part, PartOf
from .printer.readings import (
    READING_DECIMALS,
    TIME_LEFT_ORIGINS,
    expected_end,
    file_of,
    print_time_of,
    progress_of,
    time_left_origin_of,
    time_remaining_of,
)
from .printer.snapshot import AccountSnapshot
from .printer.state_text import name_text, state_text
from .printer.status import (
    ENDING,
    STANDING,
    FailureLevel,
    Status,
    WatchState,
    error_text,
    failure_level,
    failure_score,
    has_print,
    has_unrecorded_print,
    is_klipper,
    printer_status,
    shown_status,
)
from .printer.workshop.readings import Kind, Readings
from .prints.outcome import meters, print_duration, print_result
from .prints.totals import Totals

# Entities only read the coordinator's snapshot.
PARALLEL_UPDATES = 0

# Estimates change with every report. A change below this is not shown, as each would be a
# state to write and to record.
_FINISH_TIME_TOLERANCE: Final = timedelta(minutes=2)
# The balance comes with polls, which are up to five minutes apart.
_HOURS_END_TOLERANCE: Final = timedelta(minutes=6)
# In seconds. An estimate may grow by this without being shown, for the same reason.
_TIME_REMAINING_TOLERANCE: Final = 30

# In K. A heater that holds its target varies by less, with the noise of its sensor.
_TEMPERATURE_BAND: Final = 1.0
# In K. A heater that is farther from its target heats up or cools down, which is shown exactly.
_HOLDING_DIFFERENCE: Final = 2.0
# In °C. A heater that is off and warmer than this cools down, which is shown exactly, too.
_ROOM_TEMPERATURE: Final = 35.0
# In percent. A change of the failure level is shown exactly.
_SCORE_BAND: Final = 10.0


@dataclass(frozen=True, kw_only=True)
class ObicoSensorDescription(SensorEntityDescription):
    """A sensor of a printer.

    With `needs_agent` it is unavailable while the agent is offline. Besides steady values,
    `value_fn` may only read those of `part`: changes of others do not update the sensor.
    """

    value_fn: Callable[[Printer], StateType | datetime]
    exists_fn: Callable[[Printer], bool] = lambda _: True
    needs_agent: bool = False
    part: Part = Part.STEADY


def _of_job(
    value_fn: Callable[[PrinterStatus], StateType],
) -> Callable[[Printer], StateType]:
    """Return a function that returns a value of the status while there is a print, else None.

    Agents continue to report the file and the progress of a print after its end.
    """

    def value(printer: Printer) -> StateType:
        if printer.status is None or not has_print(printer):
            return None
        return value_fn(printer.status)

    return value


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, READING_DECIMALS)


def _not_negative(value: int | None) -> int | None:
    return None if value is None or value < 0 else value


def _of_file(
    job_fn: Callable[[Job], float | None],
    file_fn: Callable[[GCodeFile], float | None] | None = None,
) -> Callable[[Printer], StateType]:
    """Return a function that returns a number about the file that is being printed.

    `job_fn` reads the agent's report. Where that has no value, `file_fn` reads the server's
    metadata: Klipper's agent never reports these numbers, OctoPrint's not before it has
    analysed the file.
    """

    def value(printer: Printer) -> StateType:
        status, job = printer.status, printer.current_print
        if status is None or job is None:
            return None
        number = job_fn(status.job) if status.job else None
        if number is None and file_fn is not None and job.g_code_file is not None:
            number = file_fn(job.g_code_file)
        return None if number is None else max(number, 0.0)

    return value


def _percent(fraction: float | None) -> int | None:
    """Return a fraction in percent."""
    return None if fraction is None else max(round(fraction * 100), 0)


def _whole_percent(status: PrinterStatus) -> int | None:
    """Return the progress in whole percents, of which 100 are reached at the end only.

    Tenths would be a state to write and to record with nearly every report.
    """
    return None if (progress := progress_of(status)) is None else floor(progress)


def _filament_used(status: PrinterStatus) -> float | None:
    return meters(status.progress.filament_used) if status.progress else None


def _is_not_klipper(printer: Printer) -> bool:
    return not is_klipper(printer)


SENSORS: Final = (
    ObicoSensorDescription(
        key="status",
        translation_key="status",
        device_class=SensorDeviceClass.ENUM,
        options=[status.value for status in Status],
        value_fn=shown_status,
    ),
    ObicoSensorDescription(
        key="error",
        translation_key="error",
        value_fn=lambda printer: state_text(error_text(printer)),
        needs_agent=True,
    ),
    ObicoSensorDescription(
        key="progress",
        translation_key="progress",
        native_unit_of_measurement=PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        value_fn=_of_job(_whole_percent),
        needs_agent=True,
        part=Part.PROGRESS,
    ),
    ObicoSensorDescription(
        key="time_left_origin",
        translation_key="time_left_origin",
        device_class=SensorDeviceClass.ENUM,
        options=list(TIME_LEFT_ORIGINS),
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=_of_job(time_left_origin_of),
        needs_agent=True,
        part=Part.PROGRESS,
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
        key="print_time",
        translation_key="print_time",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        suggested_unit_of_measurement=UnitOfTime.MINUTES,
        suggested_display_precision=0,
        # It changes every second, which would fill the recorder.
        entity_registry_enabled_default=False,
        value_fn=_of_job(print_time_of),
        needs_agent=True,
        part=Part.PROGRESS,
    ),
    ObicoSensorDescription(
        key="estimated_print_time",
        translation_key="estimated_print_time",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        suggested_unit_of_measurement=UnitOfTime.HOURS,
        suggested_display_precision=2,
        entity_registry_enabled_default=False,
        value_fn=_of_file(
            lambda job: job.estimated_print_time, lambda file: file.estimated_time
        ),
        needs_agent=True,
    ),
    ObicoSensorDescription(
        key="last_print_time",
        translation_key="last_print_time",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        suggested_unit_of_measurement=UnitOfTime.HOURS,
        suggested_display_precision=2,
        entity_registry_enabled_default=False,
        value_fn=_of_file(lambda job: job.last_print_time),
        exists_fn=_is_not_klipper,
        needs_agent=True,
    ),
    ObicoSensorDescription(
        key="total_layers",
        translation_key="total_layers",
        state_class=SensorStateClass.MEASUREMENT,
        entity_registry_enabled_default=False,
        value_fn=_of_job(lambda status: _not_negative(status.total_layers)),
        needs_agent=True,
    ),
    ObicoSensorDescription(
        key="z_height",
        translation_key="z_height",
        device_class=SensorDeviceClass.DISTANCE,
        native_unit_of_measurement=UnitOfLength.MILLIMETERS,
        # Slicers use millimetres also where other lengths are in inches and feet.
        suggested_unit_of_measurement=UnitOfLength.MILLIMETERS,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=2,
        entity_registry_enabled_default=False,
        value_fn=lambda printer: printer.status.current_z if printer.status else None,
        needs_agent=True,
        part=Part.POSITION,
    ),
    ObicoSensorDescription(
        key="filament_length",
        translation_key="filament_length",
        device_class=SensorDeviceClass.DISTANCE,
        native_unit_of_measurement=UnitOfLength.METERS,
        suggested_unit_of_measurement=UnitOfLength.METERS,
        suggested_display_precision=2,
        value_fn=_of_file(
            lambda job: meters(job.filament_length),
            lambda file: meters(file.filament_total),
        ),
        needs_agent=True,
    ),
    ObicoSensorDescription(
        key="filament_used",
        translation_key="filament_used",
        device_class=SensorDeviceClass.DISTANCE,
        native_unit_of_measurement=UnitOfLength.METERS,
        suggested_unit_of_measurement=UnitOfLength.METERS,
        # It starts from 0 with each print.
        state_class=SensorStateClass.TOTAL_INCREASING,
        suggested_display_precision=2,
        entity_registry_enabled_default=False,
        value_fn=_of_job(_filament_used),
        # OctoPrint's agent reports what the whole print needs under this name.
        exists_fn=is_klipper,
        needs_agent=True,
        part=Part.PROGRESS,
    ),
    ObicoSensorDescription(
        key="filament_volume",
        translation_key="filament_volume",
        # No device class: Home Assistant's volumes do not support cm³.
        native_unit_of_measurement="cm³",
        suggested_display_precision=1,
        entity_registry_enabled_default=False,
        value_fn=_of_file(lambda job: job.filament_volume),
        exists_fn=_is_not_klipper,
        needs_agent=True,
    ),
    ObicoSensorDescription(
        key="feed_rate",
        translation_key="feed_rate",
        native_unit_of_measurement=PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        entity_registry_enabled_default=False,
        value_fn=lambda printer: (
            _percent(printer.status.feed_rate) if printer.status else None
        ),
        exists_fn=is_klipper,
        needs_agent=True,
        part=Part.RATES,
    ),
    ObicoSensorDescription(
        key="flow_rate",
        translation_key="flow_rate",
        native_unit_of_measurement=PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        entity_registry_enabled_default=False,
        value_fn=lambda printer: (
            _percent(printer.status.flow_rate) if printer.status else None
        ),
        exists_fn=is_klipper,
        needs_agent=True,
        part=Part.RATES,
    ),
    ObicoSensorDescription(
        key="fan_speed",
        translation_key="fan_speed",
        native_unit_of_measurement=PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda printer: (
            _percent(printer.status.fan_speed) if printer.status else None
        ),
        exists_fn=is_klipper,
        needs_agent=True,
        part=Part.RATES,
    ),
    ObicoSensorDescription(
        key="message",
        translation_key="message",
        entity_registry_enabled_default=False,
        value_fn=lambda printer: (
            state_text(printer.status.display_message) if printer.status else None
        ),
        needs_agent=True,
        part=Part.MESSAGE,
    ),
    ObicoSensorDescription(
        key="failure_level",
        translation_key="failure_level",
        device_class=SensorDeviceClass.ENUM,
        options=[level.value for level in FailureLevel],
        value_fn=failure_level,
        part=Part.SCORE,
    ),
    ObicoSensorDescription(
        key="last_alert",
        translation_key="last_alert",
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=lambda printer: (
            printer.current_print.alerted_at if printer.current_print else None
        ),
    ),
)

FILE: Final = SensorEntityDescription(key="file", translation_key="file")

TIME_REMAINING: Final = SensorEntityDescription(
    key="time_remaining",
    translation_key="time_remaining",
    device_class=SensorDeviceClass.DURATION,
    native_unit_of_measurement=UnitOfTime.SECONDS,
    suggested_unit_of_measurement=UnitOfTime.MINUTES,
    suggested_display_precision=0,
)

CURRENT_LAYER: Final = SensorEntityDescription(
    key="current_layer",
    translation_key="current_layer",
    # Without a state class, the logbook would have an entry for each layer.
    state_class=SensorStateClass.MEASUREMENT,
)

FAILURE_SCORE: Final = SensorEntityDescription(
    key="failure_score",
    translation_key="failure_score",
    native_unit_of_measurement=PERCENTAGE,
    state_class=SensorStateClass.MEASUREMENT,
    suggested_display_precision=0,
)

NOT_WATCHING_REASON: Final = SensorEntityDescription(
    key="not_watching_reason",
    translation_key="not_watching_reason",
    device_class=SensorDeviceClass.ENUM,
    options=[state.value for state in WatchState],
)

FINISH_TIME: Final = SensorEntityDescription(
    key="finish_time",
    translation_key="finish_time",
    device_class=SensorDeviceClass.TIMESTAMP,
)


@dataclass(frozen=True, kw_only=True)
class ObicoLastPrintDescription(SensorEntityDescription):
    """A sensor of the last print that ended.

    With `shows_file` its attributes show the file of the print.
    """

    value_fn: Callable[[Print], StateType | datetime]
    shows_file: bool = False


LAST_PRINT_SENSORS: Final = (
    ObicoLastPrintDescription(
        key="last_print_result",
        translation_key="last_print_result",
        device_class=SensorDeviceClass.ENUM,
        options=["finished", "cancelled"],
        value_fn=print_result,
        shows_file=True,
    ),
    ObicoLastPrintDescription(
        key="last_print_end",
        translation_key="last_print_end",
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=lambda job: job.ended_at,
    ),
    ObicoLastPrintDescription(
        key="last_print_duration",
        translation_key="last_print_duration",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        suggested_unit_of_measurement=UnitOfTime.HOURS,
        suggested_display_precision=2,
        value_fn=print_duration,
    ),
    ObicoLastPrintDescription(
        key="last_print_filament",
        translation_key="last_print_filament",
        device_class=SensorDeviceClass.DISTANCE,
        native_unit_of_measurement=UnitOfLength.METERS,
        suggested_unit_of_measurement=UnitOfLength.METERS,
        suggested_display_precision=2,
        entity_registry_enabled_default=False,
        value_fn=lambda job: meters(job.filament_used),
    ),
)


@dataclass(frozen=True, kw_only=True)
class ObicoHeaterSensorDescription(SensorEntityDescription):
    """A sensor of a heater, whose unique id and name also contain those of the heater."""

    value_fn: Callable[[Temperature], float | None]
    exists_fn: Callable[[Heater], bool]
    part: Part = Part.STEADY


HEATER_SENSORS: Final = (
    ObicoHeaterSensorDescription(
        key="temperature",
        device_class=SensorDeviceClass.TEMPERATURE,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda temperature: _rounded(temperature.actual),
        exists_fn=lambda heater: heater.has_actual,
        part=Part.TEMPERATURES,
    ),
    ObicoHeaterSensorDescription(
        key="target",
        device_class=SensorDeviceClass.TEMPERATURE,
        # The number entity shows the same value.
        entity_registry_enabled_default=False,
        value_fn=lambda temperature: temperature.target,
        exists_fn=lambda heater: heater.has_target,
    ),
    ObicoHeaterSensorDescription(
        key="offset",
        # A temperature difference, which is converted in another way: 0 °C are 0 °F.
        device_class=SensorDeviceClass.TEMPERATURE_DELTA,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda temperature: temperature.offset,
        exists_fn=lambda heater: heater.has_target,
    ),
)


@dataclass(frozen=True, kw_only=True)
class ObicoWorkshopSensorDescription(SensorEntityDescription):
    """A sensor of what stands around a Klipper printer; it is read while it is enabled."""

    entity_registry_enabled_default: bool = False
    state_class: SensorStateClass | None = SensorStateClass.MEASUREMENT
    suggested_display_precision: int | None = 0
    kinds: tuple[Kind, ...]
    value_fn: Callable[[Readings], float | None]
    exists_fn: Callable[[Printer], bool] = is_klipper


@dataclass(frozen=True, kw_only=True)
class ObicoHostSensorDescription(ObicoWorkshopSensorDescription):
    """A sensor of the computer that Klipper runs on."""

    entity_category: EntityCategory | None = EntityCategory.DIAGNOSTIC
    native_unit_of_measurement: str | None = PERCENTAGE
    kinds: tuple[Kind, ...] = (Kind.HOST,)


HOST_SENSORS: Final = (
    ObicoHostSensorDescription(
        key="host_load",
        translation_key="host_load",
        value_fn=lambda readings: (
            _rounded(readings.host.load) if readings.host else None
        ),
    ),
    ObicoHostSensorDescription(
        key="host_memory",
        translation_key="host_memory",
        value_fn=lambda readings: (
            _rounded(readings.host.memory) if readings.host else None
        ),
    ),
    ObicoHostSensorDescription(
        key="host_temperature",
        translation_key="host_temperature",
        device_class=SensorDeviceClass.TEMPERATURE,
        native_unit_of_measurement=UnitOfTemperature.CELSIUS,
        value_fn=lambda readings: (
            _rounded(readings.host.temperature) if readings.host else None
        ),
    ),
    ObicoHostSensorDescription(
        key="host_disk",
        translation_key="host_disk",
        kinds=(Kind.DISK,),
        value_fn=lambda readings: _rounded(readings.disk),
    ),
)

SPOOL_REMAINING: Final = ObicoWorkshopSensorDescription(
    key="spool_remaining",
    translation_key="spool_remaining",
    device_class=SensorDeviceClass.WEIGHT,
    native_unit_of_measurement=UnitOfMass.GRAMS,
    kinds=(Kind.ACTIVE_SPOOL, Kind.SPOOLS),
    value_fn=lambda readings: (
        _rounded(readings.spool.remaining_weight) if readings.spool else None
    ),
)


@dataclass(frozen=True, kw_only=True)
class ObicoAccountSensorDescription(SensorEntityDescription):
    """A sensor of the account, which listens to a context of the coordinator."""

    value_fn: Callable[[AccountSnapshot], StateType]
    context: str = ACCOUNT


ACCOUNT_SENSORS: Final = (
    ObicoAccountSensorDescription(
        key="detection_hours",
        translation_key="detection_hours",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.HOURS,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=1,
        value_fn=lambda data: _rounded(data.detection_hours),
    ),
    ObicoAccountSensorDescription(
        key="unseen_events",
        translation_key="unseen_events",
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda data: _not_negative(data.user.unseen_printer_events),
    ),
    ObicoAccountSensorDescription(
        key="tunnel_usage",
        translation_key="tunnel_usage",
        device_class=SensorDeviceClass.DATA_SIZE,
        native_unit_of_measurement=UnitOfInformation.BYTES,
        suggested_unit_of_measurement=UnitOfInformation.MEGABYTES,
        # It starts from 0 each month.
        state_class=SensorStateClass.TOTAL_INCREASING,
        suggested_display_precision=1,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda data: (
            _not_negative(data.tunnel_usage.total) if data.tunnel_usage else None
        ),
        context=TUNNEL_USAGE,
    ),
)


@dataclass(frozen=True, kw_only=True)
class ObicoTotalDescription(SensorEntityDescription):
    """A sum over all prints of a printer.

    Disabled by default: as long as one is enabled, the account's prints are followed.
    """

    value_fn: Callable[[Totals], StateType]


TOTAL_SENSORS: Final = (
    ObicoTotalDescription(
        key="total_prints",
        translation_key="total_prints",
        entity_registry_enabled_default=False,
        # Deleted prints are not counted any more.
        state_class=SensorStateClass.TOTAL,
        value_fn=lambda totals: totals.prints,
    ),
    ObicoTotalDescription(
        key="total_print_time",
        translation_key="total_print_time",
        entity_registry_enabled_default=False,
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        suggested_unit_of_measurement=UnitOfTime.HOURS,
        suggested_display_precision=1,
        state_class=SensorStateClass.TOTAL,
        value_fn=lambda totals: round(totals.print_time),
    ),
    ObicoTotalDescription(
        key="total_filament",
        translation_key="total_filament",
        entity_registry_enabled_default=False,
        device_class=SensorDeviceClass.DISTANCE,
        native_unit_of_measurement=UnitOfLength.METERS,
        suggested_unit_of_measurement=UnitOfLength.METERS,
        suggested_display_precision=1,
        state_class=SensorStateClass.TOTAL,
        value_fn=lambda totals: meters(totals.filament),
    ),
    ObicoTotalDescription(
        key="success_rate",
        translation_key="success_rate",
        entity_registry_enabled_default=False,
        native_unit_of_measurement=PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda totals: _rounded(totals.success_rate),
    ),
)
PRINTS_TO_JUDGE: Final = SensorEntityDescription(
    key="prints_to_judge",
    translation_key="prints_to_judge",
    # As long as it is enabled, the account's prints are followed.
    entity_registry_enabled_default=False,
)
DETECTION_HOURS_END: Final = SensorEntityDescription(
    key="detection_hours_end",
    translation_key="detection_hours_end",
    device_class=SensorDeviceClass.TIMESTAMP,
    entity_registry_enabled_default=False,
)


def _entities_of(account: ObicoData, printer: Printer) -> Iterator[ObicoPrinterEntity]:
    """Yield the sensor entities of a printer."""
    for description in SENSORS:
        if description.exists_fn(printer):
            yield ObicoSensor(account, printer, description)
    yield ObicoFile(account, printer, FILE)
    yield ObicoTimeRemaining(account, printer, TIME_REMAINING)
    yield ObicoCurrentLayer(account, printer, CURRENT_LAYER)
    yield ObicoFailureScore(account, printer, FAILURE_SCORE)
    yield ObicoWatchState(account, printer, NOT_WATCHING_REASON)
    for last_print_description in LAST_PRINT_SENSORS:
        yield ObicoLastPrintSensor(account, printer, last_print_description)
    for total_description in TOTAL_SENSORS:
        yield ObicoTotal(account, printer, total_description)
    yield ObicoFinishTime(account, printer, FINISH_TIME)
    for heater in account.heaters.of(printer.id):
        for heater_description in HEATER_SENSORS:
            if heater_description.exists_fn(heater):
                entity_class = (
                    ObicoTemperature
                    if heater_description.part is Part.TEMPERATURES
                    else ObicoHeaterSensor
                )
                yield entity_class(account, printer, heater, heater_description)
    if is_klipper(printer):
        for host_description in HOST_SENSORS:
            yield ObicoWorkshopSensor(account, printer, host_description)
        equipment = account.workshop.equipment_of(printer.id)
        if equipment is not None and equipment.has_spoolman:
            yield ObicoWorkshopSensor(account, printer, SPOOL_REMAINING)


def _account_entities_of(account: ObicoData) -> Iterator[ObicoAccountEntity]:
    """Yield the sensor entities of the account."""
    for description in ACCOUNT_SENSORS:
        yield ObicoAccountSensor(account, description)
    yield ObicoPrintsToJudge(account, PRINTS_TO_JUDGE)
    yield ObicoDetectionHoursEnd(account, DETECTION_HOURS_END)


async_setup_entry = partial(
    async_setup_platform,
    account_entities_of=_account_entities_of,
    entities_of=_entities_of,
    depends_on_agent=(*SENSORS, *HOST_SENSORS, SPOOL_REMAINING),
    depends_on_equipment=[
        DependsOnEquipment(
            prefix=SPOOL_REMAINING.key,
            keys_fn=lambda equipment: (
                [SPOOL_REMAINING.key] if equipment.has_spoolman else []
            ),
        )
    ],
)


class ObicoFile(ObicoPrinterEntity, SensorEntity):
    """The file that is being printed.

    The attribute `print_id` tells prints of the same file apart.
    """

    @override
    def _read(self) -> object:
        job = self.printer.current_print
        file, print_id = state_text(file_of(self.printer)), job.id if job else None
        self._attr_native_value = file
        self._attr_extra_state_attributes = {"print_id": print_id}
        return file, print_id


class ObicoTimeRemaining(ObicoPrinterEntity, SensorEntity):
    """How long the current print still takes, rounded up to whole minutes."""

    _part = Part.PROGRESS
    _needs_agent = True

    # In seconds.
    _shown: int | None = None

    @override
    def _read(self) -> int | None:
        left = _of_job(time_remaining_of)(self._printer)
        self._shown = self._attr_native_value = self._to_show(left)
        return self._shown

    def _to_show(self, left: StateType) -> int | None:
        if not isinstance(left, int):
            return None
        shown = self._shown
        if shown is not None and shown - 60 < left <= shown + _TIME_REMAINING_TOLERANCE:
            return shown
        return ceil(left / 60) * 60


class ObicoCurrentLayer(ObicoPrinterEntity, SensorEntity):
    """The layer that is printed, with the number of all layers as an attribute."""

    _part = Part.POSITION
    _needs_agent = True

    @override
    def _read(self) -> object:
        status = self._printer.status if has_print(self._printer) else None
        layer = _not_negative(status.current_layer) if status else None
        total = _not_negative(status.total_layers) if status else None
        self._attr_native_value = layer
        self._attr_extra_state_attributes = {"total": total}
        return layer, total


class ObicoDampedSensor(ObicoPrinterEntity, SensorEntity):
    """A sensor whose reading varies with every report."""

    _band: float
    _damping: Damping | None = None

    @override
    async def async_added_to_hass(self) -> None:
        """Damp the readings from now on."""
        self._damping = Damping(
            self.hass.loop, self._band, self._handle_coordinator_update
        )
        self.async_on_remove(self._damping.stop)
        await super().async_added_to_hass()

    def _show(self, reading: float | None, *, is_exact: bool) -> float | None:
        """Set the value to show, and return it."""
        assert self._damping is not None
        value = self._damping.apply(reading, is_exact=is_exact)
        self._attr_native_value = value
        return value


class ObicoFailureScore(ObicoDampedSensor):
    """How sure the AI is of a failure."""

    _part = Part.SCORE
    _band = _SCORE_BAND

    _level: FailureLevel | None = None

    @override
    def _read(self) -> float | None:
        level = failure_level(self.printer)
        has_new_level, self._level = level is not self._level, level
        score = _rounded(failure_score(self.printer))
        return self._show(score, is_exact=has_new_level)


class ObicoWatchState(ObicoPrinterEntity, SensorEntity):
    """Why the AI watches the current print, or does not.

    What was shown before still is while the record of a print is awaited, and while a paused
    print is cancelled, which the server takes for one that prints. Both take a moment, in
    which nothing else would be true.
    """

    _shown: WatchState | None = None

    @override
    def _read(self) -> WatchState | None:
        printer = self._printer
        watching = self.account.records.watch_state(printer)
        is_awaited = watching is None and has_unrecorded_print(printer)
        is_cancelled = (
            self._shown is WatchState.PAUSED
            and printer_status(printer) is Status.CANCELLING
        )
        if not (is_awaited or is_cancelled):
            self._attr_native_value = self._shown = watching
        return self._shown


class ObicoAccountSensor(ObicoAccountEntity, SensorEntity):
    """A sensor that shows one value of the account."""

    entity_description: ObicoAccountSensorDescription

    def __init__(
        self,
        account: ObicoData,
        description: ObicoAccountSensorDescription,
    ) -> None:
        """Initialize the sensor."""
        super().__init__(account, description, context=description.context)

    @override
    def _read(self) -> StateType:
        value = self.entity_description.value_fn(self.coordinator.data)
        self._attr_native_value = value
        return value


class ObicoSensor(ObicoPrinterEntity, SensorEntity):
    """A sensor that shows one value of a printer."""

    entity_description: ObicoSensorDescription

    def __init__(
        self,
        account: ObicoData,
        printer: Printer,
        description: ObicoSensorDescription,
    ) -> None:
        """Initialize the sensor."""
        self._part = description.part
        self._needs_agent = description.needs_agent
        self._value_fn = description.value_fn
        super().__init__(account, printer, description)

    @override
    def _read(self) -> StateType | datetime:
        value = self._value_fn(self._printer)
        self._attr_native_value = value
        return value


class ObicoLastPrintSensor(ObicoPrinterEntity, SensorEntity):
    """A sensor that shows one value of the last print that ended."""

    entity_description: ObicoLastPrintDescription

    @override
    def _read(self) -> object:
        job = self.coordinator.data.last_prints.get(self.printer.id)
        value = self.entity_description.value_fn(job) if job else None
        self._attr_native_value = value
        if not self.entity_description.shows_file:
            return value
        file = name_text(job.filename) if job else None
        self._attr_extra_state_attributes = {"file": file}
        return value, file


class ObicoFinishTime(ObicoPrinterEntity, SensorEntity):
    """When the current print will be finished, or when the last one ended."""

    _part = Part.REPORT

    # The id of the last print that was seen, None where it has no record, and its last
    # estimate.
    _job: int | None = None
    _time: datetime | None = None

    @override
    def _update_available(self) -> bool:
        """Return whether the time is known; the end of the last print needs no agent."""
        is_known = super()._update_available()
        return is_known and (
            self._printer.status is not None or self._printer.current_print is None
        )

    @override
    def _read(self) -> datetime | None:
        printer, job = self._printer, self._printer.current_print
        now = dt_util.utcnow().replace(microsecond=0)
        if has_print(printer):
            print_id = job.id if job else None
            if print_id != self._job:
                self._job, self._time = print_id, None
            time, status = expected_end(printer, now), printer_status(printer)
            if self._time is not None and (
                # Agents tell no time left of a print that comes to its end.
                status in ENDING
                if time is None
                # A print that stands still would otherwise end later with each report.
                else status in STANDING
                or abs(time - self._time) <= _FINISH_TIME_TOLERANCE
            ):
                time = self._time
        elif (last := self.coordinator.data.last_prints.get(printer.id)) and (
            self._job is None or last.id >= self._job
        ):
            time = last.ended_at
        else:
            # The end of the print is not known yet, but it cannot be later than now.
            time = self._time and min(self._time, now)
        if time is not None:
            self._time = time
        self._attr_native_value = time
        return time


class ObicoTotal(ObicoPrinterEntity, SensorEntity):
    """A sensor that shows a sum over all prints of a printer."""

    entity_description: ObicoTotalDescription

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the prints of the account."""
        await super().async_added_to_hass()
        self.async_on_remove(
            self.account.archive.async_listen(self._handle_coordinator_update)
        )

    @override
    def _read(self) -> StateType:
        archive, value = self.account.archive, None
        if archive.is_loaded:
            totals = archive.totals.get(self._printer.id, Totals())
            value = self.entity_description.value_fn(totals)
        self._attr_native_value = value
        return value


class ObicoPrintsToJudge(ObicoAccountEntity, SensorEntity):
    """How many prints Obico asks about."""

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the prints of the account."""
        await super().async_added_to_hass()
        self.async_on_remove(
            self.account.archive.async_listen(self._handle_coordinator_update)
        )

    @override
    def _read(self) -> int | None:
        archive, value = self.account.archive, None
        if archive.is_loaded:
            value = sum(
                job.printer_id in self.coordinator.data.printers
                for job in archive.to_judge
            )
        self._attr_native_value = value
        return value


class ObicoDetectionHoursEnd(ObicoAccountEntity, SensorEntity):
    """When the hours of AI detection run out if what is watched now goes on."""

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to which printers are watched."""
        await super().async_added_to_hass()
        followed: set[int] = set()

        @callback
        def follow() -> None:
            for printer_id in self.coordinator.data.printers.keys() - followed:
                followed.add(printer_id)
                self.async_on_remove(
                    self.coordinator.async_add_listener(
                        self._handle_coordinator_update, PartOf(printer_id, Part.STEADY)
                    )
                )

        follow()
        self.async_on_remove(self.coordinator.async_add_listener(follow, STRUCTURE))

    @override
    def _read(self) -> datetime | None:
        end, shown = DetectionHours.end(self.coordinator.data), self._attr_native_value
        if (
            end is not None
            and isinstance(shown, datetime)
            and abs(end - shown) <= _HOURS_END_TOLERANCE
        ):
            end = shown
        self._attr_native_value = end and end.replace(microsecond=0)
        return self._attr_native_value


class ObicoHeaterSensor(ObicoPrinterEntity, SensorEntity):
    """A sensor that shows one value of a heater."""

    entity_description: ObicoHeaterSensorDescription
    _attr_native_unit_of_measurement = UnitOfTemperature.CELSIUS
    _attr_suggested_display_precision = 1
    _needs_agent = True

    def __init__(
        self,
        account: ObicoData,
        printer: Printer,
        heater: Heater,
        description: ObicoHeaterSensorDescription,
    ) -> None:
        """Initialize the sensor of a heater."""
        self._part = description.part
        super().__init__(account, printer, description)
        self._value_fn = description.value_fn
        self._heater = heater.name
        self._attr_unique_id = (
            f"{account.account_id}_{printer.id}_{heater.key}_{description.key}"
        )
        self._attr_translation_key = f"{heater.kind}_{description.key}"
        self._attr_translation_placeholders = heater.placeholders
        self._attr_extra_state_attributes = {"heater": heater.label}

    @override
    def _read(self) -> float | None:
        status = self._printer.status
        temperature = status.temperatures.get(self._heater) if status else None
        value = self._value_fn(temperature) if temperature else None
        self._attr_native_value = value
        return value


def _is_steady(value: float | None, target: float | None) -> bool:
    """Return whether a temperature neither rises nor falls, but only varies."""
    if value is None:
        return False
    if not target:
        return value < _ROOM_TEMPERATURE
    return abs(value - target) <= _HOLDING_DIFFERENCE


class ObicoTemperature(ObicoHeaterSensor, ObicoDampedSensor):
    """The temperature of a heater, or of what only measures one."""

    _band = _TEMPERATURE_BAND

    def __init__(
        self,
        account: ObicoData,
        printer: Printer,
        heater: Heater,
        description: ObicoHeaterSensorDescription,
    ) -> None:
        """Initialize the sensor; one of the agent's computer tells nothing about a print."""
        super().__init__(account, printer, heater, description)
        if heater.is_computer:
            self._attr_entity_category = EntityCategory.DIAGNOSTIC
            self._attr_entity_registry_enabled_default = False

    @override
    def _read(self) -> float | None:
        value = super()._read()
        status = self._printer.status
        temperature = status.temperatures.get(self._heater) if status else None
        target = temperature.target if temperature else None
        return self._show(value, is_exact=not _is_steady(value, target))


class ObicoWorkshopSensor(ObicoWorkshopEntity, SensorEntity):
    """A sensor that shows one value of what stands around a printer."""

    entity_description: ObicoWorkshopSensorDescription

    def __init__(
        self,
        account: ObicoData,
        printer: Printer,
        description: ObicoWorkshopSensorDescription,
    ) -> None:
        """Initialize the sensor."""
        self._kinds = description.kinds
        super().__init__(account, printer, description)

    @override
    def _read(self) -> float | None:
        value = self.entity_description.value_fn(self.readings)
        self._attr_native_value = value
        return value
