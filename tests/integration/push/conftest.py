"""An account whose printers are followed by push."""

from collections.abc import AsyncGenerator

import pytest

from custom_components.obico.aioobico import open_websocket
from dev import Account, Clock, ObicoServer, Printer
from homeassistant.core import HomeAssistant
from tests.integration.support import Obico
from tests.timelapse import Timelapse

from .support import Prepared, assert_nothing_left, follow


@pytest.fixture(autouse=True)
def _short_farewell(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait less for the farewell of servers that give none: those seconds are real."""
    monkeypatch.setattr(open_websocket, "_CLOSE_SECONDS", 0.05)


@pytest.fixture
def expected_lingering_timers() -> bool:
    """Allow what aiohttp leaves of a websocket that this side closes: its heartbeat.

    The integration's own timers are looked for by `assert_nothing_left`.
    """
    return True


@pytest.fixture
async def server(socket_enabled: None) -> AsyncGenerator[ObicoServer]:
    """Give a server whose time only passes when a test lets it."""
    server = ObicoServer(clock=Clock())
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
def timelapse(hass: HomeAssistant, server: ObicoServer) -> Timelapse:
    return Timelapse(hass, server)


@pytest.fixture
def prepared(
    hass: HomeAssistant, server: ObicoServer, account: Account, timelapse: Timelapse
) -> Prepared:
    """Give the account before it is set up, for tests that do that themselves."""
    return Prepared(hass=hass, server=server, account=account, timelapse=timelapse)


@pytest.fixture
async def obico(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    printer: Printer,
    timelapse: Timelapse,
) -> AsyncGenerator[Obico]:
    """Give the account with its push connections, and see that nothing stays of them."""
    obico = await follow(hass, server, account, timelapse)
    yield obico
    await assert_nothing_left(obico, timelapse)
