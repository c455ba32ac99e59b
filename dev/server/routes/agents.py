"""What agents that run elsewhere call: their websocket, pictures, events and linking."""

from collections.abc import Awaitable, Callable

from aiohttp import WSMsgType, hdrs, web

from ..answers import detail, html_error, ok
from ..printer import Printer
from ..remote_agent import reduced
from ..serialize import g_code_file_json, printer_json
from ..sockets import Connection, serve_outbox
from ..verification import code_json
from .api import API, json_body, unsupported_media_type
from .context import STATE, account_of

OCTO = API + "octo/"
CODES = API + "onetimeverificationcodes/"
LINKED_NAME = "My Awesome Cloud Printer"

type AgentCall = Callable[[web.Request, Printer], Awaitable[web.Response]]


async def connect(request: web.Request) -> web.StreamResponse:
    """Open the websocket of an agent, which the server speaks first on."""
    state = request.app[STATE]
    if state.sockets.blocked:
        return html_error(502)
    scheme, _, token = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    if scheme != "bearer" or not token:
        return html_error(500)
    printer = state.printer_with(token)
    if printer is None or printer.archived:
        return web.Response(status=403)
    socket = web.WebSocketResponse(autoping=False, compress=False)
    await socket.prepare(request)
    connection = Connection(socket)
    agent = state.remote_agent(printer)
    async with serve_outbox(connection, state.sockets):
        state.sockets.add_agent(connection)
        try:
            await agent.connected(connection)
            async for message in socket:
                if message.type is WSMsgType.PING and not state.sockets.deaf:
                    await socket.pong(message.data)
                if message.type is WSMsgType.PONG:
                    connection.answered()
                if message.type is WSMsgType.TEXT:
                    await agent.handle(message.data)
        finally:
            state.sockets.forget_agent(connection)
            agent.disconnected(connection)
    return socket


def as_agent(call: AgentCall) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Look up the printer of the token before a call."""

    async def handler(request: web.Request) -> web.Response:
        scheme, _, token = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
        if scheme != "Token":
            return detail(401, "Authentication credentials were not provided.")
        printer = request.app[STATE].printer_with(token)
        if printer is None or printer.archived:
            return ok(
                {"error": "Invalid or Inactive Token", "is_authenticated": "False"},
                status=401,
            )
        return await call(request, printer)

    return handler


async def post_picture(request: web.Request, printer: Printer) -> web.Response:
    """Take a picture of the primary camera."""
    if not request.content_type.startswith("multipart/"):
        raise unsupported_media_type(request)
    form = await request.post()
    picture = form.get("pic")
    if not isinstance(picture, web.FileField):
        return web.Response(status=400)
    if form.get("is_primary_camera", "true") == "true":
        try:
            request.app[STATE].remote_agent(printer).picture(
                picture.file.read(), viewing_boost=form.get("viewing_boost") == "true"
            )
        except ValueError:
            return ok(["Corrupted image."], status=400)
    return ok({"result": "ok"})


async def post_event(request: web.Request, printer: Printer) -> web.Response:
    """Record an event that the agent words itself."""
    if request.content_type == "application/json":
        row = await json_body(request)
    else:
        form = await request.post()
        if isinstance(snapshot := form.get("snapshot"), web.FileField):
            try:
                reduced(snapshot.file.read())
            except ValueError:
                return ok(["Corrupted image."], status=400)
        row = {key: value for key, value in form.items() if isinstance(value, str)}
    notify = row.get("notify", "")
    if (
        "event_type" not in row
        or "event_text" not in row
        or not isinstance(notify, str)
    ):
        return html_error(500)
    request.app[STATE].add_event(
        printer,
        str(row["event_type"]),
        event_class=str(row.get("event_class") or "INFO"),
        title=str(row["event_title"]) if row.get("event_title") else None,
        text=str(row["event_text"]),
        info_url=str(row["info_url"]) if row.get("info_url") else None,
    )
    printer.push()
    return ok({"result": "ok"})


async def post_g_code_file(request: web.Request, printer: Printer) -> web.Response:
    """Register a file on the printer, which is created once."""
    row = await json_body(request)
    if "agent_signature" not in row:
        return html_error(500)
    state, url = request.app[STATE], str(row["url"])
    files = state.library.files
    known = len(files)
    size = row.get("num_bytes")
    file = state.g_code_file(
        printer,
        path=url,
        size=size if isinstance(size, int) else None,
        signature=str(row["agent_signature"]),
    )
    return ok(
        g_code_file_json(file) | {"print_set": []},
        status=201 if len(files) > known else 200,
    )


async def ping(_request: web.Request, printer: Printer) -> web.Response:
    """Tell whose token it is."""
    is_pro = printer.account.is_pro
    return ok(
        {
            "user": {"is_pro": is_pro},
            "printer": {
                "is_pro": is_pro,
                "id": printer.id,
                "name": printer.name,
                "retract_on_pause": printer.columns["retract_on_pause"],
            },
        }
    )


async def get_codes(request: web.Request) -> web.Response:
    """Return the code with which an agent links itself."""
    state, account = request.app[STATE], account_of(request)
    printer = None
    if (printer_id := request.query.get("printer_id")) is not None:
        printer = state.printers.get(int(printer_id))
        if printer is None or printer.account is not account:
            return html_error(500)
    return ok(code_json(state.codes.current(account, printer)))


async def get_code(request: web.Request) -> web.Response:
    """Return a code by its id, which tells whether an agent has used it."""
    code = request.app[STATE].codes.by_id(int(request.match_info["id"]))
    if code is None or code.account is not account_of(request):
        return detail(404, "No OneTimeVerificationCode matches the given query.")
    return ok(code_json(code))


async def verify(request: web.Request) -> web.Response:
    """Link an agent by a code; a printer that is linked again gets another token."""
    if (sent := request.query.get("code")) is None:
        return ok({"code": ["This field may not be null."]}, status=400)
    state = request.app[STATE]
    if (code := state.codes.usable(sent)) is None:
        return detail(404, "Requested resource does not exist")
    if code.printer is None:
        printer = state.account_of(code.account).add_printer(LINKED_NAME)
    else:
        printer = state.printers[code.printer.id]
        printer.reset_token()
    state.codes.use(code, printer)
    return ok({**code_json(code), "printer": printer_json(printer)})


ROUTES = [
    web.get("/ws/dev/", connect),
    web.post(OCTO + "pic/", as_agent(post_picture)),
    web.post(OCTO + "printer_events/", as_agent(post_event)),
    web.post(OCTO + "g_code_files/", as_agent(post_g_code_file)),
    web.get(OCTO + "ping/", as_agent(ping)),
    web.get(OCTO + "printer/", as_agent(ping)),
    web.post(OCTO + "verify/", verify),
    web.get(CODES, get_codes),
    web.get(CODES + r"{id:\d+}/", get_code),
]
