"""What an agent reports about its configuration."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from ..parsing import (
    JsonObject,
    embedded_json,
    integer,
    number,
    rows,
    section,
    text,
    texts,
)

_ROTATIONS = frozenset({0, 90, 180, 270})

_FLAT_WEBCAM_KEYS = frozenset(
    {"webcam_flipV", "webcam_flipH", "webcam_rotation", "webcam_streamRatio"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Webcam:
    """A webcam, and how its picture has to be flipped, then rotated."""

    name: str | None
    is_primary_camera: bool
    is_nozzle_camera: bool
    flip_vertical: bool
    flip_horizontal: bool
    rotation: int
    """Degrees clockwise: 0, 90, 180 or 270."""
    stream_ratio: str | None
    """4:3 or 16:9."""
    stream_mode: str | None = None
    """How the agent streams it: h264_copy, h264_device, h264_transcode or mjpeg_webrtc.

    None where it does not stream, as always where only the flat fields are known.
    """
    stream_id: int | None = None
    """The id of its mountpoint in the agent's Janus."""

    @classmethod
    def from_dict(cls, data: JsonObject, prefix: str = "") -> Self:
        """Parse one of `settings.webcams`, or with a prefix the flat fields of `settings`."""
        get = data.get
        rotation = number(get(f"{prefix}rotation"))
        return cls(
            name=text(get("name")),
            is_primary_camera=get("is_primary_camera") is True,
            is_nozzle_camera=get("is_nozzle_camera") is True,
            flip_vertical=get(f"{prefix}flipV") is True,
            flip_horizontal=get(f"{prefix}flipH") is True,
            rotation=int(rotation) if rotation in _ROTATIONS else 0,
            stream_ratio=text(get(f"{prefix}streamRatio")),
            stream_mode=text(get("stream_mode")) or None,
            stream_id=integer(get("stream_id")),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TemperatureProfile:
    """A named set of temperatures to preheat to."""

    name: str
    targets: Mapping[str, float]
    """°C by heater; OctoPrint's profiles say `extruder` for `tool0`."""
    unreadable: tuple[str, ...] = ()
    """Heaters with a value that is no number, such as "60 °C": their targets are not known."""

    @classmethod
    def from_dict(cls, name: str, data: JsonObject) -> Self:
        """Parse one of `settings.temp_profiles`, without heaters whose value is null or blank."""
        given = {
            heater: value
            for heater, value in data.items()
            if heater != "name"
            and value is not None
            and not (isinstance(value, str) and not value.strip())
        }
        targets = {
            heater: target
            for heater, value in given.items()
            if (target := number(value)) is not None
        }
        return cls(
            name=name,
            targets=targets,
            unreadable=tuple(heater for heater in given if heater not in targets),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PrinterSettings:
    """What the agent last reported about itself and its machine, also while it is offline."""

    webcams: tuple[Webcam, ...]
    flat_webcam: Webcam | None
    """The webcam of agents that report no list of them."""
    agent_name: str | None
    agent_version: str | None
    octoprint_version: str | None
    """Empty with Klipper."""
    temperature_profiles: tuple[TemperatureProfile, ...]
    platform: tuple[str, ...]
    """The parts of uname of the machine the agent runs on."""
    # Written by plug-ins and firmwares: may contain anything, also secrets.
    installed_plugins: tuple[str, ...] = field(repr=False)
    printer_metadata: Mapping[str, str] = field(repr=False)
    """What the firmware says about itself, such as FIRMWARE_NAME."""

    @property
    def primary_webcam(self) -> Webcam | None:
        """Return the webcam of the server's picture, None if no webcam is known."""
        for webcam in self.webcams:
            if webcam.is_primary_camera:
                return webcam
        return self.webcams[0] if self.webcams else self.flat_webcam

    @classmethod
    def from_dict(cls, data: JsonObject) -> Self:
        """Parse `settings`."""
        get = data.get
        return cls(
            webcams=tuple(
                Webcam.from_dict(webcam)
                for webcam in rows(get("webcams"))
                if isinstance(webcam, dict)
            ),
            flat_webcam=Webcam.from_dict(data, "webcam_")
            if _FLAT_WEBCAM_KEYS & data.keys()
            else None,
            agent_name=text(get("agent_name")),
            agent_version=text(get("agent_version")),
            octoprint_version=text(get("octoprint_version")),
            temperature_profiles=tuple(
                TemperatureProfile.from_dict(name, profile)
                for profile in rows(get("temp_profiles"))
                if isinstance(profile, dict)
                and (name := text(profile.get("name"))) is not None
            ),
            platform=texts(rows(embedded_json(get("platform_uname")))),
            installed_plugins=texts(rows(embedded_json(get("installed_plugins")))),
            printer_metadata={
                key: value
                for key, content in section(
                    embedded_json(get("printer_metadata"))
                ).items()
                if (value := text(content)) is not None
            },
        )
