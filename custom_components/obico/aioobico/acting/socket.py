"""The websocket of a printer's agent."""

from typing import Self

import aiohttp
from aiohttp import hdrs
from yarl import URL

from ..exceptions import (
    ObicoAgentReplacedError,
    ObicoConnectionError,
    ObicoUpgradeRefusedError,
)
from ..transport import translated_errors
from .messages import ServerMessage, read_messages

# The server closes the connection of an agent that does not answer its pings, which aiohttp
# does. These are for an end of the connection that this side does not learn of.
_HEARTBEAT = 30.0

# A viewer's question is a few hundred bytes.
_MAX_MESSAGE_BYTES = 1024 * 1024

# The code with which the server closes a socket when another has the same token.
_REPLACED = 4321

# Seconds that closing waits for the server to close, too.
_CLOSE_SECONDS = 2.0


class AgentSocket:
    """An open websocket; whoever opens it has to close it."""

    def __init__(
        self, socket: aiohttp.ClientWebSocketResponse[bool], host: str
    ) -> None:
        """Wrap a websocket that aiohttp has opened."""
        self._socket = socket
        self._host = host

    @classmethod
    async def open(
        cls,
        session: aiohttp.ClientSession,
        base_url: URL,
        auth_token: str,
        *,
        timeout: float,
    ) -> Self:
        """Connect as the agent of the printer with this token (/ws/dev/).

        `timeout` is in seconds. Raises ObicoUpgradeRefusedError where the token is refused,
        or something in front of the server refuses: AgentCalls.ping() tells which.
        """
        if not auth_token.isascii() or not auth_token.isprintable():
            raise ObicoUpgradeRefusedError("The token has characters that none has")
        url = base_url.with_scheme("wss" if base_url.scheme == "https" else "ws")
        with translated_errors(base_url, timeout):
            socket = await session.ws_connect(
                url / "ws/dev" / "",
                # The server fails over "Bearer" with a capital.
                headers={hdrs.AUTHORIZATION: f"bearer {auth_token}"},
                heartbeat=_HEARTBEAT,
                max_msg_size=_MAX_MESSAGE_BYTES,
                timeout=aiohttp.ClientWSTimeout(ws_close=_CLOSE_SECONDS),
                decode_text=False,
            )
        return cls(socket, base_url.host or "")

    async def receive(self) -> list[ServerMessage]:
        """Return what the next message says, which may be nothing that is known.

        Raises ObicoAgentReplacedError when another agent has connected with the same token,
        ObicoConnectionError for any other end.
        """
        message = await self._socket.receive()
        if message.type is aiohttp.WSMsgType.TEXT:
            return read_messages(message.data)
        if message.type is aiohttp.WSMsgType.BINARY:
            # The server's tunnel.
            return []
        if self._socket.close_code == _REPLACED:
            raise ObicoAgentReplacedError(
                "Another agent has connected with the same token"
            )
        raise ObicoConnectionError(f"{self._host} closed the connection")

    async def send(self, message: bytes) -> None:
        """Send a message; ObicoConnectionError if the connection is lost."""
        try:
            await self._socket.send_str(message.decode())
        except ConnectionError:
            raise ObicoConnectionError(f"{self._host} closed the connection") from None

    async def close(self) -> None:
        """Close the connection."""
        await self._socket.close()
