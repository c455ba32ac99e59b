"""The config flow, as a person goes through it."""

from collections.abc import Callable, Mapping

from custom_components.obico.const import DOMAIN
from dev import Account, ObicoServer
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigEntryState,
    ConfigFlowResult,
)
from homeassistant.const import (
    CONF_ACCESS_TOKEN,
    CONF_CLIENT_ID,
    CONF_EMAIL,
    CONF_NAME,
    CONF_PASSWORD,
    CONF_URL,
    CONF_VERIFY_SSL,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from .support import API, Json, Obico, settle, unique_id_of

type Break = Callable[[ObicoServer], object]
# What goes wrong, and how the flow explains it.
type Trouble = tuple[Break, str]

USER = f"{API}users/me/"
VERSION = f"{API}version/"
WAYS = ["password", "oauth", "access_token"]


async def start(hass: HomeAssistant, step: str) -> ConfigFlowResult:
    """Start a flow and say which kind of server."""
    menu = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )
    assert menu["type"] is FlowResultType.MENU
    assert menu["menu_options"] == ["cloud", "own_server"]
    return await take(hass, menu, step)


async def take(
    hass: HomeAssistant, menu: ConfigFlowResult, way: str
) -> ConfigFlowResult:
    """Take one of the ways of a menu."""
    assert menu["type"] is FlowResultType.MENU
    return await fill_in(hass, menu, {"next_step_id": way})


async def fill_in(
    hass: HomeAssistant, flow: ConfigFlowResult, answers: dict[str, Json]
) -> ConfigFlowResult:
    """Fill a form in, and accept the name that is suggested for the account."""
    result = await hass.config_entries.flow.async_configure(flow["flow_id"], answers)
    await settle(hass)
    return await accept_name(hass, result)


async def accept_name(hass: HomeAssistant, step: ConfigFlowResult) -> ConfigFlowResult:
    """Give the account the name that is suggested, if a flow asks for it."""
    if step.get("step_id") != "name":
        return step
    return await name_account(hass, step, str(suggested(step)[CONF_NAME]))


async def name_account(
    hass: HomeAssistant, form: ConfigFlowResult, name: str
) -> ConfigFlowResult:
    """Give the account a name at the form that asks for it."""
    assert form["step_id"] == "name"
    result = await hass.config_entries.flow.async_configure(
        form["flow_id"], {CONF_NAME: name}
    )
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


async def give_token(
    hass: HomeAssistant, flow: ConfigFlowResult, access_token: str
) -> ConfigFlowResult:
    """Sign in with an access token, from the menu on or at the form that asks for it."""
    if flow["type"] is FlowResultType.MENU:
        is_cloud = "cloud_access_token" in flow["menu_options"]
        flow = await take(
            hass, flow, "cloud_access_token" if is_cloud else "access_token"
        )
    assert flow["step_id"] in ("access_token", "cloud_access_token")
    return await fill_in(hass, flow, {CONF_ACCESS_TOKEN: access_token})


async def give_password(
    hass: HomeAssistant,
    flow: ConfigFlowResult,
    account: Account,
    password: str | None = None,
) -> ConfigFlowResult:
    """Sign in with e-mail and password, from the menu on or at the form that asks for them."""
    if flow["type"] is FlowResultType.MENU:
        flow = await take(hass, flow, "password")
    assert flow["step_id"] == "password"
    return await fill_in(
        hass,
        flow,
        {CONF_EMAIL: account.email, CONF_PASSWORD: password or account.password},
    )


async def sign_in(
    hass: HomeAssistant, menu: ConfigFlowResult, account: Account, way: str
) -> ConfigFlowResult:
    """Sign in from the menu on, with e-mail and password or with an access token."""
    if way == "password":
        return await give_password(hass, menu, account)
    return await give_token(hass, menu, account.token)


async def start_reauth(obico: Obico) -> ConfigFlowResult:
    """Let the sign-in be refused, and return the menu that asks for another."""
    obico.account.revoke_token()
    obico.server.sign_in.end_sessions()
    await obico.poll()
    (flow,) = obico.hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == "reauth"
    return await obico.hass.config_entries.flow.async_configure(flow["flow_id"])


async def start_reconfigure(obico: Obico) -> ConfigFlowResult:
    """Return the form that changes the connection."""
    return await obico.hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": SOURCE_RECONFIGURE, "entry_id": obico.entry.entry_id},
    )


async def reconfigure(
    obico: Obico,
    *,
    url: str | None = None,
    verify_ssl: bool = True,
    sign_in_again: bool = False,
    form: ConfigFlowResult | None = None,
) -> ConfigFlowResult:
    """Fill in the form that changes the connection."""
    if form is None:
        form = await start_reconfigure(obico)
    assert form["step_id"] == "reconfigure"
    return await fill_in(
        obico.hass,
        form,
        {
            CONF_URL: url or obico.server.url,
            CONF_VERIFY_SSL: verify_ssl,
            "sign_in_again": sign_in_again,
        },
    )


def placeholders(form: ConfigFlowResult) -> Mapping[str, str]:
    """Return what the texts of a step are filled in with."""
    assert form["description_placeholders"] is not None
    return form["description_placeholders"]


def suggested(form: ConfigFlowResult) -> dict[str, object]:
    """Return what a form suggests."""
    assert form["data_schema"] is not None
    return {
        str(key): key.description["suggested_value"]
        for key in form["data_schema"].schema
        if key.description and "suggested_value" in key.description
    }


def minted(server: ObicoServer, account: Account) -> dict[str, str]:
    """Return what an entry stores of the last token that was made for Home Assistant."""
    (application,) = server.applications.of(account)
    return {
        CONF_ACCESS_TOKEN: application.tokens[-1],
        CONF_CLIENT_ID: application.client_id,
    }


def assert_created(
    result: ConfigFlowResult,
    account: Account,
    url: str,
    credential: Mapping[str, str] | None = None,
    *,
    title: str | None = None,
    verify_ssl: bool = True,
) -> None:
    """Compare the entry that a flow ended with to what it must be."""
    assert result["type"] is FlowResultType.CREATE_ENTRY
    mailbox = account.email.partition("@")[0]
    assert result["title"] == (title or f"{mailbox} ({url.partition('//')[2]})")
    assert account.email not in result["title"]
    assert result["data"] == {
        CONF_URL: url,
        CONF_VERIFY_SSL: verify_ssl,
        **(credential or {CONF_ACCESS_TOKEN: account.token}),
    }
    entry = result["result"]
    assert entry.unique_id == unique_id_of(account)
    assert entry.state is ConfigEntryState.LOADED


async def assert_goes_on(
    hass: HomeAssistant, form: ConfigFlowResult, server: ObicoServer, account: Account
) -> None:
    """Name the server at the form that asks for it, and see that this leads to the goal."""
    form = await name_server(hass, server.url, flow=form)
    assert_created(await give_token(hass, form, account.token), account, server.url)


def assert_aborted(result: ConfigFlowResult, reason: str) -> None:
    """See that a flow ended without a change, for this reason."""
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == reason


def assert_changed(
    result: ConfigFlowResult,
    obico: Obico,
    reason: str,
    credential: Mapping[str, str],
    *,
    verify_ssl: bool = True,
) -> None:
    """Compare the entry that a flow changed to what it must be."""
    assert_aborted(result, reason)
    assert obico.entry.data == {
        CONF_URL: obico.server.url,
        CONF_VERIFY_SSL: verify_ssl,
        **credential,
    }
    assert obico.entry.unique_id == unique_id_of(obico.account)
    assert obico.entry.state is ConfigEntryState.LOADED
    assert obico.hass.config_entries.flow.async_progress() == []
