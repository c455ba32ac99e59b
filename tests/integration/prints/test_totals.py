"""Sums over all prints of a printer, prints to judge, and when detection hours run out."""

from datetime import datetime, timedelta

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from dev import MEDIUM, Account, ObicoServer, Printer
from dev.server.model import PrintShotFeedback
from homeassistant.const import STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity import Entity
from homeassistant.util import dt as dt_util
from tests.integration.support import API, Obico, set_up, settle

from .past import printed

PRINTS = f"{API}prints/"
TOTALS = ("total_prints", "total_print_time", "total_filament", "success_rate")


@pytest.fixture
async def enabled(
    monkeypatch: pytest.MonkeyPatch,
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    printer: Printer,
) -> Obico:
    """Give the account, set up with all of its entities after a past."""
    monkeypatch.setattr(Entity, "entity_registry_enabled_default", True)
    now = server.clock.now()
    printed(printer, now - timedelta(days=400), seconds=7200)
    printed(printer, now - timedelta(days=2), finished=False)
    failed = printed(printer, now - timedelta(days=1))
    failed.alert_overwrite = "FAILED"
    printed(printer, now - timedelta(hours=5), filament=None)
    obico = await set_up(hass, server, account)
    await refresh(obico)
    return obico


async def refresh(obico: Obico, seconds: float = 6) -> None:
    """Let the prints be requested that may be new."""
    async_fire_time_changed(obico.hass, dt_util.utcnow() + timedelta(seconds=seconds))
    await settle(obico.hass)


def account_value(obico: Obico, key: str) -> str:
    """Return what an entity of the account shows."""
    entity_id = er.async_get(obico.hass).async_get_entity_id(
        "sensor", "obico", f"{obico.entry.unique_id}_{key}"
    )
    assert entity_id is not None
    state = obico.hass.states.get(entity_id)
    assert state is not None
    return state.state


async def test_all_prints_are_summed_up(enabled: Obico, printer: Printer) -> None:
    shown = [enabled.value(printer, f"sensor.{key}") for key in TOTALS]
    assert shown == ["4", "5.0", "7.5", "50.0"]
    state = enabled.state(printer, "sensor.total_print_time")
    assert state.attributes["unit_of_measurement"] == "h"
    other = await enabled.add_printer("Ender 3")
    shown = [enabled.value(other, f"sensor.{key}") for key in TOTALS]
    assert shown == ["0", "0.0", "0.0", STATE_UNKNOWN]


async def test_a_print_is_counted_when_it_has_ended(
    enabled: Obico, printer: Printer
) -> None:
    printer.begin_print("new.gcode")
    await enabled.poll()
    await refresh(enabled)
    assert enabled.value(printer, "sensor.total_prints") == "4"
    await enabled.server.advance(60)
    printer.end_print(finished=True)
    await enabled.poll()
    await refresh(enabled)
    assert enabled.value(printer, "sensor.total_prints") == "5"


async def test_what_was_deleted_elsewhere_is_not_counted_any_more(
    enabled: Obico, printer: Printer
) -> None:
    oldest = min(enabled.server.prints)
    enabled.server.delete_prints({oldest})
    enabled.entry.runtime_data.archive._due = 0.0
    await refresh(enabled, 3700)
    assert enabled.value(printer, "sensor.total_prints") == "3"


async def test_without_a_listener_nothing_is_requested(
    obico: Obico, printer: Printer
) -> None:
    obico.server.requests.clear()
    await obico.poll()
    await refresh(obico, 7200)
    assert obico.server.requests.matching(PRINTS) == []


async def test_a_server_that_fails_is_asked_again(
    monkeypatch: pytest.MonkeyPatch,
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    printer: Printer,
) -> None:
    monkeypatch.setattr(Entity, "entity_registry_enabled_default", True)
    fault = server.faults.html(PRINTS, 500)
    obico = await set_up(hass, server, account)
    await refresh(obico)
    assert obico.value(printer, "sensor.total_prints") == STATE_UNKNOWN
    fault.remove()
    await refresh(obico)
    assert obico.value(printer, "sensor.total_prints") == "0"


async def test_prints_to_judge_are_counted(enabled: Obico, printer: Printer) -> None:
    assert account_value(enabled, "prints_to_judge") == "0"
    now = enabled.server.clock.now()
    job = printed(printer, now - timedelta(days=3))
    job.need_alert_overwrite = True
    framed = printed(printer, now - timedelta(days=4))
    framed.need_print_shot_feedback = True
    framed.shots = [PrintShotFeedback(id=1, print_id=framed.id, image_url="")]
    old = printed(printer, now - timedelta(days=40))
    old.need_alert_overwrite = True
    enabled.entry.runtime_data.archive._due = 0.0
    await refresh(enabled, 3700)
    assert account_value(enabled, "prints_to_judge") == "2"
    device = enabled.device(printer)
    assert device is not None
    await enabled.hass.services.async_call(
        "obico",
        "judge_print",
        {"device_id": device.id, "print_id": job.id, "verdict": "failed"},
        blocking=True,
    )
    assert account_value(enabled, "prints_to_judge") == "1"


async def test_the_hours_run_out_if_what_is_watched_goes_on(
    enabled: Obico, printer: Printer, account: Account, frozen: FrozenDateTimeFactory
) -> None:
    assert account_value(enabled, "detection_hours_end") == STATE_UNKNOWN
    account.dh_balance = 3.0
    printer.agent.start_print(MEDIUM)
    await enabled.advance(frozen, 60)
    await enabled.advance(frozen, 10)
    end = datetime.fromisoformat(account_value(enabled, "detection_hours_end"))
    assert abs(end - dt_util.utcnow() - timedelta(hours=3)) < timedelta(minutes=5)
    await enabled.advance(frozen, 400)
    assert account_value(enabled, "detection_hours_end") == STATE_UNKNOWN
