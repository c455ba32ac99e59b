"""A session, a server and a client of it."""

from collections.abc import AsyncGenerator

import aiohttp
from hypothesis import settings
import pytest
from yarl import URL

from custom_components.obico.aioobico import ObicoClient
from dev import Account, ObicoServer

from .people import EMAIL, PASSWORD, Person
from .support import TOKEN, FakeServer

# How long an example takes says nothing on a busy machine.
settings.register_profile("aioobico", deadline=None)
settings.load_profile("aioobico")


@pytest.fixture(autouse=True)
def _sockets(socket_enabled: None) -> None:
    """Allow sockets, of which only loopback ones can be connected."""


@pytest.fixture
async def server() -> AsyncGenerator[FakeServer]:
    server = FakeServer()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def session() -> AsyncGenerator[aiohttp.ClientSession]:
    # Accepts cookies of IP addresses: whether one is sent must be up to the client.
    async with aiohttp.ClientSession(
        cookie_jar=aiohttp.CookieJar(unsafe=True)
    ) as session:
        yield session


@pytest.fixture
def client(session: aiohttp.ClientSession, server: FakeServer) -> ObicoClient:
    return ObicoClient(session, server.url, TOKEN)


@pytest.fixture
async def obico(socket_enabled: None) -> AsyncGenerator[ObicoServer]:
    """An Obico server whose time stands still."""
    obico = ObicoServer()
    await obico.start()
    yield obico
    await obico.stop()


@pytest.fixture
def account(obico: ObicoServer) -> Account:
    return obico.add_account(EMAIL, PASSWORD)


@pytest.fixture
def person(
    session: aiohttp.ClientSession, obico: ObicoServer, account: Account
) -> Person:
    return Person(session, URL(obico.url))


@pytest.fixture
def guest(session: aiohttp.ClientSession, server: FakeServer) -> Person:
    """Somebody at a server that says what a test tells it to."""
    return Person(session, server.url)
