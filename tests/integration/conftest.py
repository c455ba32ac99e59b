"""A server, an account on it with a printer, and the account in Home Assistant."""

from collections.abc import AsyncGenerator
from typing import Literal

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.syrupy import HomeAssistantSnapshotExtension
from syrupy.assertion import SnapshotAssertion

# Before any Home Assistant of a test looks for custom integrations.
import custom_components.obico  # noqa: F401
from dev import Account, Clock, ObicoServer, Printer
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity import Entity

from .support import Obico, set_up


@pytest.fixture(autouse=True)
def _custom_integrations(enable_custom_integrations: None) -> None:
    """Let Home Assistant load what stands in this repository."""


@pytest.fixture
def all_enabled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a user who enables everything."""
    monkeypatch.setattr(Entity, "entity_registry_enabled_default", True)


@pytest.fixture
async def server(socket_enabled: None) -> AsyncGenerator[ObicoServer]:
    """Give a server whose time stands still, and that only answers when asked."""
    server = ObicoServer(clock=Clock())
    # Without push all that Home Assistant knows comes with a poll that a test set off.
    server.sockets.blocked = True
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
def account(server: ObicoServer) -> Account:
    return server.add_account(email="maker@example.com")


@pytest.fixture
def printer(account: Account, request: pytest.FixtureRequest) -> Printer:
    """Give a printer with OctoPrint, or with the agent that a test names."""
    agent: Literal["octoprint", "klipper"] = getattr(request, "param", "octoprint")
    return account.add_printer("Prusa MK4", agent=agent)


@pytest.fixture
async def obico(
    hass: HomeAssistant, server: ObicoServer, account: Account, printer: Printer
) -> Obico:
    """Give the account, set up."""
    return await set_up(hass, server, account)


@pytest.fixture
def frozen(
    freezer: FrozenDateTimeFactory, server: ObicoServer
) -> FrozenDateTimeFactory:
    """Stop Home Assistant's clock at the server's time."""
    freezer.move_to(server.clock.now())
    return freezer


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Give snapshots as Home Assistant writes them: of what differs with every run only that it is there."""
    return snapshot.use_extension(HomeAssistantSnapshotExtension)
