"""OAuth applications that users register at their server (see `account/oauth_implementation`)."""

from homeassistant.components.application_credentials import ClientCredential
from homeassistant.core import HomeAssistant
from homeassistant.helpers.config_entry_oauth2_flow import AbstractOAuth2Implementation

from .account.oauth_implementation import implementation_for_server
from .account.typed_server import async_get_server


async def async_get_auth_implementation(
    hass: HomeAssistant, auth_domain: str, credential: ClientCredential
) -> AbstractOAuth2Implementation:
    """Return the OAuth implementation for the server that the user chose in the flow."""
    return implementation_for_server(hass, auth_domain, credential)


async def async_get_description_placeholders(hass: HomeAssistant) -> dict[str, str]:
    """Return the placeholders of the dialog in which credentials are entered."""
    return {
        "applications_url": str(async_get_server(hass) / "o/applications/register/"),
        "redirect_url": "https://my.home-assistant.io/redirect/oauth",
    }
