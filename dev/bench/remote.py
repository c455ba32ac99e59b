"""The client of the server's process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
import json
import sys
from typing import Any, Final

from .server import Command, Happening, Life

# The maximum length of a line, which can be the JSON of a printer.
_MAX_LINE: Final = 2**20


@dataclass(frozen=True, kw_only=True)
class RemoteAccount:
    """An account on the server."""

    url: str
    token: str
    unique_id: str
    printers: list[int]
    # Those of the printers' agents.
    tokens: list[str]


@dataclass(frozen=True, kw_only=True)
class Happened:
    """An event on the server, and when its cause began (monotonic clock of this machine)."""

    event: int
    began: float


class RemoteServer:
    """An Obico server in another process."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        """Create the client of a process that has just been started."""
        assert process.stdin
        assert process.stdout
        self._stdin, self._stdout = process.stdin, process.stdout
        self._url = ""

    async def greet(self) -> None:
        """Wait until the server listens."""
        self._url = (await self._read())["url"]

    async def add_account(self, printers: int, life: Life) -> RemoteAccount:
        """Add an account with identical printers."""
        added = await self._call("add_account", printers=printers, life=life)
        return RemoteAccount(url=self._url, **added)

    async def add_prints(self, printer: int, count: int, days: int) -> None:
        """Let a printer have printed in the past."""
        await self._call("add_prints", printer=printer, count=count, days=days)

    async def message(self, printer: int) -> dict[str, Any]:
        """Return the Printer object that is pushed."""
        message: dict[str, Any] = await self._call("message", printer=printer)
        return message

    async def happen(self, printer: int, what: Happening) -> Happened:
        """Cause an event on the server."""
        return Happened(**await self._call("happen", printer=printer, what=what))

    async def command(self, printer: int, what: Command) -> None:
        """Send a command to an agent without advancing the clock."""
        await self._call("command", printer=printer, what=what)

    async def advance(self, seconds: float) -> None:
        """Advance the clock of the server and of all agents."""
        await self._call("advance", seconds=seconds)

    async def block_sockets(self, *, blocked: bool) -> None:
        """Refuse websockets, or accept them again."""
        await self._call("block_sockets", blocked=blocked)

    async def of_webcams(self) -> int:
        """Return the number of requests for pictures and live video since the last call."""
        count: int = await self._call("of_webcams")
        return count

    async def agent_pictures(self) -> int:
        """Return the number of pictures that agents elsewhere have sent since the last call."""
        pictures: int = await self._call("agent_pictures")
        return pictures

    async def watch(self, printer: int, *, watched: bool) -> None:
        """Have the AI watch a printer's prints, or not."""
        await self._call("watch", printer=printer, watched=watched)

    async def messages(self) -> int:
        """Return the number of messages of viewers to agents since the last call."""
        messages: int = await self._call("messages")
        return messages

    async def requests(self) -> dict[str, int]:
        """Return the number of requests by method and path since the last call."""
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
