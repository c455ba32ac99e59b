"""Serve pictures one after the other as one response, which browsers show as moving ones."""

from collections.abc import Awaitable, Callable
import math
from typing import Final

from aiohttp import web

from ..aioobico import Picture

_BOUNDARY: Final = "frame"
# Chromium shows a picture when the next one begins. One that comes after so many seconds
# without another is sent twice, so that it is shown at once; then the next may take as long.
_LONE_SECONDS: Final = 2.0


async def async_serve_pictures(
    request: web.Request,
    next_picture: Callable[[], Awaitable[Picture | None]],
    now: Callable[[], float],
) -> web.StreamResponse:
    """Send each picture that differs from the one before, until there is None.

    `now` returns the loop's time. Raises ConnectionError when the viewer has gone.
    """
    response = web.StreamResponse()
    response.content_type = f"multipart/x-mixed-replace; boundary={_BOUNDARY}"
    await response.prepare(request)
    shown: bytes | None = None
    shown_at = -math.inf
    while (picture := await next_picture()) is not None:
        if picture.content == shown:
            continue
        part = (
            f"--{_BOUNDARY}\r\nContent-Type: {picture.content_type}\r\n"
            f"Content-Length: {len(picture.content)}\r\n\r\n"
        ).encode() + picture.content
        await response.write(part + b"\r\n")
        if now() - shown_at > _LONE_SECONDS:
            await response.write(part + b"\r\n")
        shown, shown_at = picture.content, now()
    return response
