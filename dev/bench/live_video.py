"""The time from asking for live video in the card until the first picture moves."""

from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from playwright.async_api import Page

from .. import Clock, ObicoServer, Webcam
from ..browser.chromium import chromium
from ..browser.home import home, signed_in
from ..live_video import MISSING, RealJanus, find_media
from .results import Result

_ROUNDS: Final = 9
_QUICK_ROUNDS: Final = 3
_TIMEOUT_MS: Final = 60_000
_TARGETS: Final = {"h264_transcode": ("H.264", 0.3), "mjpeg_webrtc": ("MJPEG", 1.0)}

# Presses the button, and returns the seconds until a frame is drawn.
_PLAY: Final = """() => new Promise((shown) => {
  const all = (root) => [...root.querySelectorAll("*")].flatMap((element) =>
    [element, ...(element.shadowRoot ? all(element.shadowRoot) : [])]);
  const find = (selector) => all(document).find((element) => element.matches(selector));
  const began = performance.now();
  const look = () => {
    if (find("obico-live-video")?.shadowRoot.querySelector(".note.live")) {
      shown((performance.now() - began) / 1000);
    } else requestAnimationFrame(look);
  };
  find("obico-printer-camera").shadowRoot.querySelector("[aria-label^='Live video']").click();
  look();
})"""


async def measure(*, quick: bool) -> list[Result]:
    """Ask for the video of two printers, as often as is needed for a median."""
    programs = find_media()
    if programs is None:
        raise FileNotFoundError(MISSING)
    results = []
    for number, (mode, (name, target)) in enumerate(_TARGETS.items(), 1):
        server = ObicoServer(clock=Clock.from_real_time())
        account = server.add_account()
        # The number of a stream is that of its webcam, and the stream's in Janus.
        webcams = [Webcam(name=f"Webcam {each}", is_primary=False) for each in (1, 2)]
        webcams[number - 1] = Webcam(name="Webcam", stream_mode=mode)
        printer = account.add_printer("Voron", agent="klipper", webcams=webcams)
        await server.advance(30)
        with TemporaryDirectory(prefix="obico-bench-") as folder:
            janus = RealJanus(programs, printer, Path(folder))
            async with (
                home(server, Path(folder) / "home") as it,
                chromium() as browser,
            ):
                await it.add(account)
                server.run()
                await it.add_dashboard(
                    "live-video", {"strategy": {"type": "custom:obico"}}
                )
                context = await browser.new_context(
                    storage_state=await signed_in(browser, it.url),
                    viewport={"width": 1280, "height": 900},
                )
                await janus.start()
                async with janus.streams():
                    page = await context.new_page()
                    # The first round loads the code of the player.
                    taken = [
                        await _play(page, f"{it.url}/live-video")
                        for _ in range(1 + (_QUICK_ROUNDS if quick else _ROUNDS))
                    ]
                await janus.stop()
        results.append(
            Result.at_most(
                f"time to the first picture of live video in the card ({name})",
                median(taken[1:]),
                target,
                unit=" s",
                note=f"from the press of the button until a frame is drawn; {min(taken[1:]):.2f} to {max(taken[1:]):.2f} s; "
                f"the first time, with the code of the player: {taken[0]:.2f} s",
            )
        )
    return results


async def _play(page: Page, url: str) -> float:
    await page.goto(url)
    await page.get_by_role("button", name="Live video").wait_for(timeout=_TIMEOUT_MS)
    seconds = await page.evaluate(_PLAY)
    assert isinstance(seconds, float)
    return seconds
