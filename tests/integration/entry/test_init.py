"""Setting up, failing, coming back, and leaving nothing behind."""

from collections.abc import Callable
import gc
import logging
from typing import Any

import aiohttp
from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.obico.const import DOMAIN
from dev import SHORT, Account, Clock, ObicoServer, Printer
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import (
    CONF_ACCESS_TOKEN,
    EVENT_HOMEASSISTANT_FINAL_WRITE,
    STATE_UNAVAILABLE,
)
from homeassistant.core import HomeAssistant
from homeassistant.util.async_ import get_scheduled_timer_handles
from tests.integration.support import API, Json, Obico, set_up, settle, states_written

PRINTERS = f"{API}printers/"
USER = f"{API}users/me/"

type Break = Callable[[ObicoServer], object]


def messages(caplog: pytest.LogCaptureFixture, level: int) -> list[str]:
    """Return what the polling told whoever reads the log."""
    return [
        record.getMessage()
        for record in caplog.records
        if record.name == "custom_components.obico.coordinator"
        and record.levelno == level
    ]


def traces(hass: HomeAssistant) -> dict[str, Any]:
    """Return what must not stay behind."""
    gc.collect()
    listeners = dict(hass.bus.async_listeners())
    # Home Assistant's own files wait for it until they are written, which takes what it takes.
    listeners.pop(EVENT_HOMEASSISTANT_FINAL_WRITE, None)
    return {
        "listeners": listeners,
        "tasks": set(hass._tasks | hass._background_tasks),
        "timers": sum(
            not handle.cancelled() and "obico" in repr(handle)
            for handle in get_scheduled_timer_handles(hass.loop)
        ),
        "sessions": sum(
            isinstance(thing, aiohttp.ClientSession) and not thing.closed
            for thing in gc.get_objects()
        ),
    }


async def test_unloading_leaves_nothing_behind(obico: Obico) -> None:
    await obico.unload()
    before = traces(obico.hass)
    await obico.set_up()
    assert traces(obico.hass) != before
    await obico.reload()
    await obico.unload()
    assert obico.entry.state is ConfigEntryState.NOT_LOADED
    assert traces(obico.hass) == before


async def test_nothing_is_asked_after_unloading(obico: Obico) -> None:
    await obico.unload()
    obico.server.requests.clear()
    await obico.pass_time(3600)
    assert len(obico.server.requests) == 0


async def test_entities_are_back_after_a_reload(obico: Obico, printer: Printer) -> None:
    await obico.unload()
    assert obico.value(printer, "sensor.status") == STATE_UNAVAILABLE
    await obico.set_up()
    assert obico.value(printer, "sensor.status") == "idle"


async def test_removing_an_account_deletes_what_was_stored(
    obico: Obico, hass_storage: dict[str, Any]
) -> None:
    key = f"{DOMAIN}.{obico.entry.entry_id}"
    assert key in hass_storage
    await obico.hass.config_entries.async_remove(obico.entry.entry_id)
    await settle(obico.hass)
    assert key not in hass_storage


async def test_a_server_that_is_down_at_the_start_is_tried_again(
    hass: HomeAssistant, server: ObicoServer, account: Account, printer: Printer
) -> None:
    await server.refuse_connections()
    obico = await set_up(hass, server, account)
    assert obico.entry.state is ConfigEntryState.SETUP_RETRY
    assert obico.entry.error_reason_translation_key == "cannot_connect"
    await server.accept_connections()
    await obico.pass_time(600)
    assert obico.value(printer, "sensor.status") == "idle"


@pytest.mark.parametrize("path", [PRINTERS, USER])
async def test_a_server_that_answers_nonsense_at_the_start_is_tried_again(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    printer: Printer,
    path: str,
) -> None:
    server.faults.html(path, 200)
    obico = await set_up(hass, server, account)
    assert obico.entry.state is ConfigEntryState.SETUP_RETRY
    assert obico.entry.error_reason_translation_key == "proxy_in_front"
    server.faults.clear()
    await obico.pass_time(600)
    assert obico.value(printer, "sensor.status") == "idle"


async def test_a_wrong_token_at_the_start_asks_for_another(
    hass: HomeAssistant, server: ObicoServer, account: Account
) -> None:
    obico = await set_up(hass, server, account, **{CONF_ACCESS_TOKEN: "wrong"})
    assert obico.entry.state is ConfigEntryState.SETUP_ERROR
    assert obico.entry.error_reason_translation_key == "authentication_failed"
    (flow,) = hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == "reauth"
    assert flow["context"]["entry_id"] == obico.entry.entry_id


async def test_a_token_revoked_while_running_is_replaced_and_nothing_is_lost(
    frozen: FrozenDateTimeFactory, obico: Obico, printer: Printer
) -> None:
    hass, server = obico.hass, obico.server
    event_entity = obico.entity_id(printer, "event.printer_event")
    written = states_written(hass, event_entity)
    obico.account.revoke_token()
    await obico.poll()
    assert obico.value(printer, "sensor.status") == STATE_UNAVAILABLE
    assert obico.value(printer, "event.printer_event") != STATE_UNAVAILABLE
    (flow,) = hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == "reauth"

    printer.agent.start_print(SHORT)
    await server.advance(3600)
    frozen.tick(3600)
    expected = sorted(server.events)
    assert len(expected) == 2
    for answers in (
        {"next_step_id": "access_token"},
        {CONF_ACCESS_TOKEN: obico.account.issue_token()},
    ):
        await hass.config_entries.flow.async_configure(flow["flow_id"], answers)
    await settle(hass)
    assert obico.entry.state is ConfigEntryState.LOADED
    assert obico.value(printer, "sensor.status") == "idle"
    assert [
        state.attributes["event_id"]
        for state in written()
        if state.attributes.get("event_id") is not None
        and state.state != STATE_UNAVAILABLE
    ] == expected


async def test_a_server_that_goes_down_is_reported_once_and_once_when_it_is_back(
    obico: Obico, printer: Printer, caplog: pytest.LogCaptureFixture
) -> None:
    await obico.server.refuse_connections()
    for _ in range(3):
        await obico.poll()
        assert obico.value(printer, "sensor.status") == STATE_UNAVAILABLE
        assert obico.value(printer, "binary_sensor.online") == STATE_UNAVAILABLE
        assert obico.value(printer, "switch.watching_enabled") == STATE_UNAVAILABLE
        assert obico.value(printer, "event.printer_event") != STATE_UNAVAILABLE
    (message,) = messages(caplog, logging.ERROR)
    assert message == (
        "Error fetching obico data: The Obico server does not answer. Check that it is "
        "running and reachable from Home Assistant"
    )
    await obico.server.accept_connections()
    for _ in range(3):
        await obico.poll()
        assert obico.value(printer, "sensor.status") == "idle"
    assert len(messages(caplog, logging.ERROR)) == 1
    assert messages(caplog, logging.INFO) == ["Fetching obico data recovered"]


@pytest.mark.parametrize(
    ("break_it", "message"),
    [
        (
            lambda s: s.faults.html(PRINTERS, 500),
            "The Obico server reports an internal error (500)",
        ),
        (
            lambda s: s.faults.html(PRINTERS, 502),
            "The Obico server reports an internal error (502)",
        ),
        (
            lambda s: s.faults.answer(PRINTERS, 429, {}),
            "The Obico server asks to wait 60 seconds",
        ),
        (
            lambda s: s.faults.truncate(PRINTERS),
            "The Obico server does not answer",
        ),
        (
            lambda s: s.faults.reset(PRINTERS),
            "The Obico server does not answer",
        ),
        (
            lambda s: s.faults.answer(PRINTERS, 200, {"printers": []}),
            "The Obico server's answer cannot be understood",
        ),
        (
            lambda s: s.faults.answer(PRINTERS, 200, b'[{"id": 1, "na'),
            "The Obico server's answer cannot be understood",
        ),
        (
            lambda s: s.faults.html(PRINTERS, 200),
            "Something in front of the Obico server answered instead of it",
        ),
        (
            lambda s: s.faults.redirect(PRINTERS, "https://elsewhere.example/"),
            "The Obico server sends requests on to https://elsewhere.example. ",
        ),
        (
            lambda s: s.faults.redirect(PRINTERS, "/accounts/login/"),
            "The Obico server's answer cannot be understood",
        ),
        (
            lambda s: s.faults.answer(PRINTERS, 404, {}),
            "The Obico server no longer has this",
        ),
        (
            lambda s: s.faults.answer(USER, 429, {}),
            "The Obico server asks to wait 60 seconds",
        ),
    ],
)
async def test_each_kind_of_trouble_is_explained_and_passes(
    obico: Obico,
    printer: Printer,
    caplog: pytest.LogCaptureFixture,
    break_it: Break,
    message: str,
) -> None:
    break_it(obico.server)
    await obico.poll()
    assert obico.value(printer, "sensor.status") == STATE_UNAVAILABLE
    (logged,) = messages(caplog, logging.ERROR)
    assert logged.startswith(f"Error fetching obico data: {message}")
    assert obico.entry.state is ConfigEntryState.LOADED
    obico.server.faults.clear()
    await obico.poll()
    assert obico.value(printer, "sensor.status") == "idle"


async def test_a_server_that_asks_for_patience_is_given_it(
    obico: Obico, printer: Printer
) -> None:
    requests = obico.server.requests
    obico.server.faults.answer(
        PRINTERS, 429, {}, headers={"Retry-After": "300"}, times=1
    )
    await obico.poll()
    requests.clear()
    await obico.pass_time(290)
    assert requests.matching(PRINTERS) == []
    await obico.pass_time(301)
    assert len(requests.matching(PRINTERS)) == 1
    assert obico.value(printer, "sensor.status") == "idle"


async def test_a_server_that_asks_for_no_patience_is_not_hammered(
    obico: Obico, printer: Printer
) -> None:
    requests = obico.server.requests
    obico.server.faults.answer(PRINTERS, 429, {}, headers={"Retry-After": "0"})
    await obico.poll()
    requests.clear()
    await obico.pass_time(20)
    assert requests.matching(PRINTERS) == []
    obico.server.faults.clear()
    await obico.poll()
    assert obico.value(printer, "sensor.status") == "idle"


@pytest.mark.parametrize(
    "break_it",
    [
        lambda s: s.faults.html(USER, 500),
        lambda s: s.faults.html(USER, 200),
        lambda s: s.faults.answer(USER, 404, {}),
        lambda s: s.faults.answer(USER, 200, []),
        lambda s: s.faults.truncate(USER),
        lambda s: s.faults.reset(USER),
    ],
)
async def test_printers_stay_fresh_while_only_the_user_cannot_be_had(
    obico: Obico, printer: Printer, break_it: Break
) -> None:
    break_it(obico.server)
    printer.agent.go_offline()
    await obico.poll()
    assert obico.value(printer, "sensor.status") == "offline"


@pytest.mark.parametrize("broken", ["nonsense", {"id": None}, {"name": "no id"}, [1]])
async def test_a_broken_row_harms_neither_its_neighbours_nor_its_printer(
    obico: Obico, printer: Printer, broken: Json
) -> None:
    neighbour = await obico.add_printer("Voron", agent="klipper")

    def break_row(rows: Json) -> Json:
        return [broken if row["id"] == printer.id else row for row in rows]

    obico.server.faults.change(PRINTERS, break_row)
    # Nobody asks then whether it is gone.
    obico.server.faults.answer(f"{PRINTERS}{printer.id}/", 404, {})
    printer.agent.go_offline()
    neighbour.agent.go_offline()
    await obico.poll()
    assert obico.value(neighbour, "sensor.status") == "offline"
    assert obico.value(printer, "sensor.status") == "idle"
    assert obico.device(printer) is not None
    obico.server.faults.clear()
    await obico.poll()
    assert obico.value(printer, "sensor.status") == "offline"


async def test_a_row_broken_from_the_start_is_taken_up_when_it_is_mended(
    hass: HomeAssistant, server: ObicoServer, account: Account, printer: Printer
) -> None:
    fault = server.faults.change(PRINTERS, lambda _: [{"id": "broken"}])
    obico = await set_up(hass, server, account)
    assert obico.entry.state is ConfigEntryState.LOADED
    assert obico.find_entity_id(printer, "sensor.status") is None
    fault.remove()
    await obico.poll()
    assert obico.value(printer, "sensor.status") == "idle"


async def test_two_servers_with_the_same_ids_live_side_by_side(
    hass: HomeAssistant, obico: Obico, printer: Printer
) -> None:
    server = ObicoServer(clock=Clock(), seed=7)
    server.sockets.blocked = True
    await server.start()
    try:
        other_account = server.add_account(
            email="club@example.com", date_joined=Clock(offset=-7).now()
        )
        twin = other_account.add_printer("Prusa MK4", agent="octoprint")
        other = await set_up(hass, server, other_account)
        assert (twin.id, other_account.id) == (printer.id, obico.account.id)
        assert other.entry.unique_id != obico.entry.unique_id

        twin.agent.disconnect()
        await obico.poll()
        assert obico.value(printer, "sensor.status") == "idle"
        assert other.value(twin, "sensor.status") == "disconnected"
        first, second = obico.device(printer), other.device(twin)
        assert first is not None
        assert second is not None
        assert first.id != second.id

        await other.unload()
        assert obico.value(printer, "sensor.status") == "idle"
    finally:
        await hass.config_entries.async_remove(other.entry.entry_id)
        await server.stop()
