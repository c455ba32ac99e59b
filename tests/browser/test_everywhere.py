"""The dashboard on a phone, without a mouse, in YAML, with a second account, and when all is gone."""

import asyncio

from playwright.async_api import Route, expect
import pytest

from dev import Phase

from .support import CARD, House, Screen, Visitor, one_card, sticking_out

PHONE = Screen(width=360, height=740, is_touched=True)

# How often the page has loaded the module.
LOADED = """performance.getEntriesByType("resource")
  .filter(({ name }) => name.includes("/obico/frontend/obico-")).length"""


async def test_a_dashboard_of_yaml_is_the_same(house: House, visitor: Visitor) -> None:
    await visitor.open("/yaml-printers")
    await expect(visitor.page.locator(CARD)).to_have_count(len(house.printers))
    await expect(visitor.page.locator("hui-entity-badge")).to_be_visible()
    assert await visitor.page.evaluate(LOADED) == 1


async def test_the_module_may_come_before_home_assistant_itself(
    house: House, visitor: Visitor
) -> None:
    page = visitor.page
    loaded = asyncio.Event()

    async def wait_for_module(route: Route) -> None:
        await loaded.wait()
        await route.continue_()

    await page.route("**/frontend_latest/app.*.js", wait_for_module)
    page.on(
        "requestfinished",
        lambda request: (
            loaded.set() if "/obico/frontend/obico-" in request.url else None
        ),
    )
    await visitor.open("/yaml-printers")
    await expect(page.locator(CARD)).to_have_count(len(house.printers))


async def test_a_page_whose_code_an_update_took_away_asks_to_be_reloaded(
    house: House, visitor: Visitor
) -> None:
    page = visitor.page
    chunk = "**/obico/frontend/controls-card-*.js"

    async def refuse(route: Route) -> None:
        await route.fulfill(status=404)

    await page.route(chunk, refuse)
    await visitor.open(f"/yaml-printers/{await house.device_id('Adder')}")
    controls = page.locator("obico-controls-card")
    reload = controls.get_by_role("button", name="Reload")
    await expect(reload).to_be_visible()
    await expect(visitor.card("Adder")).to_be_visible()
    assert all("404" in it or "fetch" in it for it in visitor.problems)
    visitor.problems.clear()

    await page.unroute(chunk)
    await reload.click()
    await expect(controls.locator("ha-card")).to_be_visible()


@pytest.mark.parametrize("visitor", [PHONE], indirect=True)
@pytest.mark.parametrize("path", ["overview", "printer"])
async def test_a_phone_need_not_be_scrolled_sideways(
    house: House, visitor: Visitor, path: str
) -> None:
    device_id = await house.device_id("Adder")
    await visitor.open(f"/yaml-printers/{device_id if path == 'printer' else path}")
    await expect(visitor.card("Adder")).to_be_visible()
    assert await sticking_out(visitor.page) == []


async def test_a_print_is_paused_without_a_mouse(
    house: House, visitor: Visitor
) -> None:
    page = visitor.page
    agent = await house.begin("Firefly")
    await house.home.add_dashboard("by-keyboard", one_card(await house.card("Firefly")))
    await visitor.open("/by-keyboard")
    card = visitor.card("Firefly")
    pause = card.get_by_role("button", name="Pause Firefly")
    await expect(pause).to_be_visible()
    # From what stands before it, as somebody would get there.
    await card.get_by_role("button", name="Picture of Firefly").focus()
    for _ in range(5):
        await page.keyboard.press("Tab")
        if await pause.evaluate("(button) => button.matches(':focus-visible')"):
            break
    await page.keyboard.press("Enter")
    await house.until(lambda: agent.phase is Phase.PAUSED)
    # Where the focus was there is another button now, and who presses goes on from there.
    await expect(card.get_by_role("button", name="Resume Firefly")).to_be_visible()


async def test_a_second_account_and_then_none(house: House, visitor: Visitor) -> None:
    page, home = visitor.page, house.home
    other = home.server.add_account(email="other@example.com", password="other")
    other.add_printer("Hornet", agent="klipper")
    await home.add(other)
    await house.home.add_dashboard(
        "all-accounts", {"strategy": {"type": "custom:obico"}}
    )
    await visitor.open("/all-accounts")
    await expect(page.locator(CARD)).to_have_count(len(house.printers) + 1)
    await expect(page.locator("hui-entity-badge")).to_have_count(2)
    assert await page.evaluate(LOADED) == 1

    # A picture that is asked for just now would be refused.
    await page.goto("about:blank")
    await home.client.remove_integration()
    await visitor.open("/profile")
    await expect(page.locator("ha-panel-profile")).to_be_visible()
    assert await page.evaluate(LOADED) == 0
    assert "/obico/frontend/" not in await page.content()
    await home.add(house.account)
