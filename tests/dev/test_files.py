"""Files in the cloud, and the lists of agents."""

import pytest

from dev import CUBE, SHORT, Account, ObicoServer
from dev.json_types import JsonObject, JsonValue, as_object

from .captures import read_object
from .drive import Stage
from .support import Api, as_rows


def rows_of(body: JsonObject) -> list[JsonObject]:
    return as_rows(body["results"])


def names(body: JsonObject, key: str = "filename") -> list[object]:
    return [row[key] for row in rows_of(body)]


async def test_a_file_in_the_cloud_has_the_recorded_keys(
    api: Api, account: Account
) -> None:
    folder = account.add_folder("My Toys")
    file = account.add_cloud_file("racer (red).gcode", folder)
    (row,) = rows_of((await api("g_code_files/")).object)
    (recorded, *_) = rows_of(read_object("g_code_files_resident.json"))
    assert row.keys() == recorded.keys()
    assert row["safe_filename"] == "racer__red_.gcode"
    assert row["resident_printer"] is None
    assert as_object(row["parent_folder"])["safe_name"] == "My_Toys"
    assert await api.picture(file.url) == (404, (await api.picture(file.url))[1])


async def test_files_and_folders_are_of_one_user(
    api: Api, server: ObicoServer, account: Account
) -> None:
    other = server.add_account("other@example.com")
    other.add_cloud_file("theirs.gcode", other.add_folder("Theirs"))
    account.add_cloud_file("mine.gcode")
    assert names((await api("g_code_files/")).object) == ["mine.gcode"]
    assert names((await api("g_code_folders/")).object) == []


async def test_files_are_found_by_folder_and_by_name(
    api: Api, account: Account
) -> None:
    toys = account.add_folder("Toys")
    cars = account.add_folder("Cars", toys)
    account.add_cloud_file("top.gcode")
    account.add_cloud_file("doll.gcode", toys)
    account.add_cloud_file("Racer.gcode", cars)

    async def found(query: str) -> list[object]:
        return names((await api(f"g_code_files/?{query}")).object)

    assert await found("") == ["Racer.gcode", "doll.gcode", "top.gcode"]
    assert await found("parent_folder=null") == ["top.gcode"]
    assert await found(f"parent_folder={toys.id}") == ["doll.gcode"]
    assert await found("q=racer") == ["Racer.gcode"]
    folders = (await api("g_code_folders/?parent_folder=null")).object
    assert names(folders, "name") == ["Toys"]
    (inner,) = rows_of((await api(f"g_code_folders/?parent_folder={toys.id}")).object)
    assert as_object(inner["parent_folder"])["id"] == toys.id


async def test_a_page_that_there_is_not_is_404(api: Api, account: Account) -> None:
    for number in range(7):
        account.add_cloud_file(f"{number}.gcode")
    first = (await api("g_code_files/")).object
    assert (len(rows_of(first)), first["count"]) == (6, 7)
    second = (await api("g_code_files/?page=2")).object
    assert (names(second), second["next"]) == (["0.gcode"], None)
    answer = await api("g_code_files/?page=3")
    assert (answer.status, answer.json) == (404, {"detail": "Invalid page."})


# On printers


async def listed(stage: Stage, agent: str, **kwargs: JsonValue) -> JsonValue:
    """Return what an agent lists."""
    printer = stage.account.add_printer(
        "Any", agent="octoprint" if agent == "octoprint" else "klipper"
    )
    printer.agent.files |= {job.path: job for job in (SHORT, CUBE)}
    target, func = (
        ("_file_manager", "list_files")
        if agent == "octoprint"
        else ("moonraker_api", "server/files/directory")
    )
    async with stage.api.watch(printer) as watcher:
        await watcher.next()
        await watcher.passthru(
            {
                "target": target,
                "func": func,
                "kwargs": kwargs,
                "ref": "1",
            }
        )
        reply = as_object((await watcher.next())["passthru"])
        return reply.get("ret", reply.get("error"))


async def test_octoprint_lists_a_folder_with_or_without_what_is_in_others(
    stage: Stage,
) -> None:
    whole = as_object(as_object(await listed(stage, "octoprint"))["local"])
    parts = as_object(whole["parts"])
    assert as_object(parts["children"]).keys() == {"voron_cube.gcode"}
    top = await listed(stage, "octoprint", path=None, recursive=False, level=1)
    local = as_object(as_object(top)["local"])
    # One level of folders within it is listed as well.
    assert as_object(as_object(local["parts"])["children"]).keys() == {
        "voron_cube.gcode"
    }
    bare = await listed(stage, "octoprint", recursive=False, level=0)
    local = as_object(as_object(bare)["local"])
    assert as_object(as_object(local["parts"])["children"]) == {}
    assert as_object(local["short.gcode"])["path"] == "short.gcode"
    inner = await listed(stage, "octoprint", path="parts", recursive=False)
    (cube,) = as_object(as_object(inner)["local"]).values()
    assert as_object(cube)["path"] == CUBE.path


async def test_klipper_lists_a_folder_with_what_it_hides(stage: Stage) -> None:
    top = as_object(await listed(stage, "klipper", path="gcodes", extended=True))
    dirs, files = top["dirs"], top["files"]
    assert isinstance(dirs, list)
    assert isinstance(files, list)
    assert [as_object(row)["dirname"] for row in dirs] == [".thumbs", "parts"]
    (short,) = files
    assert as_object(short)["filament_total"] == SHORT.filament


@pytest.mark.parametrize("path", ["gcodes/gone", "config/gone"])
async def test_klippers_agent_tells_no_reason(stage: Stage, path: str) -> None:
    error = await listed(stage, "klipper", path=path)
    assert error == 'Error in calling "server/files/directory" - "get"'
