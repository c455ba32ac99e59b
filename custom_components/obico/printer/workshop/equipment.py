"""What a Klipper printer has around it, as it was found and is stored.

Finding out takes several messages, so it is stored, and done again only when the agent
connects or is another one, or when a user asks for it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final, Self

from homeassistant.util import slugify

from ...aioobico import Printer
from ..state_text import MAX_NAME_BYTES, is_blank, shorten
from ..stored_data import StoredData

# More than any printer has. Without limits, a faulty host could create any number of entities.
_MAX_DEVICES: Final = 16
_MAX_MACROS: Final = 200
_MAX_COMPONENTS: Final = 32
# In characters, for a key as a part of unique ids.
_MAX_KEY_LENGTH: Final = 100

# The power device that, by the convention of Moonraker's documentation, is the printer's own.
PRINTER_DEVICE: Final = "printer"

_MACRO: Final = "gcode_macro "
_EXCLUDE_OBJECT: Final = "exclude_object"


def agent_of(printer: Printer) -> str:
    """Return the name and version of a printer's agent."""
    return f"{printer.agent_name} {printer.agent_version}"


def macros_in(objects: Iterable[str]) -> tuple[str, ...]:
    """Return the names of macros in a list of Klipper's objects, without internal ones."""
    return tuple(
        sorted(
            name
            for each in objects
            if each.startswith(_MACRO)
            and (name := each.removeprefix(_MACRO)).isascii()
            and name.isprintable()
            and not is_blank(name)
            and " " not in name
            and not name.startswith("_")
        )[:_MAX_MACROS]
    )


def has_objects(objects: Iterable[str]) -> bool:
    """Return whether objects can be excluded, by the list of Klipper's objects."""
    return _EXCLUDE_OBJECT in objects


@dataclass(frozen=True, kw_only=True)
class Equipment:
    """What a printer has around it; `agent` is the one that was asked."""

    agent: str
    devices: tuple[str, ...] = ()
    macros: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    has_spoolman: bool = False
    has_objects: bool = False

    @property
    def device_keys(self) -> dict[str, str]:
        """Return the names of power devices by the keys of their entities."""
        return _by_key("power", self.devices, _MAX_DEVICES)

    @property
    def macro_keys(self) -> dict[str, str]:
        """Return the names of macros by the keys of their entities."""
        return _by_key("macro", self.macros, _MAX_MACROS)

    @property
    def component_keys(self) -> dict[str, str]:
        """Return the names of what can be updated by the keys of their entities."""
        return _by_key("update", self.components, _MAX_COMPONENTS)

    def device_of(self, name: str) -> str | None:
        """Return the power device that is meant by a name, without regard to case."""
        return _meant(name, self.devices)

    def macro_of(self, name: str) -> str | None:
        """Return the macro that is meant by a name, without regard to case as in Klipper."""
        return _meant(name, self.macros)

    def as_stored(self) -> dict[str, object]:
        """Return what `from_stored` takes."""
        return {
            "agent": self.agent,
            "devices": list(self.devices),
            "macros": list(self.macros),
            "components": list(self.components),
            "has_spoolman": self.has_spoolman,
            "has_objects": self.has_objects,
        }

    @classmethod
    def from_stored(cls, row: Mapping[str, object], stored: StoredData) -> Self | None:
        """Return the equipment that was stored, None where it cannot be read."""
        if (agent := stored.check(row.get("agent"), str)) is None:
            return None
        return cls(
            agent=agent,
            devices=tuple(stored.rows(row.get("devices"), str)),
            macros=tuple(stored.rows(row.get("macros"), str)),
            components=tuple(stored.rows(row.get("components"), str)),
            has_spoolman=bool(row.get("has_spoolman")),
            has_objects=bool(row.get("has_objects")),
        )


def label_of(name: str) -> str:
    """Return a name of a device, a macro or a component as a part of an entity's name."""
    words = shorten(name.replace("_", " ").strip(), MAX_NAME_BYTES)
    return words[:1].upper() + words[1:].lower() if words.isupper() else words


def _meant(name: str, names: Iterable[str]) -> str | None:
    wanted = name.strip().casefold()
    return next((each for each in names if each.casefold() == wanted), None)


def _by_key(prefix: str, names: Iterable[str], limit: int) -> dict[str, str]:
    """Return names by keys; of names that result in the same key, later ones get a number."""
    found: dict[str, str] = {}
    for name in sorted(names)[:limit]:
        base = key = f"{prefix}_{slugify(name)[:_MAX_KEY_LENGTH]}"
        number = 2
        while key in found:
            key, number = f"{base}_{number}", number + 1
        found[key] = name
    return found


class EquipmentStore:
    """What all printers of an account have around them."""

    def __init__(self) -> None:
        """Initialize without printers."""
        self._by_printer: dict[int, Equipment] = {}

    @property
    def printers(self) -> Iterable[int]:
        """Return the ids of the printers that were looked at."""
        return self._by_printer

    def of(self, printer_id: int) -> Equipment | None:
        """Return what a printer has, None where it was never looked at."""
        return self._by_printer.get(printer_id)

    def update(self, printer_id: int, equipment: Equipment) -> bool:
        """Store what a printer has, and return whether it is something else than before."""
        before = self._by_printer.get(printer_id)
        self._by_printer[printer_id] = equipment
        return before != equipment

    def mark_outdated(self, printer_id: int) -> None:
        """Have the printer looked at again, also after a restart."""
        if (known := self._by_printer.get(printer_id)) is not None:
            self._by_printer[printer_id] = replace(known, agent="")

    def forget(self, printer_id: int) -> None:
        """Remove what is known of a deleted printer."""
        self._by_printer.pop(printer_id, None)

    def restore(self, stored: StoredData) -> None:
        """Restore what `as_stored` has returned."""
        self._by_printer = {
            printer_id: equipment
            for printer_id, row in stored.by_printer("equipment", dict).items()
            if (equipment := Equipment.from_stored(row, stored)) is not None
        }

    def as_stored(self) -> dict[str, object]:
        """Return what `restore` takes."""
        return {
            "equipment": {
                str(printer_id): equipment.as_stored()
                for printer_id, equipment in self._by_printer.items()
            }
        }
