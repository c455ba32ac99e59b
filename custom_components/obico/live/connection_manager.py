"""The push connections of an account, one for each of its printers.

A connection that answers pings may still bring no messages. It is replaced after two polls
have brought changes without a push. A refused token triggers a poll, which finds out
whether the printer is deleted or has a new token, or the account's own token is invalid.
"""

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
import logging
import math
from typing import Final

import aiohttp

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval

from ..aioobico import (
    AgentEvent,
    ObicoAgentSilentError,
    ObicoClient,
    ObicoPushError,
    Printer,
    PrinterAgent,
    PrinterSocket,
    PushReader,
)
from ..const import AGENT_NAME, CONF_LOW_BANDWIDTH, POLL_INTERVAL, SERVER
from ..coordinator import ObicoCoordinator
from ..printer.parts import has_new_activity
from ..printer.snapshot import Poll
from ..printer.status import AT_WORK, printer_status
from .connection import PrinterConnection
from .shared_task import SharedTask

_LOGGER = logging.getLogger(__name__)

# The server removes a viewer that sends nothing after 20 minutes at the earliest.
_VIEW_INTERVAL: Final = timedelta(minutes=10)
# An idle agent reports every 50 seconds. A connection that brings nothing for longer may be
# dead although it answers pings, and polls have to bring the changes.
_SILENCE_SECONDS: Final = 120.0
_SILENCE_INTERVAL: Final = timedelta(seconds=30)
# Seconds after a picture of an idle printer during which no other one is requested.
_PICTURE_INTERVAL: Final = 10.0


class ConnectionManager:
    """Keeps a push connection to every printer of the account."""

    def __init__(
        self,
        hass: HomeAssistant,
        coordinator: ObicoCoordinator,
        client: ObicoClient,
        *,
        create_session: Callable[[], aiohttp.ClientSession],
        handle_agent_event: Callable[[], None],
        handle_connected: Callable[[], None],
    ) -> None:
        """Initialize without connections; `async_start` connects.

        `create_session` returns a session for the connections, which is closed with them.
        `handle_agent_event` is called when an agent reports an event over a connection,
        `handle_connected` when there is a new connection.
        """
        self.client = client
        self._hass = hass
        self._coordinator = coordinator
        self._entry = coordinator.config_entry
        self._create_session = create_session
        self._handle_agent_event = handle_agent_event
        self._handle_connected = handle_connected
        self._connections: dict[int, PrinterConnection] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._session: aiohttp.ClientSession | None = None
        # Whether the log says that a connection is lost.
        self._is_down = False
        self.has_push: bool | None = None
        """Whether all push connections work, None while they are first made."""
        # Ids of the printers that were connected at the last change of a connection.
        self._connected: set[int] = set()
        # When each idle printer's agent last sent a requested picture (loop time), and the
        # requests, of which one runs at a time for each printer.
        self._pictures_sent_at: dict[int, float] = {}
        self._picture_requests: dict[int, SharedTask] = {}
        # Ids of all printers, and of those that changed in the last poll without a push.
        self._printers: frozenset[int] = frozenset()
        self._missed: frozenset[int] = frozenset()
        # The number of messages of a connection at the last change that it had missed.
        self._messages_at_missed_change: dict[int, int] = {}

    @callback
    def async_start(self) -> None:
        """Connect to the account's printers."""
        self._session = self._create_session()
        self._async_update_connections(self._coordinator.data.printers.values())
        for handle, interval in (
            (self._handle_view_interval, _VIEW_INTERVAL),
            (self._handle_silence_interval, _SILENCE_INTERVAL),
        ):
            self._entry.async_on_unload(
                async_track_time_interval(self._hass, handle, interval)
            )

    async def async_stop(self) -> None:
        """Close all connections, and make no new ones."""
        # Before the first await: a poll that ends meanwhile must not connect again.
        session, self._session = self._session, None
        tasks = list(self._tasks.values())
        for printer_id in list(self._tasks):
            self._drop(printer_id)
        for request in self._picture_requests.values():
            request.async_stop()
            # It ends first, as its connection is the session's.
            await request.async_wait()
        await asyncio.gather(*tasks, return_exceptions=True)
        if session is not None:
            await session.close()

    # Which printers are connected

    @callback
    def handle_poll(self, poll: Poll) -> None:
        """Connect to new printers, and replace connections that have missed changes."""
        if not self._coordinator.last_update_success:
            # The server answers again, so lost connections are retried without a back-off.
            for connection in self._connections.values():
                connection.retry()
        self._missed = frozenset(poll.missed)
        for printer_id in poll.missed:
            self._handle_missed_change(printer_id)
        self._async_update_connections(poll.snapshot.printers.values())

    @callback
    def _async_update_connections(self, printers: Iterable[Printer]) -> None:
        """Connect to new printers and with new tokens, and disconnect from those gone."""
        if self._session is None:
            return
        tokens: dict[int, str] = {}
        followed = set()
        for printer in printers:
            followed.add(printer.id)
            if printer.auth_token is not None:
                tokens[printer.id] = printer.auth_token
        self._printers = frozenset(followed)
        for printer_id, connection in list(self._connections.items()):
            if tokens.get(printer_id) != connection.auth_token:
                self._drop(printer_id)
        for printer_id in self._picture_requests.keys() - tokens.keys():
            self._picture_requests.pop(printer_id).async_stop()
            self._pictures_sent_at.pop(printer_id, None)
        for printer_id in tokens.keys() - self._connections.keys():
            connection = PrinterConnection(
                self._session, self.client.base_url, tokens[printer_id], self
            )
            self._connections[printer_id] = connection
            self._tasks[printer_id] = self._entry.async_create_background_task(
                self._hass, connection.run(), f"obico push {printer_id}"
            )
        self._log_recovery()
        self._set_pushed()

    def _drop(self, printer_id: int) -> None:
        del self._connections[printer_id]
        self._messages_at_missed_change.pop(printer_id, None)
        self._tasks.pop(printer_id).cancel()

    @callback
    def _handle_missed_change(self, printer_id: int) -> None:
        """Replace a connection that had no message while polls brought two changes.

        A single change may have been polled right before its push.
        """
        connection = self._connections.get(printer_id)
        if connection is None or not connection.is_connected:
            return
        if self._messages_at_missed_change.get(printer_id) != connection.messages:
            self._messages_at_missed_change[printer_id] = connection.messages
            return
        del self._messages_at_missed_change[printer_id]
        _LOGGER.debug("The push connection of printer %s is silent", printer_id)
        connection.renew()

    def _update_has_push(self) -> None:
        if not self._is_down and self.connected < len(self._connections):
            # A connection to a new printer is being made.
            return
        if self.has_push is not (has_push := not self._is_down):
            self.has_push = has_push
            self._coordinator.async_wake(SERVER)

    @property
    def connected(self) -> int:
        """Return how many push connections there are."""
        return sum(each.is_connected for each in self._connections.values())

    def is_connected(self, printer_id: int) -> bool:
        """Return whether a printer has a push connection."""
        connection = self._connections.get(printer_id)
        return connection is not None and connection.is_connected

    def agent_of(self, printer_id: int) -> PrinterAgent:
        """Return a printer's agent, which is reached over its push connection.

        Raises ObicoPushError where there is none.
        """
        if (connection := self._connections.get(printer_id)) is None:
            raise ObicoPushError("There is no push connection")
        return connection.agent

    def statistics(self, printer_id: int) -> dict[str, str | int | bool | None] | None:
        """Return statistics of a printer's push connection, None if there is none."""
        if (connection := self._connections.get(printer_id)) is None:
            return None
        return {
            "is_connected": connection.is_connected,
            "connections": connection.connections,
            "messages": connection.messages,
            "last_error": connection.last_error,
        }

    # Viewing: agents send values and pictures more often while the printer has a viewer

    @callback
    def handle_change(self, before: Printer, now: Printer) -> None:
        """Become a viewer of a print as soon as it starts or resumes."""
        if has_new_activity(before, now):
            self._async_view(now)

    @callback
    def _async_view(self, printer: Printer) -> None:
        """Become a viewer of a print of another agent, for recent values and pictures."""
        connection = self._connections.get(printer.id)
        if (
            connection is not None
            and connection.is_connected
            and not self._entry.options.get(CONF_LOW_BANDWIDTH, False)
            and printer.agent_name != AGENT_NAME
            and printer_status(printer) in AT_WORK
        ):
            self._entry.async_create_background_task(
                self._hass, connection.keep_viewing(), "obico view"
            )

    @callback
    def async_keep_viewing(self, printer_id: int) -> None:
        """Become a viewer of a printer that somebody watches live."""
        if self.is_connected(printer_id):
            self._entry.async_create_background_task(
                self._hass, self._connections[printer_id].keep_viewing(), "obico view"
            )

    @callback
    def _handle_view_interval(self, _now: datetime) -> None:
        for printer in self._coordinator.data.printers.values():
            self._async_view(printer)

    async def async_request_picture(self, printer: Printer, *, within: float) -> None:
        """Have an idle printer's agent send a picture, which it does for each new viewer.

        Concurrent calls share one request, and there is no request within ten seconds of the
        last picture. Raises ObicoError if no picture comes `within` seconds.
        """
        if self._session is None or printer.auth_token is None:
            raise ObicoPushError("There are no push connections")
        if self._has_new_picture(printer.id):
            return
        request = self._picture_requests.setdefault(
            printer.id, SharedTask(self._hass, self._entry, "obico picture request")
        )
        try:
            async with asyncio.timeout(within):
                # The request of another caller may have an earlier timeout.
                await request.async_wait()
                if not self._has_new_picture(printer.id):
                    await request.async_run(
                        partial(
                            self._async_fetch_picture,
                            printer.id,
                            printer.auth_token,
                            within,
                        )
                    )
        except TimeoutError:
            raise ObicoAgentSilentError("The agent sent no picture") from None

    def _has_new_picture(self, printer_id: int) -> bool:
        """Return whether an agent has recently sent a requested picture."""
        sent_at = self._pictures_sent_at.get(printer_id, -math.inf)
        return self._hass.loop.time() - sent_at < _PICTURE_INTERVAL

    async def _async_fetch_picture(
        self, printer_id: int, auth_token: str, within: float
    ) -> None:
        """Store the printer that the server sends to a new viewer with the new picture."""
        async with asyncio.timeout(within):
            push = await self._async_view_once(auth_token, within)
        self._pictures_sent_at[printer_id] = self._hass.loop.time()
        self._coordinator.async_merge_printer(push)

    async def _async_view_once(self, auth_token: str, within: float) -> Printer:
        """Return the second printer that a new viewer gets; the first has the old picture."""
        assert self._session is not None
        socket = await PrinterSocket.open(
            self._session, self.client.base_url, auth_token, timeout=within
        )
        reader = PushReader()
        try:
            await socket.receive()
            while True:
                # Replies and events of the agent may come first.
                if isinstance(push := reader.read(await socket.receive()), Printer):
                    return push
        finally:
            await socket.close()

    # Callbacks of the connections

    def handle_push(self, push: Printer | AgentEvent) -> None:
        """Pass on a printer, or the report of an event."""
        if isinstance(push, Printer):
            self._coordinator.async_merge_printer(push)
        else:
            self._handle_agent_event()

    def handle_connected(self, *, is_again: bool) -> None:
        """Poll the changes since the loss, and log once that all connections are back."""
        if is_again:
            self._coordinator.async_request_refresh_soon()
        self._log_recovery()
        self._set_pushed()
        self._wake_while_polls_fail()
        self._handle_connected()

    def handle_lost(self, *, is_refused: bool) -> None:
        """Log once that a connection is lost, and poll to find out why a token is refused."""
        self._set_pushed()
        self._wake_while_polls_fail()
        if not self._is_down:
            self._is_down = True
            _LOGGER.warning(
                "A push connection to the Obico server is lost; until it is back, updates come every %s seconds",
                int(POLL_INTERVAL.total_seconds()),
            )
            self._update_has_push()
        if is_refused:
            # The printer is deleted or has a new token, or the account's own token is
            # invalid. The poll finds out, and handles each of these.
            self._coordinator.async_request_refresh_soon()

    def _set_pushed(self) -> None:
        """Update the coordinator on whether pushes bring the changes of all printers."""
        if self._session is not None:
            self._coordinator.async_set_pushed(
                not self._missed and all(map(self._is_pushed_now, self._printers))
            )

    def _is_pushed_now(self, printer_id: int) -> bool:
        """Return whether a printer is connected and, if its agent is online, not silent."""
        connection = self._connections.get(printer_id)
        if connection is None or not connection.is_connected:
            return False
        printer = self._coordinator.get_printer(printer_id)
        return (
            printer is None
            or printer.status is None
            or self._hass.loop.time() - connection.last_message_at < _SILENCE_SECONDS
        )

    @callback
    def _handle_silence_interval(self, _now: datetime) -> None:
        self._set_pushed()

    def _log_recovery(self) -> None:
        """Log once that all connections are back."""
        if self._is_down and all(
            connection.is_connected for connection in self._connections.values()
        ):
            self._is_down = False
            _LOGGER.info("The push connections to the Obico server are back")
        self._update_has_push()

    def _wake_while_polls_fail(self) -> None:
        """Update printers whose connection has changed, while polls fail.

        Some of their entities are then only available with a connection.
        """
        connected = {
            printer_id
            for printer_id, connection in self._connections.items()
            if connection.is_connected
        }
        changed, self._connected = connected ^ self._connected, connected
        if not self._coordinator.last_update_success:
            for printer_id in changed:
                self._coordinator.async_wake_printer(printer_id)
