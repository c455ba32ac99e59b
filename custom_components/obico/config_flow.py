"""The config flow: find a server, then sign in to it."""

from collections.abc import Mapping
import logging
from typing import Any, override

from yarl import URL

from homeassistant.config_entries import (
    SOURCE_REAUTH,
    ConfigEntry,
    ConfigFlowResult,
    ConfigSubentryFlow,
    OptionsFlow,
)
from homeassistant.const import (
    CONF_ACCESS_TOKEN,
    CONF_EMAIL,
    CONF_NAME,
    CONF_PASSWORD,
    CONF_URL,
    CONF_VERIFY_SSL,
)
from homeassistant.core import callback

from .account.account_flow import AccountFlow
from .account.account_name import given_title, name_error, suggested_title
from .account.credentials import async_discard_credential, credential_of, data_of
from .account.oauth_implementation import ObicoOAuth2Implementation, authorization_at
from .account.options_flow import ObicoOptionsFlow
from .account.sign_in_errors import (
    OAUTH_ABORT_REASONS,
    PASSWORD_ERROR_KEYS,
    STORED_ERROR_KEYS,
    FlowError,
    Keys,
    flow_error,
)
from .account.sign_in_forms import (
    CONF_SIGN_IN_AGAIN,
    EXAMPLE_URL,
    NAME_SCHEMA,
    PASSWORD_SCHEMA,
    RECONFIGURE_SCHEMA,
    SERVER_SCHEMA,
    TOKEN_SCHEMA,
    form_errors,
    form_placeholders,
    server_form,
)
from .account.typed_server import (
    async_forget,
    async_get_typed,
    async_remember_server,
    async_remember_typed,
)
from .agent.config import SUBENTRY_TYPE
from .agent.flow import AgentFlow
from .aioobico import CLOUD_URL, AccessToken, MintedToken, ObicoError
from .const import DOMAIN

_LOGGER = logging.getLogger(__name__)


class ObicoConfigFlow(AccountFlow, domain=DOMAIN):
    """Add an account, sign in to it again, or change its connection."""

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> OptionsFlow:
        """Return the flow of the options."""
        return ObicoOptionsFlow()

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """Return the flow that makes Home Assistant the agent of a printer."""
        return {SUBENTRY_TYPE: AgentFlow}

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
        """Use Obico Cloud."""
        self._url = CLOUD_URL
        return await self.async_step_sign_in()

    async def async_step_own_server(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the address of a self-hosted server, and look for the server there."""
        error: FlowError | None = None
        if user_input is not None:
            async_remember_typed(self.hass, user_input)
            error = await self._async_find_server(user_input)
            if error is None:
                return await self.async_step_sign_in()
        return self.async_show_form(
            step_id="own_server",
            data_schema=server_form(
                self, SERVER_SCHEMA, user_input or async_get_typed(self.hass)
            ),
            errors=form_errors(CONF_URL, error),
            description_placeholders=form_placeholders(error, example_url=EXAMPLE_URL),
            last_step=False,
        )

    async def async_step_sign_in(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask how to sign in."""
        return self._show_sign_in_menu()

    def _show_sign_in_menu(self) -> ConfigFlowResult:
        step_id = "reauth_confirm" if self.source == SOURCE_REAUTH else "sign_in"
        ways = ["password", "oauth", "access_token"]
        if self._url == CLOUD_URL:
            # Its users cannot make access tokens, which that step says.
            ways[-1] = "cloud_access_token"
        if not self._verify_ssl:
            # The browser opens that page, and would check the certificate.
            ways.remove("oauth")
        return self.async_show_menu(
            step_id=step_id,
            menu_options=ways,
            description_placeholders={
                "url": str(self._url),
                # Of several accounts on a server only one has to be signed in to again.
                **({"name": entry.title} if (entry := self._entry) else {}),
            },
        )

    def _sign_in_error(self, err: ObicoError, keys: Keys | None = None) -> FlowError:
        """Return what is shown where somebody signs in, who typed no address for the cloud."""
        error = flow_error(err, keys)
        if error.key == "cannot_connect" and self._url == CLOUD_URL:
            return FlowError("cloud_unreachable")
        return error

    async def async_step_password(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Sign in with e-mail and password, which are exchanged for a token.

        Without a password the other ways are shown: a menu has no way back to it.
        """
        error: FlowError | None = None
        if user_input is not None:
            if CONF_PASSWORD not in user_input:
                return self._show_sign_in_menu()
            try:
                minted = await self._async_exchange_password(
                    user_input.get(CONF_EMAIL, ""), user_input[CONF_PASSWORD]
                )
            except ObicoError as err:
                _LOGGER.debug("Cannot sign in at %s: %s", self._url, err)
                error = self._sign_in_error(err, PASSWORD_ERROR_KEYS)
            else:
                if isinstance(minted, MintedToken):
                    return await self._async_store(
                        data_of(minted.access_token, client_id=minted.client_id)
                    )
                self._unstored = data_of(minted)
                return await self.async_step_session_kept()
        return self.async_show_form(
            step_id="password",
            data_schema=self.add_suggested_values_to_schema(
                PASSWORD_SCHEMA,
                {CONF_EMAIL: user_input.get(CONF_EMAIL)} if user_input else None,
            ),
            errors=form_errors("base", error),
            description_placeholders=form_placeholders(
                error, url=str(self._url), host=self._url.authority
            ),
        )

    async def async_step_session_kept(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Tell that the server makes no lasting token, and what that means."""
        if user_input is None or self._unstored is None:
            return self.async_show_form(
                step_id="session_kept",
                description_placeholders={"url": str(self._url)},
            )
        return await self._async_store(self._unstored)

    async def async_step_access_token(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for an access token of a self-hosted server, and sign in with it."""
        return await self._async_ask_for_token("access_token", user_input)

    async def async_step_cloud_access_token(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for an access token of Obico Cloud, and sign in with it."""
        return await self._async_ask_for_token("cloud_access_token", user_input)

    async def _async_ask_for_token(
        self, step_id: str, user_input: dict[str, Any] | None
    ) -> ConfigFlowResult:
        """Sign in with the access token of a form, or show the form.

        Without a token the other ways are shown: not everybody can get one.
        """
        error: FlowError | None = None
        if user_input is not None:
            if CONF_ACCESS_TOKEN not in user_input:
                return self._show_sign_in_menu()
            token = AccessToken(user_input[CONF_ACCESS_TOKEN].strip())
            try:
                await self._async_check_account(token)
            except ObicoError as err:
                error = self._sign_in_error(err)
            else:
                return await self._async_store(data_of(token))
        return self.async_show_form(
            step_id=step_id,
            data_schema=TOKEN_SCHEMA,
            errors=form_errors(CONF_ACCESS_TOKEN, error),
            description_placeholders=form_placeholders(
                error,
                url=str(self._url),
                token_url=str(self._url / "admin/oauth2_provider/accesstoken/add/"),
            ),
        )

    async def async_step_oauth(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Sign in on the server's own page, through application credentials."""
        async_remember_server(self.hass, self._url)
        return await self.async_step_pick_implementation()

    @override
    async def async_step_pick_implementation(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose the application credentials, for the server that the user named."""
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
            self._unstored = data_of(token, auth_implementation=self.flow_impl.domain)
            await self._async_check_account(token)
        except ObicoError as err:
            _LOGGER.debug("Cannot sign in at %s: %s", self._url, err)
            error = self._sign_in_error(err, OAUTH_ABORT_REASONS)
            return self.async_abort(
                reason=error.key, description_placeholders=error.placeholders
            )
        return await self._async_store(self._unstored)

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
        return self._show_sign_in_menu()

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for another address of the same server, or for another way of signing in."""
        entry = self._get_reconfigure_entry()
        error: FlowError | None = None
        field = CONF_URL
        if user_input is not None:
            error = await self._async_find_server(user_input)
            if error is None and user_input[CONF_SIGN_IN_AGAIN]:
                return await self.async_step_sign_in()
            if error is None:
                try:
                    await self._async_check_account(credential_of(entry.data))
                except ObicoError as err:
                    field, error = "base", flow_error(err, STORED_ERROR_KEYS)
                else:
                    return self.async_update_reload_and_abort(
                        entry, data_updates=self._connection
                    )
        return self.async_show_form(
            step_id="reconfigure",
            data_schema=server_form(self, RECONFIGURE_SCHEMA, user_input or entry.data),
            errors=form_errors(field, error),
            description_placeholders=form_placeholders(error, example_url=EXAMPLE_URL),
        )

    async def async_step_name(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask what the account is to be called, and make its entry."""
        assert self._user is not None
        suggestion = suggested_title(self.hass, self._user, self._url)
        error: FlowError | None = None
        name = suggestion
        if user_input is not None and self._unstored is not None:
            name = user_input.get(CONF_NAME, "")
            if (error := name_error(name)) is None:
                data = {**self._connection, **self._unstored}
                self._unstored = None
                async_forget(self.hass)
                title = given_title(self.hass, name, suggestion)
                return self.async_create_entry(title=title, data=data)
        return self.async_show_form(
            step_id="name",
            data_schema=self.add_suggested_values_to_schema(
                NAME_SCHEMA, {CONF_NAME: name}
            ),
            errors=form_errors(CONF_NAME, error),
        )

    async def _async_store(
        self, credential_data: Mapping[str, str]
    ) -> ConfigFlowResult:
        """Store a credential in a new entry or in the present one, instead of its own."""
        if (entry := self._entry) is None:
            self._unstored = dict(credential_data)
            return await self.async_step_name()
        self._unstored = None
        async_forget(self.hass)
        data = {**self._connection, **credential_data}
        # The same account at its present address, where it can be reached.
        replaced = {**entry.data, **self._connection}
        result = self.async_update_reload_and_abort(entry, data=data)
        if credential_of(replaced) != credential_of(data):
            await async_discard_credential(self.hass, replaced)
        return result
