"""What the steps of the config flow share: the server, its credential, and the entry."""

import logging
from typing import Any, override

import aiohttp

from homeassistant.config_entries import (
    SOURCE_REAUTH,
    ConfigEntry,
    ConfigEntryState,
    ConfigFlowResult,
)
from homeassistant.const import CONF_URL, CONF_VERIFY_SSL
from homeassistant.core import callback
from homeassistant.helpers.config_entry_oauth2_flow import AbstractOAuth2FlowHandler

from ..aioobico import (
    CLOUD_URL,
    OAUTH_SCOPE,
    Credential,
    MintedToken,
    ObicoAuthenticationError,
    ObicoError,
    SessionCookie,
    User,
)
from ..const import DOMAIN
from .application import async_application_name
from .credentials import async_discard_credential, credential_of
from .find_server import async_find_server
from .session import async_create_client, async_get_session
from .sign_in import async_exchange_session, async_sign_in
from .sign_in_errors import FlowError

_LOGGER = logging.getLogger(__name__)


class AccountFlow(AbstractOAuth2FlowHandler):
    """Finds a server, signs in to it, and tells for which entry the account is."""

    DOMAIN = DOMAIN

    def __init__(self) -> None:
        """Start with Obico Cloud."""
        super().__init__()
        self._url = CLOUD_URL
        self._verify_ssl = True
        # What an entry will store of a credential that the flow itself brought about:
        # it must not outlive a flow that ends otherwise.
        self._unstored: dict[str, str] | None = None
        # The user whose account it is, once that is known.
        self._user: User | None = None
        # The entry of the account, if it has to be signed in to again.
        self._signed_out: ConfigEntry | None = None
        # Whether a flow that signs in again has ended without.
        self._ended_in_vain = False

    @property
    @override
    def logger(self) -> logging.Logger:
        """Return the logger."""
        return _LOGGER

    @property
    @override
    def extra_authorize_data(self) -> dict[str, str]:
        """Return the scope that is asked for."""
        return {"scope": OAUTH_SCOPE}

    @callback
    @override
    def async_remove(self) -> None:
        """Take back the session or token of the flow, if no entry stores it.

        Home Assistant does not ask again by itself to sign in again: it polls no account
        that is signed out. So a flow that has ended in vain is followed by another, unless
        the account has been repaired otherwise since it began.
        """
        if self._unstored is not None:
            data = self._connection | self._unstored
            self.hass.async_create_task(async_discard_credential(self.hass, data))
        if (
            self._ended_in_vain
            and (entry := self._entry) is not None
            and _is_signed_out(entry)
        ):
            entry.async_start_reauth(self.hass)

    @callback
    @override
    def async_abort(self, *, reason: str, **kwargs: Any) -> ConfigFlowResult:
        """End the flow, and note whether somebody has to be asked again."""
        self._ended_in_vain = (
            self.source == SOURCE_REAUTH and reason != "reauth_successful"
        )
        return super().async_abort(reason=reason, **kwargs)

    @property
    def _http(self) -> aiohttp.ClientSession:
        """Return the HTTP session for the server, with or without checks of certificates."""
        return async_get_session(self.hass, verify_ssl=self._verify_ssl)

    @property
    def _connection(self) -> dict[str, Any]:
        """Return what an entry stores of the server."""
        return {CONF_URL: str(self._url), CONF_VERIFY_SSL: self._verify_ssl}

    @property
    def _entry(self) -> ConfigEntry | None:
        """Return the entry that the flow changes, None if it makes a new one."""
        if (entry_id := self.context.get("entry_id")) is None:
            return self._signed_out
        return self.hass.config_entries.async_get_known_entry(entry_id)

    @property
    def _pictures(self) -> list[str]:
        """Return the addresses of the pictures that the server gave to a loaded entry."""
        if (entry := self._entry) is None or entry.state is not ConfigEntryState.LOADED:
            return []
        printers = entry.runtime_data.coordinator.data.printers.values()
        return [each.picture_url for each in printers if each.picture_url]

    async def _async_find_server(self, user_input: dict[str, Any]) -> FlowError | None:
        """Look for a server at the address of a form; return the error if there is none."""
        self._verify_ssl = user_input[CONF_VERIFY_SSL]
        found = await async_find_server(self._http, user_input[CONF_URL])
        if isinstance(found, FlowError):
            return found
        self._url = found
        return None

    async def _async_exchange_password(
        self, email: str, password: str
    ) -> MintedToken | SessionCookie:
        """Sign in, and return what lasts longest; the session ends unless it is that."""
        signed_in = await async_sign_in(
            self._http, self._url, email, password, pictures=self._pictures
        )
        self._url = signed_in.visit.base_url
        return await async_exchange_session(
            signed_in,
            app_name=await async_application_name(self.hass),
            check=self._async_check_account,
        )

    async def _async_check_account(self, credential: Credential) -> None:
        """Look whose credential it is; abort unless the flow is for that account.

        A new flow may be for an account that has to be signed in to again: Home Assistant
        begins one where application credentials had to be entered first.
        """
        client = async_create_client(
            self.hass, str(self._url), credential, verify_ssl=self._verify_ssl
        )
        self._user = user = await client.get_user()
        if "entry_id" not in self.context:
            self._signed_out = await self._async_find_signed_out(user.unique_id)
        await self.async_set_unique_id(
            user.unique_id, raise_on_progress=self._signed_out is None
        )
        if self._entry is None:
            # The server's page asks nobody who is signed in there which account is meant.
            self._abort_if_unique_id_configured(
                error="already_configured"
                if self.external_data is None
                else "already_configured_in_browser"
            )
        else:
            self._ended_in_vain = self.source == SOURCE_REAUTH
            self._abort_if_unique_id_mismatch(reason="wrong_account")
            self._ended_in_vain = False

    async def _async_find_signed_out(self, unique_id: str) -> ConfigEntry | None:
        """Return the entry of an account, if its server no longer accepts its credential."""
        entry = self.hass.config_entries.async_entry_for_domain_unique_id(
            DOMAIN, unique_id
        )
        if entry is None:
            return None
        client = async_create_client(
            self.hass,
            entry.data[CONF_URL],
            credential_of(entry.data),
            verify_ssl=entry.data[CONF_VERIFY_SSL],
        )
        try:
            await client.get_user()
        except ObicoAuthenticationError:
            return entry
        except ObicoError as err:
            _LOGGER.debug("Whether the account is signed in is not known: %s", err)
        return None


def _is_signed_out(entry: ConfigEntry) -> bool:
    """Return whether nothing asks the server of an entry any more.

    Whatever still polls or sets up the account asks to sign in again itself if it has to.
    """
    if entry.state is ConfigEntryState.LOADED:
        return not entry.runtime_data.coordinator.last_update_success
    return entry.state is ConfigEntryState.SETUP_ERROR
