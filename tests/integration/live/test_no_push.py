"""Printers that cannot be followed, and servers that cannot be trusted any more."""

from pathlib import Path

import pytest
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_device,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from dev import Account, ObicoServer, Printer
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
from tests.integration.servers import self_signed_server
from tests.integration.support import API, Json, Obico, set_up

# Also what a user has to enable.
pytestmark = pytest.mark.usefixtures("all_enabled")


def without_tokens(printers: Json) -> Json:
    """Return the list of printers as a server gives it that keeps their tokens to itself."""
    for printer in printers:
        del printer["auth_token"]
    return printers


@pytest.fixture
async def unfollowed(
    hass: HomeAssistant, server: ObicoServer, account: Account, printer: Printer
) -> Obico:
    """Give an account whose printers cannot be followed."""
    assert await async_setup_component(hass, "homeassistant", {})
    server.faults.change(f"{API}printers/", without_tokens, method="GET")
    return await set_up(hass, server, account)


async def test_a_printer_without_a_token_is_shown_as_polls_tell(
    unfollowed: Obico,
    printer: Printer,
    hass_client: ClientSessionGenerator,
) -> None:
    assert unfollowed.value(printer, "sensor.status") == "idle"
    device = unfollowed.device(printer)
    assert device is not None
    told = await get_diagnostics_for_device(
        unfollowed.hass, hass_client, unfollowed.entry, device
    )
    assert told["push"] is None


@pytest.mark.parametrize(
    ("domain", "service", "key", "data"),
    [
        ("button", "press", "button.refresh_snapshot", {}),
        ("number", "set_value", "number.tool0_target", {"value": 60}),
    ],
)
async def test_what_goes_over_the_push_connection_says_that_there_is_none(
    unfollowed: Obico,
    printer: Printer,
    domain: str,
    service: str,
    key: str,
    data: dict[str, float],
) -> None:
    with pytest.raises(HomeAssistantError) as failed:
        await unfollowed.hass.services.async_call(
            domain,
            service,
            {"entity_id": unfollowed.entity_id(printer, key)} | data,
            blocking=True,
        )
    assert failed.value.translation_key == "no_push"


async def test_a_certificate_that_is_not_trusted_any_more_is_named(
    hass: HomeAssistant, socket_enabled: None, tmp_path: Path
) -> None:
    async with self_signed_server(tmp_path) as server:
        account = server.add_account(email="maker@example.com")
        obico = await set_up(hass, server, account)
        assert obico.entry.state is ConfigEntryState.SETUP_RETRY
        assert obico.entry.error_reason_translation_key == "certificate_error"
        await hass.config_entries.async_unload(obico.entry.entry_id)
