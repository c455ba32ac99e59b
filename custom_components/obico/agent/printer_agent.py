"""The agent of one printer: its connection, and what is sent over it."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
import logging
import random
from typing import Final

import aiohttp
from yarl import URL

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import (
    CALLBACK_TYPE,
    Event,
    EventStateChangedData,
    HomeAssistant,
    callback,
)
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.util import dt as dt_util

from ..aioobico import (
    ObicoAgentReplacedError,
    ObicoAuthenticationError,
    ObicoError,
    ObicoUpgradeRefusedError,
)
from ..aioobico.acting import (
    AgentCalls,
    AgentInfo,
    AgentSocket,
    Command,
    PassthruRequest,
    RemoteStatus,
    ServerMessage,
)
from .commands import AgentCommands, CommandFailedError
from .config import AgentConfig, Phase
from .issues import Stopped
from .notices import AgentNotices
from .passthru import Passthru
from .pictures import AgentPictures
from .print_tracker import PrintTracker
from .readings import Readings, read_printer
from .status_sender import StatusSender
from .viewers import Viewers

_LOGGER = logging.getLogger(__name__)

# Seconds.
_CONNECT_SECONDS: Final = 20.0
_MIN_BACKOFF: Final = 2.0
_MAX_BACKOFF: Final = 120.0
# A connection that lasted for so long was a good one.
_STABLE_SECONDS: Final = 30.0
# Until the push connection of the account that is the reason for a viewer is noticed.
_VIEWER_SECONDS: Final = 1.0
# Until the reason why a connection was lost is known.
_REASON_SECONDS: Final = 0.5


class PrinterAgent:
    """Home Assistant as the agent of one printer."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        config: AgentConfig,
        info: AgentInfo,
        name: str,
        tracker: PrintTracker,
        *,
        session: aiohttp.ClientSession,
        post_session: aiohttp.ClientSession,
        base_url: URL,
        has_own_push: Callable[[], bool],
        save: Callable[[], Awaitable[None]],
        handle_blindness: Callable[[bool], None],
    ) -> None:
        """Initialize without a connection; `async_start` connects.

        `save` stores the prints that the tracker knows, `handle_blindness` is called with
        whether the AI sees no picture of the print, because of privacy, when that has changed.
        """
        self.config = config
        self.name = name
        self.tracker = tracker
        self.stopped: Stopped | None = None
        self.connections = 0
        self.last_error: str | None = None
        self._hass = hass
        self._entry = entry
        self._session = session
        self._base_url = base_url
        self._calls = AgentCalls(post_session, base_url, config.auth_token)
        self._notices = AgentNotices(
            hass,
            entry.entry_id,
            config,
            name,
            self._calls,
            tracker,
            create_task=self._create_task,
            handle_refused=lambda: self._stop_for(Stopped.REFUSED),
            handle_blindness=handle_blindness,
        )
        self._viewers = Viewers(has_own_push)
        self._should_watch = False
        self._pictures = AgentPictures(
            hass,
            config,
            self._calls,
            handle_refused=lambda: self._stop_for(Stopped.REFUSED),
            handle_camera=self._notices.handle_camera,
        )
        self._commands = AgentCommands(
            hass,
            config,
            tracker,
            device_name=name,
            handle_change=lambda: self.sender.wake(),  # noqa: PLW0108 # pylint: disable=unnecessary-lambda
        )
        self._passthru = Passthru(hass, config, self._pictures)
        self.sender = StatusSender(
            hass,
            tracker,
            info,
            update=self._update,
            error=self._notices.error_text,
            save=save,
            create_task=self._create_task,
            send_placeholder=self._pictures.async_send_placeholder,
            handle_print=self._update_pace,
        )
        self._readings: Readings = read_printer(hass, config)
        self._tasks: set[asyncio.Task[None]] = set()
        self._main: asyncio.Task[None] | None = None
        self._unsubscribe: CALLBACK_TYPE | None = None
        self._must_stop = asyncio.Event()

    @property
    def is_connected(self) -> bool:
        """Return whether there is a connection."""
        return self.sender.is_connected

    @property
    def is_blind(self) -> bool:
        """Return whether the AI gets no pictures of the open print, because of privacy."""
        return self.tracker.current is not None and self._pictures.is_private

    @property
    def statistics(self) -> dict[str, object]:
        """Return what diagnostics show."""
        return {
            "is_connected": self.is_connected,
            "stopped": self.stopped,
            "connections": self.connections,
            "last_error": self.last_error,
            "phase": self.tracker.phase,
            "print_number": self.tracker.current and self.tracker.current.number,
            "endings": len(self.tracker.endings),
            "should_watch": self._should_watch,
            "pictures_taken": self._pictures.taken,
            "pictures_sent": self._pictures.sent,
            "picture_failures": self._pictures.failures,
        }

    # Start and stop

    @callback
    def async_start(self) -> None:
        """Follow the entities, and connect."""
        self._unsubscribe = async_track_state_change_event(
            self._hass, self.config.watched_entities, self._handle_state
        )
        self._update()
        self._main = self._create_task(self._async_run(), "connection")

    async def async_stop(self) -> None:
        """Close the connection; what is open stays open on the server."""
        self.tracker.stop_waiting()
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._notices.update_blindness(is_blind=False)
        self._notices.issues.async_clear_all()

    async def async_end_print(self, seconds: float) -> None:
        """End an open print, and have the server get that within some seconds."""
        self.tracker.end_for_good(dt_util.utcnow().timestamp())
        self.sender.wake()
        if self._main is not None and self.tracker.endings:
            try:
                async with asyncio.timeout(seconds):
                    await self.sender.async_wait_for_endings()
            except TimeoutError:
                _LOGGER.debug("The end of a print of %s was not sent", self.name)

    def _create_task(
        self, what: Coroutine[object, object, None], name: str
    ) -> asyncio.Task[None]:
        task = self._entry.async_create_background_task(
            self._hass, what, f"obico agent {name}"
        )
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _stop_for(self, reason: Stopped) -> None:
        if self.stopped is None:
            self.stopped = reason
            self._must_stop.set()

    # The connection

    async def _async_run(self) -> None:
        """Connect, and reconnect with a back-off, until there is a reason not to."""
        loop = self._hass.loop
        backoff = _MIN_BACKOFF
        while not self._must_stop.is_set():
            began = loop.time()
            try:
                await self._async_stay_connected()
            except ObicoAgentReplacedError:
                self._stop_for(Stopped.REPLACED)
            except ObicoUpgradeRefusedError as err:
                await self._async_handle_refusal(err)
            except ObicoError as err:
                self._handle_lost(str(err))
            except Exception as err:  # noqa: BLE001
                # It would end the task for good. Its text may contain the token.
                _LOGGER.error("Unexpected error of an agent: %s", type(err).__name__)
                self._handle_lost(type(err).__name__)
            if self._must_stop.is_set():
                break
            if loop.time() - began > _STABLE_SECONDS:
                backoff = _MIN_BACKOFF
            await asyncio.sleep(backoff * random.uniform(0.5, 1.0))
            backoff = min(backoff * 2, _MAX_BACKOFF)
        _LOGGER.warning(
            "Home Assistant is no longer the agent of %s: %s", self.name, self.stopped
        )
        self._notices.issues.async_raise(str(self.stopped))

    async def _async_handle_refusal(self, err: ObicoUpgradeRefusedError) -> None:
        """Stop if the server itself refuses the token; a proxy refuses for a while."""
        try:
            await self._calls.ping()
        except ObicoAuthenticationError:
            self._stop_for(Stopped.REFUSED)
        except ObicoError as why:
            self._handle_lost(str(why))
        else:
            self._handle_lost(str(err))

    def _handle_lost(self, reason: str) -> None:
        if self.last_error is None:
            _LOGGER.info("The agent of %s is not connected: %s", self.name, reason)
        self.last_error = reason

    async def _async_stay_connected(self) -> None:
        """Send and receive until the connection is lost."""
        socket = await AgentSocket.open(
            self._session,
            self._base_url,
            self.config.auth_token,
            timeout=_CONNECT_SECONDS,
        )
        receiving = asyncio.create_task(
            self._async_receive(socket), name="obico agent receive"
        )
        tasks: list[asyncio.Task[object]] = [
            receiving,
            asyncio.create_task(self._must_stop.wait(), name="obico agent stop"),
            asyncio.create_task(
                self._pictures.async_run(), name="obico agent pictures"
            ),
            asyncio.create_task(self.sender.async_run(socket), name="obico agent send"),
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            # Only the receiver learns that another agent is the reason.
            await asyncio.wait([receiving], timeout=_REASON_SECONDS)
            done = [task for task in tasks if task.done()]
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await socket.close()
        for task in done:
            task.result()

    async def _async_receive(self, socket: AgentSocket) -> None:
        """Handle the messages of the server until the connection is lost."""
        is_first = True
        while True:
            for message in await socket.receive():
                self._handle_message(message, is_first=is_first)
                if is_first:
                    is_first = False
                    self.connections += 1
                    self.last_error = None

    def _handle_message(self, message: ServerMessage, *, is_first: bool) -> None:
        match message:
            case RemoteStatus():
                self._handle_remote_status(message, is_first=is_first)
            case Command():
                self._create_task(self._async_command(message), "command")
            case PassthruRequest():
                self._create_task(self._async_passthru(message), "passthru")

    def _handle_remote_status(self, status: RemoteStatus, *, is_first: bool) -> None:
        if status.should_watch is not None:
            self._should_watch = status.should_watch
            if not status.should_watch and not is_first:
                self.sender.handle_ended()
        if status.viewing is not None:
            if is_first:
                self._viewers.begin(viewing=status.viewing)
            else:
                self._create_task(self._async_handle_viewing(status.viewing), "viewer")
        self._update_pace()

    async def _async_handle_viewing(self, viewing: bool) -> None:
        await asyncio.sleep(_VIEWER_SECONDS)
        if self._viewers.update(self._hass.loop.time(), viewing=viewing):
            self._pictures.ask()
        self._update_pace()

    @callback
    def async_look(self) -> None:
        """Note that somebody opens the picture of the printer in Home Assistant."""
        self._viewers.look(self._hass.loop.time())
        self._update_pace()

    def _update_pace(self) -> None:
        job = self.tracker.current
        self._pictures.pace.print_number = (
            job.number if job is not None and job.is_known else None
        )
        self._pictures.pace.is_fast = self._should_watch or self._viewers.is_looking(
            self._hass.loop.time()
        )
        self._pictures.wake()

    async def _async_command(self, command: Command) -> None:
        """Run a command of the server, and tell everybody if it has no effect."""
        try:
            await self._commands.async_run(command)
        except CommandFailedError as err:
            await self._notices.async_tell_command_failed(command.command, str(err))
        else:
            self._notices.handle_command_done()

    async def _async_passthru(self, request: PassthruRequest) -> None:
        if answer := await self._passthru.async_answer(request):
            await self.sender.async_send_raw(answer)

    # The printer

    @callback
    def _handle_state(self, _event: Event[EventStateChangedData]) -> None:
        self._update()

    @callback
    def _update(self) -> None:
        """Read the entities, and have sent what has changed."""
        last, self._readings = self._readings, read_printer(self._hass, self.config)
        readings = self._readings
        self.sender.handle_readings(readings)
        job = self.tracker.current
        has_changed = self.tracker.update(readings, dt_util.utcnow().timestamp())
        self._commands.handle_update()
        if has_changed or readings != last:
            self.sender.wake()
        if has_changed:
            self._update_pace()
        if (
            job is not None
            and not job.is_cancelling
            and readings.phase is Phase.FAILED
            and not self.config.failed_is_ambiguous
        ):
            self._create_task(self._notices.async_tell_print_failed(), "event")
        self._notices.update_blindness(is_blind=self.is_blind)
        self._notices.handle_readings(readings)
