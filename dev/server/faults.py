"""Faults of networks, proxies and servers, which can be set for any path."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
import json
import socket
import struct

from aiohttp import web

from ..json_types import JsonValue
from .answers import html_error

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
type Effect = Callable[[web.Request, Handler], Awaitable[web.StreamResponse]]


@dataclass(kw_only=True, eq=False)
class Fault:
    """One fault, active until it has hit `times` requests or is removed."""

    path: str
    method: str
    times: int | None
    effect: Effect = field(repr=False)
    hits: int = 0

    @property
    def active(self) -> bool:
        """Whether the fault is active."""
        return self.times is None or self.hits < self.times

    def matches(self, request: web.Request) -> bool:
        """Return whether the fault hits a request."""
        return (
            self.active
            and fnmatchcase(request.path, self.path)
            and self.method in {"*", request.method}
        )

    def remove(self) -> None:
        """End the fault."""
        self.times = self.hits


class Faults:
    """The active faults; if several match a request, the older wrap the newer ones."""

    def __init__(self) -> None:
        """Start without faults."""
        self._faults: list[Fault] = []

    def add(
        self, path: str, effect: Effect, *, method: str = "*", times: int | None = None
    ) -> Fault:
        """Add a fault for the paths that match a pattern, in which `*` matches anything."""
        fault = Fault(path=path, method=method, times=times, effect=effect)
        self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """End all faults."""
        for fault in self._faults:
            fault.remove()
        self._faults.clear()

    def answer(
        self,
        path: str,
        status: int,
        body: JsonValue | bytes = None,
        *,
        content_type: str = "application/json",
        headers: dict[str, str] | None = None,
        method: str = "*",
        times: int | None = None,
    ) -> Fault:
        """Answer with a status and a body instead of the server's; bytes are sent unchanged."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()

        async def effect(_request: web.Request, _handler: Handler) -> web.Response:
            return web.Response(
                status=status, body=data, content_type=content_type, headers=headers
            )

        return self.add(path, effect, method=method, times=times)

    def html(
        self,
        path: str,
        status: int = 502,
        *,
        method: str = "*",
        times: int | None = None,
    ) -> Fault:
        """Answer with the error page of a proxy instead of the server's answer."""

        async def effect(_request: web.Request, _handler: Handler) -> web.Response:
            return html_error(status)

        return self.add(path, effect, method=method, times=times)

    def redirect(
        self,
        path: str,
        location: str,
        *,
        status: int = 302,
        method: str = "*",
        times: int | None = None,
    ) -> Fault:
        """Redirect the client."""
        return self.answer(
            path,
            status,
            b"",
            content_type="text/html",
            headers={"Location": location},
            method=method,
            times=times,
        )

    def change(
        self,
        path: str,
        how: Callable[[JsonValue], JsonValue],
        *,
        method: str = "*",
        times: int | None = None,
    ) -> Fault:
        """Change the JSON of the server's answer."""

        async def effect(request: web.Request, handler: Handler) -> web.Response:
            answer = await handler(request)
            return web.json_response(
                how(json.loads(_body(answer))), status=answer.status
            )

        return self.add(path, effect, method=method, times=times)

    def delay(
        self,
        path: str,
        until: asyncio.Event | float,
        *,
        after: bool = False,
        method: str = "*",
        times: int | None = None,
    ) -> Fault:
        """Wait for an event or for real seconds, before or after the server acts."""

        async def effect(request: web.Request, handler: Handler) -> web.StreamResponse:
            answer = await handler(request) if after else None
            if isinstance(until, asyncio.Event):
                await until.wait()
            else:
                await asyncio.sleep(until)
            return answer or await handler(request)

        return self.add(path, effect, method=method, times=times)

    def truncate(
        self,
        path: str,
        keep: float = 0.5,
        *,
        method: str = "*",
        times: int | None = None,
    ) -> Fault:
        """Send the headers of the whole answer and a part of it, then close the connection."""
        return self._break_off(path, keep, reset=False, method=method, times=times)

    def reset(
        self,
        path: str,
        keep: float = 0.5,
        *,
        method: str = "*",
        times: int | None = None,
    ) -> Fault:
        """Send the headers of the whole answer and a part of it, then reset the connection."""
        return self._break_off(path, keep, reset=True, method=method, times=times)

    def _break_off(
        self, path: str, keep: float, *, reset: bool, method: str, times: int | None
    ) -> Fault:
        async def effect(request: web.Request, handler: Handler) -> web.StreamResponse:
            answer = await handler(request)
            data = _body(answer)
            broken = web.StreamResponse(status=answer.status)
            broken.content_type = answer.content_type
            broken.content_length = len(data)
            await broken.prepare(request)
            await broken.write(data[: int(len(data) * keep)])
            if transport := request.transport:
                if reset:
                    _reset_on_close(transport)
                    transport.abort()
                else:
                    transport.close()
            return broken

        return self.add(path, effect, method=method, times=times)

    async def apply(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer a request through all faults that match it."""
        self._faults = [fault for fault in self._faults if fault.active]
        for fault in reversed(self._faults):
            if fault.matches(request):
                fault.hits += 1
                handler = _wrap(fault.effect, handler)
        return await handler(request)


def _wrap(effect: Effect, handler: Handler) -> Handler:
    async def wrapped(request: web.Request) -> web.StreamResponse:
        return await effect(request, handler)

    return wrapped


def _body(answer: web.StreamResponse) -> bytes:
    """Return the body of an answer that is not sent yet."""
    if not isinstance(answer, web.Response) or not isinstance(answer.body, bytes):
        raise TypeError("only an answer with a plain body can be changed or truncated")
    return answer.body


def _reset_on_close(transport: asyncio.Transport) -> None:
    """Make the kernel send RST rather than FIN when the connection closes."""
    transport.get_extra_info("socket").setsockopt(
        socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
    )
