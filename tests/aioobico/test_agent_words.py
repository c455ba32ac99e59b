"""What agents say in their own words is told as what is true.

The kind: the text of an error in an agent's code, or in a library of its, is shown to a user
as the reason.
"""

import asyncio
from collections.abc import Awaitable, Callable
import math

import pytest

from custom_components.obico.aioobico import (
    AgentKind,
    AgentReply,
    ObicoAgentBusyError,
    ObicoAgentNotFoundError,
    ObicoAgentRefusedError,
    ObicoAgentSilentError,
    ObicoAgentUnexplainedError,
    ObicoAgentUnsupportedError,
    ObicoError,
    ObicoPushError,
    PrinterAgent,
    agent as agent_module,
    agent_requests,
)
from custom_components.obico.aioobico.parsing import section

from .support import load_object
from .test_agent import Line, fails

OCTOPRINT, KLIPPER = AgentKind.OCTOPRINT, AgentKind.KLIPPER

type Command = Callable[[PrinterAgent], Awaitable[object]]


def recorded(name: str) -> dict[str, object] | None:
    """Return a recorded reply, None where there was none."""
    body = load_object(f"more/{name}.json")["body"]
    return None if body is None else section(section(body)["passthru"])


def listing(*folders: str) -> dict[str, object]:
    """Return what Moonraker lists of a folder with these in it."""
    return {"ret": {"dirs": [{"dirname": name} for name in folders], "files": []}}


# Recorded


@pytest.mark.parametrize(
    ("name", "command", "expected"),
    [
        (
            "octoprint_list_files_missing",
            lambda agent: agent.list_files(OCTOPRINT, "nofolder"),
            ObicoAgentNotFoundError,
        ),
        (
            "octoprint_select_missing_idle",
            lambda agent: agent.print_file(OCTOPRINT, "nope.gcode"),
            ObicoAgentNotFoundError,
        ),
        (
            "klipper_unknown",
            lambda agent: agent.pause_print(),
            ObicoAgentUnexplainedError,
        ),
        (
            "klipper_unknown_target",
            lambda agent: agent.set_temperature("bed", 60),
            ObicoAgentUnsupportedError,
        ),
        (
            "octoprint_unknown_func",
            lambda agent: agent.set_temperature("bed", 60),
            ObicoAgentSilentError,
        ),
        (
            "octoprint_unknown_target",
            lambda agent: agent.emergency_stop(),
            ObicoAgentSilentError,
        ),
    ],
)
async def test_a_recorded_refusal_is_told_as_what_it_is(
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    command: Command,
    expected: type[ObicoError],
) -> None:
    monkeypatch.setattr(agent_requests, "_REPLY_SECONDS", 0.01)
    reply = recorded(name)
    line = Line(reply)
    with pytest.raises(ObicoError) as caught:
        await command(line.agent)
    error = caught.value
    assert type(error) is expected
    if isinstance(error, ObicoAgentRefusedError):
        assert reply is not None
        assert error.detail == reply["error"]
        assert str(reply["error"]) not in str(error)
        assert "max()" not in str(error)


@pytest.mark.parametrize(
    ("name", "command"),
    [
        (
            "octoprint_select_missing",
            lambda agent: agent.print_file(OCTOPRINT, "nope.gcode"),
        ),
        (
            "klipper_unknown_gcode",
            lambda agent: agent.send_gcode(KLIPPER, ["NONSENSE_CMD"]),
        ),
    ],
)
async def test_what_no_agent_tells_is_no_error(name: str, command: Command) -> None:
    await command(Line(recorded(name)).agent)


@pytest.mark.parametrize(
    ("name", "kind", "paths"),
    [
        (
            "octoprint_list_files",
            OCTOPRINT,
            ["two_color_tag.gcode", "long_vase.gcode", "short_cube.gcode"],
        ),
        (
            "octoprint_list_files_with_folder",
            OCTOPRINT,
            [
                *("ObicoUpload/", "emptyfolder/"),
                *("two_color_tag.gcode", "long_vase.gcode", "short_cube.gcode"),
            ],
        ),
        (
            "klipper_files_directory",
            KLIPPER,
            ["two_color_tag.gcode", "long_vase.gcode", "short_cube.gcode"],
        ),
    ],
)
async def test_recorded_lists_are_of_one_folder(
    name: str, kind: AgentKind, paths: list[str]
) -> None:
    line = Line(recorded(name))
    found = await line.agent.list_files(kind)
    listed = [f"{folder.path}/" for folder in found.folders] + [
        file.path for file in found.files
    ]
    assert sorted(listed) == sorted(paths)
    assert all(file.size and file.estimated_time for file in found.files)
    assert len(line.sent) == 1


# Of the same kind


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("max() arg is an empty sequence", ObicoAgentNotFoundError),
        ("max() iterable argument is empty", ObicoAgentNotFoundError),
        ("a.gcode in /uploads does not exist", ObicoAgentNotFoundError),
        (
            "[Errno 2] No such file or directory: 'uploads/x'",
            ObicoAgentNotFoundError,
        ),
        ("Printer busy!", ObicoAgentBusyError),
        ("The printer is currently busy", ObicoAgentBusyError),
        (
            "Not supported by Home Assistant: _printer.home",
            ObicoAgentUnsupportedError,
        ),
        ('Error in calling "printer/print/start" - "post"', ObicoAgentUnexplainedError),
        ("Invalid axis q, valid axes are x, y, z, e", ObicoAgentRefusedError),
        ("Printer is not connected!", ObicoAgentRefusedError),
        ("busy.gcode is broken", ObicoAgentRefusedError),
        ("", ObicoAgentRefusedError),
    ],
)
@pytest.mark.parametrize("as_result", [False, True])
async def test_refusals_are_told_apart_by_the_agents_words(
    words: str, expected: type[ObicoAgentRefusedError], *, as_result: bool
) -> None:
    reply: dict[str, object] = {"error": words}
    if as_result:
        # An empty error is none in a result.
        reply = {"ret": {"error": words or 7}}
    with pytest.raises(ObicoAgentRefusedError) as caught:
        await Line(reply).agent.set_temperature("bed", 60)
    assert type(caught.value) is expected
    assert caught.value.detail == (words or None)


async def test_addresses_in_an_agents_words_are_in_no_detail() -> None:
    line = Line({"error": "https://obico.test/a?digest=secret does not exist"})
    with pytest.raises(ObicoAgentNotFoundError) as caught:
        await line.agent.set_temperature("bed", 60)
    assert "secret" not in f"{caught.value} {caught.value.detail}"


# Folders of Klipper, whose agent does not say what is wrong


MISSING = recorded("klipper_files_directory_missing")


async def test_a_folder_that_is_not_where_it_should_be_is_missing() -> None:
    line = Line(MISSING, listing("parts", ".thumbs"))
    reason = await fails(
        line.agent.list_files(KLIPPER, "nofolder"), ObicoAgentNotFoundError
    )
    assert "folder" in reason
    assert [section(sent["kwargs"])["path"] for sent in line.sent] == [
        "gcodes/nofolder",
        "gcodes",
    ]


async def test_a_folder_in_one_that_is_missing_is_missing() -> None:
    line = Line(MISSING, MISSING, listing("other"))
    await fails(line.agent.list_files(KLIPPER, "no/folder"), ObicoAgentNotFoundError)
    assert len(line.sent) == 3


@pytest.mark.parametrize(
    ("folder", "answers"),
    [
        ("", [MISSING]),
        ("parts", [MISSING, listing("parts")]),
        ("parts", [MISSING, MISSING]),
        ("u\u0308", [MISSING, listing("\u00fc")]),
        ("parts/small", [MISSING, MISSING, listing("parts")]),
    ],
)
async def test_a_folder_that_is_there_or_may_be_is_not_called_missing(
    folder: str, answers: list[object]
) -> None:
    line = Line(*answers)
    await fails(line.agent.list_files(KLIPPER, folder), ObicoAgentUnexplainedError)
    assert len(line.sent) == len(answers)


# Files of Klipper, likewise


def files(*names: str) -> dict[str, object]:
    """Return what Moonraker lists of a folder with these files in it."""
    return {"ret": {"dirs": [], "files": [{"filename": name} for name in names]}}


@pytest.mark.parametrize(
    ("path", "answers"),
    [
        ("nope.gcode", [files("other.gcode")]),
        ("parts/nope.gcode", [files()]),
        ("nofolder/nope.gcode", [MISSING, listing("parts")]),
    ],
)
async def test_a_file_that_is_not_listed_is_missing(
    path: str, answers: list[object]
) -> None:
    line = Line(recorded("klipper_unknown"), *answers)
    with pytest.raises(ObicoAgentNotFoundError) as caught:
        await line.agent.print_file(KLIPPER, path)
    assert caught.value.detail == 'Error in calling "no/such/thing" - "get"'
    assert len(line.sent) == 1 + len(answers)


@pytest.mark.parametrize(
    ("path", "answers"),
    [
        ("cube.gcode", [files("cube.gcode")]),
        ("u\u0308.gcode", [files("\u00fc.gcode")]),
        ("cube.gcode", [MISSING]),
        ("cube.gcode", [ObicoPushError("The push connection was lost")]),
        (".hidden.gcode", []),
        ("parts/.hidden.gcode", []),
    ],
)
async def test_a_file_that_is_listed_or_may_be_there_is_not_called_missing(
    path: str, answers: list[object]
) -> None:
    line = Line(recorded("klipper_unknown"), *answers)
    await fails(line.agent.print_file(KLIPPER, path), ObicoAgentUnexplainedError)
    assert len(line.sent) == 1 + len(answers)


# Numbers that no heater is set to


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
async def test_a_number_that_would_be_sent_as_null_is_not_sent(value: float) -> None:
    line = Line()
    for command in (
        line.agent.set_temperature("bed", value),
        line.agent.jog("x", value),
        line.agent.extrude(OCTOPRINT, value),
        line.agent.extrude(KLIPPER, value),
    ):
        with pytest.raises(ValueError, match="finite"):
            await command
    assert line.sent == []


@pytest.mark.parametrize("text", ["half \ud83d", "\udcff"])
async def test_a_text_with_half_a_character_is_not_sent(text: str) -> None:
    line = Line()
    for command in (
        line.agent.send_gcode(KLIPPER, [text]),
        line.agent.send_gcode(OCTOPRINT, [text]),
        line.agent.set_temperature(text, 60),
    ):
        with pytest.raises(ValueError, match="half a character"):
            await command
    assert (line.sent, line.waiting) == ([], 0)


async def test_a_reply_that_was_not_waited_for_is_none_of_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(agent_module, "_LONG_REPLY_SECONDS", 0.01)
    line = Line(None, None)
    await fails(line.agent.pause_print(), ObicoAgentSilentError)
    late = line.sent[0]["ref"]
    resuming = asyncio.ensure_future(line.agent.resume_print())
    await asyncio.sleep(0)
    line.agent.handle_reply(AgentReply.from_dict({"ref": late, "error": "Too late"}))
    line.reply({"ret": {"result": "ok"}})
    await resuming
