"""Pictures are fetched from where they are, by nobody, and no more of them than fits."""

import traceback

import aiohttp
from aiohttp import web
import pytest
from yarl import URL

from custom_components.obico.aioobico import (
    ObicoClient,
    ObicoConnectionError,
    ObicoError,
    ObicoNoPictureError,
    ObicoNotFoundError,
    ObicoProxyError,
    ObicoRedirectError,
    ObicoResponseError,
    ObicoServerError,
    ObicoTooLargeError,
    picture_url,
)

from .support import CAPTURES, TOKEN, FakeResolver, FakeServer

MEDIA = "/media/tsd-pics/snapshots/1/latest_unrotated.jpg"
ADDRESS = f"http://localhost:3334{MEDIA}?digest=s1gnature%2F=="
JPEG = (CAPTURES / "pic_idle.jpg").read_bytes()


def _say_picture(server: FakeServer, path: str = MEDIA) -> None:
    """Serve the recorded picture."""
    server.say(path, body=JPEG, content_type="image/jpeg")


async def the_error(client: ObicoClient, address: str = ADDRESS) -> ObicoError:
    """Return what fetching a picture raises, after a look for secrets in it."""
    with pytest.raises(ObicoError) as caught:
        await client.get_picture(address)
    assert "s1gnature" not in "".join(traceback.format_exception(caught.value))
    return caught.value


async def test_a_picture_named_localhost_is_fetched_from_the_server(
    server: FakeServer, client: ObicoClient
) -> None:
    _say_picture(server)
    assert await client.get_picture(ADDRESS) == JPEG
    assert server.requests[0].query["digest"] == "s1gnature/=="


async def test_nothing_that_tells_who_asks_goes_with_it(server: FakeServer) -> None:
    _say_picture(server)
    async with aiohttp.ClientSession(
        cookie_jar=aiohttp.CookieJar(unsafe=True),
        headers={"Authorization": "Bearer of the session"},
    ) as session:
        session.cookie_jar.update_cookies({"tsd_sessionid": "a"}, server.url)
        await ObicoClient(session, server.url, TOKEN).get_picture(ADDRESS)
    sent = server.requests[0].headers
    assert "Cookie" not in sent
    assert "Authorization" not in sent
    assert TOKEN not in str(sent)


async def test_credentials_in_an_address_are_not_used(
    server: FakeServer, client: ObicoClient
) -> None:
    _say_picture(server, "/media/a.jpg")
    await client.get_picture(f"http://user:pw@localhost{'/media/a.jpg'}")
    assert "Authorization" not in server.requests[0].headers


async def test_a_redirect_is_followed_without_credentials(
    server: FakeServer, client: ObicoClient
) -> None:
    _say_picture(server, "/store/a.jpg")
    target = server.url.with_user("user").with_password("pw") / "store/a.jpg"
    server.say(MEDIA, status=302, headers={"Location": str(target)})
    assert await client.get_picture(ADDRESS) == JPEG
    assert "Authorization" not in server.requests[1].headers


async def test_a_redirect_may_be_relative(
    server: FakeServer, client: ObicoClient
) -> None:
    _say_picture(server, "/store/a.jpg")
    server.say(MEDIA, status=302, headers={"Location": "/store/a.jpg?x=%2F"})
    assert await client.get_picture(ADDRESS) == JPEG


async def test_a_redirect_in_a_circle_ends(
    server: FakeServer, client: ObicoClient
) -> None:
    server.say(MEDIA, status=302, headers={"Location": MEDIA})
    assert type(await the_error(client)) is ObicoResponseError
    assert len(server.requests) == 4


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "ftp://obico.example/", "data:image/png,x", ""]
)
async def test_a_redirect_to_anything_but_http_is_refused(
    server: FakeServer, client: ObicoClient, location: str
) -> None:
    server.say(MEDIA, status=302, headers={"Location": location})
    assert type(await the_error(client)) is ObicoRedirectError
    assert len(server.requests) == 1


async def test_a_server_elsewhere_cannot_send_to_this_machine(
    server: FakeServer,
) -> None:
    # The server is reached by a name, as one elsewhere is.
    connector = aiohttp.TCPConnector(resolver=FakeResolver())
    async with aiohttp.ClientSession(connector=connector) as session:
        elsewhere = server.url.with_host("obico.example")
        client = ObicoClient(session, elsewhere, TOKEN)
        target = server.url / "api/admin"
        server.say(MEDIA, status=302, headers={"Location": str(target)})
        _say_picture(server, "/api/admin")
        assert type(await the_error(client)) is ObicoResponseError
    assert len(server.requests) == 1


async def test_a_picture_that_is_gone_is_not_found(client: ObicoClient) -> None:
    assert type(await the_error(client)) is ObicoNotFoundError


@pytest.mark.parametrize("status", [401, 403])
async def test_a_wrong_signature_is_not_taken_for_a_wrong_token(
    server: FakeServer, client: ObicoClient, status: int
) -> None:
    server.say(MEDIA, body="You do not have permission", status=status)
    assert type(await the_error(client)) is ObicoResponseError


@pytest.mark.parametrize("status", [407, 511])
async def test_a_proxy_that_wants_a_sign_in_is_none_of_the_pictures(
    server: FakeServer, client: ObicoClient, status: int
) -> None:
    server.say(MEDIA, body="<h1>Sign in</h1>", status=status, content_type="text/html")
    assert type(await the_error(client)) is ObicoProxyError


async def test_a_server_that_fails_over_a_picture_is_a_server_error(
    server: FakeServer, client: ObicoClient
) -> None:
    server.say(MEDIA, body="<h1>Server Error</h1>", status=500)
    assert type(await the_error(client)) is ObicoServerError


@pytest.mark.parametrize("content_type", ["text/html", "application/json"])
async def test_what_is_no_picture_is_a_bad_answer(
    server: FakeServer, client: ObicoClient, content_type: str
) -> None:
    server.say(MEDIA, body="Sign in to the Wi-Fi", content_type=content_type)
    assert type(await the_error(client)) is ObicoNoPictureError


async def test_an_empty_picture_is_a_bad_answer(
    server: FakeServer, client: ObicoClient
) -> None:
    server.say(MEDIA, body=b"", content_type="image/jpeg")
    assert type(await the_error(client)) is ObicoNoPictureError


async def test_a_picture_that_says_it_is_too_large_is_not_read(
    server: FakeServer, client: ObicoClient
) -> None:
    _say_picture(server)
    with pytest.raises(ObicoTooLargeError):
        await client.get_picture(ADDRESS, max_bytes=len(JPEG) - 1)
    assert await client.get_picture(ADDRESS, max_bytes=len(JPEG)) == JPEG


async def test_a_picture_that_does_not_say_its_size_is_bounded_all_the_same(
    server: FakeServer, client: ObicoClient
) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "image/jpeg"})
        await response.prepare(request)
        while True:
            await response.write(JPEG)

    server.on(MEDIA, answer)
    assert type(await the_error(client)) is ObicoTooLargeError


async def test_a_picture_that_does_not_come_is_a_connection_error(
    session: aiohttp.ClientSession, server: FakeServer
) -> None:
    server.say_nothing(MEDIA)
    client = ObicoClient(session, server.url, TOKEN, timeout=0.05)
    assert type(await the_error(client)) is ObicoConnectionError


@pytest.mark.parametrize(
    "address",
    [
        "file:///media/a.jpg?digest=s1gnature",
        "http://[::1",
        "http://[::1/media/a.jpg?digest=s1gnature",
        "http://[]@/media/a.jpg",
        "http://localhost:port/media/a.jpg",
        "http://x:99999/media/a.jpg",
        "http://\ud800/media/a.jpg",
        "http://x..y/media/a.jpg",
        "//[",
        "\x00",
        "",
    ],
)
async def test_a_malformed_address_is_an_error_of_ours_and_not_asked_for(
    server: FakeServer, client: ObicoClient, address: str
) -> None:
    error = await the_error(client, address)
    assert type(error) is ObicoResponseError
    assert server.requests == []


LOCAL = URL("http://192.168.1.9:3334")
CLOUD = URL("https://app.obico.io")
BELOW = URL("https://home.example/obico")


@pytest.mark.parametrize(
    ("address", "base_url", "expected"),
    [
        (
            "http://localhost:3334/media/a.jpg?digest=Y%2F-_=",
            LOCAL,
            "http://192.168.1.9:3334/media/a.jpg?digest=Y%2F-_=",
        ),
        (
            "http://LOCALHOST/media/a.jpg",
            URL("https://obico.example"),
            "https://obico.example/media/a.jpg",
        ),
        ("http://127.0.0.1:3334/media/a", LOCAL, "http://192.168.1.9:3334/media/a"),
        ("http://[::1]:3334/media/a", LOCAL, "http://192.168.1.9:3334/media/a"),
        ("http://0.0.0.0/media/a", LOCAL, "http://192.168.1.9:3334/media/a"),
        ("https://192.168.1.9/media/a", LOCAL, "http://192.168.1.9:3334/media/a"),
        (
            "http://192.168.1.9:3334/media/a",
            URL("http://[fd00::1]:3334"),
            "http://192.168.1.9:3334/media/a",
        ),
        (
            "http://localhost/media/a",
            URL("http://[fd00::1]:3334"),
            "http://[fd00::1]:3334/media/a",
        ),
        (
            "https://storage.example/pics/a%2Fb.jpg?Signature=a%2Bb&Expires=1",
            CLOUD,
            "https://storage.example/pics/a%2Fb.jpg?Signature=a%2Bb&Expires=1",
        ),
        (
            "https://app.obico.io/static/a.jpg",
            CLOUD,
            "https://app.obico.io/static/a.jpg",
        ),
        ("https://x.example/a b.jpg", CLOUD, "https://x.example/a%20b.jpg"),
        (
            "http://localhost:3334/media/a.jpg?digest=Y%2F-_=",
            BELOW,
            "https://home.example/obico/media/a.jpg?digest=Y%2F-_=",
        ),
        (
            "https://home.example/media/a.jpg",
            BELOW,
            "https://home.example/obico/media/a.jpg",
        ),
        (
            "http://home.example/obico/media/a.jpg",
            BELOW,
            "https://home.example/obico/media/a.jpg",
        ),
        ("http://home.example/other/a.jpg", BELOW, None),
        ("http://localhost:3334/api/v1/", LOCAL, None),
        ("http://192.168.1.9:8123/api/", LOCAL, None),
        ("/media/a.jpg", LOCAL, None),
        ("short.gcode", LOCAL, None),
        ("", LOCAL, None),
        ("ftp://localhost/media/a.jpg", LOCAL, None),
        ("http://x..y/media/a.jpg", LOCAL, None),
        ("http://x:99999/media/a.jpg", LOCAL, None),
        ("http://x:0/media/a.jpg", LOCAL, None),
        ("http://[::1/media/a.jpg", LOCAL, None),
        ("http://[]@/media/a.jpg", LOCAL, None),
        ("http:///media/a.jpg", LOCAL, None),
    ],
)
def test_a_pictures_address_leads_to_where_it_can_be_fetched(
    address: str, base_url: URL, expected: str | None
) -> None:
    url = picture_url(address, base_url)
    assert (None if url is None else str(url)) == expected
