"""Kind: an event fires once, whenever it becomes visible and whatever its listeners do.

A server with several workers gives out an event's id before its transaction is committed, so
an event may become visible after others with higher ids.
"""

import asyncio
from collections.abc import Callable
from typing import cast

import pytest

from custom_components.obico.const import CONF_EXCLUDED
from custom_components.obico.event import ObicoPrinterEvent
from custom_components.obico.live.fired_event import FiredEvent
from dev import CUBE, Account, ObicoServer, Printer
from homeassistant.const import STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from tests.integration.push.support import EVENTS, assert_nothing_left, follow, requests
from tests.integration.support import (
    API,
    Json,
    Obico,
    data_of,
    fired_events,
    forget_run,
    set_up,
    settle,
    states_written,
)
from tests.timelapse import Timelapse, wait_until

type Fired = Callable[[], list[dict[str, Json]]]

LOOK_SECONDS = 600


@pytest.fixture
def expected_lingering_timers() -> bool:
    """Allow the heartbeat that aiohttp leaves of a websocket that this side closes."""
    return True


@pytest.fixture
def fired(obico: Obico, printer: Printer) -> Fired:
    """Give the events of the printer from now on."""
    return fired_events(obico, printer)


def ids(fired: Fired) -> list[int]:
    """Return the ids of the events that fired."""
    return [event["event_id"] for event in fired()]


def record(obico: Obico, printer: Printer, number: int = 1) -> list[int]:
    """Record events of a printer, and return their ids."""
    return [obico.server.add_event(printer, "PAUSED").id for _ in range(number)]


def record_late(obico: Obico, printer: Printer, number: int = 1) -> list[int]:
    """Record events of a printer that nobody sees yet, and return their ids."""
    late = record(obico, printer, number)
    for event_id in late:
        obico.server.hide_event(event_id)
    return late


def show(obico: Obico, events: list[int]) -> None:
    """Make late events visible."""
    for event_id in events:
        obico.server.show_event(event_id)


async def look(obico: Obico) -> None:
    """Look at all there is, more than once."""
    await obico.poll()
    data_of(obico.entry).events.async_look()
    await settle(obico.hass)
    await obico.pass_time(LOOK_SECONDS)


@pytest.mark.parametrize("number", [1, 2, 5])
@pytest.mark.parametrize("gap", [0, 3, 10_000])
async def test_late_events_fire_once(
    obico: Obico, printer: Printer, fired: Fired, number: int, gap: int
) -> None:
    first = record(obico, printer)
    await obico.poll()
    late = record_late(obico, printer, number)
    obico.server.skip_event_ids(gap)
    higher = record(obico, printer, 2)
    await obico.poll()
    assert ids(fired) == [*first, *higher]
    show(obico, late)
    await look(obico)
    await obico.reload()
    await look(obico)
    assert ids(fired) == [*first, *higher, *late]


async def test_late_events_that_become_visible_one_by_one_fire_once(
    obico: Obico, printer: Printer, fired: Fired
) -> None:
    expected = record(obico, printer)
    await obico.poll()
    late = record_late(obico, printer, 4)
    expected += record(obico, printer)
    await obico.poll()
    for event_id in reversed(late):
        show(obico, [event_id])
        expected.append(event_id)
        await obico.poll(after=30)
        expected += record(obico, printer)
        await obico.poll()
    await look(obico)
    assert ids(fired) == expected


@pytest.mark.parametrize("higher", [49, 50, 60, 95])
async def test_a_late_event_is_found_on_whichever_page_it_is(
    obico: Obico, printer: Printer, fired: Fired, higher: int
) -> None:
    expected = record(obico, printer)
    await obico.poll()
    late = record_late(obico, printer, 2)
    expected += record(obico, printer, higher)
    await obico.poll()
    assert ids(fired) == expected
    show(obico, late)
    await look(obico)
    assert ids(fired) == [*expected, *late]


async def test_no_page_is_asked_for_in_vain(
    obico: Obico, printer: Printer, fired: Fired
) -> None:
    expected = record(obico, printer, 240)
    await obico.poll()
    obico.server.requests.clear()
    # All ids are known.
    data_of(obico.entry).events.async_look()
    await settle(obico.hass)
    assert requests(obico)[EVENTS] == 1
    # Others' events are among them, but all of these are old.
    obico.server.skip_event_ids(1000)
    expected += record(obico, printer, 60)
    await obico.poll()
    await obico.server.advance(301)
    obico.server.requests.clear()
    data_of(obico.entry).events.async_look()
    await settle(obico.hass)
    assert requests(obico)[EVENTS] == 1
    assert ids(fired) == expected


@pytest.mark.parametrize("is_restart", [False, True], ids=["reload", "restart"])
async def test_an_event_that_becomes_visible_while_nobody_looks_fires(
    obico: Obico,
    printer: Printer,
    fired: Fired,
    is_restart: bool,
) -> None:
    first = record(obico, printer)
    await obico.poll()
    late = record_late(obico, printer)
    higher = record(obico, printer)
    await obico.poll()
    await obico.unload()
    show(obico, late)
    if is_restart:
        forget_run(obico.hass)
    await obico.set_up()
    await look(obico)
    assert ids(fired) == [*first, *higher, *late]


@pytest.mark.parametrize("age", [301, 3600])
async def test_an_old_event_is_not_late(
    obico: Obico, printer: Printer, fired: Fired, age: int
) -> None:
    first = record(obico, printer)
    await obico.poll()
    late = record_late(obico, printer)
    higher = record(obico, printer)
    await obico.poll(after=age)
    show(obico, late)
    await look(obico)
    assert ids(fired) == [*first, *higher]


async def test_what_becomes_visible_after_the_first_sight_is_old(
    hass: HomeAssistant, server: ObicoServer, account: Account, printer: Printer
) -> None:
    late = server.add_event(printer, "FAILURE_ALERTED")
    server.add_event(printer, "PAUSED")
    server.hide_event(late.id)
    obico = await set_up(hass, server, account)
    show(obico, [late.id])
    await look(obico)
    assert obico.value(printer, "event.printer_event") == STATE_UNKNOWN


async def test_a_late_event_of_an_excluded_printer_fires_nowhere(
    hass: HomeAssistant, obico: Obico, printer: Printer, account: Account
) -> None:
    other = account.add_printer("Voron", agent="klipper")
    hass.config_entries.async_update_entry(
        obico.entry, options={CONF_EXCLUDED: [str(other.id)]}
    )
    await obico.reload()
    fired = fired_events(obico, printer)
    first = record(obico, printer)
    await obico.poll()
    late = record_late(obico, other)
    higher = record(obico, printer)
    await obico.poll()
    show(obico, late)
    await look(obico)
    assert ids(fired) == [*first, *higher]
    assert obico.find_entity_id(other, "event.printer_event") is None


async def test_a_late_event_beside_a_row_that_cannot_be_read_repeats_nothing(
    obico: Obico, printer: Printer, fired: Fired
) -> None:
    first = record(obico, printer)
    await obico.poll()
    late = record_late(obico, printer)
    higher = record(obico, printer, 3)
    await obico.poll()
    show(obico, late)
    obico.server.faults.change(
        EVENTS,
        lambda rows: [
            {"id": None} if cast("Json", row)["id"] == first[0] else row
            for row in cast("Json", rows)
        ],
        times=1,
    )
    await look(obico)
    assert ids(fired) == [*first, *higher, *late]


@pytest.mark.parametrize(
    ("late", "higher", "needed"),
    [
        ("FILAMENT_CHANGE", "RESUMED", "off"),
        ("FILAMENT_CHANGE", "STARTED", "off"),
        ("RESUMED", "FILAMENT_CHANGE", "on"),
        ("FILAMENT_CHANGE", "FAILURE_ALERTED", "on"),
    ],
)
async def test_a_late_event_does_not_undo_what_followed_it(
    obico: Obico, printer: Printer, late: str, higher: str, needed: str
) -> None:
    record(obico, printer)
    printer.agent.start_print(CUBE)
    await obico.poll(after=20)
    event = obico.server.add_event(printer, late)
    obico.server.hide_event(event.id)
    obico.server.add_event(printer, higher)
    await obico.poll()
    show(obico, [event.id])
    await look(obico)
    shown = obico.state(printer, "event.printer_event")
    assert shown.attributes["event_id"] == event.id
    assert obico.value(printer, "binary_sensor.attention") == needed


# Listeners that fail


def fail(*_: object) -> None:
    raise RuntimeError("no")


async def test_an_event_entity_that_fails_repeats_nothing_and_stops_no_other(
    obico: Obico,
    printer: Printer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    other = await obico.add_printer("Voron", agent="klipper")
    fired, fired_by_other = fired_events(obico, printer), fired_events(obico, other)
    with monkeypatch.context() as broken:
        broken.setattr(ObicoPrinterEvent, "_trigger_event", fail)
        lost = record(obico, printer, 2) + record(obico, other)
        await obico.poll()
    for event_id in lost:
        assert caplog.text.count(f"Unexpected error firing event {event_id}") == 1
    caplog.clear()
    await look(obico)
    await obico.reload()
    mine, others = record(obico, printer, 2), record(obico, other)
    await look(obico)
    assert ids(fired) == mine
    assert ids(fired_by_other) == others
    assert "Unexpected error" not in caplog.text


async def test_a_listener_that_always_fails_is_told_of_each_event_once(
    obico: Obico, printer: Printer, caplog: pytest.LogCaptureFixture
) -> None:
    other = await obico.add_printer("Voron", agent="klipper")
    fired_by_other = fired_events(obico, other)
    told: list[int] = []

    def listen(fired: FiredEvent) -> None:
        told.append(fired.event.id)
        fail()

    data_of(obico.entry).events.async_listen(printer.id, listen)
    expected: list[int] = []
    others: list[int] = []
    for _ in range(3):
        expected += record(obico, printer, 2)
        others += record(obico, other)
        await obico.poll()
    await look(obico)
    assert told == expected
    assert ids(fired_by_other) == others
    assert caplog.text.count("Unexpected error firing event") == len(expected)


async def test_a_listener_that_fails_at_events_that_waited_gets_the_others(
    obico: Obico, printer: Printer
) -> None:
    fired = fired_events(obico, printer)
    # Nobody listens now.
    data_of(obico.entry).events.async_listen(printer.id, fail)()
    waiting = record(obico, printer, 3)
    await obico.poll()
    told: list[int] = []

    def listen(fired: FiredEvent) -> None:
        told.append(fired.event.id)
        fail()

    data_of(obico.entry).events.async_listen(printer.id, listen)
    assert told == waiting
    assert ids(fired) == []


async def test_events_fire_while_polls_fail(
    obico: Obico, printer: Printer, fired: Fired
) -> None:
    obico.server.faults.html(f"{API}printers/", 502)
    obico.server.faults.html(f"{API}users/me/", 502)
    await obico.poll()
    assert obico.value(printer, "sensor.status") == "unavailable"
    expected = record(obico, printer, 2)
    await obico.pass_time(LOOK_SECONDS)
    assert ids(fired) == expected
    assert obico.value(printer, "event.printer_event") not in {"unavailable", "unknown"}


# What was fetched meanwhile


async def test_usage_of_the_tunnel_replaces_no_newer_print(
    hass: HomeAssistant, server: ObicoServer, account: Account, printer: Printer
) -> None:
    server.sockets.blocked = False
    timelapse = Timelapse(hass, server)
    obico = await follow(hass, server, account, timelapse)
    entity_id = er.async_get(hass).async_get_entity_id(
        "sensor", "obico", f"{obico.entry.unique_id}_tunnel_usage"
    )
    assert entity_id is not None
    er.async_get(hass).async_update_entity(entity_id, disabled_by=None)
    printer.agent.start_print(CUBE)
    await timelapse.pass_time(30)
    await obico.reload()
    await wait_until(lambda: len(server.sockets) == 1)

    answer = asyncio.Event()
    fault = server.faults.delay(f"{API}tunnelusage/", answer, after=True)
    # It is asked for once an hour.
    while not fault.hits:
        await timelapse.pass_time(60, step=30, patience=0.02)
    printer.agent.cancel()
    await timelapse.pass_time(15, patience=0.02)
    assert obico.value(printer, "sensor.status") == "idle"
    assert obico.value(printer, "sensor.last_print_result") == "cancelled"
    written = states_written(hass, obico.entity_id(printer, "sensor.last_print_result"))
    answer.set()
    await timelapse.settle()
    assert obico.value(printer, "sensor.last_print_result") == "cancelled"
    assert not written()
    await assert_nothing_left(obico, timelapse)
