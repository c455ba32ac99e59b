"""REST: G-code files and folders."""

from aiohttp import BodyPartReader, web

from ..answers import not_found, ok
from ..model import GCodeFile, GCodeFolder, Print
from ..serialize import (
    folder_json,
    listed_file_json,
    listed_folder_json,
    uploaded_file_json,
)
from .api import API, json_body, own_prints, paged, unsupported_media_type
from .context import STATE, account_of

CHUNK_BYTES = 64 * 1024


def is_in_folder(request: web.Request, folder_id: int | None) -> bool:
    """Return whether a parent matches the query, which may ask for `null` or for none."""
    if (wanted := request.query.get("parent_folder")) is None:
        return True
    return wanted in {"null", ""} if folder_id is None else wanted == str(folder_id)


def own_folder(request: web.Request, folder_id: object) -> GCodeFolder | None:
    """Return the user's folder of an id."""
    for folder in request.app[STATE].library.folders.values():
        if folder.user == account_of(request).id and str(folder.id) == str(folder_id):
            return folder
    return None


def prints_of(request: web.Request, file: GCodeFile) -> list[Print]:
    """Return the user's prints of a file, newest first."""
    return [job for job in own_prints(request) if job.g_code_file is file]


async def get_g_code_files(request: web.Request) -> web.Response:
    """Answer the files in the cloud or, with `resident_printer`, those on a printer."""
    library, account = request.app[STATE].library, account_of(request)
    resident = request.query.get("resident_printer")
    search = request.query.get("q", "").lower()
    return paged(
        request,
        [
            listed_file_json(file, prints_of(request, file), library)
            for _, file in sorted(library.files.items(), reverse=True)
            if file.user == account.id
            and is_in_folder(request, file.parent_folder)
            and search in file.safe_filename.lower()
            and (
                str(file.resident_printer) == resident
                if resident
                else not file.resident_printer
            )
        ],
    )


async def get_g_code_file(request: web.Request) -> web.Response:
    """Answer one file."""
    library = request.app[STATE].library
    file = library.files.get(int(request.match_info["id"]))
    if file is None or file.user != account_of(request).id:
        return not_found("GCodeFile")
    return ok(listed_file_json(file, prints_of(request, file), library))


async def post_g_code_file(request: web.Request) -> web.Response:
    """Upload a file to the cloud."""
    if not request.content_type.startswith("multipart/"):
        raise unsupported_media_type(request)
    library, fields, size = request.app[STATE].library, dict[str, str](), None
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            continue
        if part.name == "file":
            fields.setdefault("filename", part.filename or "file.gcode")
            size = 0
            while chunk := await part.read_chunk(CHUNK_BYTES):
                size += len(chunk)
                if size > library.max_file_bytes:
                    return web.Response(status=413, text="Request Entity Too Large")
        else:
            fields[str(part.name)] = await part.text()
    if size is None:
        return ok({"file": ["No file was submitted."]}, status=400)
    file = library.add_file(
        account_of(request).id,
        fields["filename"],
        own_folder(request, fields.get("parent_folder")),
        size,
    )
    return ok(uploaded_file_json(file), status=201)


def own_files(request: web.Request, ids: object) -> list[GCodeFile]:
    """Return the user's files of a list of ids; any other body is an error 500."""
    if not isinstance(ids, list):
        raise web.HTTPInternalServerError
    return [
        file
        for file in request.app[STATE].library.files.values()
        if file.user == account_of(request).id and file.id in ids
    ]


async def patch_g_code_file(request: web.Request) -> web.Response:
    """Rename a file."""
    library = request.app[STATE].library
    files = own_files(request, [int(request.match_info["id"])])
    if not files:
        return not_found("GCodeFile")
    name = (await json_body(request)).get("filename")
    if not isinstance(name, str) or not name:
        return ok({"filename": ["This field may not be blank."]}, status=400)
    library.rename(files[0], name)
    return ok(uploaded_file_json(files[0]))


async def delete_g_code_files(request: web.Request) -> web.Response:
    """Delete files."""
    files = own_files(request, (await json_body(request)).get("file_ids"))
    for file in files:
        request.app[STATE].library.delete_file(file)
    return web.Response(status=204)


async def move_g_code_files(request: web.Request) -> web.Response:
    """Move files into a folder, or to the top."""
    body = await json_body(request)
    parent = body.get("parent_folder")
    folder = None if parent is None else own_folder(request, parent)
    if parent is not None and folder is None:
        return not_found("GCodeFolder")
    for file in own_files(request, body.get("file_ids")):
        request.app[STATE].library.move_file(file, folder)
    return web.Response(status=204)


async def delete_g_code_folders(request: web.Request) -> web.Response:
    """Delete folders, with what is in them."""
    ids = (await json_body(request)).get("folder_ids")
    if not isinstance(ids, list):
        raise web.HTTPInternalServerError
    for folder_id in ids:
        if (folder := own_folder(request, folder_id)) is not None:
            request.app[STATE].library.delete_folder(folder)
    return web.Response(status=204)


async def get_g_code_folders(request: web.Request) -> web.Response:
    """Answer the folders in the cloud."""
    library, account = request.app[STATE].library, account_of(request)
    return paged(
        request,
        [
            listed_folder_json(folder, library)
            for _, folder in sorted(library.folders.items(), reverse=True)
            if folder.user == account.id and is_in_folder(request, folder.parent_folder)
        ],
    )


async def get_g_code_folder(request: web.Request) -> web.Response:
    """Answer one folder."""
    if (folder := own_folder(request, request.match_info["id"])) is None:
        return not_found("GCodeFolder")
    return ok(folder_json(folder, request.app[STATE].library))


async def post_g_code_folder(request: web.Request) -> web.Response:
    """Create a folder in the cloud."""
    body, library = await json_body(request), request.app[STATE].library
    folder = library.add_folder(
        account_of(request).id,
        str(body.get("name")),
        own_folder(request, body.get("parent_folder")),
    )
    return ok(folder_json(folder, library), status=201)


ROUTES = [
    web.get(API + "g_code_files/", get_g_code_files),
    web.post(API + "g_code_files/", post_g_code_file),
    web.get(API + r"g_code_files/{id:\d+}/", get_g_code_file),
    web.patch(API + r"g_code_files/{id:\d+}/", patch_g_code_file),
    web.post(API + "g_code_files/bulk_delete/", delete_g_code_files),
    web.post(API + "g_code_files/bulk_move/", move_g_code_files),
    web.get(API + "g_code_folders/", get_g_code_folders),
    web.post(API + "g_code_folders/", post_g_code_folder),
    web.get(API + r"g_code_folders/{id:\d+}/", get_g_code_folder),
    web.post(API + "g_code_folders/bulk_delete/", delete_g_code_folders),
]
