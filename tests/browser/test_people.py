"""What people do who are no administrators of Home Assistant."""

from collections.abc import AsyncIterator

from playwright.async_api import Browser, Page, expect
import pytest

from dev.browser.home import sign_in
from dev.json_types import as_object

from .support import ALERTED, House

NAME = "kid"


@pytest.fixture
async def kid(browser: Browser, house: House) -> AsyncIterator[Page]:
    """Give the page of a signed-in user without the rights of an administrator."""
    client = house.home.client
    answer = as_object(
        await client.command(
            "config/auth/create", name=NAME, group_ids=["system-users"]
        )
    )
    await client.command(
        "config/auth_provider/homeassistant/create",
        user_id=as_object(answer["user"])["id"],
        username=NAME,
        password=NAME,
    )
    context = await browser.new_context(locale="en-US", service_workers="block")
    await sign_in(context, house.home.url, NAME, NAME)
    yield await context.new_page()
    await context.close()


async def test_an_alert_is_answered_from_its_notification_without_the_rights_of_an_administrator(
    house: House, kid: Page
) -> None:
    await house.home.client.request(
        "POST",
        "/api/config/automation/config/for_everybody",
        {
            "alias": "For everybody",
            "use_blueprint": {
                "path": "obico/failure_alert.yaml",
                "input": {"printers": [await house.device_id(ALERTED)]},
            },
        },
    )
    agent = await house.begin(ALERTED)
    job = house.printers[ALERTED].current_print
    assert job
    agent.fail(rise=0.3)
    await house.until(lambda: job.alerted_at is not None)
    await kid.goto(f"{house.home.url}/history")
    await kid.get_by_text("Notifications", exact=True).click()
    await kid.get_by_role("link", name="Not a failure").click()
    dialog = kid.locator("ha-more-info-dialog")
    await expect(dialog).to_contain_text(ALERTED)
    await dialog.get_by_role("button", name="Press").click()
    await house.until(lambda: job.alert_overwrite == "NOT_FAILED")
    agent.recover()
    agent.cancel()
    await expect(kid.get_by_text("possible failure")).to_have_count(0)
