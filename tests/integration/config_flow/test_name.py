"""What an account is called: by its user's name, and never by the whole e-mail address."""

import pytest

from custom_components.obico.const import DOMAIN
from dev import Account, Clock, ObicoServer
from homeassistant.config_entries import ConfigFlowResult
from homeassistant.const import CONF_ACCESS_TOKEN, CONF_EMAIL, CONF_NAME, CONF_PASSWORD
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
from tests.integration.flows import name_account, name_server, suggested, take
from tests.integration.support import Json, settle


async def reach_name(
    hass: HomeAssistant, server: ObicoServer, account: Account
) -> ConfigFlowResult:
    """Sign in, up to the form that asks for the name."""
    form = await take(hass, await name_server(hass, server.url), "access_token")
    return await hass.config_entries.flow.async_configure(
        form["flow_id"], {CONF_ACCESS_TOKEN: account.token}
    )


def host_of(server: ObicoServer) -> str:
    """Return how titles name a server."""
    return server.url.partition("//")[2]


def without_names(user: Json) -> Json:
    """Return a user of whom the server tells neither address nor name."""
    return user | {"email": None, "username": None}


@pytest.mark.parametrize(
    ("first_name", "shown"),
    [
        ("Anna", "Anna"),
        (" Anna Maria ", "Anna Maria"),
        ("", "maker"),
        (" \u3164 ", "maker"),
        ("maker@example.com", "maker"),
        ("2.10", "2.10"),
        ("n" * 200, "n" * 57 + "…"),
    ],
)
async def test_it_is_suggested_by_the_first_name_or_what_stands_before_the_at_sign(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    first_name: str,
    shown: str,
) -> None:
    account.first_name = first_name
    form = await reach_name(hass, server, account)
    assert suggested(form) == {CONF_NAME: f"{shown} ({host_of(server)})"}


async def test_a_user_of_whom_nothing_is_known_is_named_by_the_server(
    hass: HomeAssistant, server: ObicoServer, account: Account
) -> None:
    server.faults.change("/api/v1/users/me/", without_names)
    form = await reach_name(hass, server, account)
    assert suggested(form) == {CONF_NAME: host_of(server)}


async def test_another_name_can_be_given(
    hass: HomeAssistant, server: ObicoServer, account: Account
) -> None:
    form = await reach_name(hass, server, account)
    result = await name_account(hass, form, " The club ")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "The club"


@pytest.mark.parametrize("blank", ["", "  ", "\u200b", "\u3164"])
async def test_an_empty_name_is_the_suggested_one(
    hass: HomeAssistant, server: ObicoServer, account: Account, blank: str
) -> None:
    form = await reach_name(hass, server, account)
    result = await name_account(hass, form, blank)
    assert result["title"] == f"maker ({host_of(server)})"


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("2.10", "2.10"),
        ("🖨️", "🖨️"),
        ("Anna @ home", "Anna @ home"),
        ("long " * 60, f"{'long ' * 23}…".replace(" …", "…")),
    ],
)
async def test_whatever_name_is_given_its_entities_are_there(
    hass: HomeAssistant, server: ObicoServer, account: Account, name: str, title: str
) -> None:
    form = await reach_name(hass, server, account)
    result = await name_account(hass, form, name)
    assert result["title"] == title
    await settle(hass)
    online = er.async_get(hass).async_get_entity_id(
        "binary_sensor", DOMAIN, f"{result['result'].unique_id}_server"
    )
    assert online is not None
    state = hass.states.get(online)
    assert state is not None
    assert state.state == "on"
    assert state.name.startswith(title)


@pytest.mark.parametrize("name", ["{email}", "Anna <{email}>"])
async def test_an_e_mail_address_is_no_name(
    hass: HomeAssistant, server: ObicoServer, account: Account, name: str
) -> None:
    """Titles are logged."""
    form = await reach_name(hass, server, account)
    form = await name_account(hass, form, name.format(email=account.email))
    assert form["errors"] == {CONF_NAME: "email_in_name"}
    result = await name_account(hass, form, "Anna")
    assert result["title"] == "Anna"


async def test_a_name_that_another_account_has_gets_a_number(
    hass: HomeAssistant, server: ObicoServer, account: Account
) -> None:
    form = await reach_name(hass, server, account)
    await name_account(hass, form, "The club")
    member = server.add_account(email="anna@example.com")
    member.date_joined = Clock(offset=-7).now()
    result = await name_account(
        hass, await reach_name(hass, server, member), "the club"
    )
    assert result["title"] == "the club 2"


async def test_accounts_of_the_same_name_on_a_server_are_told_apart(
    hass: HomeAssistant, server: ObicoServer, account: Account
) -> None:
    titles = []
    members = [account]
    for offset, email in ((-7, "anna@example.com"), (-8, "anna@example.org")):
        member = server.add_account(email=email)
        member.date_joined = Clock(offset=offset).now()
        members.append(member)
    for member in members:
        member.first_name = "Anna"
        form = await reach_name(hass, server, member)
        result = await name_account(hass, form, str(suggested(form)[CONF_NAME]))
        titles.append(result["title"])
    host = host_of(server)
    assert titles == [f"Anna ({host})", f"Anna ({host}) 2", f"Anna ({host}) 3"]


async def test_a_token_that_was_made_is_taken_back_where_no_name_is_given(
    hass: HomeAssistant, server: ObicoServer, account: Account
) -> None:
    form = await take(hass, await name_server(hass, server.url), "password")
    form = await hass.config_entries.flow.async_configure(
        form["flow_id"], {CONF_EMAIL: account.email, CONF_PASSWORD: account.password}
    )
    assert form["step_id"] == "name"
    assert server.applications.of(account)
    hass.config_entries.flow.async_abort(form["flow_id"])
    await settle(hass)
    assert server.applications.of(account) == []
