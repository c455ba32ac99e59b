"""Find an Obico server at an address that a user typed."""

import logging
from typing import Final

import aiohttp
from yarl import URL

from ..aioobico import (
    CLOUD_URL,
    ObicoCertificateError,
    ObicoConnectionError,
    ObicoError,
    ObicoProxyError,
    ObicoRedirectError,
    UserInfoError,
    parse_server_url,
    probe_server,
    server_url,
)
from .sign_in_errors import SERVER_ERROR_KEYS, FlowError, flow_error

_LOGGER = logging.getLogger(__name__)

# Of several addresses that were tried, the error that tells most is shown.
_ERROR_RANKS: Final = (
    "rate_limited",
    "server_error",
    "redirected",
    "proxy_in_front",
    "not_obico",
    "no_tls",
    "cannot_connect",
)


async def async_find_server(
    session: aiohttp.ClientSession, address: str
) -> URL | FlowError:
    """Return the base URL of the server at an address, or why there is none.

    No credential is sent.
    """
    try:
        candidates = parse_server_url(address)
    except UserInfoError:
        return FlowError("user_in_address")
    except ValueError:
        return FlowError("invalid_url")
    errors: list[FlowError] = []
    unreachable: set[URL] = set()
    for url in candidates:
        if url.origin() in unreachable:
            continue
        try:
            return await _async_probe(session, url)
        except ObicoCertificateError as err:
            # Somebody in between could be the reason: other addresses are not tried,
            # since the credential would be sent to one of them without TLS.
            return flow_error(err)
        except ObicoError as err:
            _LOGGER.debug("No Obico server at %s: %s", url, err)
            errors.append(flow_error(err, SERVER_ERROR_KEYS))
            if isinstance(err, ObicoConnectionError) and not isinstance(
                err, ObicoProxyError
            ):
                unreachable.add(url.origin())
    error = min(errors, key=lambda error: _ERROR_RANKS.index(error.key))
    if error.key == "cannot_connect" and candidates[0].host == CLOUD_URL.host:
        return FlowError("cloud_unreachable")
    return error


def title_of(base_url: URL) -> str:
    """Return the title of an entry for a self-hosted server."""
    return base_url.authority + base_url.path.rstrip("/")


async def _async_probe(session: aiohttp.ClientSession, url: URL) -> URL:
    """Return the base URL at which a server answers: this one, or where it sends to."""
    try:
        await probe_server(session, url)
    except ObicoRedirectError as err:
        if err.origin is None or err.is_same_server:
            raise
        if url.scheme == "https" and err.origin.scheme != "https":
            # The credential must not lose its TLS.
            raise
        url = server_url(err.origin.with_path(url.raw_path, encoded=True))
        await probe_server(session, url)
    return url
