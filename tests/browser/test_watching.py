"""What somebody sees of a webcam without live video: pictures that move, and stop."""

import asyncio
from contextlib import suppress
import re
from time import monotonic
from typing import Final

from playwright.async_api import Error, Locator, expect

from dev import Webcam

from .support import House, Visitor, one_card

NAME: Final = "Gecko"
# In ms. The agent is asked twice for live video, five seconds each.
_PATIENCE: Final = 60_000
# Seconds, in which at least one more picture comes while somebody watches.
_MOMENT: Final = 2.5
_DEADLINE: Final = 40.0
_STREAM: Final = re.compile(r"/api/camera_proxy_stream/")


async def assert_moving(picture: Locator) -> None:
    """Look until something else is seen."""
    deadline = monotonic() + _DEADLINE
    seen: set[bytes] = set()
    while len(seen) < 2:
        assert monotonic() < deadline, "it stands still"
        # While it begins, an element may be replaced as its picture is taken.
        with suppress(Error):
            seen.add(await picture.screenshot())
        await asyncio.sleep(0.2)


async def until_still(house: House) -> None:
    """Wait until the agent is asked for no more pictures."""
    fetched = house.printers[NAME].agent.fetched
    deadline = monotonic() + _DEADLINE
    asked = -1
    while asked != len(fetched):
        assert monotonic() < deadline, "it goes on"
        asked = len(fetched)
        await asyncio.sleep(_MOMENT)


async def shown(house: House, visitor: Visitor, path: str) -> Locator:
    """Open a dashboard with the printer's card, and return its camera."""
    await house.home.add_dashboard(path, one_card(await house.card(NAME)))
    await visitor.open(f"/{path}")
    return visitor.card(NAME).locator("obico-printer-camera")


async def test_pictures_move_in_the_card_while_it_is_seen(
    house: House, visitor: Visitor
) -> None:
    camera = await shown(house, visitor, "of-pictures")
    await camera.get_by_role(
        "button", name=f"Moving pictures {NAME}", exact=True
    ).click()
    picture = camera.locator("img")
    await expect(picture).to_have_attribute("src", _STREAM)
    await assert_moving(picture)

    await camera.evaluate("element => (element.style.display = 'none')")
    await until_still(house)
    await camera.evaluate("element => (element.style.display = '')")
    await assert_moving(picture)

    await camera.get_by_role("button", name="Stop moving pictures").click()
    await until_still(house)


async def test_where_the_agent_does_not_stream_the_card_says_so_and_pictures_move(
    house: House, visitor: Visitor
) -> None:
    """Its Janus is not there, although it tells of a stream."""
    agent = house.printers[NAME].agent
    agent.webcams = (Webcam(),)
    agent.report()
    camera = await shown(house, visitor, "of-video")
    await camera.get_by_role("button", name="Live video").click()
    await expect(camera).to_contain_text(
        "the printer's agent does not answer", timeout=_PATIENCE
    )
    picture = camera.locator("img")
    await expect(picture).to_have_attribute("src", _STREAM, timeout=_PATIENCE)
    await assert_moving(picture)
    assert len(house.home.server.janus_sockets) == 0
    await camera.get_by_role("button", name="Stop").click()
    await until_still(house)


async def test_pictures_move_in_home_assistants_own_view_as_long_as_it_is_open(
    house: House, visitor: Visitor
) -> None:
    camera = await shown(house, visitor, "of-webcam")
    await camera.get_by_role("button", name=f"Picture of {NAME}").click()
    picture = visitor.page.locator("more-info-camera").locator("img")
    await expect(picture).to_have_attribute("src", _STREAM, timeout=_PATIENCE)
    await assert_moving(picture)
    await visitor.page.keyboard.press("Escape")
    await expect(picture).to_have_count(0)
    await until_still(house)
