"""Actions that list files and print them."""

from collections.abc import Iterable
import re
from typing import Final
from unicodedata import normalize

import probatio

from homeassistant.auth.permissions.const import POLICY_CONTROL, POLICY_READ
from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonObjectType

from ..account.errors import translated_errors
from ..account.permissions import async_ensure_administrator
from ..aioobico import (
    CloudFile,
    CloudFolder,
    ObicoAgentNotFoundError,
    ObicoClient,
    Page,
    Printer,
    PrinterListing,
    is_same_name,
    is_sendable_name,
)
from ..const import DOMAIN
from ..printer import effects, preconditions
from ..printer.commands import MOVE, CommandChannel, PrinterCommand
from ..printer.readings import whole_seconds
from ..printer.status import agent_kind
from ..prints.outcome import meters
from .action import Action
from .rows import moment
from .targets import ONE_PRINTER, async_account, async_target

ATTR_FILE: Final = "file"
ATTR_FOLDER: Final = "folder"
ATTR_POWER_ON: Final = "power_on"
ATTR_SOURCE: Final = "source"

PRINTER: Final = "printer"
CLOUD: Final = "cloud"

MAX_PATH_LENGTH: Final = 1024
# Pages of 100 files or folders each: more of them would keep the server busy for long.
_MAX_PAGES: Final = 20

# What is left of a name when the server replaces the characters that it takes for unsafe.
# Which letters beyond ASCII are among those differs between servers.
_SAFE: Final = re.compile(r"[\w.]+", re.ASCII)


def _path(value: object) -> str:
    """Validate a path below the top of a storage, empty for the top itself.

    Blanks of all kinds are parts of names, also at their ends.
    """
    if not isinstance(value, str):
        raise probatio.Invalid("expected a path")
    path = value.strip("/") if value.strip() else ""
    if (
        len(path) > MAX_PATH_LENGTH
        or not is_sendable_name(path)
        or "\\" in path
        or not {".", ".."}.isdisjoint(path.split("/"))
    ):
        raise probatio.Invalid("expected a path")
    return path


async def _async_get_files(call: ServiceCall) -> ServiceResponse:
    folder: str = call.data[ATTR_FOLDER]
    if call.data[ATTR_SOURCE] == PRINTER:
        target = await async_target(call, POLICY_READ)
        preconditions.ensure(preconditions.check_agent(target.printer))
        with translated_errors(target.hass, target.account.entry):
            try:
                listing = await target.account.connections.agent_of(
                    target.printer.id
                ).list_files(agent_kind(target.printer), folder)
            except ObicoAgentNotFoundError as err:
                if not folder:
                    raise
                raise _folder_not_found(folder) from err
        return {
            "printer": target.name,
            "device_id": target.device_id,
            **_printer_rows(listing),
        }
    account = await async_account(call, POLICY_READ)
    with translated_errors(account.hass, account.entry):
        return await _async_cloud_rows(account.client, folder)


def _printer_rows(listing: PrinterListing) -> JsonObjectType:
    return {
        "folders": [
            {"name": folder.name, "path": folder.path} for folder in listing.folders
        ],
        "files": [
            {
                "name": file.name,
                "path": file.path,
                "size": file.size,
                "modified_at": moment(file.modified_at),
                "estimated_time": whole_seconds(file.estimated_time),
                "filament": meters(file.filament_total),
            }
            for file in listing.files
        ],
    }


async def _async_cloud_rows(client: ObicoClient, folder: str) -> JsonObjectType:
    paths = await _async_cloud_folders(client)
    folder_id, prefix = 0, ""
    if folder:
        found = _of_path(((path, key) for key, path in paths.items()), folder)
        if not found:
            raise _folder_not_found(folder)
        folder_id = found[0]
        prefix = f"{paths[folder_id]}/"
    files = await _async_cloud_files(client, folder_id=folder_id)
    return {
        "folders": [
            {"name": path.removeprefix(prefix), "path": path}
            for path in sorted(paths.values())
            if path.startswith(prefix) and "/" not in path.removeprefix(prefix)
        ],
        "files": [
            {
                "name": file.filename,
                "path": _path_of(file, paths),
                "size": file.size,
                "modified_at": moment(file.created_at),
                "estimated_time": whole_seconds(file.estimated_time),
                "filament": meters(file.filament_total),
            }
            for file in files
        ],
    }


async def _async_cloud_folders(client: ObicoClient) -> dict[int, str]:
    """Return the paths of all folders in the cloud."""
    folders: dict[int, CloudFolder] = {}
    for number in range(1, _MAX_PAGES + 1):
        page = await client.get_cloud_folders(page=number)
        folders |= {folder.id: folder for folder in page.items}
        if page.is_last:
            break

    def path_of(folder: CloudFolder) -> str:
        names: list[str] = []
        seen: set[int] = set()
        at: CloudFolder | None = folder
        while at is not None and at.id not in seen:
            seen.add(at.id)
            names.append(at.name or str(at.id))
            at = None if at.parent_id is None else folders.get(at.parent_id)
        return "/".join(reversed(names))

    return {folder.id: path_of(folder) for folder in folders.values()}


async def _async_cloud_files(
    client: ObicoClient, *, folder_id: int | None = None, search: str | None = None
) -> list[CloudFile]:
    files: list[CloudFile] = []
    for number in range(1, _MAX_PAGES + 1):
        page: Page[CloudFile] = await client.get_cloud_files(
            page=number, folder_id=folder_id, search=search
        )
        files += page.items
        if page.is_last:
            break
    return files


def _path_of(file: CloudFile, folders: dict[int, str]) -> str:
    folder = None if file.folder_id is None else folders.get(file.folder_id)
    name = file.filename or str(file.id)
    return f"{folder}/{name}" if folder else name


async def _async_start_print(call: ServiceCall) -> None:
    target = await async_target(call, POLICY_CONTROL)
    path: str = call.data[ATTR_FILE]
    if call.data[ATTR_POWER_ON]:
        # As switching the power alone.
        await async_ensure_administrator(call.hass, call.context)
        await target.account.workshop_commands.async_power_up(target.printer)
    cloud_file: CloudFile | None = None
    if call.data[ATTR_SOURCE] == CLOUD:
        preconditions.ensure(preconditions.check_moving(target.printer))
        with translated_errors(target.hass, target.account.entry):
            cloud_file = await _async_find_cloud_file(target.account.client, path)

    async def send(channel: CommandChannel, printer: Printer) -> None:
        agent = channel.agent_of(printer.id)
        if cloud_file is not None:
            await agent.print_cloud_file(cloud_file)
        else:
            try:
                await agent.print_file(agent_kind(printer), path)
            except ObicoAgentNotFoundError as err:
                raise _file_not_found(path) from err

    await target.account.commands.async_run(
        target.printer,
        PrinterCommand(
            key=MOVE,
            precondition_fn=preconditions.check_moving,
            send_fn=send,
            effect_fn=effects.is_started,
            unanswered_error="start_unanswered",
        ),
    )


async def _async_find_cloud_file(client: ObicoClient, path: str) -> CloudFile:
    """Return the file in the cloud that has a path, or without a folder the only one of a name.

    Raises ServiceValidationError where there is none, or more than one.
    """
    folder, _, name = path.rpartition("/")
    # Composed (NFC): of "u" with a combining mark, "u" is no part of the server's name
    # where that has the single character.
    search = max(_SAFE.findall(normalize("NFC", name)), key=len, default=None)
    paths = await _async_cloud_folders(client)
    files = [
        file
        for file in await _async_cloud_files(client, search=search)
        if file.filename and file.url
    ]
    found = _of_path(((_path_of(file, paths), file) for file in files), path)
    if not found and not folder:
        found = _of_path(((file.filename or "", file) for file in files), name)
    if not found:
        raise _file_not_found(path)
    if len(found) > 1:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="file_ambiguous",
            translation_placeholders={
                "file": path,
                "paths": ", ".join(sorted(_path_of(file, paths) for file in found)),
            },
        )
    return found[0]


def _of_path[T](items: Iterable[tuple[str, T]], path: str) -> list[T]:
    """Return the items of a path: those of the very same, or of the same letters."""
    same = [(own, item) for own, item in items if is_same_name(own, path)]
    return [item for own, item in same if own == path] or [item for _, item in same]


def _folder_not_found(folder: str) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="folder_not_found",
        translation_placeholders={"folder": folder},
    )


def _file_not_found(path: str) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="file_not_found",
        translation_placeholders={"file": path},
    )


_SOURCE: Final = {
    probatio.Optional(ATTR_SOURCE, default=PRINTER): probatio.In([PRINTER, CLOUD])
}

ACTIONS: Final = (
    Action(
        "get_files",
        ONE_PRINTER | _SOURCE | {probatio.Optional(ATTR_FOLDER, default=""): _path},
        _async_get_files,
        SupportsResponse.ONLY,
    ),
    Action(
        "start_print",
        ONE_PRINTER
        | _SOURCE
        | {
            probatio.Required(ATTR_FILE): probatio.All(_path, probatio.Length(min=1)),
            probatio.Optional(ATTR_POWER_ON, default=False): cv.boolean,
        },
        _async_start_print,
    ),
)
