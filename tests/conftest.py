"""Options of the test run."""

import asyncio
from asyncio import constants
import logging
import traceback

import pytest

from homeassistant.util.executor import InterruptibleThreadPoolExecutor

# Importing the test package's plugin has sent all logs to the terminal, those of other threads in
# the middle of pytest's own lines, and has SQLAlchemy log every statement. pytest keeps what a test
# logs by itself, and shows it if the test fails. The null handler keeps Python's last resort,
# standard error, from taking over.
logging.basicConfig(level=logging.INFO, handlers=[logging.NullHandler()], force=True)
logging.getLogger("sqlalchemy.engine").setLevel(logging.WARNING)

# The event loop of tests runs in debug mode, which notes for every callback, future and
# task where it comes from. That took half of the time; one line is enough to find it.
constants.DEBUG_STACK_DEPTH = 1  # type: ignore[misc] # final for asyncio itself
# For futures and tasks it calls this one, which it has got hold of by now.
traceback.extract_stack.__defaults__ = (None, 1)


def _join_threads(self: InterruptibleThreadPoolExecutor) -> None:
    """Wait for the threads of an executor until their last job is done."""
    for thread in self._threads:
        thread.join()


# Home Assistant gives all threads of an executor ten seconds together, then raises SystemExit in
# what they are doing and leaves them behind, which fails a test's clean-up. On a busy machine a
# job that just works takes longer. One that never ends is stopped by the test's own time limit.
InterruptibleThreadPoolExecutor.join_threads_or_timeout = _join_threads  # type: ignore[method-assign]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer the long form of the drills, the slow form of the event loop, and one language."""
    parser.addoption(
        "--loop-debug",
        action="store_true",
        help="run event loops in debug mode, which takes a sixth longer",
    )
    parser.addoption(
        "--cases",
        type=int,
        metavar="N",
        help="run at most N of the cases that a parametrized test has",
    )
    parser.addoption(
        "--language",
        metavar="XX",
        help="check this language of translations/ alone (tests/checks/languages)",
    )
    group = parser.getgroup("drills")
    group.addoption(
        "--long",
        action="store_true",
        help="let the randomised drill go on for thousands of steps",
    )
    group.addoption(
        "--drill-seed",
        type=int,
        help="repeat the randomised drill that printed this seed",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Leave out what Home Assistant logs of each entity, a twelfth of the time, with some cases.

    With all cases everything is logged, and looked through for secrets.
    """
    if config.getoption("--cases") is not None:
        logging.getLogger("homeassistant").setLevel(logging.WARNING)


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Leave out cases of parametrized tests beyond the wanted number, evenly spread."""
    limit: int | None = config.getoption("--cases")
    if limit is None:
        return
    cases: dict[str, list[pytest.Item]] = {}
    for item in items:
        cases.setdefault(item.nodeid.partition("[")[0], []).append(item)
    kept = {
        some[number * len(some) // limit if len(some) > limit else number]
        for some in cases.values()
        for number in range(min(limit, len(some)))
    }
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = [item for item in items if item in kept]


@pytest.fixture(autouse=True)
async def enable_event_loop_debug(request: pytest.FixtureRequest) -> None:
    """Run the event loop in debug mode where that is wanted, not always."""
    asyncio.get_running_loop().set_debug(request.config.getoption("--loop-debug"))
