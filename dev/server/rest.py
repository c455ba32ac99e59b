"""REST: users and printers."""

from collections.abc import Awaitable, Callable
import json

from aiohttp import hdrs, web

from ..json_types import JsonObject, JsonValue
from .answers import STATE, detail, html_error, not_found, ok
from .auth import account_of
from .printer import Printer
from .serialize import printer_json, user_json

API = "/api/v1/"
# What a user may change about himself; the web app resets the count of events so.
USER_WRITABLE = frozenset(
    {
        "first_name",
        "last_name",
        "account_notification_by_email",
        "notification_enabled",
        "unseen_printer_events",
    }
)

type PrinterCall = Callable[[web.Request, Printer], Awaitable[web.Response]]


def find_printer(request: web.Request) -> Printer | None:
    """Return the user's printer that the path names; an archived one only if asked for."""
    printer = request.app[STATE].printers.get(int(request.match_info["id"]))
    if printer is None or printer.account is not account_of(request):
        return None
    return printer if wants_archived(request) or not printer.archived else None


def wants_archived(request: web.Request) -> bool:
    """Tell whether archived printers are asked for."""
    return request.query.get("with_archived") == "true"


async def json_body(request: web.Request) -> JsonObject:
    """Return the JSON object that was sent; anything else is an error of the client."""
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(
            text=json.dumps(
                {
                    "detail": f'Unsupported media type "{request.content_type}" in request.'
                }
            ),
            content_type="application/json",
        )
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


def with_printer(call: PrinterCall) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Look the printer up before a call."""

    async def handler(request: web.Request) -> web.Response:
        if (printer := find_printer(request)) is None:
            return not_found("Printer")
        return await call(request, printer)

    return handler


async def get_version(_request: web.Request) -> web.Response:
    """Answer `version/`."""
    return ok({"version": "1.0.0"})


async def get_user(request: web.Request) -> web.Response:
    """Answer `users/me/`."""
    return ok(user_json(account_of(request)))


async def patch_user(request: web.Request) -> web.Response:
    """Change what a user may change about himself; other fields are ignored."""
    account = account_of(request)
    for name, value in (await json_body(request)).items():
        if name in USER_WRITABLE:
            setattr(account, name, value)
    return ok(user_json(account))


async def get_tunnel_usage(request: web.Request) -> web.Response:
    """Answer `tunnelusage/`."""
    return ok({"total": account_of(request).tunnel_usage, "monthly_cap": -1})


async def get_printers(request: web.Request) -> web.Response:
    """Answer the whole list, without pages."""
    account = account_of(request)
    return ok(
        [
            printer_json(printer)
            for printer in request.app[STATE].printers.values()
            if printer.account is account
            and (wants_archived(request) or not printer.archived)
        ]
    )


async def post_printer(request: web.Request) -> web.Response:
    """Add a printer that no agent belongs to yet."""
    name = (await json_body(request)).get("name")
    printer = account_of(request).add_printer(str(name or "My Printer"))
    return ok(printer_json(printer), status=201)


async def get_printer(_request: web.Request, printer: Printer) -> web.Response:
    """Answer one printer."""
    return ok(printer_json(printer))


async def patch_printer(request: web.Request, printer: Printer) -> web.Response:
    """Write columns of a printer: unknown ones are an error 500, wrong types are taken."""
    try:
        printer.update(await json_body(request))
    except LookupError:
        return html_error(500)
    return succeeded(printer)


async def delete_printer(_request: web.Request, printer: Printer) -> web.Response:
    """Delete a printer."""
    printer.delete()
    return web.Response(status=204)


def succeeded(printer: Printer, success: bool = True) -> web.Response:
    """Answer a command with the printer as it is before the agent acted."""
    return ok({"succeeded": success, "printer": printer_json(printer)})


async def pause_print(_request: web.Request, printer: Printer) -> web.Response:
    """Pass on a pause."""
    return succeeded(printer, printer.pause_print())


async def resume_print(_request: web.Request, printer: Printer) -> web.Response:
    """Pass on a resume."""
    return succeeded(printer, printer.resume_print())


async def cancel_print(_request: web.Request, printer: Printer) -> web.Response:
    """Pass on a cancel."""
    return succeeded(printer, printer.cancel_print())


async def mute_current_print(request: web.Request, printer: Printer) -> web.Response:
    """Turn the detection off or, as when nothing is said, on for the current print."""
    if (job := printer.current_print) is None:
        return html_error(500)
    muted = request.query.get("mute_alert", "false").lower() == "true"
    printer.mute(job, muted=muted)
    return succeeded(printer)


async def acknowledge_alert(request: web.Request, printer: Printer) -> web.Response:
    """Answer the open alert of the current print."""
    if (job := printer.current_print) is None:
        return detail(404, "Not currently printing")
    printer.acknowledge(job, request.query.get("alert_overwrite", "NOT_FAILED"))
    return succeeded(printer)


def action(name: str, call: PrinterCall) -> list[web.RouteDef]:
    """Route a command; GET is taken as well, so a redirected POST executes."""
    path, handler = f"{API}printers/{{id:\\d+}}/{name}/", with_printer(call)
    return [
        web.route(method, path, handler) for method in (hdrs.METH_GET, hdrs.METH_POST)
    ]


PRINTER = API + r"printers/{id:\d+}/"

ROUTES = [
    web.get(API + "version/", get_version),
    web.get(API + "users/me/", get_user),
    web.patch(API + "users/me/", patch_user),
    web.get(API + "tunnelusage/", get_tunnel_usage),
    web.get(API + "printers/", get_printers),
    web.post(API + "printers/", post_printer),
    web.get(PRINTER, with_printer(get_printer)),
    web.patch(PRINTER, with_printer(patch_printer)),
    web.delete(PRINTER, with_printer(delete_printer)),
    *action("pause_print", pause_print),
    *action("resume_print", resume_print),
    *action("cancel_print", cancel_print),
    *action("mute_current_print", mute_current_print),
    *action("acknowledge_alert", acknowledge_alert),
]
