"""How an entry's data say who asks."""

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

from ..aioobico import AccessToken, Credential, SessionCookie, revoke_token
from ..const import CONF_SESSION
from .session import async_get_session

# Nobody who removes an account wants to wait for a server that is gone.
_REVOKE_SECONDS: Final = 5.0


def data_of(credential: Credential, *, client_id: str | None) -> dict[str, str]:
    """Return what is stored; `client_id` of tokens that were made for Home Assistant."""
    if isinstance(credential, SessionCookie):
        return {CONF_SESSION: credential.value}
    data = {CONF_ACCESS_TOKEN: credential.value}
    if client_id is not None:
        data[CONF_CLIENT_ID] = client_id
    return data


def credential_of(data: Mapping[str, Any]) -> Credential:
    """Return what was stored."""
    if CONF_SESSION in data:
        return SessionCookie(data[CONF_SESSION])
    return AccessToken(data[CONF_ACCESS_TOKEN])


async def async_revoke_token(hass: HomeAssistant, data: Mapping[str, Any]) -> None:
    """Revoke a token that was made for Home Assistant, if the server can be reached."""
    if CONF_CLIENT_ID not in data:
        return
    await revoke_token(
        async_get_session(hass, verify_ssl=data[CONF_VERIFY_SSL]),
        URL(data[CONF_URL]),
        data[CONF_CLIENT_ID],
        AccessToken(data[CONF_ACCESS_TOKEN]),
        timeout=_REVOKE_SECONDS,
    )
