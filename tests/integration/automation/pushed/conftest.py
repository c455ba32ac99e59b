"""A printer with its machine, followed by push."""

from typing import Literal

import pytest

from dev import Account, Printer
from tests.integration.push.conftest import (  # noqa: F401
    expected_lingering_timers,
    obico,
    server,
    timelapse,
)


@pytest.fixture
def printer(account: Account, request: pytest.FixtureRequest) -> Printer:
    """Give a printer with OctoPrint, or with the agent that a test names."""
    agent: Literal["octoprint", "klipper"] = getattr(request, "param", "octoprint")
    return account.add_printer("Prusa MK4", agent=agent)
