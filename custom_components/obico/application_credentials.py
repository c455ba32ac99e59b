"""OAuth at a server that the user names, with an application that the user registered there."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, override

from yarl import URL

from homeassistant.components.application_credentials import ClientCredential
from homeassistant.core import HomeAssistant
from homeassistant.helpers.config_entry_oauth2_flow import (
    AbstractOAuth2Implementation,
    LocalOAuth2ImplementationWithPkce,
)

from .account.session import async_get_session
from .aioobico import CLOUD_URL, AccessToken, authorize_url, fetch_token, token_url

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


class ObicoOAuth2Implementation(LocalOAuth2ImplementationWithPkce):
    """An application at one server."""

    def __init__(
        self,
        hass: HomeAssistant,
        auth_domain: str,
        credential: ClientCredential,
        origin: URL,
    ) -> None:
        """Let the application be asked for at the server's own pages."""
        super().__init__(
            hass,
            auth_domain,
            credential.client_id,
            str(authorize_url(origin)),
            str(token_url(origin)),
            credential.client_secret,
        )
        self._origin = origin
        self._name = credential.name

    @property
    @override
    def name(self) -> str:
        """Return what tells it from the applications at other servers."""
        return self._name or self.client_id

    async def async_fetch_token(self, external_data: Mapping[str, Any]) -> AccessToken:
        """Exchange the code that the server's page gave for a token.

        The base class would follow redirects, with the secret, and log odd answers, with
        the token.
        """
        return await fetch_token(
            async_get_session(self.hass, verify_ssl=True),
            self._origin,
            client_id=self.client_id,
            client_secret=self.client_secret,
            code=external_data["code"],
            code_verifier=self.code_verifier,
            redirect_uri=external_data["state"]["redirect_uri"],
        )


async def async_get_auth_implementation(
    hass: HomeAssistant, auth_domain: str, credential: ClientCredential
) -> AbstractOAuth2Implementation:
    """Return how to sign in at the server that the flow is about."""
    return ObicoOAuth2Implementation(hass, auth_domain, credential, _SERVER.get())


async def async_get_description_placeholders(hass: HomeAssistant) -> dict[str, str]:
    """Return what the credentials' dialog says about where to get them."""
    return {
        "applications_path": "/o/applications/",
        "redirect_url": "https://my.home-assistant.io/redirect/oauth",
    }
