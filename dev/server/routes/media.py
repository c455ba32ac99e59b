"""Pictures, which are open to everybody who has their signed address."""

import hmac

from aiohttp import web

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
    return web.Response(
        body=data, content_type="image/jpeg", headers={"Accept-Ranges": "bytes"}
    )


ROUTES = [web.get("/media/{path:.*}", get_media)]
