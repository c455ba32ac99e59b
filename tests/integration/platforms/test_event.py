"""Every event of the server fires once, in order, and none of old news does."""

from collections.abc import Callable
from datetime import timedelta
import logging
from typing import Any

from aiohttp import web
from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.obico.const import DOMAIN
from custom_components.obico.prints.paths import event_picture_path
from dev import SHORT, Account, ObicoServer, Printer
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.const import (
    EVENT_HOMEASSISTANT_STARTED,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
)
from homeassistant.core import CoreState, HomeAssistant
from tests.integration.support import (
    API,
    Json,
    Obico,
    config_entry,
    fired_events,
    set_up,
    settle,
)

# Also what a user has to enable.
pytestmark = pytest.mark.usefixtures("all_enabled")

EVENTS = f"{API}printer_events/"
USER = f"{API}users/me/"
# How often the events are looked at, whatever the count of the unseen ones says.
LOOK_SECONDS = 600

type Fired = Callable[[], list[dict[str, Json]]]


def ids(fired: Fired) -> list[int]:
    """Return the ids of the events that fired."""
    return [event["event_id"] for event in fired()]


@pytest.fixture
def fired(obico: Obico, printer: Printer) -> Fired:
    """Give the events of the printer from now on."""
    return fired_events(obico, printer)


async def test_the_first_sight_of_an_account_fires_nothing(
    hass: HomeAssistant, server: ObicoServer, account: Account, printer: Printer
) -> None:
    for event_type in ("STARTED", "FAILURE_ALERTED"):
        server.add_event(printer, event_type)
    obico = await set_up(hass, server, account)
    await obico.poll()
    await obico.pass_time(LOOK_SECONDS)
    assert obico.value(printer, "event.printer_event") == STATE_UNKNOWN


@pytest.mark.parametrize(
    ("event_type", "event_class"),
    [
        ("STARTED", "info"),
        ("ENDED", "success"),
        ("PAUSED", "info"),
        ("RESUMED", "info"),
        ("FAILURE_ALERTED", "error"),
        ("ALERT_MUTED", "warning"),
        ("ALERT_UNMUTED", None),
        ("FILAMENT_CHANGE", "warning"),
        ("PRINTER_ERROR", "error"),
    ],
)
async def test_every_type_of_event_fires_with_all_that_is_known_of_it(
    obico: Obico,
    printer: Printer,
    fired: Fired,
    event_type: str,
    event_class: str | None,
) -> None:
    printer.agent.start_print(SHORT)
    await obico.server.advance(15)
    event = obico.server.add_event(
        printer,
        event_type,
        title="What happened",
        text="<div><i>Printer:</i> Prusa&nbsp;MK4</div><div>G-Code</div>",
        info_url="https://obico.example/help",
    )
    assert event.print is not None
    assert event.image_url is not None
    await obico.poll()
    kind = "failure" if event_type == "FAILURE_ALERTED" else "event"
    attributes = fired()[-1]
    assert obico.state(printer, "event.printer_event").attributes == attributes
    for name in ("event_types", "friendly_name"):
        del attributes[name]
    assert attributes == {
        "event_type": event_type.lower(),
        "event_id": event.id,
        "event_class": event_class,
        "title": "What happened",
        "text": "Printer: Prusa MK4\nG-Code",
        "image": obico.entity_id(printer, f"image.{kind}_snapshot"),
        "picture": event_picture_path(obico.entry.entry_id, event.id),
        "info_url": "https://obico.example/help",
        "created_at": event.created_at.isoformat(),
        "print_id": event.print.id,
        "file": "short.gcode",
        "outcome": "finished" if event_type == "ENDED" else None,
    }


async def test_what_an_event_does_not_have_is_left_open(
    obico: Obico, printer: Printer, fired: Fired
) -> None:
    event = obico.server.add_event(printer, "PRINTER_ERROR", text="")
    await obico.poll()
    (attributes,) = fired()
    assert attributes["event_id"] == event.id
    for name in ("text", "image", "picture", "info_url", "print_id", "file", "outcome"):
        assert attributes[name] is None, name


async def test_a_whole_print_fires_its_events_in_order(
    obico: Obico, printer: Printer, fired: Fired
) -> None:
    printer.agent.start_print(SHORT)
    for _ in range(6):
        await obico.poll(after=20)
    assert [event["event_type"] for event in fired()] == ["started", "ended"]
    assert ids(fired) == sorted(obico.server.events)


@pytest.mark.parametrize(
    ("finish", "outcome"),
    [(True, "finished"), (False, "cancelled")],
)
async def test_the_end_of_a_print_tells_file_and_outcome(
    obico: Obico, printer: Printer, fired: Fired, finish: bool, outcome: str
) -> None:
    printer.agent.start_print(SHORT)
    await obico.poll(after=30)
    if not finish:
        printer.agent.cancel()
    await obico.poll(after=120)
    last = fired()[-1]
    assert last["event_type"] == "ended"
    assert last["file"] == "short.gcode"
    assert last["outcome"] == outcome


@pytest.mark.parametrize(
    ("finish", "outcome"),
    [(True, "finished"), (False, "cancelled")],
)
@pytest.mark.parametrize("status", [404, 500])
async def test_an_event_does_not_wait_for_the_details_of_its_print(
    obico: Obico,
    printer: Printer,
    fired: Fired,
    status: int,
    finish: bool,
    outcome: str,
) -> None:
    obico.server.faults.html(f"{API}prints/*", status)
    printer.agent.start_print(SHORT)
    await obico.server.advance(30)
    if not finish:
        printer.agent.cancel()
    await obico.poll(after=120)
    assert [event["event_type"] for event in fired()] == ["started", "ended"]
    # The class of the event says it, too.
    assert fired()[-1]["outcome"] == outcome
    assert fired()[-1]["file"] is None


async def test_a_server_in_trouble_is_not_asked_for_one_print_after_the_other(
    obico: Obico, printer: Printer, fired: Fired
) -> None:
    for _ in range(3):
        printer.agent.start_print(SHORT)
        await obico.server.advance(120)
    fault = obico.server.faults.html(f"{API}prints/*/", 500)
    await obico.poll()
    assert ids(fired) == sorted(obico.server.events)
    assert fault.hits == 1


async def test_each_printer_fires_its_own_events(
    obico: Obico, printer: Printer, fired: Fired
) -> None:
    other = await obico.add_printer("Voron", agent="klipper")
    fired_by_other = fired_events(obico, other)
    first = obico.server.add_event(printer, "PAUSED")
    second = obico.server.add_event(other, "PAUSED")
    third = obico.server.add_event(printer, "RESUMED")
    await obico.poll()
    assert ids(fired) == [first.id, third.id]
    assert ids(fired_by_other) == [second.id]


@pytest.mark.parametrize("number", [49, 50, 51, 100, 500])
async def test_many_events_at_once_all_fire_in_order(
    obico: Obico, printer: Printer, fired: Fired, number: int
) -> None:
    expected = [
        obico.server.add_event(printer, "PRINTER_ERROR").id for _ in range(number)
    ]
    await obico.poll()
    assert ids(fired) == expected
    await obico.pass_time(LOOK_SECONDS)
    assert ids(fired) == expected


async def test_gaps_between_ids_do_not_matter(
    obico: Obico, printer: Printer, fired: Fired
) -> None:
    expected = []
    for gap in (0, 1000, 1, 100_000):
        obico.server.skip_event_ids(gap)
        expected.append(obico.server.add_event(printer, "PAUSED").id)
        await obico.poll()
    assert ids(fired) == expected


async def test_an_event_is_found_though_the_count_of_unseen_ones_is_the_same_again(
    obico: Obico, printer: Printer, fired: Fired
) -> None:
    first = obico.server.add_event(printer, "PAUSED")
    await obico.poll()
    obico.account.open_event_list()
    second = obico.server.add_event(printer, "RESUMED")
    await obico.poll()
    assert ids(fired) == [first.id]
    await obico.pass_time(LOOK_SECONDS)
    assert ids(fired) == [first.id, second.id]


async def test_the_count_falling_to_nothing_fires_nothing(
    obico: Obico, printer: Printer, fired: Fired
) -> None:
    event = obico.server.add_event(printer, "PAUSED")
    await obico.poll()
    obico.account.open_event_list()
    await obico.poll()
    assert ids(fired) == [event.id]


async def test_events_of_a_lost_connection_fire_when_it_is_back(
    frozen: FrozenDateTimeFactory, obico: Obico, printer: Printer
) -> None:
    fired = fired_events(obico, printer)
    await obico.server.refuse_connections()
    expected = []
    for _ in range(5):
        expected.append(obico.server.add_event(printer, "PRINTER_ERROR").id)
        await obico.advance(frozen, 1200)
        assert ids(fired) == []
    await obico.server.accept_connections()
    await obico.poll()
    assert ids(fired) == expected


@pytest.mark.parametrize(
    "break_it",
    [
        lambda s: s.faults.html(EVENTS, 500),
        lambda s: s.faults.html(EVENTS, 200),
        lambda s: s.faults.truncate(EVENTS),
        lambda s: s.faults.answer(EVENTS, 403, {}),
        lambda s: s.faults.answer(EVENTS, 429, {}),
    ],
)
async def test_a_list_of_events_that_cannot_be_had_is_asked_for_again(
    obico: Obico,
    printer: Printer,
    fired: Fired,
    break_it: Callable[[ObicoServer], object],
) -> None:
    break_it(obico.server)
    event = obico.server.add_event(printer, "PAUSED")
    await obico.poll()
    assert obico.value(printer, "sensor.status") == "idle"
    assert ids(fired) == []
    obico.server.faults.clear()
    await obico.pass_time(31)
    assert ids(fired) == [event.id]


async def test_a_reload_neither_loses_nor_doubles_events(
    frozen: FrozenDateTimeFactory, obico: Obico, printer: Printer
) -> None:
    fired = fired_events(obico, printer)
    expected = []
    for _ in range(4):
        expected.append(obico.server.add_event(printer, "PAUSED").id)
        await obico.poll()
        expected.append(obico.server.add_event(printer, "RESUMED").id)
        await obico.unload()
        expected.append(obico.server.add_event(printer, "PRINTER_ERROR").id)
        await obico.server.advance(1200)
        frozen.tick(1200)
        await obico.set_up()
    assert ids(fired) == expected


async def test_a_reload_in_the_middle_of_a_look_neither_loses_nor_doubles_events(
    obico: Obico, printer: Printer, fired: Fired
) -> None:
    reloads: list[Any] = []

    async def reload_meanwhile(
        request: web.Request, handler: Callable[[web.Request], Any]
    ) -> web.StreamResponse:
        answer: web.StreamResponse = await handler(request)
        reloads.append(
            obico.hass.async_create_task(
                obico.hass.config_entries.async_reload(obico.entry.entry_id)
            )
        )
        return answer

    expected = [obico.server.add_event(printer, "PAUSED").id for _ in range(3)]
    obico.server.faults.add(EVENTS, reload_meanwhile, times=1)
    await obico.poll()
    await settle(obico.hass)
    assert len(reloads) == 1
    assert ids(fired) == expected


async def test_the_mark_is_stored_as_soon_as_events_fired(
    obico: Obico, printer: Printer, hass_storage: dict[str, Any]
) -> None:
    stored = hass_storage[f"{DOMAIN}.{obico.entry.entry_id}"]
    assert stored["data"]["event_mark"] == 0
    event = obico.server.add_event(printer, "PAUSED")
    await obico.poll()
    stored = hass_storage[f"{DOMAIN}.{obico.entry.entry_id}"]
    assert stored["data"]["event_mark"] == event.id


@pytest.fixture
def stopped(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    hass_storage: dict[str, Any],
) -> Obico:
    """Give an account that an earlier run of Home Assistant knew up to event 10."""
    server.skip_event_ids(10)
    entry = config_entry(server, account)
    entry.add_to_hass(hass)
    hass_storage[f"{DOMAIN}.{entry.entry_id}"] = {
        "version": 1,
        "minor_version": 1,
        "key": f"{DOMAIN}.{entry.entry_id}",
        "data": {"event_mark": 10, "pictured_events": {}, "heaters": {}},
    }
    return Obico(hass=hass, server=server, account=account, entry=entry)


async def start(obico: Obico) -> None:
    """Let Home Assistant have started."""
    obico.hass.set_state(CoreState.running)
    obico.hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await settle(obico.hass)


@pytest.mark.parametrize("wrong_by", [0, 3600, -3600])
async def test_after_a_start_only_young_events_fire_and_only_once_all_is_up(
    stopped: Obico, printer: Printer, wrong_by: float
) -> None:
    """Which are young the server's clock says, right or wrong."""
    hass, server = stopped.hass, stopped.server
    server.clock.offset = wrong_by
    now = server.clock.now()
    server.add_event(printer, "FAILURE_ALERTED", created_at=now - timedelta(minutes=11))
    young = [
        server.add_event(printer, "PAUSED", created_at=now - timedelta(minutes=9)),
        server.add_event(printer, "RESUMED", created_at=now),
    ]
    hass.set_state(CoreState.not_running)
    await stopped.set_up()
    fired = fired_events(stopped, printer)
    await stopped.poll()
    assert ids(fired) == []
    await start(stopped)
    assert ids(fired) == [event.id for event in young]
    await stopped.pass_time(LOOK_SECONDS)
    assert ids(fired) == [event.id for event in young]


async def test_old_events_only_move_the_mark(
    stopped: Obico, printer: Printer, hass_storage: dict[str, Any]
) -> None:
    old = stopped.server.add_event(
        printer,
        "FAILURE_ALERTED",
        created_at=stopped.server.clock.now() - timedelta(days=1),
    )
    await stopped.set_up()
    fired = fired_events(stopped, printer)
    stored = hass_storage[f"{DOMAIN}.{stopped.entry.entry_id}"]
    assert stored["data"]["event_mark"] == old.id
    await stopped.pass_time(LOOK_SECONDS)
    assert ids(fired) == []
    assert stopped.value(printer, "event.printer_event") == STATE_UNKNOWN


async def test_an_event_since_the_start_is_no_old_news_however_late_it_can_be_had(
    frozen: FrozenDateTimeFactory, stopped: Obico, printer: Printer
) -> None:
    server = stopped.server
    server.add_event(
        printer, "PAUSED", created_at=server.clock.now() - timedelta(minutes=11)
    )
    server.faults.html(EVENTS, 502)
    await stopped.set_up()
    fired = fired_events(stopped, printer)
    event = server.add_event(printer, "FAILURE_ALERTED")
    await stopped.advance(frozen, 3600)
    assert ids(fired) == []
    server.faults.clear()
    await stopped.poll()
    assert ids(fired) == [event.id]


async def test_what_happened_while_the_account_was_disabled_is_old_news(
    frozen: FrozenDateTimeFactory, obico: Obico, printer: Printer
) -> None:
    entries, entry_id = obico.hass.config_entries, obico.entry.entry_id
    await entries.async_set_disabled_by(entry_id, ConfigEntryDisabler.USER)
    await settle(obico.hass)
    obico.server.add_event(printer, "FAILURE_ALERTED")
    await obico.server.advance(1200)
    frozen.tick(1200)
    await entries.async_set_disabled_by(entry_id, None)
    await settle(obico.hass)
    fired = fired_events(obico, printer)
    assert obico.value(printer, "event.printer_event") == STATE_UNKNOWN
    event = obico.server.add_event(printer, "PAUSED")
    await obico.poll()
    assert ids(fired) == [event.id]


async def test_a_type_that_is_new_to_us_is_skipped_and_mentioned_once(
    obico: Obico, printer: Printer, fired: Fired, caplog: pytest.LogCaptureFixture
) -> None:
    """The server is asked for the types that are known; this one sends more."""

    def rename(rows: Json) -> Json:
        return [
            row | {"event_type": "COFFEE_READY"}
            if row["event_type"] == "PRINTER_ERROR"
            else row
            for row in rows
        ]

    obico.server.faults.change(EVENTS, rename)
    expected = []
    for _ in range(2):
        obico.server.add_event(printer, "PRINTER_ERROR")
        expected.append(obico.server.add_event(printer, "PAUSED").id)
        await obico.poll()
    assert ids(fired) == expected
    warnings = [
        record.getMessage()
        for record in caplog.records
        if record.levelno == logging.WARNING
        and record.name == "custom_components.obico.live.event_feed"
    ]
    assert len(warnings) == 1
    assert "COFFEE_READY" in warnings[0]


async def test_types_that_a_server_makes_up_without_end_are_mentioned_no_more(
    obico: Obico, printer: Printer, fired: Fired, caplog: pytest.LogCaptureFixture
) -> None:
    def make_up(rows: Json) -> Json:
        return [
            row | {"event_type": f"COFFEE_{row['id']}"}
            if row["event_type"] == "PRINTER_ERROR"
            else row
            for row in rows
        ]

    obico.server.faults.change(EVENTS, make_up)
    for _ in range(200):
        obico.server.add_event(printer, "PRINTER_ERROR")
    event = obico.server.add_event(printer, "PAUSED")
    await obico.poll()
    assert ids(fired) == [event.id]
    assert 1 < caplog.text.count("does not know: COFFEE_") < 100


async def test_an_event_of_a_printer_that_appears_with_it_fires(
    obico: Obico, printer: Printer
) -> None:
    new = obico.account.add_printer("Voron", agent="klipper")
    event = obico.server.add_event(new, "PRINTER_ERROR")
    await obico.poll()
    state = obico.state(new, "event.printer_event")
    assert state.attributes["event_id"] == event.id


async def test_an_event_of_a_printer_that_no_poll_has_seen_waits_for_it(
    obico: Obico, printer: Printer
) -> None:
    new = obico.account.add_printer("Voron", agent="klipper")
    event = obico.server.add_event(new, "PRINTER_ERROR")
    # The look at the events is due; the poll, at the same time, fails.
    obico.server.faults.html(f"{API}printers/", 500)
    await obico.pass_time(LOOK_SECONDS)
    assert obico.server.requests.matching(EVENTS)
    obico.server.faults.clear()
    await obico.poll()
    state = obico.state(new, "event.printer_event")
    assert state.attributes["event_id"] == event.id


def break_row(number: int) -> Callable[[Json], Json]:
    """Return what spoils a row of the list, counted from the newest event."""

    def spoil(rows: Json) -> Json:
        return ["broken" if row["id"] == number else row for row in rows]

    return spoil


@pytest.mark.parametrize("position", [0, 10, 70, 71, 72, 99, 119])
async def test_a_broken_row_harms_no_other_event(
    obico: Obico, printer: Printer, fired: Fired, position: int
) -> None:
    """Also where two pages of the list meet."""
    events = [obico.server.add_event(printer, "PRINTER_ERROR").id for _ in range(120)]
    obico.server.faults.change(EVENTS, break_row(events[position]))
    await obico.poll()
    del events[position]
    assert ids(fired) == events


async def test_a_broken_row_at_first_sight_brings_no_old_events_back(
    hass: HomeAssistant, server: ObicoServer, account: Account, printer: Printer
) -> None:
    old = [server.add_event(printer, "FAILURE_ALERTED").id for _ in range(3)]
    fault = server.faults.change(EVENTS, break_row(old[-1]))
    obico = await set_up(hass, server, account)
    fired = fired_events(obico, printer)
    await obico.pass_time(LOOK_SECONDS)
    event = server.add_event(printer, "PAUSED")
    await obico.poll()
    assert ids(fired) == [event.id]
    fault.remove()
    await obico.pass_time(LOOK_SECONDS)
    assert ids(fired) == [event.id]


async def test_a_list_of_broken_rows_at_first_sight_brings_no_old_events_back(
    hass: HomeAssistant, server: ObicoServer, account: Account, printer: Printer
) -> None:
    server.add_event(printer, "FAILURE_ALERTED")
    fault = server.faults.change(EVENTS, lambda _: ["broken"])
    obico = await set_up(hass, server, account)
    fired = fired_events(obico, printer)
    await obico.pass_time(LOOK_SECONDS)
    fault.remove()
    await obico.pass_time(LOOK_SECONDS)
    assert ids(fired) == []
    event = server.add_event(printer, "PAUSED")
    await obico.poll()
    assert ids(fired) == [event.id]


async def test_rows_that_vanish_between_two_pages_take_no_others_with_them(
    obico: Obico, printer: Printer, fired: Fired
) -> None:
    server = obico.server
    other = await obico.add_printer("Voron", agent="klipper")
    expected = [server.add_event(printer, "PRINTER_ERROR").id for _ in range(80)]
    for _ in range(20):
        server.add_event(other, "PRINTER_ERROR")

    async def delete_afterwards(
        request: web.Request, handler: Callable[[web.Request], Any]
    ) -> web.StreamResponse:
        answer: web.StreamResponse = await handler(request)
        other.delete()
        return answer

    server.faults.add(EVENTS, delete_afterwards, times=1)
    await obico.poll()
    assert ids(fired) == expected


async def test_events_that_come_between_two_pages_fire_too(
    obico: Obico, printer: Printer, fired: Fired
) -> None:
    server = obico.server
    expected = [server.add_event(printer, "PRINTER_ERROR").id for _ in range(80)]

    async def add_afterwards(
        request: web.Request, handler: Callable[[web.Request], Any]
    ) -> web.StreamResponse:
        answer: web.StreamResponse = await handler(request)
        expected.append(server.add_event(printer, "PAUSED").id)
        return answer

    server.faults.add(EVENTS, add_afterwards, times=1)
    await obico.poll()
    await obico.poll()
    assert ids(fired) == expected


async def test_a_server_whose_list_never_ends_is_not_asked_for_ever(
    obico: Obico, printer: Printer, fired: Fired
) -> None:
    expected = [obico.server.add_event(printer, "PRINTER_ERROR").id for _ in range(50)]
    rows: list[Json] = []

    def repeat(answer: Json) -> Json:
        rows[:] = rows or answer
        return rows

    obico.server.faults.change(EVENTS, repeat)
    await obico.poll()
    assert ids(fired) == expected


async def test_the_last_event_is_shown_again_after_a_reload(
    obico: Obico, printer: Printer, fired: Fired
) -> None:
    obico.server.add_event(printer, "PAUSED")
    await obico.poll()
    before = obico.state(printer, "event.printer_event")
    await obico.reload()
    after = obico.state(printer, "event.printer_event")
    assert (after.state, after.attributes) == (before.state, before.attributes)


async def test_the_event_entity_stays_available_whatever_is_down(
    obico: Obico, printer: Printer
) -> None:
    printer.agent.go_offline()
    await obico.server.refuse_connections()
    await obico.poll()
    assert obico.value(printer, "sensor.status") == STATE_UNAVAILABLE
    assert obico.value(printer, "event.printer_event") == STATE_UNKNOWN
