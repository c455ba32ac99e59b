"""Count the states that are written."""

from dataclasses import dataclass, field

from homeassistant.const import EVENT_STATE_CHANGED, EVENT_STATE_REPORTED
from homeassistant.core import (
    CALLBACK_TYPE,
    Event,
    EventStateChangedData,
    EventStateReportedData,
    HomeAssistant,
    callback,
)


@dataclass
class Writes:
    """The entities whose states were written, with and without a change."""

    listeners: list[CALLBACK_TYPE] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    reported: list[str] = field(default_factory=list)

    def clear(self) -> None:
        """Forget what was written."""
        self.changed.clear()
        self.reported.clear()

    def stop(self) -> None:
        """Count no more."""
        while self.listeners:
            self.listeners.pop()()


def count_writes(hass: HomeAssistant) -> Writes:
    """Count all states that are written from now on, also those that changed nothing."""
    writes = Writes()

    @callback
    def changed(event: Event[EventStateChangedData]) -> None:
        writes.changed.append(event.data["entity_id"])

    @callback
    def reported(event: Event[EventStateReportedData]) -> None:
        writes.reported.append(event.data["entity_id"])

    @callback
    def every(_data: EventStateReportedData) -> bool:
        return True

    writes.listeners += (
        hass.bus.async_listen(EVENT_STATE_CHANGED, changed),
        hass.bus.async_listen(EVENT_STATE_REPORTED, reported, event_filter=every),
    )
    return writes
