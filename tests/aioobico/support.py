"""A server that says what a test tells it to, and the recorded answers of a real one."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
import json
from pathlib import Path
import socket
import ssl
from typing import override

from aiohttp import hdrs, web
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.test_utils import TestServer
from multidict import CIMultiDictProxy, MultiMapping
import orjson
from yarl import URL

CAPTURES = Path(__file__).parent.parent / "fixtures" / "captures"

TOKEN = "jQ2kSecretAccessToken"

type Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


def load(name: str) -> object:
    """Return a recorded answer."""
    return orjson.loads((CAPTURES / name).read_bytes())


def load_object(name: str) -> dict[str, object]:
    """Return a recorded object."""
    content = load(name)
    assert isinstance(content, dict)
    return content


def load_list(name: str) -> list[object]:
    """Return a recorded list."""
    content = load(name)
    assert isinstance(content, list)
    return content


@dataclass
class Request:
    """What was asked."""

    method: str
    path: str
    query: MultiMapping[str]
    headers: CIMultiDictProxy[str]
    body: bytes


class FakeServer:
    """Answers every path as told, 404 otherwise, and keeps what it was asked."""

    def __init__(self) -> None:
        """Start with nothing to say."""
        self.requests: list[Request] = []
        self.closing = asyncio.Event()
        self._answers: dict[str, Answer] = {}
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._server = TestServer(app, host="127.0.0.1")

    @property
    def url(self) -> URL:
        """Where it listens."""
        return self._server.make_url("/").origin()

    async def start(self, ssl_context: ssl.SSLContext | None = None) -> None:
        """Listen."""
        await self._server.start_server(ssl=ssl_context, shutdown_timeout=1)

    async def stop(self) -> None:
        """Let go of whoever still waits, and stop."""
        self.closing.set()
        await self._server.close()

    def on(self, path: str, answer: Answer) -> None:
        """Answer a path by a function."""
        self._answers[path] = answer

    def say(
        self,
        path: str,
        content: object = None,
        *,
        body: str | bytes | None = None,
        status: int = 200,
        content_type: str = "application/json",
        headers: dict[str, str] | None = None,
    ) -> None:
        """Answer a path with JSON or with a body as it is."""
        sent = body if body is not None else json.dumps(content)

        async def answer(_: web.Request) -> web.Response:
            return web.Response(
                body=sent,
                status=status,
                headers={hdrs.CONTENT_TYPE: content_type} | (headers or {}),
            )

        self.on(path, answer)

    def say_nothing(self, path: str) -> None:
        """Let whoever asks for a path wait until the server stops."""

        async def answer(_: web.Request) -> web.Response:
            await self.closing.wait()
            return web.Response()

        self.on(path, answer)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        """Keep the request and answer it."""
        self.requests.append(
            Request(
                request.method,
                request.path,
                request.query,
                request.headers,
                await request.read(),
            )
        )
        answer = self._answers.get(request.path)
        if answer is None:
            return web.json_response({"detail": "Not found."}, status=404)
        return await answer(request)


@asynccontextmanager
async def raw_server(sent: bytes, *, reset: bool = False) -> AsyncGenerator[URL]:
    """Answer whatever is asked with these very bytes, then hang up or reset the connection."""

    async def answer(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(sent)
        await writer.drain()
        if reset:
            writer.transport.abort()
        else:
            writer.close()
            await writer.wait_closed()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        yield URL.build(scheme="http", host=host, port=port)


def this_machine(host: str, port: int) -> list[ResolveResult]:
    """Return the address of this machine for a name."""
    return [
        ResolveResult(
            hostname=host,
            host="127.0.0.1",
            port=port,
            family=socket.AF_INET,
            proto=0,
            flags=socket.AI_NUMERICHOST,
        )
    ]


class FakeResolver(AbstractResolver):
    """Finds every name on this machine, or fails over it."""

    def __init__(self, failure: Exception | None = None) -> None:
        """Keep what to fail with, which a test may change."""
        self.failure = failure

    @override
    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_INET,
    ) -> list[ResolveResult]:
        """Resolve a name."""
        if self.failure is not None:
            raise self.failure
        return this_machine(host, port)

    @override
    async def close(self) -> None:
        """Hold nothing."""
