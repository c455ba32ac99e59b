"""What the calls of the REST API share: printers by their path, JSON bodies and pages."""

from collections.abc import Awaitable, Callable, Iterable
import json

from aiohttp import web

from ...json_types import JsonObject, JsonValue
from ..answers import detail, not_found, ok
from ..model import Print
from ..printer import Printer
from ..serialize import printer_json
from .context import STATE, account_of

API = "/api/v1/"
PRINTER = API + r"printers/{id:\d+}/"
DEFAULT_LIMIT = 10
DEFAULT_PAGE_SIZE = 6

type ApiCall = Callable[[web.Request], Awaitable[web.Response]]
type PrinterCall = Callable[[web.Request, Printer], Awaitable[web.Response]]


def wants_archived(request: web.Request) -> bool:
    """Return whether archived printers are asked for."""
    return request.query.get("with_archived") == "true"


def find_printer(request: web.Request) -> Printer | None:
    """Return the user's printer that the path names; an archived one only if asked for."""
    printer = request.app[STATE].printers.get(int(request.match_info["id"]))
    if printer is None or printer.account is not account_of(request):
        return None
    return printer if wants_archived(request) or not printer.archived else None


def with_printer(call: PrinterCall) -> ApiCall:
    """Look up the printer of the path before a call; 404 if the user has no such one."""

    async def handler(request: web.Request) -> web.Response:
        if (printer := find_printer(request)) is None:
            return not_found("Printer")
        return await call(request, printer)

    return handler


def succeeded(printer: Printer, success: bool = True) -> web.Response:
    """Return the answer to a command, with the printer as it is before the agent acts."""
    return ok({"succeeded": success, "printer": printer_json(printer)})


def own_prints(request: web.Request) -> list[Print]:
    """Return the user's prints, newest first."""
    account = account_of(request)
    return [
        job
        for _, job in sorted(request.app[STATE].prints.items(), reverse=True)
        if job.printer.account is account
    ]


def unsupported_media_type(request: web.Request) -> web.HTTPUnsupportedMediaType:
    """Return the error for a body of a type that the call does not take."""
    text = f'Unsupported media type "{request.content_type}" in request.'
    return web.HTTPUnsupportedMediaType(
        text=json.dumps({"detail": text}), content_type="application/json"
    )


async def json_body(request: web.Request) -> JsonObject:
    """Return the JSON object of a request; raises the error for any other body."""
    if request.content_type != "application/json":
        raise unsupported_media_type(request)
    try:
        body: JsonValue = json.loads(await request.read())
    except ValueError as error:
        raise web.HTTPBadRequest(
            text=json.dumps({"detail": f"JSON parse error - {error}"}),
            content_type="application/json",
        ) from error
    if not isinstance(body, dict):
        raise web.HTTPInternalServerError
    return body


def number(request: web.Request, name: str, default: int) -> int:
    """Return a number of the query; anything else is an error 500."""
    try:
        return int(request.query.get(name, default))
    except ValueError as error:
        raise web.HTTPInternalServerError from error


def one_slice[T](request: web.Request, rows: Iterable[T]) -> list[T]:
    """Return the rows from `start` of the query, at most its `limit`."""
    start = number(request, "start", 0)
    return list(rows)[start : start + number(request, "limit", DEFAULT_LIMIT)]


def paged(request: web.Request, rows: list[JsonValue]) -> web.Response:
    """Return one page of a list, with links to the pages around it."""
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
