"""The pictures of webcams: what moving ones cost, and how soon the first one is there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from statistics import median
from time import monotonic, process_time
from typing import Final, cast

from aiohttp.test_utils import make_mocked_request

from custom_components.obico.camera import ObicoWebcam
from custom_components.obico.live.moving_pictures import MovingPictures
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant

from .home import MovableLoop, connected, entity_of, home_assistant, put_forward, set_up
from .remote import RemoteServer, remote_server
from .results import Result

_FRAMES: Final = 200
_QUICK_FRAMES: Final = 40
_WATCHERS: Final = 5
_FIRST_PICTURES: Final = 30
_MINUTES: Final = 10
# Watchers may not multiply the work: what each of them adds is the sending of a picture,
# which is not a part of this.
_MOST_CPU: Final = 1.3
_LONGEST_SECONDS: Final = 0.5


async def measure(*, quick: bool) -> list[Result]:
    """Watch the webcam of a printer that prints, alone and with others, and not at all."""
    frames = _QUICK_FRAMES if quick else _FRAMES
    async with remote_server() as server, home_assistant() as hass:
        entry = await set_up(hass, await server.add_account(1, "filmed"))
        await connected(entry)
        unwatched = await _requests_of_minutes(hass, server)
        (entity_id,) = hass.states.async_entity_ids(Platform.CAMERA)
        camera = cast("ObicoWebcam", entity_of(hass, entity_id))
        moving = camera._moving
        first = [await _first_picture(moving) for _ in range(_FIRST_PICTURES)]
        alone: list[float] = []
        together: list[float] = []
        # In turns, so that the conditions are the same; the first round warms up.
        for number in range(5):
            for watchers, taken in ((1, alone), (_WATCHERS, together)):
                seconds = await _cpu_of_frame(hass, moving, watchers, frames // 4)
                if number:
                    taken.append(seconds)
    one, many = median(alone), median(together)
    return [
        Result.at_most(
            f"CPU of a moving picture with {_WATCHERS} watchers, against one",
            many / one,
            _MOST_CPU,
            unit="×",
            note=f"{many * 1e3:.2f} ms against {one * 1e3:.2f} ms, from the agent's answer to the picture for each watcher; "
            f"at one a second {many * 100:.2f} % of a core",
        ),
        Result.at_most(
            "requests for pictures and live video per minute while nobody watches",
            unwatched / _MINUTES,
            0,
            note=f"{_MINUTES} minutes of a print, two webcams with live video; pictures that the agent took, pictures of the server, and connections to its relay",
        ),
        Result.at_most(
            "from the first watcher to the first moving picture, loopback",
            median(first),
            _LONGEST_SECONDS,
            unit=" s",
            note=f"median of {_FIRST_PICTURES}; the longest {max(first):.3f} s; the agent's webcam takes no time",
        ),
    ]


async def _requests_of_minutes(hass: HomeAssistant, server: RemoteServer) -> int:
    """Return how often webcams are asked for anything while nobody watches."""
    await server.of_webcams()
    for _ in range(_MINUTES * 60):
        await put_forward(hass, 1)
        await server.advance(1)
    return await server.of_webcams()


@asynccontextmanager
async def _watchers(moving: MovingPictures, count: int) -> AsyncIterator[list[int]]:
    """Have people watch, and yield how many pictures each has seen."""
    seen = [0] * count

    async def watch(number: int) -> None:
        watcher = moving.async_join(make_mocked_request("GET", "/"), 0.0)
        try:
            while await moving.async_next(watcher) is not None:
                seen[number] += 1
        finally:
            moving.async_leave(watcher)

    tasks = [asyncio.create_task(watch(number)) for number in range(count)]
    try:
        yield seen
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _first_picture(moving: MovingPictures) -> float:
    """Return the seconds until somebody who begins to watch sees a picture."""
    began = monotonic()
    async with _watchers(moving, 1) as seen:
        await _until_seen(seen, 1)
        return monotonic() - began


async def _cpu_of_frame(
    hass: HomeAssistant, moving: MovingPictures, count: int, frames: int
) -> float:
    """Return the CPU seconds of a picture for so many watchers, all threads together."""
    loop = cast("MovableLoop", hass.loop)
    async with _watchers(moving, count) as seen:
        await _until_seen(seen, 1)
        began, done = process_time(), min(seen)
        for frame in range(1, frames + 1):
            # A second passes at once.
            loop.ahead += 1.0
            await _until_seen(seen, done + frame)
        return (process_time() - began) / frames


async def _until_seen(seen: list[int], count: int) -> None:
    """Wait until everybody has seen so many pictures; waiting takes little of the processor."""
    while min(seen) < count:
        await asyncio.sleep(0.005)
