"""Base of all triggers, and the only module that uses Home Assistant's trigger helpers.

A trigger compares with what it has seen since it was attached: what changes while the
server cannot be reached fires afterwards, and what was so before does not.

Those helpers are not documented for integrations. `ensure_usable` tells whether they
still are as this module expects; importing it may fail too. Where either raises one of
INTERNALS_CHANGED, `trigger.py` offers no triggers.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import datetime, timedelta
from inspect import signature
from typing import ClassVar, Final, cast, override

import probatio

from homeassistant.const import (
    ATTR_ENTITY_ID,
    ATTR_UNIT_OF_MEASUREMENT,
    CONF_FOR,
    CONF_UNIT_OF_MEASUREMENT,
    PERCENTAGE,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
    Platform,
    UnitOfTemperature,
)
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, State, callback
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.target import (
    TargetStateChangedData,
    async_track_target_selector_state_change_event,
)
from homeassistant.helpers.trigger import (
    ATTR_BEHAVIOR,
    BEHAVIOR_ALL,
    BEHAVIOR_EACH,
    BEHAVIOR_FIRST,
    ENTITY_STATE_TRIGGER_SCHEMA,
    ENTITY_STATE_TRIGGER_SCHEMA_WITH_BEHAVIOR,
    EntityNumericalStateCrossedThresholdTriggerBase,
    Trigger,
    TriggerActionRunner,
    TriggerConfig,
    TriggerNotTriggeredReporter,
    make_entity_numerical_state_crossed_threshold_trigger,
    make_entity_numerical_state_crossed_threshold_with_unit_trigger,
)
from homeassistant.helpers.typing import ConfigType
from homeassistant.util.unit_conversion import BaseUnitConverter, TemperatureConverter

from .variables import entities_with_keys, variables_of

type ThresholdTrigger = EntityNumericalStateCrossedThresholdTriggerBase

# States that say nothing about a printer.
UNKNOWN_STATES: Final = frozenset({STATE_UNAVAILABLE, STATE_UNKNOWN})

SCHEMA: Final = ENTITY_STATE_TRIGGER_SCHEMA
SCHEMA_WITH_BEHAVIOR: Final = ENTITY_STATE_TRIGGER_SCHEMA_WITH_BEHAVIOR


class EntityTracker(ABC):
    """Decides from the states of one entity when a trigger fires.

    It lives as long as its trigger is attached and sees every state. Comparing two
    consecutive states would miss what changes while the server cannot be reached.
    """

    matches: bool | None = None
    """Whether the last known state is one that the trigger waits for, None before that."""

    @abstractmethod
    def update(self, state: State | None) -> bool:
        """Take a new state, and return whether the trigger is to fire for it.

        It is to fire until `mark_fired` is called.
        """

    @abstractmethod
    def mark_fired(self) -> None:
        """Note that the trigger has fired for the last state."""


def _fulfills_behavior(behavior: str, trackers: Iterable[EntityTracker]) -> bool:
    """Return whether a match of one entity is enough for the behavior.

    Entities that are unavailable count with their last known state: after an outage
    they become available one after the other.
    """
    matches = [tracker.matches for tracker in trackers if tracker.matches is not None]
    if behavior == BEHAVIOR_ALL:
        return all(matches)
    return behavior == BEHAVIOR_EACH or matches.count(True) == 1


def _cancel_timers(timers: dict[str, CALLBACK_TYPE], keys: Iterable[str]) -> None:
    """Cancel the timers that run under these keys."""
    for key in keys:
        if (cancel := timers.pop(key, None)) is not None:
            cancel()


class PrinterTrigger(Trigger):
    """Fires for entities of this integration's printers, as an `EntityTracker` decides."""

    keys: ClassVar[frozenset[str]]
    """The entities that the trigger follows, by domain and key: `sensor.progress`."""

    schema: ClassVar[probatio.Schema] = SCHEMA_WITH_BEHAVIOR

    @override
    @classmethod
    async def async_validate_config(
        cls, hass: HomeAssistant, config: ConfigType
    ) -> ConfigType:
        """Validate target and options."""
        return cast(ConfigType, cls.schema(config))

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Initialize the trigger from a validated configuration."""
        super().__init__(hass, config)
        options = config.options or {}
        self.hass = hass
        self.target = config.target or {}
        self.behavior: str = options.get(ATTR_BEHAVIOR, BEHAVIOR_EACH)
        self.duration: timedelta | None = options.get(CONF_FOR)

    @abstractmethod
    def create_tracker(self) -> EntityTracker:
        """Return a new tracker for one entity."""

    @abstractmethod
    def is_match(self, state: State) -> bool:
        """Return whether a known state is one that the trigger waits for."""

    def _entity_filter(self, entity_ids: set[str]) -> set[str]:
        """Return those entities of the target that the trigger follows."""
        return entities_with_keys(self.hass, entity_ids, self.keys, self.target)

    def _is_still_match(
        self, entity_ids: Iterable[str], states: Mapping[str, State | None]
    ) -> bool:
        """Return whether the entities still match together, while `for` elapses.

        For `first` one of them has to match, for `all` every one that is known, and at
        least one.
        """
        matches = [
            self.is_match(state)
            for entity_id in entity_ids
            if (state := states[entity_id]) is not None
            and state.state not in UNKNOWN_STATES
        ]
        if self.behavior == BEHAVIOR_FIRST:
            return any(matches)
        return bool(matches) and all(matches)

    def _is_timer_invalid(self, data: TargetStateChangedData) -> bool:
        """Return whether a change of state ends the time that `for` asks for."""
        if self.behavior == BEHAVIOR_EACH:
            state = data.state_change_event.data["new_state"]
            return (
                state is None
                or state.state in UNKNOWN_STATES
                or not self.is_match(state)
            )
        return not self._is_still_match(
            data.targeted_entity_ids, data.targeted_entity_states
        )

    @override
    async def async_attach_runner(
        self,
        run_action: TriggerActionRunner,
        did_not_trigger: TriggerNotTriggeredReporter | None = None,
    ) -> CALLBACK_TYPE:
        """Follow the entities of the target, and run the action when a tracker says so."""
        trackers: dict[str, EntityTracker] = {}
        # By entity for the behavior `each`, by behavior for `first` and `all`.
        timers: dict[str, CALLBACK_TYPE] = {}

        @callback
        def handle_entities_update(
            added: set[str], removed: set[str], states: Mapping[str, State | None]
        ) -> None:
            for entity_id in removed:
                del trackers[entity_id]
            _cancel_timers(timers, removed)
            for entity_id in added:
                trackers[entity_id] = self.create_tracker()
                trackers[entity_id].update(states[entity_id])
            if self.behavior in timers and not self._is_still_match(
                states.keys(), states
            ):
                timers.pop(self.behavior)()

        @callback
        def handle_state_change(data: TargetStateChangedData) -> None:
            event = data.state_change_event
            entity_id = event.data["entity_id"]
            to_state = event.data["new_state"]
            tracker = trackers[entity_id]
            is_each = self.behavior == BEHAVIOR_EACH
            timer_key = entity_id if is_each else self.behavior
            if timer_key in timers and self._is_timer_invalid(data):
                timers.pop(timer_key)()
            if not tracker.update(to_state) or to_state is None:
                return

            concerned = [tracker] if is_each else list(trackers.values())

            @callback
            def fire(_now: datetime | None = None) -> None:
                timers.pop(timer_key, None)
                for each in concerned:
                    each.mark_fired()
                run_action(
                    {
                        ATTR_ENTITY_ID: entity_id,
                        "from_state": event.data["old_state"],
                        "to_state": to_state,
                        "for": self.duration,
                        **variables_of(self.hass, to_state),
                    },
                    f"state of {entity_id}",
                    event.context,
                )

            if not _fulfills_behavior(self.behavior, trackers.values()):
                if timer_key not in timers:
                    tracker.mark_fired()
            elif not self.duration:
                fire()
            elif timer_key not in timers:
                timers[timer_key] = async_call_later(self.hass, self.duration, fire)

        remove_tracker = await async_track_target_selector_state_change_event(
            self.hass,
            self.target,
            handle_state_change,
            self._entity_filter,
            handle_entities_update,
            primary_entities_only=True,
        )

        @callback
        def remove() -> None:
            remove_tracker()
            _cancel_timers(timers, list(timers))

        return remove


def make_threshold_trigger(
    unit: str, converter: type[BaseUnitConverter] | None = None
) -> type[ThresholdTrigger]:
    """Return Home Assistant's trigger for sensors in a unit, or in any it converts to."""
    domain_specs: Mapping[str, DomainSpec] = {Platform.SENSOR: DomainSpec()}
    if converter is None:
        return make_entity_numerical_state_crossed_threshold_trigger(domain_specs, unit)
    return make_entity_numerical_state_crossed_threshold_with_unit_trigger(
        domain_specs, unit, converter
    )


class Threshold:
    """The limits that a user set for a reading, as Home Assistant's own trigger has them."""

    def __init__(self, trigger: ThresholdTrigger, unit: str) -> None:
        """Compare readings in this unit."""
        self._trigger = trigger
        self._unit = unit

    def is_reached(self, reading: float) -> bool:
        """Return whether a reading is within the limits."""
        state = State(
            f"{Platform.SENSOR}.reading",
            str(reading),
            {ATTR_UNIT_OF_MEASUREMENT: self._unit},
        )
        return self._trigger.is_valid_state(state, _ignore_reason)


def _ignore_reason(reason: str, /, **data: object) -> None:
    """Discard the reason why a reading is not within the limits."""


def ensure_usable(hass: HomeAssistant) -> None:
    """Raise one of INTERNALS_CHANGED unless Home Assistant's helpers are as used here."""
    signature(async_track_target_selector_state_change_event).bind(
        hass, {}, None, None, None, primary_entities_only=True
    )
    known = {field.name for field in fields(TargetStateChangedData)}
    if (
        missing := {
            "state_change_event",
            "targeted_entity_ids",
            "targeted_entity_states",
        }
        - known
    ):
        raise AttributeError(f"TargetStateChangedData has no {sorted(missing)}")
    for unit, converter in (
        (PERCENTAGE, None),
        (UnitOfTemperature.CELSIUS, TemperatureConverter),
    ):
        value = {"number": 50, CONF_UNIT_OF_MEASUREMENT: unit}
        config = TriggerConfig(
            key="",
            target={ATTR_ENTITY_ID: f"{Platform.SENSOR}.reading"},
            options={"threshold": {"type": "above", "value": value}},
        )
        threshold = Threshold(
            make_threshold_trigger(unit, converter)(hass, config), unit
        )
        if threshold.is_reached(40) or not threshold.is_reached(60):
            raise TypeError("a threshold is not compared as expected")
