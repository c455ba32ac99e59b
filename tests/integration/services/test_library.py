"""Files in the cloud are uploaded, sorted and deleted by administrators."""

from collections.abc import Iterable
from pathlib import Path
import re

import pytest

from dev import Account
from dev.json_types import JsonValue
from homeassistant.components.media_source.const import DOMAIN as MEDIA_SOURCE
from homeassistant.setup import async_setup_component
from tests.integration.control.support import failed, octoprint, refused

from .support import Actions, Json, secrets_of

FILES = "/api/v1/g_code_files/"


@pytest.fixture
def folder(actions: Actions, tmp_path: Path) -> Path:
    """Give a folder that Home Assistant may read."""
    actions.hass.config.allowlist_external_dirs = {str(tmp_path)}
    return tmp_path


def names(answer: Json) -> list[str]:
    return [row["name"] for row in answer["files"]]


def fill(account: Account, files: Iterable[str]) -> None:
    for name in files:
        account.add_cloud_file(name)


@octoprint
async def test_a_file_is_uploaded_into_a_folder(
    actions: Actions, account: Account, folder: Path
) -> None:
    account.add_folder("Shelf")
    file = folder / "ü part.gcode"
    file.write_bytes(b"G1 X1\n" * 100_000)
    answer = await actions.ask("upload_file", path=str(file), folder="Shelf")
    assert answer["file"]["path"] == "Shelf/ü part.gcode"
    assert answer["file"]["size"] == 600_000
    for secret in secrets_of(actions.obico):
        assert secret not in str(answer)


@octoprint
async def test_a_file_of_the_media_is_uploaded_under_another_name(
    actions: Actions, account: Account, folder: Path
) -> None:
    actions.hass.config.media_dirs = {"local": str(folder)}
    assert await async_setup_component(actions.hass, MEDIA_SOURCE, {})
    (folder / "a.mp3").write_text("G28")
    item = {"media_content_id": "media-source://media_source/local/a.mp3"}
    answer = await actions.ask("upload_file", media=item, name="b.gcode")
    assert answer["file"]["name"] == "b.gcode"
    missing = "media-source://media_source/local/missing.mp3"
    # Text to be spoken is made when it is played: it is no file.
    for media in (missing, "media-source://obico/x", "nothing", "media-source://tts/x"):
        await failed(actions.ask("upload_file", media=media), "file_unreadable")


@octoprint
@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({}, "one_source"),
        ({"path": "{folder}/a.gcode", "media": "x"}, "one_source"),
        ({"path": "/etc/passwd"}, "path_not_allowed"),
        ({"path": "{folder}/empty.gcode"}, "file_empty"),
        ({"path": "{folder}/a.gcode", "folder": "Nowhere"}, "folder_not_found"),
    ],
)
async def test_what_cannot_be_uploaded_is_refused(
    actions: Actions, folder: Path, data: dict[str, str], error: str
) -> None:
    (folder / "a.gcode").write_text("G28")
    (folder / "empty.gcode").write_text("")
    data = {key: value.format(folder=folder) for key, value in data.items()}
    await refused(actions.ask("upload_file", **data), error)
    assert actions.obico.server.library.files == {}


@octoprint
async def test_a_file_that_the_plan_does_not_take_says_what_it_takes(
    actions: Actions, account: Account, folder: Path
) -> None:
    (folder / "a.gcode").write_bytes(b"x" * 5000)
    account.library.max_file_bytes = 1000
    await refused(
        actions.ask("upload_file", path=str(folder / "a.gcode")), "file_too_large"
    )
    assert account.library.files == {}


@octoprint
async def test_folders_are_made_with_those_above(
    actions: Actions, account: Account
) -> None:
    account.add_folder("A")
    answer = await actions.ask("create_folder", folder="A/B/C")
    assert answer["created"] == ["A/B", "A/B/C"]
    assert answer["folder"]["name"] == "C"
    again = await actions.ask("create_folder", folder="A/B/C")
    assert again == {"folder": answer["folder"], "created": []}


@octoprint
async def test_files_are_moved_and_renamed(actions: Actions, account: Account) -> None:
    account.add_folder("Shelf")
    fill(account, ["a.gcode", "b.gcode"])
    answer = await actions.ask("move_files", files=["a.gcode"], folder="Shelf")
    assert [row["path"] for row in answer["moved"]] == ["Shelf/a.gcode"]
    await refused(
        actions.ask("move_files", files=["b.gcode", "c.gcode"], folder="Shelf"),
        "file_not_found",
    )
    await refused(
        actions.ask("move_files", files=["b.gcode"], folder="Nowhere"),
        "folder_not_found",
    )
    answer = await actions.ask("rename_file", file="Shelf/a.gcode", name="c.gcode")
    assert answer["file"]["path"] == "Shelf/c.gcode"
    answer = await actions.ask("move_files", files=["Shelf/c.gcode"])
    assert [row["path"] for row in answer["moved"]] == ["c.gcode"]
    listed = await actions.ask("get_files", source="cloud", sort="name")
    assert names(listed) == ["b.gcode", "c.gcode"]


@octoprint
async def test_files_and_folders_are_deleted(
    actions: Actions, account: Account
) -> None:
    account.add_cloud_file("old.gcode", account.add_folder("Old"))
    fill(account, ["a.gcode", "b.gcode"])
    await refused(actions.ask("delete_files"), "nothing_to_delete")
    await refused(
        actions.ask("delete_files", files=["a.gcode"], folders=["None"]),
        "folder_not_found",
    )
    answer = await actions.ask("delete_files", files=["a.gcode"], folders=["Old"])
    assert [row["path"] for row in answer["deleted"]] == ["a.gcode"]
    assert [row["path"] for row in answer["deleted_folders"]] == ["Old"]
    assert [file.filename for file in account.library.files.values()] == ["b.gcode"]


@octoprint
async def test_a_long_list_comes_in_parts(actions: Actions, account: Account) -> None:
    fill(account, [f"file {number:04}.gcode" for number in range(1050)])
    first = await actions.ask("get_files", source="cloud", limit=150)
    assert (first["total"], first["has_more"]) == (1050, True)
    assert names(first)[0] == "file 1049.gcode"
    asked = actions.obico.server.requests.matching(FILES)
    assert len(asked) == 2
    rest = await actions.ask("get_files", source="cloud", offset=950, limit=1000)
    assert (len(rest["files"]), rest["has_more"], rest["folders"]) == (100, False, [])
    by_name = await actions.ask(
        "get_files", source="cloud", sort="name", offset=10, limit=5
    )
    assert names(by_name)[0] == "file 0010.gcode"
    assert by_name["has_more"] is True


@octoprint
async def test_files_are_searched_in_all_folders_below(
    actions: Actions, account: Account
) -> None:
    shelf = account.add_folder("Shelf")
    account.add_cloud_file("Big Gear (1).gcode", account.add_folder("Inner", shelf))
    account.add_cloud_file("small gear.gcode")
    found = await actions.ask("get_files", source="cloud", search="GEAR")
    assert names(found) == ["small gear.gcode", "Big Gear (1).gcode"]
    assert found["folders"] == []
    found = await actions.ask(
        "get_files", source="cloud", search="gear", folder="Shelf"
    )
    assert names(found) == ["Big Gear (1).gcode"]
    assert (await actions.ask("get_files", source="cloud", search="ear (2"))[
        "total"
    ] == 0


@octoprint
@pytest.mark.parametrize("path", ["missing.gcode", "", "a.gcode/b.gcode"])
async def test_what_is_no_file_cannot_be_uploaded(
    actions: Actions, folder: Path, path: str
) -> None:
    (folder / "a.gcode").write_text("G28")
    await failed(actions.ask("upload_file", path=str(folder / path)), "file_unreadable")


@octoprint
async def test_files_alone_and_folders_alone_are_deleted(
    actions: Actions, account: Account
) -> None:
    account.add_folder("Old")
    fill(account, ["a.gcode"])
    answer = await actions.ask("delete_files", files=["a.gcode"])
    assert answer["deleted_folders"] == []
    answer = await actions.ask("delete_files", folders=["Old"])
    assert answer["deleted"] == []
    left = await actions.ask("get_files", source="cloud")
    assert (left["files"], left["folders"]) == ([], [])


@octoprint
async def test_files_are_sorted_by_date_and_have_their_pictures(
    actions: Actions, account: Account
) -> None:
    server = actions.obico.server
    for name in ("b.gcode", "a.gcode"):
        account.add_cloud_file(name)
        await server.advance(60)

    def undated(answer: Json) -> Json:
        rows = answer["results"]
        for row in rows:
            if row["filename"] == "a.gcode":
                row |= {
                    "created_at": None,
                    "thumbnail1_url": f"{server.url}/media/a.jpg",
                }
        return answer

    by_date = await actions.ask("get_files", source="cloud", sort="date")
    assert names(by_date) == ["b.gcode", "a.gcode"]
    assert [row["thumbnail"] for row in by_date["files"]] == [None, None]
    server.faults.change(FILES, undated)
    by_date = await actions.ask("get_files", source="cloud", sort="date")
    assert names(by_date) == ["a.gcode", "b.gcode"]
    entry_id = actions.obico.entry.entry_id
    pattern = re.compile(rf"/api/obico/files/{entry_id}/\d+/thumbnail")
    assert pattern.fullmatch(by_date["files"][0]["thumbnail"])


@octoprint
@pytest.mark.parametrize("sort", [{}, {"sort": "name"}, {"search": "a"}])
async def test_a_list_that_never_ends_is_not_followed_for_ever(
    actions: Actions, account: Account, sort: dict[str, str]
) -> None:
    fill(account, ["a.gcode"])
    server = actions.obico.server

    endless: JsonValue = {"count": 1, "next": f"{server.url}{FILES}", "results": []}
    server.faults.answer(FILES, 200, endless)
    answer = await actions.ask("get_files", source="cloud", **sort)
    assert names(answer) == []
    assert len(server.requests.matching(FILES)) <= 100


@octoprint
@pytest.mark.parametrize("sort", [{}, {"sort": "name"}])
async def test_a_list_that_ends_sooner_than_its_page_said(
    actions: Actions, account: Account, sort: dict[str, str]
) -> None:
    fill(account, ["a.gcode"])
    server = actions.obico.server

    def never_last(page: JsonValue) -> JsonValue:
        assert isinstance(page, dict)
        return page | {"next": f"{server.url}{FILES}"}

    server.faults.change(FILES, never_last)
    assert names(await actions.ask("get_files", source="cloud", **sort)) == ["a.gcode"]


@octoprint
async def test_behind_the_end_of_a_list_is_nothing(
    actions: Actions, account: Account
) -> None:
    fill(account, ["a.gcode", "b.gcode"])
    answer = await actions.ask("get_files", source="cloud", offset=500)
    assert names(answer) == []
    assert answer["total"] == 2
