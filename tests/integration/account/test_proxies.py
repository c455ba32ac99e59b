"""Servers behind a proxy: that sends to https later, or has them below a path."""

from collections.abc import AsyncGenerator

from aiohttp import web
import pytest

from custom_components.obico.const import DOMAIN
from dev import SHORT, Account, ObicoServer, Printer
from homeassistant.components.camera import async_get_image
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_ACCESS_TOKEN, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
from tests.integration.flows import (
    Break,
    assert_changed,
    fill_in,
    give_password,
    name_server,
    reconfigure,
)
from tests.integration.servers import other_server
from tests.integration.support import (
    Obico,
    connections_of,
    coordinator_of,
    set_up,
    settle,
)
from tests.sub_path import below_path
from tests.timelapse import wait_until

SECURE = "https://obico.example:8443"


def send(location: str) -> Break:
    """Return what makes a server send all requests elsewhere."""
    return lambda server: server.faults.redirect("*", location, status=301)


@pytest.mark.parametrize(
    ("location", "origin"),
    [
        (f"{SECURE}/", SECURE),
        (f"{SECURE}/login?next=/api/&token=s3cret", SECURE),
        ("//obico.example/", "http://obico.example"),
        ("https://me:s3cret@obico.example/", "https://obico.example"),
    ],
)
async def test_a_server_that_sends_elsewhere_later_tells_where_to(
    obico: Obico, printer: Printer, location: str, origin: str
) -> None:
    send(location)(obico.server)
    await obico.poll()
    assert obico.value(printer, "sensor.status") == "unavailable"
    error = coordinator_of(obico.entry).last_exception
    assert origin in str(error)
    assert "s3cret" not in str(error)
    assert "Reconfigure" in str(error)
    # Nobody has to sign in again for that.
    assert obico.hass.config_entries.flow.async_progress() == []
    obico.server.faults.clear()
    await obico.poll()
    assert obico.value(printer, "sensor.status") == "idle"


@pytest.mark.parametrize("typed", ["old", "new"])
async def test_reconfiguring_mends_it_with_the_new_address_or_the_old_one(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    printer: Printer,
    typed: str,
) -> None:
    async def elsewhere(request: web.Request) -> web.Response:
        raise web.HTTPMovedPermanently(f"{server.url}{request.path_qs}")

    async with other_server(elsewhere) as old:
        obico = await set_up(hass, server, account, **{CONF_URL: old})
        assert obico.entry.state is ConfigEntryState.SETUP_RETRY
        assert obico.entry.error_reason_translation_placeholders == {
            "origin": server.url
        }
        result = await reconfigure(obico, url=old if typed == "old" else server.url)
    assert_changed(
        result, obico, "reconfigure_successful", {CONF_ACCESS_TOKEN: account.token}
    )
    assert obico.value(printer, "sensor.status") == "idle"


async def test_a_server_that_sends_elsewhere_at_set_up_tells_where_to_and_is_tried_again(
    hass: HomeAssistant, server: ObicoServer, account: Account, printer: Printer
) -> None:
    send(f"{SECURE}/")(server)
    obico = await set_up(hass, server, account)
    assert obico.entry.state is ConfigEntryState.SETUP_RETRY
    assert obico.entry.error_reason_translation_key == "redirected"
    assert obico.entry.error_reason_translation_placeholders == {"origin": SECURE}
    server.faults.clear()
    await obico.reload()
    assert obico.value(printer, "sensor.status") == "idle"


async def test_a_command_that_is_sent_elsewhere_tells_where_to(
    obico: Obico, printer: Printer
) -> None:
    obico.server.faults.redirect("/api/*", f"{SECURE}/", method="PATCH")
    with pytest.raises(HomeAssistantError, match=f"{SECURE}.*Reconfigure"):
        await obico.hass.services.async_call(
            "switch",
            "turn_off",
            {"entity_id": obico.entity_id(printer, "switch.watching_enabled")},
            blocking=True,
        )


@pytest.mark.parametrize(
    "location", ["ftp://elsewhere/", "https://[", "", "/login/", "?next=/"]
)
async def test_a_redirect_to_nowhere_or_to_another_page_is_an_answer_that_is_not_understood(
    obico: Obico, location: str
) -> None:
    send(location)(obico.server)
    await obico.poll()
    error = coordinator_of(obico.entry).last_exception
    assert isinstance(error, HomeAssistantError)
    assert error.translation_key == "bad_answer"


# Below a path


@pytest.fixture
async def base(server: ObicoServer) -> AsyncGenerator[str]:
    async with below_path(server.url) as address:
        yield address


@pytest.fixture
async def below(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    printer: Printer,
    base: str,
) -> AsyncGenerator[Obico]:
    """Give an account that was signed in with its password below a path."""
    server.sockets.blocked = False
    result = await give_password(hass, await name_server(hass, base), account)
    obico = Obico(hass=hass, server=server, account=account, entry=result["result"])
    yield obico
    if obico.entry.state is ConfigEntryState.LOADED:
        await obico.unload()


async def test_readings_push_pictures_and_commands_work_below_a_path(
    below: Obico, printer: Printer, base: str
) -> None:
    assert below.entry.data[CONF_URL] == base
    assert base.removeprefix("http://") in below.entry.title
    await wait_until(lambda: connections_of(below.entry).connected == 1)
    printer.agent.start_print(SHORT)
    await below.server.advance(30)
    await wait_until(lambda: below.value(printer, "sensor.status") == "printing")
    camera = below.entity_id(printer, "camera.webcam")
    assert (await async_get_image(below.hass, camera)).content
    await below.hass.services.async_call(
        "switch",
        "turn_off",
        {"entity_id": below.entity_id(printer, "switch.watching_enabled")},
        blocking=True,
    )
    assert printer.columns["watching_enabled"] is False


async def test_links_to_the_server_have_the_path(
    below: Obico, printer: Printer, base: str
) -> None:
    device = below.device(printer)
    assert isinstance(device, dr.DeviceEntry)
    assert device.configuration_url == f"{base}/printers/{printer.id}/control/"


async def test_an_account_below_a_path_leaves_nothing_on_the_server(
    below: Obico,
) -> None:
    account = below.account
    await below.hass.config_entries.async_remove(below.entry.entry_id)
    await settle(below.hass)
    assert below.hass.config_entries.async_entries(DOMAIN) == []
    assert below.server.applications.of(account) == []
    assert below.server.sign_in.sessions_of(account) == 0


async def test_a_session_works_below_a_path(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    printer: Printer,
    base: str,
) -> None:
    server.sign_in.registration_open = False
    form = await give_password(hass, await name_server(hass, base), account)
    assert form["step_id"] == "session_kept"
    result = await fill_in(hass, form, {})
    obico = Obico(hass=hass, server=server, account=account, entry=result["result"])
    switch = obico.entity_id(printer, "switch.watching_enabled")
    await hass.services.async_call(
        "switch", "turn_off", {"entity_id": switch}, blocking=True
    )
    assert printer.columns["watching_enabled"] is False
    await obico.unload()
