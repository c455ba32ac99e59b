"""The Obico server that the demo shows."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from .. import Clock, ObicoServer


@dataclass(frozen=True)
class Account:
    """An account on an Obico server."""

    url: str
    token: str


@asynccontextmanager
async def built_in_server(port: int, speed: float) -> AsyncIterator[Account]:
    """Run an Obico server with printers at work in this process."""
    server = ObicoServer(clock=Clock.from_real_time())
    await server.start(port)
    try:
        yield Account(server.url, "")
    finally:
        await server.stop()
