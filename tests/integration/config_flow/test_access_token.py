"""Signing in with an access token: every server, every error, and on from each error to the goal."""

from pathlib import Path

from aiohttp import web
import pytest
from yarl import URL

from dev import Account, ObicoServer
from homeassistant.const import CONF_ACCESS_TOKEN, CONF_URL, CONF_VERIFY_SSL
from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations
from tests.aioobico.people import hang_up
from tests.integration.flows import (
    USER,
    VERSION,
    WAYS,
    Trouble,
    assert_aborted,
    assert_created,
    assert_goes_on,
    fill_in,
    give_token,
    name_server,
    placeholders,
    start,
    suggested,
    take,
)
from tests.integration.servers import other_server, self_signed_server
from tests.integration.support import Obico, settle
from tests.sub_path import below_path


async def test_an_own_server_is_set_up(
    hass: HomeAssistant, server: ObicoServer, account: Account
) -> None:
    menu = await name_server(hass, server.url)
    assert menu["step_id"] == "sign_in"
    assert menu["menu_options"] == WAYS
    form = await take(hass, menu, "access_token")
    assert form["errors"] == {}
    assert placeholders(menu) == {"url": server.url}
    assert placeholders(form) == {
        "url": server.url,
        "token_url": f"{server.url}/admin/oauth2_provider/accesstoken/add/",
    }
    assert_created(await give_token(hass, form, account.token), account, server.url)


@pytest.fixture
def cloud(server: ObicoServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have Obico Cloud at the address of the simulated server."""
    monkeypatch.setattr(
        "custom_components.obico.config_flow.CLOUD_URL", URL(server.url)
    )


async def test_the_cloud_is_set_up_without_asking_for_an_address(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    cloud: None,
) -> None:
    form = await start(hass, "cloud")
    result = await give_token(hass, form, account.token)
    assert_created(result, account, server.url)


async def test_somebody_in_between_who_plays_the_cloud_gets_nothing(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cloud = "custom_components.obico.config_flow.CLOUD_URL"
    async with self_signed_server(tmp_path) as other:
        monkeypatch.setattr(cloud, URL(other.url))
        form = await give_token(hass, await start(hass, "cloud"), account.token)
        assert form["errors"] == {CONF_ACCESS_TOKEN: "invalid_certificate"}
        assert len(other.requests) == 0
    monkeypatch.setattr(cloud, URL(server.url))
    result = await give_token(hass, await start(hass, "cloud"), account.token)
    assert_created(result, account, server.url)


async def test_the_cloud_is_the_real_one(hass: HomeAssistant) -> None:
    menu = await start(hass, "cloud")
    assert placeholders(menu)["url"] == "https://app.obico.io"


async def test_nobody_is_sent_to_the_administrators_page_of_the_cloud(
    hass: HomeAssistant,
) -> None:
    """Its users cannot open the page on which administrators make access tokens."""
    menu = await start(hass, "cloud")
    assert menu["menu_options"] == ["password", "oauth", "cloud_access_token"]
    form = await take(hass, menu, "cloud_access_token")
    texts = await async_get_translations(hass, "en", "config", {"obico"})
    key = "component.obico.config.step.cloud_access_token.description"
    assert "{token_url}" not in texts[key]
    assert (
        texts[key]
        .format(**placeholders(form))
        .startswith("Sign in to https://app.obico.io with")
    )


async def test_who_has_no_token_of_the_cloud_takes_another_way(
    hass: HomeAssistant,
) -> None:
    form = await take(hass, await start(hass, "cloud"), "cloud_access_token")
    menu = await fill_in(hass, form, {})
    assert menu["step_id"] == "sign_in"
    assert menu["menu_options"] == ["password", "oauth", "cloud_access_token"]
    form = await take(hass, menu, "password")
    assert form["step_id"] == "password"


async def test_what_was_typed_for_a_server_is_there_when_the_flow_begins_anew(
    hass: HomeAssistant, server: ObicoServer
) -> None:
    form = await name_server(hass, "http://me:secret@obico.example", verify_ssl=False)
    hass.config_entries.flow.async_abort(form["flow_id"])
    form = await start(hass, "own_server")
    assert suggested(form) == {
        CONF_URL: "http://obico.example",
        CONF_VERIFY_SSL: False,
    }


@pytest.mark.parametrize(
    "typed",
    [
        "http://me:secret@{authority}",
        "me:secret@{authority}",
        "http://me@{authority}/obico/",
    ],
)
async def test_user_and_password_in_the_address_are_refused_and_not_shown_again(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    typed: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A proxy's password and the token would both be the header Authorization."""
    caplog.set_level("DEBUG")
    authority = URL(server.url).authority
    form = await name_server(hass, typed.format(authority=authority))
    assert form["errors"] == {CONF_URL: "user_in_address"}
    assert "@" not in str(suggested(form)[CONF_URL])
    assert "secret" not in f"{suggested(form)}{placeholders(form)}"
    assert "secret@" not in caplog.text
    assert len(server.requests) == 0
    form = await name_server(hass, str(suggested(form)[CONF_URL]), flow=form)
    assert_created(await give_token(hass, form, account.token), account, server.url)


async def test_an_e_mail_address_is_said_to_be_no_address_of_a_server(
    hass: HomeAssistant, server: ObicoServer, account: Account
) -> None:
    form = await name_server(hass, account.email)
    assert form["errors"] == {CONF_URL: "invalid_url"}
    assert account.email not in f"{suggested(form)}{placeholders(form)}"
    hass.config_entries.flow.async_abort(form["flow_id"])
    form = await start(hass, "own_server")
    assert account.email not in f"{suggested(form)}{placeholders(form)}"
    await assert_goes_on(hass, form, server, account)


async def test_whoever_types_the_address_of_the_cloud_is_told_that_it_is_the_cloud(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        "custom_components.obico.account.find_server.CLOUD_URL", URL(server.url)
    )
    server.faults.add("*", hang_up)
    form = await name_server(hass, f"{server.url}/printers/")
    assert form["errors"] == {CONF_URL: "cloud_unreachable"}
    server.faults.clear()
    await assert_goes_on(hass, form, server, account)


async def test_an_address_without_a_port_is_tried_at_that_of_self_hosted_servers(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = URL(server.url)
    monkeypatch.setattr(
        "custom_components.obico.aioobico.urls.SELF_HOSTED_PORT", url.port
    )
    form = await name_server(hass, str(url.host))
    assert_created(await give_token(hass, form, account.token), account, server.url)


@pytest.mark.parametrize(
    "typed", ["{base}", "{base}/", "{base}/printers/1/control/?a=b"]
)
async def test_a_server_below_a_path_of_a_proxy_is_set_up(
    hass: HomeAssistant, server: ObicoServer, account: Account, typed: str
) -> None:
    async with below_path(server.url) as base:
        form = await name_server(hass, typed.format(base=base))
        result = await give_token(hass, form, account.token)
        assert_created(result, account, base)
        assert await hass.config_entries.async_unload(result["result"].entry_id)
    await settle(hass)


async def test_a_server_that_is_down_is_asked_once_whatever_path_was_typed(
    hass: HomeAssistant, server: ObicoServer, account: Account
) -> None:
    server.faults.add("*", hang_up)
    form = await name_server(hass, f"{server.url}/printers/1/control/")
    assert form["errors"] == {CONF_URL: "cannot_connect"}
    asked = {request.path for request in server.requests}
    assert asked == {f"/printers/1/control{VERSION}"}
    server.faults.clear()
    form = await name_server(hass, server.url, flow=form)
    assert_created(await give_token(hass, form, account.token), account, server.url)


async def test_of_two_servers_on_one_host_the_one_that_was_named_is_set_up(
    hass: HomeAssistant, server: ObicoServer, account: Account
) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        # Both refuse whoever has no token.
        return web.json_response({"detail": "no"}, status=403)

    async with other_server(answer) as url:
        menu = await name_server(hass, f"{url}/second/")
    assert placeholders(menu)["url"] == f"{url}/second"


async def test_a_proxy_that_sends_to_https_keeps_the_path(
    hass: HomeAssistant, server: ObicoServer, account: Account
) -> None:
    async with below_path(server.url) as base:

        async def elsewhere(request: web.Request) -> web.Response:
            raise web.HTTPMovedPermanently(f"{URL(base).origin()}{request.path_qs}")

        async with other_server(elsewhere) as url:
            menu = await name_server(hass, f"{url}/obico")
        assert placeholders(menu)["url"] == base


@pytest.mark.parametrize(
    "typed",
    [
        "{host}:{port}",
        "http://{host}:{port}/",
        "http://{host}:{port}/printers/1/control/?tab=2#top",
        "HTTP://{host}:{port}",
        "  http://{host}:{port}  ",
    ],
)
async def test_an_address_may_be_typed_in_many_ways(
    hass: HomeAssistant, server: ObicoServer, account: Account, typed: str
) -> None:
    url = URL(server.url)
    form = await name_server(hass, typed.format(host=url.host, port=url.port))
    assert_created(await give_token(hass, form, account.token), account, server.url)


async def test_blanks_around_the_token_do_not_matter(
    hass: HomeAssistant, server: ObicoServer, account: Account
) -> None:
    form = await name_server(hass, server.url)
    result = await give_token(hass, form, f"  {account.token}\n")
    assert_created(result, account, server.url)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "http://",
        "http:/obico",
        "http//obico",
        "htp:/obico",
        "ftp://obico",
        "my obico",
        "ht!tp",
    ],
)
async def test_what_is_no_address_is_said_to_be_none(
    hass: HomeAssistant, server: ObicoServer, account: Account, typed: str
) -> None:
    form = await name_server(hass, typed)
    assert form["errors"] == {CONF_URL: "invalid_url"}
    await assert_goes_on(hass, form, server, account)


@pytest.mark.parametrize(
    "trouble",
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
    hass: HomeAssistant, server: ObicoServer, account: Account, trouble: Trouble
) -> None:
    break_it, error = trouble
    break_it(server)
    form = await name_server(hass, server.url)
    assert form["step_id"] == "own_server"
    assert form["errors"] == {CONF_URL: error}
    server.faults.clear()
    await assert_goes_on(hass, form, server, account)


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
    await assert_goes_on(hass, form, server, account)


async def test_a_server_without_tls_is_told_from_none(
    hass: HomeAssistant, server: ObicoServer, account: Account
) -> None:
    form = await name_server(hass, server.url.replace("http:", "https:"))
    assert form["errors"] == {CONF_URL: "no_tls"}
    await assert_goes_on(hass, form, server, account)


async def test_who_typed_no_address_is_not_told_to_check_it(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    cloud: None,
) -> None:
    menu = await start(hass, "cloud")
    await server.refuse_connections()
    form = await give_token(hass, menu, account.token)
    assert form["errors"] == {CONF_ACCESS_TOKEN: "cloud_unreachable"}
    await server.accept_connections()
    assert_created(await give_token(hass, form, account.token), account, server.url)


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
        # Home Assistant itself would fetch the token, and check the certificate.
        assert form["menu_options"] == ["password", "access_token"]
        result = await give_token(hass, form, account.token)
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
    await assert_goes_on(hass, form, server, account)


async def test_a_redirect_to_an_obico_server_is_taken_up(
    hass: HomeAssistant, server: ObicoServer, account: Account
) -> None:
    """As behind a proxy that sends everybody from http to https."""

    async def elsewhere(request: web.Request) -> web.Response:
        raise web.HTTPMovedPermanently(f"{server.url}{request.path_qs}")

    async with other_server(elsewhere) as url:
        form = await name_server(hass, url)
    assert_created(await give_token(hass, form, account.token), account, server.url)


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
    await assert_goes_on(hass, form, server, account)


TROUBLE_AT_SIGN_IN: list[Trouble] = [
    (lambda s: s.faults.answer(USER, 401, {}), "proxy_in_front"),
    (lambda s: s.faults.html(USER, 500), "server_error"),
    (lambda s: s.faults.answer(USER, 429, {}), "rate_limited"),
    (lambda s: s.faults.html(USER, 200), "proxy_in_front"),
    (lambda s: s.faults.redirect(USER, "/accounts/login/"), "not_obico"),
    (lambda s: s.faults.redirect(USER, "ftp://elsewhere/"), "not_obico"),
    (lambda s: s.faults.redirect(USER, "https://obico.example/"), "redirected"),
    (lambda s: s.faults.answer(USER, 200, []), "not_obico"),
    (lambda s: s.faults.answer(USER, 200, {"id": 1}), "not_obico"),
    (lambda s: s.faults.answer(USER, 404, {}), "not_obico"),
    (lambda s: s.faults.truncate(USER), "cannot_connect"),
    (lambda s: s.faults.reset(USER), "cannot_connect"),
]


@pytest.mark.parametrize("trouble", TROUBLE_AT_SIGN_IN)
async def test_trouble_at_sign_in_is_explained_and_the_flow_goes_on(
    hass: HomeAssistant, server: ObicoServer, account: Account, trouble: Trouble
) -> None:
    break_it, error = trouble
    form = await name_server(hass, server.url)
    break_it(server)
    form = await give_token(hass, form, account.token)
    assert form["errors"] == {CONF_ACCESS_TOKEN: error}
    server.faults.clear()
    assert_created(await give_token(hass, form, account.token), account, server.url)


@pytest.mark.parametrize("wrong", ["wrong", "", "tök€n"])
async def test_a_wrong_token_is_asked_for_again(
    hass: HomeAssistant, server: ObicoServer, account: Account, wrong: str
) -> None:
    form = await name_server(hass, server.url)
    form = await give_token(hass, form, wrong)
    assert form["errors"] == {CONF_ACCESS_TOKEN: "invalid_auth"}
    assert_created(await give_token(hass, form, account.token), account, server.url)


async def test_an_account_is_set_up_only_once(
    hass: HomeAssistant, obico: Obico
) -> None:
    obico.account.issue_token()
    form = await name_server(hass, obico.server.url)
    result = await give_token(hass, form, obico.account.token)
    assert_aborted(result, "already_configured")


async def test_two_accounts_of_a_server_are_two_entries(
    hass: HomeAssistant, obico: Obico
) -> None:
    second = obico.server.add_account(email="other@example.com")
    form = await name_server(hass, obico.server.url)
    assert_created(await give_token(hass, form, second.token), second, obico.server.url)


async def test_two_flows_for_one_account_do_not_make_two_entries(
    hass: HomeAssistant, server: ObicoServer, account: Account
) -> None:
    first = await name_server(hass, server.url)
    second = await name_server(hass, server.url)
    assert_created(await give_token(hass, first, account.token), account, server.url)
    result = await give_token(hass, second, account.token)
    assert result["reason"] == "already_configured"


async def test_a_secure_server_cannot_send_to_one_that_is_not(
    hass: HomeAssistant, server: ObicoServer, account: Account, tmp_path: Path
) -> None:
    """Or else the password would follow, for everybody in between to read."""
    async with self_signed_server(tmp_path) as secure:
        secure.faults.redirect(VERSION, f"{server.url}{VERSION}")
        form = await name_server(hass, secure.url, verify_ssl=False)
    assert form["errors"] == {CONF_URL: "redirected"}
    assert placeholders(form)["origin"] == server.url
    assert len(server.requests) == 0
    await assert_goes_on(hass, form, server, account)


async def test_a_certificate_that_is_not_trusted_is_no_reason_to_do_without(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An address without a scheme may be either, but not when somebody is in between."""
    async with self_signed_server(tmp_path) as secure:
        origins = [URL(secure.url), URL(server.url)]
        monkeypatch.setattr(
            "custom_components.obico.account.find_server.parse_server_url",
            lambda _: origins,
        )
        form = await name_server(hass, "obico.example")
    assert form["errors"] == {CONF_URL: "invalid_certificate"}
    assert len(server.requests) == 0
    origins.pop(0)
    await assert_goes_on(hass, form, server, account)
