"""Triggers: what happens to printers."""

from collections.abc import Mapping
from typing import ClassVar, override

from homeassistant.const import STATE_OFF, STATE_ON, Platform
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.trigger import (
    NotTriggeredReasonReporter,
    StatelessEntityTriggerBase,
    Trigger,
)

from .automation.printer_trigger import PrinterTrigger
from .automation.reading_triggers import (
    BedCooledTrigger,
    ProgressPassedTrigger,
    TimeLeftBelowTrigger,
)
from .automation.state_triggers import SwitchedTrigger


class PrinterEventTrigger(PrinterTrigger, StatelessEntityTriggerBase):
    """Fires for events that the server records, each once.

    A state that comes back after a reload or a start follows on `unavailable` and is
    old news; what is fired then is one more state after it.
    """

    _domain_specs: Mapping[str, DomainSpec] = {Platform.EVENT: DomainSpec()}
    _keys = frozenset({"event.printer_event"})
    # What the attributes of an event have to be.
    _wanted: ClassVar[Mapping[str, str]]

    @override
    def is_valid_state(
        self, state: State, report_not_triggered: NotTriggeredReasonReporter
    ) -> bool:
        """Return whether it is such an event."""
        return all(
            state.attributes.get(name) == value for name, value in self._wanted.items()
        )


def _on_event(event_type: str, **attributes: str) -> type[Trigger]:
    class Trigger(PrinterEventTrigger):
        _wanted = {"event_type": event_type, **attributes}

    return Trigger


def _on_switch(key: str, to_state: str) -> type[Trigger]:
    class Trigger(SwitchedTrigger):
        _keys = frozenset({f"binary_sensor.{key}"})
        _to_state = to_state

    return Trigger


TRIGGERS: Mapping[str, type[Trigger]] = {
    "started_printing": _on_event("started"),
    "finished_printing": _on_event("ended", outcome="finished"),
    "cancelled_printing": _on_event("ended", outcome="cancelled"),
    "paused_printing": _on_event("paused"),
    "resumed_printing": _on_event("resumed"),
    "failure_detected": _on_event("failure_alerted"),
    "alert_cleared": _on_switch("failure_detected", STATE_OFF),
    "filament_change_needed": _on_event("filament_change"),
    # The trouble of a webcam comes as such an event too, of a milder class.
    "printer_error": _on_event("printer_error", event_class="error"),
    "came_online": _on_switch("online", STATE_ON),
    "went_offline": _on_switch("online", STATE_OFF),
    "progress_passed": ProgressPassedTrigger,
    "time_left_below": TimeLeftBelowTrigger,
    "bed_cooled": BedCooledTrigger,
}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return the triggers."""
    return dict(TRIGGERS)
