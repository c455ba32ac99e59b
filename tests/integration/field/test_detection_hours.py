"""Kind: a number of the server that nothing counts is no number to warn about.

A self-hosted server answers with a balance of hours that nothing counts down.
"""

import pytest

from custom_components.obico.const import DOMAIN
from dev import LONG, Account, ObicoServer, Printer
from homeassistant.const import STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from tests.integration.support import API, Json, Obico, set_up


def hours(obico: Obico) -> str:
    """Return what the sensor of the account shows."""
    entity_id = er.async_get(obico.hass).async_get_entity_id(
        "sensor", DOMAIN, f"{obico.entry.unique_id}_detection_hours"
    )
    assert entity_id
    state = obico.hass.states.get(entity_id)
    assert state
    return state.state


def repairs(obico: Obico) -> set[str]:
    """Return the repairs that are raised."""
    return {
        str(issue.translation_key)
        for issue in ir.async_get(obico.hass).issues.values()
        if issue.domain == DOMAIN and issue.active
    }


def answer(server: ObicoServer, balance: object, *, unlimited: bool = False) -> None:
    """Have the server tell this balance, whatever is watched."""

    def change(user: Json) -> Json:
        return user | {"dh_balance": balance, "is_dh_unlimited": unlimited}

    server.faults.clear()
    server.faults.change(f"{API}users/me/", change)


@pytest.fixture
async def printing(printer: Printer, server: ObicoServer) -> Printer:
    """Give a printer with a long print that is watched."""
    printer.agent.start_print(LONG)
    await server.advance(60)
    return printer


@pytest.mark.parametrize("balance", [0.0, 0, 0.4, 100.0])
async def test_a_balance_that_never_moves_is_none(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    printing: Printer,
    balance: float,
) -> None:
    answer(server, balance)
    obico = await set_up(hass, server, account)
    for _ in range(3):
        await server.advance(60)
        await obico.poll()
        assert hours(obico) == STATE_UNKNOWN
        assert repairs(obico) == set()


async def test_a_balance_that_moves_is_one_and_stays_one_after_a_reload(
    hass: HomeAssistant, server: ObicoServer, account: Account, printing: Printer
) -> None:
    answer(server, 0.2)
    obico = await set_up(hass, server, account)
    assert hours(obico) == STATE_UNKNOWN
    answer(server, 0.1)
    await obico.poll()
    assert hours(obico) == "0.1"
    assert repairs(obico) == {"detection_hours_low"}
    await obico.reload()
    assert hours(obico) == "0.1"


async def test_a_negative_balance_is_one(
    hass: HomeAssistant, server: ObicoServer, account: Account, printing: Printer
) -> None:
    answer(server, -0.5)
    obico = await set_up(hass, server, account)
    assert hours(obico) == "0.0"
    assert repairs(obico) == {"detection_hours_low"}


@pytest.mark.parametrize(
    ("balance", "unlimited"), [(None, False), (100_000_000, False), (-5, True)]
)
async def test_hours_without_a_limit_are_unknown(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    printing: Printer,
    balance: object,
    unlimited: bool,
) -> None:
    answer(server, balance, unlimited=unlimited)
    obico = await set_up(hass, server, account)
    assert hours(obico) == STATE_UNKNOWN
    assert repairs(obico) == set()
