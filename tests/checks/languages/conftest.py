"""Runs each test of a language for all languages, or for the one that is asked for."""

import pytest

from .support import LANGUAGES, Language


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test that asks for a language each of them in turn."""
    if "language" not in metafunc.fixturenames:
        return
    wanted = metafunc.config.getoption("--language")
    if wanted is not None and wanted not in LANGUAGES:
        pytest.exit(
            f"There is no translations/{wanted}.json. There are: {', '.join(LANGUAGES)}",
            returncode=pytest.ExitCode.USAGE_ERROR,
        )
    names = [wanted] if wanted else list(LANGUAGES)
    metafunc.parametrize("language", [Language(name) for name in names], ids=names)
