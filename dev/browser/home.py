"""An Obico server, a Home Assistant with its printers, and a signed-in browser."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, StorageState

from .. import Account, ObicoServer
from ..demo import obico
from ..demo.client import PASSWORD, USERNAME, HomeAssistantClient
from ..demo.home_assistant import HomeAssistant
from ..demo.ports import free_port
from ..json_types import JsonObject

_LOCALHOST = "127.0.0.1"


@dataclass(frozen=True, kw_only=True)
class Home:
    """A running server and a running Home Assistant."""

    server: ObicoServer
    home_assistant: HomeAssistant
    client: HomeAssistantClient

    @property
    def url(self) -> str:
        """Return the address of Home Assistant."""
        return self.home_assistant.url

    async def add(self, account: Account) -> None:
        """Add an account through the config flow, with e-mail and password."""
        account_of_demo = obico.Account(
            url=self.server.url,
            token=account.token,
            email=account.email,
            password=account.password,
        )
        await self.client.add_account(account_of_demo.ways, account_of_demo.answers)

    async def add_dashboard(
        self,
        path: str,
        config: JsonObject,
        *,
        title: str | None = None,
        icon: str | None = None,
    ) -> None:
        """Add a dashboard in storage mode; without a title it is called by its path."""
        dashboard: JsonObject = {
            "url_path": path,
            "title": path if title is None else title,
            "mode": "storage",
        }
        if icon is not None:
            dashboard["icon"] = icon
        await self.client.command("lovelace/dashboards/create", None, **dashboard)
        await self.client.command("lovelace/config/save", url_path=path, config=config)


@asynccontextmanager
async def home(
    server: ObicoServer, folder: Path, *, configuration: str = ""
) -> AsyncIterator[Home]:
    """Run server and Home Assistant; the configuration is appended to the demo's."""
    async with AsyncExitStack() as stack:
        await server.start()
        stack.push_async_callback(server.stop)
        home_assistant = HomeAssistant(
            folder, _LOCALHOST, free_port(_LOCALHOST), may_install=False
        )
        home_assistant.prepare()
        home_assistant.configure(configuration)
        stack.push_async_callback(home_assistant.stop)
        await home_assistant.start(lambda _doing: None)
        client = await stack.enter_async_context(
            HomeAssistantClient(home_assistant.url)
        )
        await client.onboard()
        await client.sign_in()
        await client.wait_until_running(lambda _doing: None)
        yield Home(server=server, home_assistant=home_assistant, client=client)


async def sign_in(
    context: BrowserContext,
    url: str,
    username: str = USERNAME,
    password: str = PASSWORD,
) -> StorageState:
    """Sign in on the page, and return the storage state of the browser."""
    page = await context.new_page()
    await page.goto(url)
    await page.locator("input[name=username]").fill(username)
    await page.locator("input[name=password]").fill(password)
    await page.locator("input[name=password]").press("Enter")
    await page.locator("home-assistant-main").wait_for()
    await page.close()
    return await context.storage_state()


async def signed_in(browser: Browser, url: str) -> StorageState:
    """Return the storage state of a browser that has signed in."""
    context = await browser.new_context()
    try:
        return await sign_in(context, url)
    finally:
        await context.close()
