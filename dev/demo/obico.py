"""The Obico server that the demo shows."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from .. import SHORT, Clock, ObicoServer


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
    account = server.add_account()
    printer = account.add_printer("Prusa MK4", agent="octoprint")
    account.add_printer("Voron", agent="klipper")
    account.add_printer("Spare")
    server.run(speed)
    import asyncio

    asyncio.get_running_loop().call_later(20, lambda: printer.agent.start_print(SHORT))
    try:
        yield Account(server.url, account.issue_token())
    finally:
        await server.stop()
