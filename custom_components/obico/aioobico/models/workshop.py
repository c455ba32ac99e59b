"""What Moonraker tells of what stands around a Klipper printer.

Only the answers of a Moonraker that has nothing of it are recorded. The others are read as
its documentation describes them, and tolerantly: what is missing or of another type is None
or left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import quote, urlsplit

from ..parsing import (
    JsonObject,
    boolean,
    integer,
    number,
    optional,
    rows,
    section,
    text,
    texts,
)

# More points than any outline has that a slicer writes.
_MAX_POINTS = 500
_MAX_COMMITS = 30
_MAX_PACKAGES = 30
# What Moonraker says of a version or an owner that it does not know.
_UNKNOWN = frozenset({"", "?", "unknown"})
_FORGES = frozenset({"github.com", "gitlab.com", "codeberg.org"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerDevice:
    """Something that Moonraker can switch (machine/device_power/devices)."""

    name: str
    is_on: bool | None
    """None while the device starts or has failed."""
    is_locked: bool
    """Moonraker refuses to switch it while Klipper prints."""

    @classmethod
    def from_dict(cls, data: JsonObject) -> Self | None:
        """Parse one of `devices`, None without a name."""
        if not (name := text(data.get("device"))):
            return None
        return cls(
            name=name,
            is_on={"on": True, "off": False}.get(text(data.get("status")) or ""),
            is_locked=boolean(data.get("locked_while_printing")) or False,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerInfo:
    """What Moonraker is made of (server/info)."""

    components: frozenset[str]
    """Empty if it does not tell."""

    @classmethod
    def from_dict(cls, data: JsonObject) -> Self:
        """Parse the answer."""
        return cls(components=frozenset(texts(rows(data.get("components")))))

    def may_have(self, component: str) -> bool:
        """Return whether a component may be there."""
        return not self.components or component in self.components


@dataclass(frozen=True, slots=True, kw_only=True)
class PlateObject:
    """An object of the file that is printed; lengths in mm."""

    name: str
    center: tuple[float, float] | None
    polygon: tuple[tuple[float, float], ...]
    """Its outline, empty if the file does not tell."""

    @classmethod
    def from_dict(cls, data: JsonObject) -> Self | None:
        """Parse one of `exclude_object.objects`, None without a name."""
        if not (name := text(data.get("name"))):
            return None
        points = map(_point, rows(data.get("polygon"))[:_MAX_POINTS])
        return cls(
            name=name,
            center=_point(data.get("center")),
            polygon=tuple(point for point in points if point is not None),
        )


def _point(value: object) -> tuple[float, float] | None:
    """Take a pair of numbers."""
    match [number(each) for each in rows(value)]:
        case [float() as x, float() as y]:
            return x, y
        case _:
            return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plate:
    """The objects of the file that is printed (exclude_object)."""

    objects: tuple[PlateObject, ...]
    excluded: tuple[str, ...]
    current: str | None
    """The object that is printed now, None between objects."""

    @classmethod
    def from_dict(cls, data: JsonObject) -> Self:
        """Parse `exclude_object`."""
        parsed = (
            PlateObject.from_dict(section(each)) for each in rows(data.get("objects"))
        )
        return cls(
            objects=tuple(each for each in parsed if each is not None),
            excluded=texts(rows(data.get("excluded_objects"))),
            current=text(data.get("current_object")),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class KlipperState:
    """What Klipper tells when it is asked (printer/objects/query)."""

    z_offset: float | None
    """Millimetres by which the nozzle is raised (gcode_move.homing_origin)."""
    plate: Plate | None
    """None if objects cannot be excluded."""

    @classmethod
    def from_dict(cls, data: JsonObject) -> Self:
        """Parse the answer."""
        status = section(data.get("status"))
        origin = rows(section(status.get("gcode_move")).get("homing_origin"))
        return cls(
            z_offset=number(origin[2]) if len(origin) > 2 else None,
            plate=optional(Plate.from_dict, status.get("exclude_object")),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Spool:
    """A spool of Spoolman (server/spoolman/proxy, /v1/spool)."""

    id: int
    name: str | None
    vendor: str | None
    material: str | None
    color: str | None
    """Six or eight hexadecimal digits."""
    remaining_weight: float | None
    """Grams; None if Spoolman does not know the weight of the full spool."""
    density: float | None
    """Grams a cubic centimetre; None if it is unknown, as the next one."""
    diameter: float | None
    """Millimetres."""

    @classmethod
    def from_dict(cls, data: JsonObject) -> Self | None:
        """Parse a spool, None without an id."""
        if (key := integer(data.get("id"))) is None:
            return None
        filament = section(data.get("filament"))
        return cls(
            id=key,
            name=text(filament.get("name")),
            vendor=text(section(filament.get("vendor")).get("name")),
            material=text(filament.get("material")),
            color=text(filament.get("color_hex")),
            remaining_weight=number(data.get("remaining_weight")),
            density=_positive(filament.get("density")),
            diameter=_positive(filament.get("diameter")),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FilamentNeed:
    """The filament that a file needs, of all tools together (server/files/metadata)."""

    length: float | None
    """Millimetres; None if the slicer did not write it, as the next one."""
    weight: float | None
    """Grams, by the density that the slicer was told."""

    @classmethod
    def of(cls, length: float | None, weight: float | None) -> Self:
        """Take length and weight, as far as they can be such."""
        return cls(length=_not_negative(length), weight=_not_negative(weight))

    @classmethod
    def from_dict(cls, data: JsonObject) -> Self:
        """Parse the answer."""
        return cls.of(
            number(data.get("filament_total")),
            number(data.get("filament_weight_total")),
        )


def _positive(value: object) -> float | None:
    """Take a number above 0."""
    found = number(value)
    return found if found is not None and found > 0 else None


def _not_negative(value: float | None) -> float | None:
    """Take a number from 0 on."""
    return value if value is not None and value >= 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class HostState:
    """How busy the host of the printer is (machine/proc_stats)."""

    load: float | None
    """Percent of all processors."""
    memory: float | None
    """Percent that is in use."""
    temperature: float | None
    """°C of the processor; None if the host has no such sensor."""

    @classmethod
    def from_dict(cls, data: JsonObject) -> Self:
        """Parse the answer."""
        memory = section(data.get("system_memory"))
        return cls(
            load=number(section(data.get("system_cpu_usage")).get("cpu")),
            memory=percent(memory.get("used"), memory.get("total")),
            temperature=number(data.get("cpu_temp")),
        )


def percent(part: object, whole: object) -> float | None:
    """Return a part of a whole in percent, None where they cannot be such."""
    of, total = _not_negative(number(part)), _positive(whole)
    return None if of is None or total is None else of / total * 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """What Moonraker can update (machine/update/status)."""

    name: str
    kind: str | None
    """git_repo, web, zip, python or system."""
    version: str | None
    """None if Moonraker does not know it, as with the next one."""
    remote_version: str | None
    commits: tuple[str, ...] | None
    """Subjects of commits that are missing, newest first; None but for git repositories."""
    commit_count: int
    packages: tuple[str, ...]
    package_count: int | None
    """None but for the system's packages."""
    changes_url: str | None
    """Where the changes can be read."""
    problems: tuple[str, ...]
    """What Moonraker has to say against an update."""

    @classmethod
    def from_dict(cls, name: str, data: JsonObject) -> Self:
        """Parse one of `version_info`."""
        get = data.get
        kind = text(get("configured_type")) or text(get("detected_type"))
        commits = get("commits_behind")
        subjects = texts(
            [section(each).get("subject") for each in rows(commits)[:_MAX_COMMITS]]
        )
        return cls(
            name=name,
            kind=kind,
            version=_known(get("version")),
            remote_version=_known(get("remote_version")),
            commits=subjects if isinstance(commits, list) else None,
            commit_count=max(
                len(rows(commits)), integer(get("commits_behind_count")) or 0
            ),
            packages=texts(rows(get("package_list")))[:_MAX_PACKAGES],
            package_count=_count(get("package_count")),
            changes_url=_changes_url(data, kind),
            problems=texts(rows(get("warnings"))),
        )


def _count(value: object) -> int | None:
    """Take a number of things."""
    found = integer(value)
    return found if found is not None and found >= 0 else None


def _known(value: object) -> str | None:
    """Take a text that is known."""
    found = text(value)
    return None if found is None or found.strip().casefold() in _UNKNOWN else found


def _changes_url(data: JsonObject, kind: str | None) -> str | None:
    """Return the page with the changes of a component, None where it is not known."""
    get = data.get
    if (changelog := text(get("changelog_url"))) and changelog.startswith("https://"):
        return changelog
    owner, name = _known(get("owner")), _known(get("repo_name") or get("name"))
    if (page := _repository(text(get("remote_url")))) is None:
        if owner is None or name is None:
            return None
        page = f"https://github.com/{quote(owner, safe='')}/{quote(name, safe='')}"
    current, newest = _known(get("current_hash")), _known(get("remote_hash"))
    if kind == "git_repo" and current and newest and current != newest:
        return f"{page}/compare/{quote(current, safe='')}...{quote(newest, safe='')}"
    return page if kind == "git_repo" else f"{page}/releases"


def _repository(address: str | None) -> str | None:
    """Return the page of a repository at a known host, without user and password."""
    try:
        parts = urlsplit(address or "")
    except ValueError:
        return None
    if parts.scheme != "https" or parts.hostname not in _FORGES:
        return None
    return (
        f"https://{parts.hostname}{parts.path.removesuffix('/').removesuffix('.git')}"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateStatus:
    """What can be updated, and whether an update is under way (machine/update/status)."""

    is_busy: bool
    components: Mapping[str, Component]

    @classmethod
    def from_dict(cls, data: JsonObject) -> Self:
        """Parse the answer."""
        return cls(
            is_busy=boolean(data.get("busy")) or False,
            components={
                name: Component.from_dict(name, section(each))
                for name, each in section(data.get("version_info")).items()
            },
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleLine:
    """A line of Klipper's console (server/gcode_store)."""

    text: str
    time: float
    """Seconds since 1970, by the host's clock."""
    is_response: bool
    """Whether Klipper said it, not was told it."""

    @classmethod
    def from_dict(cls, data: JsonObject) -> Self | None:
        """Parse a line, None without text or time."""
        line, time = text(data.get("message")), number(data.get("time"))
        if line is None or time is None:
            return None
        return cls(text=line, time=time, is_response=data.get("type") == "response")
