"""Home Assistants that differ from the one that is installed."""

from importlib import import_module
import logging
import sys

import pytest

PACKAGE = "custom_components.obico"


def import_again(monkeypatch: pytest.MonkeyPatch, *modules: str) -> None:
    """Have modules of the integration imported anew, with all that theirs come from."""
    for module in modules:
        name = f"{PACKAGE}.{module}"
        package, _, attribute = name.rpartition(".")
        import_module(name)
        monkeypatch.delattr(sys.modules[package], attribute)
        monkeypatch.delitem(sys.modules, name)


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
