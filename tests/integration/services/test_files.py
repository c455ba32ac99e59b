"""Files and the start of prints by actions."""

from dataclasses import replace

import probatio
import pytest

from custom_components.obico.aioobico import (
    AgentKind,
    ObicoAgentNotFoundError,
    PrinterAgent,
    PrinterListing,
)
from dev import CUBE, MEDIUM, SHORT, Job, Phase
from tests.integration.control.support import failed, klipper, octoprint, refused

from .support import Actions, Json

FILES = "/api/v1/g_code_files/"
FOLDERS = "/api/v1/g_code_folders/"


def store(actions: Actions, *jobs: Job) -> None:
    """Put files onto the printer."""
    actions.agent.files |= {job.path: job for job in jobs}


def names(rows: list[Json]) -> list[str]:
    return [row["name"] for row in rows]


# Listing


async def test_a_printers_files_are_listed_folder_by_folder(actions: Actions) -> None:
    store(actions, SHORT, MEDIUM, CUBE)
    answer = await actions.ask("get_files")
    assert (answer["printer"], answer["device_id"]) == (
        "Prusa MK4",
        actions.device_id(),
    )
    assert answer["folders"] == [{"id": None, "name": "parts", "path": "parts"}]
    assert sorted(names(answer["files"])) == ["medium.gcode", "short.gcode"]
    (short,) = [file for file in answer["files"] if file["path"] == SHORT.path]
    assert short["size"] == SHORT.size
    assert short["filament"] == SHORT.filament / 1000
    assert short["estimated_time"] == pytest.approx(SHORT.seconds, rel=0.1)
    assert short["modified_at"].endswith("+00:00")
    inside = await actions.ask("get_files", folder="parts")
    assert inside["folders"] == []
    assert [file["path"] for file in inside["files"]] == [CUBE.path]


async def test_a_printer_without_files_has_none(actions: Actions) -> None:
    actions.agent.files.clear()
    answer = await actions.ask("get_files")
    assert (answer["folders"], answer["files"]) == ([], [])


async def test_an_agent_that_is_offline_lists_nothing(actions: Actions) -> None:
    actions.agent.go_offline()
    await actions.settle()
    await refused(actions.ask("get_files"), "printer_offline")


@klipper
@pytest.mark.parametrize("folder", ["gone", "parts/gone", "gone/within", "short"])
async def test_a_folder_that_is_not_on_the_printer_is_refused(
    actions: Actions, folder: str
) -> None:
    error = await refused(actions.ask("get_files", folder=folder), "folder_not_found")
    assert folder in str(error)


@octoprint
@pytest.mark.parametrize(
    "words",
    [
        "max() arg is an empty sequence",
        "max() iterable argument is empty",
        "[Errno 2] No such file or directory: '/srv/uploads/gone'",
    ],
)
async def test_a_folder_that_octoprint_fails_over_is_not_there(
    actions: Actions, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    def fail(*_: object) -> Json:
        raise ValueError(words)

    monkeypatch.setattr(actions.agent, "run", fail)
    error = await refused(actions.ask("get_files", folder="gone"), "folder_not_found")
    assert str(error) == "There is no folder gone"
    # There always is a top: something else is wrong.
    await failed(actions.ask("get_files"), "agent_not_found")


@octoprint
@pytest.mark.parametrize(
    "folder", ["../config", "a/../../b", "a\\b", "a\nb", "x" * 1025, 7, "./a"]
)
async def test_nobody_leaves_the_storage_by_a_path(
    actions: Actions, folder: object
) -> None:
    with pytest.raises(probatio.Invalid, match="folder"):
        await actions.ask("get_files", folder=folder)
    assert actions.told == []


@octoprint
@pytest.mark.parametrize("stands_for_it", ["printer", "account"])
async def test_the_clouds_files_are_listed_folder_by_folder(
    actions: Actions, stands_for_it: str
) -> None:
    account = actions.obico.account
    toys = account.add_folder("Toys")
    cars = account.add_folder("Cars", toys)
    account.add_folder("Tools")
    account.add_cloud_file("top.gcode")
    account.add_cloud_file("doll.gcode", toys)
    account.add_cloud_file("racer (red).gcode", cars)
    device_id = (
        actions.device_id() if stands_for_it == "printer" else actions.account_device_id
    )

    async def listed(**folder: str) -> tuple[list[str], list[str]]:
        answer = await actions.ask(
            "get_files", device_id=device_id, source="cloud", **folder
        )
        assert all(
            row["name"] == row["path"].split("/")[-1] for row in answer["folders"]
        )
        return (
            [row["path"] for row in answer["folders"]],
            [file["path"] for file in answer["files"]],
        )

    assert await listed() == (["Tools", "Toys"], ["top.gcode"])
    assert await listed(folder="Toys") == (["Toys/Cars"], ["Toys/doll.gcode"])
    assert await listed(folder="/Toys/Cars/") == ([], ["Toys/Cars/racer (red).gcode"])


@octoprint
async def test_a_file_in_the_cloud_is_described(actions: Actions) -> None:
    file = actions.obico.account.add_cloud_file("top.gcode")
    assert file.estimated_time is not None
    assert file.filament_total is not None
    answer = await actions.ask("get_files", source="cloud")
    assert answer["files"] == [
        {
            "id": file.id,
            "name": "top.gcode",
            "path": "top.gcode",
            "size": file.num_bytes,
            "modified_at": file.created_at.isoformat(),
            "estimated_time": round(file.estimated_time),
            "filament": file.filament_total / 1000,
            "thumbnail": None,
        }
    ]


@octoprint
async def test_all_pages_of_the_cloud_are_listed(actions: Actions) -> None:
    account = actions.obico.account
    for number in range(130):
        account.add_cloud_file(f"part {number}.gcode")
        account.add_folder(f"Folder {number}")
    answer = await actions.ask("get_files", source="cloud")
    assert len(set(names(answer["files"]))) == 130
    assert len(set(names(answer["folders"]))) == 130
    assert len(actions.obico.server.requests.matching(FILES)) == 2


@octoprint
async def test_folders_that_are_in_themselves_come_to_an_end(actions: Actions) -> None:
    folder = actions.obico.account.add_folder("Snake")
    folder.parent_folder = folder.id
    answer = await actions.ask("get_files", source="cloud", folder="Snake")
    assert answer["files"] == []


@octoprint
async def test_a_folder_that_is_not_in_the_cloud_is_refused(actions: Actions) -> None:
    error = await refused(
        actions.ask("get_files", source="cloud", folder="Gone"), "folder_not_found"
    )
    assert "Gone" in str(error)


# Starting


async def test_a_file_of_the_printer_is_printed(actions: Actions) -> None:
    store(actions, SHORT, CUBE)
    await actions.do("start_print", file=f"/{CUBE.path}")
    assert actions.agent.job is CUBE
    assert actions.agent.phase in {Phase.STARTING, Phase.PRINTING}
    assert actions["sensor.status"] in {"starting", "printing"}
    # The server's own call would print nothing, and close a record.
    assert actions.asked == []


async def test_a_file_of_the_cloud_is_downloaded_and_printed(actions: Actions) -> None:
    account = actions.obico.account
    account.add_cloud_file("other.gcode")
    account.add_cloud_file("racer (red).gcode", account.add_folder("Toys"))
    await actions.do("start_print", file="racer (red).gcode", source="cloud")
    assert actions["sensor.status"] == "downloading"
    await actions.pass_time(20)
    assert actions.agent.phase is Phase.PRINTING
    assert actions.agent.job is not None
    assert actions.agent.job.name == "racer__red_.gcode"


@octoprint
async def test_the_path_tells_files_of_one_name_apart(actions: Actions) -> None:
    account = actions.obico.account
    toys, tools = account.add_folder("Toys"), account.add_folder("Tools")
    account.add_cloud_file("part.gcode", toys)
    wanted = account.add_cloud_file("part.gcode", tools)
    error = await refused(
        actions.do("start_print", file="part.gcode", source="cloud"), "file_ambiguous"
    )
    assert "Tools/part.gcode, Toys/part.gcode" in str(error)
    assert actions.told == []
    await actions.do("start_print", file="Tools/part.gcode", source="cloud")
    assert f"'id': {wanted.id}," in actions.told[0]


@octoprint
async def test_a_file_at_the_top_is_the_one_that_is_meant(actions: Actions) -> None:
    account = actions.obico.account
    wanted = account.add_cloud_file("part.gcode")
    account.add_cloud_file("part.gcode", account.add_folder("Toys"))
    await actions.do("start_print", file="part.gcode", source="cloud")
    assert f"'id': {wanted.id}," in actions.told[0]


@octoprint
async def test_two_files_with_one_path_are_told_apart_by_nobody(
    actions: Actions,
) -> None:
    for _ in range(2):
        actions.obico.account.add_cloud_file("part.gcode")
    await refused(
        actions.do("start_print", file="part.gcode", source="cloud"), "file_ambiguous"
    )


@pytest.mark.parametrize("file", ["gone.gcode", "nowhere/gone.gcode"])
async def test_a_file_that_is_not_on_the_printer_is_refused(
    actions: Actions, file: str
) -> None:
    store(actions, SHORT)
    error = await refused(actions.do("start_print", file=file), "file_not_found")
    assert file in str(error)
    assert actions.agent.phase is Phase.IDLE


@octoprint
@pytest.mark.parametrize("file", ["gone.gcode", "Toys/top.gcode", "!!!", "top"])
async def test_a_file_that_is_not_in_the_cloud_is_refused(
    actions: Actions, file: str
) -> None:
    actions.obico.account.add_cloud_file("top.gcode")
    await refused(
        actions.do("start_print", file=file, source="cloud"), "file_not_found"
    )
    assert actions.told == []


@octoprint
async def test_a_file_whose_content_is_gone_is_none(actions: Actions) -> None:
    file = actions.obico.account.add_cloud_file("top.gcode")
    file.url = None  # type: ignore[assignment]
    await refused(
        actions.do("start_print", file="top.gcode", source="cloud"), "file_not_found"
    )


@octoprint
async def test_a_file_has_a_name(actions: Actions) -> None:
    for file in ("", "/", " "):
        with pytest.raises(probatio.Invalid, match="file"):
            await actions.do("start_print", file=file)


@pytest.mark.parametrize("phase", [Phase.PRINTING, Phase.PAUSED])
async def test_a_print_is_not_replaced(actions: Actions, phase: Phase) -> None:
    await actions.become(phase)
    store(actions, SHORT)
    await refused(actions.do("start_print", file=SHORT.path), "print_is_running")
    assert actions.told == []
    assert actions.agent.job is CUBE


@octoprint
async def test_a_printer_that_cannot_print_is_not_asked_to(actions: Actions) -> None:
    store(actions, SHORT)
    await actions.become(Phase.DISCONNECTED)
    await refused(actions.do("start_print", file=SHORT.path), "printer_disconnected")
    actions.agent.go_offline()
    await actions.settle()
    await refused(actions.do("start_print", file=SHORT.path), "printer_offline")
    assert actions.told == []


@octoprint
async def test_a_print_that_does_not_begin_is_told(
    actions: Actions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OctoPrint takes every file that it has, whatever becomes of it."""
    store(actions, SHORT)
    monkeypatch.setattr(actions.agent, "start_print", lambda *_, **__: None)
    await failed(actions.do("start_print", file=SHORT.path), "no_effect")


def never_reply(actions: Actions, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have no command answered from now on; the agent goes on to report."""

    def run(_target: str, _func: str, _call: Json) -> Json:
        raise LookupError

    monkeypatch.setattr(actions.agent, "run", run)


@klipper
@pytest.mark.parametrize("seconds", [15, 35])
async def test_klipper_that_begins_late_has_begun(
    actions: Actions, monkeypatch: pytest.MonkeyPatch, seconds: int
) -> None:
    """It comes to the print when it is done with what it is at."""
    store(actions, SHORT)
    never_reply(actions, monkeypatch)
    start = actions.begin_action("start_print", file=SHORT.path)
    await actions.timelapse.pass_time(seconds, step=1, patience=0.01)
    assert not start.done()
    actions.agent.start_print(SHORT)
    await actions.finish(start)
    assert actions["sensor.status"] in {"heating", "printing"}


@klipper
async def test_klipper_that_says_nothing_may_still_begin(
    actions: Actions, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(actions, SHORT)
    never_reply(actions, monkeypatch)
    began = actions.timelapse.elapsed
    start = actions.do("start_print", within=60, file=SHORT.path)
    error = await failed(start, "start_unanswered")
    assert "It may still do so" in str(error)
    assert 44 <= actions.timelapse.elapsed - began <= 50


@octoprint
async def test_octoprint_that_says_nothing_is_silent(
    actions: Actions, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(actions, SHORT)
    never_reply(actions, monkeypatch)
    await failed(actions.do("start_print", file=SHORT.path), "agent_silent")


@klipper
async def test_a_refusal_for_another_reason_is_told_as_it_is(
    actions: Actions, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_job: Job) -> None:
        raise RuntimeError("Move out of range")

    store(actions, SHORT)
    monkeypatch.setattr(actions.agent, "start_print", refuse)
    await failed(actions.do("start_print", file=SHORT.path), "agent_unexplained")


@klipper
async def test_an_agent_that_does_not_list_after_a_refusal_is_told_as_refusing(
    actions: Actions, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = actions.agent.run

    def refuse_then_freeze(target: str, func: str, call: Json) -> Json:
        if func == "server/files/directory":
            raise LookupError
        return run(target, func, call)

    monkeypatch.setattr(actions.agent, "run", refuse_then_freeze)
    await failed(actions.do("start_print", file="gone.gcode"), "agent_unexplained")


@octoprint
async def test_two_who_start_at_once_start_one_print(actions: Actions) -> None:
    store(actions, SHORT, MEDIUM)
    first = actions.begin_action("start_print", file=SHORT.path)
    second = actions.begin_action("start_print", file=MEDIUM.path)
    await actions.finish(first)
    await refused(actions.finish(second), "print_is_running")
    assert actions.agent.job is SHORT


@octoprint
async def test_a_server_that_fails_over_its_files_is_told(actions: Actions) -> None:
    actions.obico.server.faults.html(FOLDERS, 500)
    await failed(actions.ask("get_files", source="cloud"), "server_error")
    await failed(
        actions.do("start_print", file="a.gcode", source="cloud"), "server_error"
    )


@pytest.mark.parametrize(
    ("action", "needs"), [("home", {}), ("jog", {"z": 5}), ("extrude", {"length": 5})]
)
async def test_nothing_moves_what_begins_to_print_at_the_same_moment(
    actions: Actions, action: str, needs: dict[str, Json]
) -> None:
    store(actions, CUBE)
    actions.agent.heaters[actions.nozzle].actual = 210.0
    await actions.report()
    actions.forget()
    start = actions.begin_action("start_print", file=CUBE.path)
    await refused(actions.do(action, **needs), "print_is_running")
    await actions.finish(start)
    assert len(actions.told) == 1


async def test_a_printers_files_are_searched_in_all_folders_below(
    actions: Actions, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = replace(SHORT, path="parts/inner/Short one.gcode")
    store(actions, SHORT, MEDIUM, CUBE, inner)
    found = await actions.ask("get_files", search="SHORT", sort="name")
    assert names(found["files"]) == ["Short one.gcode", "short.gcode"]
    assert (found["folders"], found["total"]) == ([], 2)
    found = await actions.ask("get_files", search="short", folder="parts")
    assert names(found["files"]) == ["Short one.gcode"]
    by_date = await actions.ask("get_files", sort="date_desc")
    assert len(by_date["files"]) == 2


async def test_a_folder_that_is_deleted_during_a_search_is_passed_over(
    actions: Actions, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(actions, SHORT, CUBE)
    list_files = PrinterAgent.list_files

    async def list_others(
        agent: PrinterAgent, kind: AgentKind, folder: str = ""
    ) -> PrinterListing:
        if folder:
            raise ObicoAgentNotFoundError("It is gone")
        return await list_files(agent, kind, folder)

    monkeypatch.setattr(PrinterAgent, "list_files", list_others)
    found = await actions.ask("get_files", search="gcode")
    assert names(found["files"]) == ["short.gcode"]
