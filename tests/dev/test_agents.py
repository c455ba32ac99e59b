"""Behaviour of the simulated machines that no single recording shows."""

import pytest

from dev import CUBE, MEDIUM, SHORT, KlipperAgent, OctoPrintAgent, Phase, Printer
from dev.json_types import JsonObject, as_object

from .drive import REASON, Stage, offline
from .support import Watcher


def text_of(printer: JsonObject) -> str:
    """Return the state's text."""
    status = as_object(printer["status"])
    return str(as_object(status["state"])["text"])


async def types(stage: Stage) -> list[object]:
    """Return the types of the events, oldest first."""
    return [event["event_type"] for event in reversed(await stage.api.events())]


async def test_temperatures_move_to_their_targets(stage: Stage) -> None:
    printer = await stage.octoprint()
    printer.agent.start_print(SHORT)
    readings = []
    for _ in range(5):
        await stage.server.advance(5)
        status = as_object((await stage.api.printer(printer))["status"])
        tool = as_object(as_object(status["temperatures"])["tool0"])
        readings.append(float(str(tool["actual"])))
    assert readings == sorted(readings)
    assert readings[0] < 100
    assert readings[-1] == pytest.approx(205, abs=1)


@pytest.mark.parametrize("how", ["at the printer", "in Obico"])
async def test_a_filament_change_is_a_pause_until_it_is_done(
    stage: Stage, how: str
) -> None:
    printer = await stage.octoprint(watched=False)
    await stage.printing(printer)
    printer.agent.change_filament()
    assert text_of(await stage.api.printer(printer)) == "Pausing"
    await stage.server.advance(1)
    assert text_of(await stage.api.printer(printer)) == "Paused"
    await stage.server.advance(300)
    assert text_of(await stage.api.printer(printer)) == "Paused"
    if how == "in Obico":
        await stage.api.command(printer, "resume_print/")
    else:
        printer.agent.filament_changed()
    await stage.until(printer.agent, Phase.PRINTING)
    assert not printer.agent.changing_filament
    assert await types(stage) == ["STARTED", "FILAMENT_CHANGE", "PAUSED", "RESUMED"]


async def test_an_agent_that_goes_leaves_print_and_picture(stage: Stage) -> None:
    printer = await stage.octoprint()
    await stage.printing(printer)
    before = await stage.api.printer(printer)
    printer.agent.go_offline()
    gone = await stage.api.printer(printer)
    assert gone["status"] is None
    assert gone["pic"] == before["pic"]
    job = as_object(gone["current_print"])
    assert job["id"] == as_object(before["current_print"])["id"]


async def test_a_print_that_ends_offline_is_recorded_when_the_agent_is_back(
    stage: Stage,
) -> None:
    printer = await stage.octoprint(watched=False)
    await stage.printing(printer, SHORT, seconds=30)
    printer.agent.go_offline()
    await stage.server.advance(200)
    assert await types(stage) == ["STARTED"]
    assert printer.current_print
    printer.agent.come_online()
    assert await types(stage) == ["STARTED", "ENDED"]
    assert text_of(await stage.api.printer(printer)) == "Operational"


async def test_a_killed_agents_print_counts_as_finished(stage: Stage) -> None:
    printer = await offline(stage)
    await stage.server.advance(60)
    printer.agent.come_online()
    ended = (await stage.api.events())[0]
    assert (ended["event_type"], ended["event_class"]) == ("ENDED", "SUCCESS")
    (row,) = (await stage.api("prints/")).rows
    assert row["finished_at"]
    assert row["filament_used"] is None
    assert row["print_time"] is None
    assert text_of(await stage.api.printer(printer)) == "Operational"


async def test_a_frozen_agent_is_given_up_after_half_a_minute(stage: Stage) -> None:
    printer = await stage.octoprint(watched=False)
    await stage.printing(printer)
    printer.agent.freeze()
    await stage.server.advance(30)
    assert (await stage.api.printer(printer))["status"] is not None
    await stage.server.advance(2)
    assert (await stage.api.printer(printer))["status"] is None
    printer.agent.thaw()
    assert text_of(await stage.api.printer(printer)) == "Printing"


@pytest.mark.parametrize("seconds", [5, 40])
async def test_a_frozen_agent_runs_commands_when_it_thaws(
    stage: Stage, seconds: int
) -> None:
    printer = await stage.octoprint(watched=False)
    await stage.printing(printer)
    printer.agent.freeze(keep_commands=True)
    message: JsonObject = {"target": "_printer", "func": "set_temperature"}
    printer.passthru(message | {"args": ["bed", 70], "ref": "heat"})
    await stage.api.command(printer, "pause_print/")
    await stage.server.advance(seconds)
    assert printer.agent.heaters["bed"].target == 60
    assert printer.agent.phase is Phase.PRINTING
    printer.agent.thaw()
    assert printer.agent.heaters["bed"].target == 70
    await stage.until(printer.agent, Phase.PAUSED)


async def test_what_a_lost_connection_held_is_lost(stage: Stage) -> None:
    printer = await stage.octoprint(watched=False)
    printer.agent.freeze(keep_commands=True)
    printer.passthru(
        {"target": "_printer", "func": "jog", "args": [{"x": 10}], "ref": "jog"}
    )
    printer.agent.go_offline()
    printer.agent.thaw()
    printer.agent.come_online()
    assert printer.agent.position["x"] == 0


async def test_an_error_ends_the_print_and_the_connection(stage: Stage) -> None:
    printer = await stage.octoprint(watched=False)
    await stage.printing(printer)
    printer.agent.error(REASON)
    await stage.server.advance(5)
    served = await stage.api.printer(printer)
    assert text_of(served) == "Offline after error"
    assert served["current_print"] is None
    assert await types(stage) == ["STARTED", "ENDED", "PRINTER_ERROR"]
    printer.agent.connect()
    await stage.until(printer.agent, Phase.IDLE)
    printer.agent.start_print(SHORT)


async def test_an_alert_is_relayed_before_its_event(stage: Stage) -> None:
    printer = await stage.octoprint()
    watcher = await fresh(stage, printer)
    printer.agent.alert("Spool is empty", "Put on another", delay=5)
    (relayed,) = [
        as_object(message["passthru"])
        for message in await watcher.everything()
        if "passthru" in message
    ]
    row = as_object(relayed["printer_event"])
    assert row["event_title"] == "Spool is empty"
    assert row["event_type"] == "PRINTER_ERROR"
    assert await types(stage) == []
    await stage.server.advance(5)
    assert await types(stage) == ["PRINTER_ERROR"]


async def test_an_alert_of_the_same_title_brings_no_second_event(stage: Stage) -> None:
    printer = await stage.octoprint()
    watcher = await fresh(stage, printer)
    for _ in range(2):
        printer.agent.alert("Spool is empty", "Put on another")
        await stage.server.advance(10)
    printer.agent.alert("Fan is slow", "Clean it", delay=None)
    await stage.server.advance(100)
    relayed = [m for m in await watcher.everything() if "passthru" in m]
    assert len(relayed) == 3
    assert await types(stage) == ["PRINTER_ERROR"]


async def fresh(stage: Stage, printer: Printer) -> Watcher:
    """Watch a printer, and discard the messages so far."""
    watcher = await stage.watch(printer)
    await stage.server.advance(3)
    await watcher.everything()
    return watcher


async def test_a_klipper_agent_runs_gcode_and_prints(stage: Stage) -> None:
    printer = stage.klipper()
    agent = printer.agent
    assert isinstance(agent, KlipperAgent)
    agent.select(CUBE)
    for number, (func, kwargs) in enumerate(
        (
            (
                "printer/gcode/script",
                {"verb": "post", "script": "M104 S210\nM220 S150"},
            ),
            ("printer/gcode/script", {"verb": "post", "script": "M106 S127"}),
            ("printer/print/start", {"verb": "post", "filename": CUBE.path}),
        )
    ):
        printer.passthru(
            {
                "target": "moonraker_api",
                "func": func,
                "kwargs": kwargs,
                "ref": str(number + 1),
            }
        )
    assert agent.heaters["extruder"].target == 210
    assert (agent.feed_rate, agent.fan_speed) == (1.5, 0.5)
    assert agent.phase is Phase.STARTING


@pytest.mark.parametrize(
    ("target", "func"),
    [
        ("moonraker_api", "server/files/directory"),
        ("moonraker_api", "machine/device_power/devices"),
        ("_printer", "home"),
        ("jpeg_poster", "web_snapshot_request"),
    ],
)
async def test_a_klipper_agent_answers(stage: Stage, target: str, func: str) -> None:
    printer = stage.klipper()
    watcher = await stage.watch(printer)
    await watcher.passthru({"target": target, "func": func, "args": ["x"], "ref": "a"})
    replies = [
        m for m in (await watcher.next(), await watcher.next()) if "passthru" in m
    ]
    assert as_object(replies[0]["passthru"])["ref"] == "a"


@pytest.mark.parametrize(
    "message",
    [
        {"target": "_printer", "func": "explode", "ref": "a"},
        {"target": "nobody", "func": "home", "ref": "b"},
        {"target": "_printer", "func": "home"},
    ],
)
async def test_what_no_agent_knows_is_not_answered(
    stage: Stage, message: JsonObject
) -> None:
    printer = await stage.octoprint()
    watcher = await fresh(stage, printer)
    await watcher.passthru(message)
    assert await watcher.everything() == []


@pytest.mark.parametrize(("heater", "target"), [("bed", -1), ("oven", 60)])
async def test_a_bad_temperature_is_an_error(
    stage: Stage, heater: str, target: int
) -> None:
    printer = await stage.octoprint()
    watcher = await fresh(stage, printer)
    await watcher.passthru(
        {
            "target": "_printer",
            "func": "set_temperature",
            "args": [heater, target],
            "ref": "t",
        }
    )
    reply = as_object((await watcher.next())["passthru"])
    assert reply["error"]
    assert "ret" not in reply


async def test_klipper_comes_back_after_an_emergency_stop(stage: Stage) -> None:
    printer = stage.klipper()
    await stage.printing(printer, CUBE)
    printer.passthru(
        {"target": "moonraker_api", "func": "printer/emergency_stop", "ref": "1"}
    )
    assert (await stage.api.printer(printer))["status"] is None
    printer.passthru(
        {"target": "moonraker_api", "func": "printer/firmware_restart", "ref": "2"}
    )
    await stage.until(printer.agent, Phase.IDLE)
    assert text_of(await stage.api.printer(printer)) == "Operational"


async def test_a_busy_printer_starts_nothing(stage: Stage) -> None:
    printer = await stage.octoprint(watched=False)
    await stage.printing(printer)
    with pytest.raises(RuntimeError):
        printer.agent.start_print(MEDIUM)


async def test_a_lost_connection_ends_the_print(stage: Stage) -> None:
    printer = await stage.octoprint(watched=False)
    await stage.printing(printer)
    printer.agent.disconnect()
    assert await types(stage) == ["STARTED", "ENDED"]
    assert isinstance(printer.agent, OctoPrintAgent)
    printer.passthru(
        {"target": "_printer", "func": "connect", "args": ["VIRTUAL"], "ref": "c"}
    )
    await stage.until(printer.agent, Phase.IDLE)


async def reports(stage: Stage, printer: Printer, seconds: int) -> int:
    """Return how many different statuses an agent sends in some time."""
    stamps = set()
    for _ in range(seconds):
        status = as_object((await stage.api.printer(printer))["status"])
        stamps.add(status["_ts"])
        await stage.server.advance(1)
    return len(stamps)


async def test_octoprint_reports_more_often_while_somebody_is_watching(
    stage: Stage,
) -> None:
    printer = await stage.octoprint(watched=False)
    await stage.printing(printer, CUBE)
    assert await reports(stage, printer, 100) <= 3
    await stage.watch(printer)
    assert await reports(stage, printer, 100) >= 10


async def test_klipper_reports_every_half_minute_whoever_is_watching(
    stage: Stage,
) -> None:
    printer = stage.klipper()
    await stage.printing(printer, CUBE)
    assert await reports(stage, printer, 120) <= 5
    await stage.watch(printer)
    assert 4 <= await reports(stage, printer, 120) <= 5


# A print without a record


@pytest.fixture
async def unrecorded(stage: Stage) -> Printer:
    """A Klipper printer whose agent has failed to register its print."""
    printer = stage.klipper()
    printer.agent.start_print(CUBE, recorded=False)
    await stage.server.advance(60)
    return printer


async def moonraker(stage: Stage, printer: Printer, func: str) -> JsonObject:
    """Post a request to Moonraker, and return the reply."""
    watcher = await stage.watch(printer)
    await watcher.everything()
    await watcher.passthru(
        {
            "target": "moonraker_api",
            "func": func,
            "kwargs": {"verb": "post"},
            "ref": func,
        }
    )
    while True:
        if "passthru" in (message := await watcher.next()):
            return as_object(message["passthru"])


async def test_a_print_without_a_record_is_only_in_the_status(
    stage: Stage, unrecorded: Printer
) -> None:
    served = await stage.api.printer(unrecorded)
    assert text_of(served) == "Printing"
    assert as_object(as_object(served["status"])["job"])["file"]
    assert served["current_print"] is None
    assert await types(stage) == []
    assert (await stage.api("prints/")).json == []


@pytest.mark.parametrize("command", ["pause_print", "resume_print", "cancel_print"])
async def test_the_server_refuses_commands_to_a_print_without_a_record(
    stage: Stage, unrecorded: Printer, command: str
) -> None:
    answer = await stage.api.command(unrecorded, f"{command}/")
    assert (answer.status, answer.object["succeeded"]) == (200, False)
    await stage.server.advance(10)
    assert unrecorded.agent.phase is Phase.PRINTING


async def test_moonraker_pauses_resumes_and_cancels_a_print_without_a_record(
    stage: Stage, unrecorded: Printer
) -> None:
    for command, phase in (
        ("pause", Phase.PAUSED),
        ("resume", Phase.PRINTING),
        ("cancel", Phase.IDLE),
    ):
        reply = await moonraker(stage, unrecorded, f"printer/print/{command}")
        assert reply["ret"] == {"result": "ok"}
        await stage.until(unrecorded.agent, phase, limit=20)
    assert await types(stage) == []
    unrecorded.agent.start_print(CUBE)
    await stage.server.advance(60)
    assert await types(stage) == ["STARTED"]
    assert unrecorded.current_print is not None
