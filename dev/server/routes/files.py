"""REST: G-code files and folders."""

from aiohttp import web

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
    form = await request.post()
    upload = form.get("file")
    if not isinstance(upload, web.FileField):
        return ok({"file": ["No file was submitted."]}, status=400)
    file = request.app[STATE].library.add_file(
        account_of(request).id,
        str(form.get("filename", upload.filename)),
        own_folder(request, form.get("parent_folder")),
        len(upload.file.read()),
    )
    return ok(uploaded_file_json(file), status=201)


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
    web.get(API + "g_code_folders/", get_g_code_folders),
    web.post(API + "g_code_folders/", post_g_code_folder),
    web.get(API + r"g_code_folders/{id:\d+}/", get_g_code_folder),
]
