"""The heaters and temperature sensors that printers have reported."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
import re
from typing import Final, Self

from ..aioobico import Printer
from .keys import free_key
from .state_text import MAX_NAME_BYTES, is_blank, shorten
from .stored_data import StoredData


class HeaterKind(StrEnum):
    """The kind of a heater; OTHER where its name does not show it."""

    NOZZLE = "nozzle"
    NOZZLE_N = "nozzle_n"
    BED = "bed"
    CHAMBER = "chamber"
    OTHER = "heater"


NOZZLES: Final = frozenset({HeaterKind.NOZZLE, HeaterKind.NOZZLE_N})

_KIND_BY_NAME: Final = {
    "tool0": HeaterKind.NOZZLE,
    "extruder": HeaterKind.NOZZLE,
    "bed": HeaterKind.BED,
    "heater_bed": HeaterKind.BED,
    "chamber": HeaterKind.CHAMBER,
}
# Words in the names that people give to the sensors of computers and boards.
_COMPUTER: Final = re.compile(
    r"(?:^|[^a-z])(?:host|mcu|cpu|soc|pi|rpi|raspberry|sbc|board|ebb\d*|cb\d|driver\w*)(?:[^a-z]|$)",
    re.IGNORECASE,
)
_NTH_TOOL: Final = re.compile(r"(?:tool|extruder)([1-9]\d?)")
MAX_TOOL: Final = 99


def kind_of(name: str) -> HeaterKind:
    """Return the kind of a heater from its name."""
    if _NTH_TOOL.fullmatch(name):
        return HeaterKind.NOZZLE_N
    return _KIND_BY_NAME.get(name, HeaterKind.OTHER)


def tool_number(name: str) -> int | None:
    """Return the number of a nozzle's tool as in G-code, from 0; None for other heaters."""
    if match := _NTH_TOOL.fullmatch(name):
        return int(match[1])
    return 0 if kind_of(name) in NOZZLES else None


# More than any printer has. Without a limit, a faulty agent could create any number of
# entities with its free-text names.
_MAX_HEATERS: Final = 32
# In bytes. Labels become a part of entity ids, together with the name of the printer.
_MAX_LABEL_BYTES: Final = 60

type StoredHeater = dict[str, str | bool]


@dataclass(frozen=True, kw_only=True)
class Heater:
    """A heater, or a sensor that only measures a temperature.

    `has_actual` and `has_target` are True once such a value was reported. OctoPrint's agent
    lists a chamber without values for printers that have none.
    """

    name: str
    key: str
    has_actual: bool = False
    has_target: bool = False

    @property
    def kind(self) -> HeaterKind:
        """Return the kind from the name."""
        return kind_of(self.name)

    @property
    def is_computer(self) -> bool:
        """Return whether it seems to measure a computer or a board instead of the printer."""
        return (
            self.kind is HeaterKind.OTHER
            and not self.has_target
            and _COMPUTER.search(self.name) is not None
        )

    @property
    def label(self) -> str:
        """Return the name, shortened for an attribute."""
        return shorten(self.name, MAX_NAME_BYTES)

    @property
    def placeholders(self) -> dict[str, str]:
        """Return the translation placeholders of the names of this heater's entities."""
        match self.kind:
            case HeaterKind.NOZZLE_N:
                return {"number": str((tool_number(self.name) or 0) + 1)}
            case HeaterKind.OTHER:
                label = self.name.replace("_", " ").strip()
                label = shorten(
                    self.key if is_blank(label) else label, _MAX_LABEL_BYTES
                )
                return {"heater": label[:1].upper() + label[1:]}
            case _:
                return {}

    def as_stored(self) -> StoredHeater:
        """Return what `from_stored` takes."""
        return {
            "name": self.name,
            "key": self.key,
            "has_actual": self.has_actual,
            "has_target": self.has_target,
        }

    @classmethod
    def from_stored(cls, row: Mapping[str, object], stored: StoredData) -> Self | None:
        """Return the heater that was stored, None where it cannot be read."""
        name = stored.check(row.get("name"), str)
        key = stored.check(row.get("key"), str)
        if name is None or key is None:
            return None
        return cls(
            name=name,
            key=key,
            has_actual=bool(row.get("has_actual")),
            has_target=bool(row.get("has_target")),
        )


class Heaters:
    """All heaters that were ever reported, by printer.

    They are stored, so that a printer that is off when Home Assistant starts keeps its
    entities, and that heaters whose names result in the same key keep different keys.
    """

    def __init__(self) -> None:
        """Start with no heaters."""
        self._by_printer: dict[int, dict[str, Heater]] = {}

    @property
    def printers(self) -> Iterable[int]:
        """Return the ids of the printers that have any."""
        return self._by_printer.keys()

    def forget(self, printer_id: int) -> None:
        """Forget the heaters of a printer."""
        self._by_printer.pop(printer_id, None)

    def of(self, printer_id: int) -> tuple[Heater, ...]:
        """Return the heaters of a printer in the order they were first seen."""
        return tuple(self._by_printer.get(printer_id, {}).values())

    def update(self, printer: Printer) -> bool:
        """Add what a status reports for the first time, and return whether there was any."""
        if printer.status is None:
            return False
        heaters = self._by_printer.setdefault(printer.id, {})
        learned = False
        for name, temperature in printer.status.temperatures.items():
            known = heaters.get(name)
            has_actual = temperature.actual is not None
            has_target = temperature.target is not None
            if known is None:
                if len(heaters) >= _MAX_HEATERS:
                    continue
                taken = {heater.key for heater in heaters.values()}
                known = Heater(name=name, key=free_key(name, taken, otherwise="heater"))
            elif (known.has_actual or not has_actual) and (
                known.has_target or not has_target
            ):
                continue
            heaters[name] = replace(
                known,
                has_actual=known.has_actual or has_actual,
                has_target=known.has_target or has_target,
            )
            learned = True
        return learned

    def restore(self, stored: StoredData) -> None:
        """Restore what `as_stored` has returned."""
        self._by_printer = {
            printer_id: {
                heater.name: heater
                for row in stored.rows(rows, dict)
                if (heater := Heater.from_stored(row, stored)) is not None
            }
            for printer_id, rows in stored.by_printer("heaters", list).items()
        }

    def as_stored(self) -> dict[str, object]:
        """Return what `restore` takes."""
        return {
            "heaters": {
                str(printer_id): [heater.as_stored() for heater in heaters.values()]
                for printer_id, heaters in self._by_printer.items()
            }
        }
