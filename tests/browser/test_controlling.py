"""What people set and move: one printer in its own view, and several at once."""

from playwright.async_api import expect

from dev import Phase

from .support import CARD, FARM, House, Visitor, one_card


async def test_a_temperature_is_set_where_its_history_is_seen(
    house: House, visitor: Visitor
) -> None:
    page = visitor.page
    heater = house.printers["Emperor"].agent.heaters["bed"]
    await house.home.add_dashboard("of-heaters", one_card(await house.card("Emperor")))
    await visitor.open("/of-heaters")
    await visitor.card("Emperor").get_by_role("button", name="Bed").click()
    dialog = page.get_by_role("dialog", name="Bed – Emperor")
    graph = dialog.locator("hui-history-graph-card")
    await expect(graph).to_contain_text("Bed temperature")
    await expect(graph).to_contain_text("Bed target")

    target = dialog.get_by_role("spinbutton", name="Target")
    await expect(target).to_have_value("")
    await target.fill("55")
    await dialog.get_by_role("button", name="Set").click()
    await house.until(lambda: heater.target == 55)
    await dialog.get_by_role("button", name="Off").click()
    # Nobody has to erase what means off before a temperature is typed.
    await expect(target).to_have_value("")
    await expect(target).to_have_attribute("placeholder", "Off")
    await house.until(lambda: heater.target == 0)

    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    # It opens again, for another heater, and the back button closes it.
    await visitor.card("Emperor").get_by_role("button", name="Nozzle").click()
    nozzle = page.get_by_role("dialog", name="Nozzle – Emperor")
    await expect(nozzle).to_be_visible()
    await page.go_back()
    await expect(nozzle).to_have_count(0)
    await expect(visitor.card("Emperor")).to_be_visible()


async def test_a_printer_is_moved_from_its_view(house: House, visitor: Visitor) -> None:
    page = visitor.page
    agent = house.printers["Emperor"].agent
    device_id = await house.device_id("Emperor")
    await house.home.add_dashboard("of-one", {"strategy": {"type": "custom:obico"}})
    await visitor.open(f"/of-one/{device_id}")
    controls = page.locator("obico-controls-card")
    await controls.get_by_role("button", name="Home X and Y").click()
    await house.until(lambda: {"x", "y"} <= agent.homed)
    await controls.get_by_role("button", name="1 mm", exact=True).first.click()
    await controls.get_by_role("button", name="X +1 mm").click()
    await house.until(lambda: agent.position["x"] == 1)


async def test_the_dashboard_of_one_printer_is_its_view(
    house: House, visitor: Visitor
) -> None:
    device_id = await house.device_id("Emperor")
    await house.home.add_dashboard(
        "one-printer", {"strategy": {"type": "custom:obico", "printers": [device_id]}}
    )
    await visitor.open("/one-printer")
    await expect(visitor.page.locator(CARD)).to_have_count(1)
    await expect(visitor.page.locator("obico-controls-card")).to_be_visible()
    await expect(visitor.page.locator("hui-entity-badge")).to_be_visible()


async def test_several_prints_are_paused_at_once(
    house: House, visitor: Visitor
) -> None:
    page = visitor.page
    agents = [await house.begin(name) for name in FARM]
    await house.home.add_dashboard("of-farm", {"strategy": {"type": "custom:obico"}})
    await visitor.open("/of-farm")
    await page.get_by_role("button", name="Select several").click()
    for name in FARM:
        await page.get_by_role("checkbox", name=f"Select {name}").check()
    await page.get_by_role("button", name="Pause (2)").click()

    dialog = page.locator("dialog-box")
    await expect(dialog).to_contain_text("Narwhal and Ocelot")
    assert all(agent.phase is Phase.PRINTING for agent in agents)
    await dialog.get_by_role("button", name="Pause (2)").click()
    await house.until(lambda: all(agent.phase is Phase.PAUSED for agent in agents))


async def test_only_printers_of_one_state_are_shown(
    house: House, visitor: Visitor
) -> None:
    page = visitor.page
    await house.home.add_dashboard("of-filter", {"strategy": {"type": "custom:obico"}})
    await visitor.open("/of-filter")
    await expect(page.locator(CARD)).to_have_count(len(house.printers))
    farm_bar = page.locator("obico-farm-bar")
    await farm_bar.get_by_role("button", name="Idle").click()
    cards = page.locator(CARD)
    await expect(cards.filter(has_text="Emperor")).to_have_count(1)
    for name in await cards.get_by_role("heading").all_inner_texts():
        assert house.printers[name.strip()].agent.phase is Phase.IDLE
    await farm_bar.get_by_role("combobox", name="Order").select_option("Name")
    await expect(page.locator(CARD).first).not_to_contain_text("Ocelot")
