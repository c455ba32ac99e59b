"""What one run of Home Assistant knows of an account's events, beyond reloads of the entry.

An event of a printer that no poll has brought yet, or whose event entity is still being
added, waits for that entity. Where the entity is disabled, nothing waits.
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
    """What happened since Home Assistant looks at an account.

    It lasts beyond a reload: what happens during one, or while the user is asked for a new
    token, is news. `since` is the loop time of the first look, None before. `is_caught_up`
    says whether the events from before this run were dealt with.
    """

    since: float | None = None
    is_caught_up: bool = False
    _waiting: dict[int, list[tuple[float, FiredEvent]]] = field(default_factory=dict)

    def add_waiting(self, printer_id: int, fired: FiredEvent, now: float) -> None:
        """Keep an event until its printer has an event entity.

        Polls may fail for long while the list of events answers: as many are kept as one
        fetch can bring.
        """
        waiting = self._waiting.setdefault(printer_id, [])
        waiting.append((now, fired))
        del waiting[:-MAX_EVENTS]

    def take_waiting(self, printer_id: int) -> list[FiredEvent]:
        """Return the events that wait for a printer, oldest first, and forget them."""
        return [fired for _, fired in self._waiting.pop(printer_id, ())]

    def drop_unwanted(self, is_unwanted: Callable[[int], bool]) -> None:
        """Drop what waits for printers whose event entity is disabled.

        It would all fire on the day that entity is enabled.
        """
        for printer_id in list(self._waiting):
            if is_unwanted(printer_id):
                del self._waiting[printer_id]

    def drop_gone(self, printers: Container[int], asked_at: float) -> None:
        """Drop what waited for printers that the account did not have at a loop time.

        A printer that was archived and comes back later must not bring old events.
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
    """Return what this run of Home Assistant knows of an account."""
    return hass.data.setdefault(_RUNS, {}).setdefault(entry_id, EventRun())


@callback
def async_forget_run(hass: HomeAssistant, entry_id: str) -> None:
    """Forget what this run knows of an account that was removed, or disabled."""
    hass.data.get(_RUNS, {}).pop(entry_id, None)


@callback
def async_follow_accounts(hass: HomeAssistant) -> None:
    """Forget what this run knows of an account once it is disabled, loaded or not.

    What happens until it is enabled again will be old news.
    """

    @callback
    def handle(_change: ConfigEntryChange, entry: ConfigEntry) -> None:
        if entry.domain == DOMAIN and entry.disabled_by is not None:
            async_forget_run(hass, entry.entry_id)

    async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, handle)
