"""The card where Home Assistant's ways to have browsers load it have changed."""

import pytest

from dev import Printer
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from tests.integration.support import Obico

from .support import Change, gone, nothing, other, warnings_of_ours

CHANGES: dict[str, Change] = {
    "no modules": gone("components.frontend.add_extra_js_url"),
    "other modules": other("components.frontend.add_extra_js_url", nothing),
    "other registry": other("components.frontend.DATA_EXTRA_MODULE_URL", "gone"),
    "no removal": gone("components.frontend.remove_extra_js_url"),
}


@pytest.fixture
async def components(hass: HomeAssistant) -> None:
    """Set up the user interface, before the account."""
    assert await async_setup_component(hass, "frontend", {})


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
async def test_without_the_card_the_account_comes_and_goes(
    hass: HomeAssistant,
    obico: Obico,
    printer: Printer,
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert obico.value(printer, "sensor.status") == "printing"
    await obico.reload()
    assert obico.entry.state is ConfigEntryState.LOADED
    assert obico.value(printer, "sensor.status") == "printing"
    await hass.config_entries.async_remove(obico.entry.entry_id)
    (line,) = warnings_of_ours(caplog)
    assert "does not let browsers load the card" in line
