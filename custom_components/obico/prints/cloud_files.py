"""The files and folders in the cloud, found by the paths by which users name them."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from contextlib import aclosing
from dataclasses import dataclass
import re
from typing import Final
from unicodedata import normalize

import probatio

from homeassistant.exceptions import ServiceValidationError

from ..aioobico import (
    CloudFile,
    CloudFolder,
    ObicoClient,
    ObicoNotFoundError,
    Page,
    is_same_name,
    is_sendable_name,
)
from ..const import DOMAIN

MAX_PATH_LENGTH: Final = 1024
# The columns of the server's database.
MAX_NAME_LENGTH: Final = 255
PAGE_SIZE: Final = 100
# Pages of files or folders: more of them would keep the server busy for long.
MAX_PAGES: Final = 100

# What is left of a name when the server replaces the characters that it takes for unsafe.
# Which letters beyond ASCII are among those differs between servers.
_SAFE: Final = re.compile(r"[\w.]+", re.ASCII)


def path_field(value: object) -> str:
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


def name_field(value: object) -> str:
    """Validate the name of a file or folder."""
    name = path_field(value)
    if not name.strip() or "/" in name or len(name) > MAX_NAME_LENGTH:
        raise probatio.Invalid("expected a name")
    return name


@dataclass(frozen=True, kw_only=True)
class Folders:
    """All folders of an account, by id and path."""

    paths: dict[int, str]

    def path_of(self, file: CloudFile) -> str:
        """Return the path of a file."""
        folder = None if file.folder_id is None else self.paths.get(file.folder_id)
        name = file.filename or str(file.id)
        return f"{folder}/{name}" if folder else name

    def find(self, path: str) -> int | None:
        """Return the id of a folder, None for the top; raises where there is none."""
        if not path:
            return None
        found = of_path(((known, key) for key, known in self.paths.items()), path)
        if not found:
            raise folder_not_found(path)
        return found[0]


async def _async_pages[ItemT](
    request: Callable[[int], Awaitable[Page[ItemT]]], first: int = 1
) -> AsyncGenerator[Page[ItemT]]:
    """Request the pages of a list, from a number on.

    A server whose pages never end is not asked for ever.
    """
    for number in range(first, first + MAX_PAGES):
        try:
            page = await request(number)
        except ObicoNotFoundError:
            # The server has no page behind the last one; the list may have become shorter.
            if number == 1:
                raise
            return
        yield page
        if page.is_last:
            return


async def async_folders(client: ObicoClient) -> Folders:
    """Request the folders of an account."""
    folders: dict[int, CloudFolder] = {}
    async for page in _async_pages(
        lambda number: client.get_cloud_folders(page=number)
    ):
        folders |= {folder.id: folder for folder in page.items}

    def path_of(folder: CloudFolder) -> str:
        names: list[str] = []
        seen: set[int] = set()
        at: CloudFolder | None = folder
        while at is not None and at.id not in seen:
            seen.add(at.id)
            names.append(at.name or str(at.id))
            at = None if at.parent_id is None else folders.get(at.parent_id)
        return "/".join(reversed(names))

    return Folders(paths={folder.id: path_of(folder) for folder in folders.values()})


def _async_file_pages(
    client: ObicoClient,
    *,
    first: int = 1,
    folder_id: int | None = None,
    search: str | None = None,
) -> AsyncGenerator[Page[CloudFile]]:
    return _async_pages(
        lambda number: client.get_cloud_files(
            page=number, page_size=PAGE_SIZE, folder_id=folder_id, search=search
        ),
        first,
    )


async def async_files(
    client: ObicoClient, *, folder_id: int | None = None, search: str | None = None
) -> list[CloudFile]:
    """Request files, newest first; of all folders unless one is named, 0 for the top.

    `search` narrows them as far as the server can: see `searched`.
    """
    return [
        file
        async for page in _async_file_pages(client, folder_id=folder_id, search=search)
        for file in page.items
    ]


async def async_newest_files(
    client: ObicoClient, folder_id: int, start: int, end: int | None
) -> tuple[list[CloudFile], int]:
    """Request a part of a folder's files, newest first, and how many the folder has.

    The part begins behind the first `start` files and has those before `end`, None for all.
    """
    before, skipped = divmod(start, PAGE_SIZE)
    wanted = None if end is None else end - before * PAGE_SIZE
    files: list[CloudFile] = []
    page: Page[CloudFile] | None = None
    async with aclosing(
        _async_file_pages(client, first=before + 1, folder_id=folder_id)
    ) as pages:
        async for page in pages:
            files += page.items
            if wanted is not None and len(files) >= wanted:
                break
    if page is None:
        # The part begins behind the last page.
        page = await client.get_cloud_files(page_size=1, folder_id=folder_id)
        return [], page.count or 0
    return files[skipped:wanted], max(page.count or 0, before * PAGE_SIZE + len(files))


def searched(text: str) -> str | None:
    """Return the longest part of a name that the server can search for, None if there is none.

    Composed (NFC): of "u" with a combining mark, "u" is no part of the server's name where
    that has the single character.
    """
    return max(_SAFE.findall(normalize("NFC", text)), key=len, default=None)


async def async_find_file(
    client: ObicoClient, path: str, folders: Folders | None = None
) -> CloudFile:
    """Return the file that has a path, or without a folder the only one of a name.

    Raises ServiceValidationError where there is none, or more than one.
    """
    folder, _, name = path.rpartition("/")
    folders = folders or await async_folders(client)
    files = [
        file
        for file in await async_files(client, search=searched(name))
        if file.filename and file.url
    ]
    found = of_path(((folders.path_of(file), file) for file in files), path)
    if not found and not folder:
        found = of_path(((file.filename or "", file) for file in files), name)
    if not found:
        raise file_not_found(path)
    if len(found) > 1:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="file_ambiguous",
            translation_placeholders={
                "file": path,
                "paths": ", ".join(sorted(folders.path_of(file) for file in found)),
            },
        )
    return found[0]


def of_path[T](items: Iterable[tuple[str, T]], path: str) -> list[T]:
    """Return the items of a path: those of the very same, or of the same letters."""
    same = [(own, item) for own, item in items if is_same_name(own, path)]
    return [item for own, item in same if own == path] or [item for _, item in same]


def folder_not_found(folder: str) -> ServiceValidationError:
    """Return the error for a folder that there is not."""
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="folder_not_found",
        translation_placeholders={"folder": folder},
    )


def file_not_found(path: str) -> ServiceValidationError:
    """Return the error for a file that there is not."""
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="file_not_found",
        translation_placeholders={"file": path},
    )
