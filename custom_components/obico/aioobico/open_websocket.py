"""Open a websocket of the server, which is what push, agents and live video have in common."""

import asyncio
from collections.abc import Mapping

import aiohttp
from yarl import URL

from .exceptions import ObicoConnectionError
from .transport import REDIRECTS, translated_errors

# Seconds that closing waits for the server to close, too.
_CLOSE_SECONDS = 2.0


async def refuse_redirects(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Raise for a redirect instead of following it, as `ws_connect` does otherwise.

    A middleware for the session that push connections are opened with: the address holds
    the printer's token, which no other server may get.
    """
    response = await handler(request)
    if response.status in REDIRECTS:
        response.close()
        raise aiohttp.WSServerHandshakeError(
            response.request_info,
            response.history,
            status=response.status,
            headers=response.headers,
        )
    return response


async def open_websocket(
    session: aiohttp.ClientSession,
    base_url: URL,
    path: tuple[str, ...],
    *,
    timeout: float,
    max_bytes: int,
    heartbeat: float | None = None,
    protocols: tuple[str, ...] = (),
    headers: Mapping[str, str] | None = None,
) -> aiohttp.ClientWebSocketResponse[bool]:
    """Connect to a websocket of the server, whose messages of text are given as bytes.

    `timeout` is in seconds, as is `heartbeat`, the time between two pings; `max_bytes` is
    the size of the largest message. Raises what translated_errors() says; the path, which
    may hold a token, stands in no error.
    """
    url = base_url.with_scheme("wss" if base_url.scheme == "https" else "ws")
    with translated_errors(base_url, timeout):
        async with asyncio.timeout(timeout):
            return await session.ws_connect(
                url.joinpath(*path),
                heartbeat=heartbeat,
                max_msg_size=max_bytes,
                timeout=aiohttp.ClientWSTimeout(ws_close=_CLOSE_SECONDS),
                protocols=protocols,
                headers=headers,
                decode_text=False,
            )


class OpenWebsocket:
    """An open websocket of text messages; whoever opens it has to close it."""

    def __init__(
        self, socket: aiohttp.ClientWebSocketResponse[bool], host: str
    ) -> None:
        """Wrap a websocket that aiohttp has opened."""
        self._socket = socket
        self._host = host

    async def send(self, message: str | bytes) -> None:
        """Send text, or its UTF-8; ObicoConnectionError if the connection is lost."""
        text = message if isinstance(message, str) else message.decode()
        try:
            await self._socket.send_str(text)
        except ConnectionError:
            raise self._closed() from None

    async def close(self) -> None:
        """Close the connection."""
        await self._socket.close()

    def _closed(self) -> ObicoConnectionError:
        """Return the error of a connection that has ended."""
        return ObicoConnectionError(f"{self._host} closed the connection")
