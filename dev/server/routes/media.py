"""Pictures and videos, which are open to everybody who has their signed address."""

import hmac

from aiohttp import hdrs, web

from ..answers import html_error
from .context import STATE


async def get_media(request: web.Request) -> web.StreamResponse:
    """Answer `GET /media/…`."""
    media = request.app[STATE].media
    # The signature is that of the encoded path.
    path = request.rel_url.raw_path
    if (digest := request.query.get("digest")) is None:
        return html_error(500)
    if not hmac.compare_digest(digest.encode(), media.digest(path).encode()):
        return web.Response(
            status=403,
            text="You do not have permission to view this media",
            content_type="text/html",
        )
    if (data := media.get(path)) is None:
        return html_error(404)
    content_type = "video/mp4" if path.endswith(".mp4") else "image/jpeg"
    if hdrs.RANGE in request.headers:
        return _part(request, data, content_type)
    return web.Response(
        body=data, content_type=content_type, headers={hdrs.ACCEPT_RANGES: "bytes"}
    )


def _part(request: web.Request, data: bytes, content_type: str) -> web.Response:
    """Answer the part of a file that the header `Range` asks for."""
    size = len(data)
    try:
        start, stop, _ = request.http_range.indices(size)
    except ValueError:
        start = stop = 0
    if start >= stop:
        return web.Response(status=416, headers={hdrs.CONTENT_RANGE: f"bytes */{size}"})
    return web.Response(
        status=206,
        body=data[start:stop],
        content_type=content_type,
        headers={
            hdrs.ACCEPT_RANGES: "bytes",
            hdrs.CONTENT_RANGE: f"bytes {start}-{stop - 1}/{size}",
        },
    )


ROUTES = [web.get("/media/{path:.*}", get_media)]
