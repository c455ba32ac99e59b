"""When a power device may be switched."""

from typing import Final

from homeassistant.exceptions import ServiceValidationError

from ...aioobico import Printer
from ...const import DOMAIN
from ..heaters import NOZZLES, kind_of
from ..preconditions import ensure, is_printing
from .equipment import PRINTER_DEVICE
from .readings import Readings

# In °C. Below it the nozzle needs no fan any more.
MAX_NOZZLE: Final = 50.0


def ensure_switchable(
    printer: Printer, readings: Readings, name: str, *, on: bool, force: bool
) -> None:
    """Raise ServiceValidationError where a device must not be switched now.

    No name tells what a device gives power to, so all are treated as if it were the printer.
    With `force` only what Moonraker refuses itself is refused.
    """
    device = (readings.power or {}).get(name)
    if is_printing(printer):
        if device is not None and device.is_locked:
            ensure("power_locked")
        if not on and not force:
            ensure("print_is_running")
    if on or force:
        return
    if printer.status is None:
        # Without its own power the printer is cold, or cools down.
        if not _is_without_power(readings):
            ensure("heat_unknown")
        return
    for heater, temperature in printer.status.temperatures.items():
        if (
            kind_of(heater) in NOZZLES
            and (actual := temperature.actual) is not None
            and actual > MAX_NOZZLE
        ):
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="nozzle_too_hot",
                translation_placeholders={
                    "heater": heater,
                    "temperature": str(round(actual)),
                    "maximum": str(round(MAX_NOZZLE)),
                },
            )


def _is_without_power(readings: Readings) -> bool:
    """Return whether the printer itself is known to be switched off."""
    return any(
        device.is_on is False
        for name, device in (readings.power or {}).items()
        if name.casefold() == PRINTER_DEVICE
    )
