"""A home that all tests share, and somebody at a browser who notes what goes wrong in it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from time import monotonic
from typing import Final

from playwright.async_api import (
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    WebError,
)

from dev import Account, Agent, Job, Phase, Print, Printer
from dev.browser.home import Home
from dev.json_types import JsonObject, as_object

# What shows a printer, in a card of its own and in the card of all.
CARD: Final = "obico-printer-card-content"
# Printers that show what can be wrong, and some that are told something together.
STATES: Final = ("Ibex", "Jackal", "Koala", "Lynx", "Marten", "Quail", "Raven")
FARM: Final = ("Narwhal", "Ocelot")
# Printers with Klipper, for each test that leaves objects out.
OBJECTS: Final = ("Sparrow", "Titmouse", "Vulture", "Wren")
# One whose alert is answered by somebody who is no administrator.
ALERTED: Final = "Xerus"
# The printer that has printed before.
PAST: Final = "Pangolin"
# One with a file that has a long name, one that never prints, and one with Klipper.
LONG_NAMED: Final = "Serval"
IDLE: Final = "Tapir"
KLIPPER: Final = "Urial"
# Long enough for a time-lapse and for several frames to judge.
HOOK: Final = Job(
    path="coat_hook.gcode", seconds=660, layers=45, size=1_204_112, filament=2150.0
)

# Long enough for whatever a test looks at; nothing of it passes by itself.
VASE: Final = Job(
    path="vase.gcode", seconds=3600, layers=120, size=2_310_775, filament=4210.0
)

BRACKET: Final = replace(
    VASE, path="Cable_duct_bracket_for_the_desk_left_v12_PETG_0.2mm_MK4_2h14m.gcode"
)

# Home Assistant's picker shows a picture of its own cards that it has from there.
# Whatever of ours is wider than the screen, in whichever shadow; borders may round up.
_STICKING_OUT: Final = """() => {
  const all = (root) => [...root.querySelectorAll("*")].flatMap((element) =>
    [element, ...(element.shadowRoot ? all(element.shadowRoot) : [])]);
  return all(document)
    .filter(({ localName }) => localName.startsWith("obico-"))
    .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
    .map(({ localName }) => localName);
}"""

_PICKER: Final = "https://demo.home-assistant.io/stub_config/"

_PATIENCE: Final = 20.0
_STEP: Final = 0.1
_TRIES: Final = 3
_PATIENCE_FOR_CHOICE: Final = 3.0


@dataclass(frozen=True, kw_only=True)
class Screen:
    """What somebody looks at Home Assistant with."""

    width: int
    height: int
    is_dark: bool = False
    is_touched: bool = False
    language: str = "en"


WIDE: Final = Screen(width=1280, height=900)


@dataclass(frozen=True, kw_only=True)
class House:
    """A home, its account, and its printers by name: each test has its own."""

    home: Home
    account: Account
    printers: dict[str, Printer]
    past: tuple[Print, ...] = ()
    """The prints of the printer that has printed before."""

    async def device_id(self, name: str) -> str:
        """Return the id of a device."""
        names = await self.home.client.device_names()
        return next(key for key, value in names.items() if value == name)

    async def card(self, name: str, **more: str) -> JsonObject:
        """Return the configuration of a printer's card."""
        return {
            "type": "custom:obico-printer-card",
            "device_id": await self.device_id(name),
            **more,
        }

    async def config_of(self, path: str) -> JsonObject:
        """Return what is stored of a dashboard."""
        return as_object(
            await self.home.client.command("lovelace/config", url_path=path)
        )

    async def begin(self, name: str, job: Job = VASE) -> Agent:
        """Let a printer print."""
        agent = self.printers[name].agent
        agent.start_print(job)
        await self.until(lambda: agent.phase is Phase.PRINTING)
        return agent

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something is true of the server."""
        deadline = monotonic() + _PATIENCE
        while not condition():
            assert monotonic() < deadline, "it never came true"
            await asyncio.sleep(_STEP)


class Visitor:
    """Somebody with a browser that is signed in."""

    def __init__(self, context: BrowserContext, page: Page, url: str) -> None:
        """Note from now on what is asked for, and what goes wrong."""
        self.context = context
        self.page = page
        self.url = url
        self.problems: list[str] = []
        self.strangers: list[str] = []
        context.on("console", self._hear)
        context.on("weberror", self._note)
        context.on("request", self._look)

    def _hear(self, message: ConsoleMessage) -> None:
        where = message.location["url"].removeprefix(self.url)
        if message.type in ("error", "warning") and not where.startswith(_PICKER):
            self.problems.append(f"{message.type}: {message.text} ({where})")

    def _note(self, error: WebError) -> None:
        self.problems.append(f"uncaught: {error.error}")

    def _look(self, request: Request) -> None:
        if not request.url.startswith((f"{self.url}/", "data:", "blob:", _PICKER)):
            self.strangers.append(request.url)

    async def open(self, path: str) -> None:
        """Load a page of Home Assistant."""
        await self.page.goto(f"{self.url}{path}")

    async def choose_printer(self, editor: str, name: str) -> None:
        """Choose a printer in a visual editor.

        Home Assistant's list, just opened, misses a click now and then: who sees that
        nothing is chosen chooses again.
        """
        pickers = self.page.locator(editor).locator("ha-device-picker")
        item = self.page.locator("ha-combo-box-item").filter(has_text=name)
        for _ in range(_TRIES):
            await pickers.last.click()
            await item.click()
            deadline = monotonic() + _PATIENCE_FOR_CHOICE
            while monotonic() < deadline:
                if await pickers.evaluate_all("all => all.some(({value}) => value)"):
                    return
                await asyncio.sleep(_STEP)
        raise AssertionError("it was never chosen")

    def card(self, name: str) -> Locator:
        """Return the card of a printer."""
        return self.page.locator(CARD).filter(has_text=name)


def one_card(card: JsonObject) -> JsonObject:
    """Return the configuration of a dashboard with one card."""
    return {"views": [{"title": "Home", "cards": [card]}]}


async def sticking_out(page: Page) -> list[str]:
    """Return the elements of ours that are wider than the screen."""
    names: list[str] = await page.evaluate(_STICKING_OUT)
    return names
