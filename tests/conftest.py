"""Options of the test run."""

from asyncio import constants
import traceback

import pytest

# The event loop of tests runs in debug mode, which notes for every callback, future and
# task where it comes from. That took half of the time; one line is enough to find it.
constants.DEBUG_STACK_DEPTH = 1  # type: ignore[misc] # final for asyncio itself
# For futures and tasks it calls this one, which it has got hold of by now.
traceback.extract_stack.__defaults__ = (None, 1)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer the long form of the drills."""
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
