"""`python -m dev.browser.screenshots [NAME …]`: take the pictures of docs/images, or some of them."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from io import BytesIO
import math
from pathlib import Path
from random import Random
import sys
from tempfile import TemporaryDirectory
from typing import Final, NotRequired, TypedDict

from PIL import Image, ImageDraw
from playwright.async_api import Browser, Page, StorageState

from .. import Account, Clock, Job, ObicoServer, Phase, Webcam
from ..agent.webcam import FILAMENTS
from ..command_line import help_if_wanted
from ..server.model import Prediction
from .chromium import MISSING, chromium, find_chromium
from .home import home, signed_in
from .past import Past, add_prints_of_a_year

IMAGES: Final = Path(__file__).parents[2] / "docs" / "images"

_COLORS: Final = 256
# The time that the printers need to reach the states of the pictures.
_BEFORE: Final = 4300
# The recorder of Home Assistant commits every 5 s.
_RECORDER_SECONDS: Final = 7
_PHONE: Final = (390, 844)

CUBE: Final = Job(
    path="voron_cube.gcode",
    seconds=3900,
    layers=150,
    size=3_204_112,
    filament=6150.0,
    tool=245.0,
    bed=105.0,
)
VASE: Final = Job(
    path="spiral_vase.gcode",
    seconds=900,
    layers=75,
    size=2_310_775,
    filament=4210.0,
    tool=215.0,
)
BENCHY: Final = Job(
    path="benchy.gcode",
    seconds=1500,
    layers=48,
    size=412_380,
    filament=3120.0,
    width=60,
    depth=31,
)


async def printers_at_work(server: ObicoServer) -> tuple[Account, Past]:
    """Bring each of an account's printers into a different state."""
    server.grace_frames = 2
    account = server.add_account()
    account.dh_balance = 42.0
    wide = [Webcam(stream_ratio="16:9")]
    prusa = account.add_printer("Prusa MK4", agent="octoprint", webcams=wide)
    voron = account.add_printer("Voron 2.4", agent="klipper", webcams=wide)
    sovol = account.add_printer("Sovol SV08", agent="klipper", webcams=wide)
    account.add_printer("Ender 3", agent="octoprint", webcams=wide)
    add_prints_of_a_year(prusa)
    past = Past(server, prusa)
    await past.advance(10)
    # The prints of its history.
    for seconds in (400, 700):
        prusa.agent.start_print(
            Job(
                path="coat_hook.gcode",
                seconds=seconds,
                layers=45,
                size=1_204_112,
                filament=2150.0,
            )
        )
        await past.advance(seconds + 120)
    # The server asks whether the longer one failed, which it has a time-lapse of.
    asked = list(server.prints.values())[-1]
    asked.need_alert_overwrite = True
    asked.predictions = doubtful(asked.predictions)
    for color, name in enumerate(
        ("hinge.gcode", "lamp_shade.gcode", "spool_holder.gcode")
    ):
        file = account.add_cloud_file(name)
        file.thumbnail1_url = server.media.put(
            f"thumbnails/{file.id}.png", partial(thumbnail, FILAMENTS[color])
        )
    voron.agent.start_print(CUBE)
    await past.advance(2000)
    prusa.agent.start_print(BENCHY)
    await past.advance(420)
    sovol.agent.start_print(VASE)
    await past.advance(330)
    return account, past


def doubtful(predictions: Sequence[Prediction]) -> list[Prediction]:
    """Return what the AI thinks of a print that looked like failing for a while."""
    random, middle = Random(3), len(predictions) * 0.6
    return [
        replace(
            each,
            normalized_p=0.12
            + random.uniform(0, 0.06)
            + 0.4 * math.exp(-(((number - middle) / len(predictions) / 0.1) ** 2)),
        )
        for number, each in enumerate(predictions)
    ]


def thumbnail(color: tuple[int, int, int]) -> bytes:
    """Draw a part as a slicer does."""
    image = Image.new("RGB", (96, 96), (236, 238, 241))
    draw = ImageDraw.Draw(image)
    light = tuple(min(each + 40, 255) for each in color)
    draw.polygon(((48, 18), (80, 34), (48, 50), (16, 34)), fill=light)
    draw.polygon(((16, 34), (48, 50), (48, 84), (16, 66)), fill=color)
    draw.polygon(
        ((48, 50), (80, 34), (80, 66), (48, 84)),
        fill=tuple(each * 3 // 4 for each in color),
    )
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


async def fail(server: ObicoServer, account: Account) -> None:
    """Let one print fail, and disconnect one printer."""
    sovol, ender = (
        next(each for each in server.printers.values() if each.name == name)
        for name in ("Sovol SV08", "Ender 3")
    )
    sovol.agent.fail(rise=0.14)
    while sovol.agent.phase is not Phase.PAUSED:
        await server.advance(5)
        await asyncio.sleep(0.05)
    ender.agent.go_offline()
    await server.advance(20)


async def take(
    browser: Browser,
    session: StorageState,
    url: str,
    path: str,
    name: str,
    *,
    size: tuple[int, int],
    dark: bool = False,
    whole: str | None = None,
    titles: Sequence[str] = (),
) -> None:
    """Take a picture of a page, or of one element of it.

    `titles` are clicked one after the other, in Home Assistant's media browser.
    """
    context = await browser.new_context(
        storage_state=session,
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if dark else "light",
        device_scale_factor=1.5,
        locale="en-US",
        reduced_motion="reduce",
    )
    page = await context.new_page()
    await page.goto(f"{url}{path}")
    for title in titles:
        await page.locator(".child .title").filter(has_text=title).first.click()
    await page.locator(whole or "obico-printer-card-content").first.wait_for()
    # Nothing is to show a tooltip.
    await page.mouse.move(0, 0)
    await _settle(page)
    picture = (
        await page.locator(whole).first.screenshot()
        if whole
        else await page.screenshot()
    )
    await context.close()
    save(picture, IMAGES / f"{name}.png")


async def _settle(page: Page) -> None:
    """Wait until everything is loaded, including pictures."""
    await page.wait_for_load_state("networkidle")
    await page.evaluate("document.fonts.ready.then(() => true)")
    # Animations, for example those of graphs.
    await page.wait_for_timeout(2500)


def save(picture: bytes, file: Path) -> None:
    """Write a picture with a reduced palette: it looks the same at a third of the size."""
    with Image.open(BytesIO(picture)) as image:
        small = image.convert("RGB").quantize(
            _COLORS,
            method=Image.Quantize.MEDIANCUT,
            kmeans=3,
            dither=Image.Dither.NONE,
        )
    small.save(file, optimize=True)
    print(f"{file.relative_to(IMAGES.parents[1])}: {file.stat().st_size / 1024:.0f} kB")


async def _wait_for_recorder() -> None:
    """Wait until the recorder has written all states."""
    await asyncio.sleep(_RECORDER_SECONDS)


async def main(wanted: Collection[str]) -> None:
    """Take the pictures of these names, or all."""
    IMAGES.mkdir(exist_ok=True)
    server = ObicoServer(clock=Clock(datetime.now(UTC) - timedelta(seconds=_BEFORE)))
    known = [picture["name"] for picture in pictures("", server)]
    if unknown := set(wanted).difference(known):
        sys.exit(
            f"no picture is called {', '.join(sorted(unknown))}; there are {', '.join(known)}"
        )
    account, past = await printers_at_work(server)
    with TemporaryDirectory(prefix="obico-screenshots-") as folder:
        async with home(server, Path(folder)) as it, chromium() as browser:
            await it.add(account)
            await fail(server, account)
            await _wait_for_recorder()
            past.record(
                Path(folder),
                {
                    "tool0 actual": "sensor.prusa_mk4_nozzle_temperature",
                    "tool0 target": "number.prusa_mk4_nozzle_target",
                    "bed actual": "sensor.prusa_mk4_bed_temperature",
                    "bed target": "number.prusa_mk4_bed_target",
                },
            )
            devices = {
                name: key for key, name in (await it.client.device_names()).items()
            }
            await it.add_dashboard(
                "printers-3d",
                {"strategy": {"type": "custom:obico"}},
                title="3D printers",
                icon="mdi:printer-3d",
            )
            cards = [
                {
                    "type": "custom:obico-printer-card",
                    "device_id": devices[name],
                    **more,
                }
                for name, more in (
                    ("Voron 2.4", {}),
                    ("Prusa MK4", {"layout": "compact"}),
                )
            ]
            await it.add_dashboard(
                "one-card",
                {"views": [{"cards": cards}]},
                title="Cards",
                icon="mdi:cards",
            )
            server.run()
            session = await signed_in(browser, it.url)
            for picture in pictures(devices["Prusa MK4"], server):
                if wanted and picture["name"] not in wanted:
                    continue
                await take(browser, session, it.url, **picture)


class Picture(TypedDict):
    """What is taken a picture of, see `take`."""

    path: str
    name: str
    size: tuple[int, int]
    dark: NotRequired[bool]
    whole: NotRequired[str]
    titles: NotRequired[Sequence[str]]


def pictures(device: str, server: ObicoServer) -> list[Picture]:
    """Return all pictures; one printer stands for all in those of printers."""
    wide, dashboard = (1280, 980), "/printers-3d"
    view = f"{dashboard}/{device}"
    host = server.url.removeprefix("http://")
    month = f"{server.clock.now():%Y-%m}"
    return [
        {"path": dashboard, "name": "dashboard-light", "size": wide},
        {"path": dashboard, "name": "dashboard-dark", "size": wide, "dark": True},
        {"path": dashboard, "name": "dashboard-phone", "size": _PHONE},
        {"path": view, "name": "dashboard-printer", "size": (1280, 1120)},
        {
            "path": view,
            "name": "dashboard-statistics",
            "size": (1280, 2200),
            "whole": "hui-grid-section:has(hui-statistics-graph-card)",
        },
        {
            "path": f"{dashboard}/review",
            "name": "dashboard-review",
            "size": wide,
            "whole": "obico-review-card",
        },
        {
            "path": f"{dashboard}/library",
            "name": "dashboard-library",
            "size": wide,
            "whole": "obico-library-card",
        },
        {
            "path": "/media-browser/browser/app%2Cmedia-source%3A%2F%2Fobico",
            "name": "media",
            "size": (1280, 700),
            "whole": "ha-media-player-browse",
            "titles": (host, "Prusa MK4", month),
        },
        {
            "path": "/calendar",
            "name": "calendar",
            "size": (1280, 860),
            "whole": "ha-panel-calendar",
        },
        {
            "path": "/one-card",
            "name": "card-full",
            "size": (480, 1400),
            "whole": "obico-printer-card",
        },
    ]


if __name__ == "__main__":
    help_if_wanted("screenshots")
    if find_chromium() is None:
        sys.exit(MISSING)
    asyncio.run(main(sys.argv[1:]))
