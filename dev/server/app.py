"""The server, listening on this computer."""

import asyncio
import contextlib
import socket
from ssl import SSLContext
from time import monotonic

from aiohttp import hdrs, web

from .answers import detail, html_error
from .clock import Clock
from .faults import Faults, Handler
from .media import DEFAULT_SITE
from .requests import RequestLog
from .routes import ROUTES
from .routes.agents import OCTO
from .routes.auth import identify
from .routes.browser import sign_in_browser, signed_in_account
from .routes.context import ACCOUNT, STATE, with_api_key
from .state import State

# The seconds between two steps of the agents.
TICK = 0.5
# The real seconds between two steps of a server that runs by itself.
STEP = 0.1
# Enough for pictures and G-code files.
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
        """Create a server with its own clock; it does not listen before start()."""
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
        """Listen on a port; 0 takes a free one."""
        self._address, self._ssl_context = (host, port), ssl_context
        await self.accept_connections()

    @property
    def url(self) -> str:
        """The server's origin."""
        host, port = self._address
        return f"{'https' if self._ssl_context else 'http'}://{host}:{port}"

    async def accept_connections(self) -> None:
        """Listen again on the same port."""
        if self._runner:
            return
        # No access log: the addresses contain tokens and signatures.
        self._runner = web.AppRunner(self._app(), shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        self._listener = socket.create_server(self._address)
        self._address = (self._address[0], self._listener.getsockname()[1])
        await web.SockSite(
            self._runner, self._listener, ssl_context=self._ssl_context
        ).start()

    async def refuse_connections(self) -> None:
        """Close all connections and stop listening, like a computer whose server is down."""
        if runner := self._runner:
            self._runner = None
            listener, self._listener = self._listener, None
            if listener is not None:
                # asyncio fails for a connection that it has accepted just before it stops
                # listening, and leaves the client waiting: let it handle that one first.
                asyncio.get_running_loop().remove_reader(listener)
                await asyncio.sleep(0)
            await self.sockets.close_all()
            await self.janus_sockets.close_all()
            await runner.cleanup()

    async def stop(self) -> None:
        """Stop listening and running."""
        await self.pause()
        await self.refuse_connections()

    async def advance(self, seconds: float, *, tick: float = TICK) -> None:
        """Let time pass immediately: for the clock, and for every agent in small steps."""
        while seconds > 0:
            self.tick(min(tick, seconds))
            seconds = round(seconds - tick, 9)
            # Let websockets and handlers run between two steps.
            await asyncio.sleep(0)

    def run(self, speed: float = 1) -> None:
        """Let time pass by itself from now on, at a multiple of real time."""
        if self._running:
            raise RuntimeError("the server runs already")
        self._running = asyncio.get_running_loop().create_task(self._run(speed))

    async def pause(self) -> None:
        """Stop the time that run() has started."""
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
            middlewares=[
                self._apply_faults,
                _begin_session_with_api_key,
                _answer_like_django,
            ],
        )
        app[STATE] = self
        app.on_response_prepare.append(self._set_headers)
        app.add_routes(ROUTES)
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
async def _begin_session_with_api_key(
    request: web.Request, handler: Handler
) -> web.StreamResponse:
    """Sign the client in at every request with an API key, as the real server does."""
    account = with_api_key(request)
    is_signed_in = account is not None and signed_in_account(request) is account
    answer = await handler(request)
    if account is not None and not is_signed_in and not answer.prepared:
        sign_in_browser(request, answer, account)
    return answer


@web.middleware
async def _answer_like_django(
    request: web.Request, handler: Handler
) -> web.StreamResponse:
    """Answer like the framework of the real server where aiohttp would differ."""
    path = request.path
    if not path.startswith("/api/"):
        try:
            return await handler(request)
        except web.HTTPNotFound:
            return html_error(404)
    if not path.endswith("/"):
        # Also for a POST: clients that follow this redirect send a GET.
        raise web.HTTPMovedPermanently(
            request.rel_url.with_path(path + "/", keep_query=True)
        )
    if not path.startswith(OCTO):
        account = await identify(request)
        if isinstance(account, web.Response):
            return account
        request[ACCOUNT] = account
        account.last_active_at = request.app[STATE].clock.now()
    try:
        return await handler(request)
    except web.HTTPMethodNotAllowed as error:
        return detail(405, f'Method "{error.method}" not allowed.')
    except web.HTTPNotFound:
        return detail(404, "Not found.")
    except web.HTTPInternalServerError:
        return html_error(500)
