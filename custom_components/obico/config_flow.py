"""Sign in to an Obico server: which one, then as whom."""

from collections.abc import Mapping
import logging
from typing import Any, Final, override

import aiohttp
import probatio
from yarl import URL

from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigEntryState,
    ConfigFlowResult,
    OptionsFlow,
    OptionsFlowWithReload,
)
from homeassistant.const import (
    CONF_ACCESS_TOKEN,
    CONF_CLIENT_ID,
    CONF_EMAIL,
    CONF_PASSWORD,
    CONF_URL,
    CONF_VERIFY_SSL,
)
from homeassistant.core import callback
from homeassistant.helpers.config_entry_oauth2_flow import AbstractOAuth2FlowHandler
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

from .account.credentials import async_revoke_token, credential_of, data_of
from .account.session import async_create_client, async_get_session
from .aioobico import (
    CLOUD_URL,
    OAUTH_SCOPE,
    AccessToken,
    Credential,
    MintedToken,
    ObicoAuthenticationError,
    ObicoCertificateError,
    ObicoConnectionError,
    ObicoError,
    ObicoRateLimitError,
    ObicoRedirectError,
    ObicoServerError,
    ObicoSignInPageError,
    ObicoSocialSignInError,
    ObicoTwoStepError,
    SessionCookie,
    mint_token,
    parse_server_url,
    probe_server,
    sign_in,
)
from .application_credentials import ObicoOAuth2Implementation, authorization_at
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
_PASSWORD_SCHEMA: Final = probatio.Schema(
    {
        probatio.Required(CONF_EMAIL): TextSelector(
            TextSelectorConfig(type=TextSelectorType.EMAIL, autocomplete="username")
        ),
        probatio.Required(probatio.Secret(CONF_PASSWORD)): TextSelector(
            TextSelectorConfig(
                type=TextSelectorType.PASSWORD, autocomplete="current-password"
            )
        ),
    }
)
_CONF_SIGN_IN_AGAIN: Final = "sign_in_again"
_RECONFIGURE_SCHEMA: Final = _SERVER_SCHEMA.extend(
    {probatio.Required(_CONF_SIGN_IN_AGAIN, default=False): BooleanSelector()}
)

_CONF_PRINTERS: Final = "printers"

# What is worth telling when several addresses were tried, most telling first.
_ERROR_RANKS: Final = (
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


def _password_error_key(err: ObicoError) -> str:
    """Return the form's error for signing in with e-mail and password."""
    match err:
        # These two are kinds of the third.
        case ObicoTwoStepError():
            return "two_step"
        case ObicoSocialSignInError():
            return "social_sign_in"
        case ObicoAuthenticationError():
            return "invalid_password"
        case ObicoSignInPageError():
            return "sign_in_page"
        case _:
            return _error_key(err)


def _oauth_reason(err: ObicoError) -> str:
    """Return why signing in at the server's own page ended without success."""
    match err:
        case ObicoAuthenticationError():
            return "oauth_unauthorized"
        case ObicoConnectionError() | ObicoRateLimitError() | ObicoServerError():
            return _error_key(err)
        case _:
            return "oauth_failed"


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
        if origin.scheme == "https" and err.origin.scheme != "https":
            # What follows is a password, or a token.
            raise
        origin = err.origin
        await probe_server(session, origin)
    return origin


class ObicoConfigFlow(AbstractOAuth2FlowHandler, domain=DOMAIN):
    """Sign in, again, or at another address."""

    DOMAIN = DOMAIN
    VERSION = 1
    MINOR_VERSION = 1

    def __init__(self) -> None:
        """Start without a server."""
        super().__init__()
        self._url = CLOUD_URL
        self._verify_ssl = True
        # What a step found out and a later one stores.
        self._session: SessionCookie | None = None

    @property
    @override
    def logger(self) -> logging.Logger:
        """Return the logger."""
        return _LOGGER

    @property
    @override
    def extra_authorize_data(self) -> dict[str, str]:
        """Return what is asked for at the server."""
        return {"scope": OAUTH_SCOPE}

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
        return await self.async_step_sign_in()

    async def async_step_own_server(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the address of a self-hosted server, and look who is there."""
        errors: dict[str, str] = {}
        if user_input is not None:
            self._verify_ssl = user_input[CONF_VERIFY_SSL]
            if (error := await self._async_find_server(user_input[CONF_URL])) is None:
                return await self.async_step_sign_in()
            errors[CONF_URL] = error
        return self.async_show_form(
            step_id="own_server",
            data_schema=self.add_suggested_values_to_schema(_SERVER_SCHEMA, user_input),
            errors=errors,
            last_step=False,
        )

    async def async_step_sign_in(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask how to sign in."""
        return self._show_sign_in_menu("sign_in")

    def _show_sign_in_menu(self, step_id: str) -> ConfigFlowResult:
        ways = ["password", "oauth", "access_token"]
        if not self._verify_ssl:
            # Home Assistant itself fetches the token, and checks the certificate.
            ways.remove("oauth")
        return self.async_show_menu(
            step_id=step_id,
            menu_options=ways,
            description_placeholders=self._placeholders,
        )

    async def async_step_password(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Sign in with e-mail and password, which are exchanged for a token and forgotten."""
        errors: dict[str, str] = {}
        if user_input is not None:
            session = async_get_session(self.hass, verify_ssl=self._verify_ssl)
            try:
                signed_in = await sign_in(
                    session,
                    self._url,
                    user_input[CONF_EMAIL],
                    user_input[CONF_PASSWORD],
                )
                # Before a token is made that nobody would need.
                await self._async_check_account(signed_in.session_cookie)
                minted = await mint_token(signed_in)
            except ObicoError as err:
                _LOGGER.debug("Cannot sign in at %s: %s", self._url, err)
                errors["base"] = _password_error_key(err)
            else:
                if isinstance(minted, MintedToken):
                    return await self._async_store(
                        minted.access_token, client_id=minted.client_id
                    )
                self._session = minted
                return await self.async_step_session_kept()
        return self.async_show_form(
            step_id="password",
            data_schema=self.add_suggested_values_to_schema(
                _PASSWORD_SCHEMA,
                {CONF_EMAIL: user_input[CONF_EMAIL]} if user_input else None,
            ),
            errors=errors,
            description_placeholders=self._placeholders,
        )

    async def async_step_session_kept(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Tell that the server gives out no lasting token, and what that means."""
        if user_input is None or self._session is None:
            return self.async_show_form(
                step_id="session_kept", description_placeholders=self._placeholders
            )
        return await self._async_store(self._session)

    async def async_step_access_token(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for an access token, and sign in with it."""
        errors: dict[str, str] = {}
        if user_input is not None:
            token = AccessToken(user_input[CONF_ACCESS_TOKEN].strip())
            try:
                await self._async_check_account(token)
            except ObicoError as err:
                errors[CONF_ACCESS_TOKEN] = _error_key(err)
            else:
                return await self._async_store(token)
        return self.async_show_form(
            step_id="access_token",
            data_schema=_TOKEN_SCHEMA,
            errors=errors,
            description_placeholders=self._placeholders,
        )

    async def async_step_oauth(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Sign in at the server's own page, through Home Assistant's application credentials."""
        return await self.async_step_pick_implementation()

    @override
    async def async_step_pick_implementation(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Let the credentials be those for the server that the user named."""
        with authorization_at(self._url):
            return await super().async_step_pick_implementation(user_input)

    @override
    async def async_step_creation(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Fetch the token, which lasts for a hundred years and is never refreshed."""
        assert isinstance(self.flow_impl, ObicoOAuth2Implementation)
        try:
            token = await self.flow_impl.async_fetch_token(self.external_data)
            await self._async_check_account(token)
        except ObicoError as err:
            _LOGGER.debug("Cannot sign in at %s: %s", self._url, err)
            return self.async_abort(reason=_oauth_reason(err))
        return await self._async_store(token)

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
        """Ask how to sign in again."""
        return self._show_sign_in_menu("reauth_confirm")

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for another address of the same server, or for another way of signing in."""
        entry = self._get_reconfigure_entry()
        errors: dict[str, str] = {}
        if user_input is not None:
            self._verify_ssl = user_input[CONF_VERIFY_SSL]
            if error := await self._async_find_server(user_input[CONF_URL]):
                errors[CONF_URL] = error
            elif user_input[_CONF_SIGN_IN_AGAIN]:
                return await self.async_step_sign_in()
            else:
                credential = credential_of(entry.data)
                try:
                    await self._async_check_account(credential)
                except ObicoError as err:
                    errors["base"] = _error_key(err)
                else:
                    return await self._async_store(
                        credential, client_id=entry.data.get(CONF_CLIENT_ID)
                    )
        return self.async_show_form(
            step_id="reconfigure",
            data_schema=self.add_suggested_values_to_schema(
                _RECONFIGURE_SCHEMA, user_input or entry.data
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

    async def _async_find_server(self, address: str) -> str | None:
        """Look for an Obico server at what was typed; return the form's error if there is none.

        Nothing secret is sent before one has been found.
        """
        try:
            origins = parse_server_url(address)
        except ValueError:
            return "invalid_url"
        session = async_get_session(self.hass, verify_ssl=self._verify_ssl)
        errors: list[str] = []
        for origin in origins:
            try:
                self._url = await _async_probe(session, origin)
            except ObicoCertificateError:
                # Whoever is in between must not get what follows without any TLS.
                return "invalid_certificate"
            except ObicoError as err:
                _LOGGER.debug("No Obico server at %s: %s", origin, err)
                errors.append(_error_key(err))
            else:
                return None
        return min(errors, key=_ERROR_RANKS.index)

    async def _async_check_account(self, credential: Credential) -> None:
        """Find out whose credential it is; abort if that is not who it has to be."""
        client = async_create_client(
            self.hass, str(self._url), credential, verify_ssl=self._verify_ssl
        )
        user = await client.get_user()
        await self.async_set_unique_id(user.unique_id)
        if self.source in (SOURCE_REAUTH, SOURCE_RECONFIGURE):
            self._abort_if_unique_id_mismatch(reason="wrong_account")
        else:
            self._abort_if_unique_id_configured()

    async def _async_store(
        self, credential: Credential, *, client_id: str | None = None
    ) -> ConfigFlowResult:
        """Store how to sign in, in a new entry or in the present one."""
        data = {
            CONF_URL: str(self._url),
            CONF_VERIFY_SSL: self._verify_ssl,
            **data_of(credential, client_id=client_id),
        }
        if self.source == SOURCE_REAUTH:
            entry = self._get_reauth_entry()
        elif self.source == SOURCE_RECONFIGURE:
            entry = self._get_reconfigure_entry()
        else:
            return self.async_create_entry(title=_title(self._url), data=data)
        if entry.data.get(CONF_ACCESS_TOKEN) != data.get(CONF_ACCESS_TOKEN):
            await async_revoke_token(self.hass, entry.data)
        return self.async_update_reload_and_abort(entry, data=data)


class ObicoOptionsFlow(OptionsFlowWithReload):
    """Choose which printers there are here, and how much their agents are asked to send."""

    # The names of printers that the form offers, by id.
    _shown: Mapping[str, str]

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the options."""
        if user_input is not None:
            # Kept are those that are not wanted: a new printer is, also one that has
            # come while the form was open.
            included = user_input.pop(_CONF_PRINTERS)
            user_input[CONF_EXCLUDED] = [
                key for key in self._shown if key not in included
            ]
            return self.async_create_entry(data=user_input)
        names = self._shown = self._names()
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
                for printer_id, name in self.config_entry.runtime_data.coordinator.names.items()
            }
        return names
