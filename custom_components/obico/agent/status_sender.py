"""Send the status of a printer: at each change, and twice a minute."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
import logging
import math
from typing import Final, NoReturn

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..aioobico.acting import (
    AgentInfo,
    AgentSocket,
    AgentState,
    PrintEvent,
    Report,
    compose_message,
)
from .config import Phase
from .print_tracker import PrintTracker, report_ended
from .readings import Readings
from .tracked_print import Outcome, TrackedPrint

_LOGGER = logging.getLogger(__name__)

# Seconds. The server takes a printer for offline that was silent for two minutes.
_INTERVAL: Final = 30.0
# Between two statuses, of which integrations may cause many at once.
_MIN_INTERVAL: Final = 1.0
# How long a status entity may be away until the printer counts as offline.
_ABSENCE_SECONDS: Final = 120.0
# Within which the server says that a print has ended.
_CONFIRM_SECONDS: Final = 10.0
# Between two looks at a print that waits for the name of its file.
_NAME_SECONDS: Final = 1.0

# Between two times that only the progress of a print is stored.
_PROGRESS_SECONDS: Final = 60.0

_NO_PRINT: Final = -1


class StatusSender:
    """Sends over the connection of one agent what its tracker knows."""

    def __init__(
        self,
        hass: HomeAssistant,
        tracker: PrintTracker,
        info: AgentInfo,
        *,
        update: Callable[[], None],
        error: Callable[[], str],
        save: Callable[[], Awaitable[None]],
        create_task: Callable[[Coroutine[object, object, None], str], object],
        send_placeholder: Callable[[], Awaitable[None]],
        handle_print: Callable[[], None],
    ) -> None:
        """Initialize without a connection."""
        self._hass = hass
        self._tracker = tracker
        self._info = info
        self._update = update
        self._error = error
        self._save = save
        self._create_task = create_task
        self._send_placeholder = send_placeholder
        self._handle_print = handle_print
        self._socket: AgentSocket | None = None
        self._changed = asyncio.Event()
        self._ended = asyncio.Event()
        self._no_endings = asyncio.Event()
        self._absent_since: float | None = None
        # What was stored last, and when.
        self._saved: tuple[object, ...] = ()
        self._saved_at = -math.inf
        self._needs_info = True

    @property
    def is_connected(self) -> bool:
        """Return whether there is a connection."""
        return self._socket is not None

    def wake(self) -> None:
        """Send the status soon; without a connection only store what must not be lost."""
        self._changed.set()
        if self._socket is None and self._identities() != self._saved:
            self._create_task(self._async_save(), "storage")

    def handle_readings(self, readings: Readings) -> None:
        """Note since when the printer's status is not known."""
        is_away = not readings.is_there or readings.phase is Phase.OFFLINE
        if is_away:
            if self._absent_since is None:
                self._absent_since = self._hass.loop.time()
            return
        if self._absent_since is not None:
            self._tracker.lose_sight(is_long=self._is_absent_for_long)
        self._absent_since = None

    def handle_ended(self) -> None:
        """Note that the server has recorded the end of a print."""
        self._ended.set()

    async def async_wait_for_endings(self) -> None:
        """Wait until the server has got everything that has ended."""
        while self._tracker.endings:
            self._no_endings.clear()
            await self._no_endings.wait()

    async def async_send_raw(self, message: bytes) -> None:
        """Send an answer, which is lost without a connection."""
        if self._socket is not None:
            await self._socket.send(message)

    async def async_run(self, socket: AgentSocket) -> NoReturn:
        """Send over a connection until that is lost."""
        self._socket = socket
        self._needs_info = True
        try:
            while True:
                self._changed.clear()
                await self._async_save()
                while self._tracker.endings:
                    await self._async_send_ending(self._tracker.endings[0])
                    self._no_endings.set()
                await self._async_send_status()
                await asyncio.sleep(_MIN_INTERVAL)
                await self._async_wait()
        finally:
            self._socket = None

    async def _async_wait(self) -> None:
        """Wait for a change, or for the time to repeat the status."""
        seconds = _INTERVAL - _MIN_INTERVAL
        if self._tracker.is_waiting_for_name():
            seconds = _NAME_SECONDS
        elif self._absent_since is not None:
            left = self._absent_since + _ABSENCE_SECONDS - self._hass.loop.time()
            if left > 0:
                seconds = min(seconds, left)
        try:
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        except TimeoutError:
            # Also times that are known in advance come to pass.
            self._update()

    def _identities(self) -> tuple[object, ...]:
        """Return what is known of prints and errors, but for how far the open print is."""
        job = self._tracker.current
        return (
            job and replace(job, completion=None, expected_end=None),
            tuple(self._tracker.endings),
            frozenset(self._tracker.reported_errors),
        )

    async def _async_save(self) -> None:
        """Store the prints before the server hears of them, and now and then their progress."""
        known, now = self._identities(), self._hass.loop.time()
        if known != self._saved or now - self._saved_at >= _PROGRESS_SECONDS:
            await self._save()
            self._saved, self._saved_at = known, now

    async def _async_send(
        self, report: Report | None, number: int | None, event: PrintEvent | None = None
    ) -> None:
        assert self._socket is not None
        message = compose_message(
            report,
            number,
            now=dt_util.utcnow().timestamp(),
            event=event,
            info=self._info if self._needs_info else None,
        )
        await self._socket.send(message)
        self._needs_info = False

    async def _async_send_ending(self, job: TrackedPrint) -> None:
        """Tell the server how a print has ended, and wait until it says so, too.

        What follows must not overtake it: another number would end the print as finished.
        """
        if not job.is_known:
            await self._async_send(report_ended(job, AgentState.PRINTING), job.number)
            await self._send_placeholder()
        self._ended.clear()
        report = report_ended(job, AgentState.OPERATIONAL)
        if job.outcome is Outcome.FINISHED:
            await self._async_send(report, job.number, PrintEvent.DONE)
        else:
            # Only the first of the two stores how long the print took.
            await self._async_send(report, job.number, PrintEvent.CANCELLED)
            await self._async_send(report, job.number, PrintEvent.FAILED)
        try:
            async with asyncio.timeout(_CONFIRM_SECONDS):
                await self._ended.wait()
        except TimeoutError:
            _LOGGER.debug("The server does not confirm the end of a print")
        self._tracker.handle_ending_sent()
        await self._async_save()
        self._handle_print()

    async def _async_send_status(self) -> None:
        """Send what the printer does now."""
        job, event = self._tracker.current, None
        if self._is_absent_for_long:
            self._tracker.lose_sight()
        # During a short absence the tracker still has what it saw last.
        report = self._tracker.report(dt_util.utcnow().timestamp(), self._error())
        if report is None:
            await self._async_send(None, None)
            return
        if job is not None and job.is_paused is not job.was_paused:
            event = PrintEvent.PAUSED if job.is_paused else PrintEvent.RESUMED
        await self._async_send(report, job.number if job else _NO_PRINT, event)
        if job is not None and (not job.is_known or event is not None):
            self._tracker.handle_sent(job)
            await self._async_save()
            self._handle_print()

    @property
    def _is_absent_for_long(self) -> bool:
        return (
            self._absent_since is not None
            and self._hass.loop.time() - self._absent_since >= _ABSENCE_SECONDS
        )
