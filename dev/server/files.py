"""REST: files and folders."""

from aiohttp import web

from ..json_types import JsonValue
from .answers import STATE, detail, ok
from .auth import account_of
from .history import number, own_prints
from .rest import API
from .serialize import folder_json, listed_file_json

DEFAULT_PAGE_SIZE = 6


def paged(request: web.Request, rows: list[JsonValue]) -> web.Response:
    """Answer one page of a list that is counted in pages."""
    state = request.app[STATE]
    page, size = (
        number(request, "page", 1),
        number(request, "page_size", DEFAULT_PAGE_SIZE),
    )
    pages = max(1, -(-len(rows) // size))
    if not 1 <= page <= pages:
        return detail(404, "Invalid page.")

    def link(other: int) -> str | None:
        if not 1 <= other <= pages:
            return None
        query = dict(sorted({**request.query, "page": str(other)}.items()))
        path = request.rel_url.with_query(query)
        return f"{state.media.site}{path}"

    return ok(
        {
            "count": len(rows),
            "next": link(page + 1),
            "previous": link(page - 1),
            "results": rows[(page - 1) * size : page * size],
        }
    )


def is_in_folder(request: web.Request, folder_id: int | None) -> bool:
    """Tell whether the query asks for what is in this folder; without one for all."""
    if (wanted := request.query.get("parent_folder")) is None:
        return True
    return wanted in {"null", ""} if folder_id is None else wanted == str(folder_id)


async def get_g_code_files(request: web.Request) -> web.Response:
    """Answer the files in the cloud or, with `resident_printer`, on that printer."""
    library, account = request.app[STATE].library, account_of(request)
    resident = request.query.get("resident_printer")
    search = request.query.get("q", "").lower()
    files = [
        file
        for _, file in sorted(library.files.items(), reverse=True)
        if file.user == account.id
        and is_in_folder(request, file.parent_folder)
        and search in file.safe_filename.lower()
        and (
            str(file.resident_printer) == resident
            if resident
            else not file.resident_printer
        )
    ]
    return paged(
        request,
        [
            listed_file_json(
                file,
                [job for job in own_prints(request) if job.g_code_file is file],
                library.folders,
            )
            for file in files
        ],
    )


async def get_g_code_folders(request: web.Request) -> web.Response:
    """Answer the folders in the cloud."""
    library, account = request.app[STATE].library, account_of(request)
    return paged(
        request,
        [
            folder_json(folder, library.folders)
            for _, folder in sorted(library.folders.items(), reverse=True)
            if folder.user == account.id and is_in_folder(request, folder.parent_folder)
        ],
    )


ROUTES = [
    web.get(API + "g_code_files/", get_g_code_files),
    web.get(API + "g_code_folders/", get_g_code_folders),
]
