"""The server's process, as the benchmark sees it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
import json
import sys
from typing import Any, Final

from .server import Command, Happening, Life

# A printer's JSON is one line.
_MAX_LINE: Final = 2**20


@dataclass(frozen=True, kw_only=True)
class RemoteAccount:
    """An account on the server."""

    url: str
    token: str
    unique_id: str
    printers: list[int]


@dataclass(frozen=True, kw_only=True)
class Happened:
    """An event that the server recorded, and when (this machine's monotonic clock) that began."""

    event: int
    began: float


class RemoteServer:
    """An Obico server in another process."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        """Talk to a process that was just started."""
        assert process.stdin
        assert process.stdout
        self._stdin, self._stdout = process.stdin, process.stdout
        self._url = ""

    async def greet(self) -> None:
        """Wait until the server listens."""
        self._url = (await self._read())["url"]

    async def add_account(self, printers: int, life: Life) -> RemoteAccount:
        """Add an account with printers that are all alike."""
        added = await self._call("add_account", printers=printers, life=life)
        return RemoteAccount(url=self._url, **added)

    async def message(self, printer: int) -> dict[str, Any]:
        """Return the object that a push of a printer holds."""
        message: dict[str, Any] = await self._call("message", printer=printer)
        return message

    async def happen(self, printer: int, what: Happening) -> Happened:
        """Make something happen that the server records."""
        return Happened(**await self._call("happen", printer=printer, what=what))

    async def command(self, printer: int, what: Command) -> None:
        """Tell an agent to do something, and let no time pass."""
        await self._call("command", printer=printer, what=what)

    async def advance(self, seconds: float) -> None:
        """Let time pass for the server and all agents."""
        await self._call("advance", seconds=seconds)

    async def block_sockets(self, *, blocked: bool) -> None:
        """Refuse websockets, or take them again."""
        await self._call("block_sockets", blocked=blocked)

    async def requests(self) -> dict[str, int]:
        """Return how often what was asked for since the last time."""
        requests: dict[str, int] = await self._call("requests")
        return requests

    async def _call(self, name: str, **arguments: object) -> Any:
        self._stdin.write(
            json.dumps({"name": name, "arguments": arguments}).encode() + b"\n"
        )
        return await self._read()

    async def _read(self) -> Any:
        if not (line := await self._stdout.readline()):
            raise RuntimeError("the server's process has ended")
        return json.loads(line)


@asynccontextmanager
async def remote_server() -> AsyncIterator[RemoteServer]:
    """Run an Obico server in another process."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "dev.bench.server",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=_MAX_LINE,
    )
    server = RemoteServer(process)
    try:
        await server.greet()
        yield server
    finally:
        assert process.stdin
        process.stdin.close()
        await process.wait()
