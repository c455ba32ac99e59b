"""Actions that change the files in the cloud, for administrators."""

from collections.abc import AsyncIterator
from pathlib import Path
from stat import S_ISREG
from typing import Any, Final

import probatio

from homeassistant.auth.permissions.const import POLICY_CONTROL
from homeassistant.components.media_player.errors import BrowseError
from homeassistant.components.media_source import Unresolvable, async_resolve_media
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
)
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonObjectType, JsonValueType

from ..account.errors import translated_errors
from ..aioobico import CloudFile
from ..const import DOMAIN
from ..prints.cloud_files import (
    Folders,
    async_find_file,
    async_folders,
    name_field,
    path_field,
)
from .action import Action
from .file_rows import file_row
from .targets import ONE_PRINTER, async_account
from .upload import CHUNK_BYTES, async_upload, usable_name

ATTR_FILE: Final = "file"
ATTR_FILES: Final = "files"
ATTR_FOLDER: Final = "folder"
ATTR_FOLDERS: Final = "folders"
ATTR_MEDIA: Final = "media"
ATTR_NAME: Final = "name"
ATTR_PATH: Final = "path"
_CONTENT_ID: Final = "media_content_id"

_MAX_ITEMS: Final = 100

_PATH: Final = probatio.All(path_field, probatio.Length(min=1))
_PATHS: Final = probatio.All(
    probatio.EnsureList(), probatio.Length(max=_MAX_ITEMS), [_PATH]
)


async def _async_upload_file(call: ServiceCall) -> ServiceResponse:
    account = await async_account(call, POLICY_CONTROL)
    path = await _async_local_file(call)
    size = await call.hass.async_add_executor_job(_size_of, path)
    if size is None:
        raise _unreadable(path.name)
    return {
        "file": await async_upload(
            account,
            usable_name(call.data.get(ATTR_NAME, path.name)),
            _async_content(call.hass, path, size),
            size,
            folder=call.data[ATTR_FOLDER],
        )
    }


async def _async_local_file(call: ServiceCall) -> Path:
    """Return the file that is to be uploaded: a path that is allowed, or a media item."""
    media: dict[str, str] | str | None = call.data.get(ATTR_MEDIA)
    path: str | None = call.data.get(ATTR_PATH)
    if path is not None and media is None:
        allowed = await call.hass.async_add_executor_job(
            call.hass.config.is_allowed_path, path
        )
        if not allowed:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="path_not_allowed",
                translation_placeholders={"path": path},
            )
        return Path(path)
    if media is None or path is not None:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="one_source"
        )
    content_id = media[_CONTENT_ID] if isinstance(media, dict) else media
    try:
        item = await async_resolve_media(call.hass, content_id, None)
    except (Unresolvable, BrowseError) as err:
        raise _unreadable(content_id) from err
    if item.path is None:
        # Media of other sources is no file of this machine.
        raise _unreadable(content_id)
    return item.path


def _size_of(path: Path) -> int | None:
    """Return how many bytes a file has, None for what is no file."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_size if S_ISREG(status.st_mode) else None


async def _async_content(
    hass: HomeAssistant, path: Path, size: int
) -> AsyncIterator[bytes]:
    """Read a file piece by piece, not further than it was long at first."""
    try:
        file = await hass.async_add_executor_job(path.open, "rb")
    except OSError as err:
        raise _unreadable(path.name) from err
    try:
        while size > 0:
            chunk = await hass.async_add_executor_job(file.read, min(size, CHUNK_BYTES))
            if not chunk:
                raise _unreadable(path.name)
            size -= len(chunk)
            yield chunk
    finally:
        await hass.async_add_executor_job(file.close)


def _unreadable(file: str) -> HomeAssistantError:
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key="file_unreadable",
        translation_placeholders={"file": file},
    )


async def _async_create_folder(call: ServiceCall) -> ServiceResponse:
    account = await async_account(call, POLICY_CONTROL)
    created: list[JsonValueType] = []
    with translated_errors(account.hass, account.entry):
        folders = await async_folders(account.client)
        parent, path, name = None, "", ""
        for name in call.data[ATTR_FOLDER].split("/"):
            path = f"{path}/{name}" if path else name
            try:
                parent = folders.find(path)
            except ServiceValidationError:
                folder = await account.client.create_cloud_folder(name, parent)
                parent = folder.id
                created.append(path)
    return {"folder": {"id": parent, "name": name, "path": path}, "created": created}


async def _async_move_files(call: ServiceCall) -> ServiceResponse:
    account = await async_account(call, POLICY_CONTROL)
    with translated_errors(account.hass, account.entry):
        folders = await async_folders(account.client)
        folder_id = folders.find(call.data[ATTR_FOLDER])
        files = [
            await async_find_file(account.client, path, folders)
            for path in call.data[ATTR_FILES]
        ]
        await account.client.move_cloud_files([file.id for file in files], folder_id)
    target = folders.paths[folder_id] if folder_id else ""
    return {
        "moved": [
            _named(file, f"{target}/{file.filename}" if target else file.filename or "")
            for file in files
        ]
    }


def _named(file: CloudFile, path: str) -> JsonObjectType:
    return {"id": file.id, "name": file.filename, "path": path}


async def _async_rename_file(call: ServiceCall) -> ServiceResponse:
    account = await async_account(call, POLICY_CONTROL)
    with translated_errors(account.hass, account.entry):
        folders = await async_folders(account.client)
        file = await async_find_file(account.client, call.data[ATTR_FILE], folders)
        await account.client.rename_cloud_file(file.id, call.data[ATTR_NAME])
        renamed = await account.client.get_cloud_file(file.id)
    return {"file": file_row(account, renamed, folders)}


async def _async_delete_files(call: ServiceCall) -> ServiceResponse:
    account = await async_account(call, POLICY_CONTROL)
    client = account.client
    if not call.data[ATTR_FILES] and not call.data[ATTR_FOLDERS]:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="nothing_to_delete"
        )
    with translated_errors(account.hass, account.entry):
        # All are found before the first is deleted.
        folders = await async_folders(client)
        files = [
            await async_find_file(client, path, folders)
            for path in call.data[ATTR_FILES]
        ]
        folder_ids = [
            folder_id
            for path in call.data[ATTR_FOLDERS]
            if (folder_id := folders.find(path)) is not None
        ]
        if files:
            await client.delete_cloud_files([file.id for file in files])
        if folder_ids:
            await client.delete_cloud_folders(folder_ids)
    return {
        "deleted": [_named(file, folders.path_of(file)) for file in files],
        "deleted_folders": [_folder_row(key, folders) for key in folder_ids],
    }


def _folder_row(folder_id: int, folders: Folders) -> JsonObjectType:
    path = folders.paths[folder_id]
    return {"id": folder_id, "name": path.rpartition("/")[2], "path": path}


def _media_field(value: Any) -> Any:
    """Validate what the media selector gives, or the id of a media item alone."""
    if isinstance(value, dict) and isinstance(value.get(_CONTENT_ID), str):
        return value
    return cv.string(value)


def _for_administrators(name: str, fields: dict[Any, object], handle: Any) -> Action:
    return Action(
        name,
        ONE_PRINTER | fields,
        handle,
        SupportsResponse.OPTIONAL,
        is_for_administrators=True,
    )


ACTIONS: Final = (
    _for_administrators(
        "upload_file",
        {
            probatio.Optional(ATTR_MEDIA): _media_field,
            probatio.Optional(ATTR_PATH): cv.string,
            probatio.Optional(ATTR_FOLDER, default=""): path_field,
            probatio.Optional(ATTR_NAME): name_field,
        },
        _async_upload_file,
    ),
    _for_administrators(
        "create_folder", {probatio.Required(ATTR_FOLDER): _PATH}, _async_create_folder
    ),
    _for_administrators(
        "move_files",
        {
            probatio.Required(ATTR_FILES): probatio.All(_PATHS, probatio.Length(min=1)),
            probatio.Optional(ATTR_FOLDER, default=""): path_field,
        },
        _async_move_files,
    ),
    _for_administrators(
        "rename_file",
        {
            probatio.Required(ATTR_FILE): _PATH,
            probatio.Required(ATTR_NAME): name_field,
        },
        _async_rename_file,
    ),
    _for_administrators(
        "delete_files",
        {
            probatio.Optional(ATTR_FILES, default=list): _PATHS,
            probatio.Optional(ATTR_FOLDERS, default=list): _PATHS,
        },
        _async_delete_files,
    ),
)
