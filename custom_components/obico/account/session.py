"""Creates API clients on Home Assistant's HTTP connections.

This is the only module that uses Home Assistant's connector, which is not documented for
integrations. The push connections have a pool of their own, because Home Assistant's has
room for 100 connections to a host.
"""

from inspect import signature
import logging
import socket
from typing import Final, Protocol, cast, override

import aiohttp
from aiohttp import hdrs
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from homeassistant.const import EVENT_HOMEASSISTANT_CLOSE
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers.aiohttp_client import (
    SERVER_SOFTWARE,
    async_create_clientsession,
    async_get_clientsession,
)
from homeassistant.util.hass_dict import HassKey
from homeassistant.util.ssl import client_context, client_context_no_verify

from ..aioobico import Credential, ObicoClient, refuse_redirects
from ..const import DOMAIN, INTERNALS_CHANGED

_LOGGER = logging.getLogger(__name__)

# The sessions of all accounts, by whether certificates are verified.
_SESSIONS: Final[HassKey[dict[bool, aiohttp.ClientSession]]] = HassKey(
    f"{DOMAIN}_sessions"
)
_IS_RESOLVER_MISSING: Final[HassKey[bool]] = HassKey(f"{DOMAIN}_resolver_missing")


@callback
def async_get_session(
    hass: HomeAssistant, *, verify_ssl: bool
) -> aiohttp.ClientSession:
    """Return the session of all accounts and flows, which keeps no cookies.

    A cookie of one account must never be sent for another account, or to the host of a
    picture. The session uses Home Assistant's connector, and is detached when that is
    closed, because config flows have no clean-up in which they could detach a session.
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


class _ResolvingConnector(Protocol):
    """The part of Home Assistant's connector that is used here."""

    async def async_resolve_host(self, host: str) -> list[ResolveResult]:
        """Return the addresses of a host."""


class _SharedResolver(AbstractResolver):
    """Resolves names with Home Assistant's connector, including mDNS names."""

    def __init__(self, connector: _ResolvingConnector) -> None:
        """Initialize the resolver with a connector."""
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
        """Close nothing, because Home Assistant continues to use its connector."""


@callback
def _async_get_resolver(
    hass: HomeAssistant, *, verify_ssl: bool
) -> _SharedResolver | None:
    """Return Home Assistant's resolver, None where its connector is not as expected.

    With None, aiohttp uses its own resolver, which does not support mDNS.
    """
    session = async_get_clientsession(hass, verify_ssl)
    connector = cast(_ResolvingConnector, session.connector)
    try:
        signature(connector.async_resolve_host).bind("host")
    except INTERNALS_CHANGED as err:
        if not hass.data.get(_IS_RESOLVER_MISSING):
            hass.data[_IS_RESOLVER_MISSING] = True
            _LOGGER.warning(
                "This version of Home Assistant does not resolve names for push "
                "connections as expected, so servers with mDNS names may not be found; "
                "everything else works: %s",
                err,
            )
        return None
    return _SharedResolver(connector)


@callback
def async_create_socket_session(
    hass: HomeAssistant, *, verify_ssl: bool
) -> aiohttp.ClientSession:
    """Return a session for connections that stay open; the caller closes it.

    Home Assistant's own connector allows 100 connections to a host. The push connections
    of many printers would use them all, and leave none for requests.
    """
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(
            limit=0,
            ssl=client_context() if verify_ssl else client_context_no_verify(),
            resolver=_async_get_resolver(hass, verify_ssl=verify_ssl),
        ),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={hdrs.USER_AGENT: SERVER_SOFTWARE},
        middlewares=(refuse_redirects,),
    )
