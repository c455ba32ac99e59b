"""REST: events, prints and files."""

from collections.abc import Iterable
from datetime import datetime

from aiohttp import web

from ..json_types import JsonValue
from .answers import STATE, html_error, not_found, ok
from .auth import account_of
from .model import Print
from .rest import API
from .serialize import event_json, print_detail_json, resident_file_json

DEFAULT_LIMIT = 10
STATISTICS_PARAMETERS = ("from_date", "to_date", "timezone", "group_by")


def number(request: web.Request, name: str, default: int) -> int:
    """Return a number of the query; anything else there is an error 500."""
    try:
        return int(request.query.get(name, default))
    except ValueError as error:
        raise web.HTTPInternalServerError from error


def one_page[T](request: web.Request, rows: Iterable[T]) -> list[T]:
    """Return the rows from `start`, at most `limit`."""
    start = number(request, "start", 0)
    return list(rows)[start : start + number(request, "limit", DEFAULT_LIMIT)]


async def get_events(request: web.Request) -> web.Response:
    """Answer events, newest first: none at all unless both filters are given."""
    account = account_of(request)
    classes = request.query.getall("filter_by_classes[]", [])
    types = request.query.getall("filter_by_types[]", [])
    events = request.app[STATE].events
    return ok(
        [
            event_json(event)
            for event in one_page(
                request,
                (
                    event
                    for _, event in sorted(events.items(), reverse=True)
                    if event.printer.account is account
                    and event.event_class in classes
                    and event.event_type in types
                ),
            )
        ]
    )


async def get_event(request: web.Request) -> web.Response:
    """Answer one event; no filter is needed here."""
    event = request.app[STATE].events.get(int(request.match_info["id"]))
    if event is None or event.printer.account is not account_of(request):
        return not_found("PrinterEvent")
    return ok(event_json(event))


def own_prints(request: web.Request) -> list[Print]:
    """Return the user's prints, newest first."""
    account = account_of(request)
    prints = [
        job
        for job in request.app[STATE].prints.values()
        if job.printer.account is account
    ]
    return sorted(prints, key=lambda job: (job.started_at, job.id), reverse=True)


async def get_prints(request: web.Request) -> web.Response:
    """Answer the history of prints."""
    prints = own_prints(request)
    match request.query.get("filter"):
        case "finished":
            prints = [job for job in prints if job.finished_at]
        case "cancelled":
            prints = [job for job in prints if job.cancelled_at]
    if printers := request.query.getall("filter_by_printer_ids[]", []):
        prints = [job for job in prints if str(job.printer.id) in printers]
    if request.query.get("sorting") == "date_asc":
        prints.reverse()
    return ok([print_detail_json(job) for job in one_page(request, prints)])


def find_print(request: web.Request) -> Print | None:
    """Return the user's print that the path names."""
    job = request.app[STATE].prints.get(int(request.match_info["id"]))
    return job if job and job.printer.account is account_of(request) else None


async def get_print(request: web.Request) -> web.Response:
    """Answer one print."""
    if (job := find_print(request)) is None:
        return not_found("Print")
    return ok(print_detail_json(job))


async def get_predictions(request: web.Request) -> web.Response:
    """Answer the detection's scores, frame by frame."""
    if (job := find_print(request)) is None:
        return not_found("Print")
    return ok([{"fields": {"normalized_p": score}} for score in job.scores])


async def get_statistics(request: web.Request) -> web.Response:
    """Answer sums over prints; any parameter left out is an error 500."""
    if not all(name in request.query for name in STATISTICS_PARAMETERS):
        return html_error(500)
    try:
        first, last = (
            datetime.fromisoformat(request.query[name]).date()
            for name in ("from_date", "to_date")
        )
    except ValueError:
        return html_error(500)
    prints = [
        job
        for job in own_prints(request)
        if job.ended_at and first <= job.started_at.date() <= last
    ]
    times = [job.print_time or 0.0 for job in prints]
    return ok(
        {
            "total_print_count": len(prints),
            "total_succeeded_print_count": sum(bool(job.finished_at) for job in prints),
            "total_cancelled_print_count": sum(
                bool(job.cancelled_at) for job in prints
            ),
            "total_print_time": sum(times),
            "longest_print_time": max(times, default=0.0),
            "average_print_time": sum(times) / len(times) if times else 0.0,
            "total_filament_used": sum(job.filament_used or 0.0 for job in prints),
        }
    )


def paged(request: web.Request, rows: list[JsonValue]) -> web.Response:
    """Answer one page of a list that is counted in pages."""
    state = request.app[STATE]
    page, size = number(request, "page", 1), number(request, "page_size", 20)

    def link(other: int) -> str | None:
        if not 1 <= other <= -(-len(rows) // size):
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


async def get_g_code_files(request: web.Request) -> web.Response:
    """Answer the files in the cloud or, with `resident_printer`, on that printer."""
    state, account = request.app[STATE], account_of(request)
    resident = request.query.get("resident_printer")
    files = [
        file
        for _, file in sorted(state.g_code_files.items(), reverse=True)
        if file.user == account.id
        and (
            str(file.resident_printer) == resident
            if resident
            else not file.resident_printer
        )
    ]
    return paged(
        request,
        [
            resident_file_json(
                file, [job for job in own_prints(request) if job.g_code_file is file]
            )
            for file in files
        ],
    )


async def get_g_code_folders(request: web.Request) -> web.Response:
    """Answer the folders in the cloud: there are none."""
    return paged(request, [])


ROUTES = [
    web.get(API + "printer_events/", get_events),
    web.get(API + r"printer_events/{id:\d+}/", get_event),
    web.get(API + "prints/", get_prints),
    web.get(API + "prints/stats/", get_statistics),
    web.get(API + r"prints/{id:\d+}/", get_print),
    web.get(API + r"prints/{id:\d+}/prediction_json/", get_predictions),
    web.get(API + "g_code_files/", get_g_code_files),
    web.get(API + "g_code_folders/", get_g_code_folders),
]
