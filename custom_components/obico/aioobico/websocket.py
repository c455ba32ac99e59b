"""The push connection of one printer, which sends its whole object whenever it changes.

A message that is identical to the last is not parsed again, and of the others only the
parts that changed become new objects. A message of more than 1 MiB is the reply
to somebody's command: it is parsed only if it is waited for here, up to 16 MiB. Beyond
that the command fails with ObicoTooLargeError, and the connection stays.
"""

from contextlib import suppress
from dataclasses import dataclass
from typing import Self

import aiohttp
from yarl import URL

from .exceptions import ObicoConnectionError, ObicoResponseError, ObicoTooLargeError
from .models import Printer
from .models.printer import ParsedPrinter
from .open_websocket import OpenWebsocket, open_websocket
from .parsing import JsonObject, parse_json, section, text, to_object
from .replies import MAX_REPLY_BYTES, AgentReply

# Seconds between pings; without a pong for half of it the connection counts as lost.
_HEARTBEAT = 30.0

# A printing printer is 5 kB; room for many webcams and heaters. More than this are only
# lists of files, asked for by somebody.
_MAX_PUSH_BYTES = 1024 * 1024
# aiohttp closes the connection over a larger message. Lists that others asked for arrive as
# well, and must not interrupt the push.
_MAX_MESSAGE_BYTES = 2 * MAX_REPLY_BYTES


class PrinterSocket(OpenWebsocket):
    """An open push connection; whoever opens it has to close it."""

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

        `timeout` is in seconds. Raises ObicoUpgradeRefusedError when the token is not, or no longer, that of a
        printer, or something in front of the server refuses. The address holds the token: it stands in no error.
        """
        socket = await open_websocket(
            session,
            base_url,
            ("ws", "token", "web", auth_token, ""),
            timeout=timeout,
            max_bytes=_MAX_MESSAGE_BYTES,
            heartbeat=_HEARTBEAT,
        )
        return cls(socket, base_url.host or "")

    async def receive(self) -> bytes:
        """Return the next message.

        ObicoConnectionError when there will be none, ObicoTooLargeError if that is so
        because of one of more than 32 MiB.
        """
        message = await self._socket.receive()
        if message.type is aiohttp.WSMsgType.TEXT:
            received: bytes = message.data
            return received
        if (
            isinstance(message.data, aiohttp.WebSocketError)
            and message.data.code == aiohttp.WSCloseCode.MESSAGE_TOO_BIG
        ):
            raise ObicoTooLargeError(
                f"{self._host} pushed a message of more than {_MAX_MESSAGE_BYTES} bytes"
            )
        raise self._closed()

    async def keep_viewing(self) -> None:
        """Tell the server that this printer is still being watched.

        For 20 to 40 minutes after it, as after connecting, the agent sends readings and pictures more often.
        """
        with suppress(ObicoConnectionError):
            # receive() raises for a closed connection.
            await self.send("{}")


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentEvent:
    """An event that the agent reports itself, before (or without) a PrinterEvent of the server."""

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
    """Parses the messages of one printer, and only what changed since the last one."""

    def __init__(self) -> None:
        """Start without a previous message."""
        self._message: bytes | None = None
        self._last: ParsedPrinter | None = None

    def read(self, message: bytes) -> Printer | AgentEvent | AgentReply | None:
        """Return what a message says; None for those of an agent that nobody waits for.

        A third of the messages are identical to the one before. They are not parsed, and
        the same object is returned: what a poll has brought in between may differ from it.
        A message of more than 1 MiB is returned as an unread reply: it is only parsed by
        PrinterAgent.handle_reply(), if it is waited for. Raises ObicoResponseError for
        what no server sends.
        """
        if self._last is not None and message == self._message:
            return self._last.printer
        if len(message) > _MAX_PUSH_BYTES:
            return AgentReply.from_unread(message)
        data = to_object(parse_json(message), "The message")
        if "passthru" in data:
            return _read_passthru(section(data["passthru"]))
        if "id" not in data:
            raise ObicoResponseError("The message is about no printer")
        self._last = ParsedPrinter.from_dict(data, self._last)
        self._message = message
        return self._last.printer


def _read_passthru(data: JsonObject) -> AgentEvent | AgentReply | None:
    """Return an agent's event or reply; None for its other messages, such as the terminal's."""
    event = data.get("printer_event")
    if isinstance(event, dict):
        return AgentEvent.from_dict(event)
    return AgentReply.from_dict(data) if "ref" in data else None
