"""Signing in: every way in, every error, and on from each error to the goal."""

from collections.abc import Callable, Mapping
from pathlib import Path

from aiohttp import web
import pytest
from yarl import URL

from custom_components.obico.const import CONF_EXCLUDED, CONF_LOW_BANDWIDTH, DOMAIN
from dev import Account, Clock, ObicoServer, Printer
from homeassistant.config_entries import SOURCE_USER, ConfigEntryState, ConfigFlowResult
from homeassistant.const import CONF_ACCESS_TOKEN, CONF_URL, CONF_VERIFY_SSL
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from .servers import other_server, self_signed_server
from .support import API, Json, Obico, settle, unique_id_of

type Break = Callable[[ObicoServer], object]

USER = f"{API}users/me/"
VERSION = f"{API}version/"


async def start(hass: HomeAssistant, step: str) -> ConfigFlowResult:
    """Start a flow and take one way of its menu."""
    menu = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )
    assert menu["type"] is FlowResultType.MENU
    assert menu["menu_options"] == ["cloud", "own_server"]
    return await hass.config_entries.flow.async_configure(
        menu["flow_id"], {"next_step_id": step}
    )


async def fill_in(
    hass: HomeAssistant, flow: ConfigFlowResult, answers: dict[str, str | bool]
) -> ConfigFlowResult:
    """Fill a form in."""
    result = await hass.config_entries.flow.async_configure(flow["flow_id"], answers)
    await settle(hass)
    return result


async def name_server(
    hass: HomeAssistant,
    address: str,
    *,
    flow: ConfigFlowResult | None = None,
    verify_ssl: bool = True,
) -> ConfigFlowResult:
    """Say where the own server is, in a new flow or one that is at this step."""
    if flow is None:
        flow = await start(hass, "own_server")
    assert flow["step_id"] == "own_server"
    return await fill_in(hass, flow, {CONF_URL: address, CONF_VERIFY_SSL: verify_ssl})


async def sign_in(
    hass: HomeAssistant, flow: ConfigFlowResult, access_token: str
) -> ConfigFlowResult:
    """Give the access token."""
    assert flow["type"] is FlowResultType.FORM
    assert flow["step_id"] == "access_token"
    return await fill_in(hass, flow, {CONF_ACCESS_TOKEN: access_token})


def placeholders(form: ConfigFlowResult) -> Mapping[str, str]:
    """Return what the texts of a form are filled in with."""
    assert form["description_placeholders"] is not None
    return form["description_placeholders"]


def assert_created(
    result: ConfigFlowResult,
    account: Account,
    url: str,
    *,
    title: str | None = None,
    verify_ssl: bool = True,
) -> None:
    """Compare the entry that a flow ended with to what it must be."""
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == (title or url.partition("//")[2])
    assert account.email not in result["title"]
    assert result["data"] == {
        CONF_URL: url,
        CONF_VERIFY_SSL: verify_ssl,
        CONF_ACCESS_TOKEN: account.token,
    }
    entry = result["result"]
    assert entry.unique_id == unique_id_of(account)
    assert entry.state is ConfigEntryState.LOADED


async def test_an_own_server_is_set_up(
    hass: HomeAssistant, server: ObicoServer, account: Account
) -> None:
    form = await name_server(hass, server.url)
    assert form["errors"] == {}
    assert placeholders(form) == {
        "url": server.url,
        "token_url": f"{server.url}/admin/oauth2_provider/accesstoken/add/",
    }
    assert_created(await sign_in(hass, form, account.token), account, server.url)


async def test_the_cloud_is_set_up_without_asking_for_an_address(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        "custom_components.obico.config_flow.CLOUD_URL", URL(server.url)
    )
    form = await start(hass, "cloud")
    result = await sign_in(hass, form, account.token)
    assert_created(result, account, server.url, title="Obico Cloud")


async def test_the_cloud_is_the_real_one(hass: HomeAssistant) -> None:
    form = await start(hass, "cloud")
    assert placeholders(form)["url"] == "https://app.obico.io"


@pytest.mark.parametrize(
    "typed",
    [
        "{host}:{port}",
        "http://{host}:{port}/",
        "http://{host}:{port}/printers/1/control/?tab=2#top",
        "HTTP://{host}:{port}",
        "  http://{host}:{port}  ",
        "http://me:secret@{host}:{port}",
    ],
)
async def test_an_address_may_be_typed_in_many_ways(
    hass: HomeAssistant, server: ObicoServer, account: Account, typed: str
) -> None:
    url = URL(server.url)
    form = await name_server(hass, typed.format(host=url.host, port=url.port))
    assert_created(await sign_in(hass, form, account.token), account, server.url)


async def test_blanks_around_the_token_do_not_matter(
    hass: HomeAssistant, server: ObicoServer, account: Account
) -> None:
    form = await name_server(hass, server.url)
    result = await sign_in(hass, form, f"  {account.token}\n")
    assert_created(result, account, server.url)


@pytest.mark.parametrize("typed", ["", "http://", "ftp://obico", "my obico", "ht!tp"])
async def test_what_is_no_address_is_said_to_be_none(
    hass: HomeAssistant, server: ObicoServer, account: Account, typed: str
) -> None:
    form = await name_server(hass, typed)
    assert form["errors"] == {CONF_URL: "invalid_url"}
    form = await name_server(hass, server.url, flow=form)
    assert_created(await sign_in(hass, form, account.token), account, server.url)


@pytest.mark.parametrize(
    ("break_it", "error"),
    [
        (lambda s: s.faults.answer(VERSION, 500, {}), "server_error"),
        (lambda s: s.faults.html(VERSION, 502), "server_error"),
        (lambda s: s.faults.answer(VERSION, 429, {}), "rate_limited"),
        (lambda s: s.faults.html(VERSION, 200), "not_obico"),
        (lambda s: s.faults.answer(VERSION, 200, {"version": "1"}), "not_obico"),
        (lambda s: s.faults.html(VERSION, 403), "not_obico"),
        (lambda s: s.faults.answer(VERSION, 403, ["no"]), "not_obico"),
        (lambda s: s.faults.answer(VERSION, 403, {"error": 1}), "not_obico"),
        (lambda s: s.faults.answer(VERSION, 404, {}), "not_obico"),
        (lambda s: s.faults.answer(VERSION, 418, {}), "not_obico"),
        (lambda s: s.faults.truncate(VERSION), "cannot_connect"),
        (lambda s: s.faults.reset(VERSION), "cannot_connect"),
        (lambda s: s.faults.redirect(VERSION, "ftp://elsewhere/"), "not_obico"),
        (lambda s: s.faults.redirect(VERSION, f"{s.url}/login/"), "not_obico"),
    ],
)
async def test_a_server_in_trouble_is_explained_and_the_flow_goes_on(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    break_it: Break,
    error: str,
) -> None:
    break_it(server)
    form = await name_server(hass, server.url)
    assert form["step_id"] == "own_server"
    assert form["errors"] == {CONF_URL: error}
    server.faults.clear()
    form = await name_server(hass, server.url, flow=form)
    assert_created(await sign_in(hass, form, account.token), account, server.url)


async def test_nothing_secret_is_sent_before_an_obico_server_was_found(
    hass: HomeAssistant, server: ObicoServer
) -> None:
    await name_server(hass, server.url)
    assert [request.path for request in server.requests] == [VERSION]
    assert all("Authorization" not in request.headers for request in server.requests)


async def test_a_server_that_is_down_is_waited_for(
    hass: HomeAssistant, server: ObicoServer, account: Account
) -> None:
    await server.refuse_connections()
    form = await name_server(hass, server.url)
    assert form["errors"] == {CONF_URL: "cannot_connect"}
    await server.accept_connections()
    form = await name_server(hass, server.url, flow=form)
    assert_created(await sign_in(hass, form, account.token), account, server.url)


@pytest.mark.parametrize("typed", ["{origin}", "{authority}"])
async def test_a_certificate_of_its_own_needs_the_check_turned_off(
    hass: HomeAssistant, socket_enabled: None, tmp_path: Path, typed: str
) -> None:
    async with self_signed_server(tmp_path) as server:
        account = server.add_account()
        typed = typed.format(origin=server.url, authority=URL(server.url).authority)
        form = await name_server(hass, typed)
        assert form["errors"] == {CONF_URL: "invalid_certificate"}
        form = await name_server(hass, typed, flow=form, verify_ssl=False)
        result = await sign_in(hass, form, account.token)
        assert_created(result, account, server.url, verify_ssl=False)


@pytest.mark.parametrize(
    ("content_type", "status", "text"),
    [
        ("text/html", 200, "<h1>It works</h1>"),
        ("text/html", 401, "<h1>Sign in to your router</h1>"),
        ("application/json", 200, '{"name": "a printer of another make"}'),
        ("application/json", 200, "[]"),
        ("application/json", 401, "nonsense"),
    ],
)
async def test_another_kind_of_server_is_told_apart(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    content_type: str,
    status: int,
    text: str,
) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(text=text, content_type=content_type, status=status)

    async with other_server(answer) as url:
        form = await name_server(hass, url)
    assert form["errors"] == {CONF_URL: "not_obico"}
    form = await name_server(hass, server.url, flow=form)
    assert_created(await sign_in(hass, form, account.token), account, server.url)


async def test_a_redirect_to_an_obico_server_is_taken_up(
    hass: HomeAssistant, server: ObicoServer, account: Account
) -> None:
    """As behind a proxy that sends everybody from http to https."""

    async def elsewhere(request: web.Request) -> web.Response:
        raise web.HTTPMovedPermanently(f"{server.url}{request.path_qs}")

    async with other_server(elsewhere) as url:
        form = await name_server(hass, url)
    assert_created(await sign_in(hass, form, account.token), account, server.url)


async def test_a_redirect_to_another_kind_of_server_is_no_way_to_go(
    hass: HomeAssistant, server: ObicoServer, account: Account
) -> None:
    async def elsewhere(_: web.Request) -> web.Response:
        raise web.HTTPFound(f"{server.url}/")

    server.faults.html(VERSION, 200)
    async with other_server(elsewhere) as url:
        form = await name_server(hass, url)
    assert form["errors"] == {CONF_URL: "not_obico"}
    server.faults.clear()
    form = await name_server(hass, server.url, flow=form)
    assert_created(await sign_in(hass, form, account.token), account, server.url)


TROUBLE_AT_SIGN_IN: list[tuple[Break, str]] = [
    (lambda s: s.faults.answer(USER, 401, {}), "invalid_auth"),
    (lambda s: s.faults.html(USER, 500), "server_error"),
    (lambda s: s.faults.answer(USER, 429, {}), "rate_limited"),
    (lambda s: s.faults.html(USER, 200), "not_obico"),
    (lambda s: s.faults.answer(USER, 200, []), "not_obico"),
    (lambda s: s.faults.answer(USER, 200, {"id": 1}), "not_obico"),
    (lambda s: s.faults.answer(USER, 404, {}), "not_obico"),
    (lambda s: s.faults.truncate(USER), "cannot_connect"),
    (lambda s: s.faults.reset(USER), "cannot_connect"),
]


@pytest.mark.parametrize(("break_it", "error"), TROUBLE_AT_SIGN_IN)
async def test_trouble_at_sign_in_is_explained_and_the_flow_goes_on(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    break_it: Break,
    error: str,
) -> None:
    form = await name_server(hass, server.url)
    break_it(server)
    form = await sign_in(hass, form, account.token)
    assert form["errors"] == {CONF_ACCESS_TOKEN: error}
    server.faults.clear()
    assert_created(await sign_in(hass, form, account.token), account, server.url)


@pytest.mark.parametrize("wrong", ["wrong", "", "tök€n"])
async def test_a_wrong_token_is_asked_for_again(
    hass: HomeAssistant, server: ObicoServer, account: Account, wrong: str
) -> None:
    form = await name_server(hass, server.url)
    form = await sign_in(hass, form, wrong)
    assert form["errors"] == {CONF_ACCESS_TOKEN: "invalid_auth"}
    assert_created(await sign_in(hass, form, account.token), account, server.url)


async def test_an_account_is_set_up_only_once(
    hass: HomeAssistant, obico: Obico
) -> None:
    obico.account.issue_token()
    form = await name_server(hass, obico.server.url)
    result = await sign_in(hass, form, obico.account.token)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"


async def test_two_accounts_of_a_server_are_two_entries(
    hass: HomeAssistant, obico: Obico
) -> None:
    second = obico.server.add_account(email="other@example.com")
    form = await name_server(hass, obico.server.url)
    assert_created(await sign_in(hass, form, second.token), second, obico.server.url)


async def start_reauth(obico: Obico) -> ConfigFlowResult:
    """Revoke the token, and return the form that asks for a new one."""
    obico.account.revoke_token()
    await obico.poll()
    (flow,) = obico.hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == "reauth"
    return await obico.hass.config_entries.flow.async_configure(flow["flow_id"])


async def sign_in_again(obico: Obico, form: ConfigFlowResult) -> None:
    """Give the account's token to a form that asks for it, and compare what comes of it."""
    assert form["type"] is FlowResultType.FORM
    result = await fill_in(
        obico.hass, form, {CONF_ACCESS_TOKEN: obico.account.issue_token()}
    )
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reauth_successful"
    assert obico.entry.data == {
        CONF_URL: obico.server.url,
        CONF_VERIFY_SSL: True,
        CONF_ACCESS_TOKEN: obico.account.token,
    }
    assert obico.entry.state is ConfigEntryState.LOADED


async def test_a_revoked_token_is_replaced(obico: Obico) -> None:
    form = await start_reauth(obico)
    assert form["step_id"] == "reauth_confirm"
    assert placeholders(form)["url"] == obico.server.url
    await sign_in_again(obico, form)


async def test_a_wrong_token_at_reauthentication_is_asked_for_again(
    obico: Obico,
) -> None:
    form = await start_reauth(obico)
    form = await fill_in(obico.hass, form, {CONF_ACCESS_TOKEN: "wrong"})
    assert form["errors"] == {CONF_ACCESS_TOKEN: "invalid_auth"}
    await sign_in_again(obico, form)


@pytest.mark.parametrize(("break_it", "error"), TROUBLE_AT_SIGN_IN)
async def test_trouble_at_reauthentication_is_explained_and_the_flow_goes_on(
    obico: Obico, break_it: Break, error: str
) -> None:
    form = await start_reauth(obico)
    break_it(obico.server)
    form = await fill_in(
        obico.hass, form, {CONF_ACCESS_TOKEN: obico.account.issue_token()}
    )
    assert form["errors"] == {CONF_ACCESS_TOKEN: error}
    obico.server.faults.clear()
    await sign_in_again(obico, form)


async def test_another_account_cannot_take_the_place_at_reauthentication(
    obico: Obico,
) -> None:
    form = await start_reauth(obico)
    other = obico.server.add_account(email="other@example.com")
    before = dict(obico.entry.data)
    result = await fill_in(obico.hass, form, {CONF_ACCESS_TOKEN: other.token})
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "wrong_account"
    assert obico.entry.data == before
    assert obico.entry.unique_id == unique_id_of(obico.account)


def suggested(form: ConfigFlowResult) -> dict[str, object]:
    """Return what a form suggests."""
    assert form["data_schema"] is not None
    return {
        str(key): key.description["suggested_value"]
        for key in form["data_schema"].schema
        if key.description and "suggested_value" in key.description
    }


async def test_the_same_server_at_a_new_address_keeps_the_token(
    obico: Obico,
) -> None:
    server, token = obico.server, obico.entry.data[CONF_ACCESS_TOKEN]
    old = server.url
    await server.stop()
    await server.start()
    assert server.url != old
    form = await obico.entry.start_reconfigure_flow(obico.hass)
    assert form["step_id"] == "reconfigure"
    assert suggested(form)[CONF_URL] == old
    result = await fill_in(
        obico.hass, form, {CONF_URL: server.url, CONF_VERIFY_SSL: False}
    )
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reconfigure_successful"
    assert obico.entry.data == {
        CONF_URL: server.url,
        CONF_VERIFY_SSL: False,
        CONF_ACCESS_TOKEN: token,
    }
    assert obico.entry.state is ConfigEntryState.LOADED


async def test_the_token_is_not_shown_when_reconfiguring(obico: Obico) -> None:
    form = await obico.entry.start_reconfigure_flow(obico.hass)
    assert obico.account.token not in str(suggested(form))


async def test_reconfiguring_with_a_new_token_ends_a_waiting_reauthentication(
    obico: Obico,
) -> None:
    await start_reauth(obico)
    token = obico.account.issue_token()
    form = await obico.entry.start_reconfigure_flow(obico.hass)
    result = await fill_in(
        obico.hass,
        form,
        {
            CONF_URL: obico.server.url,
            CONF_VERIFY_SSL: True,
            CONF_ACCESS_TOKEN: token,
        },
    )
    assert result["reason"] == "reconfigure_successful"
    assert obico.entry.data[CONF_ACCESS_TOKEN] == token
    assert obico.entry.state is ConfigEntryState.LOADED
    assert obico.hass.config_entries.flow.async_progress() == []


@pytest.mark.parametrize(
    ("break_it", "errors"),
    [
        (
            lambda s: s.faults.answer(VERSION, 500, {}),
            {CONF_URL: "server_error"},
        ),
        (
            lambda s: s.faults.answer(USER, 403, {}),
            {CONF_ACCESS_TOKEN: "invalid_auth"},
        ),
        (
            lambda s: s.faults.html(USER, 200),
            {CONF_ACCESS_TOKEN: "not_obico"},
        ),
    ],
)
async def test_trouble_when_reconfiguring_is_explained_and_the_flow_goes_on(
    obico: Obico, break_it: Break, errors: dict[str, str]
) -> None:
    answers: dict[str, str | bool] = {CONF_URL: obico.server.url, CONF_VERIFY_SSL: True}
    form = await obico.entry.start_reconfigure_flow(obico.hass)
    break_it(obico.server)
    form = await fill_in(obico.hass, form, answers)
    assert form["errors"] == errors
    obico.server.faults.clear()
    result = await fill_in(obico.hass, form, answers)
    assert result["reason"] == "reconfigure_successful"
    assert obico.entry.state is ConfigEntryState.LOADED


async def test_another_account_cannot_take_the_place_when_reconfiguring(
    obico: Obico,
) -> None:
    other = obico.server.add_account(email="other@example.com")
    before = dict(obico.entry.data)
    form = await obico.entry.start_reconfigure_flow(obico.hass)
    result = await fill_in(
        obico.hass,
        form,
        {
            CONF_URL: obico.server.url,
            CONF_VERIFY_SSL: True,
            CONF_ACCESS_TOKEN: other.token,
        },
    )
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "wrong_account"
    assert obico.entry.data == before


async def test_another_server_cannot_take_the_place_when_reconfiguring(
    hass: HomeAssistant, obico: Obico
) -> None:
    """Both have a user 1; a token of the one says nothing to the other."""
    other = ObicoServer(clock=Clock(), seed=2)
    await other.start()
    try:
        form = await obico.entry.start_reconfigure_flow(hass)
        form = await fill_in(hass, form, {CONF_URL: other.url, CONF_VERIFY_SSL: True})
        assert form["errors"] == {CONF_ACCESS_TOKEN: "invalid_auth"}
    finally:
        await other.stop()
    result = await fill_in(
        hass, form, {CONF_URL: obico.server.url, CONF_VERIFY_SSL: True}
    )
    assert result["reason"] == "reconfigure_successful"


async def choose(obico: Obico, answers: dict[str, Json]) -> ConfigFlowResult:
    """Fill in the form of the options, and return that form as it was shown."""
    flows = obico.hass.config_entries.options
    form = await flows.async_init(obico.entry.entry_id)
    assert form["step_id"] == "init"
    result = await flows.async_configure(form["flow_id"], answers)
    await settle(obico.hass)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert obico.entry.state is ConfigEntryState.LOADED
    return form


@pytest.mark.parametrize("low_bandwidth", [True, False])
async def test_the_options_are_kept(
    obico: Obico, printer: Printer, low_bandwidth: bool
) -> None:
    answers = {CONF_LOW_BANDWIDTH: low_bandwidth, "printers": [str(printer.id)]}
    form = await choose(obico, answers)
    assert suggested(form) == {
        CONF_LOW_BANDWIDTH: False,
        "printers": [str(printer.id)],
    }
    assert obico.entry.options == {
        CONF_LOW_BANDWIDTH: low_bandwidth,
        CONF_EXCLUDED: [],
    }
    assert suggested(await choose(obico, answers)) == answers


async def test_a_printer_that_is_not_wanted_goes_and_comes_back_when_it_is(
    obico: Obico, printer: Printer
) -> None:
    other = obico.account.add_printer("Voron", agent="klipper")
    await obico.poll()
    await choose(obico, {CONF_LOW_BANDWIDTH: False, "printers": [str(other.id)]})
    assert obico.entry.options[CONF_EXCLUDED] == [str(printer.id)]
    assert obico.device(printer) is None
    assert obico.value(other, "sensor.status") == "idle"

    # Others that come later are wanted.
    new = obico.account.add_printer("Prusa XL", agent="octoprint")
    await obico.poll()
    assert obico.device(printer) is None
    assert obico.value(new, "sensor.status") == "idle"

    wanted = [str(one.id) for one in (printer, other, new)]
    form = await choose(obico, {CONF_LOW_BANDWIDTH: False, "printers": wanted})
    assert suggested(form)["printers"] == [str(other.id), str(new.id)]
    assert obico.entry.options[CONF_EXCLUDED] == []
    assert obico.value(printer, "sensor.status") == "idle"


async def test_what_is_not_wanted_can_be_chosen_again_while_the_server_is_down(
    obico: Obico, printer: Printer
) -> None:
    await choose(obico, {CONF_LOW_BANDWIDTH: False, "printers": []})
    assert obico.device(printer) is None
    await obico.unload()
    flows = obico.hass.config_entries.options
    form = await flows.async_init(obico.entry.entry_id)
    await flows.async_configure(
        form["flow_id"], {CONF_LOW_BANDWIDTH: False, "printers": [str(printer.id)]}
    )
    await settle(obico.hass)
    assert obico.entry.options[CONF_EXCLUDED] == []
    if obico.entry.state is not ConfigEntryState.LOADED:
        await obico.set_up()
    assert obico.value(printer, "sensor.status") == "idle"
