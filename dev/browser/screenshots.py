"""`python -m dev.browser.screenshots`: take the pictures of docs/images."""

import asyncio
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
import sys
from tempfile import TemporaryDirectory
from typing import Final

from PIL import Image
from playwright.async_api import Browser, Page, StorageState

from .. import Account, Clock, Job, ObicoServer, Phase, Webcam
from .chromium import MISSING, chromium, find_chromium
from .home import home, signed_in
from .past import Past

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
    list(server.prints.values())[-1].need_alert_overwrite = True
    for name in ("hinge.gcode", "lamp_shade.gcode", "spool_holder.gcode"):
        account.add_cloud_file(name)
    voron.agent.start_print(CUBE)
    await past.advance(2000)
    prusa.agent.start_print(BENCHY)
    await past.advance(420)
    sovol.agent.start_print(VASE)
    await past.advance(330)
    return account, past


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
) -> None:
    """Take a picture of a page, or of one element of it."""
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
    await page.locator(whole or "obico-printer-card-content").first.wait_for()
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


async def main() -> None:
    """Take all pictures."""
    IMAGES.mkdir(exist_ok=True)
    server = ObicoServer(clock=Clock(datetime.now(UTC) - timedelta(seconds=_BEFORE)))
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
            view = f"/printers-3d/{devices['Prusa MK4']}"
            for path, name, size, dark, whole in (
                ("/printers-3d", "dashboard-light", (1280, 980), False, None),
                ("/printers-3d", "dashboard-dark", (1280, 980), True, None),
                ("/printers-3d", "dashboard-phone", _PHONE, False, None),
                (view, "dashboard-printer", (1280, 1120), False, None),
                (
                    "/printers-3d/review",
                    "dashboard-review",
                    (1280, 980),
                    False,
                    "obico-review-card",
                ),
                (
                    "/printers-3d/library",
                    "dashboard-library",
                    (1280, 980),
                    False,
                    "obico-library-card",
                ),
                ("/one-card", "card-full", (480, 1400), False, "obico-printer-card"),
            ):
                await take(
                    browser,
                    session,
                    it.url,
                    path,
                    name,
                    size=size,
                    dark=dark,
                    whole=whole,
                )


if __name__ == "__main__":
    if find_chromium() is None:
        sys.exit(MISSING)
    asyncio.run(main())
