"""Servers that are none of Obico's, and certificates that nobody trusts."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from dev import Clock, ObicoServer
from tests.tls import self_signed

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def other_server(handler: Handler) -> AsyncGenerator[str]:
    """Run a server that answers everything by a function, and give its origin."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    async with TestServer(app, host="127.0.0.1") as server:
        yield str(server.make_url("/").origin())


@asynccontextmanager
async def self_signed_server(folder: Path) -> AsyncGenerator[ObicoServer]:
    """Run an Obico server with a certificate that it made itself."""
    loop = asyncio.get_running_loop()
    report = (
        loop.get_exception_handler()
        or asyncio.AbstractEventLoop.default_exception_handler
    )

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        # The server runs in the test's own loop, and is sorry for every client that
        # does not take its certificate.
        if "incoming connection" not in context["message"]:
            report(loop, context)

    loop.set_exception_handler(handle)
    server = ObicoServer(clock=Clock())
    server.sockets.blocked = True
    await server.start(ssl_context=self_signed(folder))
    try:
        yield server
    finally:
        await server.stop()
