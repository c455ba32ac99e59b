"""How often the list of events is asked for when an event comes by push."""

import asyncio
from typing import Final

from .home import connected, home_assistant, put_forward, set_up
from .latency import arrivals
from .remote import remote_server
from .results import Result
from .server import Command

_PRINTERS: Final = 4
_ROUNDS: Final = 6
_QUICK_ROUNDS: Final = 2
_COMMANDS: Final[tuple[Command, ...]] = ("pause", "resume")
# An agent takes 3 s to pause, and to resume; the last look is 2 s after that.
_SECONDS: Final = 8.0
_STEP: Final = 0.1
# Real time in which a push comes in (seconds): the clocks do not wait for the network.
_TRANSPORT_SECONDS: Final = 0.005
_MOST: Final = 1.3
_LIST: Final = "GET /api/v1/printer_events/"


async def measure(*, quick: bool) -> list[Result]:
    """Pause and resume prints, with push, and count the requests for the list of events."""
    async with remote_server() as server, home_assistant() as hass:
        account = await server.add_account(_PRINTERS, "printing")
        entry = await set_up(hass, account)
        await connected(entry)
        await server.requests()
        with arrivals(hass) as arrived:
            for _ in range(_QUICK_ROUNDS if quick else _ROUNDS):
                for command in _COMMANDS:
                    for printer in account.printers:
                        await server.command(printer, command)
                        for _ in range(int(_SECONDS / _STEP)):
                            await server.advance(_STEP)
                            await asyncio.sleep(_TRANSPORT_SECONDS)
                            await put_forward(hass, _STEP)
        requests = (await server.requests()).get(_LIST, 0)
    return [
        Result.at_most(
            "requests for the list of events per pause or resume, with push",
            requests / len(arrived),
            _MOST,
            note=f"{requests} requests, {len(arrived)} events of {_PRINTERS} printers, whose agents take 3 s; "
            f"both clocks are put forward together, in steps of {_STEP:g} s",
        )
    ]
