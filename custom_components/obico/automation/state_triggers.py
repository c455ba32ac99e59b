"""Triggers for events of printers, and for binary sensors that change to a state."""

from collections.abc import Mapping
from typing import ClassVar, override

from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import State

from .trigger_base import SCHEMA, UNKNOWN_STATES, EntityTracker, PrinterTrigger


class EventTracker(EntityTracker):
    """Has every new state of an event entity fire that the trigger waits for.

    After a reload or a start the entity goes from `unavailable` to the state of its last
    event, which is old. A new event is one more state after it.
    """

    def __init__(self, trigger: EventTrigger) -> None:
        """Track one entity for a trigger."""
        self._trigger = trigger
        self._previous: State | None = None

    @override
    def update(self, state: State | None) -> bool:
        previous, self._previous = self._previous, state
        return (
            previous is not None
            and state is not None
            and previous.state not in {STATE_UNAVAILABLE, state.state}
            and state.state not in UNKNOWN_STATES
            and self._trigger.is_match(state)
        )

    @override
    def mark_fired(self) -> None:
        """Note nothing: every event has a state of its own."""


class EventTrigger(PrinterTrigger):
    """Fires once for each event that the server records."""

    keys = frozenset({"event.printer_event"})
    schema = SCHEMA
    attributes: ClassVar[Mapping[str, str]]
    """The attributes by which an event is recognized."""

    @override
    def create_tracker(self) -> EntityTracker:
        return EventTracker(self)

    @override
    def is_match(self, state: State) -> bool:
        return all(
            state.attributes.get(name) == value
            for name, value in self.attributes.items()
        )


def make_event_trigger(event_type: str, **attributes: str) -> type[PrinterTrigger]:
    """Return a trigger for events of a type that have these attributes."""

    class CustomTrigger(EventTrigger):
        """Trigger for one type of event."""

    CustomTrigger.attributes = {"event_type": event_type, **attributes}
    return CustomTrigger


class StateTracker(EntityTracker):
    """Has a state fire that follows on the opposite one, with any others in between."""

    def __init__(self, trigger: StateTrigger) -> None:
        """Track one entity for a trigger."""
        self._trigger = trigger
        self._was_opposite = False

    @override
    def update(self, state: State | None) -> bool:
        if state is None or state.state in UNKNOWN_STATES:
            return False
        self.matches = self._trigger.is_match(state)
        if not self.matches:
            self._was_opposite = True
        return self.matches and self._was_opposite

    @override
    def mark_fired(self) -> None:
        # With the behavior `first` or `all` this is called for every entity: one that
        # does not match yet is to fire when it does.
        self._was_opposite = not self.matches


class StateTrigger(PrinterTrigger):
    """Fires when a binary sensor changes to a state, also where that was not seen at once."""

    to_state: ClassVar[str]

    @override
    def create_tracker(self) -> EntityTracker:
        return StateTracker(self)

    @override
    def is_match(self, state: State) -> bool:
        return state.state == self.to_state


def make_state_trigger(key: str, to_state: str) -> type[PrinterTrigger]:
    """Return a trigger for an entity, as `binary_sensor.online`, that changes to a state."""

    class CustomTrigger(StateTrigger):
        """Trigger for one state of one kind of entity."""

        keys = frozenset({key})

    CustomTrigger.to_state = to_state
    return CustomTrigger
