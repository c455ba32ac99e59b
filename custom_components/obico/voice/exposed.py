"""Power switches and macros that the user exposes to an assistant.

Other requests for printers need no exposure. These do: what a switch or a macro does nobody
knows but the user, who also gives names to macros by aliases.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from ..printer.workshop.equipment import PRINTER_DEVICE, label_of
from .exposure import is_exposed
from .names import Target, is_same_name

# Whoever speaks to Assist uses what is exposed to it.
ASSIST: Final = "conversation"


@dataclass(frozen=True, kw_only=True)
class Macro:
    """A macro of a printer, and the names that users have for it."""

    target: Target
    macro: str
    label: str
    names: tuple[str, ...]

    def is_called(self, name: str) -> bool:
        """Return whether a user means it by a name."""
        return any(is_same_name(name, each) for each in self.names)


def power_of(hass: HomeAssistant, assistant: str, target: Target) -> str | None:
    """Return the device that switches a printer: that named printer, or the only one exposed."""
    equipment = target.account.workshop.equipment_of(target.printer.id)
    found = [
        device
        for key, device in (equipment.device_keys.items() if equipment else ())
        if _exposed(hass, assistant, target, Platform.SWITCH, key)
    ]
    own = [each for each in found if each.casefold() == PRINTER_DEVICE]
    return own[0] if own else found[0] if len(found) == 1 else None


def macros_of(
    hass: HomeAssistant, assistant: str, targets: Iterable[Target]
) -> Iterator[Macro]:
    """Yield the macros of printers."""
    for target in targets:
        equipment = target.account.workshop.equipment_of(target.printer.id)
        for key, macro in equipment.macro_keys.items() if equipment else ():
            if entry := _exposed(hass, assistant, target, Platform.BUTTON, key):
                aliases = [each for each in entry.aliases if isinstance(each, str)]
                own = [entry.name] if entry.name else []
                yield Macro(
                    target=target,
                    macro=macro,
                    label=label_of(macro),
                    names=(label_of(macro), macro, *own, *aliases),
                )


def _exposed(
    hass: HomeAssistant, assistant: str, target: Target, platform: Platform, key: str
) -> er.RegistryEntry | None:
    """Return an entity of a printer that is enabled and exposed."""
    entity_id = target.entity_id(platform, key)
    entry = er.async_get(hass).async_get(entity_id) if entity_id else None
    if entry is None or entry.disabled:
        return None
    return entry if is_exposed(hass, assistant, entry.entity_id) else None
