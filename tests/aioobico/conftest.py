"""A session, a server and a client of it."""

from collections.abc import AsyncGenerator

import aiohttp
from hypothesis import settings
import pytest

from custom_components.obico.aioobico import ObicoClient

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
