"""What an agent reports about its machine."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from ..parsing import JsonObject, boolean, integer, number, optional, section, text


@dataclass(frozen=True, slots=True, kw_only=True)
class StateFlags:
    """The machine's state in flags; one that is absent is False.

    OctoPrint keeps `printing` set while pausing, resuming, cancelling and finishing;
    Klipper does not.
    """

    operational: bool
    printing: bool
    paused: bool
    pausing: bool
    resuming: bool
    cancelling: bool
    finishing: bool
    error: bool
    ready: bool
    closed_or_error: bool
    """The machine is not connected to its agent."""
    sd_ready: bool | None
    """None if the agent does not report it (Klipper)."""

    @classmethod
    def from_dict(cls, data: JsonObject) -> Self:
        """Parse `status.state.flags`."""
        get = data.get
        return cls(
            operational=get("operational") is True,
            printing=get("printing") is True,
            paused=get("paused") is True,
            pausing=get("pausing") is True,
            resuming=get("resuming") is True,
            cancelling=get("cancelling") is True,
            finishing=get("finishing") is True,
            error=get("error") is True,
            ready=get("ready") is True,
            closed_or_error=get("closedOrError") is True,
            sd_ready=boolean(get("sdReady")),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """The file that is loaded or printed."""

    file_name: str | None
    file_path: str | None
    estimated_print_time: float | None
    """Seconds, by the agent's analysis of the file; None with Klipper."""
    last_print_time: float | None
    """Seconds that its last print took; None with Klipper."""
    filament_length: float | None
    """Millimetres, of all tools together; None with Klipper."""
    filament_volume: float | None
    """Cubic centimetres, of all tools together; None with Klipper."""

    @classmethod
    def from_dict(cls, data: JsonObject) -> Self:
        """Parse `status.job`."""
        file = section(data.get("file"))
        filament = section(data.get("filament"))
        return cls(
            file_name=text(file.get("name")),
            file_path=text(file.get("path")),
            estimated_print_time=number(data.get("estimatedPrintTime")),
            last_print_time=number(data.get("lastPrintTime")),
            filament_length=_of_all_tools(filament, "length"),
            filament_volume=_of_all_tools(filament, "volume"),
        )


def _of_all_tools(filament: JsonObject, key: str) -> float | None:
    """Return the sum over all tools; without tools the values are in the object itself."""
    total = number(filament.get(key))
    for tool in filament.values():
        if isinstance(tool, dict) and (amount := number(tool.get(key))) is not None:
            total = (total or 0.0) + amount
    return total


@dataclass(frozen=True, slots=True, kw_only=True)
class JobProgress:
    """The progress of the job."""

    completion: float | None
    """Percent."""
    print_time: float | None
    """Seconds printed so far."""
    print_time_left: float | None
    """Seconds, an estimate; see `print_time_left_origin`."""
    print_time_left_origin: str | None
    """linear, analysis, estimate, average, mixed-analysis or mixed-average; None with Klipper."""
    filament_used: float | None
    """Millimetres: the job's total with OctoPrint, used so far with Klipper."""
    file_position: int | None
    """Bytes of the file that are printed already."""

    @classmethod
    def from_dict(cls, data: JsonObject) -> Self:
        """Parse `status.progress`."""
        get = data.get
        return cls(
            completion=number(get("completion")),
            print_time=number(get("printTime")),
            print_time_left=number(get("printTimeLeft")),
            print_time_left_origin=text(get("printTimeLeftOrigin")),
            filament_used=number(get("filamentUsed")),
            file_position=integer(get("filepos")),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Temperature:
    """A heater or a sensor, in °C."""

    actual: float | None
    target: float | None
    """None for a sensor that cannot be heated, 0 for a heater that is off."""
    offset: float | None

    @classmethod
    def from_dict(cls, data: JsonObject) -> Self:
        """Parse one of `status.temperatures`."""
        get = data.get
        return cls(
            actual=number(get("actual")),
            target=number(get("target")),
            offset=number(get("offset")),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PrinterStatus:
    """What the agent last reported; there is none while it is offline."""

    # First, as what differs most often is compared first.
    timestamp: float | None
    """When it was reported, by the agent's clock, in seconds since 1970."""
    text: str | None
    """The state in English, such as "Printing"; free text of the agent."""
    flags: StateFlags
    error: str | None
    """Why the machine stopped; empty or None otherwise."""
    user_interaction_required: bool | None
    job: Job | None
    progress: JobProgress | None
    current_z: float | None
    """Millimetres."""
    current_layer: int | None
    total_layers: int | None
    temperatures: Mapping[str, Temperature]
    """By the agent's name of the heater: tool0, bed, extruder, heater_bed, or free text."""
    feed_rate: float | None
    """Fraction, 1.0 is 100 %; Klipper only, as are the next two."""
    flow_rate: float | None
    fan_speed: float | None
    display_message: str | None
    """The message on the display (M117)."""

    @classmethod
    def from_dict(
        cls,
        data: JsonObject,
        previous: tuple[JsonObject, PrinterStatus] | None = None,
    ) -> Self:
        """Parse `status`.

        `previous` are what compared_status() returned of the last one and the PrinterStatus
        parsed from it: parts whose JSON is equal are taken over.
        """
        get = data.get
        state = section(get("state"))
        job = get("job")
        metadata = section(section(get("file_metadata")).get("obico"))
        old, was = previous or ({}, None)
        return cls(
            text=text(state.get("text")),
            flags=was.flags
            if was is not None and old["state"] == state
            else StateFlags.from_dict(section(state.get("flags"))),
            error=text(state.get("error")),
            user_interaction_required=boolean(get("user_interaction_required")),
            job=was.job
            if was is not None and old["job"] == job
            else optional(Job.from_dict, job),
            progress=optional(JobProgress.from_dict, get("progress")),
            current_z=number(get("currentZ")),
            # In spite of its name, the number of the layer.
            current_layer=integer(get("currentLayerHeight")),
            total_layers=integer(metadata.get("totalLayerCount")),
            temperatures={
                heater: Temperature.from_dict(reading)
                for heater, reading in section(get("temperatures")).items()
                if isinstance(reading, dict)
            },
            feed_rate=number(get("currentFeedRate")),
            flow_rate=number(get("currentFlowRate")),
            fan_speed=number(get("currentFanSpeed")),
            display_message=text(section(get("display_status")).get("message")),
            timestamp=number(get("_ts")),
        )


def compared_status(data: JsonObject) -> JsonObject:
    """Return what PrinterStatus.from_dict() compares of a previous status."""
    return {"state": section(data.get("state")), "job": data.get("job")}
