"""Replies of agents that are larger than any push.

The kind: a message over 1 MiB ends the push connection, whoever it is for, and with it what
is pushed meanwhile; the error blames the connection.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

import aiohttp
from aiohttp import web
import orjson
import pytest

from custom_components.obico.aioobico import (
    AgentKind,
    AgentReply,
    ObicoAgentNotFoundError,
    ObicoAgentSilentError,
    ObicoError,
    ObicoPushError,
    ObicoResponseError,
    ObicoTooLargeError,
    Printer,
    PrinterAgent,
    PrinterListing,
    PrinterSocket,
    PushReader,
    agent as agent_module,
    replies,
    websocket,
)

from .support import FakeServer, load_object

PRINTER = load_object("printer_printing.json")
PATH = "/ws/token/web/token/"
MEBIBYTE = 1024 * 1024


def files(count: int, padding: int = 900) -> dict[str, object]:
    """Return what OctoPrint lists: files with a history that is of no use here."""
    return {
        "local": {
            f"{number}.gcode": {
                "name": f"{number}.gcode",
                "path": f"{number}.gcode",
                "type": "machinecode",
                "history": "x" * padding,
            }
            for number in range(count)
        }
    }


class Scene:
    """A push connection whose server sends what it is told to."""

    def __init__(self) -> None:
        """Start without a connection."""
        self.printers: list[Printer] = []
        self.error: ObicoError | None = None
        self.agent = PrinterAgent(self._send)
        self.asked: asyncio.Queue[str] = asyncio.Queue()
        self.server_side: web.WebSocketResponse | None = None
        self.socket: PrinterSocket | None = None

    async def _send(self, message: str) -> None:
        """Send a command."""
        assert self.socket is not None
        await self.socket.send(message)

    async def ask(self) -> tuple[asyncio.Task[PrinterListing], str]:
        """Ask the agent for its files, and return the task and the ref of the question."""
        listing = asyncio.create_task(self.agent.list_files(AgentKind.OCTOPRINT))
        return listing, await self.asked.get()

    async def say(self, message: dict[str, object]) -> None:
        """Let the server send a message."""
        assert self.server_side is not None
        await self.server_side.send_str(orjson.dumps(message).decode())

    async def listen(self) -> None:
        """Take what comes until the connection ends."""
        reader = PushReader()
        assert self.socket is not None
        try:
            while True:
                message = reader.read(await self.socket.receive())
                if isinstance(message, AgentReply):
                    self.agent.handle_reply(message)
                elif isinstance(message, Printer):
                    self.printers.append(message)
        except ObicoError as err:
            self.error = err
            self.agent.handle_lost(err)

    async def is_alive(self) -> bool:
        """Return whether a push still comes through."""
        await self.say(PRINTER | {"name": "still here"})
        while self.error is None:
            if self.printers and self.printers[-1].name == "still here":
                return True
            await asyncio.sleep(0.01)
        return False


@asynccontextmanager
async def opened(
    session: aiohttp.ClientSession, server: FakeServer
) -> AsyncGenerator[Scene]:
    """Give an open push connection."""
    scene = Scene()
    connected = asyncio.Event()

    async def answer(request: web.Request) -> web.StreamResponse:
        connection = scene.server_side = web.WebSocketResponse()
        await connection.prepare(request)
        connected.set()
        async for message in connection:
            scene.asked.put_nowait(orjson.loads(message.data)["passthru"]["ref"])
        return connection

    server.on(PATH, answer)
    scene.socket = await PrinterSocket.open(session, server.url, "token", timeout=5)
    await connected.wait()
    listening = asyncio.ensure_future(scene.listen())
    try:
        yield scene
    finally:
        listening.cancel()
        await scene.socket.close()


def reply(ref: str, value: object) -> dict[str, object]:
    """Return a reply as the server relays it."""
    return {"passthru": {"ref": ref, "ret": value}, "type": "web.message"}


@pytest.mark.parametrize("count", [1200, 5000, 16000])
async def test_a_long_list_that_was_asked_for_is_read(
    session: aiohttp.ClientSession, server: FakeServer, count: int
) -> None:
    async with opened(session, server) as scene:
        listing, ref = await scene.ask()
        await scene.say(PRINTER | {"name": "before"})
        await scene.say(reply(ref, files(count)))
        await scene.say(PRINTER | {"name": "behind"})
        assert len((await listing).files) == count
        assert await scene.is_alive()
        assert [printer.name for printer in scene.printers[:2]] == ["before", "behind"]


async def test_a_large_refusal_is_one(
    session: aiohttp.ClientSession, server: FakeServer
) -> None:
    async with opened(session, server) as scene:
        listing, ref = await scene.ask()
        error = "max() arg is an empty sequence" + " " * 2 * MEBIBYTE
        await scene.say({"passthru": {"error": error, "ref": ref}})
        with pytest.raises(ObicoAgentNotFoundError):
            await listing
        assert await scene.is_alive()


async def test_a_large_reply_that_is_broken_is_a_bad_answer(
    session: aiohttp.ClientSession, server: FakeServer
) -> None:
    async with opened(session, server) as scene:
        listing, ref = await scene.ask()
        assert scene.server_side is not None
        await scene.server_side.send_str(f'{{"ref": "{ref}", ' + "x" * 2 * MEBIBYTE)
        with pytest.raises(ObicoResponseError):
            await listing
        assert await scene.is_alive()


async def test_a_reply_that_is_too_large_is_told_and_interrupts_nothing(
    session: aiohttp.ClientSession, server: FakeServer
) -> None:
    async with opened(session, server) as scene:
        listing, ref = await scene.ask()
        await scene.say(reply(ref, files(20, padding=MEBIBYTE)))
        with pytest.raises(ObicoTooLargeError, match="larger"):
            await listing
        assert await scene.is_alive()


async def test_a_reply_beyond_all_measure_ends_the_connection_and_says_so(
    session: aiohttp.ClientSession, server: FakeServer
) -> None:
    async with opened(session, server) as scene:
        listing, ref = await scene.ask()
        with suppress(ConnectionError):
            await scene.say(reply(ref, files(40, padding=MEBIBYTE)))
        with pytest.raises(ObicoTooLargeError):
            await listing
        assert isinstance(scene.error, ObicoTooLargeError)
        assert "closed" not in str(scene.error)


async def test_what_others_asked_for_is_not_even_parsed(
    session: aiohttp.ClientSession,
    server: FakeServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Everybody who watches a printer gets all replies: also the web app's long lists."""
    parsed: list[int] = []

    def parse(body: bytes) -> object:
        parsed.append(len(body))
        return orjson.loads(body)

    for module in (replies, websocket):
        monkeypatch.setattr(module, "parse_json", parse)
    monkeypatch.setattr(agent_module, "_LONG_REPLY_SECONDS", 1.0)
    async with opened(session, server) as scene:
        listing, _ = await scene.ask()
        await scene.say(reply("somebody-elses", files(3000)))
        assert await scene.is_alive()
        assert max(parsed) < MEBIBYTE
        with pytest.raises(ObicoAgentSilentError):
            await listing


async def test_two_long_lists_go_to_whoever_asked_for_them(
    session: aiohttp.ClientSession, server: FakeServer
) -> None:
    async with opened(session, server) as scene:
        first, first_ref = await scene.ask()
        second, second_ref = await scene.ask()
        await scene.say(reply(second_ref, files(1500)))
        await scene.say(reply(first_ref, files(1400)))
        assert len((await first).files) == 1400
        assert len((await second).files) == 1500


async def test_another_loss_of_the_connection_is_told_as_such() -> None:
    async def send(_: str) -> None:
        """Send nothing."""

    agent = PrinterAgent(send)
    for error in (None, ObicoResponseError("odd")):
        listing = asyncio.ensure_future(agent.list_files(AgentKind.OCTOPRINT))
        await asyncio.sleep(0)
        agent.handle_lost(error)
        with pytest.raises(ObicoPushError):
            await listing


def test_a_large_message_that_nobody_waits_for_is_dropped() -> None:
    async def send(_: str) -> None:
        """Send nothing."""

    agent = PrinterAgent(send)
    message = PushReader().read(b'{"passthru": {}}' + b" " * MEBIBYTE)
    assert isinstance(message, AgentReply)
    agent.handle_reply(message)
    # It would be a copy of a megabyte in each log line.
    assert len(repr(message)) < 200
