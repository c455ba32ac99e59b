"""Agents that freeze or vanish, and printers that are put away, deleted and made anew."""

import pytest

from dev import CUBE, Account, Printer
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryDisabler
from homeassistant.const import CONF_ACCESS_TOKEN, STATE_UNAVAILABLE
from homeassistant.helpers import entity_registry as er
from tests.integration.push.support import (
    EVENTS,
    PRINTERS,
    Prepared,
    assert_nothing_left,
    connects,
)
from tests.integration.support import Json, Obico, states_written
from tests.timelapse import Timelapse

from .support import RECONCILE_SECONDS, Ledger, live, recover


@pytest.fixture
def other(account: Account, printer: Printer) -> Printer:
    """Give a second printer, which is there when the account is set up."""
    return account.add_printer("Voron", agent="klipper")


async def test_an_agent_that_freezes_is_offline_until_it_thaws(
    obico: Obico, printer: Printer, timelapse: Timelapse, ledger: Ledger
) -> None:
    await live(obico, printer, timelapse)
    written = states_written(obico.hass)
    printer.agent.freeze()
    await timelapse.pass_time(40)
    assert obico.value(printer, "sensor.status") == "offline"
    assert obico.value(printer, "sensor.tool0_temperature") == STATE_UNAVAILABLE
    assert obico.value(printer, "switch.watching_enabled") == "on"
    await timelapse.pass_time(600, step=10)
    printer.agent.thaw()
    await recover(obico, printer, timelapse, ledger)
    assert [
        state.state
        for state in written()
        if state.entity_id == obico.entity_id(printer, "sensor.status")
    ] == ["offline", "idle", "starting", "heating"]


async def test_an_agent_that_dies_in_mid_print_ends_it_when_it_is_back(
    obico: Obico, printer: Printer, timelapse: Timelapse, ledger: Ledger
) -> None:
    await live(obico, printer, timelapse)
    printer.agent.start_print(CUBE)
    await timelapse.pass_time(60)
    printer.agent.kill()
    await timelapse.pass_time(60)
    assert obico.value(printer, "sensor.status") == "offline"
    assert obico.value(printer, "sensor.file") == CUBE.name
    printer.agent.come_online()
    await recover(obico, printer, timelapse, ledger)


async def test_a_printer_that_is_archived_goes_and_comes_back_without_old_news(
    other: Printer, obico: Obico, printer: Printer, timelapse: Timelapse, ledger: Ledger
) -> None:
    printer.archive()
    await timelapse.pass_time(RECONCILE_SECONDS)
    assert obico.device(printer) is None
    assert len(obico.server.sockets) == 1
    obico.server.requests.clear()

    # What happens to it meanwhile is nobody's business.
    obico.server.add_event(printer, "PRINTER_ERROR")
    obico.server.add_event(other, "PAUSED")
    obico.server.add_event(printer, "FILAMENT_CHANGE")
    await timelapse.pass_time(RECONCILE_SECONDS)
    assert [ledger.printer_of[event] for event in ledger.fired] == [other.id]
    assert connects(obico) == 0

    printer.unarchive()
    await timelapse.pass_time(RECONCILE_SECONDS)
    assert obico.value(printer, "sensor.status") == "idle"
    assert len(obico.server.sockets) == 2
    assert len(ledger.fired) == 1

    ledger.created = list(ledger.fired)
    await live(obico, printer, timelapse)
    await recover(obico, printer, timelapse, ledger)


async def test_a_printer_that_is_deleted_and_added_again_is_a_new_one(
    other: Printer, obico: Obico, printer: Printer, timelapse: Timelapse, ledger: Ledger
) -> None:
    await live(obico, other, timelapse)
    printer.delete()
    await timelapse.pass_time(RECONCILE_SECONDS)
    assert obico.device(printer) is None

    again = obico.account.add_printer("Prusa MK4", agent="octoprint")
    # It prints before any poll has brought it.
    again.agent.start_print(CUBE)
    other.agent.start_print(CUBE)
    await timelapse.pass_time(4, step=1)
    other.agent.cancel()
    again.agent.cancel()
    await timelapse.pass_time(80)
    assert obico.device(again) is not None
    assert obico.value(again, "sensor.status") == "idle"
    assert sorted(ledger.fired) == ledger.created
    for each in (again, other):
        ids = [event for event in ledger.fired if ledger.printer_of[event] == each.id]
        assert ids == sorted(ids)

    ledger.fired.clear()
    ledger.created.clear()
    await live(obico, again, timelapse)
    await recover(obico, again, timelapse, ledger)


async def test_a_token_that_is_reset_again_and_again_is_followed(
    obico: Obico, printer: Printer, timelapse: Timelapse, ledger: Ledger
) -> None:
    for _ in range(3):
        printer.reset_token()
        await obico.server.sockets.close_all()
        await live(obico, printer, timelapse)
        assert ledger.is_balanced
    await recover(obico, printer, timelapse, ledger)


async def test_a_list_that_forgets_a_printer_for_once_takes_nothing_away(
    obico: Obico, printer: Printer, timelapse: Timelapse, ledger: Ledger
) -> None:
    written = states_written(obico.hass)
    obico.server.faults.change("/api/v1/printers/", lambda _: [])
    await live(obico, printer, timelapse)
    assert STATE_UNAVAILABLE not in {state.state for state in written()}
    assert len(obico.server.sockets) == 1
    obico.server.faults.clear()
    await recover(obico, printer, timelapse, ledger)


@pytest.mark.parametrize("is_push_lost", [False, True])
async def test_an_access_token_that_is_revoked_and_renewed_loses_no_event(
    obico: Obico,
    printer: Printer,
    timelapse: Timelapse,
    ledger: Ledger,
    is_push_lost: bool,
) -> None:
    obico.account.revoke_token()
    if is_push_lost:
        await obico.server.sockets.close_all()
    await timelapse.pass_time(65)
    assert obico.value(printer, "sensor.status") == STATE_UNAVAILABLE
    await live(obico, printer, timelapse)
    # It takes the user a while.
    await timelapse.pass_time(900, step=10)
    assert ledger.fired == []

    flows = obico.hass.config_entries.flow
    [flow] = flows.async_progress_by_handler("obico")
    assert flow["context"]["source"] == SOURCE_REAUTH
    result = await flows.async_configure(
        flow["flow_id"], {"next_step_id": CONF_ACCESS_TOKEN}
    )
    result = await flows.async_configure(
        result["flow_id"], {CONF_ACCESS_TOKEN: obico.account.issue_token()}
    )
    assert result["reason"] == "reauth_successful"
    await recover(obico, printer, timelapse, ledger)


async def test_events_that_wait_for_a_new_printer_outlast_a_reload(
    obico: Obico, printer: Printer, timelapse: Timelapse, ledger: Ledger
) -> None:
    new = obico.account.add_printer("Voron", agent="klipper")
    obico.server.add_event(new, "PRINTER_ERROR")
    # Something about another printer has them fetched before any poll knows the new one.
    obico.server.faults.html(PRINTERS, 500)
    printer.agent.start_print(CUBE)
    await timelapse.pass_time(3, step=1)
    assert [ledger.printer_of[event] for event in ledger.fired] == [printer.id]
    obico.server.faults.clear()
    assert await obico.hass.config_entries.async_reload(obico.entry.entry_id)
    await timelapse.pass_time(5)
    assert sorted(ledger.fired) == ledger.created
    assert obico.value(new, "sensor.status") == "idle"


async def test_however_many_events_wait_for_a_new_printer_all_of_them_fire(
    obico: Obico, timelapse: Timelapse, ledger: Ledger
) -> None:
    obico.server.faults.html(PRINTERS, 500)
    new = obico.account.add_printer("Voron", agent="klipper")
    for _ in range(10):
        for _ in range(60):
            obico.server.add_event(new, "PRINTER_ERROR")
        await timelapse.pass_time(600, step=60)
    assert ledger.fired == []
    obico.server.faults.clear()
    await timelapse.pass_until(lambda: ledger.fired, within=90)
    assert ledger.is_balanced


async def test_what_waited_for_a_printer_that_comes_disabled_is_no_news_later(
    obico: Obico, printer: Printer, timelapse: Timelapse, ledger: Ledger
) -> None:
    entries = obico.hass.config_entries
    entries.async_update_entry(obico.entry, pref_disable_new_entities=True)
    new = obico.account.add_printer("Voron", agent="klipper")
    old_news = obico.server.add_event(new, "PRINTER_ERROR")
    # Something about another printer has it fetched before any poll knows the new one.
    printer.agent.start_print(CUBE)
    await timelapse.pass_time(130)
    er.async_get(obico.hass).async_update_entity(
        obico.entity_id(new, "event.printer_event"), disabled_by=None
    )
    assert await entries.async_reload(obico.entry.entry_id)
    await timelapse.pass_time(RECONCILE_SECONDS)
    assert old_news.id not in ledger.fired
    news = obico.server.add_event(new, "PRINTER_ERROR")
    await timelapse.pass_time(RECONCILE_SECONDS)
    assert news.id in ledger.fired


async def test_an_event_of_a_new_printer_has_it_asked_for(
    obico: Obico, printer: Printer, timelapse: Timelapse, ledger: Ledger
) -> None:
    """Also where somebody has turned the poll off."""
    entries = obico.hass.config_entries
    entries.async_update_entry(obico.entry, pref_disable_polling=True)
    assert await entries.async_reload(obico.entry.entry_id)
    new = obico.account.add_printer("Voron", agent="klipper")
    news = obico.server.add_event(new, "FAILURE_ALERTED")
    await timelapse.pass_time(630, step=30)
    assert news.id in ledger.fired


async def test_a_row_that_cannot_be_read_takes_no_event_of_its_printer(
    obico: Obico, printer: Printer, timelapse: Timelapse, ledger: Ledger
) -> None:
    server = obico.server

    def break_row(rows: Json) -> Json:
        return [row | {"id": "broken"} for row in rows]

    server.faults.change(PRINTERS, break_row)
    assert await obico.hass.config_entries.async_reload(obico.entry.entry_id)
    news = server.add_event(printer, "FAILURE_ALERTED")
    await timelapse.pass_time(700, step=10)
    assert ledger.fired == []
    server.faults.clear()
    await timelapse.pass_time(70)
    assert ledger.fired == [news.id]


@pytest.mark.parametrize("is_down", [False, True])
async def test_what_happens_while_an_account_is_disabled_is_no_news_later(
    obico: Obico, printer: Printer, timelapse: Timelapse, ledger: Ledger, is_down: bool
) -> None:
    entries = obico.hass.config_entries
    if is_down:
        obico.server.faults.html(PRINTERS, 500)
        assert not await entries.async_reload(obico.entry.entry_id)
    await entries.async_set_disabled_by(obico.entry.entry_id, ConfigEntryDisabler.USER)
    obico.server.faults.clear()
    old_news = obico.server.add_event(printer, "FAILURE_ALERTED")
    await timelapse.pass_time(3600, step=60)
    assert await entries.async_set_disabled_by(obico.entry.entry_id, None)
    await timelapse.pass_time(RECONCILE_SECONDS)
    assert old_news.id not in ledger.fired
    news = obico.server.add_event(printer, "PRINTER_ERROR")
    await timelapse.pass_time(RECONCILE_SECONDS)
    assert ledger.fired == [news.id]


async def test_a_server_that_is_restored_from_a_backup_is_listened_to_at_once(
    obico: Obico, printer: Printer, timelapse: Timelapse, ledger: Ledger
) -> None:
    """Its events begin again below those that were there before."""
    server = obico.server
    backup = server.add_event(printer, "PRINTER_ERROR").id
    for _ in range(60):
        server.add_event(printer, "FAILURE_ALERTED")
        await timelapse.pass_time(5)
    await timelapse.pass_time(120)
    before = [*ledger.fired]
    assert len(before) == 61

    server.restore_events(backup)
    await timelapse.pass_time(700, step=10)
    assert ledger.fired == before
    for _ in range(2):
        server.add_event(printer, "FAILURE_ALERTED")
        await timelapse.pass_time(120)
    assert ledger.fired[len(before) :] == [backup + 1, backup + 2]
    assert obico.value(printer, "image.failure_snapshot") != STATE_UNAVAILABLE


async def test_an_alert_before_the_first_sight_of_the_events_is_news(
    prepared: Prepared, printer: Printer, timelapse: Timelapse
) -> None:
    old_news = prepared.server.add_event(printer, "FAILURE_ALERTED")
    await timelapse.pass_time(5)
    ledger = Ledger(prepared.hass, prepared.server)
    prepared.server.faults.html(EVENTS, 502)
    obico = await prepared.follow()
    await timelapse.pass_time(300)
    news = obico.server.add_event(printer, "FAILURE_ALERTED")
    await timelapse.pass_time(60)
    obico.server.faults.clear()
    await timelapse.pass_time(90)
    assert ledger.fired == [news.id]
    assert old_news.id not in ledger.fired
    await assert_nothing_left(obico, timelapse)
