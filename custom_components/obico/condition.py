"""Conditions: what printers are doing."""

from collections.abc import Mapping
from typing import ClassVar, override

from homeassistant.const import STATE_ON
from homeassistant.core import HomeAssistant, State, split_entity_id
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.condition import Condition, EntityStateConditionBase

from .automation.variables import entities_with_keys
from .printer.status import Status


class PrinterCondition(EntityStateConditionBase):
    """Holds where it is known to hold, of this integration's printers and of nobody else's."""

    # The entities that tell it, as `sensor.status`.
    _keys: ClassVar[frozenset[str]]

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """Return those of the target that are ours."""
        return entities_with_keys(self._hass, entities, self._keys)

    @override
    def _should_include(self, _state: State) -> bool:
        """Return True: what is not known of a printer does not hold for it."""
        return True

    @override
    def _check_all_match_state(self, states: list[State]) -> bool:
        """Return whether it holds for all, and there is one: no printer is printing if there is none."""
        return bool(states) and super()._check_all_match_state(states)


def _shows(key: str, state: str) -> type[Condition]:
    class Condition(PrinterCondition):
        _domain_specs: Mapping[str, DomainSpec] = {
            split_entity_id(key)[0]: DomainSpec()
        }
        _keys = frozenset({key})
        _states: set[str | bool] = {state}

    return Condition


CONDITIONS: Mapping[str, type[Condition]] = {
    "is_printing": _shows("binary_sensor.printing", STATE_ON),
    "is_paused": _shows("sensor.status", Status.PAUSED),
    "is_online": _shows("binary_sensor.online", STATE_ON),
    "is_failure_detected": _shows("binary_sensor.failure_detected", STATE_ON),
    "is_watching": _shows("binary_sensor.watching", STATE_ON),
}


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """Return the conditions."""
    return dict(CONDITIONS)
