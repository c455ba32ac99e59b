"""Pictures: fetched from wherever they are without credentials, and checked.

They may redirect, to http and https only. The check decodes a picture to its end, which
blocks for milliseconds: run it in an executor.

The check is made by Pillow, which Home Assistant brings along: that a file can be decoded
to its end is nothing that its first bytes tell. Nothing else of the client needs it.
"""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from io import BytesIO
from typing import Final

import aiohttp
from aiohttp import hdrs
from PIL import Image
from yarl import URL

from .exceptions import (
    ObicoAuthenticationError,
    ObicoNoPictureError,
    ObicoResponseError,
)
from .transport import error_of, open_response, read_bounded, redirect_target
from .urls import is_local_host, picture_url

# A storage may send to its mirror, that to a signed address.
_MAX_REDIRECTS: Final = 3

# More than any webcam has. Measured for it: 0.1 s and 4 MiB for a JPEG, 0.4 s and 116 MiB
# for a progressive one, 0.8 s and 151 MiB for a PNG.
MAX_PIXELS: Final = 40_000_000
# WebP's decoder takes 15 bytes a pixel, 613 MiB for as many.
_MAX_WEBP_PIXELS: Final = 10_000_000

# What every browser shows, by Pillow's names.
_FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF")
# A JPEG that holds more than one picture, which Pillow tells apart.
_MULTI_PICTURE_JPEG: Final = "MPO"

# A JPEG is decoded to an eighth of its size: all of it has to be read for that, and a
# 64th of the memory is enough.
_JPEG_SCALE: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture that can be shown."""

    content: bytes = field(repr=False)
    content_type: str
    """image/jpeg, image/png, image/webp or image/gif, by its content."""
    width: int
    """Pixels."""
    height: int
    """Pixels."""


def check_picture(content: bytes) -> Picture:
    """Return a picture that can be decoded to its end.

    That is a JPEG, PNG or GIF of at most 40 megapixels, or a WebP of at most 10.

    Raises ObicoNoPictureError for anything else: HTML, another format, half a picture. Of
    an animation the first frame is what counts. This takes milliseconds for a webcam's
    picture and up to a second for the largest: run it in an executor.
    """
    try:
        image = Image.open(BytesIO(content), formats=_FORMATS)
    except Exception as err:  # noqa: BLE001
        raise _no_picture(err) from None
    with image:
        width, height = image.size
        if width * height > (
            _MAX_WEBP_PIXELS if image.format == "WEBP" else MAX_PIXELS
        ):
            raise ObicoNoPictureError(
                f"The picture has too many pixels: {width} x {height}"
            )
        try:
            image.draft(
                "RGB", (max(width // _JPEG_SCALE, 1), max(height // _JPEG_SCALE, 1))
            )
            image.load()
        except Exception as err:  # noqa: BLE001
            raise _no_picture(err) from None
        kind = "JPEG" if image.format == _MULTI_PICTURE_JPEG else image.format
    return Picture(
        content=content,
        content_type=f"image/{(kind or '').lower()}",
        width=width,
        height=height,
    )


def _no_picture(err: Exception) -> ObicoNoPictureError:
    """Return the error for what Pillow's decoders fail over, with an error of any type.

    Its text is not kept: it may show a piece of the content.
    """
    return ObicoNoPictureError(
        f"What came is no complete picture: {type(err).__name__}"
    )


async def fetch_picture(
    session: aiohttp.ClientSession,
    address: str,
    base_url: URL,
    *,
    max_bytes: int,
    timeout: float,
) -> bytes:
    """Return what is at a picture's address, unchecked; `timeout` in seconds is for each hop.

    For what is raised see ObicoClient.get_picture().
    """
    async with open_media(session, address, base_url, timeout=timeout) as response:
        host = response.url.host
        if response.content_type.startswith(("text/", "application/json")):
            raise ObicoNoPictureError(
                f"{host} answered with {response.content_type} for a picture"
            )
        if content := await read_bounded(response, max_bytes):
            return content
        raise ObicoNoPictureError(f"{host} answered with an empty picture")


@asynccontextmanager
async def open_media(
    session: aiohttp.ClientSession,
    address: str,
    base_url: URL,
    *,
    timeout: float,
    is_stream: bool = False,
    headers: Mapping[str, str] | None = None,
) -> AsyncGenerator[aiohttp.ClientResponse]:
    """Give the answer of the address of a picture or video, which is not read yet.

    For `timeout` and `is_stream` see open_response(); for what is raised see
    ObicoClient.get_picture(). A part that does not exist (416) is an answer as well.
    """
    url = picture_url(address, base_url)
    for _ in range(_MAX_REDIRECTS + 1):
        if url is None:
            raise ObicoResponseError("The picture's address is of no use")
        async with open_response(
            session,
            hdrs.METH_GET,
            url,
            timeout=timeout,
            is_stream=is_stream,
            headers=headers,
        ) as response:
            target = redirect_target(response.status, response.headers, url)
            if target is None:
                _ensure_given_out(response, url)
                yield response
                return
            url = target if _may_send_to(url, target) else None
    raise ObicoResponseError("The picture's address sends elsewhere too often")


def _ensure_given_out(response: aiohttp.ClientResponse, url: URL) -> None:
    """Raise what the status of an answer means, unless there is something to read."""
    if response.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
        return
    error = error_of(response.status, response.headers, url)
    if isinstance(error, ObicoAuthenticationError):
        # The signature is wrong, or a proxy refuses: no credential was sent.
        raise ObicoResponseError(
            f"{url.host} does not give the picture out ({response.status})"
        )
    if error is not None:
        raise error


def _may_send_to(url: URL, target: URL) -> bool:
    """Return whether a redirect may be followed.

    Only what is on this machine itself may point to this machine.
    """
    return is_local_host(url) or not is_local_host(target)
