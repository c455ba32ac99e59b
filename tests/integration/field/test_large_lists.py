"""Kind: a long reply of an agent neither breaks the push connection nor loses what is pushed.

Lists are asked for folder by folder. What is too large is told as that, whoever asked for it.
"""

import asyncio
from dataclasses import replace

import pytest

from dev import SHORT, Phase
from dev.agent.calls import Call
from dev.json_types import JsonValue
from tests.integration.control.conftest import printer  # noqa: F401
from tests.integration.control.support import failed, octoprint
from tests.integration.push.conftest import (  # noqa: F401
    expected_lingering_timers,
    obico,
    server,
    timelapse,
)
from tests.integration.push.support import connects
from tests.integration.services.conftest import actions  # noqa: F401
from tests.integration.services.support import Actions
from tests.timelapse import wait_until

MEBIBYTE = 1024 * 1024
LISTS = {"list_files", "server/files/directory"}


def fill(actions: Actions, count: int, folder: str = "") -> None:  # noqa: F811
    """Put files with names of a usual length onto the printer."""
    for number in range(count):
        path = f"{folder}A part with a rather usual file name of a slicer 0.2mm PETG MK4 {number:04} 3h12m.gcode"
        actions.agent.files[path] = replace(SHORT, path=path)


def pad(
    actions: Actions,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    mebibytes: float,
) -> None:
    """Have lists padded, as plug-ins and the history of prints do."""
    run = actions.agent.run

    def padded(target: str, func: str, call: Call) -> JsonValue:
        value = run(target, func, call)
        if func in LISTS:
            assert isinstance(value, dict)
            value["padding"] = "x" * int(mebibytes * MEBIBYTE)
        return value

    monkeypatch.setattr(actions.agent, "run", padded)


def is_connected(actions: Actions) -> bool:  # noqa: F811
    connections = actions.obico.entry.runtime_data.connections
    return connections.is_connected(actions.printer.id) and not connects(actions.obico)


@pytest.mark.parametrize("folder", ["", "parts/"])
@pytest.mark.parametrize("count", [1200, 9000])
async def test_a_long_list_comes_and_the_push_connection_stays(
    actions: Actions,  # noqa: F811
    count: int,
    folder: str,
) -> None:
    actions.agent.files.clear()
    fill(actions, count, folder)
    answer = await actions.ask("get_files", folder=folder)
    assert len(answer["files"]) == count
    assert is_connected(actions)


async def test_only_the_folder_that_is_asked_for_is_sent(
    actions: Actions,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fill(actions, 50, "a folder/")
    fill(actions, 50, "a folder/in a folder/")
    sent: list[str] = []
    relay = actions.obico.server.sockets.send

    def send(printer_id: int, text: str) -> None:
        sent.append(text)
        relay(printer_id, text)

    monkeypatch.setattr(actions.obico.server.sockets, "send", send)
    answer = await actions.ask("get_files")
    assert "a folder" in [folder["path"] for folder in answer["folders"]]
    assert "A part with" not in "".join(sent)
    answer = await actions.ask("get_files", folder="a folder")
    assert len(answer["files"]) == 50
    assert "".join(sent).count("in a folder/") == 0


@pytest.mark.parametrize("mebibytes", [17, 33])
async def test_what_is_too_large_is_told_as_that(
    actions: Actions,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    mebibytes: int,
) -> None:
    with monkeypatch.context() as padded:
        pad(actions, padded, mebibytes)
        error = await failed(actions.ask("get_files"), "too_large")
    assert "prox" not in str(error)
    if mebibytes == 17:
        assert is_connected(actions)
    await actions.pass_time(30)
    await actions.ask("get_files")


@octoprint
async def test_a_large_list_that_somebody_else_asked_for_changes_nothing(
    actions: Actions,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pad(actions, monkeypatch, 17)
    actions.printer.passthru(
        {
            "target": "_file_manager",
            "func": "list_files",
            "ref": "browser",
            "args": [],
            "kwargs": {},
        }
    )
    actions.agent.start_print(SHORT)
    await wait_until(lambda: actions["sensor.status"] == "starting")
    assert is_connected(actions)


async def test_what_is_pushed_meanwhile_is_not_lost(
    actions: Actions,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pad(actions, monkeypatch, 8)
    lists = [asyncio.create_task(actions.ask("get_files")) for _ in range(2)]
    await wait_until(lambda: len(actions.told) == 2)
    actions.agent.start_print(SHORT)
    await wait_until(lambda: actions["sensor.status"] != "idle")
    first, second = await asyncio.gather(*lists)
    assert first == second
    assert actions.agent.phase is not Phase.IDLE
    assert is_connected(actions)


async def test_two_who_ask_at_once_get_their_own_folder(
    actions: Actions,  # noqa: F811
) -> None:
    actions.agent.files.clear()
    fill(actions, 3000, "one/")
    fill(actions, 1500, "two/")
    one, two, nothing = await asyncio.gather(
        actions.ask("get_files", folder="one"),
        actions.ask("get_files", folder="two"),
        actions.ask("get_files"),
    )
    assert (len(one["files"]), len(two["files"])) == (3000, 1500)
    assert nothing["files"] == []
    assert sorted(row["path"] for row in nothing["folders"]) == ["one", "two"]
    assert is_connected(actions)
