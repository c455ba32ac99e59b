"""Options of the test run."""

import pytest


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
