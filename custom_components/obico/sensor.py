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
    UnitOfInformation,
    UnitOfLength,
    UnitOfTemperature,
    UnitOfTime,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.typing import StateType
from homeassistant.util import dt as dt_util

from .aioobico import (
    AgentKind,
    GCodeFile,
    Job,
    Print,
    Printer,
    PrinterStatus,
    Temperature,
)
from .const import ACCOUNT, TUNNEL_USAGE
from .data import ObicoConfigEntry, ObicoData
from .entity import ObicoAccountEntity, ObicoPrinterEntity, async_add_printer_entities
from .printer.heaters import Heater
from .printer.parts import Part
from .printer.snapshot import AccountSnapshot
from .printer.state_text import name_text, state_text
from .printer.status import (
    FailureLevel,
    Status,
    WatchState,
    failure_level,
    has_print,
    has_unrecorded_print,
    printer_status,
    watch_state,
)
from .prints.outcome import meters, print_duration, print_result

# All data come with the coordinator.
PARALLEL_UPDATES = 0

# Estimates move with every report; what moves less than this is no news.
_FINISH_TIME_TOLERANCE: Final = timedelta(minutes=2)
# Hundredths are noise, and each would be a state to write and to record.
_DECIMALS: Final = 1


@dataclass(frozen=True, kw_only=True)
class ObicoSensorDescription(SensorEntityDescription):
    """A sensor of a printer; one that `needs_agent` is unavailable while it is offline.

    What it shows is `part`, and nothing else but what is steady.
    """

    value_fn: Callable[[Printer], StateType | datetime]
    exists_fn: Callable[[Printer], bool] = lambda _: True
    needs_agent: bool = False
    part: Part = Part.STEADY


def _of_job(
    value_fn: Callable[[PrinterStatus], StateType],
) -> Callable[[Printer], StateType]:
    """Return a function that gives a value of the status only while there is a job.

    Agents go on reporting the last file and its numbers after a print.
    """

    def value(printer: Printer) -> StateType:
        if printer.status is None or not has_print(printer):
            return None
        return value_fn(printer.status)

    return value


def progress_of(status: PrinterStatus) -> float | None:
    """Return how much of a job is printed, in percent."""
    if status.progress is None or (completion := status.progress.completion) is None:
        return None
    return round(min(max(completion, 0.0), 100.0), _DECIMALS)


def time_remaining_of(status: PrinterStatus) -> int | None:
    """Return the seconds that a job still takes."""
    if status.progress is None or (left := status.progress.print_time_left) is None:
        return None
    return max(round(left), 0)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DECIMALS)


def _not_negative(value: int | None) -> int | None:
    return None if value is None or value < 0 else value


def _of_file(
    job_fn: Callable[[Job], float | None],
    file_fn: Callable[[GCodeFile], float | None] | None = None,
) -> Callable[[Printer], StateType]:
    """Return a function that gives a number of the file that is printed.

    `file_fn` returns what the server knows of the file, where the agent says nothing:
    Klipper's never does, OctoPrint's not before the file is analysed.
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
    """Return a fraction of the agent's as percent."""
    return None if fraction is None else max(round(fraction * 100), 0)


def _print_time(status: PrinterStatus) -> int | None:
    if status.progress is None or (seconds := status.progress.print_time) is None:
        return None
    return max(round(seconds), 0)


def _time_left_origin(status: PrinterStatus) -> str | None:
    if status.progress is None or status.progress.print_time_left_origin is None:
        return None
    origin = status.progress.print_time_left_origin.replace("-", "_")
    return origin if origin in TIME_LEFT_ORIGINS else None


def _filament_used(status: PrinterStatus) -> float | None:
    return meters(status.progress.filament_used) if status.progress else None


def _is_klipper(printer: Printer) -> bool:
    return printer.agent_name == AgentKind.KLIPPER


def _is_not_klipper(printer: Printer) -> bool:
    return not _is_klipper(printer)


TIME_LEFT_ORIGINS: Final = (
    "linear",
    "analysis",
    "estimate",
    "average",
    "mixed_analysis",
    "mixed_average",
)

SENSORS: Final = (
    ObicoSensorDescription(
        key="status",
        translation_key="status",
        device_class=SensorDeviceClass.ENUM,
        options=[status.value for status in Status],
        value_fn=printer_status,
    ),
    ObicoSensorDescription(
        key="progress",
        translation_key="progress",
        native_unit_of_measurement=PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        value_fn=_of_job(progress_of),
        needs_agent=True,
        part=Part.PROGRESS,
    ),
    ObicoSensorDescription(
        key="time_remaining",
        translation_key="time_remaining",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        suggested_display_precision=0,
        value_fn=_of_job(time_remaining_of),
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
        value_fn=_of_job(_time_left_origin),
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
        suggested_display_precision=0,
        # A ticking value would fill the recorder.
        entity_registry_enabled_default=False,
        value_fn=_of_job(_print_time),
        needs_agent=True,
        part=Part.PROGRESS,
    ),
    ObicoSensorDescription(
        key="estimated_print_time",
        translation_key="estimated_print_time",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        suggested_display_precision=0,
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
        suggested_display_precision=0,
        value_fn=_of_file(lambda job: job.last_print_time),
        exists_fn=_is_not_klipper,
        needs_agent=True,
    ),
    ObicoSensorDescription(
        key="current_layer",
        translation_key="current_layer",
        # Without, each layer would be a line of the activity.
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=_of_job(lambda status: _not_negative(status.current_layer)),
        needs_agent=True,
        part=Part.POSITION,
    ),
    ObicoSensorDescription(
        key="total_layers",
        translation_key="total_layers",
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=_of_job(lambda status: _not_negative(status.total_layers)),
        needs_agent=True,
    ),
    ObicoSensorDescription(
        key="z_height",
        translation_key="z_height",
        device_class=SensorDeviceClass.DISTANCE,
        native_unit_of_measurement=UnitOfLength.MILLIMETERS,
        # As slicers have it, also where other lengths are in inches and feet.
        suggested_unit_of_measurement=UnitOfLength.MILLIMETERS,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=2,
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
        # It begins anew with each print.
        state_class=SensorStateClass.TOTAL_INCREASING,
        suggested_display_precision=2,
        entity_registry_enabled_default=False,
        value_fn=_of_job(_filament_used),
        # OctoPrint's agent reports what the whole print needs under this name.
        exists_fn=_is_klipper,
        needs_agent=True,
        part=Part.PROGRESS,
    ),
    ObicoSensorDescription(
        key="filament_volume",
        translation_key="filament_volume",
        # Home Assistant's volumes know no cm³.
        native_unit_of_measurement="cm³",
        suggested_display_precision=1,
        value_fn=_of_file(lambda job: job.filament_volume),
        exists_fn=_is_not_klipper,
        needs_agent=True,
    ),
    ObicoSensorDescription(
        key="feed_rate",
        translation_key="feed_rate",
        native_unit_of_measurement=PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda printer: (
            _percent(printer.status.feed_rate) if printer.status else None
        ),
        exists_fn=_is_klipper,
        needs_agent=True,
        part=Part.RATES,
    ),
    ObicoSensorDescription(
        key="flow_rate",
        translation_key="flow_rate",
        native_unit_of_measurement=PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda printer: (
            _percent(printer.status.flow_rate) if printer.status else None
        ),
        exists_fn=_is_klipper,
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
        exists_fn=_is_klipper,
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
        key="failure_score",
        translation_key="failure_score",
        native_unit_of_measurement=PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        value_fn=lambda printer: (
            None
            if printer.normalized_p is None
            else round(min(max(printer.normalized_p, 0.0), 1.0) * 100, _DECIMALS)
        ),
        part=Part.SCORE,
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
        key="not_watching_reason",
        translation_key="not_watching_reason",
        device_class=SensorDeviceClass.ENUM,
        options=[state.value for state in WatchState],
        value_fn=watch_state,
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

FINISH_TIME: Final = SensorEntityDescription(
    key="finish_time",
    translation_key="finish_time",
    device_class=SensorDeviceClass.TIMESTAMP,
)


@dataclass(frozen=True, kw_only=True)
class ObicoLastPrintDescription(SensorEntityDescription):
    """What became of the last print that ended."""

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
        suggested_display_precision=0,
        value_fn=print_duration,
    ),
    ObicoLastPrintDescription(
        key="last_print_filament",
        translation_key="last_print_filament",
        device_class=SensorDeviceClass.DISTANCE,
        native_unit_of_measurement=UnitOfLength.METERS,
        suggested_unit_of_measurement=UnitOfLength.METERS,
        suggested_display_precision=2,
        value_fn=lambda job: meters(job.filament_used),
    ),
)


@dataclass(frozen=True, kw_only=True)
class ObicoHeaterSensorDescription(SensorEntityDescription):
    """A reading of a heater; key and names are completed by the heater's own."""

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
        # The number shows it too.
        entity_registry_enabled_default=False,
        value_fn=lambda temperature: temperature.target,
        exists_fn=lambda heater: heater.has_target,
    ),
    ObicoHeaterSensorDescription(
        key="offset",
        # A difference: 0 °C are 0 °F, not 32 °F.
        device_class=SensorDeviceClass.TEMPERATURE_DELTA,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda temperature: temperature.offset,
        exists_fn=lambda heater: heater.has_target,
    ),
)


@dataclass(frozen=True, kw_only=True)
class ObicoAccountSensorDescription(SensorEntityDescription):
    """A sensor of the account; `context` is what it has to be woken for."""

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
        value_fn=lambda data: (
            None if data.detection_hours is None else round(data.detection_hours, 2)
        ),
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
        # It begins anew each month.
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


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ObicoConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the sensors of the account and of all printers."""
    async_add_entities(
        ObicoAccountSensor(entry.runtime_data, description)
        for description in ACCOUNT_SENSORS
    )

    def entities_of(
        account: ObicoData, printer: Printer
    ) -> Iterator[ObicoPrinterEntity]:
        for description in SENSORS:
            if description.exists_fn(printer):
                yield ObicoSensor(account, printer, description)
        yield ObicoFile(account, printer, FILE)
        for last_print_description in LAST_PRINT_SENSORS:
            yield ObicoLastPrintSensor(account, printer, last_print_description)
        yield ObicoFinishTime(account, printer, FINISH_TIME)
        for heater in account.heaters.of(printer.id):
            for heater_description in HEATER_SENSORS:
                if heater_description.exists_fn(heater):
                    yield ObicoHeaterSensor(
                        account, printer, heater, heater_description
                    )

    def keys_that_cannot_exist(printer: Printer) -> Iterator[str]:
        # An agent that is not known yet may turn out to be any.
        if printer.agent_name is not None:
            for description in SENSORS:
                if not description.exists_fn(printer):
                    yield description.key

    async_add_printer_entities(
        entry, async_add_entities, entities_of, keys_that_cannot_exist
    )


class ObicoFile(ObicoPrinterEntity, SensorEntity):
    """The file that is printed; `print_id` is the print's, whatever else has the same name."""

    @override
    def _read(self) -> object:
        job = self.printer.current_print
        file, print_id = (state_text(job.filename), job.id) if job else (None, None)
        if has_unrecorded_print(self.printer):
            status = self.printer.status
            file = state_text(status.job.file_name if status and status.job else None)
        self._attr_native_value = file
        self._attr_extra_state_attributes = {"print_id": print_id}
        return file, print_id


class ObicoAccountSensor(ObicoAccountEntity, SensorEntity):
    """A sensor that shows one value of the account."""

    entity_description: ObicoAccountSensorDescription

    def __init__(
        self,
        account: ObicoData,
        description: ObicoAccountSensorDescription,
    ) -> None:
        """Show a value of the account."""
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
        """Show a value of a printer."""
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
    """When the print will be done, and afterwards when it was."""

    _part = Part.REPORT

    # The job seen last, and when it was last thought to be done.
    _job: int | None = None
    _time: datetime | None = None

    @override
    def _take_up(self) -> bool:
        """Return whether it can be known; when the last print was done, also without the agent."""
        is_known = super()._take_up()
        return is_known and (
            self._printer.status is not None or self._printer.current_print is None
        )

    @override
    def _read(self) -> datetime | None:
        job = self._printer.current_print
        last = self.coordinator.data.last_prints.get(self._printer.id)
        if job is not None:
            if job.id != self._job:
                self._job, self._time = job.id, None
            time = self._estimate()
            if (
                time is not None
                and self._time is not None
                and abs(time - self._time) <= _FINISH_TIME_TOLERANCE
            ):
                time = self._time
        elif last is not None and (self._job is None or last.id >= self._job):
            time = last.ended_at
        else:
            # The server has not told yet when it ended: not later than now.
            time = self._time and min(
                self._time, dt_util.utcnow().replace(microsecond=0)
            )
        if time is not None:
            self._time = time
        self._attr_native_value = time
        return time

    def _estimate(self) -> datetime | None:
        """Return now plus the time left; the agent's own clock may be wrong."""
        if self._printer.status is None:
            return None
        if (left := time_remaining_of(self._printer.status)) is None:
            return None
        try:
            return dt_util.utcnow().replace(microsecond=0) + timedelta(seconds=left)
        except OverflowError:
            # No calendar goes so far.
            return None


class ObicoHeaterSensor(ObicoPrinterEntity, SensorEntity):
    """A reading of one heater."""

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
        """Show a reading of a printer's heater."""
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
