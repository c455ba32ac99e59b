"""Triggers for what is on or off."""

from collections.abc import Mapping
from typing import ClassVar, override

from homeassistant.const import Platform
from homeassistant.core import State
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.trigger import NotTriggeredReasonReporter

from .printer_trigger import NOTHING_KNOWN, Watch, WatchingTrigger


class SwitchWatch(Watch):
    """Waits for a state that follows on the opposite, whatever lies between them."""

    def __init__(self, to_state: str) -> None:
        """Wait for this one."""
        self._to_state = to_state
        self._was_opposite = False

    @override
    def see(self, state: State | None) -> bool:
        if state is None or state.state in NOTHING_KNOWN:
            return False
        self.holds = state.state == self._to_state
        if not self.holds:
            self._was_opposite = True
        return self.holds and self._was_opposite

    @override
    def done(self) -> None:
        # The first of several is made known while others are still to come.
        self._was_opposite = not self.holds


class SwitchedTrigger(WatchingTrigger):
    """Fires when a binary sensor comes to a state, also where nobody could see it at that time."""

    _domain_specs: Mapping[str, DomainSpec] = {Platform.BINARY_SENSOR: DomainSpec()}
    _to_state: ClassVar[str]

    @override
    def _new_watch(self) -> Watch:
        return SwitchWatch(self._to_state)

    @override
    def is_valid_state(
        self, state: State, report_not_triggered: NotTriggeredReasonReporter
    ) -> bool:
        """Return whether it is the state that is waited for."""
        return state.state == self._to_state
