"""OAuth at the server of a flow, with an application that the user registered there.

Home Assistant asks for implementations in `application_credentials.py`, without saying
for which server.
"""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, override

from yarl import URL

from homeassistant.components.application_credentials import ClientCredential
from homeassistant.core import HomeAssistant
from homeassistant.helpers.config_entry_oauth2_flow import (
    LocalOAuth2ImplementationWithPkce,
)

from ..aioobico import CLOUD_URL, AccessToken, authorize_url, fetch_token, token_url
from .session import async_get_session

# The server of the flow that asks for implementations, which Home Assistant does not pass on.
_SERVER: Final[ContextVar[URL]] = ContextVar("obico_server", default=CLOUD_URL)


@contextmanager
def authorization_at(base_url: URL) -> Generator[None]:
    """Make implementations for one server."""
    token = _SERVER.set(base_url)
    try:
        yield
    finally:
        _SERVER.reset(token)


class ObicoOAuth2Implementation(LocalOAuth2ImplementationWithPkce):
    """An application at one server, with the credentials that the user entered."""

    def __init__(
        self,
        hass: HomeAssistant,
        auth_domain: str,
        credential: ClientCredential,
        base_url: URL,
    ) -> None:
        """Use the pages of the server for authorization."""
        super().__init__(
            hass,
            auth_domain,
            credential.client_id,
            str(authorize_url(base_url)),
            str(token_url(base_url)),
            credential.client_secret,
        )
        self._base_url = base_url
        self._name = credential.name

    @property
    @override
    def name(self) -> str:
        """Return the name that the user gave, which tells it from those at other servers."""
        return self._name or self.client_id

    async def async_fetch_token(self, external_data: Mapping[str, Any]) -> AccessToken:
        """Exchange the code that the server's page gave for a token.

        The base class is not used: it follows redirects with the secret, and logs
        unexpected answers with the token.
        """
        return await fetch_token(
            async_get_session(self.hass, verify_ssl=True),
            self._base_url,
            client_id=self.client_id,
            client_secret=self.client_secret,
            code=external_data["code"],
            code_verifier=self.code_verifier,
            redirect_uri=external_data["state"]["redirect_uri"],
        )


def implementation_for_server(
    hass: HomeAssistant, auth_domain: str, credential: ClientCredential
) -> ObicoOAuth2Implementation:
    """Return the application with these credentials at the server of the flow."""
    return ObicoOAuth2Implementation(hass, auth_domain, credential, _SERVER.get())
