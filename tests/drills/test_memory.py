"""However long things go wrong, and however many printers come and go, memory stays flat."""

from collections.abc import AsyncGenerator, Generator
from itertools import pairwise
import logging
import random
import sys
import tracemalloc

import pytest

from custom_components.obico.account.storage import AccountStorage
from dev import Printer
from tests.integration.push.support import Prepared, assert_nothing_left
from tests.timelapse import Timelapse

from .memory import Memory
from .support import Ledger, unhandled
from .world import World

# From one measurement to the next.
STEPS, LONG_STEPS = 10, 60
# Measurements, in four quarters: one to do everything for the first time, one to
# compare with, one to grow in, one to compare.
ROUNDS, LONG_ROUNDS = 20, 48

# Bytes. The least that can be kept of anything is a number in a set: itself, and its
# hash and its address in the set's table.
LEAST = sys.getsizeof(2**20) + 16


class Life:
    """A world that goes wrong and comes to rest again and again, and is measured at rest."""

    def __init__(self, world: World, caplog: pytest.LogCaptureFixture) -> None:
        """Begin."""
        self.world = world
        self.memory = Memory(world.hass)
        self._caplog = caplog
        self._deleted: list[int] = []
        self._fired: list[int] = []

    async def go_on(
        self, rounds: int, steps: int, *, is_reloaded: bool = False
    ) -> None:
        """Let printers come, everything go wrong, and printers go."""
        for _ in range(rounds):
            if is_reloaded:
                entry = self.world.obico.entry
                assert await self.world.hass.config_entries.async_reload(entry.entry_id)
            self.world.fill()
            for _ in range(steps):
                await self.world.step()
            await self.world.recover()
            await self.world.come_to_rest()
            assert not unhandled(self._caplog.records)
            self._caplog.clear()
            self.memory.measure()
            self._deleted.append(self.world.deleted)
            self._fired.append(len(self.world.settled))

    def is_kept_of_each_printer(self) -> bool:
        """Return whether at least one reference is kept for good of each deleted printer."""
        return self._is_kept_of_each(self.memory.references, self._deleted, 1)

    def is_kept_of_each_event(self) -> bool:
        """Return whether at least `LEAST` bytes are kept for good of each event."""
        return self._is_kept_of_each(self.memory.bytes, self._fired, LEAST)

    def _is_kept_of_each(self, held: list[int], counted: list[int], least: int) -> bool:
        """Return whether more is held in each of the last two quarters than in the one before.

        The least of a quarter counts: at rest an entity may hold a printer as it was a
        report earlier, or something is just being made anew, but what is kept for good is
        there in every measurement. What is there once, from one quarter on, is no growth:
        something that happened for the first time.
        """
        quarter = len(held) // 4
        ends = [len(held) - quarter * number for number in (2, 1, 0)]
        least_held = [min(held[end - quarter : end]) for end in ends]
        counts = [counted[end - 1] for end in ends]
        grown = [after - before for before, after in pairwise(least_held)]
        new = [after - before for before, after in pairwise(counts)]
        print(f"held: {held}; grown by {grown}, {new} printers or events")  # noqa: T201
        return all(
            growth >= number * least for growth, number in zip(grown, new, strict=True)
        )


@pytest.fixture
def _tracing() -> Generator[None]:
    """Trace no longer than a test, whatever happens."""
    yield
    tracemalloc.stop()


@pytest.fixture
async def life(
    prepared: Prepared,
    printer: Printer,
    timelapse: Timelapse,
    caplog: pytest.LogCaptureFixture,
    seed: int,
    text_only: None,
    _tracing: None,
) -> AsyncGenerator[Life]:
    """Give a world that goes by a seed, and see that nothing is left of it."""
    random.seed(seed)
    caplog.set_level(logging.WARNING)
    caplog.set_level(logging.WARNING, logger="custom_components.obico")
    obico = await prepared.follow()
    ledger = Ledger(obico.hass, obico.server)
    # The ids of the latest events are remembered, up to a number that is then reached.
    for _ in range(120):
        obico.server.add_event(printer, "PAUSED")
    await timelapse.pass_time(660)
    yield Life(World(obico, timelapse, ledger, random.Random(seed), printer), caplog)
    await assert_nothing_left(obico, timelapse)


@pytest.mark.parametrize("is_reloaded", [False, True])
async def test_nothing_is_kept_of_what_is_over(
    life: Life, pytestconfig: pytest.Config, seed: int, is_reloaded: bool
) -> None:
    with life.world.explained(seed):
        if pytestconfig.getoption("--long"):
            life.memory.trace()
            await life.go_on(LONG_ROUNDS, LONG_STEPS, is_reloaded=is_reloaded)
            # Tables of dicts differ by some kB.
            assert not life.is_kept_of_each_event()
        else:
            await life.go_on(ROUNDS, STEPS, is_reloaded=is_reloaded)
        assert not life.is_kept_of_each_printer()


async def test_one_entry_that_is_kept_of_each_printer_is_seen(
    life: Life, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """That the test above can fail."""
    forget = AccountStorage.async_forget

    def keep_entry(storage: AccountStorage, printer_id: int) -> None:
        forget(storage, printer_id)
        vars(storage).setdefault("kept", {})[printer_id] = None

    monkeypatch.setattr(AccountStorage, "async_forget", keep_entry)
    with life.world.explained(seed):
        await life.go_on(ROUNDS, STEPS)
        assert life.is_kept_of_each_printer()
