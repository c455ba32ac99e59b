"""How the dashboard is laid out and read: one printer and many, on all screens, in several languages."""

from collections.abc import AsyncIterator
from dataclasses import replace
import re
from typing import Final

from playwright.async_api import FloatRect, Locator, expect
import pytest

from dev import Phase
from dev.browser.accessibility import violations
from dev.json_types import JsonObject

from .support import (
    BRACKET,
    CARD,
    IDLE,
    KLIPPER,
    LONG_NAMED,
    PAST,
    House,
    Screen,
    Visitor,
    one_card,
)

_PHONE: Final = Screen(width=390, height=844, is_touched=True)
_TABLET: Final = Screen(width=820, height=1180, is_touched=True)
_WIDE: Final = Screen(width=1600, height=1000)
# German and French have the longest words; Arabic runs the other way.
_SCREENS: Final = tuple(
    pytest.param(
        screen, id=f"{screen.width}-{screen.language}-{'dark' * screen.is_dark}"
    )
    for screen in (
        replace(_PHONE, language="de"),
        replace(_PHONE, language="fr", is_dark=True),
        replace(_TABLET, language="fr"),
        replace(_TABLET, language="de", is_dark=True),
        replace(_WIDE, language="de"),
        replace(_WIDE, language="fr", is_dark=True),
        replace(_PHONE, language="ar"),
        replace(_WIDE, language="ar", is_dark=True),
    )
)

_ONE: Final = "only-one"
_FARM: Final = "all-of-the-farm"

# All elements below the shadow roots of the integration's own elements.
_OURS: Final = """
  const all = (root) => [...root.querySelectorAll("*")].flatMap((element) =>
    [element, ...(element.shadowRoot ? all(element.shadowRoot) : [])]);
  const hosts = all(document).filter(({ localName }) => localName.startsWith("obico-"));
  const ours = hosts.flatMap(({ shadowRoot }) => [...(shadowRoot?.querySelectorAll("*") ?? [])]);
  const box = (element) => element.getBoundingClientRect();
  const isShown = (element) => box(element).width > 0 && box(element).height > 0;
"""
_STICKING_OUT: Final = f"""() => {{{_OURS}
  return [...hosts, ...ours]
    .filter((each) => isShown(each) && !each.closest(".sr"))
    .filter((each) => box(each).right > innerWidth + 1 || box(each).left < -15)
    .map(({{ localName, className }}) => `${{localName}}.${{className}}`);
}}"""
# What can be touched and is smaller than a finger.
_TOO_SMALL: Final = f"""() => {{{_OURS}
  return ours
    .filter((each) => each.matches("button, a, select, summary, label:has(input)") && isShown(each))
    .filter((each) => box(each).width < 44 || box(each).height < 44)
    .map(({{ localName, className, innerText }}) => `${{localName}}.${{className}} ${{innerText}}`);
}}"""
# Buttons whose words take more than one line, and rows whose buttons stand one below another.
_WRAPPED: Final = f"""() => {{{_OURS}
  const buttons = ours.filter((each) => each.matches("button.action") && isShown(each));
  const rows = hosts.filter(({{ localName }}) => localName === "obico-printer-controls");
  return [
    ...buttons.filter((each) => box(each).height > 48 && each.innerText.trim()).map(({{ innerText }}) => innerText),
    ...rows.filter(({{ shadowRoot }}) =>
      new Set([...shadowRoot.children].map((each) => box(each).top)).size > 1
    ).map(() => "one below another"),
  ];
}}"""
# Pictures with bars beside them.
_LETTERBOXED: Final = f"""() => {{{_OURS}
  return hosts
    .filter(({{ localName, attributes }}) => localName === "obico-printer-camera" && !("thumb" in attributes))
    .flatMap(({{ shadowRoot }}) => [...shadowRoot.querySelectorAll("img")])
    .filter((each) => isShown(each) && each.naturalWidth > 0)
    .filter((each) => {{
      const {{ width, height }} = box(each.getRootNode().host);
      return Math.abs(width / height - each.naturalWidth / each.naturalHeight) > 0.05;
    }}).length;
}}"""
# Dots that separate nothing: at the start of a line, but not cut off.
_DANGLING: Final = f"""() => {{{_OURS}
  return ours
    .filter((each) => each.matches(".facts > div"))
    .flatMap((line) => {{
      const lines = Map.groupBy([...line.children], (each) => Math.round(box(each).top));
      const clip = box(line.parentElement);
      const isMirrored = getComputedStyle(line).direction === "rtl";
      return [...lines.values()].map(([first]) =>
        isMirrored ? box(first).right - clip.right : clip.left - box(first).left);
    }})
    .filter((outside) => outside < 13).length;
}}"""
# Names of files that run into what stands beside them.
_OVERFLOWING: Final = f"""() => {{{_OURS}
  return ours
    .filter((each) => each.matches(".file") && isShown(each))
    .filter((each) => box(each.lastElementChild).right > box(each).right + 1)
    .map(({{ innerText }}) => innerText);
}}"""


@pytest.fixture(scope="module")
async def layout(house: House) -> AsyncIterator[None]:
    """Have a printer at work on a file with a long name, and the dashboards of one and of all."""
    agent = await house.begin(LONG_NAMED, BRACKET)
    for path, choice in (
        (_ONE, {"printers": [await house.device_id(LONG_NAMED)]}),
        (_FARM, {}),
    ):
        await house.home.add_dashboard(
            path, {"strategy": {"type": "custom:obico", **choice}}
        )
    yield
    agent.cancel()
    await house.until(lambda: agent.phase is Phase.IDLE)


async def is_well_laid_out(visitor: Visitor) -> None:
    """Expect that nothing is cut off, wrapped, letterboxed, too small or hard to read."""
    page = visitor.page
    assert await page.evaluate(_STICKING_OUT) == []
    assert await page.evaluate(_WRAPPED) == []
    assert await page.evaluate(_OVERFLOWING) == []
    assert await page.evaluate(_LETTERBOXED) == 0
    assert await page.evaluate(_DANGLING) == 0
    if await page.evaluate("matchMedia('(pointer: coarse)').matches"):
        assert await page.evaluate(_TOO_SMALL) == []
    assert await violations(page) == []


async def open_one(visitor: Visitor) -> Locator:
    """Open the dashboard of a single printer, and return its temperatures once they are there."""
    await visitor.open(f"/{_ONE}")
    temperatures = visitor.page.locator("obico-printer-temperatures").first
    await expect(temperatures.get_by_role("button").first).to_be_visible()
    return temperatures


async def box_of(locator: Locator) -> FloatRect:
    """Return where an element is."""
    found = await locator.bounding_box()
    assert found is not None
    return found


@pytest.mark.usefixtures("layout")
@pytest.mark.parametrize("visitor", _SCREENS, indirect=True)
async def test_the_view_of_the_only_printer_is_the_dashboard(visitor: Visitor) -> None:
    page = visitor.page
    await visitor.open(f"/{_ONE}")
    card, controls = page.locator(CARD), page.locator("obico-controls-card")
    await expect(card).to_have_count(1)
    await expect(card.get_by_role("progressbar")).to_be_visible()
    await expect(controls.get_by_role("slider")).to_have_count(3)
    # What is further down is loaded when it is seen.
    await expect(page.locator("obico-prints-card")).to_be_attached()
    pause = card.locator("obico-printer-controls .pause button")
    await expect(pause).to_contain_text(LONG_NAMED)
    await is_well_laid_out(visitor)

    # The end of the file's name tells more than its middle.
    start, end = (card.locator(".file span").nth(index) for index in (0, 1))
    await expect(end).to_have_text("_2h14m.gcode")
    assert await end.evaluate(
        "({scrollWidth, clientWidth}) => scrollWidth <= clientWidth"
    )
    assert await start.evaluate(
        "({scrollWidth, clientWidth}) => scrollWidth > clientWidth"
    )

    first, second = await box_of(card), await box_of(controls)
    width = await page.evaluate("innerWidth")
    if width == _WIDE.width:
        # Groups stand side by side.
        assert second["y"] < first["y"] + first["height"]
    else:
        assert second["y"] > first["y"] + first["height"] - 1
    # A finger that wants to pause does not cancel.
    cancel = await box_of(card.locator("obico-printer-controls .cancel button"))
    stop = await box_of(pause)
    between = max(
        cancel["x"] - stop["x"] - stop["width"],
        stop["x"] - cancel["x"] - cancel["width"],
    )
    assert between >= (12 if width == _WIDE.width else 20)


@pytest.mark.usefixtures("layout")
@pytest.mark.parametrize("visitor", _SCREENS, indirect=True)
async def test_a_farm_is_laid_out_by_need(house: House, visitor: Visitor) -> None:
    page = visitor.page
    await visitor.open(f"/{_FARM}/overview")
    await expect(page.locator(CARD)).to_have_count(len(house.printers))
    card = page.locator(CARD).filter(has_text=LONG_NAMED)
    await expect(card.get_by_role("progressbar")).to_be_visible()
    await is_well_laid_out(visitor)


@pytest.mark.usefixtures("layout")
@pytest.mark.parametrize(
    "visitor",
    [replace(_WIDE, language="ar"), replace(_PHONE, language="ar")],
    indirect=True,
)
async def test_what_runs_from_right_to_left_is_mirrored(visitor: Visitor) -> None:
    page = visitor.page
    await visitor.open(f"/{_FARM}/overview")
    card = page.locator(CARD).filter(has_text=LONG_NAMED)
    progress = card.get_by_role("progressbar")
    await expect(progress).to_be_visible()
    # The arrow points to where the link leads, and the bar grows from the right.
    arrow = card.locator("h2 ha-icon")
    assert await arrow.evaluate("(icon) => getComputedStyle(icon).transform") == (
        "matrix(-1, 0, 0, 1, 0, 0)"
    )
    assert await progress.evaluate(
        "(bar) => bar.getBoundingClientRect().right - bar.firstElementChild.getBoundingClientRect().right"
    ) == pytest.approx(0, abs=1)
    # The name of the file still begins at its left, and its end is last.
    start, end = [
        await box_of(card.locator(".file span").nth(index)) for index in (0, 1)
    ]
    assert start["x"] < end["x"]
    # Without a translation, all of a sentence is English, and nothing of it runs the other way.
    await expect(card.locator("obico-printer-job .facts")).to_contain_text(
        re.compile(r"\d (min|mins|hr) left")
    )
    # Directions of the machine are no directions of writing.
    await visitor.open(f"/{_FARM}")
    await card.get_by_role("link").click()
    await expect(
        page.locator("obico-controls-card").get_by_role("slider")
    ).to_have_count(3)
    # What begins with a number still begins with it.
    when = page.locator("obico-events-card time").first
    assert await when.evaluate("(it) => getComputedStyle(it).direction") == "ltr"


@pytest.mark.usefixtures("layout")
@pytest.mark.parametrize("visitor", [_WIDE], indirect=True)
async def test_buttons_and_progress_are_seen_without_the_colours_of_the_theme(
    visitor: Visitor,
) -> None:
    """With forced colours, as of Windows' contrast themes, all backgrounds are the same."""
    page = visitor.page
    await page.emulate_media(forced_colors="active")
    await visitor.open(f"/{_FARM}/overview")
    active = page.get_by_role("button", name="Active 1")
    idle = page.locator("obico-farm-bar").get_by_role("button", name="Idle")
    await active.click()
    look = "(it) => [getComputedStyle(it).borderStyle, getComputedStyle(it).backgroundColor]"
    (border, pressed), (_, released) = [
        await button.evaluate(look) for button in (active, idle)
    ]
    assert border == "solid"
    assert pressed != released
    progress = page.get_by_role("progressbar")
    assert (await progress.evaluate(look))[0] == "solid"
    assert (await progress.locator("div").evaluate(look))[1] != released


@pytest.mark.usefixtures("layout")
@pytest.mark.parametrize("visitor", [_PHONE], indirect=True)
async def test_letters_of_twice_the_size_stay_within_their_card(
    visitor: Visitor,
) -> None:
    page = visitor.page
    temperatures = await open_one(visitor)
    await page.add_style_tag(content="html { --ha-font-size-scale: 2 !important }")
    for part in await temperatures.get_by_role("button").all():
        # Letters grow by and by.
        await expect(part).to_have_css("font-size", "28px")
        inside = "(it) => it.scrollWidth <= it.clientWidth + 1"
        assert await part.evaluate(inside)
    assert await page.evaluate(_STICKING_OUT) == []
    # The word of an event does not run into its time, which may stand below it.
    for event in await page.locator("obico-events-card li").all():
        what, when = [await box_of(event.locator(it)) for it in (".what", "time")]
        first = await box_of(event.locator(".what > span").first)
        if when["y"] < what["y"] + what["height"]:
            assert first["x"] + first["width"] <= when["x"] + 1
            assert what["x"] + what["width"] <= when["x"] + 1


@pytest.mark.parametrize("visitor", [_WIDE], indirect=True)
async def test_a_few_printers_leave_no_half_of_the_screen_empty(
    house: House, visitor: Visitor
) -> None:
    page = visitor.page
    ids = [await house.device_id(name) for name in (IDLE, PAST)]
    await house.home.add_dashboard(
        "only-two", {"strategy": {"type": "custom:obico", "printers": ids}}
    )
    await visitor.open("/only-two")
    cards = page.locator(CARD)
    await expect(cards).to_have_count(2)
    await expect(cards.filter(has_text=PAST)).to_contain_text("coat_hook.gcode")
    every = await box_of(page.locator("obico-printers-card"))
    boxes = [await box_of(cards.nth(index)) for index in range(2)]
    assert sum(box["width"] for box in boxes) > 0.9 * every["width"]
    # Nor is a card stretched to the height of its neighbour.
    heights = await cards.evaluate_all(
        "(cards) => cards.map(({ shadowRoot }) => shadowRoot.querySelector('ha-card').getBoundingClientRect().height)"
    )
    assert heights[0] != heights[1]
    await is_well_laid_out(visitor)


@pytest.mark.usefixtures("layout")
@pytest.mark.parametrize("visitor", [_TABLET], indirect=True)
async def test_a_card_stands_directly_below_the_one_before(
    house: House, visitor: Visitor
) -> None:
    ids = [await house.device_id(name) for name in (LONG_NAMED, IDLE, PAST)]
    await house.home.add_dashboard(
        "only-three", {"strategy": {"type": "custom:obico", "printers": ids}}
    )
    await visitor.open("/only-three")
    cards = visitor.page.locator(CARD)
    # The one that prints is the first, and the highest.
    await expect(cards.first).to_contain_text(LONG_NAMED)
    await expect(cards.first.get_by_role("button", name="Pause")).to_be_visible()
    await expect(cards.filter(has_text=PAST)).to_contain_text("coat_hook.gcode")
    high, second, third = [await box_of(cards.nth(index)) for index in range(3)]
    assert third["x"] == second["x"] > high["x"]
    assert 0 < third["y"] - (second["y"] + second["height"]) < 10
    await is_well_laid_out(visitor)


@pytest.mark.parametrize("visitor", [_WIDE], indirect=True)
async def test_the_picture_of_a_printer_that_is_idle_is_as_large_as_its_view_has_room(
    house: House, visitor: Visitor
) -> None:
    page = visitor.page
    device_id = await house.device_id(IDLE)
    await house.home.add_dashboard(
        "only-idle", {"strategy": {"type": "custom:obico", "printers": [device_id]}}
    )
    await visitor.open("/only-idle")
    await expect(
        page.locator("obico-controls-card").get_by_role("slider")
    ).to_have_count(3)
    card, picture, controls = [
        await box_of(page.locator(which).first)
        for which in (CARD, "obico-printer-camera", "obico-controls-card")
    ]
    assert picture["width"] > 0.95 * card["width"]
    # Beside the controls, less than a third of the height is empty.
    assert card["height"] > 0.67 * controls["height"]
    await is_well_laid_out(visitor)


@pytest.mark.usefixtures("layout")
@pytest.mark.parametrize("visitor", [_WIDE], indirect=True)
async def test_the_card_of_a_print_is_about_as_high_as_its_picture(
    visitor: Visitor,
) -> None:
    """All parts stand beside it, so that neither half of the card is empty."""
    page = visitor.page
    await open_one(visitor)
    card, picture, right = [
        await box_of(page.locator(which).first)
        for which in (CARD, "obico-printer-camera", "obico-printer-temperatures")
    ]
    assert right["x"] >= picture["x"] + picture["width"]
    assert picture["height"] > 0.8 * card["height"]
    assert right["y"] + right["height"] > card["y"] + 0.8 * card["height"]


@pytest.mark.usefixtures("layout")
@pytest.mark.parametrize("visitor", [_PHONE], indirect=True)
async def test_printers_whose_names_differ_at_the_end_are_told_apart(
    house: House, visitor: Visitor
) -> None:
    page = visitor.page
    name = "Ender 3 S1 Pro left number 12"
    await house.home.add_dashboard(
        "long-named",
        one_card(await house.card(LONG_NAMED, layout="compact") | {"name": name}),
    )
    await visitor.open("/long-named")
    await expect(page.get_by_role("button", name="Pause")).to_be_visible()
    heading = page.locator(CARD).get_by_role("heading").locator("bdi")
    assert await heading.inner_text() == name
    assert await heading.evaluate("(it) => it.scrollHeight <= it.clientHeight + 1")
    await is_well_laid_out(visitor)


@pytest.mark.usefixtures("layout")
@pytest.mark.parametrize("visitor", [_PHONE], indirect=True)
async def test_a_long_status_goes_below_a_name_that_it_leaves_no_room_for(
    house: House, visitor: Visitor
) -> None:
    page = visitor.page
    await house.home.add_dashboard("long-status", one_card(await house.card(IDLE)))
    await visitor.open("/long-status")
    head = page.locator(CARD).locator(".head")
    status = head.locator(".status span").first
    name = head.get_by_role("heading").locator("bdi")
    beside = await box_of(status)
    # It is that of a printer that waits for its user, in a language with long words.
    await status.evaluate(
        "(it) => it.textContent = 'Something to do at the printer now'"
    )
    below, heading = await box_of(status), await box_of(name)
    assert below["y"] > beside["y"]
    assert below["y"] >= heading["y"] + heading["height"] - 1
    assert await name.evaluate(
        "(it) => it.clientHeight < 1.5 * parseFloat(getComputedStyle(it).lineHeight)"
    )
    await is_well_laid_out(visitor)


@pytest.mark.usefixtures("layout")
@pytest.mark.parametrize("visitor", [replace(_PHONE, language="de")], indirect=True)
async def test_cards_of_half_a_section_can_be_read_and_touched(
    house: House, visitor: Visitor
) -> None:
    """Two of them stand side by side on a phone."""
    page = visitor.page
    half: JsonObject = {"grid_options": {"columns": 6}}
    cards: list[JsonObject] = [
        {**await house.card(LONG_NAMED), **half},
        {**await house.card(LONG_NAMED, layout="compact"), **half},
    ]
    section: JsonObject = {"type": "grid", "cards": cards}
    await house.home.add_dashboard(
        "two-halves", {"views": [{"type": "sections", "sections": [section]}]}
    )
    await visitor.open("/two-halves")
    shown = page.locator(CARD)
    await expect(shown).to_have_count(2)
    events = shown.locator("obico-printer-events li")
    await expect(events.first).to_be_visible()
    full, compact = [await box_of(shown.nth(index)) for index in (0, 1)]
    assert full["y"] == compact["y"]
    for card in await shown.all():
        # No letter of a name stands alone in its line.
        name = card.get_by_role("heading").locator("bdi").first
        assert (await box_of(name))["height"] < 24
        whole = "(all) => all.every((it) => it.scrollWidth <= it.clientWidth + 1)"
        assert await card.locator("button.action").evaluate_all(whole)
    assert (await box_of(events.first.locator(".what")))["width"] > 80
    assert await page.evaluate(_TOO_SMALL) == []
    assert await violations(page) == []


@pytest.mark.usefixtures("layout")
@pytest.mark.parametrize(
    "visitor", [_PHONE, replace(_WIDE, is_dark=True)], indirect=True
)
async def test_several_are_chosen_wherever_they_stand(
    house: House, visitor: Visitor
) -> None:
    page = visitor.page
    await visitor.open(f"/{_FARM}/overview")
    await page.get_by_role("button", name="Select several").click()
    for name in (LONG_NAMED, IDLE):
        await page.get_by_role("checkbox", name=f"Select {name}").check()
    await page.get_by_role(
        "checkbox", name=f"Select {IDLE}"
    ).scroll_into_view_if_needed()
    pause = page.get_by_role("button", name="Pause (1)")
    await expect(pause).to_be_in_viewport(ratio=1)
    await is_well_laid_out(visitor)

    # To cool down is asked, too; what prints is left out.
    heater = house.printers[IDLE].agent.heaters["bed"]
    heater.target = 60.0
    await page.get_by_role("button", name="Cool down (1)").click()
    dialog = page.locator("dialog-box")
    await expect(dialog).to_contain_text(f"{IDLE}. Left out: {LONG_NAMED}")
    assert heater.target == 60.0
    await dialog.get_by_role("button", name="Cool down (1)").click()
    await house.until(lambda: heater.target == 0)


@pytest.mark.usefixtures("layout")
async def test_what_is_filtered_and_chosen_outlives_a_new_dashboard_and_a_detour(
    house: House, visitor: Visitor
) -> None:
    page = visitor.page
    await visitor.open(f"/{_FARM}/overview")
    farm_bar, cards = page.locator("obico-farm-bar"), page.locator(CARD)
    await farm_bar.get_by_role("button", name="Active 1").click()
    await expect(cards).to_have_count(1)
    await farm_bar.get_by_role("button", name="Select several").click()
    await farm_bar.get_by_role("button", name="Select all (1)").click()

    # As when a device is added, Home Assistant makes all of the dashboard anew.
    await page.locator("obico-printers-card").evaluate("(it) => { it.isOld = true; }")
    device_id = await house.device_id(IDLE)
    for name in ("Renamed", None):
        await house.home.client.command(
            "config/device_registry/update", device_id=device_id, name_by_user=name
        )
    await page.wait_for_function(f"""() => {{{_OURS}
      return hosts.some((it) => it.localName === "obico-printers-card" && !it.isOld);
    }}""")
    await expect(cards).to_have_count(1)
    await expect(farm_bar.get_by_role("button", name="Pause (1)")).to_be_visible()

    await cards.get_by_role("link").click()
    await expect(page.locator("obico-controls-card")).to_be_visible()
    await page.go_back()
    await expect(farm_bar).to_contain_text("1 selected")
    await expect(cards).to_have_count(1)


@pytest.mark.usefixtures("layout")
async def test_a_farm_is_sorted_by_what_ends_or_ended(visitor: Visitor) -> None:
    page = visitor.page
    await visitor.open(f"/{_FARM}/overview")
    first = page.locator(CARD).first.get_by_role("heading")
    order = page.locator("obico-farm-bar").get_by_role("combobox", name="Order")
    await order.select_option("Finished first")
    await expect(first).to_have_text(PAST)
    await order.select_option("Time left")
    await expect(page.locator(CARD).first.get_by_role("progressbar")).to_be_visible()


@pytest.mark.parametrize("visitor", [_PHONE], indirect=True)
async def test_speed_and_fan_are_set_and_klipper_is_stopped_without_their_entities(
    house: House, visitor: Visitor
) -> None:
    page = visitor.page
    agent = await house.begin(KLIPPER)
    device_id = await house.device_id(KLIPPER)
    await house.home.add_dashboard(
        "of-klipper", {"strategy": {"type": "custom:obico", "printers": [device_id]}}
    )
    await visitor.open("/of-klipper")
    controls = page.locator("obico-controls-card")
    fan = controls.get_by_role("slider", name="Fan speed")
    # What is further down is loaded when it is seen.
    await fan.scroll_into_view_if_needed()
    await expect(fan).to_have_attribute("aria-valuetext", "0 %")
    await expect(controls.get_by_role("slider", name="Feed rate")).to_have_value("100")
    await fan.fill("40")
    await house.until(lambda: agent.fan_speed == 0.4)
    await expect(fan).to_have_attribute("aria-valuetext", "40 %")
    await is_well_laid_out(visitor)

    await controls.get_by_role("button", name="Emergency stop").click()
    await controls.get_by_role("button", name="Press again to stop").click()
    assert agent.phase is Phase.PRINTING
    dialog = page.locator("dialog-box")
    await dialog.get_by_role("button", name="Emergency stop").click()
    await house.until(lambda: agent.phase is Phase.SHUTDOWN)


@pytest.mark.parametrize("visitor", [replace(_PHONE, is_dark=True)], indirect=True)
async def test_the_dialog_of_a_heater_can_be_read_and_touched(
    house: House, visitor: Visitor
) -> None:
    page = visitor.page
    await visitor.open(f"/yaml-printers/{await house.device_id(IDLE)}")
    await visitor.card(IDLE).get_by_role("button", name="Bed").click()
    await expect(page.get_by_role("dialog", name=f"Bed – {IDLE}")).to_be_visible()
    await is_well_laid_out(visitor)
