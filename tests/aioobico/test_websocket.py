"""The push of a printer: what is read of it, and every way it can be lost."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
import socket
import traceback

import aiohttp
from aiohttp import WSCloseCode, WSMsgType, web
import orjson
import pytest
from yarl import URL

from custom_components.obico.aioobico import (
    AgentEvent,
    AgentReply,
    ObicoConnectionError,
    ObicoError,
    ObicoNotFoundError,
    ObicoProxyError,
    ObicoPushError,
    ObicoRedirectError,
    ObicoResponseError,
    ObicoServerError,
    ObicoTooLargeError,
    ObicoUpgradeRefusedError,
    Printer,
    PrinterSocket,
    PushReader,
    open_websocket,
    refuse_redirects,
    websocket,
)

from .support import FakeResolver, FakeServer, load_object, raw_server

AUTH_TOKEN = "d9a1printersecret77"
PATH = f"/ws/token/web/{AUTH_TOKEN}/"
PRINTER = load_object("printer_printing.json")

type Talk = Callable[[web.WebSocketResponse], Awaitable[None]]


def message(**changes: object) -> bytes:
    """Return the push of a printing printer, with some fields changed."""
    return orjson.dumps(PRINTER | changes)


def listen(server: FakeServer, talk: Talk, *, autoping: bool = True) -> None:
    """Let the server take the printer's token, and talk on the connection."""

    async def answer(request: web.Request) -> web.StreamResponse:
        connection = web.WebSocketResponse(autoping=autoping)
        await connection.prepare(request)
        await talk(connection)
        return connection

    server.on(PATH, answer)


async def open_socket(
    session: aiohttp.ClientSession, url: URL, *, timeout: float = 5
) -> PrinterSocket:
    return await PrinterSocket.open(session, url, AUTH_TOKEN, timeout=timeout)


@asynccontextmanager
async def opened(
    session: aiohttp.ClientSession, url: URL
) -> AsyncGenerator[PrinterSocket]:
    """Connect, and hang up at the end."""
    connection = await open_socket(session, url)
    try:
        yield connection
    finally:
        await connection.close()


async def the_error(awaitable: Awaitable[object]) -> ObicoError:
    """Return what is raised, after a look for the token in it."""
    with pytest.raises(ObicoError) as caught:
        await awaitable
    shown = "".join(traceback.format_exception(caught.value, chain=True))
    assert AUTH_TOKEN not in shown + str(caught.value) + repr(caught.value)
    return caught.value


# Connecting


async def test_the_printers_token_is_all_that_identifies(
    session: aiohttp.ClientSession, server: FakeServer
) -> None:
    async def talk(connection: web.WebSocketResponse) -> None:
        await connection.send_str("hello")

    listen(server, talk)
    async with opened(session, server.url) as connection:
        assert await connection.receive() == b"hello"
    [request] = server.requests
    assert request.path == PATH
    assert "Authorization" not in request.headers


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("body", ["", "<title>Just a moment...</title>", "{}"])
async def test_a_refused_upgrade_does_not_tell_why(
    session: aiohttp.ClientSession, server: FakeServer, status: int, body: str
) -> None:
    """It is no ObicoAuthenticationError: a proxy that refuses websockets answers alike."""
    server.say(PATH, body=body, status=status)
    error = await the_error(open_socket(session, server.url))
    assert type(error) is ObicoUpgradeRefusedError
    assert isinstance(error, ObicoPushError)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (200, ObicoResponseError),
        (407, ObicoProxyError),
        (511, ObicoProxyError),
        (404, ObicoNotFoundError),
        (500, ObicoServerError),
        (502, ObicoServerError),
    ],
)
async def test_whatever_opens_no_websocket_is_one_clear_error(
    session: aiohttp.ClientSession,
    server: FakeServer,
    status: int,
    kind: type[ObicoError],
) -> None:
    server.say(PATH, body=f"<title>{AUTH_TOKEN}</title>", status=status)
    assert type(await the_error(open_socket(session, server.url))) is kind


async def test_a_redirect_is_followed_nowhere(server: FakeServer) -> None:
    elsewhere = FakeServer()
    await elsewhere.start()
    server.say(PATH, status=302, headers={"Location": f"{elsewhere.url}{PATH}"})
    async with aiohttp.ClientSession(middlewares=(refuse_redirects,)) as session:
        error = await the_error(open_socket(session, server.url))
    assert isinstance(error, ObicoRedirectError)
    assert error.origin == elsewhere.url
    assert elsewhere.requests == []
    await elsewhere.stop()


async def test_a_session_that_follows_no_redirects_connects_all_the_same(
    server: FakeServer,
) -> None:
    async def talk(connection: web.WebSocketResponse) -> None:
        await connection.send_str("hello")

    listen(server, talk)
    async with (
        aiohttp.ClientSession(middlewares=(refuse_redirects,)) as session,
        opened(session, server.url) as connection,
    ):
        assert await connection.receive() == b"hello"


async def test_a_server_that_never_answers_is_given_up(
    session: aiohttp.ClientSession, server: FakeServer
) -> None:
    server.say_nothing(PATH)
    error = await the_error(open_socket(session, server.url, timeout=0.05))
    assert type(error) is ObicoConnectionError


async def test_a_server_that_is_not_there_is_a_connection_error(
    session: aiohttp.ClientSession, unused_tcp_port: int
) -> None:
    url = URL.build(scheme="http", host="127.0.0.1", port=unused_tcp_port)
    assert type(await the_error(open_socket(session, url))) is ObicoConnectionError


async def test_a_connection_reset_during_the_upgrade_is_a_connection_error(
    session: aiohttp.ClientSession,
) -> None:
    async with raw_server(b"HTTP/1.1 101 Sw", reset=True) as url:
        assert type(await the_error(open_socket(session, url))) is ObicoConnectionError


async def test_an_unknown_name_is_a_connection_error() -> None:
    resolver = FakeResolver(failure=socket.gaierror(-2, "Name or service not known"))
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(resolver=resolver)
    ) as session:
        error = await the_error(open_socket(session, URL("https://obico.example")))
    assert type(error) is ObicoConnectionError


async def test_an_answer_that_is_no_http_is_one_clear_error(
    session: aiohttp.ClientSession,
) -> None:
    async with raw_server(b"SSH-2.0-OpenSSH_9.2\r\n\r\n") as url:
        assert isinstance(await the_error(open_socket(session, url)), ObicoError)


# Listening


async def test_messages_come_in_the_order_they_were_sent(
    session: aiohttp.ClientSession, server: FakeServer
) -> None:
    async def talk(connection: web.WebSocketResponse) -> None:
        for number in range(50):
            await connection.send_str(str(number))

    listen(server, talk)
    async with opened(session, server.url) as connection:
        received = [await connection.receive() for _ in range(50)]
    assert received == [str(number).encode() for number in range(50)]


@pytest.mark.parametrize(
    "code", [WSCloseCode.OK, WSCloseCode.GOING_AWAY, WSCloseCode.INTERNAL_ERROR]
)
async def test_a_closed_connection_is_a_connection_error(
    session: aiohttp.ClientSession, server: FakeServer, code: WSCloseCode
) -> None:
    async def talk(connection: web.WebSocketResponse) -> None:
        await connection.send_str("last")
        await connection.close(code=code)

    listen(server, talk)
    async with opened(session, server.url) as connection:
        await connection.receive()
        assert type(await the_error(connection.receive())) is ObicoConnectionError
        # There is no way back from it.
        assert type(await the_error(connection.receive())) is ObicoConnectionError


async def test_a_connection_that_breaks_is_a_connection_error(
    session: aiohttp.ClientSession, server: FakeServer
) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        connection = web.WebSocketResponse()
        await connection.prepare(request)
        await connection.send_str("last")
        assert request.transport is not None
        request.transport.abort()
        return connection

    server.on(PATH, answer)
    async with opened(session, server.url) as connection:
        assert await connection.receive() == b"last"
        assert type(await the_error(connection.receive())) is ObicoConnectionError


async def test_a_message_without_text_ends_the_connection(
    session: aiohttp.ClientSession, server: FakeServer
) -> None:
    async def talk(connection: web.WebSocketResponse) -> None:
        await connection.send_bytes(b"\x00")

    listen(server, talk)
    async with opened(session, server.url) as connection:
        assert type(await the_error(connection.receive())) is ObicoConnectionError


async def test_a_message_beyond_all_measure_ends_the_connection(
    session: aiohttp.ClientSession, server: FakeServer
) -> None:
    async def talk(connection: web.WebSocketResponse) -> None:
        await connection.send_str("x" * (32 * 1024 * 1024 + 1))

    listen(server, talk)
    async with opened(session, server.url) as connection:
        error = await the_error(connection.receive())
        assert type(error) is ObicoTooLargeError
        assert "closed" not in str(error)
        assert type(await the_error(connection.receive())) is ObicoConnectionError


async def test_a_server_that_answers_no_ping_is_given_up(
    session: aiohttp.ClientSession,
    server: FakeServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def talk(connection: web.WebSocketResponse) -> None:
        await connection.send_str("first and last")
        # Reads, and answers nothing.
        while (await connection.receive()).type is not WSMsgType.CLOSED:
            pass

    monkeypatch.setattr(websocket, "_HEARTBEAT", 0.1)
    monkeypatch.setattr(open_websocket, "_CLOSE_SECONDS", 0.1)
    listen(server, talk, autoping=False)
    async with opened(session, server.url) as connection:
        await connection.receive()
        assert type(await the_error(connection.receive())) is ObicoConnectionError


async def test_a_server_that_answers_pings_and_says_nothing_is_kept(
    session: aiohttp.ClientSession,
    server: FakeServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def talk(connection: web.WebSocketResponse) -> None:
        for _ in range(5):
            ping = await connection.receive()
            assert ping.type is WSMsgType.PING
            await connection.pong(ping.data)
        await connection.send_str("still here")
        await connection.close()

    monkeypatch.setattr(websocket, "_HEARTBEAT", 0.05)
    listen(server, talk, autoping=False)
    async with opened(session, server.url) as connection:
        assert await connection.receive() == b"still here"
        await the_error(connection.receive())


# Talking


async def test_whoever_keeps_viewing_sends_an_empty_object(
    session: aiohttp.ClientSession, server: FakeServer
) -> None:
    async def talk(connection: web.WebSocketResponse) -> None:
        await connection.send_str(await connection.receive_str())

    listen(server, talk)
    async with opened(session, server.url) as connection:
        await connection.keep_viewing()
        assert await connection.receive() == b"{}"


async def test_a_command_on_a_lost_connection_is_an_error_and_viewing_on_is_none(
    session: aiohttp.ClientSession, server: FakeServer
) -> None:
    async def talk(connection: web.WebSocketResponse) -> None:
        await connection.close()

    listen(server, talk)
    async with opened(session, server.url) as connection:
        await the_error(connection.receive())
        assert type(await the_error(connection.send("{}"))) is ObicoConnectionError
        await connection.keep_viewing()


# Reading


def test_a_push_is_a_whole_printer() -> None:
    printer = PushReader().read(message())
    assert printer == Printer.from_dict(PRINTER)


def test_an_identical_push_is_not_even_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    reader = PushReader()
    printer = reader.read(message())

    def fail(_: bytes) -> object:
        raise AssertionError("it was parsed")

    monkeypatch.setattr(websocket, "parse_json", fail)
    assert reader.read(message()) is printer
    with pytest.raises(AssertionError):
        reader.read(message(name="Other"))


def test_what_did_not_change_is_the_very_same_object() -> None:
    reader = PushReader()
    before, after = reader.read(message()), reader.read(message(normalized_p=0.5))
    assert isinstance(before, Printer)
    assert isinstance(after, Printer)
    assert after.normalized_p == 0.5
    assert after.settings is before.settings
    assert after.current_print is before.current_print


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"ping"',
        b"<html>",
        b"\xff\xfe",
        b"{}",
        b'{"name": "nobody"}',
        b'{"id": null}',
        b'{"id": "1"}',
        b'{"id": -1}',
    ],
)
def test_a_message_of_no_use_is_an_error_and_changes_nothing(text: bytes) -> None:
    reader = PushReader()
    printer = reader.read(message())
    with pytest.raises(ObicoResponseError):
        reader.read(text)
    assert reader.read(message()) is printer


def test_what_the_agent_reports_by_itself_is_an_event() -> None:
    read = PushReader().read(
        orjson.dumps(
            {
                "passthru": {
                    "printer_event": {
                        "event_type": "PRINTER_ERROR",
                        "event_class": "ERROR",
                        "event_title": "Thermal runaway",
                        "event_text": 5,
                    }
                },
                "type": "web.message",
            }
        )
    )
    assert read == AgentEvent(
        event_type="PRINTER_ERROR", event_class="ERROR", title="Thermal runaway"
    )


def test_a_reply_carries_its_reference() -> None:
    read = PushReader().read(b'{"passthru": {"ref": "abc", "ret": {"ok": 1}}}')
    assert read == AgentReply(ref="abc", value={"ok": 1}, error=None)


@pytest.mark.parametrize(
    "passthru",
    [None, [], "text", {}, {"terminal_feed": {"msg": "ok"}}, {"printer_event": 7}],
)
def test_other_messages_of_agents_are_ignored(passthru: object) -> None:
    reader = PushReader()
    printer = reader.read(message())
    assert reader.read(orjson.dumps({"passthru": passthru})) is None
    # And the last push need not be parsed again.
    assert reader.read(message()) is printer
