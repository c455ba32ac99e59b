"""System health: what can be reached, and what is connected."""

import pytest
from pytest_homeassistant_custom_component.common import get_system_health_info

from custom_components.obico.const import DOMAIN
from dev import ObicoServer, Printer
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from tests.integration.support import Json, Obico, connections_of, set_up, settle
from tests.timelapse import wait_until


async def health(hass: HomeAssistant) -> dict[str, Json]:
    """Return what system health shows once all of it has come in."""
    assert await async_setup_component(hass, "system_health", {})
    await settle(hass)
    info = await get_system_health_info(hass, DOMAIN)
    return {
        key: await value if hasattr(value, "__await__") else value
        for key, value in info.items()
    }


@pytest.mark.usefixtures("printer")
async def test_accounts_printers_and_connections_are_counted(
    hass: HomeAssistant, server: ObicoServer, obico: Obico, printer: Printer
) -> None:
    other = server.add_account(email="other@example.com")
    other.add_printer("Voron", agent="klipper")
    second = await set_up(hass, server, other)
    assert await health(hass) == {
        "accounts": 2,
        "printers": 2,
        "push_connections": 0,
        "can_reach_server": "ok",
    }
    server.sockets.blocked = False
    await second.reload()
    await wait_until(lambda: connections_of(second.entry).connected == 1)
    shown = await health(hass)
    assert shown["push_connections"] == 1
    await second.unload()
    shown = await health(hass)
    assert (shown["accounts"], shown["printers"]) == (1, 1)


async def test_a_server_that_cannot_be_reached_is_told(
    hass: HomeAssistant, obico: Obico
) -> None:
    await obico.server.refuse_connections()
    shown = await health(hass)
    assert shown["can_reach_server"] == {"type": "failed", "error": "unreachable"}
    await obico.server.accept_connections()
    assert (await health(hass))["can_reach_server"] == "ok"


async def test_without_accounts_nothing_is_wrong(
    hass: HomeAssistant, obico: Obico
) -> None:
    await obico.unload()
    assert await health(hass) == {
        "accounts": 0,
        "printers": 0,
        "push_connections": 0,
        "can_reach_server": "ok",
    }
