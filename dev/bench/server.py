"""The Obico server of the benchmark, in a process of its own that takes commands as lines of JSON."""

import asyncio
from collections import Counter
from datetime import timedelta
import json
from pathlib import Path
from random import Random
import sys
from time import monotonic
from typing import Final, Literal

from .. import LONG, Account, Clock, ObicoServer, Print, Printer, Webcam
from ..json_types import JsonObject, JsonValue, as_object
from ..scenario import equip
from ..server.serialize import printer_json

CAPTURES: Final = Path(__file__).parents[2] / "tests" / "fixtures" / "captures"

# A capture does not change; the other states are those of simulated agents, an equipped one
# with all that can stand around a Klipper printer, a filmed one with live video. An unlinked
# one has no agent yet.
type Life = Literal["captured", "equipped", "filmed", "idle", "printing", "unlinked"]
# The causes of events.
type Happening = Literal["mute", "unmute", "pause", "resume"]
# The commands to agents.
type Command = Literal["pause", "resume"]

_KLIPPER: Final[frozenset[Life]] = frozenset({"equipped", "filmed"})
# How the webcams of a printer that is filmed are streamed, by the numbers of their streams.
_STREAMS: Final = {1: "h264_copy", 2: "mjpeg_webrtc"}

# Simulated agents need 3 s to pause and to resume.
_PAUSE_SECONDS: Final = 4.0


class Commands:
    """The commands of the benchmark, whose names and arguments come as JSON."""

    def __init__(self, server: ObicoServer) -> None:
        """Create the commands of a server."""
        self._server = server

    async def add_account(self, printers: int, life: Life) -> JsonObject:
        """Add an account with identical printers."""
        account = self._server.add_account()
        account.is_dh_unlimited = True
        added = [self._add_printer(account, number, life) for number in range(printers)]
        # Let the agents start to print.
        await self._server.advance(30)
        return {
            "token": account.token,
            "unique_id": f"{account.id}_{int(account.date_joined.timestamp())}",
            "printers": [printer.id for printer in added],
            "tokens": [printer.auth_token for printer in added],
        }

    def _add_printer(self, account: Account, number: int, life: Life) -> Printer:
        if life == "unlinked":
            return account.add_printer(f"Printer {number}")
        printer = account.add_printer(
            f"Printer {number}",
            agent="klipper" if life in _KLIPPER else "octoprint",
            webcams=[
                Webcam(name=f"Webcam {each}", is_primary=each == 1, stream_mode=mode)
                for each, mode in _STREAMS.items()
            ]
            if life == "filmed"
            else (),
        )
        match life:
            case "captured":
                text = (CAPTURES / "printer_printing.json").read_text()
                printer.load_state(as_object(json.loads(text)))
                printer.columns["name"] = f"Printer {number}"
            case "equipped":
                equip(printer.agent)
            case "filmed":
                printer.simulate_janus(*_STREAMS)
                printer.agent.start_print(LONG)
            case "printing":
                printer.agent.start_print(LONG)
        return printer

    async def add_prints(self, printer: int, count: int, days: int) -> None:
        """Let a printer have printed in the past, spread over some days; each print has a video."""
        its, random = self._server.printers[printer], Random(count)
        now = self._server.clock.now()
        for number in range(count):
            began = now - timedelta(days=days * (count - number) / (count + 1))
            seconds = random.uniform(60, 40_000)
            ended = began + timedelta(seconds=seconds)
            job = Print(
                id=its.state.next_print_id(),
                printer=its,
                filename=f"part {number}.gcode",
                started_at=began,
                ended_at=ended,
                finished_at=ended if number % 9 else None,
                cancelled_at=None if number % 9 else ended,
                print_time=seconds,
                filament_used=random.uniform(1, 90_000),
            )
            job.video_url = self._server.media.url(f"/media/{job.id}.mp4")
            job.poster_url = self._server.media.url(f"/media/{job.id}.jpg")
            its.state.add_print(job)

    async def message(self, printer: int) -> JsonValue:
        """Return the Printer object that is pushed."""
        return printer_json(self._server.printers[printer])

    async def happen(self, printer: int, what: Happening) -> JsonObject:
        """Cause an event, and return its id and when its cause began."""
        its, known = self._server.printers[printer], set(self._server.events)
        began = monotonic()
        match what:
            case "mute" | "unmute":
                if its.current_print is None:
                    raise LookupError(f"printer {printer} has no print")
                its.mute(its.current_print, muted=what == "mute")
            case "pause" | "resume":
                await self.command(printer, what)
                await self._server.advance(_PAUSE_SECONDS)
        (event,) = set(self._server.events) - known
        return {"event": event, "began": began}

    async def command(self, printer: int, what: Command) -> None:
        """Send a command to an agent without advancing the clock."""
        its = self._server.printers[printer]
        match what:
            case "pause":
                its.pause_print()
            case "resume":
                its.resume_print()

    async def advance(self, seconds: float) -> None:
        """Advance the clock of the server and of all agents."""
        await self._server.advance(seconds)

    async def block_sockets(self, blocked: bool) -> None:
        """Refuse websockets, like a proxy that does not support them, or accept them again."""
        self._server.sockets.blocked = blocked

    async def of_webcams(self) -> JsonValue:
        """Return the number of requests for pictures and live video since the last call."""
        agents = [printer.agent for printer in self._server.printers.values()]
        count = sum(len(agent.fetched) for agent in agents) + sum(
            request.path.startswith(("/media/", "/ws/token/janus/"))
            for request in self._server.requests
        )
        for agent in agents:
            agent.fetched.clear()
        self._server.requests.clear()
        return count

    async def agent_pictures(self) -> JsonValue:
        """Return the number of pictures that agents elsewhere have sent since the last call."""
        count = 0
        for printer in self._server.printers.values():
            remote = self._server.remote_agent(printer)
            count += remote.pictures
            remote.pictures = 0
        return count

    async def watch(self, printer: int, watched: bool) -> None:
        """Have the AI watch a printer's prints, or not."""
        self._server.printers[printer].update({"watching_enabled": watched})

    async def messages(self) -> JsonValue:
        """Return the number of messages of viewers to agents since the last call."""
        count = 0
        for printer in self._server.printers.values():
            count += printer.agent.messages
            printer.agent.messages = 0
        return count

    async def requests(self) -> JsonValue:
        """Return the number of API requests by method and path since the last call."""
        asked = Counter(
            f"{request.method} {request.path}"
            for request in self._server.requests
            if request.path.startswith("/api/")
        )
        self._server.requests.clear()
        return dict(asked)


async def serve() -> None:
    """Run a server, and execute the commands of the standard input until its end."""
    server = ObicoServer(clock=Clock.from_real_time())
    await server.start()
    commands = Commands(server)
    loop = asyncio.get_running_loop()
    _answer({"url": server.url})
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        call = json.loads(line)
        _answer(await getattr(commands, call["name"])(**call["arguments"]))
    await server.stop()


def _answer(answer: JsonValue) -> None:
    print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    asyncio.run(serve())
