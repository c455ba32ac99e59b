"""Everything goes wrong, by chance, against a model of what must fire: 0 lost, 0 doubled, 0 out of order."""

import logging
import random

import pytest

from dev import Account, ObicoServer, Printer
from homeassistant.core import HomeAssistant
from tests.integration.push.support import assert_nothing_left, follow
from tests.timelapse import Timelapse

from .support import Ledger, unhandled
from .world import World

STEPS = 240
LONG_STEPS = 6000
# From one recovery to the next.
ROUND = 60


@pytest.mark.usefixtures("text_only")
async def test_whatever_goes_wrong_every_event_fires_once_and_in_order(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    printer: Printer,
    timelapse: Timelapse,
    pytestconfig: pytest.Config,
    seed: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    is_long = pytestconfig.getoption("--long")
    # The back-offs' jitter.
    random.seed(seed)
    # Thousands of steps would leave millions of lines.
    caplog.set_level(logging.WARNING)
    caplog.set_level(logging.WARNING, logger="custom_components.obico")

    account.add_printer("Voron", agent="klipper")
    obico = await follow(hass, server, account, timelapse)
    world = World(obico, timelapse, Ledger(hass, server), random.Random(seed))
    with world.explained(seed):
        for step in range(1, (LONG_STEPS if is_long else STEPS) + 1):
            await world.step()
            if step % ROUND == 0:
                await world.recover()
                # In every other round nothing may become unavailable.
                world.is_calm = not world.is_calm
                assert not unhandled(caplog.records)
                caplog.clear()
        await assert_nothing_left(obico, timelapse)
    assert len(world.settled) > 50
