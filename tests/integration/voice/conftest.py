"""A printer that is followed by push, and Assist to speak to."""

import pytest

from dev import Account, Printer
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from tests.integration.control.conftest import control  # noqa: F401
from tests.integration.control.support import Control
from tests.integration.push.conftest import (  # noqa: F401
    expected_lingering_timers,
    obico,
    prepared,
    server,
    timelapse,
)

from .support import Room


@pytest.fixture(autouse=True)
async def assist(hass: HomeAssistant) -> None:
    """Set up what everybody has, before the account."""
    for domain in ("homeassistant", "conversation"):
        assert await async_setup_component(hass, domain, {})


@pytest.fixture
def printer(account: Account) -> Printer:
    return account.add_printer("Prusa MK4", agent="octoprint")


@pytest.fixture
def room(control: Control) -> Room:  # noqa: F811
    return Room(control)


@pytest.fixture
def ender(account: Account, printer: Printer) -> Printer:
    """Give a second printer, whose agent is Klipper's; the first one comes before it."""
    return account.add_printer("Ender 3", agent="klipper")


@pytest.fixture
def two(ender: Printer, room: Room) -> Room:
    """Give the room with both printers in it."""
    return room
