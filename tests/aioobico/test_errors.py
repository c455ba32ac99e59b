"""Every way a call can fail is one clear error that gives no secret away."""

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
import socket
import traceback

import aiohttp
from aiohttp import web
import pytest
from yarl import URL

from custom_components.obico.aioobico import (
    ObicoAuthenticationError,
    ObicoCertificateError,
    ObicoClient,
    ObicoConnectionError,
    ObicoError,
    ObicoNotFoundError,
    ObicoNoTlsError,
    ObicoProxyError,
    ObicoRateLimitError,
    ObicoRedirectError,
    ObicoResponseError,
    ObicoServerError,
    ObicoTooLargeError,
    ObicoUnknownPathError,
    ObicoUpgradeRefusedError,
    probe_server,
)
from custom_components.obico.aioobico.transport import translated_errors
from tests.tls import self_signed

from .support import CAPTURES, TOKEN, FakeResolver, FakeServer, load, raw_server

USER = "/api/v1/users/me/"
VERSION = "/api/v1/version/"
HTML = "<!doctype html><title>Secret body</title>"


async def the_error(client: ObicoClient) -> ObicoError:
    """Return what asking for the user raises, after a look for secrets in it."""
    with pytest.raises(ObicoError) as caught:
        await client.get_user()
    shown = "".join(traceback.format_exception(caught.value, chain=True))
    for secret in (TOKEN, "Secret body", "Bearer"):
        assert secret not in shown
    return caught.value


@pytest.mark.parametrize("status", [401, 403])
async def test_a_wrong_token_is_an_authentication_error(
    server: FakeServer, client: ObicoClient, status: int
) -> None:
    server.say(USER, load("err_403_bad_token.json"), status=status)
    assert type(await the_error(client)) is ObicoAuthenticationError


@pytest.mark.parametrize("token", ["a\nb", "a\x00b", "tök€n", "a\x7f"])
async def test_a_token_that_none_can_be_is_not_even_sent(
    session: aiohttp.ClientSession, server: FakeServer, token: str
) -> None:
    with pytest.raises(ObicoAuthenticationError) as caught:
        await ObicoClient(session, server.url, token).get_user()
    assert token not in str(caught.value)
    assert server.requests == []


async def test_blanks_around_a_token_do_not_matter(
    session: aiohttp.ClientSession, server: FakeServer
) -> None:
    server.say(USER, load("user_me.json"))
    await ObicoClient(session, server.url, f" {TOKEN}\n").get_user()
    assert server.requests[0].headers["Authorization"] == f"Bearer {TOKEN}"


async def test_404_is_not_found(server: FakeServer, client: ObicoClient) -> None:
    server.say(USER, load("err_404_printer.json"), status=404)
    assert type(await the_error(client)) is ObicoNotFoundError


@pytest.mark.parametrize("status", [400, 405, 418])
async def test_another_status_is_a_bad_answer(
    server: FakeServer, client: ObicoClient, status: int
) -> None:
    server.say(USER, load("err_405.json"), status=status)
    error = await the_error(client)
    assert type(error) is ObicoResponseError
    assert str(status) in str(error)


@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [
        ("30", 30.0),
        ("0", 0.0),
        ("0007", 7.0),
        ("3600", 3600.0),
        ("86400", 3600.0),
        ("9" * 5000, 3600.0),
        ("Sun, 22 Nov 2026 05:10:30 GMT", 30.0),
        ("Sun, 22 Nov 2026 05:09:00 GMT", 0.0),
        ("Wed, 22 Nov 2028 05:09:00 GMT", 3600.0),
        ("Sun, 99 Nov 2026 05:09:00 GMT", None),
        ("Fri, 31 Dec 9999 23:59:59 -2359", None),
        ("-5", None),
        ("1.5", None),
        ("²", None),
        ("soon", None),
        ("", None),
    ],
)
async def test_429_tells_how_long_to_wait(
    server: FakeServer, client: ObicoClient, retry_after: str, seconds: float | None
) -> None:
    server.say(
        USER,
        {"detail": "Request was throttled."},
        status=429,
        headers={
            "Retry-After": retry_after,
            "Date": "Sun, 22 Nov 2026 05:10:00 GMT",
        },
    )
    error = await the_error(client)
    assert isinstance(error, ObicoRateLimitError)
    assert error.retry_after == seconds


async def test_429_without_the_servers_clock_is_counted_by_ours(
    server: FakeServer, client: ObicoClient
) -> None:
    until = datetime.now(UTC) + timedelta(days=1)
    server.say(
        USER,
        {},
        status=429,
        headers={"Retry-After": format_datetime(until, usegmt=True), "Date": "?"},
    )
    error = await the_error(client)
    assert isinstance(error, ObicoRateLimitError)
    assert error.retry_after == 3600.0


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_a_failure_in_html_is_a_server_error(
    server: FakeServer, client: ObicoClient, status: int
) -> None:
    html = (CAPTURES / "err_500_mute_while_idle.txt").read_text()
    server.say(USER, body=html, status=status, content_type="text/html")
    error = await the_error(client)
    assert isinstance(error, ObicoServerError)
    assert error.status == status


@pytest.mark.parametrize(
    "body", ["", "{", '{"id": 1', '{"id": 1}x', "\xff", "[" * 100_000, "[1e999]"]
)
async def test_what_is_not_json_is_a_bad_answer(
    server: FakeServer, client: ObicoClient, body: str
) -> None:
    server.say(USER, body=body.encode("latin-1"))
    assert type(await the_error(client)) is ObicoResponseError


@pytest.mark.parametrize("content", [None, True, 1, "x", [], [{"id": 1}], {}])
async def test_json_of_another_structure_is_a_bad_answer(
    server: FakeServer, client: ObicoClient, content: object
) -> None:
    server.say(USER, content)
    assert type(await the_error(client)) is ObicoResponseError


async def test_a_list_that_is_none_is_a_bad_answer(
    server: FakeServer, client: ObicoClient
) -> None:
    server.say("/api/v1/printers/", {"results": []})
    with pytest.raises(ObicoResponseError):
        await client.get_printers()


async def test_an_answer_that_says_it_is_huge_is_not_read(
    server: FakeServer, client: ObicoClient
) -> None:
    server.say(USER, body=b" " * (8 * 1024 * 1024 + 1))
    assert type(await the_error(client)) is ObicoTooLargeError


async def test_an_answer_that_never_ends_is_not_read_on(
    server: FakeServer, client: ObicoClient
) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b" " * 65536)

    server.on(USER, answer)
    assert type(await the_error(client)) is ObicoTooLargeError


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    ("location", "origin"),
    [
        ("https://Obico.example:8443/api/?x=y", "https://obico.example:8443"),
        ("https://user:pw@obico.example/", "https://obico.example"),
        ("ftp://obico.example/", None),
        ("https://obico..example/", None),
        ("https://[::1", None),
        ("", None),
    ],
)
async def test_a_redirect_is_not_followed_but_tells_where_to(
    server: FakeServer,
    client: ObicoClient,
    status: int,
    location: str,
    origin: str | None,
) -> None:
    server.say(USER, {}, status=status, headers={"Location": location})
    error = await the_error(client)
    assert isinstance(error, ObicoRedirectError)
    assert error.origin == (None if origin is None else URL(origin))
    assert len(server.requests) == 1


async def test_a_redirect_within_the_server_tells_its_own_origin(
    server: FakeServer, client: ObicoClient
) -> None:
    server.say(USER, {}, status=302, headers={"Location": "/accounts/login/?next=x"})
    error = await the_error(client)
    assert isinstance(error, ObicoRedirectError)
    assert error.origin == server.url


async def test_an_answer_cut_short_is_a_connection_error(
    session: aiohttp.ClientSession,
) -> None:
    sent = b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"id": 1, "Secret body'
    async with raw_server(sent) as url:
        error = await the_error(ObicoClient(session, url, TOKEN))
    assert type(error) is ObicoConnectionError


@pytest.mark.parametrize(
    "sent", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", b"HTTP/1.1 200"]
)
async def test_a_connection_that_is_reset_is_a_connection_error(
    session: aiohttp.ClientSession, sent: bytes
) -> None:
    async with raw_server(sent, reset=True) as url:
        error = await the_error(ObicoClient(session, url, TOKEN))
    assert type(error) is ObicoConnectionError


async def test_what_does_not_speak_http_is_a_bad_answer(
    session: aiohttp.ClientSession,
) -> None:
    async with raw_server(b"SSH-2.0-OpenSSH_9.2p1 Secret body\r\n") as url:
        error = await the_error(ObicoClient(session, url, TOKEN))
    assert type(error) is ObicoResponseError


async def test_an_encoding_that_is_broken_is_a_connection_error(
    session: aiohttp.ClientSession,
) -> None:
    sent = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd"
    async with raw_server(sent) as url:
        error = await the_error(ObicoClient(session, url, TOKEN))
    assert isinstance(error, ObicoConnectionError | ObicoResponseError)


async def test_a_server_that_does_not_answer_is_a_connection_error(
    session: aiohttp.ClientSession, server: FakeServer
) -> None:
    server.say_nothing(USER)
    error = await the_error(ObicoClient(session, server.url, TOKEN, timeout=0.05))
    assert type(error) is ObicoConnectionError


async def test_a_server_that_stops_in_the_middle_is_a_connection_error(
    session: aiohttp.ClientSession, server: FakeServer
) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"{")
        await server.closing.wait()
        return response

    server.on(USER, answer)
    error = await the_error(ObicoClient(session, server.url, TOKEN, timeout=0.05))
    assert type(error) is ObicoConnectionError


async def test_a_call_that_is_cancelled_stays_cancelled(
    server: FakeServer, client: ObicoClient
) -> None:
    reached = asyncio.Event()

    async def answer(_: web.Request) -> web.StreamResponse:
        reached.set()
        await server.closing.wait()
        return web.Response()

    server.on(USER, answer)
    call = asyncio.create_task(client.get_user())
    await reached.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call


async def test_a_server_that_is_not_there_is_a_connection_error(
    session: aiohttp.ClientSession,
) -> None:
    with socket.socket() as taken:
        # Bound but not listening: nobody else can be there.
        taken.bind(("127.0.0.1", 0))
        url = URL.build(scheme="http", host="127.0.0.1", port=taken.getsockname()[1])
        error = await the_error(ObicoClient(session, url, TOKEN))
    assert type(error) is ObicoConnectionError


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        (socket.gaierror(-2, "Name or service not known"), ObicoConnectionError),
        (UnicodeError("label too long"), ObicoResponseError),
    ],
)
async def test_a_name_that_is_not_known_is_an_error_that_names_it(
    failure: Exception, expected: type[ObicoError]
) -> None:
    connector = aiohttp.TCPConnector(resolver=FakeResolver(failure))
    async with aiohttp.ClientSession(connector=connector) as session:
        url = URL("http://obico.example")
        error = await the_error(ObicoClient(session, url, TOKEN))
    assert type(error) is expected
    assert "obico.example" in str(error)


async def test_a_self_signed_certificate_is_a_certificate_error(
    session: aiohttp.ClientSession, tmp_path: Path
) -> None:
    server = FakeServer()
    await server.start(self_signed(tmp_path))
    error = await the_error(ObicoClient(session, server.url, TOKEN))
    assert type(error) is ObicoCertificateError
    assert server.requests == []
    await server.stop()


async def test_a_self_signed_certificate_is_fine_for_a_session_that_does_not_verify(
    tmp_path: Path,
) -> None:
    server = FakeServer()
    await server.start(self_signed(tmp_path))
    server.say(USER, load("user_me.json"))
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(ssl=False)
    ) as session:
        user = await ObicoClient(session, server.url, TOKEN).get_user()
    assert user.id == 1
    await server.stop()


async def test_a_server_that_speaks_no_tls_is_told_from_one_that_is_not_there(
    session: aiohttp.ClientSession, server: FakeServer
) -> None:
    url = server.url.with_scheme("https")
    error = await the_error(ObicoClient(session, url, TOKEN))
    assert type(error) is ObicoNoTlsError


async def test_another_failure_of_tls_is_a_connection_error(
    session: aiohttp.ClientSession,
) -> None:
    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer with an alert of TLS: the handshake failed."""
        writer.write(b"\x15\x03\x03\x00\x02\x02\x28")
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        url = URL(f"https://127.0.0.1:{port}")
        error = await the_error(ObicoClient(session, url, TOKEN))
    assert type(error) is ObicoConnectionError


@pytest.mark.parametrize("status", [401, 403])
async def test_a_server_that_refuses_in_json_is_an_obico_server(
    session: aiohttp.ClientSession, server: FakeServer, status: int
) -> None:
    server.say(VERSION, load("err_403_no_token.json"), status=status)
    await probe_server(session, server.url)
    assert "Authorization" not in server.requests[0].headers


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, '{"version": "1.0.0"}', ObicoResponseError),
        (200, HTML, ObicoResponseError),
        (403, HTML, ObicoResponseError),
        (401, "[]", ObicoResponseError),
        (403, '{"error": "no"}', ObicoResponseError),
        (407, HTML, ObicoResponseError),
        (511, HTML, ObicoResponseError),
        (404, HTML, ObicoUnknownPathError),
        (302, "", ObicoRedirectError),
        (502, HTML, ObicoServerError),
        (429, "{}", ObicoRateLimitError),
    ],
)
async def test_another_kind_of_server_is_not_taken_for_one(
    session: aiohttp.ClientSession,
    server: FakeServer,
    status: int,
    body: str,
    expected: type[ObicoError],
) -> None:
    server.say(VERSION, body=body, status=status)
    with pytest.raises(ObicoError) as caught:
        await probe_server(session, server.url)
    assert type(caught.value) is expected


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (401, ObicoUpgradeRefusedError),
        (403, ObicoUpgradeRefusedError),
        (407, ObicoProxyError),
        (511, ObicoProxyError),
        (500, ObicoServerError),
        (200, ObicoResponseError),
    ],
)
async def test_a_websocket_that_is_refused_is_the_same_error_and_hides_its_address(
    session: aiohttp.ClientSession,
    server: FakeServer,
    status: int,
    expected: type[ObicoError],
) -> None:
    server.say("/ws/s1gnature/", status=status)
    with pytest.raises(ObicoError) as caught, translated_errors(server.url, 1):
        await session.ws_connect(server.url / "ws/s1gnature/")
    assert type(caught.value) is expected
    assert "s1gnature" not in "".join(traceback.format_exception(caught.value))


async def test_the_token_never_leaves_for_what_stands_in_the_address(
    session: aiohttp.ClientSession, server: FakeServer
) -> None:
    server.say(USER, load("user_me.json"))
    address = server.url.with_user("someone").with_password("pw")
    client = ObicoClient(session, address, TOKEN)
    await client.get_user()
    assert client.base_url == server.url
    assert server.requests[0].headers["Authorization"] == f"Bearer {TOKEN}"
