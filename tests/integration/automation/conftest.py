"""Automations that note what they are told, of a printer that Home Assistant polls."""

from collections.abc import AsyncGenerator

import pytest

from dev import Account, Printer
from homeassistant.core import HomeAssistant
from tests.integration.support import Obico

from .support import Automations, Config, Shown


@pytest.fixture
async def automations(hass: HomeAssistant) -> AsyncGenerator[Automations]:
    """Give a place for automations, which are turned off after the test."""
    automations = Automations(hass)
    yield automations
    await automations.stop()


@pytest.fixture
def shown(obico: Obico, printer: Printer) -> Shown:
    """Give the printer, which shows what a test wants it to."""
    return Shown(obico, printer)


@pytest.fixture
def voron(account: Account, printer: Printer) -> Printer:
    """Give a second printer; a test names it first to have both when the account is set up."""
    return account.add_printer("Voron", agent="klipper")


@pytest.fixture
def other(voron: Printer, obico: Obico) -> Shown:
    """Give the second printer, which shows what a test wants it to."""
    return Shown(obico, voron)


@pytest.fixture
def target(shown: Shown) -> Config:
    """Give the printer as the target of triggers and conditions."""
    return shown.target
