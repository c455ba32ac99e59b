"""A printer with its machine, followed by push."""

from typing import Literal

import pytest

from dev import Account, Printer
from tests.integration.automation.support import Automations, Config, Start, trigger
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


@pytest.fixture
def start(automations: Automations, target: Config) -> Start:
    """Give what starts an automation for each of some triggers of the printer."""

    async def start_automations(*names: str) -> Automations:
        await automations.start(*(trigger(name, target) for name in names))
        return automations

    return start_automations
