"""Recorded websocket streams and passthru commands, compared with those of this server."""

from itertools import pairwise
import json

import pytest

from dev import MEDIUM, SHORT, Phase, Printer
from dev.json_types import JsonObject, as_object

from . import drive
from .captures import differences, printers, read_lines
from .drive import Stage
from .support import Watcher

# Time stamps, and values that depend on how a machine was driven.
type Step = tuple[str, bool]


def step_of(printer: JsonObject) -> Step:
    """Return the step of a print that a push shows: its state, and whether a print is open."""
    status = as_object(printer["status"])
    text = str(as_object(status["state"])["text"])
    return text, printer["current_print"] is not None


def steps_of(pushes: list[JsonObject]) -> list[Step]:
    """Return the steps of a stream without repetitions."""
    steps: list[Step] = []
    for push in pushes:
        if steps[-1:] != [step_of(push)]:
            steps.append(step_of(push))
    return steps


def recorded_pushes(name: str) -> list[JsonObject]:
    """Return the Printer objects of a recorded stream."""
    return [
        message
        for line in read_lines(name)
        if line["dir"] == "in" and line["kind"] == "text"
        for message in (as_object(line["msg"]),)
        if "status" in message
    ]


def pushes_of(messages: list[JsonObject]) -> list[JsonObject]:
    """Return the Printer objects among the messages of a viewer."""
    return [message for message in messages if "status" in message]


def assert_alike(recorded: list[JsonObject], served: list[JsonObject]) -> None:
    """Compare each push with those of the same step that were recorded, in a stream or by themselves."""
    known = recorded + [printer for printer in printers().values() if printer["status"]]
    for push in served:
        alike = [other for other in known if step_of(other) == step_of(push)]
        found = [differences(other, push) for other in alike]
        assert {} in found, (step_of(push), min(found, key=len))


async def whole_print(stage: Stage) -> list[JsonObject]:
    """Print a job for the second time, with a viewer from start to a few seconds after the end."""
    printer = await stage.octoprint()
    await stage.print_whole(printer)
    watcher = stage.watcher
    assert watcher
    await watcher.everything()
    await stage.start_from_web(printer)
    await stage.server.advance(2)
    await stage.until(printer.agent, Phase.IDLE)
    await stage.server.advance(20)
    return pushes_of(await watcher.everything())


async def test_a_whole_print_is_pushed_as_it_was_recorded(stage: Stage) -> None:
    recorded = recorded_pushes("ws_print_whole_success.jsonl")
    served = await whole_print(stage)
    assert steps_of(served) == steps_of(recorded)
    assert_alike(recorded, served)


async def test_pause_resume_and_cancel_are_pushed_as_they_were_recorded(
    stage: Stage,
) -> None:
    recorded = recorded_pushes("ws_print_pause_resume_cancel.jsonl")
    printer = await stage.octoprint()
    await stage.print_whole(printer)
    watcher = stage.watcher
    assert watcher
    printer.agent.start_print(MEDIUM)
    await stage.server.advance(60)
    for _ in range(2):
        await stage.api.command(printer, "pause_print/")
        await stage.until(printer.agent, Phase.PAUSED)
        await stage.api.command(printer, "resume_print/")
        await stage.until(printer.agent, Phase.PRINTING)
        await stage.server.advance(10)
    await stage.api.command(printer, "cancel_print/")
    await stage.until(printer.agent, Phase.IDLE)
    await stage.server.advance(10)
    served = pushes_of(await watcher.everything())
    # The recording begins after a print, with the printer idle.
    start = next(i for i, push in enumerate(served) if step_of(push)[0] == "Finishing")
    served = [push for push in served[start:] if step_of(push)[0] != "Finishing"]
    assert steps_of(served) == steps_of(recorded)
    assert_alike(recorded, served)


async def test_about_a_third_of_the_pushes_repeat_the_one_before(stage: Stage) -> None:
    def repeated(pushes: list[JsonObject]) -> float:
        pairs = list(pairwise(pushes))
        return sum(one == other for one, other in pairs) / len(pairs)

    recorded = repeated(recorded_pushes("ws_print_whole_success.jsonl"))
    assert repeated(await whole_print(stage)) == pytest.approx(recorded, abs=0.12)


async def answer_to(watcher: Watcher, request: JsonObject) -> JsonObject | None:
    """Return the reply to a passthru command, None if that of the next one comes first."""
    await watcher.passthru(request)
    for message in await watcher.everything():
        match message:
            case {"passthru": {"ref": ref}} if ref == request.get("ref"):
                return message
    return None


async def after_print(stage: Stage) -> Printer:
    printer = await stage.octoprint()
    await stage.print_whole(printer)
    return printer


@pytest.mark.parametrize(
    ("name", "reach"),
    [("passthru_disconnected", drive.disconnected), ("passthru_idle", after_print)],
)
async def test_a_conversation_with_the_agent_goes_as_it_was_recorded(
    stage: Stage, name: str, reach: drive.Drive
) -> None:
    printer = await reach(stage)
    assert stage.watcher
    for line in read_lines(f"{name}.jsonl"):
        if str(line["name"]).startswith(("idle", "download")):
            await stage.until(printer.agent, Phase.IDLE)
        request = as_object(as_object(line["request"])["passthru"])
        served = await answer_to(stage.watcher, request)
        if (recorded := line["reply"]) is None:
            assert served is None, line["name"]
            continue
        assert served is not None, line["name"]
        assert differences(recorded, served) == {}, line["name"]
        if "error" in as_object(as_object(recorded)["passthru"]):
            assert served == recorded


async def test_a_reference_is_answered_once(stage: Stage) -> None:
    await after_print(stage)
    assert stage.watcher
    first, second = (
        as_object(as_object(line["request"])["passthru"])
        for line in read_lines("passthru_idle.jsonl")
        if str(line["name"]).startswith("ref_dup")
    )
    assert await answer_to(stage.watcher, first)
    assert await answer_to(stage.watcher, second) is None


async def test_the_terminal_is_relayed_when_somebody_asked_for_it(stage: Stage) -> None:
    await after_print(stage)
    assert stage.watcher
    ask: JsonObject = {"target": "_printer", "func": "commands", "args": ["M115"]}
    await stage.watcher.everything()
    await stage.watcher.passthru(ask | {"ref": "1"})
    await stage.watcher.passthru(
        {
            "target": "gcode_hooks",
            "func": "toggle_terminal_feed",
            "args": ["on"],
            "ref": "2",
        }
    )
    await stage.watcher.passthru(ask | {"ref": "3"})
    feeds = [
        message
        for message in await stage.watcher.everything()
        if "terminal_feed" in json.dumps(message)
    ]
    recorded = next(
        line["other"]
        for line in read_lines("passthru_idle.jsonl")
        if line["name"] == "idle_toggle_terminal_off"
    )
    assert isinstance(recorded, list)
    assert len(feeds) == 1
    assert differences(recorded[0], feeds[0]) == {}


async def test_an_agent_that_is_offline_answers_nothing(stage: Stage) -> None:
    printer = await after_print(stage)
    assert stage.watcher
    (line,) = read_lines("passthru_offline.jsonl")
    assert line["reply"] is None
    printer.agent.go_offline()
    async with stage.api.watch(printer) as other:
        await other.passthru(as_object(as_object(line["request"])["passthru"]))
        # A socket is closed when all that it sent was read.
        await other.socket.close()
    printer.agent.come_online()
    everything = await stage.watcher.everything()
    assert [message for message in everything if "passthru" in message] == []


async def test_the_web_starts_a_print(stage: Stage) -> None:
    printer = await after_print(stage)
    assert stage.watcher
    await answer_to(
        stage.watcher,
        {
            "target": "_printer",
            "func": "select_file",
            "args": [SHORT.path, None],
            "kwargs": {"printAfterSelect": "true"},
            "ref": "print",
        },
    )
    assert printer.agent.phase is Phase.STARTING
