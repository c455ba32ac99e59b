"""Past prints are watched and judged, files are uploaded and printed."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
import re
from typing import Final

from playwright.async_api import Browser, Locator, Page, Response, expect
import pytest

from dev import Phase
from dev.browser.accessibility import violations
from dev.browser.home import sign_in

from .support import HOOK, PAST, WIDE, House, Screen, Visitor, sticking_out

_PATH: Final = "past-prints"
# A printer that no test prints on.
_NEW: Final = "Marten"
# Home Assistant's media panel, where it shows what is ours.
_MEDIA: Final = "/media-browser/browser/app%2Cmedia-source%3A%2F%2Fobico"
_PHONE: Final = Screen(width=360, height=740, is_touched=True, is_dark=True)
_TABLET: Final = Screen(width=820, height=1180, is_touched=True)
_SCREENS: Final = (WIDE, replace(WIDE, width=1920, is_dark=True), _TABLET, _PHONE)

_PLAYS: Final = "video => !video.paused && video.currentTime > 0"
# Moves a video, and tells where it is once there is a picture of there.
_SEEK: Final = """video => new Promise((done) => {
  video.pause();
  video.addEventListener("seeked", () => done(video.currentTime), { once: true });
  video.currentTime = video.duration / 2;
})"""


@pytest.fixture(scope="module")
async def device_id(house: House) -> str:
    """Return the printer with a past; it has a dashboard of its own."""
    device_id = await house.device_id(PAST)
    await house.home.add_dashboard(
        _PATH, {"strategy": {"type": "custom:obico", "printers": [device_id]}}
    )
    return device_id


@pytest.fixture
async def guest(
    house: House, browser: Browser, visitor: Visitor
) -> AsyncIterator[Visitor]:
    """Somebody else who lives here, and is no administrator."""
    client = house.home.client
    user = await client.command(
        "config/auth/create", name="Guest", group_ids=["system-users"]
    )
    assert isinstance(user, dict)
    user_id = user["user"]["id"]
    await client.command(
        "config/auth_provider/homeassistant/create",
        user_id=user_id,
        username="guest",
        password="guest",
    )
    context = await browser.new_context(locale="en-US", service_workers="block")
    await sign_in(context, house.home.url, "guest", "guest")
    somebody = Visitor(context, await context.new_page(), house.home.url)
    yield somebody
    await context.close()
    await client.command("config/auth/delete", user_id=user_id)
    assert somebody.problems == []
    assert somebody.strangers == []


async def statistics_of(house: House) -> int:
    """Return how many statistics Home Assistant's recorder has from the integration."""
    known = await house.home.client.command("recorder/list_statistic_ids")
    assert isinstance(known, list)
    return sum(row["source"] == "obico" for row in known)


async def watch(page: Page, video: Locator) -> None:
    """See that a video plays, and that it can be moved."""
    parts: list[int] = []

    def note(response: Response) -> None:
        if "/video" in response.url or "/tagged_video" in response.url:
            parts.append(response.status)

    page.on("response", note)
    await expect(video).to_be_visible()
    handle = await video.element_handle()
    await page.wait_for_function(_PLAYS, arg=handle)
    assert await video.evaluate(_SEEK) > 0
    assert set(parts) <= {200, 206}


async def play_in_place(somebody: Visitor, device_id: str) -> None:
    """Play a time-lapse in the dashboard."""
    await somebody.open(f"/{_PATH}/{device_id}")
    prints = somebody.page.locator("obico-prints-card")
    await prints.scroll_into_view_if_needed()
    await expect(prints.locator("video")).to_have_count(0)
    await prints.get_by_role("button", name="Play the time-lapse").first.click()
    await watch(somebody.page, prints.locator("video"))


async def test_a_time_lapse_plays_where_its_poster_stands(
    device_id: str, visitor: Visitor
) -> None:
    await play_in_place(visitor, device_id)
    prints = visitor.page.locator("obico-prints-card")
    assert await violations(visitor.page) == []

    await prints.get_by_role("button", name="With the AI's marks").click()
    await watch(visitor.page, prints.locator("video"))
    await prints.get_by_role("button", name="Play the time-lapse").first.click()
    # One video at a time.
    await expect(prints.locator("video")).to_have_count(1)
    await prints.get_by_role("button", name="Close").click()
    await expect(prints.locator("video")).to_have_count(0)


async def test_somebody_who_is_no_administrator_watches_it_too(
    device_id: str, guest: Visitor
) -> None:
    await play_in_place(guest, device_id)

    await guest.open(f"/{_PATH}/library")
    library = guest.page.locator("obico-library-card")
    await expect(library.get_by_role("searchbox")).to_be_visible()
    await expect(library.get_by_role("button", name="Upload")).to_have_count(0)


async def test_a_time_lapse_plays_from_the_media_panel(
    house: House, device_id: str, visitor: Visitor
) -> None:
    page = visitor.page
    titles = page.locator(".child .title")
    await visitor.open(_MEDIA)
    host = house.home.server.url.removeprefix("http://")
    for title in (host, PAST, re.compile(r"\d{4}-\d\d"), HOOK.path, "Time-lapse"):
        await titles.filter(has_text=title).first.click()
    await watch(page, page.locator("video"))


@pytest.mark.parametrize(
    ("visitor", "heading", "titles"),
    [
        (WIDE, "Statistics", ("Prints", "Print time", "Filament")),
        (
            replace(_PHONE, language="de"),
            "Statistik",
            ("Drucke", "Druckzeit", "Filament"),
        ),
    ],
    indirect=["visitor"],
)
async def test_the_statistics_of_a_printer_are_shown_in_the_language_of_who_looks(
    house: House,
    device_id: str,
    visitor: Visitor,
    heading: str,
    titles: tuple[str, ...],
) -> None:
    page = visitor.page
    # The view is made once, of what has been imported by then.
    while await statistics_of(house) < len(titles):
        await asyncio.sleep(0.1)
    await visitor.open(f"/{_PATH}/{device_id}")
    section = page.locator("hui-grid-section").filter(
        has=page.locator("hui-heading-card").get_by_text(heading, exact=True)
    )
    graphs = section.locator("hui-statistics-graph-card")
    await expect(graphs).to_have_count(len(titles))
    await expect(graphs.locator(".card-header")).to_contain_text(titles)
    for graph in await graphs.all():
        await graph.scroll_into_view_if_needed()
        # What is drawn where there is nothing to draw is a text.
        await expect(graph.locator("statistics-chart ha-chart-base")).to_be_visible()
    # The last of an odd number fills its row.
    whole, last = await section.bounding_box(), await graphs.last.bounding_box()
    assert whole is not None
    assert last is not None
    assert last["width"] == pytest.approx(whole["width"], abs=1)
    assert await violations(page) == []


async def test_a_printer_that_has_never_printed_has_no_statistics(
    house: House, visitor: Visitor
) -> None:
    device_id = await house.device_id(_NEW)
    path = "never-printed"
    await house.home.add_dashboard(
        path, {"strategy": {"type": "custom:obico", "printers": [device_id]}}
    )
    await visitor.open(f"/{path}/{device_id}")
    # The view is made as a whole.
    await expect(visitor.page.locator("obico-prints-card")).to_be_visible()
    await expect(visitor.page.locator("hui-statistics-graph-card")).to_have_count(0)


@pytest.mark.parametrize("visitor", _SCREENS, indirect=True)
@pytest.mark.parametrize("view", ["review", "library"])
async def test_review_and_library_are_accessible(
    device_id: str, visitor: Visitor, view: str
) -> None:
    await visitor.open(f"/{_PATH}/{view}")
    card = visitor.page.locator(f"obico-{view}-card")
    said = "Did this print fail?" if view == "review" else "Newest first"
    await expect(card).to_contain_text(said)
    assert await sticking_out(visitor.page) == []
    assert await violations(visitor.page) == []


async def test_a_print_is_judged_with_the_keyboard(
    house: House, device_id: str, visitor: Visitor
) -> None:
    page = visitor.page
    job = next(job for job in house.past if job.need_alert_overwrite)
    frames = len(job.shots)
    await visitor.open(f"/{_PATH}/review")
    card = page.locator("obico-review-card")
    await expect(card).to_contain_text("Did this print fail?")
    await expect(card.locator("figure")).to_contain_text("Failure score")
    # As somebody would get there.
    await card.get_by_role("button", name="Next").focus()
    await page.keyboard.press("2")
    await house.until(lambda: job.alert_overwrite == "NOT_FAILED")
    await expect(card).to_contain_text(f"Picture 1 of {frames}")
    assert await violations(page) == []

    # Nothing is given to anybody before the box is ticked.
    await page.keyboard.press("1")
    consent = card.get_by_role("checkbox")
    await expect(consent).not_to_be_checked()
    assert all(shot.answer is None for shot in job.shots)
    assert job.access_consented_at is None
    await consent.focus()
    await page.keyboard.press("Space")
    for number in range(1, frames + 1):
        await expect(card).to_contain_text(f"Picture {number} of {frames}")
        await page.keyboard.press("1" if number == 1 else "2")
    await house.until(lambda: all(shot.answer for shot in job.shots))
    assert [shot.answer for shot in job.shots][:2] == ["LOOKS_BAD", "LOOKS_OK"]
    assert job.access_consented_at is not None


async def test_a_file_is_uploaded_by_drop_and_printed(
    house: House, device_id: str, visitor: Visitor
) -> None:
    page = visitor.page
    agent = house.printers[PAST].agent
    await visitor.open(f"/{_PATH}/library")
    library = page.locator("obico-library-card")
    await expect(library.get_by_role("button", name="Upload")).to_be_visible()
    files = await page.evaluate_handle(
        """() => {
          const files = new DataTransfer();
          files.items.add(new File(["G28\\nG1 X10\\n".repeat(5000)], "dropped part.gcode"));
          return files;
        }"""
    )
    card = library.locator("ha-card")
    await card.dispatch_event("dragover", {"dataTransfer": files})
    await expect(card).to_have_class("over")
    await card.dispatch_event("drop", {"dataTransfer": files})
    await expect(library.get_by_role("status").first).to_contain_text("Uploaded")
    await expect(library.locator("li .name")).to_contain_text(
        ["dropped part.gcode", "dropped part.gcode"]
    )
    assert await violations(page) == []

    await library.get_by_role("searchbox").fill("dropped")
    await library.get_by_role("button", name="Start print").first.click()
    dialog = library.get_by_role("dialog")
    await expect(dialog).to_contain_text(f"Is the bed of {PAST} empty")
    assert await violations(page) == []
    await dialog.get_by_role("button", name="Start print").click()
    await house.until(lambda: agent.phase is Phase.PRINTING)
    # Who prints cannot begin another print.
    await expect(
        library.get_by_role("button", name="Print dropped part.gcode")
    ).to_have_attribute("aria-disabled", "true")
    agent.cancel()
    await house.until(lambda: agent.phase is Phase.IDLE)


async def test_a_print_is_begun_again_once_the_bed_is_empty(
    house: House, device_id: str, visitor: Visitor
) -> None:
    page = visitor.page
    agent = house.printers[PAST].agent
    await visitor.open(f"/{_PATH}/{device_id}")
    prints = page.locator("obico-prints-card")
    await prints.scroll_into_view_if_needed()
    await prints.get_by_role("button", name="again").last.click()
    await expect(page.get_by_text(f"Is the bed of {PAST} empty")).to_be_visible()
    assert agent.phase is Phase.IDLE
    dialog = page.locator("dialog-box")
    await dialog.get_by_role("button", name="Start print").click()
    await house.until(lambda: agent.phase is Phase.PRINTING)
    agent.cancel()
    await house.until(lambda: agent.phase is Phase.IDLE)
