"""A printer of another integration, and an account whose agent watches it."""

from collections.abc import AsyncGenerator

from freezegun.api import FrozenDateTimeFactory
import pytest

from dev import Account, ObicoServer, Printer
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from tests.integration.push.conftest import (  # noqa: F401
    _short_farewell,
    expected_lingering_timers,
    server,
    timelapse,
)
from tests.integration.push.support import obico_tasks, obico_timers
from tests.timelapse import Timelapse, wait_until

from .support import Watched, watch


@pytest.fixture
def printer(account: Account) -> Printer:
    """Give a printer that has no simulated agent."""
    return account.add_printer("P1S")


@pytest.fixture
async def watched(
    hass: HomeAssistant,
    server: ObicoServer,  # noqa: F811
    account: Account,
    printer: Printer,
    timelapse: Timelapse,  # noqa: F811
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
