"""Time that passes as fast as a test likes, for Home Assistant and the server alike."""

import asyncio
from collections.abc import Callable
import math
import time

from dev import ObicoServer
from homeassistant.core import HomeAssistant

# These go on for as long as an account is set up.
_ENDLESS_TASK = "obico push"
# What is under way between two ends of a local connection needs a few rounds of the loop.
_CALM_ROUNDS = 20
_DEADLINE = 20.0


async def wait_until(condition: Callable[[], object], what: str = "") -> None:
    """Let everything go on until something is true."""
    deadline = time.perf_counter() + _DEADLINE
    while not condition():
        assert time.perf_counter() < deadline, what or "it never came true"
        await asyncio.sleep(0.001)


class Timelapse:
    """The clocks of a test.

    The event loop's own clock is moved, so back-offs, time-outs and heartbeats are due
    in the order of real life, and nothing of the code under test is replaced.
    """

    def __init__(self, hass: HomeAssistant, server: ObicoServer) -> None:
        """Take over the loop's clock, which ends with the test."""
        self._hass = hass
        self._server = server
        self._ahead = 0.0
        real = hass.loop.time
        hass.loop.time = lambda: real() + self._ahead  # type: ignore[method-assign]
        # A jump is no callback that takes long.
        hass.loop.slow_callback_duration = math.inf

    @property
    def elapsed(self) -> float:
        """The seconds that have passed."""
        return self._ahead

    async def settle(self, patience: float = 5.0) -> None:
        """Let everything that was set off come to its end, unless it waits for a long time."""
        deadline = time.perf_counter() + patience
        calm = 0
        while calm < _CALM_ROUNDS and time.perf_counter() < deadline:
            if self._is_busy():
                calm = 0
                await asyncio.sleep(0.0005)
            else:
                calm += 1
                await asyncio.sleep(0)

    async def pass_time(
        self, seconds: float, *, step: float = 5.0, patience: float = 5.0
    ) -> None:
        """Let time pass, in steps that leave everybody the time to answer."""
        while seconds > 0:
            part = min(step, seconds)
            await self._server.advance(part)
            await self.settle(patience)
            self._ahead += part
            await self.settle(patience)
            seconds = round(seconds - part, 9)

    async def pass_until(
        self, condition: Callable[[], object], *, within: float, step: float = 5.0
    ) -> None:
        """Let time pass until something is true."""
        await self.settle()
        while not condition():
            assert within > 0, "it did not come true in time"
            await self.pass_time(step, step=step)
            within -= step

    def _is_busy(self) -> bool:
        return bool(self._hass._tasks) or any(
            not task.get_name().startswith(_ENDLESS_TASK)
            for task in self._hass._background_tasks
            if isinstance(task, asyncio.Task)
        )
