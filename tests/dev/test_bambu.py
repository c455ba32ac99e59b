"""The demo's printer that no Obico server knows."""

from collections.abc import Iterator
from io import BytesIO
import json

from PIL import Image, ImageStat
import pytest

from dev import Account, ObicoServer, Phase
from dev.demo.bambu import NAME, BambuPrinter, live, record_of
from dev.demo.watched import CONFIGURATION
from dev.json_types import as_object


@pytest.fixture
def machine(server: ObicoServer) -> BambuPrinter:
    machine = BambuPrinter(server.clock)
    server.play(live(machine, server))
    return machine


async def seen(
    server: ObicoServer, machine: BambuPrinter, seconds: int
) -> Iterator[str]:
    """Return the statuses that follow each other."""
    statuses = [machine.print_status]
    for _ in range(seconds):
        await server.advance(1)
        if machine.print_status != statuses[-1]:
            statuses.append(machine.print_status)
    return iter(statuses)


async def test_the_first_print_is_over_within_a_minute(
    server: ObicoServer, machine: BambuPrinter
) -> None:
    statuses = await seen(server, machine, 60)
    assert list(statuses) == ["idle", "prepare", "running", "finish"]
    report = machine.report()
    assert (report["subtask_name"], report["print_progress"]) == ("gift_box.3mf", 100)
    assert report["remaining_time"] == 0


async def test_filament_runs_out_and_is_replaced(
    server: ObicoServer, machine: BambuPrinter
) -> None:
    for _ in range(200):
        await server.advance(1)
        if machine.report()["hms_code"]:
            break
    assert machine.print_status == "pause"
    assert str(machine.report()["hms_wiki"]).startswith("https://wiki.bambulab.com/")
    assert list(await seen(server, machine, 80)) == ["pause", "running", "finish"]
    assert machine.report()["hms_code"] is None


async def test_a_failing_print_is_paused_and_then_cancelled(
    server: ObicoServer, machine: BambuPrinter
) -> None:
    for _ in range(400):
        await server.advance(1)
        if machine.score > 0.5:
            break
    assert machine.print_status == "running"
    machine.obey("pause")
    assert list(await seen(server, machine, 60)) == ["running", "pause", "failed"]
    await server.advance(60)
    assert machine.score == 0.0


async def test_obico_s_gauge_shows_how_much_has_failed(
    server: ObicoServer, account: Account, machine: BambuPrinter
) -> None:
    assert record_of(server) is None
    printer = account.add_printer(NAME)
    assert record_of(server) is printer
    machine.score = 0.4
    await server.advance(1)
    assert server.remote_agent(printer).score == machine.score > 0.4
    printer.archive()
    assert record_of(server) is None


async def test_its_entities_are_obeyed(
    server: ObicoServer, machine: BambuPrinter
) -> None:
    await server.advance(25)
    assert machine.print_status == "running"
    machine.obey("nozzle", 210)
    assert machine.report()["target_nozzle_temperature"] == 210
    dark = ImageStat.Stat(Image.open(BytesIO(machine.picture()))).mean
    machine.obey("light_on")
    assert machine.report()["chamber_light"] is True
    lit = ImageStat.Stat(Image.open(BytesIO(machine.picture()))).mean
    assert sum(lit) > 2 * sum(dark)
    for command, phase in (
        ("pause", Phase.PAUSED),
        ("resume", Phase.PRINTING),
        ("stop", Phase.IDLE),
    ):
        machine.obey(command)
        await server.advance(5)
        assert machine.phase is phase
    assert machine.print_status == "failed"


async def test_everything_that_is_reported_has_an_entity(
    machine: BambuPrinter,
) -> None:
    for key in as_object(json.loads(json.dumps(machine.report()))):
        assert f"trigger.event.data.{key}" in CONFIGURATION
