"""Pictures: signed by path, open to everybody who has the signature."""

from base64 import urlsafe_b64encode
from collections.abc import Callable
from hashlib import blake2b
import hmac

from aiohttp import web

from .answers import STATE, html_error

type Render = Callable[[], bytes]

# What the real server writes into its addresses unless somebody configures it, so
# that they are of no use to other machines.
DEFAULT_SITE = "http://localhost:3334"
PREFIX = "/media/tsd-pics/"
# So many pictures are kept drawn; the others are drawn again.
KEPT_DRAWINGS = 200


class Media:
    """The picture store; a picture is drawn when it is first asked for."""

    def __init__(self, secret: bytes, site: str = DEFAULT_SITE) -> None:
        """Make an empty store whose signatures depend on a secret."""
        self.site = site
        self._secret = secret
        self._pictures: dict[str, Render] = {}
        self._drawn: dict[str, bytes] = {}
        self._recorded: dict[str, str] = {}

    def digest(self, path: str) -> str:
        """Sign a path; host, scheme and content play no part."""
        if recorded := self._recorded.get(path):
            return recorded
        return urlsafe_b64encode(
            blake2b(path.encode(), key=self._secret, digest_size=48).digest()
        ).decode()

    def url(self, path: str) -> str:
        """Return the signed address of a path."""
        return f"{self.site}{path}?digest={self.digest(path)}"

    def put(self, name: str, render: Render) -> str:
        """Store a picture under a name, and return its address."""
        path = PREFIX + name
        self._pictures[path] = render
        self._drawn.pop(path, None)
        return self.url(path)

    def adopt(self, url: str, render: Render | None) -> None:
        """Serve a picture at a recorded address; without one only know its signature."""
        path, _, digest = url.removeprefix(self.site).partition("?digest=")
        self._recorded[path] = digest
        if render:
            self._pictures[path] = render
            self._drawn.pop(path, None)
        else:
            self._pictures.pop(path, None)

    def exists(self, url: str) -> bool:
        """Tell whether an address still leads to a picture."""
        return url.removeprefix(self.site).partition("?")[0] in self._pictures

    def get(self, path: str) -> bytes | None:
        """Return a picture."""
        if (data := self._drawn.get(path)) is None:
            if (render := self._pictures.get(path)) is None:
                return None
            data = self._drawn[path] = render()
            if len(self._drawn) > KEPT_DRAWINGS:
                del self._drawn[next(iter(self._drawn))]
        return data

    def forget(self, name_prefix: str) -> None:
        """Delete all pictures whose names start so."""
        prefix = PREFIX + name_prefix
        for path in [path for path in self._pictures if path.startswith(prefix)]:
            del self._pictures[path]
            self._drawn.pop(path, None)


async def get_media(request: web.Request) -> web.StreamResponse:
    """Answer `GET /media/…`."""
    media = request.app[STATE].media
    # The signature is over the path as it was written, not as it was decoded.
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
