"""An account that is followed by push, and a ledger of its events."""

from collections.abc import Generator
import logging
import random

import pytest

from tests.integration.conftest import _custom_integrations, account, printer
from tests.integration.push.conftest import (
    _short_farewell,
    expected_lingering_timers,
    obico,
    prepared,
    server,
    timelapse,
)
from tests.integration.support import Obico

from .support import Ledger, unhandled

__all__ = [
    "_custom_integrations",
    "_short_farewell",
    "account",
    "expected_lingering_timers",
    "obico",
    "prepared",
    "printer",
    "server",
    "timelapse",
]


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Give the long form its time."""
    if config.getoption("--long"):
        for item in items:
            item.add_marker(pytest.mark.timeout(3600))


@pytest.fixture
def ledger(obico: Obico) -> Ledger:
    return Ledger(obico.hass, obico.server)


@pytest.fixture
def seed(pytestconfig: pytest.Config) -> int:
    """Give the seed that was named, or one by chance."""
    seed = pytestconfig.getoption("--drill-seed")
    return random.SystemRandom().randrange(2**32) if seed is None else int(seed)


@pytest.fixture
def text_only() -> Generator[None]:
    """Log no objects: pytest keeps what is logged, errors with all that raised them."""

    def as_text(record: logging.LogRecord) -> bool:
        record.msg, record.args, record.taskName = record.getMessage(), None, None
        return True

    # Those of pytest.
    handlers = list(logging.getLogger().handlers)
    for handler in handlers:
        handler.addFilter(as_text)
    yield
    for handler in handlers:
        handler.removeFilter(as_text)


@pytest.fixture(autouse=True)
def _no_unhandled_exception(caplog: pytest.LogCaptureFixture) -> Generator[None]:
    """See that nothing failed in a way that nobody had thought of."""
    yield
    assert not unhandled(caplog.get_records("call"))
