"""Home Assistant as an agent: whatever goes wrong, Obico has the prints of the printer, no others."""

import logging
import random

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.obico.aioobico import open_websocket
from dev import Account, ObicoServer
from homeassistant.core import HomeAssistant
from tests.integration.agent.support import watch
from tests.integration.push.support import obico_tasks, obico_timers
from tests.timelapse import Timelapse, wait_until

from .agent_world import AgentWorld
from .support import unhandled

STEPS = 80
LONG_STEPS = 4000
# From one recovery to the next.
ROUND = 40


@pytest.mark.usefixtures("text_only")
async def test_whatever_goes_wrong_obico_has_the_prints_of_the_printer(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    timelapse: Timelapse,
    freezer: FrozenDateTimeFactory,
    pytestconfig: pytest.Config,
    seed: int,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Those seconds are real.
    monkeypatch.setattr(open_websocket, "_CLOSE_SECONDS", 0.05)
    # The back-offs' jitter.
    random.seed(seed)
    caplog.set_level(logging.WARNING)
    print(f"seed {seed}")  # noqa: T201
    printer = account.add_printer("P1S")
    watched = await watch(hass, server, account, printer, timelapse, freezer)
    world = AgentWorld(watched, random.Random(seed))
    await watched.start()
    await watched.connected()
    steps = LONG_STEPS if pytestconfig.getoption("--long") else STEPS
    with world.explained(seed):
        for step in range(1, steps + 1):
            await world.step()
            if step % ROUND == 0:
                await world.recover()
                assert not unhandled(caplog.records)
                caplog.clear()
        await world.close()
        await wait_until(lambda: not obico_tasks(), "tasks are left")
        assert not obico_timers()
    assert world.settled >= steps / 40
