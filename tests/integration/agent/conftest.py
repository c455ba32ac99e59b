"""A printer of another integration, and an account whose agent watches it."""

from collections.abc import AsyncGenerator

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.obico.aioobico import websocket
from custom_components.obico.aioobico.acting import socket
from dev import Account, Clock, ObicoServer, Printer
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from tests.integration.push.support import obico_tasks, obico_timers
from tests.timelapse import Timelapse, wait_until

from .support import Watched, watch


@pytest.fixture(autouse=True)
def _short_farewell(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait less for the farewell of servers that give none: those seconds are real."""
    monkeypatch.setattr(websocket, "_CLOSE_SECONDS", 0.05)
    monkeypatch.setattr(socket, "_CLOSE_SECONDS", 0.05)


@pytest.fixture
def expected_lingering_timers() -> bool:
    """Allow what aiohttp leaves of a websocket that this side closes: its heartbeat."""
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
def printer(account: Account) -> Printer:
    """Give a printer that has no simulated agent."""
    return account.add_printer("P1S")


@pytest.fixture
async def watched(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    printer: Printer,
    timelapse: Timelapse,
    freezer: FrozenDateTimeFactory,
    request: pytest.FixtureRequest,
) -> AsyncGenerator[Watched]:
    """Give a printer that is watched; a test may name other options of its subentry."""
    watched = await watch(
        hass,
        server,
        account,
        printer,
        timelapse,
        freezer,
        **getattr(request, "param", {}),
    )
    watched.say("idle")
    await watched.start()
    await watched.connected()
    yield watched
    if watched.entry.state is ConfigEntryState.LOADED:
        await watched.stop()
    await wait_until(lambda: not obico_tasks(), "tasks are left")
    await wait_until(lambda: not server.sockets.agents, "connections are left")
    assert not obico_timers()
