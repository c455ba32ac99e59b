"""Calls about the G-code files in the cloud."""

from collections.abc import AsyncIterable, AsyncIterator, Iterable
from http import HTTPStatus
from typing import Final
import uuid

from aiohttp import hdrs

from .exceptions import ObicoFileTooLargeError
from .models import CloudFile, CloudFolder, Page
from .rest import MAX_JSON_BYTES, Params, RestCalls
from .text import is_sendable_name
from .transport import raise_for_status, read_json

# Seconds without a byte in either direction. The server reads a file of hundreds of
# megabytes to its end before it answers.
_UPLOAD_SECONDS: Final = 300.0


class FileCalls(RestCalls):
    """The calls about files in the cloud; for what they raise see ObicoClient."""

    async def get_cloud_files(
        self,
        *,
        page: int = 1,
        page_size: int = 100,
        folder_id: int | None = None,
        search: str | None = None,
    ) -> Page[CloudFile]:
        """Return files in the cloud, newest first (GET g_code_files/).

        They are of all folders unless one is named, 0 for files in no folder. `search` is
        compared with a part of CloudFile.safe_filename.
        """
        params = _page(page, page_size)
        if folder_id is not None:
            params.append(("parent_folder", f"{folder_id:d}" if folder_id else "null"))
        if search is not None:
            params.append(("q", search))
        content, _ = await self._call(hdrs.METH_GET, "g_code_files/", params)
        return Page.from_dict(content, CloudFile.from_dict)

    async def get_cloud_file(self, file_id: int) -> CloudFile:
        """Return a file (GET g_code_files/{id}/); ObicoNotFoundError for one that is gone."""
        return CloudFile.from_dict(await self._get_object(f"g_code_files/{file_id:d}/"))

    async def upload_cloud_file(
        self,
        filename: str,
        content: AsyncIterable[bytes],
        size: int,
        folder_id: int | None = None,
    ) -> CloudFile:
        """Upload a file of `size` bytes, and return it (POST g_code_files/).

        The content is sent as it comes and never held as a whole. Its size is sent first,
        because Django takes a form without one for empty. Raises ObicoFileTooLargeError for
        more than the account's plan allows (50 MB or 500 MB in the cloud), and ValueError,
        before anything is sent, for a name that cannot be sent.
        """
        if not is_sendable_name(filename):
            raise ValueError("This is no name of a file")
        boundary = uuid.uuid4().hex
        fields = {"filename": filename}
        if folder_id is not None:
            fields["parent_folder"] = f"{folder_id:d}"
        begin = "".join(
            f"--{boundary}\r\n"
            f'Content-Disposition: form-data; name="{name}"\r\n\r\n'
            f"{value}\r\n"
            for name, value in fields.items()
        )
        begin += (
            f"--{boundary}\r\n"
            f'Content-Disposition: form-data; name="file"; filename="{_quoted(filename)}"\r\n'
            f"{hdrs.CONTENT_TYPE}: application/octet-stream\r\n\r\n"
        )
        head, tail = begin.encode(), f"\r\n--{boundary}--\r\n".encode()

        async def body() -> AsyncIterator[bytes]:
            yield head
            async for chunk in content:
                yield chunk
            yield tail

        async with self._open(
            hdrs.METH_POST,
            "g_code_files/",
            form=body(),
            timeout=_UPLOAD_SECONDS,
            is_stream=True,
            headers={
                hdrs.CONTENT_TYPE: f"multipart/form-data; boundary={boundary}",
                hdrs.CONTENT_LENGTH: str(len(head) + size + len(tail)),
            },
        ) as response:
            if response.status == HTTPStatus.CONTENT_TOO_LARGE:
                raise ObicoFileTooLargeError("The server does not take so large a file")
            await raise_for_status(response)
            return CloudFile.from_dict(await read_json(response, MAX_JSON_BYTES))

    async def rename_cloud_file(self, file_id: int, filename: str) -> None:
        """Rename a file (PATCH g_code_files/{id}/)."""
        await self._send(
            hdrs.METH_PATCH, f"g_code_files/{file_id:d}/", json={"filename": filename}
        )

    async def move_cloud_files(
        self, file_ids: Iterable[int], folder_id: int | None
    ) -> None:
        """Move files into a folder, None for the top (POST g_code_files/bulk_move/)."""
        await self._send(
            hdrs.METH_POST,
            "g_code_files/bulk_move/",
            json={"file_ids": list(file_ids), "parent_folder": folder_id},
        )

    async def delete_cloud_files(self, file_ids: Iterable[int]) -> None:
        """Delete files (POST g_code_files/bulk_delete/)."""
        await self._send(
            hdrs.METH_POST,
            "g_code_files/bulk_delete/",
            json={"file_ids": list(file_ids)},
        )

    async def get_cloud_folders(
        self, *, page: int = 1, page_size: int = 100
    ) -> Page[CloudFolder]:
        """Return folders in the cloud, those within others as well (GET g_code_folders/)."""
        content, _ = await self._call(
            hdrs.METH_GET, "g_code_folders/", _page(page, page_size)
        )
        return Page.from_dict(content, CloudFolder.from_dict)

    async def create_cloud_folder(
        self, name: str, parent_id: int | None = None
    ) -> CloudFolder:
        """Create a folder, at the top unless another is named (POST g_code_folders/)."""
        content, _ = await self._call(
            hdrs.METH_POST,
            "g_code_folders/",
            json={"name": name, "parent_folder": parent_id},
        )
        return CloudFolder.from_dict(content)

    async def delete_cloud_folders(self, folder_ids: Iterable[int]) -> None:
        """Delete folders with what is in them (POST g_code_folders/bulk_delete/)."""
        await self._send(
            hdrs.METH_POST,
            "g_code_folders/bulk_delete/",
            json={"folder_ids": list(folder_ids)},
        )


def _quoted(filename: str) -> str:
    """Return a name for a header, as browsers write it."""
    return filename.replace("\\", "\\\\").replace('"', "%22")


def _page(page: int, page_size: int) -> Params:
    """Return the parameters for a page of a list."""
    return [("page", f"{page:d}"), ("page_size", f"{page_size:d}")]
