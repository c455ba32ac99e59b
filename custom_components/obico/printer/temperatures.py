"""The targets of heaters: current ones, their limits, and those of temperature profiles."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Final

from homeassistant.exceptions import ServiceValidationError

from ..aioobico import Printer, PrinterStatus
from ..const import DOMAIN
from .heaters import NOZZLES, Heater, HeaterKind, kind_of
from .state_text import shorten

# In °C. No API reports the limits of a printer, so these are the ones of Obico's own page.
# Chambers and other heaters may have plastic parts. The firmware enforces its own limits.
MAX_TARGETS: Final = {
    HeaterKind.NOZZLE: 350.0,
    HeaterKind.NOZZLE_N: 350.0,
    HeaterKind.BED: 140.0,
    HeaterKind.CHAMBER: 80.0,
    HeaterKind.OTHER: 80.0,
}

# In °C. Users write profiles for one printer, so the limits of a profile only catch typing
# errors: no chamber gets hotter. OTHER has the same limit, as a Klipper chamber can have any
# name.
MAX_PROFILE_TARGETS: Final = MAX_TARGETS | {
    HeaterKind.CHAMBER: 140.0,
    HeaterKind.OTHER: 140.0,
}

# Names in profiles that stand for any nozzle: OctoPrint calls its `tool0` `extruder` there.
_GENERAL_NOZZLE: Final = frozenset({"extruder", "tool0"})

# The option that turns all heaters off.
PREHEAT_OFF: Final = "off"
# A state has at most 255 characters, which take at least as many bytes. The options of 50
# profiles also stay below the 16 kB of attributes that the recorder stores.
MAX_PROFILE_NAME_BYTES: Final = 255
_MAX_PROFILES: Final = 50


def targets_of(printer: Printer) -> dict[str, float]:
    """Return the targets in °C, by the names of all heaters that report one."""
    if printer.status is None:
        return {}
    return {
        name: temperature.target
        for name, temperature in printer.status.temperatures.items()
        if temperature.target is not None
    }


def heaters_of(printer: Printer, heaters: Iterable[Heater]) -> list[str]:
    """Return the names of what can be heated: all that the printer reports, or has reported.

    `heaters` are those that the printer is known to have. Right after it is connected no
    heater is reported, although one may be hot.
    """
    return [*targets_of(printer)] or [
        heater.name for heater in heaters if heater.has_target
    ]


def ensure_targets(
    targets: Mapping[str, float],
    maxima: Mapping[HeaterKind, float],
) -> None:
    """Raise ServiceValidationError where a target exceeds the maximum for its kind of heater."""
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
    """Return the targets of each temperature profile of a printer, by the profile's name.

    Targets are in °C by the heater's name. `heaters` are those that the printer is known to
    have. Profiles without a name, and those with none of these heaters, are left out.
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


def unreadable_heaters(printer: Printer, heaters: Iterable[Heater]) -> dict[str, str]:
    """Return the heater whose target is no number, by the name of the profile.

    Only heaters that the printer has count. Without the others such a profile would leave a
    heater cold and seem to be reached.
    """
    kinds = {kind_of(heater.name) for heater in heaters if heater.has_target}
    return {
        shorten(profile.name, MAX_PROFILE_NAME_BYTES): heater
        for profile in (
            printer.settings.temperature_profiles if printer.settings else ()
        )
        for heater in profile.unreadable
        if kind_of(heater) in kinds
    }


def checked_profile(
    name: str, printer: Printer, heaters: Collection[Heater], *, all_tools: bool = False
) -> dict[str, float]:
    """Return the targets of a profile in °C by heater, for which see `profiles_of`.

    Raises ServiceValidationError where there is no such profile, where one of its targets
    is no number, and where one is too hot.
    """
    if heater := unreadable_heaters(printer, heaters).get(name):
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="profile_unreadable",
            translation_placeholders={"profile": name, "heater": heater},
        )
    profiles = profiles_of(printer, heaters, all_tools=all_tools)
    if (targets := profiles.get(name)) is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="unknown_profile",
            translation_placeholders={
                "profile": name,
                "profiles": ", ".join(profiles),
            },
        )
    ensure_targets(targets, MAX_PROFILE_TARGETS)
    return targets


def _profile_targets(
    profile: Mapping[str, float],
    heaters: Collection[str],
    targets: Mapping[str, float],
    *,
    all_tools: bool,
) -> dict[str, float]:
    """Return the targets of a profile by heater; `targets` are the current ones.

    If the profile only names a nozzle in general, its temperature is for the tools that are
    heated now, or for the first one if none is. With `all_tools` it is for all tools.
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
    """Return a copy of a status with other targets."""
    return replace(
        status,
        temperatures={
            name: replace(temperature, target=targets[name])
            if name in targets
            else temperature
            for name, temperature in status.temperatures.items()
        },
    )
