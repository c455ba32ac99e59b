"""The websockets of the viewers, and what can go wrong with them."""

import asyncio
from collections.abc import AsyncIterator, Callable
import contextlib
import json

from aiohttp import WSCloseCode, web

from ..json_types import JsonObject
from .clock import Clock

# A viewer that sends nothing stops counting after 20 to 40 minutes.
VIEWER_SECONDS = 1800.0
# A viewer's `{}` brings the Printer object if the last push is longer ago.
STALE_SECONDS = 45.0
# The server's membership of a socket in the group of a printer expires.
GROUP_SECONDS = 24 * 3600.0
# The server pings in this interval (real seconds) and closes a socket that has not
# answered the ping of before.
PING_SECONDS = 25.0


class Connection:
    """One open websocket."""

    def __init__(self, socket: web.WebSocketResponse) -> None:
        """Create a connection with nothing to send."""
        self._socket = socket
        self._outbox: asyncio.Queue[str] = asyncio.Queue()
        self._unanswered = False

    def send(self, text: str) -> None:
        """Queue a message."""
        self._outbox.put_nowait(text)

    def answered(self) -> None:
        """Handle a pong."""
        self._unanswered = False

    async def write(self, sockets: Sockets) -> None:
        """Send the queued messages and pings until the socket closes.

        The heartbeat of aiohttp would leave a timer behind when this side closes first.
        """
        now = asyncio.get_running_loop().time
        next_ping = now() + sockets.ping_seconds
        # The reader handles the end of the connection.
        with contextlib.suppress(ConnectionError):
            while True:
                try:
                    async with asyncio.timeout_at(next_ping):
                        text = await self._outbox.get()
                except TimeoutError:
                    next_ping = now() + sockets.ping_seconds
                    if sockets.deaf:
                        continue
                    if self._unanswered:
                        await self.close()
                        return
                    self._unanswered = True
                    await self._socket.ping()
                else:
                    await self._socket.send_str(text)

    async def close(self, *, code: int = WSCloseCode.GOING_AWAY) -> None:
        """Close the socket, by default with 1001, as a server that shuts down."""
        await self._socket.close(code=code)


class Viewer(Connection):
    """The websocket of a viewer."""

    def __init__(
        self, printer_id: int, socket: web.WebSocketResponse, now: float
    ) -> None:
        """Create a socket that counts as a viewer from now on."""
        super().__init__(socket)
        self.printer_id = printer_id
        self.connected = self.last_heard = self.last_push = now


@contextlib.asynccontextmanager
async def serve_outbox(connection: Connection, sockets: Sockets) -> AsyncIterator[None]:
    """Send what is queued for a connection until the context is left."""
    writer = asyncio.create_task(connection.write(sockets))
    try:
        yield
    finally:
        writer.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await writer


class Sockets:
    """All open sockets of the server: those of viewers, and of agents that run elsewhere.

    Switches for tests: `blocked` refuses every upgrade (as a proxy without support for
    websockets), `silent` accepts but sends only pings and pongs, `deaf` sends nothing at
    all (as a half-open connection), `close_at_once` closes each socket after its first
    message.
    """

    def __init__(self, clock: Clock) -> None:
        """Create an empty collection."""
        self.blocked = False
        self.silent = False
        self.deaf = False
        self.close_at_once = False
        self.ping_seconds = PING_SECONDS
        self._clock = clock
        self._viewers: dict[int, list[Viewer]] = {}
        self.agents: list[Connection] = []

    def __len__(self) -> int:
        """Return the number of open sockets of viewers."""
        return sum(len(viewers) for viewers in self._viewers.values())

    def is_viewed(self, printer_id: int) -> bool:
        """Return whether any socket of a printer counts as a viewer."""
        return any(
            self._clock.elapsed - viewer.last_heard < VIEWER_SECONDS
            for viewer in self._viewers.get(printer_id, ())
        )

    def push(self, printer_id: int, printer: Callable[[], JsonObject]) -> None:
        """Send a whole Printer object to all sockets of that printer."""
        if not (viewers := self._viewers.get(printer_id)) or self._mute:
            return
        text = json.dumps(printer())
        for viewer in viewers:
            self._send(viewer, text)
            viewer.last_push = self._clock.elapsed

    def push_to(self, viewer: Viewer, printer: JsonObject) -> None:
        """Send a whole Printer object to one socket."""
        if not self._mute:
            self._send(viewer, json.dumps(printer))
            viewer.last_push = self._clock.elapsed

    def relay(self, printer_id: int, message: JsonObject) -> None:
        """Send an agent's message to all sockets of that printer."""
        self.send(printer_id, json.dumps(message))

    def send(self, printer_id: int, text: str) -> None:
        """Send a text to all sockets of that printer."""
        if self._mute:
            return
        for viewer in self._viewers.get(printer_id, ()):
            self._send(viewer, text)

    def heard(self, viewer: Viewer, printer: Callable[[], JsonObject]) -> None:
        """Handle a message of a viewer, which keeps it counted as one."""
        viewer.last_heard = self._clock.elapsed
        if self._clock.elapsed - viewer.last_push > STALE_SECONDS:
            self.push_to(viewer, printer())

    def open(self, printer_id: int, socket: web.WebSocketResponse) -> Viewer:
        """Add a new socket."""
        viewer = Viewer(printer_id, socket, self._clock.elapsed)
        self._viewers.setdefault(printer_id, []).append(viewer)
        return viewer

    def forget(self, viewer: Viewer) -> None:
        """Remove a socket that has closed."""
        viewers = self._viewers[viewer.printer_id]
        viewers.remove(viewer)
        if not viewers:
            del self._viewers[viewer.printer_id]

    def add_agent(self, connection: Connection) -> None:
        """Add the socket of an agent."""
        self.agents.append(connection)

    def forget_agent(self, connection: Connection) -> None:
        """Remove the socket of an agent that has closed."""
        self.agents.remove(connection)

    async def close_all(self) -> None:
        """Close all sockets."""
        for connection in tuple(self.agents):
            await connection.close()
        for viewers in tuple(self._viewers.values()):
            for viewer in tuple(viewers):
                await viewer.close()

    @property
    def _mute(self) -> bool:
        return self.silent or self.deaf

    def _send(self, viewer: Viewer, text: str) -> None:
        if self._clock.elapsed - viewer.connected < GROUP_SECONDS:
            viewer.send(text)
