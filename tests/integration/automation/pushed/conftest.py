"""A printer with its machine, followed by push."""

import pytest

from tests.integration.automation.support import Automations, Config, Start, trigger
from tests.integration.push.conftest import (  # noqa: F401
    expected_lingering_timers,
    obico,
    server,
    timelapse,
)


@pytest.fixture
def start(automations: Automations, target: Config) -> Start:
    """Give what starts an automation for each of some triggers of the printer."""

    async def start_automations(*names: str) -> Automations:
        await automations.start(*(trigger(name, target) for name in names))
        return automations

    return start_automations
