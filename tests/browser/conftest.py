"""One home and one browser for all tests: to start them takes longest."""

from collections.abc import AsyncIterator, Generator
from pathlib import Path

from playwright.async_api import Browser, StorageState, expect
import pytest

from dev import Clock, ObicoServer
from dev.browser.chromium import MISSING, chromium, find_chromium
from dev.browser.home import home, signed_in

from .support import (
    ALERTED,
    FARM,
    HOOK,
    IDLE,
    KLIPPER,
    LONG_NAMED,
    OBJECTS,
    PAST,
    STATES,
    WIDE,
    House,
    Screen,
    Visitor,
)

# One for each test that has a printer do something.
PRINTERS = (
    "Adder",
    "Beetle",
    "Cricket",
    "Dragonfly",
    "Emperor",
    "Firefly",
    "Gecko",
    "Hawkmoth",
    ALERTED,
    *STATES,
    *FARM,
    PAST,
    LONG_NAMED,
    IDLE,
)

# Nobody waits longer than a test must: to pause takes 3 s of the agents' time.
SPEED = 5

# The card picker asks for what energy is set up.
CONFIGURATION = """\
energy:
lovelace:
  resource_mode: yaml
  dashboards:
    yaml-printers:
      mode: yaml
      title: Printers of YAML
      filename: printers.yaml
"""
YAML_DASHBOARD = """\
strategy:
  type: custom:obico
  layout: compact
"""

# In ms; two cores may have a lot to do.
PATIENCE = 10_000

expect.set_options(timeout=PATIENCE)


def pytest_configure(config: pytest.Config) -> None:
    """Refuse to run where sockets are replaced."""
    if config.pluginmanager.hasplugin("homeassistant"):
        raise pytest.UsageError(
            "tests/browser runs by itself: scripts/test tests/browser"
        )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Say so where there is no Chromium."""
    if find_chromium() is None:
        for item in items:
            item.add_marker(pytest.mark.skip(reason=MISSING))


_HAS_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note which tests failed, while their pages are still open."""
    report = yield
    item.stash[_HAS_FAILED] = item.stash.get(_HAS_FAILED, False) or report.failed
    return report


@pytest.fixture(scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A Home Assistant with the printers of one account."""
    server = ObicoServer(clock=Clock.from_real_time())
    server.grace_frames = 2
    account = server.add_account()
    printers = {name: account.add_printer(name, agent="octoprint") for name in PRINTERS}
    printers[KLIPPER] = account.add_printer(KLIPPER, agent="klipper")
    printers |= {name: account.add_printer(name, agent="klipper") for name in OBJECTS}
    await server.advance(30)
    for _ in range(2):
        printers[PAST].agent.start_print(HOOK)
        await server.advance(HOOK.seconds + 120)
    past = tuple(server.prints.values())
    # The server also asks whether a print failed; which, nobody knows.
    past[-1].need_alert_overwrite = True
    folder = tmp_path_factory.mktemp("home-assistant")
    (folder / "printers.yaml").write_text(YAML_DASHBOARD)
    async with home(server, folder, configuration=CONFIGURATION) as it:
        await it.add(account)
        server.run(SPEED)
        yield House(home=it, account=account, printers=printers, past=past)


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """A headless Chromium."""
    async with chromium() as running:
        yield running


@pytest.fixture(scope="session")
async def session(browser: Browser, house: House) -> StorageState:
    """What a browser keeps of somebody who signed in with name and password."""
    return await signed_in(browser, house.home.url)


@pytest.fixture
async def visitor(
    request: pytest.FixtureRequest,
    browser: Browser,
    house: House,
    session: StorageState,
    tmp_path: Path,
) -> AsyncIterator[Visitor]:
    """Somebody who is signed in; nothing may go wrong, and nobody else be asked.

    What was seen last in a test that failed is kept as a picture.
    """
    screen: Screen = getattr(request, "param", WIDE)
    context = await browser.new_context(
        storage_state=session,
        viewport={"width": screen.width, "height": screen.height},
        color_scheme="dark" if screen.is_dark else "light",
        has_touch=screen.is_touched,
        locale="en-US",
        service_workers="block",
    )
    if screen.language != "en":
        await context.add_init_script(
            f"localStorage.setItem('selectedLanguage', JSON.stringify('{screen.language}'))"
        )
    context.set_default_timeout(PATIENCE)
    visitor = Visitor(context, await context.new_page(), house.home.url)
    yield visitor
    if request.node.stash[_HAS_FAILED]:
        picture = tmp_path / "failed.png"
        await visitor.page.screenshot(path=picture)
        print(f"The page at the end: {picture}")  # noqa: T201
    await context.close()
    assert visitor.problems == []
    assert visitor.strangers == []
