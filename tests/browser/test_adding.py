"""What a person does who has just added the integration: no YAML, no download.

It is done with the printer that no test lets print, so that it is as on the first day.
"""

import re

from playwright.async_api import expect

from .support import CARD, IDLE, House, Visitor


async def test_the_dashboard_is_added_from_the_dialog(
    house: House, visitor: Visitor
) -> None:
    page = visitor.page
    await visitor.open("/config/lovelace/dashboards")
    await page.get_by_role("button", name="Add dashboard").click()
    await page.get_by_role("button", name="3D printers").click()
    await expect(page.get_by_role("textbox", name="Title")).to_have_value("3D printers")
    await page.get_by_role("button", name="Create").click()
    await page.get_by_role("link", name="3D printers").click()
    await expect(page.locator(CARD)).to_have_count(len(house.printers))
    await expect(page.locator("hui-entity-badge")).to_contain_text(
        # A server whose hours were not yet seen to move has no limit.
        re.compile("AI hours left|AI detection without limit")
    )

    # The name of a printer leads to its own view.
    await visitor.card(IDLE).get_by_role("link", name=IDLE).click()
    await expect(page.locator(CARD)).to_have_count(1)
    for headline in ("Controls", "Latest events", "Temperatures", "Prints"):
        await expect(
            page.locator("hui-heading-card").filter(has_text=headline)
        ).to_be_visible()
    await expect(page.locator("hui-history-graph-card")).to_contain_text("Bed target")
    # Nobody looks for settings often: they are folded away.
    await expect(page.locator("hui-entities-card")).to_have_count(0)
    await page.locator("obico-settings-card summary").click()
    await expect(page.locator("hui-entities-card")).to_contain_text(
        "Watch prints with AI"
    )
    prints = page.locator("obico-prints-card")
    await prints.scroll_into_view_if_needed()
    await expect(prints).to_contain_text("No print yet")


async def test_the_dashboard_has_an_editor(house: House, visitor: Visitor) -> None:
    page = visitor.page
    await house.home.add_dashboard(
        "with-editor", {"strategy": {"type": "custom:obico"}}
    )
    await visitor.open("/with-editor")
    await expect(page.locator(CARD)).to_have_count(len(house.printers))
    await page.get_by_role("button", name="Open dashboard menu").click()
    await page.get_by_role("menuitem", name="Edit dashboard").click()
    await visitor.choose_printer("obico-printers-editor", IDLE)
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator(CARD)).to_have_count(1)
    assert await house.config_of("with-editor") == {
        "strategy": {
            "type": "custom:obico",
            "printers": [await house.device_id(IDLE)],
        }
    }


async def test_the_card_is_added_from_the_picker_with_its_editor(
    house: House, visitor: Visitor
) -> None:
    page = visitor.page
    await house.home.add_dashboard(
        "by-hand", {"views": [{"title": "Home", "cards": []}]}
    )
    await visitor.open("/by-hand/0?edit=1")
    await page.get_by_role("button", name="Add card").first.click()
    await page.get_by_role("tab", name="By card").click()
    await page.get_by_placeholder("Search cards").fill("Obico printer")
    await (
        page.locator("hui-card-picker .card").filter(has_text="Obico printer").first
    ).click()

    await visitor.choose_printer("obico-printer-card-editor", IDLE)
    await page.get_by_role("radio", name="Compact").click()
    await expect(page.locator("hui-dialog-edit-card").locator(CARD)).to_contain_text(
        IDLE
    )
    await page.get_by_role("button", name="Save").click()
    await page.get_by_role("button", name="Done").click()

    await expect(visitor.card(IDLE)).to_be_visible()
    assert (await house.config_of("by-hand"))["views"] == [
        {"title": "Home", "cards": [await house.card(IDLE, layout="compact")]}
    ]


async def test_home_assistant_suggests_the_card_for_entities_of_a_printer(
    house: House, visitor: Visitor
) -> None:
    page = visitor.page
    await house.home.add_dashboard(
        "by-entity", {"views": [{"title": "Home", "cards": []}]}
    )
    await visitor.open("/by-entity/0?edit=1")
    await page.get_by_role("button", name="Add card").first.click()
    await page.get_by_placeholder("Search entities").fill(f"{IDLE} status")
    await page.get_by_text("Status", exact=True).first.click()
    for layout in ("Full", "Compact"):
        suggestion = page.get_by_role("button", name=f"Obico printer - {layout}")
        await expect(suggestion.get_by_role("heading")).to_have_text(IDLE)
