"""Home Assistants that differ from the one that is installed."""

from collections.abc import Callable
import logging

import pytest

PACKAGE = "custom_components.obico"

type Change = Callable[[pytest.MonkeyPatch], None]


def gone(name: str) -> Change:
    """Return the change after which Home Assistant does not have this any more."""
    return lambda monkeypatch: monkeypatch.delattr(f"homeassistant.{name}")


def other(name: str, value: object) -> Change:
    """Return the change after which this is something else in Home Assistant."""
    return lambda monkeypatch: monkeypatch.setattr(f"homeassistant.{name}", value)


def nothing() -> None:
    """Take no arguments."""


def warnings_of_ours(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what the integration logged that a user sees, also in fixtures.

    Of the push connections, which most tests block, it says that they are lost.
    """
    return [
        record.getMessage()
        for record in (*caplog.get_records("setup"), *caplog.get_records("call"))
        if record.levelno >= logging.WARNING
        and record.name.startswith(PACKAGE)
        and not record.name.startswith(f"{PACKAGE}.live.")
    ]
