"""Time that passes as fast as a test likes, for Home Assistant and the server alike."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
import math
from typing import Protocol, cast

# A frozen clock would make every deadline an endless one, and would reach a name in this module.
from freezegun import api as freezegun_api

from dev import ObicoServer
from homeassistant.core import HomeAssistant

# These go on for as long as an account is set up, or somebody watches.
_ENDLESS_TASKS = ("obico push", "obico agent", "obico moving pictures", "obico video")
# What is under way between two ends of a local connection needs a few rounds of the loop.
_CALM_ROUNDS = 20
# The kernel may take a moment to hand over what was sent, and a thread to end its job.
_FIRST_REAL_ROUND = 17
_MOMENT = 0.001
# In seconds. A frozen clock counts from 1970: its floats are 0.24 µs apart. With the system's
# resolution, which is finer, a timer that is due right now would never be called.
_RESOLUTION = 1e-6
_DEADLINE = 20.0
# A test that polls sets a timer each time: time is not skipped for it over and over.
_MAX_SKIPS = 200


async def wait_until(condition: Callable[[], object], what: str = "") -> None:
    """Let everything go on until something is true."""
    clock = LoopClock.of(asyncio.get_running_loop())
    deadline = freezegun_api.real_perf_counter() + _DEADLINE
    while not condition():
        assert freezegun_api.real_perf_counter() < deadline, (
            what or "it never came true"
        )
        await clock.pass_moment()


def is_busy(hass: HomeAssistant) -> bool:
    """Return whether Home Assistant has something to do that comes to an end."""
    return bool(hass._tasks) or any(
        not task.get_name().startswith(_ENDLESS_TASKS)
        for task in hass._background_tasks
        if isinstance(task, asyncio.Task)
    )


class _Selector(Protocol):
    """The part of a selector that is used here."""

    def select(self, timeout: float | None = None, /) -> list[object]: ...


class _Loop(Protocol):
    """The parts of asyncio's event loop that tell what it is about to do."""

    _ready: list[asyncio.Handle]
    _scheduled: list[asyncio.TimerHandle]
    _selector: _Selector


class LoopClock:
    """The clock of an event loop, which can be put forward.

    It knows when nothing goes on any more but waiting for a time to come: no callback is
    ready, no connection has anything to read, and no thread works for the loop. Both ends
    of all connections are in the test's own loop. Time is skipped then, so that no test
    waits for a time-out or takes the machine's speed for silence.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Take over the loop's clock, which ends with the test."""
        self._loop = loop
        self._inner = cast("_Loop", loop)
        self._ahead = 0.0
        self._jobs = 0
        self._settling = 0
        self._stopped_at: float | None = None
        self._real_time, run_in_executor = loop.time, loop.run_in_executor
        self._select = self._inner._selector.select

        def run[T](
            executor: Executor | None, job: Callable[..., T], *args: object
        ) -> asyncio.Future[T]:
            future = run_in_executor(executor, job, *args)
            self._jobs += 1
            future.add_done_callback(self._end_job)
            return future

        vars(loop).update(
            time=self._time, run_in_executor=run, _clock_resolution=_RESOLUTION
        )
        # A jump is no callback that takes long.
        loop.slow_callback_duration = math.inf

    @classmethod
    def of(cls, loop: asyncio.AbstractEventLoop) -> LoopClock:
        """Return the clock of a loop, the same for everybody who asks."""
        clock = vars(loop).get("test_clock")
        if clock is None:
            clock = cls(loop)
            vars(loop)["test_clock"] = clock
        assert isinstance(clock, LoopClock)
        return clock

    def stop_while_working(self) -> None:
        """Let time pass only while the loop waits for it, not while it or a thread works.

        On a slow machine timers would be due long before a test has let as much time pass.
        """
        if self._stopped_at is None:
            self._stopped_at = self._real_time()
            vars(self._inner._selector)["select"] = self._wait

    def _time(self) -> float:
        now = self._real_time() if self._stopped_at is None else self._stopped_at
        return now + self._ahead

    def _wait(self, timeout: float | None = None, /) -> list[object]:
        began = freezegun_api.real_perf_counter()
        events = self._select(timeout)
        if timeout is not None and timeout > 0 and not self._jobs:
            self._ahead += min(freezegun_api.real_perf_counter() - began, timeout)
        return events

    def put_forward(self, seconds: float) -> None:
        """Let timers of the next seconds be due."""
        self._ahead += seconds

    async def pass_moment(self) -> None:
        """Let a moment pass for connections, threads and timers, also while the clock stands still."""
        began = self._loop.time()
        await asyncio.sleep(0)
        # Ends at once when a connection has something to read.
        self._select(_MOMENT)
        self.put_forward(max(0.0, began + _MOMENT - self._loop.time()))

    async def settle(self, busy: Callable[[], bool], patience: float) -> None:
        """Let everything that was set off come to its end.

        As long as somebody is busy but nothing goes on, time is skipped to the next
        timer, `patience` seconds at most.
        """
        self._settling += 1
        depth = self._settling
        try:
            await self._settle(busy, patience, depth)
        finally:
            self._settling -= 1

    async def _settle(
        self, busy: Callable[[], bool], patience: float, depth: int
    ) -> None:
        until = self._loop.time() + patience
        skips = 0
        while skips < _MAX_SKIPS:
            await self._calm_down(busy)
            if self._settling > depth:
                # What is awaited settles something itself, and knows what it waits for.
                continue
            timers = [
                timer.when()
                for timer in self._inner._scheduled
                if not timer.cancelled()
            ]
            if not busy() or not timers or min(timers) > until:
                return
            self.put_forward(max(0.0, min(timers) - self._loop.time()))
            skips += 1

    async def finish[T](self, what: Coroutine[object, object, T], within: float) -> T:
        """Await something, and skip the time that it waits for."""
        task = self._loop.create_task(what)
        await self.settle(lambda: not task.done(), within)
        if not task.done():
            raise RuntimeError("it waits for something else than time")
        return await task

    async def _calm_down(self, busy: Callable[[], bool]) -> None:
        calm = 0
        while calm < _CALM_ROUNDS:
            await asyncio.sleep(0)
            # The last rounds are real, where that matters.
            is_real = bool(self._jobs) or (calm >= _FIRST_REAL_ROUND and busy())
            if (
                # Everybody else who settles something is ready all the time.
                len(self._inner._ready) >= self._settling
                or self._select(_MOMENT if is_real else 0)
                or self._jobs
            ):
                calm = 0
            else:
                calm += 1

    def _end_job(self, _job: object) -> None:
        self._jobs -= 1


class Timelapse:
    """The clocks of a test.

    The event loop's own clock is moved, so back-offs, time-outs and heartbeats are due
    in the order of real life, and nothing of the code under test is replaced.
    """

    def __init__(self, hass: HomeAssistant, server: ObicoServer) -> None:
        """Take over the loop's clock, which ends with the test."""
        self._hass = hass
        self._server = server
        self._clock = LoopClock.of(hass.loop)
        self._clock.stop_while_working()
        self._elapsed = 0.0

    @property
    def elapsed(self) -> float:
        """The seconds that a test has let pass."""
        return self._elapsed

    async def settle(self, patience: float = 5.0) -> None:
        """Let everything that was set off come to its end, unless it waits for longer."""
        await self._clock.settle(self._is_busy, patience)

    async def pass_time(
        self, seconds: float, *, step: float = 5.0, patience: float = 5.0
    ) -> None:
        """Let time pass, in steps that leave everybody the time to answer."""
        while seconds > 0:
            part = min(step, seconds)
            await self._server.advance(part)
            await self.settle(patience)
            self._put_forward(part)
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

    def _put_forward(self, seconds: float) -> None:
        self._clock.put_forward(seconds)
        self._elapsed += seconds

    def _is_busy(self) -> bool:
        return is_busy(self._hass)
