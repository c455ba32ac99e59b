"""Whether the server can be reached: the entity that tells it, and the repair of a long outage."""

from freezegun.api import FrozenDateTimeFactory

from custom_components.obico.const import DOMAIN
from dev import ObicoServer
from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import State
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.util import dt as dt_util
from tests.integration.support import API, Obico, settle, states_written

TEN_MINUTES = 600


def server_of(obico: Obico) -> State:
    """Return what is shown of the account's server."""
    entity_id = er.async_get(obico.hass).async_get_entity_id(
        "binary_sensor", DOMAIN, f"{obico.entry.unique_id}_server"
    )
    assert entity_id is not None
    state = obico.hass.states.get(entity_id)
    assert state is not None
    return state


def is_reported(obico: Obico) -> bool:
    """Return whether there is a repair for the server."""
    issue_id = f"server_unreachable_{obico.entry.entry_id}"
    return ir.async_get(obico.hass).async_get_issue(DOMAIN, issue_id) is not None


async def stay(obico: Obico, freezer: FrozenDateTimeFactory, minutes: int) -> None:
    """Let minutes pass, with their polls and tries to set the account up."""
    for _ in range(minutes):
        freezer.tick(60)
        await obico.poll()


async def test_it_tells_since_when_the_server_answers_or_does_not(
    obico: Obico, server: ObicoServer, frozen: FrozenDateTimeFactory
) -> None:
    assert server_of(obico).state == STATE_ON
    heard = states_written(obico.hass, server_of(obico).entity_id)
    frozen.tick(300)
    await server.refuse_connections()
    await obico.poll()
    down = dt_util.utcnow().replace(microsecond=0).isoformat()
    await stay(obico, frozen, 3)
    assert server_of(obico).state == STATE_OFF
    assert server_of(obico).attributes["since"] == down
    await server.accept_connections()
    await obico.poll()
    assert server_of(obico).state == STATE_ON
    up = dt_util.utcnow().replace(microsecond=0).isoformat()
    assert server_of(obico).attributes["since"] == up
    assert len(heard()) == 2


async def test_a_server_that_has_no_use_for_its_answers_cannot_be_reached(
    obico: Obico, server: ObicoServer
) -> None:
    server.faults.html(f"{API}printers/", 502)
    await obico.poll()
    assert server_of(obico).state == STATE_OFF


async def test_a_server_that_refuses_the_token_or_asks_to_wait_can_be_reached(
    obico: Obico, server: ObicoServer
) -> None:
    server.faults.answer(f"{API}printers/", 429, {})
    await obico.poll()
    assert not obico.entry.runtime_data.coordinator.last_update_success
    assert server_of(obico).state == STATE_ON
    server.faults.clear()
    obico.account.revoke_token()
    await obico.poll()
    assert server_of(obico).state == STATE_ON


async def test_a_long_outage_is_reported_until_the_server_answers(
    obico: Obico, server: ObicoServer, frozen: FrozenDateTimeFactory
) -> None:
    await server.refuse_connections()
    await obico.poll()
    await stay(obico, frozen, 8)
    assert not is_reported(obico)
    await stay(obico, frozen, 3)
    assert is_reported(obico)
    await server.accept_connections()
    await obico.poll()
    assert not is_reported(obico)


async def test_a_short_outage_is_not_reported(
    obico: Obico, server: ObicoServer, frozen: FrozenDateTimeFactory
) -> None:
    await server.refuse_connections()
    await obico.poll()
    await stay(obico, frozen, 5)
    await server.accept_connections()
    await obico.poll()
    await stay(obico, frozen, 10)
    assert not is_reported(obico)


async def test_an_account_that_is_unloaded_reports_nothing(
    obico: Obico, server: ObicoServer, frozen: FrozenDateTimeFactory
) -> None:
    await server.refuse_connections()
    await obico.poll()
    await stay(obico, frozen, 11)
    assert is_reported(obico)
    await obico.unload()
    assert not is_reported(obico)
    assert server_of(obico).state == STATE_UNAVAILABLE


async def test_nothing_is_reported_after_an_account_was_unloaded(
    obico: Obico, server: ObicoServer, frozen: FrozenDateTimeFactory
) -> None:
    await server.refuse_connections()
    await obico.poll()
    await obico.unload()
    frozen.tick(TEN_MINUTES)
    await obico.pass_time(0)
    assert not is_reported(obico)


async def test_a_server_that_is_down_when_home_assistant_starts_is_reported(
    obico: Obico, server: ObicoServer, frozen: FrozenDateTimeFactory
) -> None:
    await obico.unload()
    await server.refuse_connections()
    await obico.set_up()
    assert obico.entry.state is ConfigEntryState.SETUP_RETRY
    assert not is_reported(obico)
    await stay(obico, frozen, 14)
    assert obico.entry.state is ConfigEntryState.SETUP_RETRY
    assert is_reported(obico)
    await obico.hass.config_entries.async_set_disabled_by(
        obico.entry.entry_id, ConfigEntryDisabler.USER
    )
    await settle(obico.hass)
    assert not is_reported(obico)
