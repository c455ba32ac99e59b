"""REST: events, prints and files."""

from collections.abc import Iterable

from aiohttp import web

from .answers import STATE, not_found, ok
from .auth import account_of
from .model import Print
from .rest import API
from .serialize import event_json, print_detail_json
from .statistics import days_of, statistics_json

DEFAULT_LIMIT = 10


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
    return [
        job
        for _, job in sorted(request.app[STATE].prints.items(), reverse=True)
        if job.printer.account is account
    ]


def filtered_prints(request: web.Request) -> list[Print]:
    """Return those of the user's prints that the query asks for, newest first."""
    prints = own_prints(request)
    match request.query.get("filter"):
        case "finished":
            prints = [job for job in prints if job.finished_at]
        case "cancelled":
            prints = [job for job in prints if job.cancelled_at]
    if printers := request.query.getall("filter_by_printer_ids[]", []):
        prints = [job for job in prints if str(job.printer.id) in printers]
    if "from_date" in request.query:
        first, last = days_of(request)
        prints = [job for job in prints if first <= job.started_at <= last]
    return prints


async def get_prints(request: web.Request) -> web.Response:
    """Answer the history of prints."""
    prints = filtered_prints(request)
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
    return ok(statistics_json(request, filtered_prints(request)))


ROUTES = [
    web.get(API + "printer_events/", get_events),
    web.get(API + r"printer_events/{id:\d+}/", get_event),
    web.get(API + "prints/", get_prints),
    web.get(API + "prints/stats/", get_statistics),
    web.get(API + r"prints/{id:\d+}/", get_print),
    web.get(API + r"prints/{id:\d+}/prediction_json/", get_predictions),
]
