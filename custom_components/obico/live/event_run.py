"""Data about events that is kept until Home Assistant stops, also while an entry reloads.

An event waits for the event entity of its printer while that has not been added yet, but
not if the entity is disabled.
"""

from collections.abc import Callable, Container
from dataclasses import dataclass, field
from typing import Final

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from .event_pages import MAX_EVENTS
from .fired_event import FiredEvent


@dataclass(kw_only=True, slots=True)
class EventRun:
    """The state of an account's event feed during one run of Home Assistant.

    It is kept during a reload, so that events during one, or before a reauthentication, are
    fired afterwards. `since` is the loop time of the first start of the feed, None before.
    `is_caught_up` is True once the events before this run were handled.
    """

    since: float | None = None
    is_caught_up: bool = False
    _waiting: dict[int, list[tuple[float, FiredEvent]]] = field(default_factory=dict)

    def add_waiting(self, printer_id: int, fired: FiredEvent, now: float) -> None:
        """Keep an event until its printer has an event entity.

        Only polls create event entities, and they may fail for a long time while the list of
        events can be fetched. At most as many events are kept as one fetch can return.
        """
        waiting = self._waiting.setdefault(printer_id, [])
        waiting.append((now, fired))
        del waiting[:-MAX_EVENTS]

    def pop_waiting(self, printer_id: int) -> list[FiredEvent]:
        """Remove and return the waiting events of a printer, oldest first."""
        return [fired for _, fired in self._waiting.pop(printer_id, ())]

    def drop_disabled(self, is_event_disabled: Callable[[int], bool]) -> None:
        """Drop the waiting events of printers whose event entity is disabled.

        Otherwise they would all fire when the entity is enabled later.
        """
        for printer_id in list(self._waiting):
            if is_event_disabled(printer_id):
                del self._waiting[printer_id]

    def drop_gone(self, printers: Container[int], asked_at: float) -> None:
        """Drop the waiting events of printers that the account did not have at a loop time.

        A printer that is archived and restored later must not fire old events.
        """
        for printer_id in [key for key in self._waiting if key not in printers]:
            newer = [each for each in self._waiting[printer_id] if each[0] > asked_at]
            if newer:
                self._waiting[printer_id] = newer
            else:
                del self._waiting[printer_id]


_RUNS: Final[HassKey[dict[str, EventRun]]] = HassKey(f"{DOMAIN}_runs")


@callback
def async_get_run(hass: HomeAssistant, entry_id: str) -> EventRun:
    """Return the data of an account, which is created at the first call."""
    return hass.data.setdefault(_RUNS, {}).setdefault(entry_id, EventRun())


@callback
def async_forget_run(hass: HomeAssistant, entry_id: str) -> None:
    """Drop the data of an account that was removed or disabled."""
    hass.data.get(_RUNS, {}).pop(entry_id, None)


@callback
def async_follow_accounts(hass: HomeAssistant) -> None:
    """Drop the data of an account when it is disabled, whether it is loaded or not.

    Events until it is enabled again count as events before a start.
    """

    @callback
    def handle(_change: ConfigEntryChange, entry: ConfigEntry) -> None:
        if entry.domain == DOMAIN and entry.disabled_by is not None:
            async_forget_run(hass, entry.entry_id)

    async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, handle)
