"""The websockets of those who are watching, and what can go wrong with them."""

import asyncio
from collections.abc import Callable
import contextlib
import json

from aiohttp import WSCloseCode, web

from ..json_types import JsonObject
from .clock import Clock

# A viewer that sends nothing stops counting after 20 to 40 minutes.
VIEWER_SECONDS = 1800.0
# A viewer's `{}` is answered with the object when the last push is so long ago.
STALE_SECONDS = 45.0
# After so long the server forgets who wanted to hear of a printer.
GROUP_SECONDS = 24 * 3600.0
# The server pings so often (in real seconds), and closes when the last is unanswered.
PING_SECONDS = 25.0


class Viewer:
    """One open socket."""

    def __init__(
        self, printer_id: int, socket: web.WebSocketResponse, now: float
    ) -> None:
        """Start counting as a viewer at once."""
        self.printer_id = printer_id
        self.connected = self.last_heard = self.last_push = now
        self._socket = socket
        self._outbox: asyncio.Queue[str] = asyncio.Queue()
        self._unanswered = False

    def send(self, text: str) -> None:
        """Send a message when the socket can take it."""
        self._outbox.put_nowait(text)

    def answered(self) -> None:
        """Learn that a ping was answered."""
        self._unanswered = False

    async def write(self, sockets: Sockets) -> None:
        """Write what is to be sent, and ping, until the socket closes.

        The library's own heartbeat leaves a timer behind when this side closes first.
        """
        now = asyncio.get_running_loop().time
        next_ping = now() + sockets.ping_seconds
        # The reader notices the end and cleans up.
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

    async def close(self) -> None:
        """Close the socket as a server does that goes away."""
        await self._socket.close(code=WSCloseCode.GOING_AWAY)


class Sockets:
    """All open sockets of the server.

    Switches for tests: `blocked` refuses every upgrade (as a proxy does that knows no
    websockets), `silent` accepts and says nothing but pings, `deaf` says nothing at all
    and answers none (as a half-open connection), `close_at_once` closes each socket
    after its first message.
    """

    def __init__(self, clock: Clock) -> None:
        """Start without any."""
        self.blocked = False
        self.silent = False
        self.deaf = False
        self.close_at_once = False
        self.ping_seconds = PING_SECONDS
        self._clock = clock
        self._viewers: dict[int, list[Viewer]] = {}

    def __len__(self) -> int:
        """Count the open sockets."""
        return sum(len(viewers) for viewers in self._viewers.values())

    def is_viewed(self, printer_id: int) -> bool:
        """Tell whether anybody counts as a viewer of a printer."""
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
        """Send a message as it is to all sockets of that printer."""
        if self._mute:
            return
        for viewer in self._viewers.get(printer_id, ()):
            self._send(viewer, text)

    def heard(self, viewer: Viewer, printer: Callable[[], JsonObject]) -> None:
        """Count a viewer for longer, and answer where it heard nothing for long."""
        viewer.last_heard = self._clock.elapsed
        if self._clock.elapsed - viewer.last_push > STALE_SECONDS:
            self.push_to(viewer, printer())

    def open(self, printer_id: int, socket: web.WebSocketResponse) -> Viewer:
        """Count a new socket."""
        viewer = Viewer(printer_id, socket, self._clock.elapsed)
        self._viewers.setdefault(printer_id, []).append(viewer)
        return viewer

    def forget(self, viewer: Viewer) -> None:
        """Stop counting a socket that closed."""
        viewers = self._viewers[viewer.printer_id]
        viewers.remove(viewer)
        if not viewers:
            del self._viewers[viewer.printer_id]

    async def close_all(self) -> None:
        """Close all sockets."""
        for viewers in tuple(self._viewers.values()):
            for viewer in tuple(viewers):
                await viewer.close()

    @property
    def _mute(self) -> bool:
        return self.silent or self.deaf

    def _send(self, viewer: Viewer, text: str) -> None:
        if self._clock.elapsed - viewer.connected < GROUP_SECONDS:
            viewer.send(text)
