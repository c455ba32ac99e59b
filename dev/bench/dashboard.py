"""The time to open the dashboard of many printers, compared with Home Assistant's own."""

from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from playwright.async_api import BrowserContext

from .. import LONG, Clock, ObicoServer
from ..browser.chromium import chromium
from ..browser.home import home, signed_in
from .results import Result

_PRINTERS: Final = 50
_ROUNDS: Final = 7
_QUICK_ROUNDS: Final = 3

# Long enough for slow machines, so that a timeout means that the page does not work.
_TIMEOUT_MS: Final = 120_000

_OURS: Final = "of-obico"
_THEIRS: Final = "of-home-assistant"
_STRATEGIES: Final = {_OURS: "custom:obico", _THEIRS: "original-states"}

# The end of the last task that blocked the page for 50 ms or more.
_WATCH: Final = """
window.busyUntil = 0;
new PerformanceObserver((list) => {
  for (const { startTime, duration } of list.getEntries()) {
    window.busyUntil = Math.max(window.busyUntil, startTime + duration);
  }
}).observe({ type: "longtask", buffered: true });
"""
# A page is open when it has a card and was not blocked for half a second. Pictures
# that arrive later can block it again.
_IS_QUIET: Final = "performance.now() - window.busyUntil > 500"
_A_CARD: Final = {_OURS: "obico-printer-card-content", _THEIRS: "hui-entities-card"}


@dataclass(frozen=True, kw_only=True)
class Opening:
    """The time that a page took."""

    seconds: float
    cpu: float
    elements: int


async def measure(*, quick: bool) -> list[Result]:
    """Open both dashboards alternately."""
    server = ObicoServer(clock=Clock.from_real_time())
    account = server.add_account()
    for number in range(_PRINTERS):
        printer = account.add_printer(f"Printer {number}", agent="octoprint")
        if number % 2:
            printer.agent.start_print(LONG)
    await server.advance(60)
    openings: dict[str, list[Opening]] = {path: [] for path in _STRATEGIES}
    with TemporaryDirectory(prefix="obico-bench-") as folder:
        async with home(server, Path(folder)) as it, chromium() as browser:
            await it.add(account)
            server.run()
            for path, strategy in _STRATEGIES.items():
                await it.add_dashboard(path, {"strategy": {"type": strategy}})
            context = await browser.new_context(
                storage_state=await signed_in(browser, it.url),
                viewport={"width": 1280, "height": 900},
            )
            # The first round fills the browser's cache.
            for _ in range(1 + (_QUICK_ROUNDS if quick else _ROUNDS)):
                for path, taken in openings.items():
                    taken.append(await _open(context, it.url, path))
    ours, theirs = (openings[path][1:] for path in (_OURS, _THEIRS))
    seconds = [median(each.seconds for each in some) for some in (ours, theirs)]
    cpu = [median(each.cpu for each in some) for some in (ours, theirs)]
    return [
        Result.at_most(
            f"time to open the dashboard of {_PRINTERS} printers, against Home Assistant's own",
            seconds[0] / seconds[1],
            1.0,
            unit="×",
            note=f"{seconds[0]:.2f} s against {seconds[1]:.2f} s, from loading the page until it answers; "
            f"{cpu[0]:.2f} s and {cpu[1]:.2f} s of CPU, {ours[0].elements} and {theirs[0].elements} elements",
        )
    ]


async def _open(context: BrowserContext, url: str, path: str) -> Opening:
    page = await context.new_page()
    try:
        await page.add_init_script(_WATCH)
        inspector = await context.new_cdp_session(page)
        await inspector.send("Performance.enable")
        await page.goto(f"{url}/{path}/0")
        await page.locator(_A_CARD[path]).first.wait_for(timeout=_TIMEOUT_MS)
        await page.wait_for_function(_IS_QUIET, polling=50, timeout=_TIMEOUT_MS)
        metrics = {
            metric["name"]: metric["value"]
            for metric in (await inspector.send("Performance.getMetrics"))["metrics"]
        }
        return Opening(
            seconds=await page.evaluate("window.busyUntil") / 1000,
            cpu=metrics["TaskDuration"],
            elements=int(metrics["Nodes"]),
        )
    finally:
        await page.close()
