"""Turning settings on and off."""

import asyncio
from collections.abc import Callable

import pytest

from dev import LONG, ObicoServer, Printer
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.exceptions import HomeAssistantError
from tests.integration.support import API, Obico, load_capture

# Also what a user has to enable.
pytestmark = pytest.mark.usefixtures("all_enabled")

type Break = Callable[[ObicoServer], object]

WATCHING = "switch.watching_enabled"
PRINTER = f"{API}printers/*/"


async def turn(obico: Obico, printer: Printer, service: str, key: str) -> None:
    """Turn a switch on or off, and wait until that is done."""
    await obico.hass.services.async_call(
        "switch",
        service,
        {"entity_id": obico.entity_id(printer, key)},
        blocking=True,
    )


@pytest.mark.parametrize(
    "setting", ["watching_enabled", "tools_off_on_pause", "bed_off_on_pause"]
)
async def test_a_setting_is_turned_off_and_on_again(
    obico: Obico, printer: Printer, setting: str
) -> None:
    key = f"switch.{setting}"
    for service, value, state in (
        ("turn_off", False, "off"),
        ("turn_on", True, "on"),
        ("turn_off", False, "off"),
    ):
        await turn(obico, printer, service, key)
        assert printer.columns[setting] is value
        assert obico.value(printer, key) == state
        await obico.poll()
        assert obico.value(printer, key) == state


async def test_the_answer_shows_at_once_in_all_that_depends_on_it(
    obico: Obico, printer: Printer
) -> None:
    await turn(obico, printer, "turn_off", WATCHING)
    assert obico.value(printer, "sensor.not_watching_reason") == "disabled"


async def test_what_is_changed_elsewhere_shows_with_the_next_poll(
    obico: Obico, printer: Printer
) -> None:
    printer.update({"watching_enabled": False})
    await obico.poll()
    assert obico.value(printer, WATCHING) == "off"


async def test_a_setting_can_be_changed_while_the_printer_is_off(
    obico: Obico, printer: Printer
) -> None:
    printer.agent.go_offline()
    await obico.poll()
    await turn(obico, printer, "turn_off", WATCHING)
    assert printer.columns["watching_enabled"] is False
    assert obico.value(printer, WATCHING) == "off"


async def test_a_setting_that_the_server_does_not_tell_is_unknown(
    obico: Obico, printer: Printer
) -> None:
    obico.server.faults.change(
        f"{API}printers/",
        lambda _: [load_capture("printer_idle") | {"watching_enabled": "maybe"}],
    )
    await obico.poll()
    assert obico.value(printer, WATCHING) == "unknown"


@pytest.mark.parametrize(
    ("break_it", "key"),
    [
        (lambda s: s.faults.html(PRINTER, 500), "server_error"),
        (lambda s: s.faults.answer(PRINTER, 429, {}), "rate_limited"),
        (lambda s: s.faults.answer(PRINTER, 404, {}), "not_found"),
        (lambda s: s.faults.html(PRINTER, 200), "proxy_in_front"),
        (lambda s: s.faults.answer(PRINTER, 200, {"succeeded": False}), "bad_answer"),
        (lambda s: s.faults.truncate(PRINTER), "cannot_connect"),
        (lambda s: s.faults.reset(PRINTER), "cannot_connect"),
    ],
)
async def test_what_fails_is_explained_and_changes_nothing_shown(
    obico: Obico, printer: Printer, break_it: Break, key: str
) -> None:
    break_it(obico.server)
    with pytest.raises(HomeAssistantError) as caught:
        await turn(obico, printer, "turn_off", WATCHING)
    assert caught.value.translation_domain == "obico"
    assert caught.value.translation_key == key
    assert "the Obico server" in str(caught.value).replace("The", "the")
    assert "{" not in str(caught.value)
    assert obico.value(printer, WATCHING) == "on"
    obico.server.faults.clear()
    await turn(obico, printer, "turn_off", WATCHING)
    assert obico.value(printer, WATCHING) == "off"


async def test_a_server_that_is_down_is_said_to_be(
    obico: Obico, printer: Printer
) -> None:
    await obico.server.refuse_connections()
    with pytest.raises(HomeAssistantError) as caught:
        await turn(obico, printer, "turn_off", WATCHING)
    assert caught.value.translation_key == "cannot_connect"
    await obico.poll()
    assert obico.value(printer, WATCHING) == STATE_UNAVAILABLE


async def test_a_refused_token_has_the_user_sign_in_again(
    obico: Obico, printer: Printer
) -> None:
    obico.account.revoke_token()
    with pytest.raises(HomeAssistantError) as caught:
        await turn(obico, printer, "turn_off", WATCHING)
    assert caught.value.translation_key == "authentication_failed"
    await obico.hass.async_block_till_done()
    (flow,) = obico.hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == "reauth"


@pytest.mark.parametrize("path", [f"{API}printers/", f"{API}users/me/"])
@pytest.mark.parametrize(
    ("key", "service", "state"),
    [(WATCHING, "turn_off", "off"), ("switch.alerts_muted", "turn_on", "on")],
)
async def test_a_poll_that_began_earlier_does_not_turn_it_back(
    obico: Obico, printer: Printer, path: str, key: str, service: str, state: str
) -> None:
    """The list was answered before the change, and arrives after it."""
    printer.agent.start_print(LONG)
    await obico.poll(after=20)
    assert obico.value(printer, key) != state
    arrive = asyncio.Event()
    fault = obico.server.faults.delay(path, arrive, after=True, method="GET")
    polling = obico.hass.async_create_task(obico.poll())
    while not fault.hits:
        await asyncio.sleep(0)
    fault.remove()
    await turn(obico, printer, service, key)
    assert obico.value(printer, key) == state
    arrive.set()
    await polling
    assert obico.value(printer, key) == state
    await obico.poll()
    assert obico.value(printer, key) == state


async def test_a_poll_that_waits_for_the_history_does_not_turn_it_back(
    obico: Obico, printer: Printer
) -> None:
    """A new printer has its history looked up; the list of printers is old by then."""
    obico.account.add_printer("Voron", agent="klipper")
    arrive = asyncio.Event()
    fault = obico.server.faults.delay(f"{API}prints/", arrive)
    polling = obico.hass.async_create_task(obico.poll())
    while not fault.hits:
        await asyncio.sleep(0)
    await turn(obico, printer, "turn_off", WATCHING)
    arrive.set()
    await polling
    assert obico.value(printer, WATCHING) == "off"
