"""The Obico server that the demo shows."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from .. import Clock, ObicoServer
from ..scenario import populate


@dataclass(frozen=True)
class Account:
    """An account on an Obico server, whose printers may wait for `begin` to be at work."""

    url: str
    token: str
    begin: Callable[[], None] = lambda: None


@asynccontextmanager
async def built_in_server(port: int, speed: float) -> AsyncIterator[Account]:
    """Run an Obico server in this process."""
    server = ObicoServer(clock=Clock.from_real_time())
    account = populate(server)
    await server.start(port)
    try:
        # Time stands still at first: who comes to look sees the prints from their start.
        yield Account(server.url, account.token, lambda: server.run(speed))
    finally:
        await server.stop()
