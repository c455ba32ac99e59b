"""Sign in to an Obico server: which one, then as whom."""

from collections.abc import Mapping
import logging
from typing import Any, Final, override

import aiohttp
import probatio
from yarl import URL

from homeassistant.config_entries import (
    SOURCE_REAUTH,
    ConfigEntry,
    ConfigEntryState,
    ConfigFlow,
    ConfigFlowResult,
    OptionsFlow,
    OptionsFlowWithReload,
)
from homeassistant.const import CONF_ACCESS_TOKEN, CONF_URL, CONF_VERIFY_SSL
from homeassistant.core import callback
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)

from .aioobico import (
    CLOUD_URL,
    ObicoAuthenticationError,
    ObicoCertificateError,
    ObicoConnectionError,
    ObicoError,
    ObicoRateLimitError,
    ObicoRedirectError,
    ObicoServerError,
    parse_server_url,
    probe_server,
)
from .api import async_create_client, async_create_session
from .const import CONF_EXCLUDED, CONF_LOW_BANDWIDTH, DOMAIN

_LOGGER = logging.getLogger(__name__)

_URL_SELECTOR: Final = TextSelector(
    TextSelectorConfig(type=TextSelectorType.URL, autocomplete="url")
)
_TOKEN_SELECTOR: Final = TextSelector(
    TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off")
)

_SERVER_SCHEMA: Final = probatio.Schema(
    {
        probatio.Required(CONF_URL): _URL_SELECTOR,
        probatio.Required(CONF_VERIFY_SSL, default=True): BooleanSelector(),
    }
)
_TOKEN_SCHEMA: Final = probatio.Schema(
    {probatio.Required(probatio.Secret(CONF_ACCESS_TOKEN)): _TOKEN_SELECTOR}
)
_RECONFIGURE_SCHEMA: Final = _SERVER_SCHEMA.extend(
    {probatio.Optional(probatio.Secret(CONF_ACCESS_TOKEN)): _TOKEN_SELECTOR}
)

_CONF_PRINTERS: Final = "printers"

# What is worth telling when several addresses were tried, most telling first.
_ERROR_RANKS: Final = (
    "invalid_certificate",
    "rate_limited",
    "server_error",
    "not_obico",
    "cannot_connect",
)


def _options_schema(names: Mapping[str, str]) -> probatio.Schema:
    """Return the form of the options, with the account's printers to choose from."""
    printers = SelectSelector(
        SelectSelectorConfig(
            options=[
                SelectOptionDict(value=key, label=name) for key, name in names.items()
            ],
            multiple=True,
            mode=SelectSelectorMode.LIST,
        )
    )
    return probatio.Schema(
        {
            probatio.Required(CONF_LOW_BANDWIDTH, default=False): BooleanSelector(),
            probatio.Required(_CONF_PRINTERS, default=list): printers,
        }
    )


def _error_key(err: ObicoError) -> str:
    """Return the form's error for an error of the client."""
    match err:
        case ObicoAuthenticationError():
            return "invalid_auth"
        case ObicoCertificateError():
            return "invalid_certificate"
        case ObicoConnectionError():
            return "cannot_connect"
        case ObicoRateLimitError():
            return "rate_limited"
        case ObicoServerError():
            return "server_error"
        case _:
            return "not_obico"


def _title(url: URL) -> str:
    """Return the entry's name: the server, never the account's e-mail, which logs would show."""
    if url == CLOUD_URL:
        return "Obico Cloud"
    return url.authority


async def _async_probe(session: aiohttp.ClientSession, origin: URL) -> URL:
    """Return where an Obico server answers: at an origin, or where that one sends to."""
    try:
        await probe_server(session, origin)
    except ObicoRedirectError as err:
        if err.origin is None or err.origin == origin:
            raise
        origin = err.origin
        await probe_server(session, origin)
    return origin


class ObicoConfigFlow(ConfigFlow, domain=DOMAIN):
    """Sign in, again, or at another address."""

    VERSION = 1
    MINOR_VERSION = 1

    def __init__(self) -> None:
        """Start without a server."""
        self._url = CLOUD_URL
        self._verify_ssl = True

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> OptionsFlow:
        """Return the flow of the options."""
        return ObicoOptionsFlow()

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask which kind of server."""
        return self.async_show_menu(
            step_id="user", menu_options=["cloud", "own_server"]
        )

    async def async_step_cloud(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Take Obico Cloud."""
        return await self.async_step_access_token()

    async def async_step_own_server(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the address of a self-hosted server, and look who is there."""
        errors: dict[str, str] = {}
        if user_input is not None:
            self._verify_ssl = user_input[CONF_VERIFY_SSL]
            if (error := await self._async_find_server(user_input[CONF_URL])) is None:
                return await self.async_step_access_token()
            errors[CONF_URL] = error
        return self.async_show_form(
            step_id="own_server",
            data_schema=self.add_suggested_values_to_schema(_SERVER_SCHEMA, user_input),
            errors=errors,
            last_step=False,
        )

    async def async_step_access_token(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for an access token, and sign in with it."""
        errors: dict[str, str] = {}
        if user_input is not None:
            access_token = user_input[CONF_ACCESS_TOKEN]
            try:
                account_id = await self._async_sign_in(access_token)
            except ObicoError as err:
                errors[CONF_ACCESS_TOKEN] = _error_key(err)
            else:
                await self.async_set_unique_id(account_id)
                self._abort_if_unique_id_configured()
                return self.async_create_entry(
                    title=_title(self._url), data=self._data(access_token)
                )
        return self.async_show_form(
            step_id="access_token",
            data_schema=_TOKEN_SCHEMA,
            errors=errors,
            description_placeholders=self._placeholders,
        )

    async def async_step_reauth(
        self, entry_data: Mapping[str, Any]
    ) -> ConfigFlowResult:
        """Sign in again, at the same server."""
        self._url = URL(entry_data[CONF_URL])
        self._verify_ssl = entry_data[CONF_VERIFY_SSL]
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for a new access token of the same account."""
        errors: dict[str, str] = {}
        if user_input is not None:
            access_token = user_input[CONF_ACCESS_TOKEN]
            try:
                account_id = await self._async_sign_in(access_token)
            except ObicoError as err:
                errors[CONF_ACCESS_TOKEN] = _error_key(err)
            else:
                return await self._async_update_entry(account_id, access_token)
        return self.async_show_form(
            step_id="reauth_confirm",
            data_schema=_TOKEN_SCHEMA,
            errors=errors,
            description_placeholders=self._placeholders,
        )

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for another address of the same server, or another token."""
        entry = self._get_reconfigure_entry()
        errors: dict[str, str] = {}
        if user_input is not None:
            self._verify_ssl = user_input[CONF_VERIFY_SSL]
            new_token = user_input.get(CONF_ACCESS_TOKEN)
            access_token = new_token or entry.data[CONF_ACCESS_TOKEN]
            if error := await self._async_find_server(user_input[CONF_URL]):
                errors[CONF_URL] = error
            else:
                try:
                    account_id = await self._async_sign_in(access_token)
                except ObicoError as err:
                    errors[CONF_ACCESS_TOKEN] = _error_key(err)
                else:
                    return await self._async_update_entry(account_id, access_token)
        return self.async_show_form(
            step_id="reconfigure",
            # Never the token that is stored: it would be sent to the browser.
            data_schema=self.add_suggested_values_to_schema(
                _RECONFIGURE_SCHEMA,
                user_input
                or {key: entry.data[key] for key in (CONF_URL, CONF_VERIFY_SSL)},
            ),
            errors=errors,
        )

    @property
    def _placeholders(self) -> dict[str, str]:
        """Return what the texts of the sign-in forms are filled in with."""
        return {
            "url": str(self._url),
            "token_url": str(self._url / "admin/oauth2_provider/accesstoken/add/"),
        }

    def _data(self, access_token: str) -> dict[str, str | bool]:
        return {
            CONF_URL: str(self._url),
            CONF_VERIFY_SSL: self._verify_ssl,
            CONF_ACCESS_TOKEN: access_token.strip(),
        }

    async def _async_update_entry(
        self, account_id: str, access_token: str
    ) -> ConfigFlowResult:
        """Store what changed and reload, if it is still the same account."""
        await self.async_set_unique_id(account_id)
        self._abort_if_unique_id_mismatch(reason="wrong_account")
        entry = (
            self._get_reauth_entry()
            if self.source == SOURCE_REAUTH
            else self._get_reconfigure_entry()
        )
        return self.async_update_reload_and_abort(
            entry, data_updates=self._data(access_token)
        )

    async def _async_find_server(self, address: str) -> str | None:
        """Look for an Obico server at what was typed; return the form's error if there is none.

        Nothing secret is sent before one has been found.
        """
        try:
            origins = parse_server_url(address)
        except ValueError:
            return "invalid_url"
        session = async_create_session(self.hass, verify_ssl=self._verify_ssl)
        errors: list[str] = []
        for origin in origins:
            try:
                self._url = await _async_probe(session, origin)
            except ObicoError as err:
                _LOGGER.debug("No Obico server at %s: %s", origin, err)
                errors.append(_error_key(err))
            else:
                return None
        return min(errors, key=_ERROR_RANKS.index)

    async def _async_sign_in(self, access_token: str) -> str:
        """Return the account's id."""
        client = async_create_client(
            self.hass, str(self._url), access_token, verify_ssl=self._verify_ssl
        )
        user = await client.get_user()
        return user.unique_id


class ObicoOptionsFlow(OptionsFlowWithReload):
    """Choose which printers there are here, and how much their agents are asked to send."""

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the options."""
        names = self._names()
        if user_input is not None:
            # Kept are those that are not wanted: a new printer is.
            included = user_input.pop(_CONF_PRINTERS)
            user_input[CONF_EXCLUDED] = [key for key in names if key not in included]
            return self.async_create_entry(data=user_input)
        options = self.config_entry.options
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(
                _options_schema(names),
                {
                    CONF_LOW_BANDWIDTH: options.get(CONF_LOW_BANDWIDTH, False),
                    _CONF_PRINTERS: [
                        key
                        for key in names
                        if key not in options.get(CONF_EXCLUDED, ())
                    ],
                },
            ),
        )

    def _names(self) -> dict[str, str]:
        """Return the names of all printers, by id as a text; those excluded stay known."""
        names = {key: key for key in self.config_entry.options.get(CONF_EXCLUDED, ())}
        if self.config_entry.state is ConfigEntryState.LOADED:
            names |= {
                str(printer_id): name or str(printer_id)
                for printer_id, name in self.config_entry.runtime_data.names.items()
            }
        return names
