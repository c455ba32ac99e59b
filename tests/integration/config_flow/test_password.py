"""Signing in with e-mail and password: exchanged for a token, or a session where there is none."""

import logging
from pathlib import Path
import re
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.abc import ResolveResult
import pytest
from yarl import URL

from custom_components.obico.const import CONF_SESSION
from dev import SHORT, Account, ObicoServer, Printer
from dev.server.faults import Handler
from dev.server.sessions import SESSION_SECONDS
from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult
from homeassistant.const import CONF_EMAIL, CONF_PASSWORD, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import instance_id
from tests.aioobico.support import this_machine
from tests.integration.flows import (
    USER,
    WAYS,
    Break,
    Trouble,
    assert_aborted,
    assert_created,
    fill_in,
    give_password,
    give_token,
    minted,
    name_server,
    placeholders,
    start_reauth,
    suggested,
    take,
)
from tests.integration.servers import other_server, self_signed_server
from tests.integration.support import Json, Obico, connections_of, fired_events
from tests.timelapse import wait_until

LOGIN = "/accounts/login/"
REGISTER = "/o/applications/register/"
TOKEN = "/o/token/"


@pytest.fixture
def account(server: ObicoServer) -> Account:
    return server.add_account(email="maker@example.com", password="PASSWORD-of-maker")


@pytest.fixture(autouse=True)
def _names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make `localhost` and `obico.lan` names of this machine."""
    resolve = aiohttp.TCPConnector._resolve_host

    async def resolve_host(
        self: aiohttp.TCPConnector, host: str, port: int, traces: Any = None
    ) -> list[ResolveResult]:
        if host not in ("localhost", "obico.lan"):
            return await resolve(self, host, port, traces)
        return this_machine(host, port)

    monkeypatch.setattr(aiohttp.TCPConnector, "_resolve_host", resolve_host)


async def test_the_password_is_exchanged_for_a_token(
    hass: HomeAssistant, server: ObicoServer, account: Account
) -> None:
    form = await take(hass, await name_server(hass, server.url), "password")
    assert form["errors"] == {}
    assert placeholders(form)["url"] == server.url
    result = await give_password(hass, form, account)
    assert_created(result, account, server.url, minted(server, account))
    (application,) = server.applications.of(account)
    assert re.fullmatch(r"Home Assistant \([0-9a-f]{8}\)", application.name)
    assert application.tokens[0] in account.tokens
    assert server.sign_in.sessions_of(account) == 0


async def test_the_application_is_named_after_the_installation_without_its_id(
    hass: HomeAssistant, server: ObicoServer, account: Account
) -> None:
    """The id itself identifies the installation towards other services."""
    menu = await name_server(hass, server.url)
    result = await give_password(hass, menu, account)
    (first,) = server.applications.of(account)
    assert first.name[16:24] not in await instance_id.async_get(hass)
    await hass.config_entries.async_remove(result["result"].entry_id)
    await instance_id.async_recreate(hass)
    hass.data.pop(instance_id.DATA_KEY)
    await give_password(hass, await name_server(hass, server.url), account)
    (second,) = server.applications.of(account)
    assert first.name != second.name


async def test_the_application_of_another_installation_stays(
    hass: HomeAssistant, server: ObicoServer, account: Account
) -> None:
    other = server.applications.register(
        account,
        {
            **server.applications.new_client(),
            "name": "Home Assistant (0a1b2c3d)",
            "client_type": "public",
            "authorization_grant_type": "authorization-code",
            "redirect_uris": "https://my.home-assistant.io/redirect/oauth",
        },
    )
    result = await give_password(hass, await name_server(hass, server.url), account)
    assert other.tokens == []
    assert len(server.applications.of(account)) == 2
    await hass.config_entries.async_remove(result["result"].entry_id)
    assert server.applications.of(account) == [other]
    assert server.sign_in.sessions_of(account) == 0


@pytest.mark.parametrize(
    "break_it",
    [
        lambda s: s.faults.html(USER, 500),
        lambda s: s.faults.answer(USER, 403, {"detail": "no"}),
        lambda s: s.faults.html(REGISTER, 500),
        lambda s: s.faults.answer(TOKEN, 429, {}),
    ],
)
async def test_no_session_stays_where_the_sign_in_fails_half_way(
    hass: HomeAssistant, server: ObicoServer, account: Account, break_it: Break
) -> None:
    break_it(server)
    form = await give_password(hass, await name_server(hass, server.url), account)
    assert form["errors"]
    assert server.sign_in.sessions_of(account) == 0
    server.faults.clear()
    result = await give_password(hass, form, account)
    assert_created(result, account, server.url, minted(server, account))
    assert server.sign_in.sessions_of(account) == 0


@pytest.mark.usefixtures("printer")
async def test_the_password_is_stored_and_logged_nowhere(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    hass_storage: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    form = await name_server(hass, server.url)
    form = await give_password(hass, form, account, "PASSWORD-mistyped")
    assert "PASSWORD" not in str(form)
    result = await give_password(hass, form, account)
    assert "PASSWORD" not in str(result)
    await hass.config_entries._store.async_save(hass.config_entries._data_to_save())
    assert minted(server, account)["access_token"] in str(hass_storage)
    assert "PASSWORD" not in str(hass_storage)
    assert "PASSWORD" not in caplog.text


async def test_the_password_goes_to_the_page_that_signs_in_and_nowhere_else(
    hass: HomeAssistant, server: ObicoServer, account: Account
) -> None:
    bodies: list[tuple[str, str]] = []

    async def note(request: web.Request, handler: Handler) -> web.StreamResponse:
        bodies.append((request.path, await request.text()))
        return await handler(request)

    server.faults.add("/*", note, method="POST")
    await give_password(hass, await name_server(hass, server.url), account)
    assert [path for path, body in bodies if account.password in body] == [LOGIN]


async def test_a_page_that_another_author_wrote_is_understood(
    hass: HomeAssistant, server: ObicoServer, account: Account
) -> None:
    server.sign_in.rearranged = True
    result = await give_password(hass, await name_server(hass, server.url), account)
    assert_created(result, account, server.url, minted(server, account))


async def test_a_server_with_a_certificate_of_its_own_takes_a_password(
    hass: HomeAssistant, socket_enabled: None, tmp_path: Path
) -> None:
    """Over TLS a server looks closer at where a form comes from."""
    async with self_signed_server(tmp_path) as server:
        account = server.add_account()
        form = await name_server(hass, server.url, verify_ssl=False)
        result = await give_password(hass, form, account)
        credential = minted(server, account)
        assert_created(result, account, server.url, credential, verify_ssl=False)
        await hass.config_entries.async_remove(result["result"].entry_id)
        assert credential["access_token"] not in account.tokens


async def test_a_wrong_password_is_asked_for_again(
    hass: HomeAssistant, server: ObicoServer, account: Account
) -> None:
    form = await name_server(hass, server.url)
    form = await give_password(hass, form, account, "wrong")
    assert form["errors"] == {"base": "invalid_password"}
    # Only the e-mail is there again.
    assert suggested(form) == {CONF_EMAIL: account.email}
    result = await give_password(hass, form, account)
    assert_created(result, account, server.url, minted(server, account))


def sign_in_switch(name: str) -> Break:
    """Return what makes the server's pages other ones."""
    return lambda server: setattr(server.sign_in, name, True)


@pytest.mark.parametrize(
    "trouble",
    [
        (sign_in_switch("two_step"), "two_step"),
        (sign_in_switch("social_only"), "social_sign_in"),
        (sign_in_switch("page_changed"), "sign_in_page"),
        (lambda s: s.faults.html(LOGIN, 404), "sign_in_page"),
        (lambda s: s.faults.answer(LOGIN, 200, b"\xff\xfe<form"), "sign_in_page"),
        (lambda s: s.faults.answer(LOGIN, 200, b"x" * 2_000_000), "sign_in_page"),
        (
            lambda s: s.faults.redirect(LOGIN, "https://elsewhere.example/"),
            "redirected",
        ),
        (lambda s: s.faults.html(LOGIN, 500), "unknown_site"),
        (lambda s: s.faults.html(LOGIN, 500, method="POST"), "unknown_site"),
        (lambda s: s.faults.html(LOGIN, 502, method="POST"), "server_error"),
        (lambda s: s.faults.answer(LOGIN, 429, {}), "rate_limited"),
        (lambda s: s.faults.reset(LOGIN), "cannot_connect"),
        (lambda s: s.faults.truncate(LOGIN), "cannot_connect"),
        (lambda s: s.faults.html(USER, 200), "proxy_in_front"),
        (lambda s: s.faults.html(USER, 502), "server_error"),
        (lambda s: s.faults.html(REGISTER, 500), "server_error"),
        (lambda s: s.faults.reset(REGISTER), "cannot_connect"),
        (lambda s: s.faults.answer("/o/authorize/", 429, {}), "rate_limited"),
        (lambda s: s.faults.html(TOKEN, 503), "server_error"),
    ],
)
async def test_trouble_is_explained_and_the_flow_goes_on(
    hass: HomeAssistant, server: ObicoServer, account: Account, trouble: Trouble
) -> None:
    break_it, error = trouble
    form = await name_server(hass, server.url)
    break_it(server)
    form = await give_password(hass, form, account)
    assert form["errors"] == {"base": error}
    server.faults.clear()
    for name in ("two_step", "social_only", "page_changed"):
        setattr(server.sign_in, name, False)
    result = await give_password(hass, form, account)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"]["access_token"] == account.token
    assert result["result"].state is ConfigEntryState.LOADED


async def test_a_sign_in_page_that_moved_to_another_server_gets_no_password(
    hass: HomeAssistant, server: ObicoServer, account: Account
) -> None:
    asked: list[str] = []

    async def note(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response()

    async with other_server(note) as url:
        server.faults.redirect(LOGIN, f"{url}{LOGIN}")
        form = await name_server(hass, server.url)
        form = await give_password(hass, form, account)
    assert form["errors"] == {"base": "redirected"}
    assert placeholders(form)["origin"] == url
    assert asked == []
    server.faults.clear()
    result = await give_password(hass, form, account)
    assert_created(result, account, server.url, minted(server, account))


async def test_an_account_that_is_there_already_gets_no_further_token(
    hass: HomeAssistant, obico: Obico
) -> None:
    tokens = list(obico.account.tokens)
    form = await name_server(hass, obico.server.url)
    result = await give_password(hass, form, obico.account)
    assert_aborted(result, "already_configured")
    assert obico.server.applications.of(obico.account) == []
    assert obico.account.tokens == tokens
    assert obico.server.sign_in.sessions_of(obico.account) == 0


async def test_two_accounts_of_a_server_have_a_token_each(
    hass: HomeAssistant, server: ObicoServer, account: Account
) -> None:
    other = server.add_account(email="other@example.com", password="another")
    entries = []
    for who in (account, other):
        result = await give_password(hass, await name_server(hass, server.url), who)
        assert_created(result, who, server.url, minted(server, who))
        entries.append(result["result"])
    await hass.config_entries.async_remove(entries[1].entry_id)
    assert minted(server, account)["access_token"] in account.tokens
    assert entries[1].data["access_token"] not in other.tokens
    assert server.applications.of(other) == []


# At an address for which the server has no site


async def test_by_an_ip_address_of_its_own_machine_the_server_is_localhost(
    hass: HomeAssistant, server: ObicoServer, account: Account
) -> None:
    server.sign_in.sites = frozenset({"localhost"})
    menu = await name_server(hass, server.url)
    form = await give_password(hass, menu, account, "wrong")
    assert form["errors"] == {"base": "invalid_password"}
    result = await give_password(hass, form, account)
    url = server.url.replace("127.0.0.1", "localhost")
    assert_created(result, account, url, minted(server, account))


async def test_a_server_that_does_not_know_its_address_says_so_and_takes_a_token(
    hass: HomeAssistant, server: ObicoServer, account: Account
) -> None:
    server.sign_in.sites = frozenset({"obico.lan"})
    for password in (account.password, "wrong"):
        form = await give_password(
            hass, await name_server(hass, server.url), account, password
        )
        assert form["errors"] == {"base": "unknown_site"}
        # Which name was tried last says nothing.
        assert placeholders(form)["host"] == server.url.removeprefix("http://")
    result = await give_token(hass, await name_server(hass, server.url), account.token)
    assert_created(result, account, server.url)


async def test_localhost_is_no_name_of_a_server_on_another_machine(
    hass: HomeAssistant, server: ObicoServer, account: Account
) -> None:
    server.sign_in.sites = frozenset({"localhost"})
    url = server.url.replace("127.0.0.1", "obico.lan")
    form = await give_password(hass, await name_server(hass, url), account)
    assert form["errors"] == {"base": "unknown_site"}
    hosts = {URL(f"//{request.headers['Host']}").host for request in server.requests}
    assert hosts == {"obico.lan"}
    server.sign_in.sites = frozenset({"obico.lan"})
    result = await give_password(hass, form, account)
    assert_created(result, account, url, minted(server, account))


async def test_the_password_is_not_sent_to_another_server_on_the_same_machine(
    hass: HomeAssistant, server: ObicoServer, account: Account
) -> None:
    """The name localhost may be somebody else's, even at the same port."""
    server.sign_in.sites = frozenset({"localhost"})
    form = await take(hass, await name_server(hass, server.url), "password")
    server.faults.html("/api/v1/version/", 200)
    form = await give_password(hass, form, account)
    assert form["errors"] == {"base": "unknown_site"}
    posted = server.requests.matching(LOGIN, "POST")
    assert not posted
    server.faults.clear()
    result = await give_password(hass, form, account)
    url = server.url.replace("127.0.0.1", "localhost")
    assert_created(result, account, url, minted(server, account))


async def test_a_lost_sign_in_comes_back_under_the_name_that_the_pictures_have(
    obico: Obico, printer: Printer
) -> None:
    server, account = obico.server, obico.account
    url = server.url.replace("127.0.0.1", "obico.lan")
    server.media.site = url
    server.sign_in.sites = frozenset({"obico.lan"})
    printer.agent.start_print(SHORT)
    await server.advance(30)
    await obico.poll()
    menu = await start_reauth(obico)
    result = await give_password(obico.hass, menu, account)
    assert result["reason"] == "reauth_successful"
    assert obico.entry.data == {
        CONF_URL: url,
        "verify_ssl": True,
        **minted(server, account),
    }
    assert obico.entry.state is ConfigEntryState.LOADED


# A flow that is left


async def test_a_session_that_nobody_stores_is_ended(
    hass: HomeAssistant, server: ObicoServer, account: Account
) -> None:
    server.sign_in.registration_open = False
    form = await give_password(hass, await name_server(hass, server.url), account)
    assert form["step_id"] == "session_kept"
    assert server.sign_in.sessions_of(account) == 1
    hass.config_entries.flow.async_abort(form["flow_id"])
    await hass.async_block_till_done()
    assert server.sign_in.sessions_of(account) == 0


async def test_a_session_is_ended_when_its_account_is_removed(
    hass: HomeAssistant, server: ObicoServer, account: Account
) -> None:
    result = await keep_session(hass, server, account)
    assert server.sign_in.sessions_of(account) == 1
    await hass.config_entries.async_remove(result["result"].entry_id)
    assert server.sign_in.sessions_of(account) == 0


# Where the server lets nobody register an application


async def keep_session(
    hass: HomeAssistant, server: ObicoServer, account: Account
) -> ConfigFlowResult:
    """Sign in where no token can be had."""
    server.sign_in.registration_open = False
    form = await give_password(hass, await name_server(hass, server.url), account)
    assert form["type"] is FlowResultType.FORM
    assert form["step_id"] == "session_kept"
    assert placeholders(form)["url"] == server.url
    assert hass.config_entries.async_entries("obico") == []
    return await fill_in(hass, form, {})


def session_of(result: ConfigFlowResult) -> dict[str, str]:
    """Return the session that an entry stores."""
    assert set(result["data"]) == {CONF_URL, "verify_ssl", CONF_SESSION}
    return {CONF_SESSION: result["data"][CONF_SESSION]}


async def test_the_session_is_kept_where_no_token_can_be_had_and_the_user_is_told(
    hass: HomeAssistant, server: ObicoServer, account: Account
) -> None:
    result = await keep_session(hass, server, account)
    assert_created(result, account, server.url, session_of(result))


@pytest.mark.parametrize(
    "break_it",
    [
        lambda s: s.faults.html(REGISTER, 403),
        lambda s: s.faults.redirect(REGISTER, LOGIN),
        lambda s: s.faults.html(REGISTER, 200),
        lambda s: s.faults.redirect("/o/authorize/", "/", method="POST"),
        lambda s: s.faults.answer(TOKEN, 400, {"error": "invalid_grant"}),
        lambda s: s.faults.answer(TOKEN, 200, {"token_type": "Bearer"}),
        lambda s: s.faults.html(TOKEN, 200),
    ],
)
async def test_the_session_is_kept_where_the_way_to_a_token_is_another(
    hass: HomeAssistant, server: ObicoServer, account: Account, break_it: Break
) -> None:
    break_it(server)
    form = await give_password(hass, await name_server(hass, server.url), account)
    assert form["step_id"] == "session_kept"
    result = await fill_in(hass, form, {})
    assert_created(result, account, server.url, session_of(result))


async def test_everything_works_with_a_session(
    hass: HomeAssistant, server: ObicoServer, account: Account, printer: Printer
) -> None:
    server.sockets.blocked = False
    result = await keep_session(hass, server, account)
    entry = result["result"]
    obico = Obico(hass=hass, server=server, account=account, entry=entry)
    account.tokens.clear()

    # The poll,
    await obico.poll(after=1)
    assert obico.value(printer, "sensor.status") == "idle"
    # what changes something,
    switch = "switch.watching_enabled"
    assert obico.value(printer, switch) == "on"
    await hass.services.async_call(
        "switch",
        "turn_off",
        {"entity_id": obico.entity_id(printer, switch)},
        blocking=True,
    )
    assert printer.columns["watching_enabled"] is False
    assert obico.value(printer, switch) == "off"
    # the events,
    fired = fired_events(obico, printer)
    printer.agent.start_print(SHORT)
    await obico.poll(after=2)
    assert [event["event_type"] for event in fired()] == ["started"]
    # and the push, which asks for another token.
    await wait_until(lambda: connections_of(entry).connected == 1)
    await obico.unload()


async def test_a_session_that_is_over_asks_to_sign_in_again(
    hass: HomeAssistant, server: ObicoServer, account: Account, printer: Printer
) -> None:
    result = await keep_session(hass, server, account)
    entry = result["result"]
    obico = Obico(hass=hass, server=server, account=account, entry=entry)
    server.clock.advance(SESSION_SECONDS - 60)
    await obico.poll()
    assert hass.config_entries.flow.async_progress() == []
    server.clock.advance(60)
    await obico.poll()
    (flow,) = hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == "reauth"
    menu = await hass.config_entries.flow.async_configure(flow["flow_id"])
    form = await give_password(hass, menu, account)
    assert form["step_id"] == "session_kept"
    result = await fill_in(hass, form, {})
    assert result["reason"] == "reauth_successful"
    assert entry.state is ConfigEntryState.LOADED
    assert obico.value(printer, "sensor.status") == "idle"


@pytest.mark.parametrize("answers", [{}, {CONF_EMAIL: "me@example.com"}])
async def test_who_has_no_password_takes_another_way(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    answers: dict[str, Json],
) -> None:
    form = await take(hass, await name_server(hass, server.url), "password")
    menu = await fill_in(hass, form, answers)
    assert menu["step_id"] == "sign_in"
    assert_created(await give_token(hass, menu, account.token), account, server.url)


async def test_a_password_without_an_e_mail_address_is_not_accepted(
    hass: HomeAssistant, server: ObicoServer, account: Account
) -> None:
    form = await take(hass, await name_server(hass, server.url), "password")
    form = await fill_in(hass, form, {CONF_PASSWORD: account.password})
    assert form["errors"] == {"base": "invalid_password"}
    result = await give_password(hass, form, account)
    assert_created(result, account, server.url, minted(server, account))


async def test_in_a_renewal_another_way_can_be_taken_too(obico: Obico) -> None:
    form = await take(obico.hass, await start_reauth(obico), "password")
    menu = await fill_in(obico.hass, form, {})
    assert menu["step_id"] == "reauth_confirm"
    assert menu["menu_options"] == WAYS
