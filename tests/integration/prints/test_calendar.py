"""The calendar of a printer: past prints, and the running one until its expected end."""

import asyncio
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from aiohttp import web
from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from dev import MEDIUM, Printer
from dev.server.faults import Handler
from homeassistant.const import STATE_OFF, STATE_ON
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util
from tests.integration.support import API, Json, Obico, states_written

from .past import printed

CALENDAR = "calendar.prints"
PRINTS = f"{API}prints/"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


async def events(
    obico: Obico, printer: Printer, start: datetime, end: datetime
) -> Json:
    """Return the events of a time."""
    entity_id = obico.entity_id(printer, CALENDAR)
    answer = await obico.hass.services.async_call(
        "calendar",
        "get_events",
        {
            "entity_id": entity_id,
            "start_date_time": start.isoformat(),
            "end_date_time": end.isoformat(),
        },
        blocking=True,
        return_response=True,
    )
    assert answer is not None
    return answer[entity_id]["events"]  # type: ignore[index,call-overload]


async def month(obico: Obico, printer: Printer) -> Json:
    """Return the events of the month that the tests are in."""
    start = datetime(2026, 11, 1, tzinfo=UTC)
    return await events(obico, printer, start, start + timedelta(days=30))


async def test_past_prints_are_told_with_outcome_duration_and_filament(
    obico: Obico, printer: Printer
) -> None:
    printed(printer, NOON)
    printed(printer, NOON - timedelta(days=1), finished=False, filament=None)
    cancelled, finished = await month(obico, printer)
    assert finished["summary"] == "vase.gcode"
    assert finished["description"] == "Finished · 1 h 0 min · 2.5 m"
    assert datetime.fromisoformat(finished["start"]) == NOON
    assert datetime.fromisoformat(finished["end"]) == NOON + timedelta(hours=1)
    assert cancelled["description"] == "Cancelled · 1 h 0 min"
    assert obico.value(printer, CALENDAR) == STATE_OFF


async def test_the_prints_of_other_printers_are_in_other_calendars(
    obico: Obico, printer: Printer
) -> None:
    other = await obico.add_printer("Ender 3")
    printed(other, NOON)
    assert await month(obico, printer) == []
    assert len(await month(obico, other)) == 1


async def test_a_long_print_is_in_each_time_that_it_reaches_into(
    obico: Obico, printer: Printer
) -> None:
    printed(printer, NOON, seconds=3 * 24 * 3600.0)
    day = timedelta(days=1)
    for number, count in ((-1, 0), (0, 1), (1, 1), (3, 1), (4, 0)):
        start = NOON.replace(hour=0) + number * day
        assert len(await events(obico, printer, start, start + day)) == count, number


async def test_a_print_that_ended_at_once_is_an_event(
    obico: Obico, printer: Printer
) -> None:
    printed(printer, NOON, seconds=0)
    assert len(await month(obico, printer)) == 1


async def test_looking_again_asks_nothing_while_nothing_is_new(
    obico: Obico, printer: Printer
) -> None:
    printed(printer, NOON)
    for _ in range(2):
        await month(obico, printer)
        await events(obico, printer, NOON - timedelta(days=700), NOON)
    assert len(obico.server.requests.matching(PRINTS)) == 2  # one is for the last print


async def test_the_running_print_goes_on_until_its_expected_end(
    obico: Obico, printer: Printer, frozen: FrozenDateTimeFactory
) -> None:
    printer.agent.start_print(MEDIUM)
    await obico.advance(frozen, 60)
    state = obico.state(printer, CALENDAR)
    assert state.state == STATE_ON
    assert state.attributes["message"] == "medium.gcode"
    (event,) = await month(obico, printer)
    assert datetime.fromisoformat(event["end"]) > dt_util.utcnow()
    assert event.get("description") is None


async def test_the_end_of_a_late_print_never_lies_in_the_past(
    obico: Obico, printer: Printer, frozen: FrozenDateTimeFactory
) -> None:
    printer.agent.start_print(MEDIUM)
    await obico.advance(frozen, 60)
    # The agent says nothing any more, and the print goes on.
    printer.agent.go_offline()
    for _ in range(4):
        await obico.advance(frozen, 600)
        (event,) = await month(obico, printer)
        assert datetime.fromisoformat(event["end"]) > dt_util.utcnow()
        assert obico.value(printer, CALENDAR) == STATE_ON


async def test_a_print_that_ends_becomes_a_past_one(
    obico: Obico, printer: Printer, frozen: FrozenDateTimeFactory
) -> None:
    printer.agent.start_print(MEDIUM)
    await obico.advance(frozen, 60)
    assert len(await month(obico, printer)) == 1
    await obico.advance(frozen, 600)
    assert obico.value(printer, CALENDAR) == STATE_OFF
    (event,) = await month(obico, printer)
    assert event["description"].startswith("Finished")


async def test_a_small_change_of_the_end_is_no_new_state(
    obico: Obico, printer: Printer, frozen: FrozenDateTimeFactory, hass: HomeAssistant
) -> None:
    printer.agent.start_print(MEDIUM)
    await obico.advance(frozen, 60)
    written = states_written(hass, obico.entity_id(printer, CALENDAR))
    for _ in range(3):
        await obico.advance(frozen, 20)
    assert written() == []


async def test_a_server_that_is_down_is_an_error_where_nothing_is_known(
    obico: Obico, printer: Printer, hass_client: ClientSessionGenerator
) -> None:
    await obico.server.refuse_connections()
    client = await hass_client()
    response = await client.get(
        f"/api/calendars/{obico.entity_id(printer, CALENDAR)}",
        params={
            "start": NOON.isoformat(),
            "end": (NOON + timedelta(days=1)).isoformat(),
        },
    )
    assert response.status == HTTPStatus.INTERNAL_SERVER_ERROR


async def test_several_who_look_at_once_ask_once(
    obico: Obico, printer: Printer
) -> None:
    printed(printer, NOON)
    obico.server.requests.clear()
    shown = await asyncio.gather(*(month(obico, printer) for _ in range(3)))
    assert [len(each) for each in shown] == [1, 1, 1]
    assert len(obico.server.requests.matching(PRINTS)) == 1


async def test_who_looks_while_the_account_is_unloaded_is_told(
    obico: Obico, printer: Printer
) -> None:
    printed(printer, NOON)
    archive = obico.entry.runtime_data.archive
    asked, answered = asyncio.Event(), asyncio.Event()

    async def hold(request: web.Request, handler: Handler) -> web.StreamResponse:
        asked.set()
        await answered.wait()
        return await handler(request)

    fault = obico.server.faults.add(PRINTS, hold)
    looking = asyncio.get_running_loop().create_task(month(obico, printer))
    await asked.wait()
    await obico.unload()
    with pytest.raises(HomeAssistantError):
        await looking
    answered.set()
    fault.remove()
    # What is left of it asks for nothing more.
    assert await archive.async_prints() == ()


@pytest.mark.parametrize("status", [200, 404])
async def test_a_server_that_does_not_count_prints_or_breaks_rows_shows_the_others(
    obico: Obico, printer: Printer, frozen: FrozenDateTimeFactory, status: int
) -> None:
    printed(printer, NOON)
    printed(printer, NOON - timedelta(days=2))
    assert len(await month(obico, printer)) == 2
    obico.server.faults.answer(f"{PRINTS}stats/", status, {})

    def break_row(rows: Json) -> Json:
        return [*rows[1:], {"id": "none"}] if isinstance(rows, list) else rows

    obico.server.faults.change(PRINTS, break_row)
    await obico.advance(frozen, 7200)
    # One that cannot be read is not one that was deleted.
    assert len(await month(obico, printer)) == 2


@pytest.mark.parametrize(
    ("millimeters", "shown"),
    [(2150.0, "2.2 m"), (2250.0, "2.3 m"), (2249.0, "2.2 m"), (0.0, "0.0 m")],
)
async def test_filament_is_rounded_as_in_the_dashboard(
    obico: Obico, printer: Printer, millimeters: float, shown: str
) -> None:
    printed(printer, NOON, filament=millimeters)
    (event,) = await month(obico, printer)
    assert event["description"].endswith(f" · {shown}")


@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Auckland"])
@pytest.mark.parametrize("year", [1, 2, 9998, 9999])
async def test_a_print_at_the_end_of_the_calendar_harms_nothing(
    obico: Obico,
    printer: Printer,
    frozen: FrozenDateTimeFactory,
    year: int,
    zone: str,
) -> None:
    await obico.hass.config.async_set_time_zone(zone)
    printed(printer, datetime(year, 1, 1, tzinfo=UTC), video=False)
    printer.agent.start_print(MEDIUM)
    await obico.advance(frozen, 60)
    assert printer.current_print is not None
    printer.current_print.started_at = datetime(year, 12, 31, 22, tzinfo=UTC)
    await obico.poll()
    assert obico.value(printer, CALENDAR) == STATE_ON
    summaries = [event["summary"] for event in await month(obico, printer)]
    # A print of the year 2 that still runs is one of this month as well.
    assert summaries == ["medium.gcode"]
