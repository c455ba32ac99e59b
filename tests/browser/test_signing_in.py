"""Signing in on the server's own page, by way of My Home Assistant."""

from collections.abc import AsyncIterator
from typing import Final

from playwright.async_api import Browser, Page, Route, StorageState, expect
import pytest
from yarl import URL

from dev import Account, Clock, ObicoServer
from dev.json_types import as_object

from .support import House

MY: Final = "https://my.home-assistant.io/redirect/oauth"
ENTRIES: Final = "/api/config/config_entries/entry"


@pytest.fixture
async def account() -> AsyncIterator[tuple[Account, str]]:
    """Give an account on a server of its own, and the address of that."""
    server = ObicoServer(clock=Clock(offset=-7), seed=7)
    await server.start()
    yield server.add_account(email="club@example.com"), server.url
    await server.stop()


@pytest.fixture
async def page(
    browser: Browser, session: StorageState, house: House
) -> AsyncIterator[Page]:
    """Give a page whose browser knows which home My Home Assistant is to lead to."""
    context = await browser.new_context(
        storage_state=session, locale="en-US", service_workers="block"
    )

    async def lead_home(route: Route) -> None:
        target = f"{house.home.url}/auth/external/callback?{URL(route.request.url).raw_query_string}"
        await route.fulfill(
            content_type="text/html",
            body=f"<script>location.replace({target!r})</script>",
        )

    await context.route(f"{MY}**", lead_home)
    yield await context.new_page()
    await context.close()
    client = house.home.client
    entries = await client.request("GET", f"{ENTRIES}?domain=obico")
    assert isinstance(entries, list)
    for entry in map(as_object, entries):
        if entry["title"] == "The club":
            await client.request("DELETE", f"{ENTRIES}/{entry['entry_id']}")


async def name_server(page: Page) -> None:
    """Begin to add an account, up to the form that asks for the server."""
    await page.get_by_text("My own server").click()
    await expect(
        page.get_by_role("textbox", name="Address of the server")
    ).to_be_visible()


async def open_page(page: Page) -> Page:
    """Go on to the server's own page, which opens beside the dialog."""
    await page.get_by_role("button", name="Next").click()
    async with page.context.expect_page() as opened:
        await page.get_by_text("On the server's own page (OAuth)").click()
    return await opened.value


async def test_from_the_registration_of_an_application_to_the_account(
    house: House, page: Page, account: tuple[Account, str]
) -> None:
    member, server_url = account
    add = f"{house.home.url}/config/integrations/dashboard/add?domain=obico"
    await page.goto(add)
    await page.get_by_role("button", name="OK").click()
    await name_server(page)
    address = page.get_by_role("textbox", name="Address of the server")
    await address.fill(server_url)
    await page.get_by_role("button", name="Next").click()
    await page.get_by_text("On the server's own page (OAuth)").click()

    # Home Assistant has no credentials yet: its dialog links to where they are made.
    async with page.context.expect_page() as opened:
        await page.get_by_role("link", name="register an application").click()
    registration = await opened.value
    await registration.locator("input[name=login]").fill(member.email)
    await registration.locator("input[name=password]").fill(member.password)
    await registration.get_by_role("button").click()
    await registration.locator("input[name=name]").fill("Home Assistant")
    client_id = await registration.locator("input[name=client_id]").input_value()
    secret = await registration.locator("input[name=client_secret]").input_value()
    await registration.locator("select[name=client_type]").select_option("confidential")
    await registration.locator("select[name=authorization_grant_type]").select_option(
        "authorization-code"
    )
    await registration.locator("textarea").fill(MY)
    await registration.get_by_role("button", name="Register").click()
    await registration.close()
    await page.get_by_role("textbox", name="Name").fill("The club's server")
    await page.get_by_role("textbox", name="OAuth client ID").fill(client_id)
    await page.get_by_role("textbox", name="OAuth client secret").fill(secret)
    await page.get_by_role("button", name="Add", exact=True).click()

    # The flow begins anew, and what was typed is there again: who says no is told so,
    await name_server(page)
    await expect(address).to_have_value(server_url)
    there = await open_page(page)
    await there.get_by_role("button", name="Cancel").click()
    await expect(page.get_by_text("Account linking rejected")).to_be_visible()

    # and who says yes has the account.
    await page.goto(add)
    await page.get_by_role("button", name="OK").click()
    await name_server(page)
    there = await open_page(page)
    await there.get_by_role("button", name="Authorize").click()
    name = page.get_by_role("textbox", name="Name of the account")
    await expect(name).to_have_value(f"club ({URL(server_url).authority})")
    await name.fill("The club")
    await page.get_by_role("button", name="Submit").click()
    await expect(
        page.get_by_text("Success!").or_(page.get_by_text("Name and assign"))
    ).to_be_visible()
    # The browser stays signed in to Obico: the same account once more is said to be one.
    await page.goto(add)
    await page.get_by_role("button", name="OK").click()
    await name_server(page)
    await address.fill(server_url)
    there = await open_page(page)
    await there.get_by_role("button", name="Authorize").click()
    await expect(
        page.get_by_text("The account with which your browser is signed in to Obico")
    ).to_be_visible()
