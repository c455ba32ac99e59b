"""Actions that list files and print them."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

import probatio

from homeassistant.auth.permissions.const import POLICY_CONTROL, POLICY_READ
from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonObjectType, JsonValueType

from ..account.errors import translated_errors
from ..account.permissions import async_ensure_administrator
from ..aioobico import (
    CloudFile,
    ObicoAgentNotFoundError,
    Printer,
    PrinterFile,
    PrinterListing,
)
from ..data import ObicoData
from ..printer import preconditions
from ..printer.again import PrintedAgain, async_print_again
from ..printer.commands import CommandChannel, start_print
from ..printer.readings import whole_seconds
from ..printer.status import agent_kind
from ..prints.cloud_files import (
    async_files,
    async_find_file,
    async_folders,
    async_newest_files,
    file_not_found,
    folder_not_found,
    path_field,
    searched,
)
from ..prints.outcome import meters
from .action import Action, whole_number_from
from .file_rows import file_row
from .rows import moment
from .targets import (
    ATTR_PRINT_ID,
    MAX_ID,
    ONE_PRINTER,
    Target,
    async_account,
    async_target,
)

ATTR_FILE: Final = "file"
ATTR_FOLDER: Final = "folder"
ATTR_LIMIT: Final = "limit"
ATTR_OFFSET: Final = "offset"
ATTR_POWER_ON: Final = "power_on"
ATTR_SEARCH: Final = "search"
ATTR_SORT: Final = "sort"
ATTR_SOURCE: Final = "source"

PRINTER: Final = "printer"
CLOUD: Final = "cloud"

MAX_LIMIT: Final = 1000
MAX_OFFSET: Final = 1_000_000
MAX_SEARCH_LENGTH: Final = 100
# A search looks into as many folders of a printer, one after the other.
_MAX_FOLDERS: Final = 100

_LONG_AGO: Final = datetime.fromtimestamp(0, UTC)

type _Sortable = CloudFile | PrinterFile


def _name(file: _Sortable) -> str:
    return (file.filename if isinstance(file, CloudFile) else file.name) or ""


def _date(file: _Sortable) -> datetime:
    changed_at = file.created_at if isinstance(file, CloudFile) else file.modified_at
    return changed_at or _LONG_AGO


# By what files are sorted, and whether the largest comes first.
_SORTS: Final[dict[str, tuple[Callable[[_Sortable], Any], bool]]] = {
    "name": (lambda file: _name(file).casefold(), False),
    "name_desc": (lambda file: _name(file).casefold(), True),
    "date": (_date, False),
    "date_desc": (_date, True),
    "size": (lambda file: file.size or 0, False),
    "size_desc": (lambda file: file.size or 0, True),
}


def _in_order[F: _Sortable](call: ServiceCall, files: list[F]) -> list[F]:
    """Return the files that a search wants, in the order that is wanted."""
    if search := call.data.get(ATTR_SEARCH):
        files = [file for file in files if search.casefold() in _name(file).casefold()]
    if sort := call.data.get(ATTR_SORT):
        key, is_reversed = _SORTS[sort]
        files = sorted(files, key=key, reverse=is_reversed)
    return files


def _page(
    call: ServiceCall,
    folders: list[JsonValueType],
    files: list[JsonValueType],
    total: int,
) -> JsonObjectType:
    """Return the wanted part of a list, of which `files` already is that part."""
    offset: int = call.data[ATTR_OFFSET]
    is_first = offset == 0 and not call.data.get(ATTR_SEARCH)
    return {
        "folders": folders if is_first else [],
        "files": files,
        "total": total,
        "has_more": offset + len(files) < total,
    }


def _slice[T](call: ServiceCall, rows: list[T]) -> list[T]:
    offset: int = call.data[ATTR_OFFSET]
    return rows[offset : _end(call, offset)]


def _end(call: ServiceCall, start: int) -> int | None:
    """Return where a part of a list ends that begins at `start`, None for its end."""
    limit: int | None = call.data.get(ATTR_LIMIT)
    return None if limit is None else start + limit


async def _async_get_files(call: ServiceCall) -> ServiceResponse:
    folder: str = call.data[ATTR_FOLDER]
    if call.data[ATTR_SOURCE] == PRINTER:
        target = await async_target(call, POLICY_READ)
        preconditions.ensure(preconditions.check_agent(target.printer))
        with translated_errors(target.hass, target.account.entry):
            try:
                listing = await _async_list(target, folder)
                files = list(listing.files)
                if call.data.get(ATTR_SEARCH):
                    files += await _async_files_below(target, listing)
            except ObicoAgentNotFoundError as err:
                if not folder:
                    raise
                raise folder_not_found(folder) from err
        files = _in_order(call, files)
        return {
            "printer": target.name,
            "device_id": target.device_id,
            **_page(
                call,
                [
                    {"id": None, "name": inner.name, "path": inner.path}
                    for inner in listing.folders
                ],
                [_printer_row(file) for file in _slice(call, files)],
                len(files),
            ),
        }
    account = await async_account(call, POLICY_READ)
    with translated_errors(account.hass, account.entry):
        return await _async_cloud_rows(call, account, folder)


async def _async_list(target: Target, folder: str) -> PrinterListing:
    agent = target.account.connections.agent_of(target.printer.id)
    return await agent.list_files(agent_kind(target.printer), folder)


async def _async_files_below(
    target: Target, listing: PrinterListing
) -> list[PrinterFile]:
    """Return the files in all folders below one, as far as they can be listed."""
    files: list[PrinterFile] = []
    waiting = [folder.path for folder in listing.folders]
    for _ in range(_MAX_FOLDERS):
        if not waiting:
            break
        try:
            inner = await _async_list(target, waiting.pop(0))
        except ObicoAgentNotFoundError:
            # It was deleted meanwhile.
            continue
        files += inner.files
        waiting += [folder.path for folder in inner.folders]
    return files


def _printer_row(file: PrinterFile) -> JsonObjectType:
    return {
        "id": None,
        "name": file.name,
        "path": file.path,
        "size": file.size,
        "modified_at": moment(file.modified_at),
        "estimated_time": whole_seconds(file.estimated_time),
        "filament": meters(file.filament_total),
        "thumbnail": None,
    }


async def _async_cloud_rows(
    call: ServiceCall, account: ObicoData, folder: str
) -> JsonObjectType:
    client = account.client
    folders = await async_folders(client)
    folder_id = folders.find(folder)
    prefix = f"{folders.paths[folder_id]}/" if folder_id else ""
    search: str | None = call.data.get(ATTR_SEARCH)
    if search:
        files = [
            file
            for file in await async_files(client, search=searched(search))
            if folders.path_of(file).startswith(prefix)
        ]
        files = _in_order(call, files)
        total, files = len(files), _slice(call, files)
    elif call.data.get(ATTR_SORT) in {None, "date_desc"}:
        # That is the server's own order: only what is wanted is requested.
        offset: int = call.data[ATTR_OFFSET]
        files, total = await async_newest_files(
            client, folder_id or 0, offset, _end(call, offset)
        )
    else:
        files = _in_order(call, await async_files(client, folder_id=folder_id or 0))
        total, files = len(files), _slice(call, files)
    return _page(
        call,
        [
            {"id": key, "name": path.removeprefix(prefix), "path": path}
            for key, path in sorted(folders.paths.items(), key=lambda row: row[1])
            if path.startswith(prefix) and "/" not in path.removeprefix(prefix)
        ],
        [file_row(account, file, folders) for file in files],
        total,
    )


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
            cloud_file = await async_find_file(target.account.client, path)

    async def send(channel: CommandChannel, printer: Printer) -> None:
        agent = channel.agent_of(printer.id)
        if cloud_file is not None:
            await agent.print_cloud_file(cloud_file)
        else:
            try:
                await agent.print_file(agent_kind(printer), path)
            except ObicoAgentNotFoundError as err:
                raise file_not_found(path) from err

    await target.account.commands.async_run(target.printer, start_print(send))


async def _async_print_again(call: ServiceCall) -> ServiceResponse:
    target = await async_target(call, POLICY_CONTROL)
    account, print_id = target.account, call.data.get(ATTR_PRINT_ID)
    if print_id is None:
        last = account.coordinator.data.last_prints.get(target.printer.id)
        print_id = last.id if last else None
    printed: PrintedAgain = await async_print_again(
        account.commands, target.printer, print_id
    )
    return {
        "printer": target.name,
        "device_id": target.device_id,
        "print_id": print_id,
        "file": printed.file,
        "source": CLOUD if printed.is_cloud else PRINTER,
    }


SOURCE: Final = {
    probatio.Optional(ATTR_SOURCE, default=PRINTER): probatio.In([PRINTER, CLOUD])
}

ACTIONS: Final = (
    Action(
        "get_files",
        ONE_PRINTER
        | SOURCE
        | {
            probatio.Optional(ATTR_FOLDER, default=""): path_field,
            probatio.Optional(ATTR_SEARCH): probatio.All(
                cv.string, probatio.Length(max=MAX_SEARCH_LENGTH)
            ),
            probatio.Optional(ATTR_SORT): probatio.In(list(_SORTS)),
            probatio.Optional(ATTR_LIMIT): whole_number_from(1, MAX_LIMIT),
            probatio.Optional(ATTR_OFFSET, default=0): whole_number_from(0, MAX_OFFSET),
        },
        _async_get_files,
        SupportsResponse.ONLY,
    ),
    Action(
        "start_print",
        ONE_PRINTER
        | SOURCE
        | {
            probatio.Required(ATTR_FILE): probatio.All(
                path_field, probatio.Length(min=1)
            ),
            probatio.Optional(ATTR_POWER_ON, default=False): cv.boolean,
        },
        _async_start_print,
    ),
    Action(
        "print_again",
        ONE_PRINTER | {probatio.Optional(ATTR_PRINT_ID): whole_number_from(1, MAX_ID)},
        _async_print_again,
        SupportsResponse.OPTIONAL,
    ),
)
