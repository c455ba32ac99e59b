"""Keep the push connections of an account, one for each of its printers.

A connection may be silent although it answers pings: it is replaced once two polls have
seen changes that it did not bring. A refused token triggers a poll, which finds out
whether the printer is gone, has a new token, or the account is locked out.
"""

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
import logging
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
from ..const import CONF_LOW_BANDWIDTH, POLL_INTERVAL
from ..coordinator import ObicoCoordinator
from ..printer.parts import has_new_activity
from ..printer.snapshot import Poll
from ..printer.status import AT_WORK, printer_status
from .connection import PrinterConnection
from .shared_task import SharedTask

_LOGGER = logging.getLogger(__name__)

# A viewer that says nothing stops counting after 20 minutes at the earliest.
_VIEW_INTERVAL: Final = timedelta(minutes=10)
# An idle agent reports every 50 seconds. A connection that brings nothing for longer may be
# dead although it answers pings, and polls have to bring the changes.
_SILENCE_SECONDS: Final = 120.0
_SILENCE_INTERVAL: Final = timedelta(seconds=30)
# Seconds for which a picture that an idle printer's agent sent is new enough for all who look.
_PICTURE_INTERVAL: Final = 10.0


class ConnectionManager:
    """Connects to every printer that the account has."""

    def __init__(
        self,
        hass: HomeAssistant,
        coordinator: ObicoCoordinator,
        client: ObicoClient,
        *,
        create_session: Callable[[], aiohttp.ClientSession],
        handle_agent_event: Callable[[], None],
    ) -> None:
        """Prepare; `async_start` connects.

        `create_session` returns a session for the connections, which is closed with them.
        `handle_agent_event` is called when an agent reports an event by itself.
        """
        self.client = client
        self._hass = hass
        self._coordinator = coordinator
        self._entry = coordinator.config_entry
        self._create_session = create_session
        self._handle_agent_event = handle_agent_event
        self._connections: dict[int, PrinterConnection] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._session: aiohttp.ClientSession | None = None
        # Whether the log says that a connection is lost.
        self._is_down = False
        # Whether every printer was pushed when the coordinator was last told.
        self._is_pushed = False
        # Printers that had a connection when one was last made or lost.
        self._connected: set[int] = set()
        # When each idle printer's agent last sent a picture that it was asked for (loop
        # time), and the requests, of which one at a time is under way.
        self._pictures_sent_at: dict[int, float] = {}
        self._picture_requests: dict[int, SharedTask] = {}
        # All printers of the account, and those that changed in the last poll without a push.
        self._printers: frozenset[int] = frozenset()
        self._missed: frozenset[int] = frozenset()
        # How many messages a connection had brought when a poll last saw something first.
        self._missed_after: dict[int, int] = {}

    @callback
    def async_start(self) -> None:
        """Connect to the account's printers."""
        self._session = self._create_session()
        self._async_follow(self._coordinator.data.printers.values())
        self._entry.async_on_unload(
            async_track_time_interval(
                self._hass, self._handle_view_interval, _VIEW_INTERVAL
            )
        )
        self._entry.async_on_unload(
            async_track_time_interval(
                self._hass, self._handle_silence_interval, _SILENCE_INTERVAL
            )
        )

    async def async_stop(self) -> None:
        """Disconnect for good."""
        # First of all: a poll that ends meanwhile must not connect anew.
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
        """Connect to new printers, and replace connections that bring nothing."""
        if not self._coordinator.last_update_success:
            # The server answers again: connect soon where the connection is lost.
            for connection in self._connections.values():
                connection.retry()
        self._missed = frozenset(poll.missed)
        for printer_id in poll.missed:
            self._note_missed(printer_id)
        self._async_follow(poll.snapshot.printers.values())

    @callback
    def _async_follow(self, printers: Iterable[Printer]) -> None:
        """Connect to new printers, and anew to those with a new token; leave those that are gone."""
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
        self._note_back()
        self._set_pushed()

    def _drop(self, printer_id: int) -> None:
        del self._connections[printer_id]
        self._missed_after.pop(printer_id, None)
        self._tasks.pop(printer_id).cancel()

    @callback
    def _note_missed(self, printer_id: int) -> None:
        """Replace a connection that brought nothing while polls saw two changes.

        One change may have been polled just ahead of its push.
        """
        connection = self._connections.get(printer_id)
        if connection is None or not connection.is_connected:
            return
        if self._missed_after.get(printer_id) != connection.messages:
            self._missed_after[printer_id] = connection.messages
            return
        del self._missed_after[printer_id]
        _LOGGER.debug("The push connection of printer %s is silent", printer_id)
        connection.renew()

    @property
    def connected(self) -> int:
        """Return how many push connections there are."""
        return sum(each.is_connected for each in self._connections.values())

    def is_connected(self, printer_id: int) -> bool:
        """Return whether changes of a printer come by push."""
        connection = self._connections.get(printer_id)
        return connection is not None and connection.is_connected

    def agent_of(self, printer_id: int) -> PrinterAgent:
        """Return a printer's agent, which can be reached while there is a push connection.

        Raises ObicoPushError where there is none.
        """
        if (connection := self._connections.get(printer_id)) is None:
            raise ObicoPushError("There is no push connection")
        return connection.agent

    def statistics(self, printer_id: int) -> dict[str, str | int | bool | None] | None:
        """Return what became of a printer's push connection, None if there is none."""
        if (connection := self._connections.get(printer_id)) is None:
            return None
        return {
            "is_connected": connection.is_connected,
            "connections": connection.connections,
            "messages": connection.messages,
            "last_error": connection.last_error,
        }

    # Viewing: agents send fresh readings and pictures while somebody watches

    @callback
    def handle_change(self, before: Printer, now: Printer) -> None:
        """View a print as soon as it begins, or goes on."""
        if has_new_activity(before, now):
            self._async_view(now)

    @callback
    def _async_view(self, printer: Printer) -> None:
        """Count as a viewer of a print, so that its readings and pictures are fresh."""
        connection = self._connections.get(printer.id)
        if (
            connection is not None
            and connection.is_connected
            and not self._entry.options.get(CONF_LOW_BANDWIDTH, False)
            and printer_status(printer) in AT_WORK
        ):
            self._entry.async_create_background_task(
                self._hass, connection.keep_viewing(), "obico view"
            )

    @callback
    def _handle_view_interval(self, _now: datetime) -> None:
        for printer in self._coordinator.data.printers.values():
            self._async_view(printer)

    async def async_request_picture(self, printer: Printer, *, within: float) -> None:
        """Have an idle printer's agent send a picture, which it does for each new viewer.

        All who ask at the same time share one request, and for ten seconds after a picture
        came nothing is asked again. Raises ObicoError if none came in `within` seconds.
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
                # Another's request may end earlier, without a picture.
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
        """Return whether an agent has just sent a picture that it was asked for."""
        sent_at = self._pictures_sent_at.get(printer_id, float("-inf"))
        return self._hass.loop.time() - sent_at < _PICTURE_INTERVAL

    async def _async_fetch_picture(
        self, printer_id: int, auth_token: str, within: float
    ) -> None:
        """Take up the printer that a new viewer is sent once its picture has come."""
        async with asyncio.timeout(within):
            push = await self._async_view_once(auth_token, within)
        self._pictures_sent_at[printer_id] = self._hass.loop.time()
        self._coordinator.async_merge_printer(push)

    async def _async_view_once(self, auth_token: str, within: float) -> Printer:
        """Return the second printer that a new viewer is sent: the first is as it was."""
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

    # What connections tell

    def handle_push(self, push: Printer | AgentEvent) -> None:
        """Pass on what a connection brings."""
        if isinstance(push, Printer):
            self._coordinator.async_merge_printer(push)
        else:
            self._handle_agent_event()

    def handle_connected(self, *, is_again: bool) -> None:
        """Poll what was missed, and log once that all connections are back."""
        if is_again:
            self._coordinator.async_request_refresh_soon()
        self._note_back()
        self._set_pushed()
        self._wake_while_polls_fail()

    def handle_lost(self, *, is_refused: bool) -> None:
        """Log once that there is no push, and find out why a token is refused."""
        self._set_pushed()
        self._wake_while_polls_fail()
        if not self._is_down:
            self._is_down = True
            _LOGGER.warning(
                "A push connection to the Obico server is lost; until it is back, updates come every %s seconds",
                int(POLL_INTERVAL.total_seconds()),
            )
        if is_refused:
            # The printer is gone or has a new token, or the account is locked out: the
            # poll tells which, and acts on it.
            self._coordinator.async_request_refresh_soon()

    def _set_pushed(self) -> None:
        """Tell the coordinator whether pushes bring every change of every printer."""
        is_pushed = not self._missed and all(map(self._is_pushed_now, self._printers))
        if is_pushed is not self._is_pushed and self._session is not None:
            self._is_pushed = is_pushed
            self._coordinator.async_set_pushed(is_pushed)

    def _is_pushed_now(self, printer_id: int) -> bool:
        """Return whether a printer's connection is there and, where its agent is, not silent."""
        connection = self._connections.get(printer_id)
        if connection is None or not connection.is_connected:
            return False
        printer = self._coordinator.get_printer(printer_id)
        return (
            printer is None
            or printer.status is None
            or self._hass.loop.time() - connection.spoke_at < _SILENCE_SECONDS
        )

    @callback
    def _handle_silence_interval(self, _now: datetime) -> None:
        self._set_pushed()

    def _note_back(self) -> None:
        """Log once that all connections there should be are there again."""
        if self._is_down and all(
            connection.is_connected for connection in self._connections.values()
        ):
            self._is_down = False
            _LOGGER.info("The push connections to the Obico server are back")

    def _wake_while_polls_fail(self) -> None:
        """Wake printers whose connection came or went, where push alone keeps them available."""
        connected = {
            printer_id
            for printer_id, connection in self._connections.items()
            if connection.is_connected
        }
        changed, self._connected = connected ^ self._connected, connected
        if not self._coordinator.last_update_success:
            for printer_id in changed:
                self._coordinator.async_wake_printer(printer_id)
