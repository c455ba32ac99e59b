"""What browsers load of the integration: that it is there when it is needed, and what it is named."""

import json
from pathlib import Path
import re
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components import obico as integration
from custom_components.obico.const import DOMAIN
from dev import Account, ObicoServer, Printer
from homeassistant.components import onboarding
from homeassistant.components.onboarding.const import STEPS
from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from tests.integration.support import Obico, config_entry, set_up, settle

BUILT = Path(integration.__file__).parent / "frontend" / "built"
MODULE_URL = re.compile(r'import\("(/obico/[^"]+)"\)')

type Browser = TestClient[web.Request, web.Application]


@pytest.fixture(autouse=True)
def _onboarded(hass_storage: dict[str, Any]) -> None:
    """Have somebody live here already: pages are for them."""
    hass_storage[onboarding.STORAGE_KEY] = {
        "version": onboarding.STORAGE_VERSION,
        "key": onboarding.STORAGE_KEY,
        "data": {"done": STEPS},
    }


async def start_browser(
    hass: HomeAssistant, client_of: ClientSessionGenerator
) -> Browser:
    """Return what loads the pages of a Home Assistant with a user interface."""
    assert await async_setup_component(hass, "frontend", {})
    # Home Assistant can serve more while it runs, the server of tests cannot.
    assert await async_setup_component(hass, DOMAIN, {})
    browser: Browser = await client_of()
    return browser


@pytest.fixture
async def browser(
    hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator
) -> Browser:
    """Give what loads the pages of a Home Assistant."""
    return await start_browser(hass, hass_client_no_auth)


async def modules_of_page(browser: Browser) -> list[str]:
    """Return the addresses of ours that a page loads."""
    page = await browser.get("/")
    assert page.status == 200
    return MODULE_URL.findall(await page.text())


async def test_a_page_loads_the_module_and_may_keep_it(
    browser: Browser, obico: Obico
) -> None:
    (address,) = await modules_of_page(browser)

    answer = await browser.get(address)

    assert answer.status == 200
    assert answer.content_type == "text/javascript"
    assert int(answer.headers["Cache-Control"].rpartition("=")[2]) > 86_400
    name = address.rpartition("/")[2]
    assert await answer.read() == (BUILT / name).read_bytes()


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
async def test_what_the_module_loads_lies_beside_it(
    browser: Browser, obico: Obico, encoding: str
) -> None:
    (address,) = await modules_of_page(browser)
    folder = address.rpartition("/")[0]
    chunks = json.loads((BUILT / "modules.json").read_text())["chunks"]
    assert chunks

    for name in chunks:
        answer = await browser.get(
            f"{folder}/{name}", headers={"Accept-Encoding": encoding}
        )
        assert answer.status == 200
        assert answer.headers.get("Content-Encoding", "identity") == encoding
        assert await answer.read() == (BUILT / name).read_bytes()


@pytest.mark.parametrize(
    "name", ["events-card-AAAAAAAA.js", "modules.json", "../module.py"]
)
async def test_what_is_of_another_version_or_for_nobody_is_not_there(
    browser: Browser, obico: Obico, name: str
) -> None:
    (address,) = await modules_of_page(browser)

    answer = await browser.get(f"{address.rpartition('/')[0]}/{name}")

    assert answer.status == 404


async def test_an_update_takes_nothing_away_before_the_restart(
    hass: HomeAssistant, browser: Browser, obico: Obico, monkeypatch: pytest.MonkeyPatch
) -> None:
    (address,) = await modules_of_page(browser)
    content = await (await browser.get(address)).read()

    def refuse(path: Path) -> bytes:
        raise FileNotFoundError(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)

    assert await (await browser.get(address)).read() == content


async def test_two_accounts_load_it_once(
    hass: HomeAssistant, browser: Browser, server: ObicoServer, obico: Obico
) -> None:
    second = await set_up(hass, server, server.add_account())
    assert len(await modules_of_page(browser)) == 1

    await hass.config_entries.async_remove(obico.entry.entry_id)
    await settle(hass)
    assert len(await modules_of_page(browser)) == 1

    await hass.config_entries.async_remove(second.entry.entry_id)
    await settle(hass)
    assert await modules_of_page(browser) == []


async def test_it_is_still_there_after_a_reload(browser: Browser, obico: Obico) -> None:
    before = await modules_of_page(browser)

    await obico.reload()

    assert await modules_of_page(browser) == before
    assert (await browser.get(before[0])).status == 200


async def test_it_goes_with_an_account_that_is_disabled_and_comes_back_with_it(
    hass: HomeAssistant, browser: Browser, obico: Obico
) -> None:
    entry_id = obico.entry.entry_id

    await hass.config_entries.async_set_disabled_by(entry_id, ConfigEntryDisabler.USER)
    await settle(hass)
    assert await modules_of_page(browser) == []

    await hass.config_entries.async_set_disabled_by(entry_id, None)
    await settle(hass)
    assert len(await modules_of_page(browser)) == 1


async def test_it_is_there_while_the_server_is_down(
    hass: HomeAssistant,
    browser: Browser,
    server: ObicoServer,
    account: Account,
    printer: Printer,
) -> None:
    await server.refuse_connections()
    entry = config_entry(server, account)
    entry.add_to_hass(hass)

    await hass.config_entries.async_setup(entry.entry_id)
    await settle(hass)

    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert len(await modules_of_page(browser)) == 1


async def test_dashboards_in_yaml_load_it_too(
    hass: HomeAssistant,
    hass_client_no_auth: ClientSessionGenerator,
    server: ObicoServer,
    account: Account,
) -> None:
    assert await async_setup_component(
        hass, "lovelace", {"lovelace": {"mode": "yaml", "resources": []}}
    )
    browser = await start_browser(hass, hass_client_no_auth)

    await set_up(hass, server, account)

    assert len(await modules_of_page(browser)) == 1


async def test_a_home_assistant_without_user_interface_needs_none(
    hass: HomeAssistant, obico: Obico
) -> None:
    assert "frontend" not in hass.config.components
    assert obico.entry.state is ConfigEntryState.LOADED

    await hass.config_entries.async_remove(obico.entry.entry_id)
