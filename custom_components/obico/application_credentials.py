"""OAuth applications that users register at their server (see `account/oauth_implementation`)."""

from aiohttp import hdrs

from homeassistant.components.application_credentials import ClientCredential
from homeassistant.core import HomeAssistant
from homeassistant.helpers.config_entry_oauth2_flow import (
    AUTH_CALLBACK_PATH,
    MY_AUTH_CALLBACK_PATH,
    AbstractOAuth2Implementation,
)
from homeassistant.helpers.http import current_request

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
        "redirect_url": _redirect_url(hass),
    }


def _redirect_url(hass: HomeAssistant) -> str:
    """Return where the server sends the browser back to.

    Without My Home Assistant that is the address at which the browser has Home Assistant.
    """
    if "my" in hass.config.components or (request := current_request.get()) is None:
        return MY_AUTH_CALLBACK_PATH
    # A proxy may pass the request on under another address; the browser names its own.
    origin = request.headers.get(hdrs.ORIGIN) or request.url.origin()
    return f"{origin}{AUTH_CALLBACK_PATH}"
