"""Signing in again, and changing the connection: the account stays, what is not needed is revoked."""

import asyncio
from collections.abc import AsyncGenerator

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.obico.const import CONF_SESSION
from dev import Account, Clock, ObicoServer, Printer
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_ACCESS_TOKEN, CONF_URL, CONF_VERIFY_SSL
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from tests.integration.flows import (
    USER,
    VERSION,
    WAYS,
    Break,
    assert_aborted,
    assert_changed,
    fill_in,
    give_password,
    give_token,
    minted,
    name_server,
    placeholders,
    reconfigure,
    sign_in,
    start_reauth,
    start_reconfigure,
    suggested,
)
from tests.integration.support import (
    Obico,
    coordinator_of,
    finish,
    set_up,
    settle,
    unique_id_of,
)


@pytest.fixture
async def signed_in(
    hass: HomeAssistant, server: ObicoServer, account: Account, printer: Printer
) -> Obico:
    """Give an account that was signed in with its password."""
    result = await give_password(hass, await name_server(hass, server.url), account)
    return Obico(hass=hass, server=server, account=account, entry=result["result"])


@pytest.fixture
async def other_server(socket_enabled: None) -> AsyncGenerator[ObicoServer]:
    """Give another server; both have a user 1."""
    other = ObicoServer(clock=Clock(), seed=2)
    other.sockets.blocked = True
    await other.start()
    yield other
    await other.stop()


# Signing in again


async def test_a_revoked_token_is_replaced_by_another(obico: Obico) -> None:
    menu = await start_reauth(obico)
    assert menu["step_id"] == "reauth_confirm"
    assert menu["menu_options"] == WAYS
    assert placeholders(menu) == {
        "url": obico.server.url,
        "name": obico.entry.title,
    }
    token = obico.account.issue_token()
    result = await give_token(obico.hass, menu, token)
    assert_changed(result, obico, "reauth_successful", {CONF_ACCESS_TOKEN: token})


async def test_a_revoked_token_is_replaced_by_one_for_the_password(
    obico: Obico,
) -> None:
    result = await give_password(obico.hass, await start_reauth(obico), obico.account)
    assert_changed(
        result, obico, "reauth_successful", minted(obico.server, obico.account)
    )


async def test_a_token_is_replaced_by_a_session_where_no_other_can_be_had(
    signed_in: Obico,
) -> None:
    signed_in.server.sign_in.registration_open = False
    form = await give_password(
        signed_in.hass, await start_reauth(signed_in), signed_in.account
    )
    assert form["step_id"] == "session_kept"
    result = await fill_in(signed_in.hass, form, {})
    session = signed_in.entry.data[CONF_SESSION]
    assert_changed(result, signed_in, "reauth_successful", {CONF_SESSION: session})


async def test_oauth_is_not_offered_again_without_the_certificate_check(
    hass: HomeAssistant, server: ObicoServer, account: Account
) -> None:
    obico = await set_up(hass, server, account, **{CONF_VERIFY_SSL: False})
    menu = await start_reauth(obico)
    assert menu["menu_options"] == ["password", "access_token"]
    token = account.issue_token()
    result = await give_token(hass, menu, token)
    assert_changed(
        result,
        obico,
        "reauth_successful",
        {CONF_ACCESS_TOKEN: token},
        verify_ssl=False,
    )


@pytest.mark.parametrize(
    ("break_it", "error"),
    [
        (lambda s: s.faults.answer(USER, 401, {}), "proxy_in_front"),
        (lambda s: s.faults.html(USER, 500), "server_error"),
        (lambda s: s.faults.answer(USER, 429, {}), "rate_limited"),
        (lambda s: s.faults.html(USER, 200), "proxy_in_front"),
        (lambda s: s.faults.reset(USER), "cannot_connect"),
    ],
)
async def test_trouble_at_reauthentication_is_explained_and_the_flow_goes_on(
    obico: Obico, break_it: Break, error: str
) -> None:
    menu = await start_reauth(obico)
    token = obico.account.issue_token()
    break_it(obico.server)
    form = await give_token(obico.hass, menu, token)
    assert form["errors"] == {CONF_ACCESS_TOKEN: error}
    obico.server.faults.clear()
    result = await give_token(obico.hass, form, token)
    assert_changed(result, obico, "reauth_successful", {CONF_ACCESS_TOKEN: token})


async def test_a_server_that_moved_to_https_tells_where_to_when_signing_in_again(
    obico: Obico,
) -> None:
    menu = await start_reauth(obico)
    token = obico.account.issue_token()
    obico.server.faults.redirect("*", "https://obico.example:8443/x/?y=z")
    form = await give_token(obico.hass, menu, token)
    assert form["errors"] == {CONF_ACCESS_TOKEN: "redirected"}
    assert placeholders(form)["origin"] == "https://obico.example:8443"
    obico.server.faults.clear()
    result = await give_token(obico.hass, form, token)
    assert_changed(result, obico, "reauth_successful", {CONF_ACCESS_TOKEN: token})


@pytest.mark.parametrize("way", ["password", "access_token"])
async def test_another_account_cannot_take_the_place_at_reauthentication(
    obico: Obico, way: str
) -> None:
    menu = await start_reauth(obico)
    other = obico.server.add_account(email="other@example.com")
    before = dict(obico.entry.data)
    result = await sign_in(obico.hass, menu, other, way)
    assert_aborted(result, "wrong_account")
    assert obico.entry.data == before
    assert obico.entry.unique_id == unique_id_of(obico.account)
    assert obico.server.applications.of(other) == []
    assert obico.server.sign_in.sessions_of(other) == 0
    # Nobody would ask again: an account that is signed out is not polled.
    await settle(obico.hass)
    (again,) = obico.hass.config_entries.flow.async_progress()
    assert again["context"]["source"] == "reauth"
    menu = await obico.hass.config_entries.flow.async_configure(again["flow_id"])
    token = obico.account.issue_token()
    result = await give_token(obico.hass, menu, token)
    assert_changed(result, obico, "reauth_successful", {CONF_ACCESS_TOKEN: token})
    assert obico.hass.config_entries.flow.async_progress() == []


async def test_a_stale_dialog_asks_nobody_once_the_account_works_again(
    obico: Obico,
) -> None:
    """As after the backup of a server was restored, with the tokens of before."""
    token = obico.account.token
    menu = await start_reauth(obico)
    other = obico.server.add_account(email="other@example.com")
    obico.account.tokens.append(token)
    await coordinator_of(obico.entry).async_refresh()
    assert_aborted(await give_token(obico.hass, menu, other.token), "wrong_account")
    await settle(obico.hass)
    assert obico.hass.config_entries.flow.async_progress() == []
    assert obico.entry.data[CONF_ACCESS_TOKEN] == token


async def test_an_account_that_cannot_be_set_up_is_asked_for_again(
    obico: Obico,
) -> None:
    """Home Assistant does not try again by itself to set such an account up."""
    obico.account.revoke_token()
    obico.server.sign_in.end_sessions()
    await obico.hass.config_entries.async_reload(obico.entry.entry_id)
    assert obico.entry.state is ConfigEntryState.SETUP_ERROR
    (flow,) = obico.hass.config_entries.flow.async_progress()
    menu = await obico.hass.config_entries.flow.async_configure(flow["flow_id"])
    other = obico.server.add_account(email="other@example.com")
    assert_aborted(await give_token(obico.hass, menu, other.token), "wrong_account")
    await settle(obico.hass)
    (again,) = obico.hass.config_entries.flow.async_progress()
    assert again["flow_id"] != flow["flow_id"]
    menu = await obico.hass.config_entries.flow.async_configure(again["flow_id"])
    token = obico.account.issue_token()
    result = await give_token(obico.hass, menu, token)
    assert_changed(result, obico, "reauth_successful", {CONF_ACCESS_TOKEN: token})


async def test_a_403_of_one_object_asks_nobody_to_sign_in_again(
    obico: Obico, printer: Printer
) -> None:
    obico.server.faults.answer("/media/*", 403, {})
    obico.server.faults.answer("/api/v1/printer_events/", 403, {})
    obico.server.faults.answer("/api/v1/prints/*", 403, {})
    await obico.pass_time(700)
    assert obico.value(printer, "sensor.status") == "idle"
    assert obico.hass.config_entries.flow.async_progress() == []


# Changing the connection


async def test_the_same_server_at_a_new_address_keeps_the_token(obico: Obico) -> None:
    server, token = obico.server, obico.entry.data[CONF_ACCESS_TOKEN]
    old = server.url
    await server.stop()
    await server.start()
    assert server.url != old
    form = await start_reconfigure(obico)
    assert suggested(form)[CONF_URL] == old
    result = await reconfigure(obico, form=form, verify_ssl=False)
    assert_changed(
        result,
        obico,
        "reconfigure_successful",
        {CONF_ACCESS_TOKEN: token},
        verify_ssl=False,
    )


async def test_nothing_secret_is_in_the_form_that_changes_the_connection(
    signed_in: Obico,
) -> None:
    form = await start_reconfigure(signed_in)
    shown = str(form) + str(suggested(form))
    assert signed_in.entry.data[CONF_ACCESS_TOKEN] not in shown
    assert signed_in.entry.data["client_id"] not in shown


async def test_a_password_typed_into_the_address_is_not_in_that_form_either(
    obico: Obico,
) -> None:
    form = await reconfigure(obico, url=obico.server.url.replace("//", "//me:secret@"))
    assert form["errors"] == {CONF_URL: "user_in_address"}
    assert suggested(form)[CONF_URL] == obico.server.url
    result = await reconfigure(obico, form=form)
    assert result["reason"] == "reconfigure_successful"


async def test_a_token_made_for_home_assistant_stays_at_a_new_address_and_goes_with_the_account(
    signed_in: Obico,
) -> None:
    server, account = signed_in.server, signed_in.account
    credential = minted(server, account)
    await server.stop()
    await server.start()
    result = await reconfigure(signed_in)
    assert_changed(result, signed_in, "reconfigure_successful", credential)
    assert credential["access_token"] in account.tokens
    await signed_in.hass.config_entries.async_remove(signed_in.entry.entry_id)
    assert credential["access_token"] not in account.tokens


async def test_another_way_of_signing_in_revokes_the_token_of_before(
    signed_in: Obico,
) -> None:
    old = minted(signed_in.server, signed_in.account)["access_token"]
    token = signed_in.account.token
    signed_in.account.tokens.append(pasted := signed_in.account.new_token())
    menu = await reconfigure(signed_in, sign_in_again=True)
    assert menu["step_id"] == "sign_in"
    result = await give_token(signed_in.hass, menu, pasted)
    assert_changed(
        result, signed_in, "reconfigure_successful", {CONF_ACCESS_TOKEN: pasted}
    )
    assert token == old
    assert old not in signed_in.account.tokens
    assert signed_in.server.applications.of(signed_in.account) == []


async def test_the_same_way_of_signing_in_brings_a_new_token_and_revokes_the_old(
    signed_in: Obico,
) -> None:
    server, account = signed_in.server, signed_in.account
    menu = await reconfigure(signed_in, sign_in_again=True)
    result = await give_password(signed_in.hass, menu, account)
    (application,) = server.applications.of(account)
    old, new = application.tokens
    assert_changed(result, signed_in, "reconfigure_successful", minted(server, account))
    assert old not in account.tokens
    assert new in account.tokens
    assert server.sign_in.sessions_of(account) == 0


async def test_the_old_token_is_revoked_at_the_new_address(signed_in: Obico) -> None:
    server, account = signed_in.server, signed_in.account
    old = minted(server, account)["access_token"]
    await server.stop()
    await server.start()
    menu = await reconfigure(signed_in, sign_in_again=True)
    result = await give_password(signed_in.hass, menu, account)
    assert_changed(result, signed_in, "reconfigure_successful", minted(server, account))
    assert old not in account.tokens
    assert len(server.applications.of(account)) == 1


async def test_a_token_that_the_user_made_is_never_revoked(obico: Obico) -> None:
    token = obico.account.token
    other = obico.account.issue_token()
    menu = await reconfigure(obico, sign_in_again=True)
    await give_token(obico.hass, menu, other)
    await obico.hass.config_entries.async_remove(obico.entry.entry_id)
    assert {token, other} <= set(obico.account.tokens)


async def test_changing_the_connection_ends_a_waiting_reauthentication(
    obico: Obico,
) -> None:
    await start_reauth(obico)
    token = obico.account.issue_token()
    menu = await reconfigure(obico, sign_in_again=True)
    result = await give_token(obico.hass, menu, token)
    assert_changed(result, obico, "reconfigure_successful", {CONF_ACCESS_TOKEN: token})


@pytest.mark.parametrize(
    ("break_it", "errors"),
    [
        (lambda s: s.faults.answer(VERSION, 500, {}), {CONF_URL: "server_error"}),
        (lambda s: s.faults.html(VERSION, 200), {CONF_URL: "not_obico"}),
        (lambda s: s.faults.answer(USER, 403, {}), {"base": "proxy_in_front"}),
        (lambda s: s.faults.html(USER, 200), {"base": "proxy_in_front"}),
    ],
)
async def test_trouble_when_reconfiguring_is_explained_and_the_flow_goes_on(
    obico: Obico, break_it: Break, errors: dict[str, str]
) -> None:
    before = dict(obico.entry.data)
    break_it(obico.server)
    form = await reconfigure(obico)
    assert form["errors"] == errors
    assert obico.entry.data == before
    obico.server.faults.clear()
    result = await reconfigure(obico, form=form)
    assert result["reason"] == "reconfigure_successful"
    assert obico.entry.data == before
    assert obico.entry.state is ConfigEntryState.LOADED


async def test_what_is_no_address_is_said_to_be_none_when_reconfiguring(
    obico: Obico,
) -> None:
    form = await reconfigure(obico, url="my obico")
    assert form["errors"] == {CONF_URL: "invalid_url"}
    assert suggested(form)[CONF_URL] == "my obico"
    result = await reconfigure(obico, form=form)
    assert result["reason"] == "reconfigure_successful"


@pytest.mark.parametrize("way", ["password", "access_token"])
async def test_another_account_cannot_take_the_place_when_reconfiguring(
    signed_in: Obico, way: str
) -> None:
    account = signed_in.account
    other = signed_in.server.add_account(email="other@example.com")
    before = dict(signed_in.entry.data)
    menu = await reconfigure(signed_in, sign_in_again=True)
    result = await sign_in(signed_in.hass, menu, other, way)
    assert_aborted(result, "wrong_account")
    assert signed_in.entry.data == before
    assert before[CONF_ACCESS_TOKEN] in account.tokens
    assert signed_in.server.applications.of(other) == []


async def test_another_server_cannot_take_the_place_when_reconfiguring(
    obico: Obico, other_server: ObicoServer
) -> None:
    """A token of the one says nothing to the other."""
    form = await reconfigure(obico, url=other_server.url)
    assert form["errors"] == {"base": "stored_sign_in_refused"}
    result = await reconfigure(obico, form=form)
    assert result["reason"] == "reconfigure_successful"


async def test_the_same_numbers_on_another_server_are_another_account(
    hass: HomeAssistant, obico: Obico, other_server: ObicoServer
) -> None:
    other = other_server.add_account(
        email=obico.account.email, date_joined=Clock(offset=-7).now()
    )
    menu = await reconfigure(obico, url=other_server.url, sign_in_again=True)
    result = await give_password(hass, menu, other)
    assert result["reason"] == "wrong_account"
    result = await give_password(hass, await name_server(hass, other_server.url), other)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert len(hass.config_entries.async_loaded_entries("obico")) == 2
    await hass.config_entries.async_unload(result["result"].entry_id)


# Removal


async def test_removing_an_account_revokes_the_token_that_was_made_for_it(
    signed_in: Obico,
) -> None:
    token = minted(signed_in.server, signed_in.account)["access_token"]
    others = set(signed_in.account.tokens) - {token}
    await signed_in.hass.config_entries.async_remove(signed_in.entry.entry_id)
    assert set(signed_in.account.tokens) == others
    assert signed_in.server.applications.of(signed_in.account) == []
    assert signed_in.server.sign_in.sessions_of(signed_in.account) == 0


async def test_an_application_stays_while_another_entry_uses_it(
    signed_in: Obico, hass: HomeAssistant
) -> None:
    """As after a restored backup, when one account is two entries."""
    server, account = signed_in.server, signed_in.account
    (application,) = server.applications.of(account)
    application.tokens.append(token := account.issue_token())
    MockConfigEntry(
        domain="obico",
        data={**signed_in.entry.data, CONF_ACCESS_TOKEN: token},
        unique_id="other",
    ).add_to_hass(hass)
    await hass.config_entries.async_remove(signed_in.entry.entry_id)
    assert server.applications.of(account) == [application]
    assert application.tokens[0] not in account.tokens
    assert token in account.tokens
    (other,) = hass.config_entries.async_entries("obico")
    await hass.config_entries.async_remove(other.entry_id)
    assert server.applications.of(account) == []
    assert token not in account.tokens


async def test_an_account_can_be_removed_while_its_server_is_down(
    signed_in: Obico,
) -> None:
    await signed_in.server.refuse_connections()
    await signed_in.hass.config_entries.async_remove(signed_in.entry.entry_id)
    await settle(signed_in.hass)
    assert signed_in.hass.config_entries.async_entries("obico") == []


@pytest.mark.parametrize(
    "path", [VERSION, "/o/revoke_token/", "/o/applications/", "/accounts/logout/"]
)
async def test_an_account_can_be_removed_while_its_server_does_not_answer(
    signed_in: Obico, path: str
) -> None:
    never = asyncio.Event()
    fault = signed_in.server.faults.delay(path, never)
    await finish(
        signed_in.hass,
        signed_in.hass.config_entries.async_remove(signed_in.entry.entry_id),
    )
    assert signed_in.hass.config_entries.async_entries("obico") == []
    assert fault.hits == 1
    never.set()


async def test_an_account_that_never_was_set_up_can_be_removed(
    signed_in: Obico,
) -> None:
    token = minted(signed_in.server, signed_in.account)["access_token"]
    await signed_in.unload()
    await signed_in.hass.config_entries.async_remove(signed_in.entry.entry_id)
    assert token not in signed_in.account.tokens
