"""The websocket of a printer's agent."""

from typing import Self

import aiohttp
from aiohttp import hdrs
from yarl import URL

from ..exceptions import ObicoAgentReplacedError, ObicoUpgradeRefusedError
from ..open_websocket import OpenWebsocket, open_websocket
from .messages import ServerMessage, read_messages

# The server closes the connection of an agent that does not answer its pings, which aiohttp
# does. These are for an end of the connection that this side does not learn of.
_HEARTBEAT = 30.0

# A viewer's question is a few hundred bytes.
_MAX_MESSAGE_BYTES = 1024 * 1024

# The code with which the server closes a socket when another has the same token.
_REPLACED = 4321


class AgentSocket(OpenWebsocket):
    """An open websocket of an agent; whoever opens it has to close it."""

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
        socket = await open_websocket(
            session,
            base_url,
            ("ws", "dev", ""),
            timeout=timeout,
            max_bytes=_MAX_MESSAGE_BYTES,
            heartbeat=_HEARTBEAT,
            # The server fails over "Bearer" with a capital.
            headers={hdrs.AUTHORIZATION: f"bearer {auth_token}"},
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
        raise self._closed()
