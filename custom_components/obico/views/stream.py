"""Pass a video on as it comes, without ever holding the file."""

from contextlib import AsyncExitStack
from http import HTTPStatus
import logging
from typing import Final, Protocol

import aiohttp
from aiohttp import hdrs, web

from homeassistant.config_entries import ConfigEntryState

from ..aioobico import ObicoError, ObicoResponseError
from ..data import ObicoData

_LOGGER = logging.getLogger(__name__)

_CHUNK_BYTES: Final = 64 * 1024
_VIDEO: Final = "video/mp4"
# What storages call files whose type they do not know.
_UNKNOWN_TYPES: Final = frozenset({"application/octet-stream", "binary/octet-stream"})

# What a player asks for a part of the video with.
_REQUEST_HEADERS: Final = (hdrs.RANGE, hdrs.IF_RANGE)
# What it is told about the part, and about the whole.
_RESPONSE_HEADERS: Final = (
    hdrs.CONTENT_LENGTH,
    hdrs.CONTENT_RANGE,
    hdrs.ETAG,
    hdrs.LAST_MODIFIED,
)


class Source(Protocol):
    """The place of a video, whose address expires."""

    async def async_fresh_address(self, error: ObicoError) -> str:
        """Return a new address for one that has failed, or raise the error."""


async def async_stream(
    request: web.Request, account: ObicoData, source: Source, address: str
) -> web.StreamResponse:
    """Answer with the video at an address, or with the part that the request asks for.

    Raises an ObicoError where the answer has not begun yet.
    """
    asked: dict[str, str] = {hdrs.ACCEPT_ENCODING: "identity"}
    asked |= {
        name: request.headers[name]
        for name in _REQUEST_HEADERS
        if name in request.headers
    }
    async with AsyncExitStack() as stack:
        try:
            video = await stack.enter_async_context(
                account.client.open_media(address, asked)
            )
        except ObicoError as err:
            video = await stack.enter_async_context(
                account.client.open_media(await source.async_fresh_address(err), asked)
            )
        headers = _headers_of(video)
        if video.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            headers.pop(hdrs.CONTENT_LENGTH, None)
            return web.Response(status=video.status, headers=headers)
        response = web.StreamResponse(status=video.status, headers=headers)
        await response.prepare(request)
        if request.method != hdrs.METH_HEAD:
            await _async_pass_on(request, response, account, video)
    return response


def _headers_of(video: aiohttp.ClientResponse) -> dict[str, str]:
    """Return the headers of the answer.

    Its type is that of a video whatever the storage says: a page of somebody else must not
    be shown as if it were one of Home Assistant's.
    """
    kind = video.content_type
    if (
        video.status < 400
        and not kind.startswith("video/")
        and kind not in _UNKNOWN_TYPES
    ):
        raise ObicoResponseError(f"{video.url.host} answered with {kind} for a video")
    headers: dict[str, str] = {
        name: video.headers[name] for name in _RESPONSE_HEADERS if name in video.headers
    }
    headers |= {
        hdrs.ACCEPT_RANGES: "bytes",
        hdrs.CONTENT_TYPE: kind if kind.startswith("video/") else _VIDEO,
        hdrs.CACHE_CONTROL: "private, no-store",
        hdrs.X_CONTENT_TYPE_OPTIONS: "nosniff",
    }
    return headers


async def _async_pass_on(
    request: web.Request,
    response: web.StreamResponse,
    account: ObicoData,
    video: aiohttp.ClientResponse,
) -> None:
    """Send the body piece by piece, each when the player has taken the one before."""
    try:
        async for chunk in video.content.iter_chunked(_CHUNK_BYTES):
            if account.entry.state is not ConfigEntryState.LOADED:
                break
            await response.write(chunk)
        else:
            await response.write_eof()
            return
    except ConnectionError:
        # The player has enough, as it does whenever it seeks.
        return
    except (aiohttp.ClientError, TimeoutError) as err:
        _LOGGER.debug("A video broke off: %s", type(err).__name__)
    # The player notices that something is missing, and asks for the rest.
    if request.transport is not None:
        request.transport.close()
