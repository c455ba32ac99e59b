"""Fixtures: a server, an account and clients."""

from collections.abc import AsyncIterator
from pathlib import Path
import ssl

from aiohttp import ClientSession, CookieJar, DummyCookieJar
import pytest

from dev import Account, ObicoServer
from tests.tls import self_signed

from .browser import Browser
from .drive import Stage
from .support import Api


@pytest.fixture
async def server(socket_enabled: None) -> AsyncIterator[ObicoServer]:
    """A server with a clock that stands still."""
    server = ObicoServer()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
def account(server: ObicoServer) -> Account:
    """An account on the server."""
    return server.add_account()


@pytest.fixture
async def api(server: ObicoServer, account: Account) -> AsyncIterator[Api]:
    """A client of the API with the account's token."""
    async with ClientSession(cookie_jar=DummyCookieJar()) as session:
        yield Api(session, server, account)


@pytest.fixture
async def stage(
    server: ObicoServer, account: Account, api: Api
) -> AsyncIterator[Stage]:
    """A stage for a printer that is driven into recorded states."""
    stage = Stage(server, account, api)
    async with stage.closing:
        yield stage


@pytest.fixture
async def browser(server: ObicoServer, account: Account) -> AsyncIterator[Browser]:
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as session:
        yield Browser(session, server)


@pytest.fixture
def tls(tmp_path: Path) -> ssl.SSLContext:
    """A self-signed certificate."""
    return self_signed(tmp_path)
