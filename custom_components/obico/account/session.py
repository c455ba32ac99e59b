"""Build API clients on Home Assistant's HTTP connections."""

import socket
from typing import Final, override

import aiohttp
from aiohttp import hdrs
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from homeassistant.const import EVENT_HOMEASSISTANT_CLOSE
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers.aiohttp_client import (
    SERVER_SOFTWARE,
    HomeAssistantTCPConnector,
    async_create_clientsession,
    async_get_clientsession,
)
from homeassistant.util.hass_dict import HassKey
from homeassistant.util.ssl import client_context, client_context_no_verify

from ..aioobico import Credential, ObicoClient, refuse_redirects
from ..const import DOMAIN

# By whether certificates are checked.
_SESSIONS: Final[HassKey[dict[bool, aiohttp.ClientSession]]] = HassKey(
    f"{DOMAIN}_sessions"
)


@callback
def async_get_session(
    hass: HomeAssistant, *, verify_ssl: bool
) -> aiohttp.ClientSession:
    """Return the session of all accounts and flows, without cookies.

    A cookie of one account must never reach another account, or a picture's host. It
    shares Home Assistant's connections, and lasts as long: a flow has no end at which
    to clean up.
    """
    sessions = hass.data.setdefault(_SESSIONS, {})
    if (session := sessions.get(verify_ssl)) is None:
        session = sessions[verify_ssl] = async_create_clientsession(
            hass,
            verify_ssl=verify_ssl,
            auto_cleanup=False,
            cookie_jar=aiohttp.DummyCookieJar(),
        )

        @callback
        def detach(_event: Event) -> None:
            session.detach()

        hass.bus.async_listen_once(EVENT_HOMEASSISTANT_CLOSE, detach)
    return session


@callback
def async_create_client(
    hass: HomeAssistant, url: str, credential: Credential | str, *, verify_ssl: bool
) -> ObicoClient:
    """Return a client for one account on one server."""
    session = async_get_session(hass, verify_ssl=verify_ssl)
    return ObicoClient(session, URL(url), credential)


class _SharedResolver(AbstractResolver):
    """Resolves names as Home Assistant does, mDNS included."""

    def __init__(self, connector: HomeAssistantTCPConnector) -> None:
        """Ask through another connector."""
        self._connector = connector

    @override
    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_UNSPEC,
    ) -> list[ResolveResult]:
        """Resolve a name."""
        results = await self._connector.async_resolve_host(host)
        return [ResolveResult({**result, "port": port}) for result in results]

    @override
    async def close(self) -> None:
        """Close nothing: what is shared goes on."""


@callback
def async_create_socket_session(
    hass: HomeAssistant, *, verify_ssl: bool
) -> aiohttp.ClientSession:
    """Return a session for connections that stay open; who asks for it closes it.

    Home Assistant's own pool has room for 100 connections to a host. The sockets of
    a print farm would fill it, and leave none for calls.
    """
    shared = async_get_clientsession(hass, verify_ssl).connector
    assert isinstance(shared, HomeAssistantTCPConnector)
    return aiohttp.ClientSession(
        connector=HomeAssistantTCPConnector(
            limit=0,
            ssl=client_context() if verify_ssl else client_context_no_verify(),
            resolver=_SharedResolver(shared),
        ),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={hdrs.USER_AGENT: SERVER_SOFTWARE},
        middlewares=(refuse_redirects,),
    )
