"""An account whose printers are followed by push."""

from collections.abc import AsyncGenerator

import pytest

from dev import Account, Clock, ObicoServer, Printer
from homeassistant.core import HomeAssistant
from tests.integration.support import Obico
from tests.timelapse import Timelapse

from .support import assert_nothing_left, follow


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
