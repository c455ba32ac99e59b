"""REST: events, prints and their statistics."""

from datetime import datetime

from aiohttp import web

from ..answers import not_found, ok
from ..detection import judge
from ..model import Print
from ..serialize import event_json, predictions_json, print_detail_json, shot_json
from .api import API, json_body, one_slice, own_prints
from .context import STATE, account_of
from .statistics import days_of, statistics_json


async def get_events(request: web.Request) -> web.Response:
    """Answer events, newest first; none unless both filters are given."""
    account = account_of(request)
    classes = request.query.getall("filter_by_classes[]", [])
    types = request.query.getall("filter_by_types[]", [])
    events = request.app[STATE].events
    return ok(
        [
            event_json(event)
            for event in one_slice(
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
    """Answer one event, without filters."""
    event = request.app[STATE].events.get(int(request.match_info["id"]))
    if event is None or event.printer.account is not account_of(request):
        return not_found("PrinterEvent")
    return ok(event_json(event))


def filtered_prints(request: web.Request) -> list[Print]:
    """Return the user's prints that match the filters of the query, newest first."""
    prints = own_prints(request)
    match request.query.get("filter"):
        case "finished":
            prints = [job for job in prints if job.finished_at]
        case "cancelled":
            prints = [job for job in prints if job.cancelled_at]
        case "need_alert_overwrite":
            prints = [job for job in prints if job.need_alert_overwrite]
        case "need_print_shot_feedback":
            prints = [job for job in prints if job.need_print_shot_feedback]
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
    return ok([print_detail_json(job) for job in one_slice(request, prints)])


def find_print(request: web.Request) -> Print | None:
    """Return the user's print that the path names."""
    job = request.app[STATE].prints.get(int(request.match_info["id"]))
    return job if job and job.printer.account is account_of(request) else None


async def get_print(request: web.Request) -> web.Response:
    """Answer one print."""
    if (job := find_print(request)) is None:
        return not_found("Print")
    return ok(print_detail_json(job))


async def patch_print(request: web.Request) -> web.Response:
    """Store the user's verdict on a print, or the consent to use its frames."""
    if (job := find_print(request)) is None:
        return not_found("Print")
    body = await json_body(request)
    if "alert_overwrite" in body:
        verdict = body["alert_overwrite"]
        if verdict not in {"FAILED", "NOT_FAILED", None}:
            text = f'"{verdict}" is not a valid choice.'
            return ok({"alert_overwrite": [text]}, status=400)
        judge(job, verdict if isinstance(verdict, str) else None)
    if "access_consented_at" in body:
        job.access_consented_at = datetime.fromisoformat(
            str(body["access_consented_at"])
        )
    return ok(print_detail_json(job))


async def delete_print(request: web.Request) -> web.Response:
    """Delete one print."""
    if (job := find_print(request)) is None:
        return not_found("Print")
    request.app[STATE].delete_prints({job.id})
    return web.Response(status=204)


async def bulk_delete_prints(request: web.Request) -> web.Response:
    """Delete the user's prints of a list of ids."""
    ids = (await json_body(request)).get("print_ids")
    if not isinstance(ids, list):
        raise web.HTTPInternalServerError
    own = {job.id for job in own_prints(request)}
    request.app[STATE].delete_prints(own & {int(str(each)) for each in ids})
    return web.Response(status=204)


async def get_predictions(request: web.Request) -> web.Response:
    """Answer the detection's results, frame by frame."""
    if (job := find_print(request)) is None:
        return not_found("Print")
    return ok(predictions_json(job))


async def get_statistics(request: web.Request) -> web.Response:
    """Answer sums over prints; a missing parameter is an error 500."""
    return ok(statistics_json(request, filtered_prints(request)))


async def get_shots(request: web.Request) -> web.Response:
    """Answer the pictures that the user is asked to judge, of one print or of all."""
    wanted = request.query.get("print_id")
    return ok(
        [
            shot_json(shot)
            for job in own_prints(request)
            if wanted in {None, str(job.id)}
            for shot in job.shots
        ]
    )


async def put_shot(request: web.Request) -> web.Response:
    """Store the user's answer to a picture; with the last one a print needs none any more."""
    wanted = int(request.match_info["id"])
    for job in own_prints(request):
        for shot in job.shots:
            if shot.id == wanted:
                shot.answer = str((await json_body(request))["answer"])
                shot.answered_at = request.app[STATE].clock.now()
                job.need_print_shot_feedback = not all(row.answer for row in job.shots)
                return ok({"instance": shot_json(shot), "credited_dhs": 0})
    return not_found("PrintShotFeedback")


ROUTES = [
    web.get(API + "printer_events/", get_events),
    web.get(API + r"printer_events/{id:\d+}/", get_event),
    web.get(API + "prints/", get_prints),
    web.get(API + "prints/stats/", get_statistics),
    web.post(API + "prints/bulk_delete/", bulk_delete_prints),
    web.get(API + r"prints/{id:\d+}/", get_print),
    web.patch(API + r"prints/{id:\d+}/", patch_print),
    web.delete(API + r"prints/{id:\d+}/", delete_print),
    web.get(API + r"prints/{id:\d+}/prediction_json/", get_predictions),
    web.get(API + "printshotfeedbacks/", get_shots),
    web.put(API + r"printshotfeedbacks/{id:\d+}/", put_shot),
]
