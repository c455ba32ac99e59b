"""The targets of heaters: what they are, and what may be set."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from ..aioobico import Printer, PrinterStatus
from .heaters import HeaterKind, kind_of

# No API tells what a printer can take; its firmware has the last word.
MAX_TARGETS: Final = {
    HeaterKind.NOZZLE: 300.0,
    HeaterKind.NOZZLE_N: 300.0,
    HeaterKind.BED: 120.0,
    HeaterKind.CHAMBER: 80.0,
    HeaterKind.OTHER: 80.0,
}


def targets_of(printer: Printer) -> dict[str, float]:
    """Return the targets of the heaters that can be heated, in °C."""
    if printer.status is None:
        return {}
    return {
        name: temperature.target
        for name, temperature in printer.status.temperatures.items()
        if temperature.target is not None
    }


def clamped(heater: str, target: float) -> float:
    """Return a target as such a heater takes it."""
    return min(max(target, 0.0), MAX_TARGETS[kind_of(heater)])


def with_targets(status: PrinterStatus, targets: Mapping[str, float]) -> PrinterStatus:
    """Return a status whose heaters have these targets."""
    return replace(
        status,
        temperatures={
            name: replace(temperature, target=targets[name])
            if name in targets
            else temperature
            for name, temperature in status.temperatures.items()
        },
    )
