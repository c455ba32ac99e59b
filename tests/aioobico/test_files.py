"""Files: pages of the cloud's, and what agents list."""

from datetime import UTC, datetime

import pytest

from custom_components.obico.aioobico import (
    CloudFile,
    CloudFolder,
    ObicoClient,
    ObicoResponseError,
    PrinterListing,
)

from .support import FakeServer, load, load_object

FILES = "/api/v1/g_code_files/"
FOLDERS = "/api/v1/g_code_folders/"

FILE: dict[str, object] = {
    "id": 7,
    "filename": "racer (red).gcode",
    "safe_filename": "racer__red_.gcode",
    "url": "http://localhost:3334/media/tsd-gcodes/1/7?digest=secret",
    "num_bytes": 412380,
    "created_at": "2026-11-22T05:12:40.179286Z",
    "parent_folder": {"id": 3, "name": "Cars", "parent_folder": 2},
    "filament_total": 3120.5,
    "estimated_time": 4210,
}


def page(*rows: object, following: str | None = None) -> dict[str, object]:
    return {"count": 130, "next": following, "previous": None, "results": list(rows)}


async def test_the_clouds_files_come_in_pages(
    server: FakeServer, client: ObicoClient
) -> None:
    server.say(FILES, page(FILE, {"id": "x"}, following="http://localhost:3334/…"))
    found = await client.get_cloud_files(page=2, page_size=50, search="racer")
    assert dict(server.requests[0].query) == {
        "page": "2",
        "page_size": "50",
        "q": "racer",
    }
    assert (found.count, found.is_last) == (130, False)
    (file,) = found.items
    assert file == CloudFile(
        id=7,
        filename="racer (red).gcode",
        safe_filename="racer__red_.gcode",
        url="http://localhost:3334/media/tsd-gcodes/1/7?digest=secret",
        size=412380,
        created_at=datetime(2026, 11, 22, 5, 12, 40, 179286, tzinfo=UTC),
        folder_id=3,
        filament_total=3120.5,
        estimated_time=4210.0,
        thumbnail_urls=(),
        metadata=None,
        resident_printer_id=None,
    )
    assert "secret" not in repr(file)


@pytest.mark.parametrize(("folder_id", "sent"), [(0, "null"), (3, "3"), (None, None)])
async def test_files_are_of_one_folder_or_of_all(
    server: FakeServer, client: ObicoClient, folder_id: int | None, sent: str | None
) -> None:
    server.say(FILES, load("g_code_files_list.json"))
    found = await client.get_cloud_files(folder_id=folder_id)
    assert server.requests[0].query.get("parent_folder") == sent
    assert (found.items, found.count, found.is_last) == ((), 0, True)


async def test_recorded_files_are_read(server: FakeServer, client: ObicoClient) -> None:
    recorded = load_object("g_code_files_resident.json")
    server.say(FILES, recorded)
    found = await client.get_cloud_files()
    assert [file.filename for file in found.items] == ["m600.gcode", "long.gcode"]
    assert not found.is_last


def folder(folder_id: int, name: str | None, parent_id: int | None) -> CloudFolder:
    """Return a folder of which not more is known."""
    return CloudFolder(
        id=folder_id,
        name=name,
        parent_id=parent_id,
        folder_count=None,
        file_count=None,
        created_at=None,
    )


async def test_folders_know_what_they_are_in(
    server: FakeServer, client: ObicoClient
) -> None:
    server.say(
        FOLDERS,
        page(
            {"id": 2, "name": "Toys", "parent_folder": None},
            {"id": 3, "name": "Cars", "parent_folder": {"id": 2, "name": "Toys"}},
            {"id": 4, "name": 7, "parent_folder": 3},
        ),
    )
    found = await client.get_cloud_folders()
    assert found.items == (
        folder(2, "Toys", None),
        folder(3, "Cars", 2),
        folder(4, None, 3),
    )


@pytest.mark.parametrize("body", [None, [], 7, {"results": None}, {"count": 3}])
async def test_what_is_no_page_is_a_bad_answer(
    server: FakeServer, client: ObicoClient, body: object
) -> None:
    server.say(FILES, body)
    with pytest.raises(ObicoResponseError):
        await client.get_cloud_files()


# What agents list


def test_octoprints_list_is_read() -> None:
    listing = PrinterListing.from_octoprint(
        {
            "local": {
                "parts": {"name": "parts", "path": "parts", "type": "folder"},
                "a.gcode": {
                    "name": "a.gcode",
                    "path": "a.gcode",
                    "type": "machinecode",
                    "size": 12,
                    "date": 1795324561,
                    "analysis": {
                        "estimatedPrintTime": 61.5,
                        "filament": {
                            "tool0": {"length": 10.5},
                            "tool1": {"length": 1},
                            "tool2": {"length": None},
                        },
                    },
                },
                "odd": {"name": "odd", "path": "odd", "date": "soon", "analysis": 7},
                "nameless": {"path": "x"},
                "pathless": {"name": "x"},
                "none": None,
            },
            "sdcard": {"b.gcode": {"name": "b.gcode", "path": "b.gcode"}},
        }
    )
    assert [folder.path for folder in listing.folders] == ["parts"]
    first, odd = listing.files
    assert (first.name, first.path, first.size) == ("a.gcode", "a.gcode", 12)
    assert first.modified_at == datetime(2026, 11, 22, 5, 16, 1, tzinfo=UTC)
    assert (first.estimated_time, first.filament_total) == (61.5, 11.5)
    assert (odd.size, odd.modified_at, odd.estimated_time) == (None, None, None)
    assert odd.filament_total is None


def test_moonrakers_list_is_read_without_what_is_hidden() -> None:
    listing = PrinterListing.from_moonraker(
        {
            "dirs": [{"dirname": "small"}, {"dirname": ".thumbs"}, {}, 7],
            "files": [
                {
                    "filename": "a.gcode",
                    "size": 12,
                    "modified": 1795324561.5,
                    "estimated_time": 61,
                    "filament_total": 11.5,
                },
                {"filename": ".hidden.gcode"},
                {"filename": "far.gcode", "modified": 1e300},
                {"size": 3},
            ],
        },
        "parts",
    )
    assert [folder.path for folder in listing.folders] == ["parts/small"]
    first, far = listing.files
    assert (first.path, first.size) == ("parts/a.gcode", 12)
    assert (first.estimated_time, first.filament_total) == (61.0, 11.5)
    assert first.modified_at is not None
    assert far.modified_at is None


@pytest.mark.parametrize("value", [None, [], "ok", {}, {"local": 7, "dirs": 7}])
def test_a_list_that_is_none_is_empty(value: object) -> None:
    for listing in (
        PrinterListing.from_octoprint(value),
        PrinterListing.from_moonraker(value, ""),
    ):
        assert (listing.folders, listing.files) == ((), ())
