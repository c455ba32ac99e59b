"""A printer with either agent, followed by push, and asked by actions."""

import pytest

from dev import Printer
from tests.integration.control.conftest import printer  # noqa: F401
from tests.integration.push.conftest import (  # noqa: F401
    expected_lingering_timers,
    obico,
    server,
    timelapse,
)
from tests.integration.support import Obico
from tests.timelapse import Timelapse

from .support import Actions


@pytest.fixture
def actions(
    obico: Obico,  # noqa: F811
    printer: Printer,  # noqa: F811
    timelapse: Timelapse,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> Actions:
    return Actions(obico, printer, timelapse, monkeypatch)
