"""Automations that note what they are told, of a printer that Home Assistant polls."""

from collections.abc import AsyncGenerator

import pytest

from dev import Printer
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
def target(shown: Shown) -> Config:
    """Give the printer as the target of triggers and conditions."""
    return shown.target
