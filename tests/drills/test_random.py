"""Everything goes wrong, by chance, against a model of what must fire: 0 lost, 0 doubled, 0 out of order."""

from collections.abc import Generator
import gc
import logging
from pathlib import Path
import random
import tracemalloc

import pytest

from dev import Account, ObicoServer, Printer
from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store
from tests.integration.push.support import assert_nothing_left, follow
from tests.timelapse import Timelapse

from .support import Ledger, unhandled
from .world import World

STEPS = 240
LONG_STEPS = 6000
# From one recovery to the next.
ROUND = 60

INTEGRATION = str(Path("custom_components", "obico", "*"))
# Bytes. Home Assistant remembers for a month what was deleted: the ids and names of a
# printer's device and of its sixty entities.
ALLOWED_GROWTH = 200_000
PER_DELETED_PRINTER = 20_000


@pytest.fixture
def _text_only() -> Generator[None]:
    """Log no objects: pytest keeps what is logged, errors with all that raised them."""

    def as_text(record: logging.LogRecord) -> bool:
        record.msg, record.args = record.getMessage(), None
        return True

    logger = logging.getLogger("custom_components.obico.coordinator")
    logger.addFilter(as_text)
    yield
    logger.removeFilter(as_text)


class Memory:
    """What the integration holds, in the long form."""

    def __init__(self) -> None:
        """Begin to count."""
        self.bytes: list[int] = []
        tracemalloc.start()

    def measure(self) -> None:
        """Count what was allocated by lines of the integration and is held still."""
        # The test's own store remembers everything that was ever written to it.
        getattr(Store, "_async_write_data").mock.reset_mock()
        gc.collect()
        snapshot = tracemalloc.take_snapshot().filter_traces(
            [tracemalloc.Filter(True, f"*/{INTEGRATION}")]
        )
        self.bytes.append(sum(trace.size for trace in snapshot.traces))

    def assert_flat(self, deleted_printers: int) -> None:
        """See that the end holds no more than the beginning."""
        tracemalloc.stop()
        third = max(1, len(self.bytes) // 3)
        before, after = max(self.bytes[:third]), min(self.bytes[-third:])
        print(  # noqa: T201
            f"memory of the integration, in bytes: {self.bytes}; "
            f"printers that came and went: {deleted_printers}"
        )
        allowed = ALLOWED_GROWTH + PER_DELETED_PRINTER * deleted_printers
        assert after <= before + allowed


@pytest.mark.usefixtures("_text_only")
async def test_whatever_goes_wrong_every_event_fires_once_and_in_order(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    printer: Printer,
    timelapse: Timelapse,
    pytestconfig: pytest.Config,
    caplog: pytest.LogCaptureFixture,
) -> None:
    is_long = pytestconfig.getoption("--long")
    seed = pytestconfig.getoption("--drill-seed")
    if seed is None:
        seed = random.SystemRandom().randrange(2**32)
    # The back-offs' jitter.
    random.seed(seed)
    # Thousands of steps would leave millions of lines.
    caplog.set_level(logging.WARNING)
    caplog.set_level(logging.WARNING)
    caplog.set_level(logging.WARNING, logger="custom_components.obico")

    account.add_printer("Voron", agent="klipper")
    obico = await follow(hass, server, account, timelapse)
    world = World(obico, timelapse, Ledger(hass, server), random.Random(seed))
    memory = Memory() if is_long else None
    try:
        for step in range(1, (LONG_STEPS if is_long else STEPS) + 1):
            await world.step()
            if step % ROUND == 0:
                await world.recover()
                assert not unhandled(caplog.records)
                caplog.clear()
                if memory:
                    memory.measure()
        if memory:
            memory.assert_flat(world.added)
        await assert_nothing_left(obico, timelapse)
    except BaseException as err:
        err.add_note(f"Repeat with --drill-seed {seed}; the last steps were:")
        for line in world.log[-40:]:
            err.add_note(line)
        err.add_note(f"{world.describe()}")
        raise
    assert len(world.settled) > 50
