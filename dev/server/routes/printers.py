"""REST: printers and the commands to them."""

from aiohttp import hdrs, web

from ..answers import detail, html_error, ok
from ..printer import Printer
from ..serialize import printer_json
from .api import (
    API,
    PRINTER,
    PrinterCall,
    json_body,
    succeeded,
    wants_archived,
    with_printer,
)
from .context import STATE, account_of


async def get_printers(request: web.Request) -> web.Response:
    """Answer all printers at once."""
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
    """Create a printer without an agent."""
    if (name := (await json_body(request)).get("name")) is None:
        return ok({"name": ["This field is required."]}, status=400)
    printer = account_of(request).add_printer(str(name))
    return ok(printer_json(printer), status=201)


async def get_printer(_request: web.Request, printer: Printer) -> web.Response:
    """Answer one printer."""
    return ok(printer_json(printer))


async def patch_printer(request: web.Request, printer: Printer) -> web.Response:
    """Write columns of a printer; an unknown one is an error 500, a wrong type is stored."""
    try:
        printer.update(await json_body(request))
    except LookupError:
        return html_error(500)
    return succeeded(printer)


async def delete_printer(_request: web.Request, printer: Printer) -> web.Response:
    """Delete a printer."""
    printer.delete()
    return web.Response(status=204)


async def archive_printer(_request: web.Request, printer: Printer) -> web.Response:
    """Archive a printer; the websocket of its agent stays open."""
    printer.archive()
    return web.Response(status=204)


async def pause_print(_request: web.Request, printer: Printer) -> web.Response:
    """Forward a pause to the agent."""
    return succeeded(printer, printer.pause_print())


async def resume_print(_request: web.Request, printer: Printer) -> web.Response:
    """Forward a resume to the agent."""
    return succeeded(printer, printer.resume_print())


async def cancel_print(_request: web.Request, printer: Printer) -> web.Response:
    """Forward a cancel to the agent."""
    return succeeded(printer, printer.cancel_print())


async def mute_current_print(request: web.Request, printer: Printer) -> web.Response:
    """Turn the detection off or, by default, on for the current print; 500 when idle."""
    if (job := printer.current_print) is None:
        return html_error(500)
    muted = request.query.get("mute_alert", "false").lower() == "true"
    printer.mute(job, muted=muted)
    return succeeded(printer)


async def acknowledge_alert(request: web.Request, printer: Printer) -> web.Response:
    """Acknowledge the open alert of the current print."""
    if (job := printer.current_print) is None:
        return detail(404, "Not currently printing")
    printer.acknowledge(job, request.query.get("alert_overwrite", "NOT_FAILED"))
    return succeeded(printer)


def action(name: str, call: PrinterCall) -> list[web.RouteDef]:
    """Return the routes of a command; GET executes it, too, as after a redirected POST."""
    path, handler = f"{PRINTER}{name}/", with_printer(call)
    return [
        web.route(method, path, handler) for method in (hdrs.METH_GET, hdrs.METH_POST)
    ]


ROUTES = [
    web.get(API + "printers/", get_printers),
    web.post(API + "printers/", post_printer),
    web.get(PRINTER, with_printer(get_printer)),
    web.patch(PRINTER, with_printer(patch_printer)),
    web.delete(PRINTER, with_printer(delete_printer)),
    web.post(f"{PRINTER}archive/", with_printer(archive_printer)),
    *action("pause_print", pause_print),
    *action("resume_print", resume_print),
    *action("cancel_print", cancel_print),
    *action("mute_current_print", mute_current_print),
    *action("acknowledge_alert", acknowledge_alert),
]
