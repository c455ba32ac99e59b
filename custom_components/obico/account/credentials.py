"""Credentials in the data of a config entry, and what becomes of them on the server."""

from collections.abc import Mapping
from typing import Any, Final

from yarl import URL

from homeassistant.const import (
    CONF_ACCESS_TOKEN,
    CONF_CLIENT_ID,
    CONF_URL,
    CONF_VERIFY_SSL,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.config_entry_oauth2_flow import (
    ImplementationUnavailableError,
    async_get_implementations,
)

from ..aioobico import (
    AccessToken,
    Credential,
    SessionCookie,
    end_session,
    remove_application,
    revoke_token,
)
from ..const import CONF_AUTH_IMPLEMENTATION, CONF_SESSION, DOMAIN
from .oauth_implementation import ObicoOAuth2Implementation, authorization_at
from .session import async_get_session

# For each request, so that an entry can be removed while its server is down.
_REVOKE_SECONDS: Final = 5.0


def data_of(
    credential: Credential,
    *,
    client_id: str | None = None,
    auth_implementation: str | None = None,
) -> dict[str, str]:
    """Return the data that an entry stores of a credential.

    `client_id` is that of the application that the token was made for,
    `auth_implementation` the application credentials that it was fetched with.
    """
    if isinstance(credential, SessionCookie):
        return {CONF_SESSION: credential.value}
    data = {CONF_ACCESS_TOKEN: credential.value}
    if client_id is not None:
        data[CONF_CLIENT_ID] = client_id
    if auth_implementation is not None:
        data[CONF_AUTH_IMPLEMENTATION] = auth_implementation
    return data


def credential_of(data: Mapping[str, Any]) -> Credential:
    """Return the credential that an entry stores."""
    if CONF_SESSION in data:
        return SessionCookie(data[CONF_SESSION])
    return AccessToken(data[CONF_ACCESS_TOKEN])


async def async_discard_credential(
    hass: HomeAssistant, data: Mapping[str, Any], *, removed_entry_id: str | None = None
) -> None:
    """Take back on the server what an entry does not use any more, if it can be reached.

    A session is ended, a token that was made for Home Assistant is revoked; the
    application goes with the last entry that uses it. A token that the user entered
    stays: other programs may use it. `removed_entry_id` is the entry that is on its way
    out.
    """
    session = async_get_session(hass, verify_ssl=data[CONF_VERIFY_SSL])
    base_url = URL(data[CONF_URL])
    credential = credential_of(data)
    if isinstance(credential, SessionCookie):
        await end_session(session, base_url, credential, timeout=_REVOKE_SECONDS)
        return
    if (client_id := data.get(CONF_CLIENT_ID)) is not None:
        is_in_use = any(
            entry.data.get(CONF_CLIENT_ID) == client_id
            for entry in hass.config_entries.async_entries(DOMAIN)
            if entry.entry_id != removed_entry_id
        )
        discard = revoke_token if is_in_use else remove_application
        await discard(session, base_url, client_id, credential, timeout=_REVOKE_SECONDS)
        return
    implementation = await _async_get_implementation(hass, base_url, data)
    if implementation is not None:
        await revoke_token(
            session,
            base_url,
            implementation.client_id,
            credential,
            client_secret=implementation.client_secret,
            timeout=_REVOKE_SECONDS,
        )


async def _async_get_implementation(
    hass: HomeAssistant, base_url: URL, data: Mapping[str, Any]
) -> ObicoOAuth2Implementation | None:
    """Return the application that a token was fetched with, None if Home Assistant has none."""
    if CONF_AUTH_IMPLEMENTATION not in data:
        return None
    try:
        with authorization_at(base_url):
            implementations = await async_get_implementations(hass, DOMAIN)
    except ImplementationUnavailableError:
        return None
    implementation = implementations.get(data[CONF_AUTH_IMPLEMENTATION])
    return (
        implementation
        if isinstance(implementation, ObicoOAuth2Implementation)
        else None
    )
