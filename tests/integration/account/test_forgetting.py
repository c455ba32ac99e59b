"""What is remembered of a printer stays while it can come back, and no longer."""

from typing import Any

import pytest

from custom_components.obico.const import CONF_EXCLUDED
from dev import MEDIUM, Printer
from homeassistant.components.image import async_get_image
from homeassistant.const import STATE_ON
from tests.integration.push.support import Prepared
from tests.integration.support import API, Json, Obico
from tests.timelapse import LoopClock, Timelapse

# Also what a user has to enable.
pytestmark = pytest.mark.usefixtures("all_enabled")

IMAGE = "image.event_snapshot"
ATTENTION = "binary_sensor.attention"
A_DAY = 24 * 3600


def memory(obico: Obico, storage: dict[str, Any]) -> dict[str, Json]:
    """Return what is stored of an account's printers."""
    stored = dict(storage[f"obico.{obico.entry.entry_id}"]["data"])
    del stored["event_mark"]
    return stored


def remembered(obico: Obico, storage: dict[str, Any]) -> set[int]:
    """Return the printers of which anything is stored."""
    stored = memory(obico, storage)
    return {
        *map(int, stored["heaters"]),
        *map(int, stored["pictured_events"]),
        *stored["attention"],
    }


def asked_for(obico: Obico, printer: Printer) -> int:
    """Count how often the server was asked what became of a printer."""
    return sum(
        "with_archived" in request.query
        for request in obico.server.requests.matching(f"{API}printers/{printer.id}/")
    )


async def exclude(obico: Obico, *printers: Printer) -> None:
    """Let the user want all printers but some."""
    obico.hass.config_entries.async_update_entry(
        obico.entry, options={CONF_EXCLUDED: [str(printer.id) for printer in printers]}
    )
    await obico.reload()


@pytest.fixture
async def eventful(
    obico: Obico, printer: Printer, hass_storage: dict[str, Any]
) -> Printer:
    """Give a printer with heaters, a picture, and a filament that is to be changed."""
    printer.agent.start_print(MEDIUM)
    await obico.server.advance(32)
    printer.agent.change_filament()
    await obico.server.advance(12)
    obico.server.add_event(printer, "FILAMENT_CHANGE")
    await obico.poll()
    await obico.pass_time(10)
    assert obico.value(printer, ATTENTION) == STATE_ON
    stored = memory(obico, hass_storage)
    assert stored["heaters"][str(printer.id)]
    assert stored["pictured_events"][str(printer.id)]
    assert stored["attention"] == [printer.id]
    return printer


async def test_a_deleted_printer_is_forgotten_and_the_others_are_not(
    obico: Obico, eventful: Printer, hass_storage: dict[str, Any]
) -> None:
    other = await obico.add_printer("Voron", agent="klipper")
    # Written before the next change, which would put the writing off.
    await obico.pass_time(10)
    eventful.delete()
    await obico.poll()
    # The store waits by the loop's clock for further changes.
    LoopClock.of(obico.hass.loop).put_forward(10)
    await obico.pass_time(10)
    assert remembered(obico, hass_storage) == {other.id}
    obico.server.requests.clear()
    await obico.poll()
    assert asked_for(obico, eventful) == 0


async def test_a_printer_that_was_deleted_while_home_assistant_was_off_is_forgotten(
    obico: Obico, eventful: Printer, hass_storage: dict[str, Any]
) -> None:
    await obico.unload()
    assert remembered(obico, hass_storage) == {eventful.id}
    eventful.delete()
    await obico.set_up()
    await obico.pass_time(10)
    assert remembered(obico, hass_storage) == set()


async def test_an_archived_printer_comes_back_whole(
    obico: Obico, eventful: Printer, hass_storage: dict[str, Any]
) -> None:
    before = memory(obico, hass_storage)
    picture = await async_get_image(obico.hass, obico.entity_id(eventful, IMAGE))
    eventful.archive()
    await obico.poll()
    assert obico.device(eventful) is None
    # Its agent is off when it comes back: what it has can only be remembered.
    eventful.agent.go_offline()
    await obico.reload()
    await obico.pass_time(10)
    assert memory(obico, hass_storage) == before
    eventful.unarchive()
    await obico.poll()
    assert obico.find_entity_id(eventful, "sensor.bed_temperature") is not None
    again = await async_get_image(obico.hass, obico.entity_id(eventful, IMAGE))
    assert again.content == picture.content


async def test_a_printer_that_the_user_excludes_comes_back_whole(
    obico: Obico, eventful: Printer, hass_storage: dict[str, Any]
) -> None:
    before = memory(obico, hass_storage)
    await exclude(obico, eventful)
    await obico.poll()
    assert obico.device(eventful) is None
    await obico.pass_time(10)
    assert memory(obico, hass_storage) == before
    assert asked_for(obico, eventful) == 0
    await exclude(obico)
    assert obico.value(eventful, ATTENTION) == STATE_ON
    await async_get_image(obico.hass, obico.entity_id(eventful, IMAGE))


async def test_a_printer_that_is_deleted_while_excluded_is_forgotten(
    obico: Obico, eventful: Printer, hass_storage: dict[str, Any]
) -> None:
    await exclude(obico, eventful)
    eventful.delete()
    await obico.poll()
    await obico.pass_time(10)
    assert remembered(obico, hass_storage) == set()


async def test_what_became_of_an_archived_printer_is_asked_once_a_day(
    prepared: Prepared,
    printer: Printer,
    timelapse: Timelapse,
    hass_storage: dict[str, Any],
) -> None:
    prepared.server.sockets.blocked = False
    obico = await prepared.follow()
    printer.archive()
    await timelapse.pass_time(300, step=60)
    assert asked_for(obico, printer) == 1
    printer.delete()
    await timelapse.pass_time(A_DAY - 600, step=3600)
    assert asked_for(obico, printer) == 1
    assert remembered(obico, hass_storage) == {printer.id}
    await timelapse.pass_time(900, step=60)
    assert asked_for(obico, printer) == 2
    assert remembered(obico, hass_storage) == set()
    await obico.unload()


@pytest.mark.parametrize("is_empty", [False, True])
async def test_nothing_is_forgotten_while_the_server_does_not_say_so(
    obico: Obico, eventful: Printer, hass_storage: dict[str, Any], is_empty: bool
) -> None:
    """Whether its lists lack all printers for once, or it fails over those put away."""
    before = memory(obico, hass_storage)
    faults = obico.server.faults
    if is_empty:
        faults.answer(f"{API}printers/", 200, [])
    else:
        eventful.archive()
        await obico.unload()
        faults.html(f"{API}printers/{eventful.id}/", 502)
        await obico.set_up()
    await obico.poll()
    await obico.pass_time(10)
    assert memory(obico, hass_storage) == before


async def test_many_that_are_put_away_are_asked_for_a_few_at_a_time(
    obico: Obico, printer: Printer, hass_storage: dict[str, Any]
) -> None:
    others = [
        obico.account.add_printer(f"Prusa {number}", agent="octoprint")
        for number in range(12)
    ]
    await obico.poll()
    await obico.unload()
    for other in others:
        other.delete()
    await obico.set_up()
    obico.server.requests.clear()
    for _ in range(3):
        await obico.poll()
        assert sum(asked_for(obico, other) for other in others) <= 5
        obico.server.requests.clear()
    # Which also writes what was to be written soon.
    await obico.unload()
    assert remembered(obico, hass_storage) == {printer.id}


async def test_an_account_that_is_removed_is_forgotten(
    obico: Obico, eventful: Printer, hass_storage: dict[str, Any]
) -> None:
    entry_id = obico.entry.entry_id
    await obico.hass.config_entries.async_remove(entry_id)
    assert f"obico.{entry_id}" not in hass_storage
    of_ours = {
        key: value
        for key, value in obico.hass.data.items()
        if str(key).startswith("obico")
    }
    assert of_ours
    assert entry_id not in str(of_ours)
