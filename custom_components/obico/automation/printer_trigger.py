"""Base of all triggers: whose entities they look at, and what they tell."""

from abc import ABC, abstractmethod
import asyncio
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar, override

from homeassistant.const import ATTR_ENTITY_ID, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import CALLBACK_TYPE, Context, State, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.target import (
    TargetStateChangedData,
    async_track_target_selector_state_change_event,
)
from homeassistant.helpers.trigger import (
    ATTR_BEHAVIOR,
    BEHAVIOR_ALL,
    BEHAVIOR_EACH,
    EntityTriggerBase,
    TriggerActionRunner,
    TriggerNotTriggeredReporter,
)

from .variables import entities_with_keys, variables_of

NOTHING_KNOWN = frozenset({STATE_UNAVAILABLE, STATE_UNKNOWN})


class PrinterTrigger(EntityTriggerBase):
    """Fires for entities of this integration's printers, and for nobody else's."""

    # The entities that tell it, as `sensor.progress`.
    _keys: ClassVar[frozenset[str]]

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """Return those of the target that are ours."""
        return entities_with_keys(self._hass, entities, self._keys)

    @override
    async def async_attach_runner(
        self,
        run_action: TriggerActionRunner,
        did_not_trigger: TriggerNotTriggeredReporter | None = None,
    ) -> CALLBACK_TYPE:
        """Attach the trigger to an action that is told of the printer, too."""

        @callback
        def run(
            extra_trigger_payload: dict[str, Any],
            description: str,
            context: Context | None = None,
        ) -> asyncio.Task[Any]:
            told = variables_of(self._hass, extra_trigger_payload["to_state"])
            return run_action({**extra_trigger_payload, **told}, description, context)

        return await self._async_attach(run, did_not_trigger)

    async def _async_attach(
        self,
        run_action: TriggerActionRunner,
        did_not_trigger: TriggerNotTriggeredReporter | None,
    ) -> CALLBACK_TYPE:
        """Attach as Home Assistant does: what counts is the change from state to state."""
        return await super().async_attach_runner(run_action, did_not_trigger)


class Watch(ABC):
    """What a trigger remembers of an entity for as long as it is attached.

    What changes while the server cannot be reached has happened too, and no two
    states that follow on each other show it.
    """

    # Whether it was so when it was last seen; None before.
    holds: bool | None = None

    @abstractmethod
    def see(self, state: State | None) -> bool:
        """Take up a state, and return whether it shows what is waited for.

        It goes on to do so until it is `done`.
        """

    @abstractmethod
    def done(self) -> None:
        """Take note that what was seen was made known."""


def _counts(behavior: str, watches: Iterable[Watch]) -> bool:
    """Return whether what one of them shows is what is waited for.

    Those that are out of sight count as what they last were: when a server is back,
    one comes after the other.
    """
    holding = [watch.holds for watch in watches if watch.holds is not None]
    if behavior == BEHAVIOR_ALL:
        return all(holding)
    return behavior == BEHAVIOR_EACH or holding.count(True) == 1


class WatchingTrigger(PrinterTrigger):
    """Fires for what it has watched itself, so for nothing that was so from the beginning."""

    @abstractmethod
    def _new_watch(self) -> Watch:
        """Return what watches one entity."""

    @override
    async def _async_attach(
        self,
        run_action: TriggerActionRunner,
        did_not_trigger: TriggerNotTriggeredReporter | None,
    ) -> CALLBACK_TYPE:
        """Attach to what changes between all that is known of an entity."""
        behavior: str = self._options.get(ATTR_BEHAVIOR, BEHAVIOR_EACH)
        watches: dict[str, Watch] = {}
        # By entity for each, by behavior for first and all: as Home Assistant keeps them.
        timers: dict[str, CALLBACK_TYPE] = {}

        @callback
        def update(
            added: set[str], removed: set[str], states: Mapping[str, State | None]
        ) -> None:
            for entity_id in removed:
                del watches[entity_id]
                if (cancel := timers.pop(entity_id, None)) is not None:
                    cancel()
            for entity_id in added:
                watches[entity_id] = self._new_watch()
                watches[entity_id].see(states[entity_id])
            if behavior in timers and not self._combined_state_still_valid(
                behavior, states.keys(), states
            ):
                timers.pop(behavior)()

        @callback
        def look(data: TargetStateChangedData) -> None:
            event = data.state_change_event
            entity_id = event.data["entity_id"]
            to_state = event.data["new_state"]
            watch = watches[entity_id]
            self._cancel_invalidated_timers(behavior, timers, data)
            if not watch.see(to_state):
                return

            key = entity_id if behavior == BEHAVIOR_EACH else behavior
            concerned = [watch] if behavior == BEHAVIOR_EACH else list(watches.values())

            @callback
            def fire(_now: datetime | None = None) -> None:
                timers.pop(key, None)
                for each in concerned:
                    each.done()
                run_action(
                    {
                        ATTR_ENTITY_ID: entity_id,
                        "from_state": event.data["old_state"],
                        "to_state": to_state,
                        "for": self._duration,
                    },
                    f"state of {entity_id}",
                    event.context,
                )

            if not _counts(behavior, watches.values()):
                if key not in timers:
                    watch.done()
            elif not self._duration:
                fire()
            elif key not in timers:
                timers[key] = async_call_later(self._hass, self._duration, fire)

        remove_tracker = await async_track_target_selector_state_change_event(
            self._hass,
            self._target,
            look,
            self.entity_filter,
            update,
            primary_entities_only=self._primary_entities_only,
        )

        @callback
        def remove() -> None:
            remove_tracker()
            for cancel in timers.values():
                cancel()
            timers.clear()

        return remove
