"""A server that a proxy has below a path, which the server does not know of."""

from collections.abc import AsyncGenerator

import aiohttp
import pytest
from yarl import URL

from custom_components.obico.aioobico import (
    AccessToken,
    MintedToken,
    ObicoClient,
    ObicoConnectionError,
    ObicoNotFoundError,
    PrinterSocket,
    SessionCookie,
    probe_server,
    remove_application,
)
from dev import Account, ObicoServer
from dev.agent.webcam import placeholder
from tests.sub_path import below_path

from .people import Person


@pytest.fixture
async def base_url(obico: ObicoServer) -> AsyncGenerator[URL]:
    async with below_path(obico.url) as address:
        yield URL(address)


@pytest.fixture
def person(session: aiohttp.ClientSession, base_url: URL, account: Account) -> Person:
    return Person(session, base_url)


async def test_it_is_found_below_its_path_only(
    session: aiohttp.ClientSession, base_url: URL
) -> None:
    await probe_server(session, base_url)
    with pytest.raises(ObicoNotFoundError):
        await probe_server(session, base_url.origin())


async def test_calls_go_below_the_path(
    session: aiohttp.ClientSession, base_url: URL, account: Account
) -> None:
    for address in (base_url, URL(f"{base_url}/")):
        client = ObicoClient(session, address, account.token)
        assert client.base_url == base_url
        assert (await client.get_user()).id == account.id


async def test_one_signs_in_and_out_and_an_application_comes_and_goes(
    person: Person, obico: ObicoServer, account: Account
) -> None:
    minted = await person.sign_in()
    assert isinstance(minted, MintedToken)
    client = person.client(minted.access_token)
    assert (await client.get_user()).id == account.id
    obico.sign_in.end_sessions()
    assert await remove_application(
        person.session, person.origin, minted.client_id, minted.access_token
    )
    assert obico.applications.of(account) == []
    assert obico.sign_in.sessions_of(account) == 0


async def test_a_session_can_change_something(
    person: Person, obico: ObicoServer, account: Account
) -> None:
    obico.sign_in.registration_open = False
    cookie = await person.sign_in()
    assert isinstance(cookie, SessionCookie)
    await person.client(cookie).set_notification_enabled(enabled=False)
    assert account.notification_enabled is False


async def test_push_comes_below_the_path(
    session: aiohttp.ClientSession, obico: ObicoServer, base_url: URL, account: Account
) -> None:
    printer = account.add_printer("Prusa MK4")
    client = ObicoClient(session, base_url, AccessToken(account.token))
    [listed] = (await client.get_printers()).items
    assert listed.auth_token is not None
    socket = await PrinterSocket.open(session, base_url, listed.auth_token, timeout=5)
    assert str(printer.id).encode() in await socket.receive()
    await obico.sockets.close_all()
    with pytest.raises(ObicoConnectionError):
        await socket.receive()
    await socket.close()


@pytest.mark.parametrize("site", ["http://localhost:3334", "{origin}", "{base_url}"])
async def test_pictures_are_fetched_below_the_path(
    session: aiohttp.ClientSession, obico: ObicoServer, base_url: URL, site: str
) -> None:
    address = URL(obico.media.put("1.jpg", lambda: placeholder("Prusa MK4")))
    named = site.format(origin=base_url.origin(), base_url=base_url)
    client = ObicoClient(session, base_url, "any")
    picture = await client.get_picture(named + address.raw_path_qs)
    assert picture == placeholder("Prusa MK4")
