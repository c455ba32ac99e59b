"""Actions that list files and print them."""

import re
from typing import Final

import probatio

from homeassistant.auth.permissions.const import POLICY_CONTROL, POLICY_READ
from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.util.json import JsonObjectType

from ..account.errors import translated_errors
from ..aioobico import (
    AgentKind,
    CloudFile,
    CloudFolder,
    ObicoAgentRefusedError,
    ObicoAgentSilentError,
    ObicoClient,
    Page,
    Printer,
    PrinterAgent,
    PrinterListing,
)
from ..const import DOMAIN
from ..printer import effects, preconditions
from ..printer.commands import MOVE, CommandChannel, PrinterCommand
from ..printer.preconditions import agent_kind
from ..prints.outcome import meters
from .action import Action
from .rows import moment, seconds
from .targets import ONE_PRINTER, async_account, async_target

ATTR_FILE: Final = "file"
ATTR_FOLDER: Final = "folder"
ATTR_SOURCE: Final = "source"

PRINTER: Final = "printer"
CLOUD: Final = "cloud"

MAX_PATH_LENGTH: Final = 1024
# With up to 100 files or folders on each page, more than anybody looks through.
_MAX_PAGES: Final = 20

# The characters of a file name that the server keeps; it replaces others.
_SAFE: Final = re.compile(r"[\w.]+")


def _path(value: object) -> str:
    """Validate a path relative to the root of a storage."""
    if not isinstance(value, str):
        raise probatio.Invalid("expected a path")
    path = value.strip().strip("/")
    if (
        len(path) > MAX_PATH_LENGTH
        or not path.isprintable()
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
            listing = await target.account.connections.agent_of(
                target.printer.id
            ).list_files(agent_kind(target.printer), folder)
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
                "estimated_time": seconds(file.estimated_time),
                "filament": meters(file.filament_total),
            }
            for file in listing.files
        ],
    }


async def _async_cloud_rows(client: ObicoClient, folder: str) -> JsonObjectType:
    paths = await _async_cloud_folders(client)
    folder_id = next((key for key, path in paths.items() if path == folder), None)
    if folder and folder_id is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="folder_not_found",
            translation_placeholders={"folder": folder},
        )
    prefix = f"{folder}/" if folder else ""
    files = await _async_cloud_files(client, folder_id=folder_id or 0)
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
                "estimated_time": seconds(file.estimated_time),
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

    async def send(channel: CommandChannel, printer: Printer) -> None:
        agent = channel.agent_of(printer.id)
        if call.data[ATTR_SOURCE] == CLOUD:
            await agent.print_cloud_file(
                await _async_find_cloud_file(channel.client, path)
            )
        else:
            await _async_print_file(agent, agent_kind(printer), path)

    await target.account.commands.async_run(
        target.printer,
        PrinterCommand(
            key=MOVE,
            precondition_fn=preconditions.check_moving,
            send_fn=send,
            effect_fn=effects.is_started,
            unanswered_fn=_start_unanswered,
        ),
    )


def _start_unanswered() -> HomeAssistantError:
    """Return the error for a print that may still start, once Klipper is not busy any more."""
    return HomeAssistantError(
        translation_domain=DOMAIN, translation_key="start_unanswered"
    )


async def _async_print_file(agent: PrinterAgent, kind: AgentKind, path: str) -> None:
    try:
        await agent.print_file(kind, path)
    except ObicoAgentRefusedError:
        # The agent of Klipper gives no reason, so whether the file is missing is looked up.
        if await _async_is_missing(agent, kind, path):
            raise _file_not_found(path) from None
        raise


async def _async_is_missing(agent: PrinterAgent, kind: AgentKind, path: str) -> bool:
    """Return whether a printer has no such file, False where the agent does not answer."""
    try:
        listing = await agent.list_files(kind, path.rpartition("/")[0])
    except ObicoAgentRefusedError:
        # The folder does not exist either.
        return True
    except ObicoAgentSilentError:
        return False
    return all(file.path != path for file in listing.files)


async def _async_find_cloud_file(client: ObicoClient, path: str) -> CloudFile:
    """Return the file in the cloud that has a path, or without a folder the only one of a name.

    Raises ServiceValidationError where there is none, or more than one.
    """
    folder, _, name = path.rpartition("/")
    # The server searches the names that it changed, in which this part is unchanged.
    search = max(_SAFE.findall(name), key=len, default=None)
    paths = await _async_cloud_folders(client)
    named = [
        (file, _path_of(file, paths))
        for file in await _async_cloud_files(client, search=search)
        if file.filename == name and file.url
    ]
    found = [file for file, its_path in named if its_path == path]
    if not found and not folder:
        found = [file for file, _ in named]
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
        | {probatio.Required(ATTR_FILE): probatio.All(_path, probatio.Length(min=1))},
        _async_start_print,
    ),
)
