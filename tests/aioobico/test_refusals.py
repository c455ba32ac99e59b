"""Who refuses: the server, over the credential, or something in front of it.

The kind: an answer of 401 or 403 (or one that no Obico server sends, such as 407, 511 and
pages where JSON is wanted) that is taken for Obico's word about the token.
"""

from collections.abc import Awaitable, Callable
import traceback

from aiohttp import web
import pytest

from custom_components.obico.aioobico import (
    AlertVerdict,
    ObicoAuthenticationError,
    ObicoClient,
    ObicoConnectionError,
    ObicoError,
    ObicoNotFoundError,
    ObicoProxyError,
    ObicoResponseError,
    ObicoUnknownPathError,
)
from custom_components.obico.aioobico.transport import (
    AGENT_REFUSAL,
    OAUTH_REFUSAL,
    open_response,
    raise_for_status,
)

from .support import TOKEN, FakeServer, load

USER = "/api/v1/users/me/"
PRINTER = "/api/v1/printers/1/"
CLOUDFLARE = "<!DOCTYPE html><title>Just a moment...</title><p>Secret body"

type Call = Callable[[ObicoClient], Awaitable[object]]

# One of each kind: reading, changing, commanding, sending a form.
CALLS: list[tuple[str, Call]] = [
    (USER, lambda client: client.get_user()),
    ("/api/v1/printers/", lambda client: client.get_printers()),
    (USER, lambda client: client.set_notification_enabled(enabled=True)),
    (PRINTER, lambda client: client.update_printer(1, watching_enabled=True)),
    (f"{PRINTER}pause_print/", lambda client: client.pause_print(1)),
    (
        f"{PRINTER}acknowledge_alert/",
        lambda client: client.acknowledge_alert(1, AlertVerdict.FAILED),
    ),
    (f"{PRINTER}predict/", lambda client: client.predict(1, b"\xff\xd8")),
]

FOREIGN = [
    (CLOUDFLARE, "text/html"),
    ("<html>Sign in</html>", "application/json"),
    ("", "text/plain"),
    ("", "application/json"),
    ("401 Unauthorized", "text/plain"),
    ("error code: 1020", "text/plain"),
    ('{"status": "KO", "message": "Authentication required"}', "application/json"),
    ('{"error": "access_denied"}', "application/json"),
    ('{"error": "no", "is_authenticated": "False"}', "application/json"),
    ('["detail"]', "application/json"),
    ('"detail"', "application/json"),
    ('{"detail": ', "application/json"),
    ('{"detail": "' + "x" * 70_000 + '"}', "application/json"),
    ("\x00\xff", "application/octet-stream"),
]


async def the_error(awaitable: Awaitable[object]) -> ObicoError:
    """Return what a call raises, after a look for secrets and bodies in it."""
    with pytest.raises(ObicoError) as caught:
        await awaitable
    shown = "".join(traceback.format_exception(caught.value, chain=True))
    for secret in (TOKEN, "Secret body", "Bearer", "Just a moment"):
        assert secret not in shown
    return caught.value


@pytest.mark.parametrize(("path", "call"), CALLS)
@pytest.mark.parametrize("status", [401, 403])
async def test_only_obicos_own_refusal_is_about_the_token(
    server: FakeServer, client: ObicoClient, path: str, call: Call, status: int
) -> None:
    server.say(path, load("err_403_bad_token.json"), status=status)
    assert type(await the_error(call(client))) is ObicoAuthenticationError
    server.say(path, body=CLOUDFLARE, status=status, content_type="text/html")
    assert type(await the_error(call(client))) is ObicoProxyError


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize(("body", "content_type"), FOREIGN)
async def test_any_other_refusal_is_of_something_in_front_of_the_server(
    server: FakeServer, client: ObicoClient, status: int, body: str, content_type: str
) -> None:
    server.say(USER, body=body, status=status, content_type=content_type)
    error = await the_error(client.get_user())
    assert type(error) is ObicoProxyError
    assert isinstance(error, ObicoConnectionError)
    assert "in front" in str(error)
    assert str(status) in str(error)


async def test_a_refusal_in_json_is_one_whatever_it_is_labelled_as(
    server: FakeServer, client: ObicoClient
) -> None:
    server.say(
        USER, load("err_403_no_token.json"), status=403, content_type="text/plain"
    )
    assert type(await the_error(client.get_user())) is ObicoAuthenticationError


@pytest.mark.parametrize("status", [407, 511])
@pytest.mark.parametrize("body", [CLOUDFLARE, "", '{"detail": "no"}'])
async def test_a_status_that_obico_never_sends_is_a_proxys(
    server: FakeServer, client: ObicoClient, status: int, body: str
) -> None:
    server.say(USER, body=body, status=status, content_type="text/html")
    assert type(await the_error(client.get_user())) is ObicoProxyError


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (CLOUDFLARE, "text/html"),
        (f"\r\n  {CLOUDFLARE}", "application/json"),
        ('<?xml version="1.0"?><html/>', "application/xhtml+xml"),
        ("Welcome to the hotel", "text/plain"),
        ("", "text/html"),
        ("\x89PNG", "image/png"),
    ],
)
@pytest.mark.parametrize(("path", "call"), CALLS)
async def test_a_page_where_json_is_wanted_is_of_something_in_front_of_the_server(
    server: FakeServer,
    client: ObicoClient,
    path: str,
    call: Call,
    body: str,
    content_type: str,
) -> None:
    """A captive portal answers everything with its own page, and 200."""
    server.say(path, body=body, content_type=content_type)
    assert type(await the_error(call(client))) is ObicoProxyError


async def test_json_that_is_broken_is_obicos_own_fault(
    server: FakeServer, client: ObicoClient
) -> None:
    server.say(USER, body='{"id": 1')
    assert type(await the_error(client.get_user())) is ObicoResponseError


async def test_a_refusal_that_never_ends_is_not_read_on(
    server: FakeServer, client: ObicoClient
) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(status=403)
        await response.prepare(request)
        while True:
            await response.write(b" " * 65536)

    server.on(USER, answer)
    assert type(await the_error(client.get_user())) is ObicoProxyError


@pytest.mark.parametrize(
    ("refusal", "body", "expected"),
    [
        (
            AGENT_REFUSAL,
            '{"error": "Invalid or Inactive Token", "is_authenticated": "False"}',
            ObicoAuthenticationError,
        ),
        (AGENT_REFUSAL, '{"error": "Forbidden"}', ObicoProxyError),
        (AGENT_REFUSAL, '{"detail": "Forbidden"}', ObicoProxyError),
        (OAUTH_REFUSAL, '{"error": "invalid_client"}', ObicoAuthenticationError),
        (OAUTH_REFUSAL, CLOUDFLARE, ObicoProxyError),
    ],
)
@pytest.mark.parametrize("status", [401, 403])
async def test_each_part_of_the_server_refuses_in_its_own_way(
    server: FakeServer,
    client: ObicoClient,
    refusal: frozenset[str],
    body: str,
    expected: type[ObicoError],
    status: int,
) -> None:
    server.say("/api/v1/octo/ping/", body=body, status=status)

    async def ask() -> None:
        async with open_response(
            client._session, "GET", server.url / "api/v1/octo/ping/", timeout=5
        ) as response:
            await raise_for_status(response, refusal=refusal)

    assert type(await the_error(ask())) is expected


@pytest.mark.parametrize(
    "body", ["404 page not found", CLOUDFLARE, "", "{}", '{"error": "no route"}']
)
async def test_a_404_of_a_proxy_is_no_news_of_an_object(
    server: FakeServer, client: ObicoClient, body: str
) -> None:
    """Traefik, for one, answers so while the server behind it restarts."""
    for path in (PRINTER, "/api/v1/prints/1/", "/api/v1/printer_events/"):
        server.say(path, body=body, status=404, content_type="text/plain")
    assert type(await the_error(client.get_printer(1))) is ObicoProxyError
    assert type(await the_error(client.get_print(1))) is ObicoProxyError
    # That path is missing on old servers, too.
    assert type(await the_error(client.get_events())) is ObicoUnknownPathError


async def test_a_404_of_obico_is_news_of_an_object(
    server: FakeServer, client: ObicoClient
) -> None:
    for path in (PRINTER, "/api/v1/prints/1/"):
        server.say(path, load("err_404_printer.json"), status=404)
    assert type(await the_error(client.get_printer(1))) is ObicoNotFoundError
    assert type(await the_error(client.get_print(1))) is ObicoNotFoundError
