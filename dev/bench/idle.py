"""The requests of an idle account."""

from collections.abc import Sequence
from typing import Final

from .home import connected, home_assistant, put_forward, set_up
from .remote import remote_server
from .results import Result

_HOUR: Final = 3600
_STEP: Final = 1
_SIZES: Final = (1, 50)
_QUICK_SIZES: Final = (1, 10)
_MOST: Final = 40
_MOST_WITHOUT_PUSH: Final = 130


async def measure(*, quick: bool) -> list[Result]:
    """Count the requests of an hour, for accounts of different sizes, with push and without."""
    sizes = _QUICK_SIZES if quick else _SIZES
    return [
        await _result(
            "REST requests per hour of an idle account, any number of printers",
            sizes,
            _MOST,
            is_blocked=False,
        ),
        # The number of printers changes nothing about polls.
        await _result(
            "REST requests per hour of an idle account without push (sockets blocked)",
            sizes[:1],
            _MOST_WITHOUT_PUSH,
            is_blocked=True,
        ),
    ]


async def _result(
    name: str, sizes: Sequence[int], most: int, *, is_blocked: bool
) -> Result:
    """Count for accounts of these sizes, and take the largest count."""
    hours = [
        await _requests_of_an_hour(printers, is_blocked=is_blocked)
        for printers in sizes
    ]
    return Result.at_most(
        name,
        max(later for _, later in hours),
        most,
        note="; ".join(
            f"{printers} printers: {later} (in the first hour {first})"
            for printers, (first, later) in zip(sizes, hours, strict=True)
        )
        + f"; both clocks are put forward together, in steps of {_STEP} s",
    )


async def _requests_of_an_hour(printers: int, *, is_blocked: bool) -> tuple[int, int]:
    """Return the requests of the first hour after the set-up, and of the second."""
    async with remote_server() as server, home_assistant() as hass:
        await server.block_sockets(blocked=is_blocked)
        entry = await set_up(hass, await server.add_account(printers, "idle"))
        if not is_blocked:
            await connected(entry)
        counts = []
        for _ in range(2):
            await server.requests()
            for _ in range(_HOUR // _STEP):
                await put_forward(hass, _STEP)
                await server.advance(_STEP)
            counts.append(sum((await server.requests()).values()))
    return counts[0], counts[1]
