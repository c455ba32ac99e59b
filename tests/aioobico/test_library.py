"""Files in the cloud are uploaded, moved, renamed and deleted."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from yarl import URL

from custom_components.obico.aioobico import (
    ObicoClient,
    ObicoFileTooLargeError,
    ObicoNotFoundError,
)
from dev import Account, ObicoServer

PIECE = b"G1 X1 Y1\n" * 1000


@pytest.fixture
def cloud(
    session: aiohttp.ClientSession, obico: ObicoServer, account: Account
) -> ObicoClient:
    return ObicoClient(session, URL(obico.url), account.token)


async def pieces(count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield PIECE


async def test_a_file_is_uploaded_as_it_comes(
    obico: ObicoServer, cloud: ObicoClient
) -> None:
    folder = await cloud.create_cloud_folder("Räder")
    file = await cloud.upload_cloud_file(
        'Rad "groß".gcode', pieces(300), 300 * len(PIECE), folder.id
    )
    assert (file.filename, file.size) == ('Rad "groß".gcode', 300 * len(PIECE))
    assert file.folder_id == folder.id
    (request,) = obico.requests.matching("/api/v1/g_code_files/", "POST")
    # Django takes a form without a length for empty.
    assert int(request.headers["Content-Length"]) > 300 * len(PIECE)
    assert "Transfer-Encoding" not in request.headers
    assert await cloud.get_cloud_file(file.id) == file


async def test_a_file_that_the_plan_does_not_allow_is_too_large(
    account: Account, cloud: ObicoClient
) -> None:
    account.library.max_file_bytes = 10_000
    with pytest.raises(ObicoFileTooLargeError):
        await cloud.upload_cloud_file("a.gcode", pieces(5), 5 * len(PIECE))
    assert (await cloud.get_cloud_files()).items == ()


async def test_a_name_that_cannot_be_sent_is_not_sent(
    obico: ObicoServer, cloud: ObicoClient
) -> None:
    with pytest.raises(ValueError, match="no name"):
        await cloud.upload_cloud_file("a\r\nX: 1.gcode", pieces(1), len(PIECE))
    assert len(obico.requests) == 0


async def test_files_are_moved_renamed_and_deleted(
    account: Account, cloud: ObicoClient
) -> None:
    first, second = (account.add_cloud_file(f"{name}.gcode") for name in "ab")
    shelf = await cloud.create_cloud_folder("Shelf")
    inner = await cloud.create_cloud_folder("Inner", shelf.id)
    assert inner.parent_id == shelf.id
    await cloud.move_cloud_files([first.id], inner.id)
    await cloud.rename_cloud_file(first.id, "c.gcode")
    moved = await cloud.get_cloud_file(first.id)
    assert (moved.filename, moved.folder_id) == ("c.gcode", inner.id)
    await cloud.move_cloud_files([first.id], None)
    assert (await cloud.get_cloud_file(first.id)).folder_id is None
    await cloud.delete_cloud_files([second.id])
    with pytest.raises(ObicoNotFoundError):
        await cloud.get_cloud_file(second.id)


async def test_a_folder_is_deleted_with_what_is_in_it(
    account: Account, cloud: ObicoClient
) -> None:
    shelf = account.add_folder("Shelf")
    file = account.add_cloud_file("a.gcode", account.add_folder("Inner", shelf))
    await cloud.delete_cloud_folders([shelf.id])
    assert (await cloud.get_cloud_folders()).items == ()
    with pytest.raises(ObicoNotFoundError):
        await cloud.get_cloud_file(file.id)


async def test_a_file_that_is_not_there_cannot_be_renamed(cloud: ObicoClient) -> None:
    with pytest.raises(ObicoNotFoundError):
        await cloud.rename_cloud_file(9, "b.gcode")
