"""Decide when the list of events is fetched because an event is expected.

The server may push a state some milliseconds or seconds before it has written the event
that belongs to it. The fetch is repeated after growing delays, until the event is found.
"""

from collections.abc import Callable, Container, Iterable
from datetime import datetime
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

from ..aioobico import Printer, PrinterEvent
from ..printer.parts import has_new_activity, is_in_transition, resumes_print
from .fired_event import RESUMED, event_type_of

# Delays of the fetches after a push (seconds). The event is usually written some
# milliseconds after it.
_AFTER_PUSH: Final = (0.3, 2.0)
# Delay of the fetch after a push with a transitional status. Most pauses take less, and have
# their event at the end. A filament change has it while the printer is still pausing.
_IN_TRANSITION: Final = 5.0
# Delays of the fetches after an agent has reported an event over the push connection. The
# event reaches the server later, or never.
_AFTER_AGENT_EVENT: Final = (2.0, 10.0, 60.0)


class ExpectedEvents:
    """The events of an account that are expected, and when they are looked for."""

    def __init__(self, hass: HomeAssistant, look: Callable[[], None]) -> None:
        """Expect nothing; `look` fetches the list of events."""
        self._hass = hass
        self._look = look
        self._is_started = False
        self._cancel_later: dict[float, CALLBACK_TYPE] = {}
        # The delays for which there is another fetch after the next one.
        self._once_more: set[float] = set()
        # Ids of the printers of which an event is expected, and None for an event of which
        # the printer is not known.
        self._printers: set[int | None] = set()
        # Ids of the printers whose last change of activity had a RESUMED event.
        self._resumed: set[int | None] = set()

    @callback
    def async_start(self) -> None:
        """Begin to look for events."""
        self._is_started = True

    @callback
    def async_stop(self) -> None:
        """Cancel all fetches that are scheduled."""
        self._is_started = False
        self._once_more.clear()
        while self._cancel_later:
            self._cancel_later.popitem()[1]()

    @callback
    def handle_change(self, before: Printer, now: Printer) -> None:
        """Expect the event that a change of a printer probably has."""
        if not self._is_started or not has_new_activity(before, now):
            return
        has_resumed = now.id in self._resumed
        self._resumed.discard(now.id)
        if has_resumed and resumes_print(before, now):
            return
        self._printers.add(now.id)
        if is_in_transition(before, now):
            self._look_later(_IN_TRANSITION)
            return
        self._look()
        for delay in _AFTER_PUSH:
            self._look_later(delay)

    @callback
    def handle_agent_event(self) -> None:
        """Expect an event that an agent has reported, which reaches the server later or never."""
        self._printers.add(None)
        for delay in _AFTER_AGENT_EVENT:
            self._look_later(delay)

    @callback
    def retry_after(self, delay: float) -> None:
        """Fetch again after a delay in seconds, because a fetch has failed."""
        self._printers.add(None)
        self._look_later(delay)

    @callback
    def handle_found(self, events: Iterable[PrinterEvent]) -> None:
        """Expect no more what was found."""
        self._printers.discard(None)
        for event in events:
            self._printers.discard(event.printer_id)
            if event_type_of(event) == RESUMED:
                self._resumed.add(event.printer_id)
            else:
                self._resumed.discard(event.printer_id)

    @callback
    def drop_gone(self, printers: Container[int]) -> None:
        """Forget printers that the account does not have any more."""
        self._resumed = {each for each in self._resumed if each in printers}

    def _look_later(self, delay: float) -> None:
        """Fetch after a delay in seconds, if an event is still expected then.

        For further calls with the same delay until then there is one more fetch after it:
        what they are for may have its event later.
        """
        if not self._is_started:
            return
        if delay in self._cancel_later:
            self._once_more.add(delay)
            return

        @callback
        def look(_now: datetime) -> None:
            del self._cancel_later[delay]
            if self._printers:
                self._look()
            if delay in self._once_more:
                self._once_more.discard(delay)
                self._look_later(delay)
            if not self._cancel_later:
                self._printers.clear()

        self._cancel_later[delay] = async_call_later(
            self._hass, delay, HassJob(look, cancel_on_shutdown=True)
        )
