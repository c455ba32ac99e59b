"""Waiting in tests: it comes to an end, whatever a test does to the clock."""

import asyncio
import time

from freezegun import api as freezegun_api
from freezegun.api import FrozenDateTimeFactory
import pytest

from tests import timelapse
from tests.timelapse import LoopClock, wait_until


@pytest.fixture(params=["running", "frozen", "stopped"])
async def _clock(request: pytest.FixtureRequest) -> None:
    """Let a clock run, or stand still as tests have it."""
    if request.param == "frozen":
        request.getfixturevalue("freezer")
    if request.param == "stopped":
        LoopClock.of(asyncio.get_running_loop()).stop_while_working()


@pytest.mark.usefixtures("_clock")
async def test_timers_are_due_while_something_is_waited_for() -> None:
    due = asyncio.Event()
    asyncio.get_running_loop().call_later(0.02, due.set)
    await wait_until(due.is_set)


@pytest.mark.usefixtures("_clock")
async def test_what_never_comes_true_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timelapse, "_DEADLINE", 0.02)
    with pytest.raises(AssertionError, match="rain"):
        await wait_until(lambda: False, "rain")


async def test_a_frozen_clock_stands_still(freezer: FrozenDateTimeFactory) -> None:
    """What the two tests above rest on."""
    began, real = time.monotonic(), freezegun_api.real_perf_counter()
    while freezegun_api.real_perf_counter() == real:
        await asyncio.sleep(0)
    assert time.monotonic() == began
