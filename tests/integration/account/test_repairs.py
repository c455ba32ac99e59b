"""Repairs: each is raised when there is something to do, with texts, and goes by itself."""

from contextlib import suppress
import re

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.obico.const import DOMAIN
from dev import LONG, SHORT, Printer
from homeassistant.components.camera import async_get_image
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.translation import async_get_translations
from tests.integration.support import API, Obico, set_up

USED_UP = "detection_hours_used_up"
LOW = "detection_hours_low"
UNREACHABLE = "pictures_unreachable"
TOO_OLD = "server_too_old"
EVENTS = f"{API}printer_events/"


def raised(obico: Obico) -> dict[str, dict[str, str]]:
    """Return the account's repairs, and what their texts are filled in with."""
    return {
        str(issue.translation_key): dict(issue.translation_placeholders or {})
        for issue in ir.async_get(obico.hass).issues.values()
        if issue.domain == DOMAIN
        and issue.active
        and issue.issue_id.endswith(obico.entry.entry_id)
    }


async def told(obico: Obico, key: str) -> str:
    """Return the text of a repair, as it is shown."""
    texts = await async_get_translations(obico.hass, "en", "issues", [DOMAIN])
    title = texts[f"component.{DOMAIN}.issues.{key}.title"]
    text = texts[f"component.{DOMAIN}.issues.{key}.description"]
    return f"{title}: {text.format(**raised(obico)[key])}"


async def look_at_picture(obico: Obico, printer: Printer) -> None:
    """Look at the webcam, whose picture another one has taken the place of."""
    await obico.poll(after=10)
    with suppress(HomeAssistantError):
        await async_get_image(obico.hass, obico.entity_id(printer, "camera.webcam"))


async def test_nothing_is_raised_while_all_is_well(
    obico: Obico, printer: Printer
) -> None:
    printer.agent.start_print(SHORT)
    await obico.poll(after=10)
    assert raised(obico) == {}


async def test_a_print_that_nobody_watches_for_lack_of_hours_is_told_until_there_are_some(
    obico: Obico, printer: Printer
) -> None:
    obico.account.dh_balance = -0.5
    await obico.poll()
    # It matters to a print.
    assert raised(obico) == {}
    printer.agent.start_print(LONG)
    await obico.poll(after=10)
    assert set(raised(obico)) == {USED_UP}
    assert obico.entry.title in await told(obico, USED_UP)
    obico.account.dh_balance = 50.0
    await obico.poll(after=10)
    assert raised(obico) == {}


async def test_hours_that_do_not_last_for_what_is_printed_are_told(
    obico: Obico, printer: Printer
) -> None:
    printer.agent.start_print(LONG)
    await obico.server.advance(30)
    obico.account.dh_balance = 0.01
    await obico.poll()
    assert set(raised(obico)) == {LOW}
    text = await told(obico, LOW)
    assert "has 0.0 hours" in text
    # It is named what nobody will watch, and from which minute on.
    assert "long.gcode (Prusa MK4)" in text
    assert re.search(r"\b\d\d:\d\d\b", text)
    # They are enough when nothing is to be watched any more,
    printer.update({"watching_enabled": False})
    await obico.poll()
    assert raised(obico) == {}
    printer.update({"watching_enabled": True})
    await obico.poll()
    assert set(raised(obico)) == {LOW}
    # or where hours are not counted.
    obico.account.is_dh_unlimited = True
    await obico.poll()
    assert raised(obico) == {}


async def test_a_server_that_knows_no_events_is_told_until_it_does(
    obico: Obico,
) -> None:
    obico.server.faults.html(EVENTS, 404)
    await obico.pass_time(601)
    assert set(raised(obico)) == {TOO_OLD}
    assert obico.server.url in await told(obico, TOO_OLD)
    obico.server.faults.clear()
    await obico.pass_time(601)
    assert raised(obico) == {}


async def test_a_server_that_fails_at_events_is_not_too_old(obico: Obico) -> None:
    obico.server.faults.html(EVENTS, 500)
    await obico.pass_time(601)
    assert raised(obico) == {}


@pytest.mark.usefixtures("frozen")
async def test_pictures_that_cannot_be_fetched_time_and_again_are_told_until_one_can(
    obico: Obico, printer: Printer
) -> None:
    printer.agent.start_print(LONG)
    await obico.server.advance(20)
    obico.server.faults.reset("/media/*")
    for _ in range(2):
        await look_at_picture(obico, printer)
    assert raised(obico) == {}
    await look_at_picture(obico, printer)
    assert set(raised(obico)) == {UNREACHABLE}
    assert "127.0.0.1" in await told(obico, UNREACHABLE)
    obico.server.faults.clear()
    await look_at_picture(obico, printer)
    assert raised(obico) == {}


@pytest.mark.usefixtures("frozen")
async def test_pictures_of_a_server_that_is_down_are_not_told_as_well(
    obico: Obico, printer: Printer
) -> None:
    printer.agent.start_print(LONG)
    await obico.server.advance(20)
    await obico.poll(after=10)
    # Before a poll has failed, and after it.
    obico.server.faults.reset("/media/*")
    for _ in range(4):
        with suppress(HomeAssistantError):
            await async_get_image(obico.hass, obico.entity_id(printer, "camera.webcam"))
    assert raised(obico) == {}
    await obico.server.refuse_connections()
    for _ in range(4):
        await look_at_picture(obico, printer)
    assert raised(obico) == {}
    obico.server.faults.clear()
    await obico.server.accept_connections()
    await look_at_picture(obico, printer)
    assert raised(obico) == {}


async def test_pictures_that_are_gone_are_not_unreachable(
    obico: Obico, printer: Printer
) -> None:
    printer.agent.start_print(LONG)
    await obico.server.advance(20)
    obico.server.faults.html("/media/*", 404)
    for _ in range(4):
        await look_at_picture(obico, printer)
    assert raised(obico) == {}


async def test_repairs_go_with_the_account(
    hass: HomeAssistant, obico: Obico, printer: Printer
) -> None:
    obico.server.faults.html(EVENTS, 404)
    await obico.pass_time(601)
    assert set(raised(obico)) == {TOO_OLD}
    await obico.unload()
    assert raised(obico) == {}
    await obico.set_up()
    assert set(raised(obico)) == {TOO_OLD}
    await hass.config_entries.async_remove(obico.entry.entry_id)
    assert raised(obico) == {}


async def test_repairs_of_two_accounts_do_not_mix(
    hass: HomeAssistant, obico: Obico, printer: Printer, frozen: FrozenDateTimeFactory
) -> None:
    other = obico.server.add_account(email="other@example.com")
    other.dh_balance = -1.0
    theirs = other.add_printer("Ender 3", agent="octoprint")
    second = await set_up(hass, obico.server, other)
    theirs.agent.start_print(LONG)
    await obico.advance(frozen, 10)
    assert raised(obico) == {}
    assert set(raised(second)) == {USED_UP}
    await second.unload()
