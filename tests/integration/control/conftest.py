"""A printer with either agent, followed by push, and controlled as a user does."""

from typing import Literal

import pytest

from dev import Account, Printer
from tests.integration.push.conftest import (  # noqa: F401
    expected_lingering_timers,
    obico,
    server,
    timelapse,
)
from tests.integration.support import Obico
from tests.timelapse import Timelapse

from .support import Control

type AgentName = Literal["octoprint", "klipper"]


@pytest.fixture(params=["octoprint", "klipper"])
def printer(account: Account, request: pytest.FixtureRequest) -> Printer:
    """Give a printer of each kind, or of the one that a test names."""
    agent: AgentName = request.param
    return account.add_printer("Prusa MK4", agent=agent)


@pytest.fixture
def control(
    obico: Obico,  # noqa: F811
    printer: Printer,
    timelapse: Timelapse,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> Control:
    return Control(obico, printer, timelapse, monkeypatch)
