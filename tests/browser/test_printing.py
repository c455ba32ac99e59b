"""What somebody sees and does while something is printed."""

import re
from typing import Final

from playwright.async_api import Locator, expect

from dev import Phase

from .support import House, Visitor, one_card

# The printers of the overview, in the order in which they stand in the document.
NAMES: Final = """() => {
  const all = (root) => [...root.querySelectorAll("*")].flatMap((element) =>
    [element, ...(element.shadowRoot ? all(element.shadowRoot) : [])]);
  return all(document)
    .filter(({ localName }) => localName === "obico-printer-card-content")
    .map(({ shadowRoot }) => shadowRoot.querySelector("h2").innerText);
}"""


# The innermost element that has the focus.
FOCUSED: Final = """() => {
  let at = document.activeElement;
  while (at.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  return at.localName;
}"""


async def show(house: House, visitor: Visitor, name: str) -> Locator:
    """Open a dashboard with the card of one printer."""
    path = f"card-{name.lower()}"
    await house.home.add_dashboard(path, one_card(await house.card(name)))
    await visitor.open(f"/{path}")
    card = visitor.card(name)
    await expect(card.get_by_role("button", name="Idle")).to_be_visible()
    return card


async def test_a_print_is_seen_to_start(house: House, visitor: Visitor) -> None:
    card = await show(house, visitor, "Adder")
    await expect(card.get_by_role("button", name="Pause Adder")).to_have_count(0)
    await house.begin("Adder")
    await expect(card.get_by_role("button", name="Printing")).to_be_visible()
    await expect(card).to_contain_text("vase.gcode")
    await expect(card.get_by_role("progressbar")).to_have_attribute(
        "aria-valuenow", "0"
    )
    await expect(card.get_by_role("button", name="Pause Adder")).to_be_enabled()
    await expect(card).to_contain_text("Print started vase.gcode")


async def test_pause_and_resume_reach_the_server(
    house: House, visitor: Visitor
) -> None:
    card = await show(house, visitor, "Beetle")
    agent = await house.begin("Beetle")
    await card.get_by_role("button", name="Pause Beetle").click()
    await house.until(lambda: agent.phase is Phase.PAUSED)
    await expect(card.get_by_role("button", name="Paused")).to_be_visible()
    picture = card.get_by_role("img", name="Picture of what happened to Beetle")
    await expect(picture).to_be_visible()
    await expect(picture).to_have_js_property("naturalWidth", 640)
    await card.get_by_role("button", name="Resume Beetle").click()
    await house.until(lambda: agent.phase is Phase.PRINTING)
    await expect(card.get_by_role("button", name="Printing")).to_be_visible()


async def test_cancelling_asks_before(house: House, visitor: Visitor) -> None:
    page = visitor.page
    card = await show(house, visitor, "Cricket")
    agent = await house.begin("Cricket")
    await card.get_by_role("button", name="Cancel print").click()
    await page.get_by_role("button", name="Keep the print").click()
    assert agent.phase is Phase.PRINTING

    await card.get_by_role("button", name="Cancel print").click()
    dialog = page.locator("dialog-box")
    await dialog.get_by_role("button", name="Cancel print").click()
    await house.until(lambda: agent.phase is Phase.IDLE)
    await expect(card).to_contain_text("Print cancelled vase.gcode")


async def test_an_alert_appears_and_is_answered(house: House, visitor: Visitor) -> None:
    card = await show(house, visitor, "Dragonfly")
    agent = await house.begin("Dragonfly")
    agent.fail(rise=0.3)
    await expect(card.get_by_role("alert")).to_contain_text("Failure alert")
    await house.until(lambda: agent.phase is Phase.PAUSED)
    agent.recover()
    await card.get_by_role("button", name="Not a failure").click()
    await expect(card.get_by_role("alert").locator(".box")).to_have_count(0)
    # Who answered with the keyboard goes on from where the button was.
    assert await visitor.page.evaluate(FOCUSED) == "obico-printer-alert"
    job = house.printers["Dragonfly"].current_print
    assert job
    assert job.alert_overwrite == "NOT_FAILED"


async def test_a_failing_print_is_cancelled_from_its_alert(
    house: House, visitor: Visitor
) -> None:
    card = await show(house, visitor, "Hawkmoth")
    agent = await house.begin("Hawkmoth")
    agent.fail(rise=0.3)
    job = house.printers["Hawkmoth"].current_print
    assert job
    alert = card.get_by_role("alert")
    # To confirm a failure stops nothing: it is no answer that somebody is offered.
    await expect(alert.get_by_role("button")).to_have_count(2)
    await alert.get_by_role("button", name="Cancel print").click()
    dialog = visitor.page.locator("dialog-box")
    await dialog.get_by_role("button", name="Cancel print").click()
    await house.until(lambda: agent.phase is Phase.IDLE)
    await expect(alert.locator(".box")).to_have_count(0)
    assert job.alert_overwrite == "FAILED"


async def test_who_needs_somebody_more_comes_first(
    house: House, visitor: Visitor
) -> None:
    await house.home.add_dashboard("by-need", {"strategy": {"type": "custom:obico"}})
    await visitor.open("/by-need")
    headline = visitor.page.get_by_role("heading")
    await expect(visitor.card("Gecko")).to_be_visible()
    agent = await house.begin("Gecko")
    await expect(visitor.card("Gecko")).to_contain_text("Printing")
    names = await visitor.page.evaluate(NAMES)
    assert names.index("Gecko") < names.index("Emperor")

    # Lost during a print it needs somebody even more, and without one nobody.
    agent.go_offline()
    try:
        # Printers of other tests may wait, or be offline, too.
        await expect(
            headline.filter(has_text=re.compile(r"Attention needed \d"))
        ).to_be_visible()
        await expect(visitor.card("Gecko")).to_contain_text("Offline during a print")
        names = await visitor.page.evaluate(NAMES)
        assert names.index("Gecko") < names.index("Emperor")
    finally:
        agent.come_online()
    agent.cancel()
    await house.until(lambda: agent.phase is Phase.IDLE)
    agent.go_offline()
    try:
        await expect(
            headline.filter(has_text=re.compile(r"Not connected \d"))
        ).to_be_visible()
        await expect(visitor.card("Gecko")).to_contain_text("Offline")
        names = await visitor.page.evaluate(NAMES)
        assert names.index("Emperor") < names.index("Gecko")
    finally:
        agent.come_online()
