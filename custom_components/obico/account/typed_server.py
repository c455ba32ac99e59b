"""The server that was last named in the config flow, for the flow that begins anew.

A flow ends where application credentials are missing, and Home Assistant begins another
once they are entered, which knows nothing of the first. The dialog for them is told of no
flow either, but has to link to a page of that server.
"""

from typing import Any, Final

from yarl import URL

from homeassistant.const import CONF_URL, CONF_VERIFY_SSL
from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from ..aioobico import CLOUD_URL, without_user_info
from ..const import DOMAIN

_TYPED: Final[HassKey[dict[str, Any]]] = HassKey(f"{DOMAIN}_typed_server")
_SERVER: Final[HassKey[URL]] = HassKey(f"{DOMAIN}_named_server")


@callback
def async_remember_typed(hass: HomeAssistant, form: dict[str, Any]) -> None:
    """Remember what was typed in the form for the address of a server, but no password."""
    hass.data[_TYPED] = {
        CONF_URL: without_user_info(form[CONF_URL]),
        CONF_VERIFY_SSL: form[CONF_VERIFY_SSL],
    }


@callback
def async_get_typed(hass: HomeAssistant) -> dict[str, Any] | None:
    """Return what was last typed in that form, None once it led to an account."""
    return hass.data.get(_TYPED)


@callback
def async_remember_server(hass: HomeAssistant, base_url: URL) -> None:
    """Remember at which server somebody wants to sign in on its own page."""
    hass.data[_SERVER] = base_url


@callback
def async_get_server(hass: HomeAssistant) -> URL:
    """Return the server whose applications are asked for.

    It is that of the last flow, else that of an account, else Obico Cloud.
    """
    if (server := hass.data.get(_SERVER)) is not None:
        return server
    for entry in hass.config_entries.async_entries(DOMAIN):
        return URL(entry.data[CONF_URL])
    return CLOUD_URL


@callback
def async_forget(hass: HomeAssistant) -> None:
    """Forget what was remembered: it has led to an account."""
    hass.data.pop(_TYPED, None)
    hass.data.pop(_SERVER, None)
