"""What became of the last print: from the history, right after a restart too."""

from datetime import datetime

import pytest

from dev import MEDIUM, SHORT, Printer
from homeassistant.const import STATE_UNKNOWN
from tests.integration.support import API, Json, Obico, states_written

# Also what a user has to enable.
pytestmark = pytest.mark.usefixtures("all_enabled")

RESULT = "sensor.last_print_result"
END = "sensor.last_print_end"
DURATION = "sensor.last_print_duration"
FILAMENT = "sensor.last_print_filament"


async def print_it(obico: Obico, printer: Printer, *, cancel: bool = False) -> None:
    """Let a print begin and end."""
    printer.agent.start_print(SHORT)
    await obico.poll(after=40)
    if cancel:
        printer.agent.cancel()
    await obico.server.advance(120)
    assert printer.current_print is None
    await obico.poll()


def values(obico: Obico, printer: Printer) -> list[str]:
    """Return what is shown of the last print."""
    return [obico.value(printer, key) for key in (RESULT, END, DURATION, FILAMENT)]


async def test_before_the_first_print_nothing_is_known(
    obico: Obico, printer: Printer
) -> None:
    assert values(obico, printer) == [STATE_UNKNOWN] * 4
    assert obico.state(printer, RESULT).attributes["file"] is None


async def test_the_last_print_is_shown_when_it_ended(
    obico: Obico, printer: Printer
) -> None:
    await print_it(obico, printer)
    job = max(obico.server.prints.values(), key=lambda job: job.id)
    assert job.ended_at is not None
    assert job.print_time is not None
    assert values(obico, printer) == [
        "finished",
        job.ended_at.replace(microsecond=0).isoformat(),
        str(round(round(job.print_time) / 3600, 4)),
        "0.016",
    ]
    assert obico.state(printer, RESULT).attributes["file"] == "short.gcode"
    await print_it(obico, printer, cancel=True)
    assert obico.value(printer, RESULT) == "cancelled"


async def test_it_is_there_right_after_a_restart(
    obico: Obico, printer: Printer
) -> None:
    await print_it(obico, printer, cancel=True)
    before = values(obico, printer)
    printer.agent.go_offline()
    await obico.reload()
    assert values(obico, printer) == before
    assert obico.state(printer, RESULT).attributes["file"] == "short.gcode"


async def test_the_print_before_is_shown_while_the_next_goes_on(
    obico: Obico, printer: Printer
) -> None:
    await print_it(obico, printer)
    before = values(obico, printer)
    printer.agent.start_print(MEDIUM)
    await obico.server.advance(30)
    await obico.reload()
    assert obico.value(printer, "sensor.file") == "medium.gcode"
    assert values(obico, printer) == before


async def test_a_history_with_holes_does_no_harm(
    obico: Obico, printer: Printer
) -> None:
    await print_it(obico, printer)
    times = {
        "started_at": "2026-11-22T05:00:00Z",
        "ended_at": "2026-11-22T05:01:30Z",
        "finished_at": "2026-11-22T05:01:30Z",
    }
    for changes, key, shown in (
        ({"print_time": None}, DURATION, "0.025"),
        ({"print_time": -5}, DURATION, "0.0"),
        ({"print_time": None, "started_at": None}, DURATION, STATE_UNKNOWN),
        ({"filament_used": None}, FILAMENT, STATE_UNKNOWN),
        ({"filament_used": -3}, FILAMENT, "0.0"),
        ({"filament_used": 12345.678}, FILAMENT, "12.346"),
        ({"filename": None}, RESULT, "finished"),
    ):

        def make_holes(rows: Json, holes: Json = times | changes) -> Json:
            return [row | holes for row in rows]

        obico.server.faults.change(f"{API}prints/", make_holes)
        await obico.reload()
        assert obico.value(printer, key) == shown
        end = datetime.fromisoformat(obico.value(printer, END))
        assert end == datetime.fromisoformat("2026-11-22T05:01:30Z")
        obico.server.faults.clear()


@pytest.mark.parametrize("broken", [{"id": "broken"}, {"id": None}, []])
async def test_it_stays_where_the_list_of_printers_is_not_whole(
    obico: Obico, printer: Printer, broken: Json
) -> None:
    await print_it(obico, printer)
    before = values(obico, printer)
    written = states_written(obico.hass, obico.entity_id(printer, RESULT))
    obico.server.faults.change(f"{API}printers/", lambda _: [broken])
    for _ in range(2):
        await obico.poll(after=60)
    obico.server.faults.clear()
    await obico.poll(after=60)
    assert values(obico, printer) == before
    assert written() == []
