"""The requests of an idle account."""

from typing import Final

from .home import connected, home_assistant, put_forward, set_up
from .remote import remote_server
from .results import Result

_HOUR: Final = 3600
_STEP: Final = 1
_SIZES: Final = (1, 50)
_QUICK_SIZES: Final = (1, 10)
_MOST: Final = 40


async def measure(*, quick: bool) -> list[Result]:
    """Count the requests in an hour, for accounts of different sizes."""
    hours = [
        await _requests_of_an_hour(printers)
        for printers in (_QUICK_SIZES if quick else _SIZES)
    ]
    counts = [later for _, later in hours]
    return [
        Result.at_most(
            "REST requests per hour of an idle account, any number of printers",
            max(counts),
            _MOST,
            note="; ".join(
                f"{printers} printers: {later} (in the first hour {first})"
                for printers, (first, later) in zip(
                    _QUICK_SIZES if quick else _SIZES, hours, strict=True
                )
            )
            + f"; both clocks are put forward together, in steps of {_STEP} s",
        )
    ]


async def _requests_of_an_hour(printers: int) -> tuple[int, int]:
    """Return the number of requests in the first and in the second hour after the set-up."""
    async with remote_server() as server, home_assistant() as hass:
        entry = await set_up(hass, await server.add_account(printers, "idle"))
        await connected(entry)
        counts = []
        for _ in range(2):
            await server.requests()
            for _ in range(_HOUR // _STEP):
                await put_forward(hass, _STEP)
                await server.advance(_STEP)
            counts.append(sum((await server.requests()).values()))
    return counts[0], counts[1]
