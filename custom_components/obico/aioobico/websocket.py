"""The push of one printer: the whole object, whenever something about it changed."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import Self

import aiohttp
from yarl import URL

from .agent import AgentReply
from .exceptions import ObicoConnectionError, ObicoResponseError
from .models import Printer
from .parsing import JsonObject, parse_json, section, text, to_object
from .transport import REDIRECTS, translated_errors

# A pong that misses half of this means that nobody is there any more.
_HEARTBEAT = 30.0

# A printing printer is 5 kB; room for many webcams and heaters.
_MAX_MESSAGE_BYTES = 1024 * 1024

# For the server's farewell.
_CLOSE_SECONDS = 2.0


async def refuse_redirects(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Follow no redirect to another server, as `ws_connect` does otherwise.

    A middleware for the session that push connections are opened with.
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


class PrinterSocket:
    """An open push connection; whoever opened it closes it."""

    def __init__(
        self, socket: aiohttp.ClientWebSocketResponse[bool], host: str
    ) -> None:
        """Wrap what aiohttp has opened."""
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
        """Connect to the push of the printer with this token (/ws/token/web/{auth_token}/).

        Raises ObicoAuthenticationError when the token is not, or no longer, that of a printer. The address holds
        the token: it stands in no error.
        """
        url = base_url.with_scheme("wss" if base_url.scheme == "https" else "ws")
        with translated_errors(base_url, timeout):
            async with asyncio.timeout(timeout):
                socket = await session.ws_connect(
                    url / "ws/token/web" / auth_token / "",
                    heartbeat=_HEARTBEAT,
                    max_msg_size=_MAX_MESSAGE_BYTES,
                    timeout=aiohttp.ClientWSTimeout(ws_close=_CLOSE_SECONDS),
                    decode_text=False,
                )
        return cls(socket, base_url.host or "")

    async def receive(self) -> bytes:
        """Return the next message; ObicoConnectionError when there will be none."""
        message = await self._socket.receive()
        if message.type is aiohttp.WSMsgType.TEXT:
            received: bytes = message.data
            return received
        raise ObicoConnectionError(f"{self._host} closed the push connection")

    async def send(self, message: str) -> None:
        """Send a message; ObicoConnectionError if the connection is lost."""
        try:
            await self._socket.send_str(message)
        except ConnectionError:
            raise ObicoConnectionError(
                f"{self._host} closed the push connection"
            ) from None

    async def keep_viewing(self) -> None:
        """Say that somebody goes on watching this printer.

        For 20 to 40 minutes after it, as after connecting, the agent sends more readings and pictures.
        """
        with suppress(ObicoConnectionError):
            # Whoever receives learns that it is closed.
            await self.send("{}")

    async def close(self) -> None:
        """Hang up."""
        await self._socket.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentEvent:
    """Something the agent reports by itself, before the server records it, if it does."""

    event_type: str | None
    event_class: str | None
    title: str | None

    @classmethod
    def from_dict(cls, data: JsonObject) -> Self:
        """Parse `passthru.printer_event`."""
        return cls(
            event_type=text(data.get("event_type")),
            event_class=text(data.get("event_class")),
            title=text(data.get("event_title")),
        )


class PushReader:
    """Reads the messages of one printer, and no more of each than is new."""

    def __init__(self) -> None:
        """Start with nothing read."""
        self._message: bytes | None = None
        self._previous: tuple[JsonObject, Printer] | None = None

    def read(self, message: bytes) -> Printer | AgentEvent | AgentReply | None:
        """Return what a message brings; None if that is nothing, as with a third of them.

        Raises ObicoResponseError for what no server sends.
        """
        if message == self._message:
            return None
        data = to_object(parse_json(message), "The message")
        if "passthru" in data:
            return _read_passthru(section(data["passthru"]))
        if "id" not in data:
            raise ObicoResponseError("The message is about no printer")
        printer = Printer.from_dict(data, self._previous)
        self._message = message
        self._previous = (data, printer)
        return printer


def _read_passthru(data: JsonObject) -> AgentEvent | AgentReply | None:
    """Return what an agent says to those who watch; None for what is of no use here."""
    event = data.get("printer_event")
    if isinstance(event, dict):
        return AgentEvent.from_dict(event)
    return AgentReply.from_dict(data) if "ref" in data else None
