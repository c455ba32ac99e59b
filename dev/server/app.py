"""The server on the network."""

import asyncio
import contextlib
import socket
from ssl import SSLContext
from time import monotonic

from aiohttp import hdrs, web

from . import agentless, files, history, media, oauth, pages, rest, websocket
from .answers import STATE, detail, html_error
from .auth import ACCOUNT, identify, opens_session
from .clock import Clock
from .faults import Faults, Handler
from .media import DEFAULT_SITE
from .requests import RequestLog
from .sessions import sign_in_browser
from .state import State

# What passes between two steps of the agents.
TICK = 0.5
# How often, in real seconds, a server that runs by itself takes its steps.
STEP = 0.1
# Room for a picture.
MAX_UPLOAD_BYTES = 16 * 1024 * 1024


class ObicoServer(State):
    """An Obico server that listens on this machine."""

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        seed: int = 0,
        site: str = DEFAULT_SITE,
        grace_frames: int = 30,
    ) -> None:
        """Make a server with its own clock; nothing listens before start()."""
        super().__init__(clock=clock, seed=seed, site=site, grace_frames=grace_frames)
        self.faults = Faults()
        self.requests = RequestLog()
        self._runner: web.AppRunner | None = None
        self._listener: socket.socket | None = None
        self._address = ("127.0.0.1", 0)
        self._ssl_context: SSLContext | None = None
        self._running: asyncio.Task[None] | None = None

    async def start(
        self,
        port: int = 0,
        *,
        host: str = "127.0.0.1",
        ssl_context: SSLContext | None = None,
    ) -> None:
        """Listen; port 0 takes a free one."""
        self._address, self._ssl_context = (host, port), ssl_context
        await self.accept_connections()

    @property
    def url(self) -> str:
        """The server's origin."""
        host, port = self._address
        return f"{'https' if self._ssl_context else 'http'}://{host}:{port}"

    async def accept_connections(self) -> None:
        """Listen again, on the port of before."""
        if self._runner:
            return
        # No access log: tokens and signatures stand in the addresses.
        self._runner = web.AppRunner(self._app(), shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        self._listener = socket.create_server(self._address)
        self._address = (self._address[0], self._listener.getsockname()[1])
        await web.SockSite(
            self._runner, self._listener, ssl_context=self._ssl_context
        ).start()

    async def refuse_connections(self) -> None:
        """Drop all connections and listen no more, as a machine does whose server is down."""
        if runner := self._runner:
            self._runner = None
            listener, self._listener = self._listener, None
            if listener is not None:
                # First of all, with a moment for whom was let in just now: asyncio fails
                # at them once it has stopped to listen, and leaves them waiting.
                asyncio.get_running_loop().remove_reader(listener)
                await asyncio.sleep(0)
            await self.sockets.close_all()
            await runner.cleanup()

    async def stop(self) -> None:
        """Stop listening and running."""
        await self.pause()
        await self.refuse_connections()

    async def advance(self, seconds: float, *, tick: float = TICK) -> None:
        """Let time pass at once: the clock, and every agent in small steps."""
        while seconds > 0:
            self.tick(min(tick, seconds))
            seconds = round(seconds - tick, 9)
            # Sockets and handlers get their turn between two steps.
            await asyncio.sleep(0)

    def run(self, speed: float = 1) -> None:
        """Let time pass by itself from now on, so many times as fast as real time."""
        if self._running:
            raise RuntimeError("the server runs already")
        self._running = asyncio.get_running_loop().create_task(self._run(speed))

    async def pause(self) -> None:
        """Stop the time again."""
        if task := self._running:
            self._running = None
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _run(self, speed: float) -> None:
        last = monotonic()
        while True:
            await asyncio.sleep(STEP)
            now = monotonic()
            await self.advance((now - last) * speed)
            last = now

    def _app(self) -> web.Application:
        app = web.Application(
            client_max_size=MAX_UPLOAD_BYTES,
            middlewares=[self._apply_faults, _speak_like_django],
        )
        app[STATE] = self
        app.on_response_prepare.append(self._set_headers)
        app.add_routes(
            [
                *rest.ROUTES,
                *agentless.ROUTES,
                *history.ROUTES,
                *files.ROUTES,
                *media.ROUTES,
                *oauth.ROUTES,
                *pages.ROUTES,
                *websocket.ROUTES,
            ]
        )
        return app

    @web.middleware
    async def _apply_faults(
        self, request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        self.requests.record(request)
        return await self.faults.apply(request, handler)

    async def _set_headers(
        self, _request: web.Request, response: web.StreamResponse
    ) -> None:
        response.headers[hdrs.DATE] = self.clock.http_date()
        response.headers[hdrs.SERVER] = "daphne"


@web.middleware
async def _speak_like_django(
    request: web.Request, handler: Handler
) -> web.StreamResponse:
    """Answer as the real framework does where aiohttp would answer otherwise."""
    path = request.path
    if not path.startswith("/api/"):
        try:
            return await handler(request)
        except web.HTTPNotFound:
            return html_error(404)
    if not path.endswith("/"):
        # For a POST, too: whoever follows it comes back with GET.
        raise web.HTTPMovedPermanently(
            request.rel_url.with_path(path + "/", keep_query=True)
        )
    account = await identify(request)
    if isinstance(account, web.Response):
        return account
    request[ACCOUNT] = account
    account.last_active_at = request.app[STATE].clock.now()
    try:
        answer = await handler(request)
    except web.HTTPMethodNotAllowed as error:
        return detail(405, f'Method "{error.method}" not allowed.')
    except web.HTTPNotFound:
        return detail(404, "Not found.")
    except web.HTTPInternalServerError:
        return html_error(500)
    if opens_session(request) and isinstance(answer, web.Response):
        sign_in_browser(request, answer, account)
    return answer
