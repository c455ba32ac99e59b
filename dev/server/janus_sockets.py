"""The websockets of viewers of live video, between which and the agents texts are relayed."""

from aiohttp import WSCloseCode, web


class JanusSockets:
    """All open relay connections.

    Switches for tests: `blocked` refuses every upgrade with that status, `silent` relays
    nothing in either direction.
    """

    def __init__(self) -> None:
        """Create an empty collection."""
        self.blocked: int | None = None
        self.silent = False
        self._sockets: dict[int, set[web.WebSocketResponse]] = {}

    def __len__(self) -> int:
        """Return the number of open connections."""
        return sum(map(len, self._sockets.values()))

    def open(self, printer_id: int, socket: web.WebSocketResponse) -> None:
        """Add a new connection."""
        self._sockets.setdefault(printer_id, set()).add(socket)

    def forget(self, printer_id: int, socket: web.WebSocketResponse) -> None:
        """Remove a connection that has closed."""
        self._sockets[printer_id].remove(socket)

    async def say(self, printer_id: int, text: str) -> None:
        """Send a text of an agent to all viewers of its printer, as the server does."""
        if self.silent:
            return
        for socket in tuple(self._sockets.get(printer_id, ())):
            if not socket.closed:
                await socket.send_str(text)

    async def close_all(self) -> None:
        """Close all connections."""
        for sockets in tuple(self._sockets.values()):
            for socket in tuple(sockets):
                await socket.close(code=WSCloseCode.GOING_AWAY)
