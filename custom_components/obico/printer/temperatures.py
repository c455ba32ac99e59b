"""The targets of heaters: what they are, what may be set, and what a profile asks for."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Final

from homeassistant.exceptions import ServiceValidationError

from ..aioobico import Printer, PrinterStatus
from ..const import DOMAIN
from .heaters import NOZZLES, Heater, HeaterKind, kind_of
from .state_text import shorten

# In °C. No API tells what a printer can take, so these are what Obico's own page allows;
# a chamber or any other heater may be of plastic. The firmware has the last word.
MAX_TARGETS: Final = {
    HeaterKind.NOZZLE: 350.0,
    HeaterKind.NOZZLE_N: 350.0,
    HeaterKind.BED: 140.0,
    HeaterKind.CHAMBER: 80.0,
    HeaterKind.OTHER: 80.0,
}

# In °C. The user wrote the profile for this very printer, so only what no chamber
# reaches is taken for a slip. Klipper's chambers often have names of their own.
MAX_PROFILE_TARGETS: Final = MAX_TARGETS | {
    HeaterKind.CHAMBER: 140.0,
    HeaterKind.OTHER: 140.0,
}

# How profiles name the nozzle in general: OctoPrint's say `extruder` for its `tool0`.
_GENERAL_NOZZLE: Final = frozenset({"extruder", "tool0"})

# The option that turns all heaters off.
PREHEAT_OFF: Final = "off"
# As long as a state can be, whatever its characters; all options together stay below the
# 16 kB of attributes that the recorder takes.
MAX_PROFILE_NAME_BYTES: Final = 255
_MAX_PROFILES: Final = 50


def targets_of(printer: Printer) -> dict[str, float]:
    """Return the targets of the heaters that can be heated, in °C."""
    if printer.status is None:
        return {}
    return {
        name: temperature.target
        for name, temperature in printer.status.temperatures.items()
        if temperature.target is not None
    }


def ensure_targets(
    targets: Mapping[str, float],
    maxima: Mapping[HeaterKind, float] = MAX_TARGETS,
) -> None:
    """Raise ServiceValidationError where a target is more than such a heater may get."""
    for heater, target in targets.items():
        if target > (maximum := maxima[kind_of(heater)]):
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="too_hot",
                translation_placeholders={
                    "heater": heater,
                    "maximum": str(round(maximum)),
                },
            )


def profiles_of(
    printer: Printer, heaters: Iterable[Heater], *, all_tools: bool = False
) -> dict[str, dict[str, float]]:
    """Return what each temperature profile of a printer sets, by the profile's name.

    Targets are in °C by heater; `heaters` are those that the printer is known to have.
    Profiles without a name, or for none of these heaters, are left out.
    """
    names = [heater.name for heater in heaters if heater.has_target]
    profiles: dict[str, dict[str, float]] = {}
    for profile in printer.settings.temperature_profiles if printer.settings else ():
        name = shorten(profile.name, MAX_PROFILE_NAME_BYTES)
        targets = _profile_targets(
            profile.targets, names, targets_of(printer), all_tools=all_tools
        )
        if targets and name not in {"", PREHEAT_OFF} and len(profiles) < _MAX_PROFILES:
            profiles[name] = targets
    return profiles


def _profile_targets(
    profile: Mapping[str, float],
    heaters: Collection[str],
    targets: Mapping[str, float],
    *,
    all_tools: bool,
) -> dict[str, float]:
    """Return what a profile sets where these are the heaters, and their targets now.

    Where a profile names one nozzle in general, its temperature is for the tools that
    have a target now, for the first where none has, and with `all_tools` for all.
    """
    nozzles = [name for name in heaters if kind_of(name) in NOZZLES]
    first = next((name for name in nozzles if kind_of(name) is HeaterKind.NOZZLE), None)
    wanted = {
        first if first and name in _GENERAL_NOZZLE else name: max(target, 0.0)
        for name, target in profile.items()
    }
    wanted = {name: target for name, target in wanted.items() if name in heaters}
    if first and wanted.keys() & set(nozzles) == {first}:
        target = wanted.pop(first)
        in_use = [name for name in nozzles if targets.get(name)]
        tools = nozzles if all_tools else in_use or [first]
        wanted |= dict.fromkeys(tools, target)
    return wanted


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
