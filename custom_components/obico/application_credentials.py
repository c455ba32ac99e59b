"""OAuth at a server that the user names, with an application that the user registered there."""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from yarl import URL

from homeassistant.components.application_credentials import ClientCredential
from homeassistant.core import HomeAssistant
from homeassistant.helpers.config_entry_oauth2_flow import (
    AbstractOAuth2Implementation,
    LocalOAuth2ImplementationWithPkce,
)

from .aioobico import CLOUD_URL, authorize_url, token_url

# Which server a flow is about: Home Assistant asks for implementations without saying.
_SERVER: Final[ContextVar[URL]] = ContextVar("obico_server", default=CLOUD_URL)


@contextmanager
def authorization_at(origin: URL) -> Generator[None]:
    """Let implementations be those for one server."""
    token = _SERVER.set(origin)
    try:
        yield
    finally:
        _SERVER.reset(token)


async def async_get_auth_implementation(
    hass: HomeAssistant, auth_domain: str, credential: ClientCredential
) -> AbstractOAuth2Implementation:
    """Return how to sign in at the server that the flow is about."""
    origin = _SERVER.get()
    return LocalOAuth2ImplementationWithPkce(
        hass,
        auth_domain,
        credential.client_id,
        str(authorize_url(origin)),
        str(token_url(origin)),
        credential.client_secret,
    )


async def async_get_description_placeholders(hass: HomeAssistant) -> dict[str, str]:
    """Return what the credentials' dialog says about where to get them."""
    return {
        "applications_path": "/o/applications/",
        "redirect_url": "https://my.home-assistant.io/redirect/oauth",
    }
