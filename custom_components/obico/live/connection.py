"""The push connection of one printer, which makes updates faster than polls do.

A connection is replaced after 18 to 22 hours, because the server stops sending to it after
24 hours. The old one is used until the first message of the new one. WebSocket pings detect
half-open connections. The pause before the next attempt doubles from 1 second to 5 minutes,
with jitter, and is reset by a connection that had messages and lasted 30 seconds. The first
successful poll after failed ones ends all pauses within ten seconds.
"""

import asyncio
from contextlib import suppress
import logging
import math
import random
from typing import Final, NoReturn, Protocol

import aiohttp
from yarl import URL

from ..aioobico import (
    AgentEvent,
    AgentReply,
    ObicoConnectionError,
    ObicoError,
    ObicoPushError,
    ObicoResponseError,
    ObicoUpgradeRefusedError,
    Printer,
    PrinterAgent,
    PrinterSocket,
    PushReader,
)

_LOGGER = logging.getLogger(__name__)

# All in seconds.
_CONNECT_SECONDS: Final = 20.0
# The server sends the printer right after connecting; a busy one may need several seconds.
_FIRST_MESSAGE_SECONDS: Final = 20.0
_MIN_BACKOFF: Final = 1.0
_MAX_BACKOFF: Final = 300.0
# A connection that lasted at least this long, and got a message, resets the back-off.
_STABLE_SECONDS: Final = 30.0
# The server stops sending to a connection after 24 hours, without closing it, so it is
# replaced before. The lifetime is random so that an account's connections are not replaced
# at the same time.
_MIN_LIFETIME: Final = 18 * 3600.0
_MAX_LIFETIME: Final = 22 * 3600.0
# After a connection could not be replaced.
_RENEWAL_RETRY: Final = 600.0
# Longer than the timeout of any reply, which may still come over a replaced connection.
_DRAIN_SECONDS: Final = 30.0
# When the server answers again, the printers of an account connect spread over this time.
_RETRY_SPREAD: Final = 10.0


class ConnectionListener(Protocol):
    """Handles the messages and the state of a connection."""

    def handle_push(self, push: Printer | AgentEvent) -> None:
        """Handle a message."""

    def handle_connected(self, *, is_again: bool) -> None:
        """Handle a new connection; `is_again` is True after an earlier one was lost."""

    def handle_lost(self, *, is_refused: bool) -> None:
        """Handle a connection that was lost or could not be made.

        `is_refused` is True where the server does not accept the printer's token.
        """


class PrinterConnection:
    """A push connection that reconnects whenever it is lost."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        base_url: URL,
        auth_token: str,
        listener: ConnectionListener,
    ) -> None:
        """Initialize the connection; `run` connects."""
        self._session = session
        self._base_url = base_url
        self._listener = listener
        self._reader = PushReader()
        self._socket: PrinterSocket | None = None
        self._lifetime: asyncio.Timeout | None = None
        self.agent = PrinterAgent(self._send)
        self.auth_token = auth_token
        self.messages = 0
        # Loop time.
        self.last_message_at = -math.inf
        self.connections = 0
        self.last_error: str | None = None
        self._was_lost = False
        self._server_is_back = asyncio.Event()
        # Reads the connection that was replaced last.
        self._draining: asyncio.Task[None] | None = None

    @property
    def is_connected(self) -> bool:
        """Return whether there is a connection."""
        return self._socket is not None

    def renew(self) -> None:
        """Replace the connection now, because it no longer brings the changes of the printer."""
        if self._lifetime is not None and not self._lifetime.expired():
            self._lifetime.reschedule(asyncio.get_running_loop().time())

    async def keep_viewing(self) -> None:
        """Keep the status of a viewer of the printer, if there is a connection."""
        if self._socket is not None:
            await self._socket.keep_viewing()

    async def run(self) -> NoReturn:
        """Connect, and reconnect with an exponential back-off, until cancelled."""
        loop = asyncio.get_running_loop()
        backoff = _MIN_BACKOFF
        while True:
            began, messages = loop.time(), self.messages
            try:
                await self._stay_connected()
            except ObicoError as err:
                self._handle_lost(
                    str(err), is_refused=isinstance(err, ObicoUpgradeRefusedError)
                )
            except Exception as err:  # noqa: BLE001
                # An exception would end this task for good. Its text and its traceback are
                # not logged, as they may contain the address with the printer's token.
                _LOGGER.error(
                    "Unexpected error of a push connection: %s", type(err).__name__
                )
                self._handle_lost(type(err).__name__, is_refused=False)
            if self.messages > messages and loop.time() - began > _STABLE_SECONDS:
                backoff = _MIN_BACKOFF
            is_back = await self._pause(backoff * random.uniform(0.5, 1.0))
            backoff = _MIN_BACKOFF if is_back else min(backoff * 2, _MAX_BACKOFF)

    async def _pause(self, seconds: float) -> bool:
        """Wait until the next attempt, and return whether `retry` was called meanwhile."""
        try:
            async with asyncio.timeout(seconds):
                await self._server_is_back.wait()
        except TimeoutError:
            return False
        self._server_is_back.clear()
        # Spreads the connections of all printers of the account.
        await asyncio.sleep(random.uniform(0.0, min(seconds, _RETRY_SPREAD)))
        return True

    def retry(self) -> None:
        """Reconnect soon, if there is no connection, because the server answers again."""
        if self._socket is None:
            self._server_is_back.set()

    def _handle_lost(self, reason: str, *, is_refused: bool) -> None:
        self.last_error = reason
        self._was_lost = True
        _LOGGER.debug("No push connection: %s", reason)
        self._listener.handle_lost(is_refused=is_refused)

    async def _stay_connected(self) -> NoReturn:
        """Receive until the connection is lost, and replace it at the end of its lifetime."""
        self._socket = await self._open()
        self._server_is_back.clear()
        self._listener.handle_connected(is_again=self._was_lost)
        lifetime = random.uniform(_MIN_LIFETIME, _MAX_LIFETIME)
        try:
            while True:
                try:
                    async with asyncio.timeout(lifetime) as self._lifetime:
                        await self._read(self._socket)
                except TimeoutError:
                    lifetime = await self._replace()
        except ObicoError as err:
            self.agent.handle_lost(err)
            raise
        finally:
            socket, self._socket = self._socket, None
            self.agent.handle_lost()
            if self._draining is not None:
                self._draining.cancel()
                await asyncio.wait([self._draining])
            await socket.close()

    async def _read(self, socket: PrinterSocket) -> NoReturn:
        """Handle the messages of a connection until it is lost."""
        while True:
            self._handle_message(await socket.receive())

    async def _replace(self) -> float:
        """Replace the connection, or keep it where that fails, and return its new lifetime.

        The old connection is read until the first message of the new one, and after that for
        awaited replies, which the server only sends to connections that existed before.
        """
        old = self._socket
        assert old is not None
        reading = asyncio.create_task(self._read(old), name="obico push old")
        try:
            new = await self._open()
        except ObicoError as err:
            if reading.done():
                # Both connections have failed.
                reading.result()
            _LOGGER.debug("Keeping the old push connection: %s", err)
            return _RENEWAL_RETRY
        finally:
            reading.cancel()
            # An error of the old connection has no effect, as there is a new one.
            await asyncio.gather(reading, return_exceptions=True)
        self._socket = new
        if self._draining is not None:
            self._draining.cancel()
        self._draining = asyncio.create_task(
            self._drain(old), name="obico push replaced", eager_start=True
        )
        return random.uniform(_MIN_LIFETIME, _MAX_LIFETIME)

    async def _drain(self, old: PrinterSocket) -> None:
        """Read awaited replies from a connection that was replaced, then close it.

        All else comes by the new connection as well, and what the old one brings later
        than that is out of date.
        """
        reader = PushReader()
        try:
            with suppress(TimeoutError, ObicoError):
                async with asyncio.timeout(_DRAIN_SECONDS):
                    while self.agent.is_waiting:
                        push = reader.read(await old.receive())
                        if isinstance(push, AgentReply):
                            self.agent.handle_reply(push)
        finally:
            await old.close()

    async def _open(self) -> PrinterSocket:
        """Return a new connection after its first message."""
        socket = await PrinterSocket.open(
            self._session, self._base_url, self.auth_token, timeout=_CONNECT_SECONDS
        )
        try:
            async with asyncio.timeout(_FIRST_MESSAGE_SECONDS):
                self._handle_message(await socket.receive())
        except TimeoutError:
            await socket.close()
            raise ObicoConnectionError("The new push connection is silent") from None
        except BaseException:
            await socket.close()
            raise
        self.connections += 1
        return socket

    def _handle_message(self, message: bytes) -> None:
        """Parse a message, and pass it on."""
        try:
            push = self._reader.read(message)
        except ObicoResponseError as err:
            # The next message or poll brings the same data.
            _LOGGER.debug("Skipping a push: %s", err)
            self.last_error = str(err)
            return
        self.messages += 1
        self.last_message_at = asyncio.get_running_loop().time()
        if isinstance(push, AgentReply):
            self.agent.handle_reply(push)
        elif push is not None:
            self._listener.handle_push(push)

    async def _send(self, message: str) -> None:
        """Send a message on the current connection. Raises ObicoPushError without one."""
        if self._socket is None:
            raise ObicoPushError("There is no push connection")
        await self._socket.send(message)
