"""Keep one push connection: what it brings makes updates quicker, and polls work without it.

A connection lives 18 to 22 hours, because the server forgets it after 24; the next one
takes over once it has sent its first message. WebSocket pings find half-open connections.
The pause before the next try doubles from 1 second to 5 minutes, with jitter, and starts
anew only after a connection that brought messages and lasted 30 seconds. A poll that
succeeds after one that failed ends all pauses within ten seconds.
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

_CONNECT_SECONDS: Final = 20.0
# A new connection sends the printer at once; a busy server may need a while.
_FIRST_MESSAGE_SECONDS: Final = 20.0
_MIN_BACKOFF: Final = 1.0
_MAX_BACKOFF: Final = 300.0
# A connection that spoke but did not last is no reason to hurry.
_STEADY_SECONDS: Final = 30.0
# The server forgets a connection after 24 hours, without closing it. Not all of an
# account's connections are renewed at the same time.
_MIN_LIFE: Final = 18 * 3600.0
_MAX_LIFE: Final = 22 * 3600.0
_RENEWAL_RETRY: Final = 600.0
# Longer than any reply is waited for, which a replaced connection may still bring.
_DRAIN_SECONDS: Final = 30.0
# When the server is back, over which all printers connect.
_RETRY_SPREAD: Final = 10.0


class ConnectionListener(Protocol):
    """Is told what a connection brings."""

    def handle_push(self, push: Printer | AgentEvent) -> None:
        """Take up what is new."""

    def handle_connected(self, *, is_again: bool) -> None:
        """Take notice that a connection was made, perhaps after one that was lost."""

    def handle_lost(self, *, is_refused: bool) -> None:
        """Take notice that a connection was lost, or could not be made.

        It is refused when the server does not take the printer's token.
        """


class PrinterConnection:
    """A push connection that is made again whenever it is lost."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        base_url: URL,
        auth_token: str,
        listener: ConnectionListener,
    ) -> None:
        """Prepare; `run` connects."""
        self._session = session
        self._base_url = base_url
        self._listener = listener
        self._reader = PushReader()
        self._socket: PrinterSocket | None = None
        self._life: asyncio.Timeout | None = None
        self.agent = PrinterAgent(self._send)
        self.auth_token = auth_token
        self.messages = 0
        # When the last message came in (loop time).
        self.spoke_at = -math.inf
        self.connections = 0
        self.last_error: str | None = None
        self._was_lost = False
        self._is_back = asyncio.Event()
        # Reads the connection that was replaced last.
        self._draining: asyncio.Task[None] | None = None

    @property
    def is_connected(self) -> bool:
        """Return whether pushes come in."""
        return self._socket is not None

    def renew(self) -> None:
        """Replace a connection that no longer brings what the poll sees."""
        if self._life is not None and not self._life.expired():
            self._life.reschedule(asyncio.get_running_loop().time())

    async def keep_viewing(self) -> None:
        """Go on counting as somebody who watches, if there is a connection."""
        if self._socket is not None:
            await self._socket.keep_viewing()

    async def run(self) -> NoReturn:
        """Connect again and again, less and less often while it is of no use."""
        loop = asyncio.get_running_loop()
        backoff = _MIN_BACKOFF
        while True:
            began, messages = loop.time(), self.messages
            try:
                await self._stay_connected()
            except ObicoError as err:
                self._note_lost(
                    str(err), is_refused=isinstance(err, ObicoUpgradeRefusedError)
                )
            except Exception as err:  # noqa: BLE001
                # Nobody would start it again. The error's own text, or its traceback,
                # may show the address, and that holds the printer's token.
                _LOGGER.error(
                    "Unexpected error of a push connection: %s", type(err).__name__
                )
                self._note_lost(type(err).__name__, is_refused=False)
            if self.messages > messages and loop.time() - began > _STEADY_SECONDS:
                backoff = _MIN_BACKOFF
            is_back = await self._pause(backoff * random.uniform(0.5, 1.0))
            backoff = _MIN_BACKOFF if is_back else min(backoff * 2, _MAX_BACKOFF)

    async def _pause(self, seconds: float) -> bool:
        """Wait until it is time for the next try, and return whether the server is back."""
        try:
            async with asyncio.timeout(seconds):
                await self._is_back.wait()
        except TimeoutError:
            return False
        self._is_back.clear()
        # Not all printers at once.
        await asyncio.sleep(random.uniform(0.0, min(seconds, _RETRY_SPREAD)))
        return True

    def retry(self) -> None:
        """Try again soon, if there is no connection: the server is there again."""
        if self._socket is None:
            self._is_back.set()

    def _note_lost(self, reason: str, *, is_refused: bool) -> None:
        self.last_error = reason
        self._was_lost = True
        _LOGGER.debug("No push connection: %s", reason)
        self._listener.handle_lost(is_refused=is_refused)

    async def _stay_connected(self) -> NoReturn:
        """Read until the connection is lost; before it grows old, the next one takes over."""
        self._socket = await self._open()
        self._is_back.clear()
        self._listener.handle_connected(is_again=self._was_lost)
        life = random.uniform(_MIN_LIFE, _MAX_LIFE)
        try:
            while True:
                try:
                    async with asyncio.timeout(life) as self._life:
                        await self._read(self._socket)
                except TimeoutError:
                    life = await self._replace()
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
        """Hand on what a connection brings until it is lost."""
        while True:
            self._take(await socket.receive())

    async def _replace(self) -> float:
        """Return how long to go on, with a new connection or, if there is none, the old one.

        The old one is read until the new one has spoken, and then for replies that were
        sent before: the server sends each to the connections that there are.
        """
        old = self._socket
        assert old is not None
        reading = asyncio.create_task(self._read(old), name="obico push old")
        try:
            new = await self._open()
        except ObicoError as err:
            if reading.done():
                # Neither is left.
                reading.result()
            _LOGGER.debug("Keeping the old push connection: %s", err)
            return _RENEWAL_RETRY
        finally:
            reading.cancel()
            # An error of it, too, is dealt with here: the new one is there.
            await asyncio.gather(reading, return_exceptions=True)
        self._socket = new
        if self._draining is not None:
            self._draining.cancel()
        self._draining = asyncio.create_task(
            self._drain(old), name="obico push replaced", eager_start=True
        )
        return random.uniform(_MIN_LIFE, _MAX_LIFE)

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
        """Return a connection that has spoken."""
        socket = await PrinterSocket.open(
            self._session, self._base_url, self.auth_token, timeout=_CONNECT_SECONDS
        )
        try:
            async with asyncio.timeout(_FIRST_MESSAGE_SECONDS):
                self._take(await socket.receive())
        except TimeoutError:
            await socket.close()
            raise ObicoConnectionError("The new push connection is silent") from None
        except BaseException:
            await socket.close()
            raise
        self.connections += 1
        return socket

    def _take(self, message: bytes) -> None:
        """Hand on what is new in a message."""
        try:
            push = self._reader.read(message)
        except ObicoResponseError as err:
            # The poll brings the rest; the next message may be a better one.
            _LOGGER.debug("Skipping a push: %s", err)
            self.last_error = str(err)
            return
        self.messages += 1
        self.spoke_at = asyncio.get_running_loop().time()
        if isinstance(push, AgentReply):
            self.agent.handle_reply(push)
        elif push is not None:
            self._listener.handle_push(push)

    async def _send(self, message: str) -> None:
        """Send a message on whichever connection there is."""
        if self._socket is None:
            raise ObicoPushError("There is no push connection")
        await self._socket.send(message)
