"""Sign in with e-mail and password, also where the address is not one of the server's."""

from collections.abc import Awaitable, Callable, Iterable
import logging

import aiohttp
from yarl import URL

from ..aioobico import (
    Credential,
    MintedToken,
    ObicoError,
    ObicoUnknownSiteError,
    SessionCookie,
    SignedIn,
    is_local_host,
    mint_token,
    parse_sent_url,
    probe_server,
    server_url,
    sign_in,
    sign_out,
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


async def async_exchange_session(
    signed_in: SignedIn,
    *,
    app_name: str,
    check: Callable[[Credential], Awaitable[None]],
) -> MintedToken | SessionCookie:
    """Return a token that lasts, or the session; the session ends unless it is returned.

    `check` is called before a token is made, and raises if it would not be used. Raises
    what mint_token() raises.
    """
    minted: MintedToken | SessionCookie | None = None
    try:
        await check(signed_in.session_cookie)
        minted = await mint_token(signed_in, app_name=app_name)
    finally:
        if not isinstance(minted, SessionCookie):
            await sign_out(signed_in.visit)
    return minted


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
