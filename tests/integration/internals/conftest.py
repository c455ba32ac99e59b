"""An account in a Home Assistant that has changed."""

from collections.abc import Iterator
import sys

import pytest

import custom_components
from dev import Account, ObicoServer, Printer
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from tests.integration.support import Obico, load_capture, set_up

from .support import PACKAGE, Change


@pytest.fixture
def _fresh_import() -> Iterator[None]:
    """Have the whole integration imported anew, and be as before after the test."""

    def modules() -> list[str]:
        return [name for name in sys.modules if f"{name}.".startswith(f"{PACKAGE}.")]

    before = {name: sys.modules.pop(name) for name in modules()}
    yield
    for name in modules():
        del sys.modules[name]
    sys.modules.update(before)
    vars(custom_components)["obico"] = before[PACKAGE]


@pytest.fixture
async def components(hass: HomeAssistant) -> None:
    """Set up what the account finds in Home Assistant."""
    for component in ("homeassistant", "conversation", "assist_pipeline"):
        assert await async_setup_component(hass, component, {})


@pytest.fixture
async def obico(
    hass: HomeAssistant,
    _fresh_import: None,
    components: None,
    server: ObicoServer,
    account: Account,
    printer: Printer,
    change: Change,
    monkeypatch: pytest.MonkeyPatch,
) -> Obico:
    """Give an account with a printer that prints, set up after the change."""
    change(monkeypatch)
    printer.load_state(load_capture("printer_printing"))
    return await set_up(hass, server, account)
