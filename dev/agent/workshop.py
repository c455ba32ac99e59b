"""What stands around a Klipper printer: macros, objects on the bed, spools, updates, the host.

Nothing of this is there unless a script adds it, as no recorded printer has it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ..json_types import JsonObject

# Seconds that an update takes.
UPDATE_SECONDS = 90.0
# Seconds for which a restart of Moonraker, and one of the host, cuts off the agent.
RESTART_SECONDS = 8.0
REBOOT_SECONDS = 60.0
# Moonraker keeps as many messages of Klipper's console, unless it is configured otherwise.
STORED_MESSAGES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Macro:
    """A macro of Klipper's configuration: how long it takes, and what it says (RESPOND)."""

    seconds: float = 0.0
    says: Sequence[str] = ()
    refuses: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PlateObject:
    """An object of the file that is printed; the polygon is its outline in mm."""

    name: str
    center: tuple[float, float]
    polygon: Sequence[tuple[float, float]]

    def row(self) -> JsonObject:
        """Return the object as Klipper reports it."""
        return {
            "name": self.name,
            "center": list(self.center),
            "polygon": [list(point) for point in self.polygon],
        }


def square(name: str, x: float, y: float, size: float = 20.0) -> PlateObject:
    """Return an object with a square outline."""
    half = size / 2
    return PlateObject(
        name=name,
        center=(x, y),
        polygon=(
            (x - half, y - half),
            (x + half, y - half),
            (x + half, y + half),
            (x - half, y + half),
        ),
    )


@dataclass(slots=True, kw_only=True)
class Spool:
    """A spool of Spoolman; weights in grams."""

    id: int
    name: str
    material: str = "PLA"
    vendor: str = "Fusion"
    color: str = "BD0B0B"
    weight: float = 1000.0
    used: float = 0.0

    def row(self) -> JsonObject:
        """Return the spool as Spoolman reports it."""
        return {
            "id": self.id,
            "registered": "2023-11-23T12:18:31Z",
            "first_used": "2023-11-22T12:17:56.123000Z",
            "last_used": "2023-11-23T10:17:59.900000Z",
            "filament": {
                "id": self.id,
                "registered": "2023-11-23T12:17:44Z",
                "name": self.name,
                "vendor": {
                    "id": 2,
                    "registered": "2023-06-26T21:00:42Z",
                    "name": self.vendor,
                },
                "material": self.material,
                "price": 25.0,
                "density": 1.24,
                "diameter": 1.75,
                "weight": self.weight,
                "color_hex": self.color,
            },
            "remaining_weight": self.weight - self.used,
            "used_weight": self.used,
            "remaining_length": (self.weight - self.used) * 335.0,
            "used_length": self.used * 335.0,
            "archived": False,
        }


@dataclass(slots=True, kw_only=True)
class Component:
    """What Moonraker can update: a git repository, a web page, or the system's packages."""

    version: str = ""
    remote_version: str = ""
    kind: str = "git_repo"
    commits: list[str] = field(default_factory=list)
    packages: list[str] = field(default_factory=list)
    owner: str = "Klipper3d"

    def row(self, name: str) -> JsonObject:
        """Return the component as Moonraker reports it."""
        if self.kind == "system":
            return {
                "name": name,
                "configured_type": "system",
                "package_count": len(self.packages),
                "package_list": list(self.packages),
            }
        row: JsonObject = {
            "name": name,
            "configured_type": self.kind,
            "channel": "stable",
            "owner": self.owner,
            "version": self.version,
            "remote_version": self.remote_version,
            "rollback_version": self.version,
            "info_tags": [],
            "warnings": [],
            "anomalies": [],
            "is_valid": True,
        }
        if self.kind != "git_repo":
            return row
        address = f"https://github.com/{self.owner}/{name}.git"
        return row | {
            "channel": "dev",
            "debug_enabled": False,
            "corrupt": False,
            "detected_type": "git_repo",
            "remote_alias": "origin",
            "branch": "master",
            "repo_name": name,
            "current_hash": "4c8d24ae03eadf3fc5a28efb1209ce810251d02d",
            "remote_hash": "e3cbe7ea3663a8cd10207a9aecc4e5458aeb1f1f",
            "repo_detected": True,
            "is_dirty": False,
            "detached": False,
            "commits_behind": [
                {
                    "sha": f"{number:040x}",
                    "author": "Somebody",
                    "date": "1644534721",
                    "subject": subject,
                    "message": "",
                    "tag": None,
                }
                for number, subject in enumerate(self.commits, start=1)
            ],
            "git_messages": [],
            "full_version_string": f"{self.version}-g4c8d24ae",
            "pristine": True,
            "recovery_url": address,
            "remote_url": address,
        }


@dataclass(slots=True, kw_only=True)
class Workshop:
    """All that stands around one printer."""

    # Devices that can be switched while Klipper prints.
    unlocked_devices: set[str] = field(default_factory=set)
    macros: dict[str, Macro] = field(default_factory=dict)
    # What has run, with its parameters as they were written.
    ran: list[str] = field(default_factory=list)
    objects: list[PlateObject] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)
    # None where Moonraker has no Spoolman.
    spools: dict[int, Spool] | None = None
    active_spool: int | None = None
    # None where Moonraker has no update manager.
    components: dict[str, Component] | None = None
    updating: str | None = None
    messages: list[JsonObject] = field(default_factory=list)
    # Seconds until Klipper has done all that it was told.
    busy: float = 0.0

    def add_spools(self, *spools: Spool, active: int | None = None) -> None:
        """Connect Spoolman, with these spools."""
        self.spools = {spool.id: spool for spool in spools}
        self.active_spool = active

    def say(self, text: str, kind: str, at: float) -> None:
        """Keep a message of the console, which is a command or a response."""
        self.messages.append({"message": text, "time": at, "type": kind})
        del self.messages[:-STORED_MESSAGES]
