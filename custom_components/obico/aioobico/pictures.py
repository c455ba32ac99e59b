"""Pictures, which may lie anywhere and are fetched as nobody."""

from http import HTTPStatus

import aiohttp
from aiohttp import hdrs
from yarl import URL

from .exceptions import ObicoResponseError
from .transport import open_response, raise_for_status, read_bounded, redirect_target
from .urls import is_local_host, picture_url

# A storage may send to its mirror, that to a signed address.
_MAX_REDIRECTS = 3


async def fetch_picture(
    session: aiohttp.ClientSession,
    address: str,
    base_url: URL,
    *,
    max_bytes: int,
    timeout: float,
) -> bytes:
    """Return the content of a picture; `timeout` in seconds is for each hop."""
    url = picture_url(address, base_url)
    for _ in range(_MAX_REDIRECTS + 1):
        if url is None:
            raise ObicoResponseError("The picture's address is of no use")
        async with open_response(
            session, hdrs.METH_GET, url, timeout=timeout
        ) as response:
            if (
                target := redirect_target(response.status, response.headers, url)
            ) is not None:
                url = target if _may_send_to(url, target) else None
                continue
            if response.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
                # The signature is wrong. No token was sent that could be.
                raise ObicoResponseError(
                    f"{url.host} does not give the picture out ({response.status})"
                )
            raise_for_status(response)
            if response.content_type.startswith(("text/", "application/json")):
                raise ObicoResponseError(
                    f"{url.host} answered with {response.content_type} for a picture"
                )
            if content := await read_bounded(response, max_bytes):
                return content
            raise ObicoResponseError(f"{url.host} answered with an empty picture")
    raise ObicoResponseError("The picture's address sends elsewhere too often")


def _may_send_to(url: URL, target: URL) -> bool:
    """Return whether a redirect may be followed.

    Only what is on this machine itself may point to this machine.
    """
    return is_local_host(url) or not is_local_host(target)
