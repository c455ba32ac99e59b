"""Sign in with e-mail and password, also where the address is not one of the server's."""

from collections.abc import Iterable
import logging

import aiohttp
from yarl import URL

from ..aioobico import (
    ObicoError,
    ObicoUnknownSiteError,
    SignedIn,
    is_local_host,
    parse_sent_url,
    probe_server,
    server_url,
    sign_in,
)

_LOGGER = logging.getLogger(__name__)


async def async_sign_in(
    session: aiohttp.ClientSession,
    base_url: URL,
    email: str,
    password: str,
    *,
    pictures: Iterable[str],
) -> SignedIn:
    """Sign in at an address of a server, or at another one under which it knows itself.

    `pictures` are addresses of the server's pictures, which have the name that it calls
    itself. Raises what sign_in() raises.
    """
    try:
        return await sign_in(session, base_url, email, password)
    except ObicoUnknownSiteError as err:
        error = err
    for url in _other_addresses(base_url, pictures):
        try:
            # The password is sent to no other kind of server.
            await probe_server(session, url)
        except ObicoError as err:
            _LOGGER.debug("No Obico server at %s: %s", url, err)
            continue
        try:
            return await sign_in(session, url, email, password)
        except ObicoUnknownSiteError as err:
            _LOGGER.debug("No site of the server at %s either: %s", url, err)
    raise error


def _other_addresses(base_url: URL, pictures: Iterable[str]) -> list[URL]:
    """Return the addresses under which a server may know itself, below the same path."""
    named = (parse_sent_url(address) for address in pictures)
    # By default a server calls itself localhost. That is it only on its own machine.
    origins = {url.origin() for url in named if url and not is_local_host(url)}
    if is_local_host(base_url):
        origins.add(base_url.origin().with_host("localhost"))
    urls = {
        server_url(origin.with_path(base_url.raw_path, encoded=True))
        for origin in origins
        # The password must not lose its TLS.
        if origin.scheme in {base_url.scheme, "https"}
    }
    return sorted(urls - {base_url})
