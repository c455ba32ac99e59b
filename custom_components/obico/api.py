"""Build API clients on Home Assistant's HTTP connections."""

import aiohttp
from yarl import URL

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.aiohttp_client import async_create_clientsession

from .aioobico import ObicoClient


@callback
def async_create_session(
    hass: HomeAssistant, *, verify_ssl: bool
) -> aiohttp.ClientSession:
    """Return a session that shares Home Assistant's connections and no cookies.

    A cookie of one account must never reach another account, or a picture's host.
    """
    return async_create_clientsession(
        hass, verify_ssl=verify_ssl, cookie_jar=aiohttp.DummyCookieJar()
    )


@callback
def async_create_client(
    hass: HomeAssistant, url: str, access_token: str, *, verify_ssl: bool
) -> ObicoClient:
    """Return a client for one account on one server."""
    session = async_create_session(hass, verify_ssl=verify_ssl)
    return ObicoClient(session, URL(url), access_token)
