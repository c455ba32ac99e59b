"""The objects of a print: drawn as they lie on the bed, and left out after one question."""

from dataclasses import replace
from typing import Final

from playwright.async_api import Locator, expect
import pytest

from dev import KlipperAgent, PlateObject, square
from dev.browser.accessibility import violations

from .support import House, Screen, Visitor, one_card

_PHONE: Final = Screen(width=390, height=844, is_touched=True)
_WIDE: Final = Screen(width=1280, height=900)

_FOCUSED: Final = """() => {
  let found = document.activeElement;
  while (found?.shadowRoot?.activeElement) found = found.shadowRoot.activeElement;
  return found?.getAttribute("aria-label") ?? found?.innerText ?? "";
}"""
# Buttons of the dialog that are smaller than a finger.
_TOO_SMALL: Final = """(dialog) => [...dialog.querySelectorAll("button")]
  .map((button) => button.getBoundingClientRect())
  .filter(({ width, height }) => width < 44 || height < 44).length"""

_CLIPS: Final = [
    square("CLIP_GRÖSSE_1", 50, 60),
    square("CLIP_2", 90, 60, 30),
    square("A_VERY_LONG_NAME_OF_A_HOLDER_FOR_SPOOLS_ID_3_COPY_0.STL", 150, 120, 40),
    PlateObject(name="NO_OUTLINE", center=(60, 130), polygon=()),
]


async def begin(
    house: House, name: str, objects: list[PlateObject] | None = None
) -> KlipperAgent:
    """Let a printer print several objects."""
    agent = house.printers[name].agent
    assert isinstance(agent, KlipperAgent)
    agent.workshop.objects = list(_CLIPS if objects is None else objects)
    agent.workshop.excluded.clear()
    if house.printers[name].current_print is None:
        await house.begin(name)
    return agent


async def opened(
    house: House, visitor: Visitor, name: str, *, path: str, label: str = "Objects"
) -> Locator:
    """Open the dialog from the card of a printer."""
    await house.home.add_dashboard(path, one_card(await house.card(name)))
    await visitor.open(f"/{path}")
    await visitor.card(name).get_by_role("button", name=label).click()
    dialog = visitor.page.locator("obico-objects-dialog dialog")
    await expect(dialog.get_by_role("listitem").first).to_be_visible()
    return dialog


@pytest.mark.parametrize(
    "visitor",
    [
        pytest.param(replace(screen, is_dark=is_dark), id=f"{screen.width}-{is_dark}")
        for screen in (_PHONE, _WIDE)
        for is_dark in (False, True)
    ],
    indirect=True,
)
async def test_the_dialog_can_be_read_and_used_on_every_screen(
    house: House, visitor: Visitor, request: pytest.FixtureRequest
) -> None:
    await begin(house, "Sparrow")
    path = f"objects-{request.node.callspec.id}".lower()
    dialog = await opened(house, visitor, "Sparrow", path=path)
    await expect(dialog.locator("polygon")).to_have_count(3)
    await expect(dialog.locator("circle")).to_have_count(1)
    await dialog.get_by_role("button", name="Leave out: CLIP_2").click()
    await expect(dialog).to_contain_text("Leave CLIP_2 out?")
    box = await dialog.bounding_box()
    size = visitor.page.viewport_size
    assert box
    assert size
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= size["width"]
    assert box["y"] + box["height"] <= size["height"]
    if size["width"] == _PHONE.width:
        assert await dialog.evaluate(_TOO_SMALL) == 0
    assert await violations(visitor.page) == []


@pytest.mark.parametrize("visitor", [replace(_WIDE, language="ar")], indirect=True)
async def test_from_right_to_left_names_stand_beside_their_numbers(
    house: House, visitor: Visitor
) -> None:
    await begin(house, "Sparrow")
    dialog = await opened(house, visitor, "Sparrow", path="objects-mirrored")
    row = dialog.get_by_role("listitem").filter(has_text="CLIP_2")
    number = await row.locator(".number").bounding_box()
    name = await row.locator("bdi").bounding_box()
    assert number
    assert name
    assert 0 <= number["x"] - (name["x"] + name["width"]) < 40


async def test_an_object_is_left_out_with_the_keyboard_alone(
    house: House, visitor: Visitor
) -> None:
    page = visitor.page
    agent = await begin(house, "Titmouse")
    await house.home.add_dashboard(
        "objects-keyboard", one_card(await house.card("Titmouse"))
    )
    await visitor.open("/objects-keyboard")
    await visitor.card("Titmouse").get_by_role("button", name="Objects").focus()
    await page.keyboard.press("Enter")
    dialog = page.locator("obico-objects-dialog dialog")
    await expect(dialog.get_by_role("listitem")).to_have_count(len(_CLIPS))
    assert await page.evaluate(_FOCUSED) == "Close"

    # The first answer is the one that does no harm; Escape gives it, too.
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(dialog).to_contain_text("Leave CLIP_GRÖSSE_1 out?")
    assert await page.evaluate(_FOCUSED) == "Keep"
    await page.keyboard.press("Escape")
    await expect(dialog).not_to_contain_text("Leave CLIP_GRÖSSE_1 out?")
    assert await page.evaluate(_FOCUSED) == "Leave out: CLIP_GRÖSSE_1"

    await page.keyboard.press("Enter")
    await page.keyboard.press("Shift+Tab")
    assert await page.evaluate(_FOCUSED) == "Leave out"
    await page.keyboard.press("Enter")
    await house.until(lambda: agent.workshop.excluded == ["CLIP_GRÖSSE_1"])
    await expect(dialog.get_by_role("status")).to_contain_text(
        "CLIP_GRÖSSE_1: Left out"
    )
    await expect(dialog.locator("g.excluded path")).to_have_count(1)
    # Who goes on is where the next object is.
    assert await page.evaluate(_FOCUSED) == "Leave out: CLIP_2"
    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    assert agent.workshop.excluded == ["CLIP_GRÖSSE_1"]


async def test_what_others_left_out_meanwhile_is_said_and_shown(
    house: House, visitor: Visitor
) -> None:
    agent = await begin(house, "Vulture")
    dialog = await opened(house, visitor, "Vulture", path="objects-others")
    await dialog.get_by_role("button", name="Leave out: CLIP_2").click()
    agent.workshop.excluded.append("CLIP_2")
    await dialog.get_by_role("button", name="Leave out", exact=True).click()
    await expect(dialog.get_by_role("alert")).to_contain_text("no object CLIP_2")
    row = dialog.get_by_role("listitem").filter(has_text="CLIP_2")
    await expect(row).to_contain_text("Left out")

    # The print ends while somebody thinks it over.
    await dialog.get_by_role("button", name="Leave out: NO_OUTLINE").click()
    agent.cancel()
    await expect(dialog.get_by_role("alert")).to_contain_text("no print job")
    await expect(dialog.get_by_role("listitem")).to_have_count(0)
    await dialog.get_by_role("button", name="Close").click()
    await expect(dialog).to_have_count(0)
    await expect(
        visitor.card("Vulture").get_by_role("button", name="Objects")
    ).to_have_count(0)


@pytest.mark.parametrize("visitor", [_PHONE], indirect=True)
async def test_of_many_objects_each_is_reached_and_the_dialog_can_be_closed(
    house: House, visitor: Visitor
) -> None:
    many = [
        square(f"PART_{number}", 20 + number % 12 * 25, 20 + number // 12 * 25)
        for number in range(120)
    ]
    agent = await begin(house, "Wren", many)
    dialog = await opened(house, visitor, "Wren", path="objects-many")
    await expect(dialog.locator("polygon")).to_have_count(len(many))
    await dialog.get_by_role("button", name="Leave out: PART_119").click()
    await dialog.get_by_role("button", name="Leave out", exact=True).click()
    await house.until(lambda: agent.workshop.excluded == ["PART_119"])
    # The button to close does not scroll away.
    await expect(dialog.get_by_role("button", name="Close")).to_be_in_viewport()
    await dialog.get_by_role("button", name="Close").click()
    await expect(dialog).to_have_count(0)


async def test_a_print_without_objects_says_why_there_are_none(
    house: House, visitor: Visitor
) -> None:
    agent = house.printers["Wren"].agent
    assert isinstance(agent, KlipperAgent)
    agent.workshop.objects = []
    if house.printers["Wren"].current_print is None:
        await house.begin("Wren")
    await house.home.add_dashboard("objects-none", one_card(await house.card("Wren")))
    await visitor.open("/objects-none")
    await visitor.card("Wren").get_by_role("button", name="Objects").click()
    dialog = visitor.page.locator("obico-objects-dialog dialog")
    await expect(dialog.get_by_role("alert")).to_contain_text("has no objects")
    assert await violations(visitor.page) == []
