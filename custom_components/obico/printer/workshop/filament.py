"""Whether the active spool has enough filament for a file.

Moonraker tells Spoolman the length that was used, and Spoolman takes it for weight by the
density and the diameter of its own filament. So does this; what the slicer took it to weigh
counts where Spoolman does not know them.
"""

from dataclasses import dataclass
from math import pi
from typing import Final, NamedTuple

from ...aioobico import FilamentNeed, Printer, Spool
from ..status import has_print

_CUBIC_MILLIMETERS: Final = 1000.0  # in a cubic centimetre


class WantedFile(NamedTuple):
    """A file on a printer or in the cloud, by its path."""

    path: str
    is_cloud: bool = False


@dataclass(frozen=True, kw_only=True)
class Filament:
    """What a print needs and what the active spool has, in grams."""

    needed: float
    left: float

    def is_enough(self, reserve: float) -> bool:
        """Return whether so many grams are left over."""
        return self.needed + reserve <= self.left


def printed_file(printer: Printer) -> WantedFile | None:
    """Return the file of the current print, None where nothing prints or it is unknown."""
    job = printer.status.job if printer.status and has_print(printer) else None
    return WantedFile(job.file_path) if job and job.file_path else None


def used_length(printer: Printer) -> float:
    """Return the millimetres that the current print of a Klipper printer has used."""
    progress = printer.status.progress if printer.status else None
    return max(progress.filament_used or 0.0, 0.0) if progress else 0.0


def needed_weight(
    need: FilamentNeed, spool: Spool | None, used: float = 0.0
) -> float | None:
    """Return the grams that a file still needs after `used` millimetres, None if unknown."""
    if need.length is not None and spool and spool.density and spool.diameter:
        volume = pi * (spool.diameter / 2) ** 2 * max(need.length - used, 0.0)
        return volume / _CUBIC_MILLIMETERS * spool.density
    if need.weight is None or not used:
        return need.weight
    if not need.length:
        return None
    return need.weight * max(1 - used / need.length, 0.0)


def filament_of(
    need: FilamentNeed | None, spool: Spool | None, printer: Printer | None
) -> Filament | None:
    """Return what a file needs and what is left on a spool, None where either is unknown.

    `printer` is the one that prints the file, None for one that is to be printed.
    """
    if need is None or spool is None or spool.remaining_weight is None:
        return None
    needed = needed_weight(need, spool, used_length(printer) if printer else 0.0)
    if needed is None:
        return None
    return Filament(needed=needed, left=spool.remaining_weight)
