"""Clients and helpers of the tests of the server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
import json

from aiohttp import ClientResponse, ClientSession, ClientWebSocketResponse

from dev import Account, ObicoServer, Printer
from dev.json_types import JsonObject, JsonValue, as_object

ALL_TYPES = (
    "STARTED",
    "ENDED",
    "PAUSED",
    "RESUMED",
    "FAILURE_ALERTED",
    "ALERT_MUTED",
    "ALERT_UNMUTED",
    "FILAMENT_CHANGE",
    "PRINTER_ERROR",
)
# References must be unique, as an agent answers each only once.
NUMBERS = count()
ALL_CLASSES = ("ERROR", "WARNING", "SUCCESS", "INFO", "")


@dataclass(frozen=True)
class Answer:
    """An answer of the server, read to its end."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> JsonValue:
        """The body as JSON."""
        body: JsonValue = json.loads(self.text)
        return body

    @property
    def object(self) -> JsonObject:
        """The body as a JSON object."""
        return as_object(self.json)

    @property
    def rows(self) -> list[JsonObject]:
        """The body as a list of JSON objects."""
        return as_rows(self.json)


def as_rows(value: JsonValue) -> list[JsonObject]:
    """Return a list of JSON objects as one."""
    assert isinstance(value, list)
    return [as_object(row) for row in value]


class Api:
    """A client of the API that returns the unchanged answers of the server."""

    def __init__(
        self, session: ClientSession, server: ObicoServer, account: Account
    ) -> None:
        """Create a client with the token of an account."""
        self.session = session
        self.server = server
        self.account = account

    async def __call__(
        self,
        path: str,
        method: str = "GET",
        *,
        token: str | None = None,
        redirects: bool = False,
        **kwargs: JsonValue,
    ) -> Answer:
        """Call the API; an empty token sends none."""
        token = self.account.token if token is None else token
        answer = await self.session.request(
            method,
            f"{self.server.url}/api/v1/{path}",
            headers={"Authorization": f"Bearer {token}"} if token else {},
            allow_redirects=redirects,
            json=kwargs or None,
        )
        return await read_answer(answer)

    async def printer(self, printer: Printer) -> JsonObject:
        """Return a Printer object."""
        return (await self(f"printers/{printer.id}/")).object

    async def command(self, printer: Printer, command: str) -> Answer:
        """Send a command to a printer."""
        return await self(f"printers/{printer.id}/{command}", "POST")

    async def events(self, query: str = "limit=1000") -> list[JsonObject]:
        """Return the events of all types and classes."""
        types = "&".join(f"filter_by_types[]={name}" for name in ALL_TYPES)
        classes = "&".join(f"filter_by_classes[]={name}" for name in ALL_CLASSES)
        return (await self(f"printer_events/?{types}&{classes}&{query}")).rows

    async def picture(self, url: object, method: str = "GET") -> tuple[int, bytes]:
        """Fetch a picture without credentials, from the real address of the server."""
        address = str(url).replace("http://localhost:3334", self.server.url)
        async with self.session.request(method, address) as answer:
            return answer.status, await answer.read()

    @asynccontextmanager
    async def watch(self, printer: Printer) -> AsyncIterator[Watcher]:
        """Watch a printer through its websocket."""
        url = f"{self.server.url}/ws/token/web/{printer.auth_token}/"
        async with self.session.ws_connect(url) as socket:
            yield Watcher(socket)


class Watcher:
    """A viewer of a printer."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        """Create a viewer with an open socket."""
        self.socket = socket

    async def next(self) -> JsonObject:
        """Wait for the next message."""
        return as_object(json.loads(await self.socket.receive_str(timeout=10)))

    async def passthru(self, message: JsonObject) -> None:
        """Send a passthru command."""
        await self.socket.send_json({"passthru": message})

    async def everything(self) -> list[JsonObject]:
        """Return all messages so far: those before the reply to a command that is sent now."""
        ref = f"that is all {next(NUMBERS)}"
        # The server sends the reply after all messages that are queued before.
        await self.passthru(
            {
                "target": "jpeg_poster",
                "func": "web_snapshot_request",
                "args": ["x"],
                "ref": ref,
            }
        )
        messages: list[JsonObject] = []
        while True:
            message = await self.next()
            if ref in json.dumps(message.get("passthru")):
                return messages
            messages.append(message)


async def read_answer(answer: ClientResponse) -> Answer:
    """Read an answer to its end."""
    async with answer:
        return Answer(answer.status, dict(answer.headers), await answer.text())
