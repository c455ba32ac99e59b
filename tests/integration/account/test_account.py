"""The entities of the account."""

from functools import partial

import pytest

from dev import Account, ObicoServer, Printer
from homeassistant.const import STATE_UNKNOWN, EntityCategory
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity import Entity
from tests.integration.support import API, Json, Obico, set_up

TUNNEL = f"{API}tunnelusage/"
KEYS = {
    "sensor.detection_hours": None,
    "sensor.detection_hours_end": None,
    "sensor.prints_to_judge": None,
    "sensor.unseen_events": EntityCategory.DIAGNOSTIC,
    "sensor.tunnel_usage": EntityCategory.DIAGNOSTIC,
    "binary_sensor.pro": EntityCategory.DIAGNOSTIC,
    "binary_sensor.server": EntityCategory.DIAGNOSTIC,
    "switch.notification_enabled": EntityCategory.CONFIG,
}

DISABLED = {
    "sensor.detection_hours_end",
    "sensor.prints_to_judge",
    "sensor.tunnel_usage",
}


@pytest.fixture
async def all_enabled(
    monkeypatch: pytest.MonkeyPatch,
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
) -> Obico:
    """Give an account whose user enables everything."""
    monkeypatch.setattr(Entity, "entity_registry_enabled_default", True)
    return await set_up(hass, server, account)


def entry_of(obico: Obico, key: str) -> er.RegistryEntry:
    """Return the registry entry of an entity of the account."""
    domain, _, name = key.partition(".")
    registry = er.async_get(obico.hass)
    entity_id = registry.async_get_entity_id(
        domain, "obico", f"{obico.entry.unique_id}_{name}"
    )
    assert entity_id is not None
    entry = registry.async_get(entity_id)
    assert entry is not None
    return entry


def state_of(obico: Obico, key: str) -> State:
    """Return the state of an entity of the account."""
    state = obico.hass.states.get(entry_of(obico, key).entity_id)
    assert state is not None
    return state


async def test_the_account_has_entities_of_its_own(obico: Obico) -> None:
    device = obico.device()
    assert device is not None
    entries = er.async_entries_for_device(
        er.async_get(obico.hass), device.id, include_disabled_entities=True
    )
    assert {entry.entity_id for entry in entries} == {
        entry_of(obico, key).entity_id for key in KEYS
    }
    for key, category in KEYS.items():
        entry = entry_of(obico, key)
        assert entry.entity_category is category
        assert (entry.disabled_by is not None) == (key in DISABLED)


def _with_hours(user: Json, **hours: Json) -> Json:
    return user | hours


async def test_the_hours_that_are_left(obico: Obico) -> None:
    for balance, unlimited, shown in (
        (12.3456, False, "12.3"),
        (0.06, False, "0.1"),
        (0, False, "0.0"),
        (-0.2, False, "0.0"),
        (100_000_000, False, STATE_UNKNOWN),
        (12, True, STATE_UNKNOWN),
        (None, False, STATE_UNKNOWN),
        ("many", False, STATE_UNKNOWN),
    ):
        fault = obico.server.faults.change(
            f"{API}users/me/",
            partial(_with_hours, dh_balance=balance, is_dh_unlimited=unlimited),
        )
        await obico.poll()
        assert state_of(obico, "sensor.detection_hours").state == shown
        fault.remove()


async def test_what_the_account_shows_follows_the_server(obico: Obico) -> None:
    obico.account.is_pro = False
    obico.account.unseen_printer_events = 7
    await obico.poll()
    assert state_of(obico, "binary_sensor.pro").state == "off"
    assert state_of(obico, "sensor.unseen_events").state == "7"
    obico.account.open_event_list()
    await obico.poll()
    assert state_of(obico, "sensor.unseen_events").state == "0"


async def test_the_tunnel_is_not_asked_about_unless_somebody_wants_to_know(
    obico: Obico,
) -> None:
    for _ in range(3):
        await obico.poll()
    assert obico.server.requests.matching(TUNNEL) == []


async def test_the_tunnel_is_asked_about_once_an_hour(
    all_enabled: Obico, monkeypatch: pytest.MonkeyPatch
) -> None:
    obico, ahead = all_enabled, 0.0
    real = obico.hass.loop.time
    monkeypatch.setattr(obico.hass.loop, "time", lambda: real() + ahead)
    obico.account.tunnel_usage = 12_500_000
    for _ in range(3):
        await obico.poll()
    state = state_of(obico, "sensor.tunnel_usage")
    assert (state.state, state.attributes["unit_of_measurement"]) == ("12.5", "MB")
    assert len(obico.server.requests.matching(TUNNEL)) == 1
    ahead = 3700.0
    obico.account.tunnel_usage = 25_000_000
    await obico.poll()
    assert state_of(obico, "sensor.tunnel_usage").state == "25.0"
    assert len(obico.server.requests.matching(TUNNEL)) == 2


async def test_a_server_that_knows_of_no_tunnel_harms_nothing_else(
    all_enabled: Obico, printer: Printer
) -> None:
    obico = all_enabled
    obico.server.faults.answer(TUNNEL, 404, {})
    for _ in range(3):
        await obico.poll()
    assert state_of(obico, "sensor.tunnel_usage").state == STATE_UNKNOWN
    assert obico.value(printer, "sensor.status") == "idle"
    assert len(obico.server.requests.matching(TUNNEL)) == 1


async def test_two_accounts_do_not_collide(
    obico: Obico, server: ObicoServer, printer: Printer
) -> None:
    other = server.add_account(email="other@example.com")
    theirs = other.add_printer("Prusa MK4", agent="octoprint")
    second = await set_up(obico.hass, server, other)
    other.is_pro = False
    await second.poll()
    assert state_of(obico, "binary_sensor.pro").state == "on"
    assert state_of(second, "binary_sensor.pro").state == "off"
    assert obico.value(printer, "sensor.status") == "idle"
    assert second.value(theirs, "sensor.status") == "idle"
