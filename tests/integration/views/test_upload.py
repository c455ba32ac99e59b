"""Files that a browser uploads are sent on to the server as they come."""

from collections.abc import AsyncIterator

from aiohttp import web
from aiohttp.test_utils import TestClient
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from dev import Account
from homeassistant.core import HomeAssistant
from tests.integration.services.support import secrets_of
from tests.integration.support import Obico

type Client = TestClient[web.Request, web.Application]

CONTENT = b"G1 X1 Y1\n" * 200_000


@pytest.fixture
async def user(hass: HomeAssistant, hass_client: ClientSessionGenerator) -> Client:
    client: Client = await hass_client()
    return client


def path_of(obico: Obico) -> str:
    return f"/api/obico/files/{obico.entry.entry_id}/upload"


async def test_a_file_is_sent_on(obico: Obico, user: Client, account: Account) -> None:
    account.add_folder("Räder")
    response = await user.post(
        path_of(obico),
        params={"filename": "ü rad.gcode", "folder": "Räder"},
        data=CONTENT,
    )
    assert response.status == 201
    answer = await response.json()
    assert answer["file"]["path"] == "Räder/ü rad.gcode"
    assert answer["file"]["size"] == len(CONTENT)
    (file,) = account.library.files.values()
    assert file.num_bytes == len(CONTENT)
    for secret in secrets_of(obico):
        assert secret not in str(answer)


@pytest.mark.parametrize(
    ("params", "data", "status", "code"),
    [
        ({"filename": "a.gcode"}, b"", 400, "file_empty"),
        ({"filename": "a/b.gcode"}, b"x", 400, "name_unusable"),
        ({"filename": "x" * 300}, b"x", 400, "name_unusable"),
        ({}, b"x", 400, "name_unusable"),
        ({"filename": "a.gcode", "folder": "None"}, b"x", 400, "folder_not_found"),
        ({"filename": "a.gcode", "folder": "a\\b"}, b"x", 400, "folder_not_found"),
        ({"filename": "a.gcode"}, b"x" * 2000, 413, "file_too_large"),
    ],
)
async def test_what_cannot_be_uploaded_is_refused_with_the_reason(
    obico: Obico,
    user: Client,
    account: Account,
    params: dict[str, str],
    data: bytes,
    status: int,
    code: str,
) -> None:
    account.library.max_file_bytes = 1000
    response = await user.post(path_of(obico), params=params, data=data)
    assert response.status == status
    answer = await response.json()
    assert answer["code"] == code
    assert answer["message"].endswith(".")
    assert account.library.files == {}


async def test_a_file_whose_size_is_not_told_is_refused(
    obico: Obico, user: Client
) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"x"

    response = await user.post(
        path_of(obico), params={"filename": "a.gcode"}, data=pieces()
    )
    assert response.status == 411


async def test_a_server_that_is_down_is_a_bad_gateway(
    obico: Obico, user: Client
) -> None:
    await obico.server.refuse_connections()
    response = await user.post(
        path_of(obico), params={"filename": "a.gcode"}, data=b"x"
    )
    assert response.status == 502
    assert (await response.json())["code"] == "cannot_connect"


async def test_only_administrators_upload(
    obico: Obico,
    account: Account,
    hass_client: ClientSessionGenerator,
    hass_read_only_access_token: str,
) -> None:
    client = await hass_client(hass_read_only_access_token)
    response = await client.post(
        path_of(obico), params={"filename": "a.gcode"}, data=b"x"
    )
    assert response.status == 401
    assert account.library.files == {}


async def test_an_account_that_is_not_set_up_takes_no_files(
    obico: Obico, user: Client
) -> None:
    await obico.unload()
    response = await user.post(
        path_of(obico), params={"filename": "a.gcode"}, data=b"x"
    )
    assert response.status == 404
