"""The websocket of a printer's viewers: `/ws/token/web/{printer token}/`."""

import asyncio
import json

from aiohttp import WSCloseCode, WSMsgType, web

from ..answers import html_error
from ..printer import Printer
from ..serialize import printer_json
from ..sockets import Sockets, Viewer, serve_outbox
from .context import STATE


async def watch_printer(request: web.Request) -> web.StreamResponse:
    """Send the whole Printer object on connect and at every change; relay commands."""
    state = request.app[STATE]
    sockets = state.sockets
    if sockets.blocked:
        return html_error(502)
    printer = state.printer_with(request.match_info["token"])
    if printer is None or printer.archived:
        return web.Response(status=403)
    socket = web.WebSocketResponse(autoping=False, compress=False)
    await socket.prepare(request)
    viewer = sockets.open(printer.id, socket)
    async with serve_outbox(viewer, sockets):
        try:
            sockets.push_to(viewer, printer_json(printer))
            printer.viewer_came()
            if sockets.close_at_once:
                await asyncio.sleep(0)
                await viewer.close()
            await listen(socket, viewer, sockets, printer)
        finally:
            sockets.forget(viewer)
            printer.viewer_went()
    return socket


async def relay_janus(request: web.Request) -> web.StreamResponse:
    """Relay texts between the viewers of live video and the Janus beside the agent."""
    state = request.app[STATE]
    sockets = state.janus_sockets
    if sockets.blocked is not None:
        return html_error(sockets.blocked)
    printer = state.printer_with(request.match_info["token"])
    if printer is None or printer.archived:
        return web.Response(status=403)
    socket = web.WebSocketResponse(protocols=("janus-protocol",), compress=False)
    await socket.prepare(request)
    sockets.open(printer.id, socket)
    try:
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                await printer.hear_for_janus(message.data)
    finally:
        sockets.forget(printer.id, socket)
    return socket


async def listen(
    socket: web.WebSocketResponse, viewer: Viewer, sockets: Sockets, printer: Printer
) -> None:
    """Handle the messages of a viewer until its socket closes."""
    async for message in socket:
        if message.type is WSMsgType.PING and not sockets.deaf:
            await socket.pong(message.data)
        if message.type is WSMsgType.PONG:
            viewer.answered()
        if message.type is not WSMsgType.TEXT:
            continue
        try:
            command = json.loads(message.data)
        except ValueError:
            await socket.close(code=WSCloseCode.INTERNAL_ERROR)
            break
        sockets.heard(viewer, lambda: printer_json(printer))
        if isinstance(command, dict) and isinstance(command.get("passthru"), dict):
            printer.passthru(command["passthru"])


async def without_slash(_request: web.Request) -> web.Response:
    """Answer 500, as the server does where no route of its websockets matches."""
    return html_error(500)


ROUTES = [
    web.get("/ws/token/web/{token}/", watch_printer),
    web.get("/ws/token/janus/{token}/", relay_janus),
    web.get("/ws/{path:.*}", without_slash),
]
