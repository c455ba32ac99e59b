"""System health: what can be reached, and what is connected."""

import asyncio
from pathlib import Path

from aiohttp import ClientTimeout, web
import pytest
from pytest_homeassistant_custom_component.common import get_system_health_info

from custom_components.obico.const import DOMAIN
from dev import ObicoServer, Printer
from homeassistant.const import CONF_URL, CONF_VERIFY_SSL
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from tests.integration.servers import other_server, self_signed_server
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


# The kind: what is looked at in another way than the account itself does is told wrong.


@pytest.mark.usefixtures("socket_enabled")
async def test_a_server_whose_certificate_is_not_checked_can_be_reached(
    hass: HomeAssistant, tmp_path: Path
) -> None:
    async with self_signed_server(tmp_path) as secure:
        account = secure.add_account(email="maker@example.com")
        obico = await set_up(hass, secure, account, **{CONF_VERIFY_SSL: False})
        assert (await health(hass))["can_reach_server"] == "ok"
        await obico.unload()


@pytest.mark.usefixtures("socket_enabled")
async def test_a_certificate_that_is_checked_and_not_trusted_is_told(
    hass: HomeAssistant, tmp_path: Path
) -> None:
    async with self_signed_server(tmp_path) as secure:
        account = secure.add_account(email="maker@example.com")
        obico = await set_up(hass, secure, account, **{CONF_VERIFY_SSL: False})
        hass.config_entries.async_update_entry(
            obico.entry, data={**obico.entry.data, CONF_VERIFY_SSL: True}
        )
        shown = await health(hass)
        assert shown["can_reach_server"] == {"type": "failed", "error": "unreachable"}
        await obico.unload()


@pytest.mark.parametrize("status", [302, 404, 500])
async def test_a_server_that_answers_anything_can_be_reached(
    hass: HomeAssistant, obico: Obico, status: int
) -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=status, headers={"Location": "http://127.0.0.1:9/"})

    async with other_server(answer) as url:
        hass.config_entries.async_update_entry(
            obico.entry, data={**obico.entry.data, CONF_URL: url}
        )
        assert (await health(hass))["can_reach_server"] == "ok"


async def test_a_server_that_does_not_answer_in_time_is_told(
    hass: HomeAssistant, obico: Obico, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "custom_components.obico.system_health._TIMEOUT", ClientTimeout(total=0.05)
    )
    answer = asyncio.Event()
    obico.server.faults.delay("/*", answer)
    shown = await health(hass)
    assert shown["can_reach_server"] == {"type": "failed", "error": "timeout"}
    answer.set()
