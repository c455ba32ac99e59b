"""Base of all conditions, and the only module that uses Home Assistant's condition bases.

Those bases are not documented for integrations. `ensure_usable` tells whether they still
are as this module expects; importing it may fail too. Where either raises one of
INTERNALS_CHANGED, `condition.py` offers no conditions.
"""

from inspect import signature
from typing import ClassVar, Final, override

import probatio

from homeassistant.core import HomeAssistant, State, split_entity_id
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.condition import (
    ATTR_BEHAVIOR,
    BEHAVIOR_ALL,
    BEHAVIOR_ANY,
    ConditionConfig,
    EntityStateConditionBase,
)
from homeassistant.helpers.target import async_extract_referenced_entity_ids

from .variables import entities_with_keys

__all__ = ["ConditionConfig"]

BEHAVIOR: Final = {
    probatio.Required(ATTR_BEHAVIOR, default=BEHAVIOR_ANY): probatio.In(
        [BEHAVIOR_ANY, BEHAVIOR_ALL]
    )
}
"""The option for several printers: any of them, or all."""

# The methods that are overridden here, and their arguments.
_OVERRIDDEN: Final = {
    "entity_filter": ("entities",),
    "_should_include": ("_state",),
    "_check_all_match_state": ("states",),
}


class PrinterCondition(EntityStateConditionBase):
    """Holds where it is known to hold, of this integration's printers alone."""

    keys: ClassVar[frozenset[str]]
    """The entities that tell it, by domain and key: `sensor.status`."""

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """Return those entities of the target that tell it."""
        return entities_with_keys(self._hass, entities, self.keys, self._target)

    def targeted_entities(self) -> set[str]:
        """Return the entities of the target that tell it, as they are now."""
        targeted = async_extract_referenced_entity_ids(
            self._hass, self._target_selection, expand_group=False
        )
        return self.entity_filter(
            targeted.referenced.union(targeted.indirectly_referenced)
        )

    @override
    def _should_include(self, _state: State) -> bool:
        """Return True, also for `unavailable`: what is not known does not hold."""
        return True

    @override
    def _check_all_match_state(self, states: list[State]) -> bool:
        """Return whether it holds for all, and there is one.

        Home Assistant's own conditions hold for all of no entities.
        """
        return bool(states) and super()._check_all_match_state(states)


def make_condition(key: str, state: str) -> type[PrinterCondition]:
    """Return the condition that an entity, as `sensor.status`, has a state."""
    domain, _ = split_entity_id(key)

    class CustomCondition(PrinterCondition):
        """Condition for one state of one kind of entity."""

        keys = frozenset({key})
        _domain_specs = {domain: DomainSpec()}
        _states: set[str | bool] = {state}

    return CustomCondition


def ensure_usable(hass: HomeAssistant) -> None:
    """Raise one of INTERNALS_CHANGED unless Home Assistant's bases are as used here."""
    for name, arguments in _OVERRIDDEN.items():
        method = getattr(EntityStateConditionBase, name)
        signature(method).bind(None, *arguments)
    config = ConditionConfig(
        options={ATTR_BEHAVIOR: BEHAVIOR_ALL}, target={"entity_id": "sensor.status"}
    )
    condition = make_condition("sensor.status", "paused")(hass, config)
    condition.targeted_entities()
    if not condition.is_valid_state(State("sensor.status", "paused")) or (
        condition.is_valid_state(State("sensor.status", "idle"))
    ):
        raise TypeError("a state is not compared as expected")
