"""The store of pictures and videos, at addresses that are signed by path."""

from base64 import urlsafe_b64encode
from collections.abc import Callable
from hashlib import blake2b

type Render = Callable[[], bytes]

# The site of a real server that nobody has configured: it stands in all addresses of
# pictures, which are of no use to other machines then.
DEFAULT_SITE = "http://localhost:3334"
PREFIX = "/media/tsd-pics/"
# The number of drawn pictures that are cached; the others are drawn again.
KEPT_DRAWINGS = 200


class Media:
    """The pictures, each of which is drawn at its first request."""

    def __init__(self, secret: bytes, site: str = DEFAULT_SITE) -> None:
        """Create an empty store whose signatures depend on a secret."""
        self.site = site
        self._secret = secret
        self._pictures: dict[str, Render] = {}
        self._drawn: dict[str, bytes] = {}
        self._recorded: dict[str, str] = {}

    def digest(self, path: str) -> str:
        """Return the signature of a path, independent of scheme, host and content."""
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

    def put_video(self, path: str, render: Render) -> str:
        """Store a video at a path, and return its address."""
        self._pictures[path] = render
        self._drawn.pop(path, None)
        return self.url(path)

    def remove(self, url: str) -> None:
        """Delete a picture or video; its address is then answered with 404."""
        path = url.removeprefix(self.site).partition("?")[0]
        self._pictures.pop(path, None)
        self._drawn.pop(path, None)

    def adopt(self, url: str, render: Render | None) -> None:
        """Serve a picture at a recorded address; None only makes its signature valid."""
        path, _, digest = url.removeprefix(self.site).partition("?digest=")
        self._recorded[path] = digest
        if render:
            self._pictures[path] = render
            self._drawn.pop(path, None)
        else:
            self._pictures.pop(path, None)

    def exists(self, url: str) -> bool:
        """Return whether there is still a picture at an address."""
        return url.removeprefix(self.site).partition("?")[0] in self._pictures

    def get(self, path: str) -> bytes | None:
        """Return the picture of a path."""
        if (data := self._drawn.get(path)) is None:
            if (render := self._pictures.get(path)) is None:
                return None
            data = self._drawn[path] = render()
            if len(self._drawn) > KEPT_DRAWINGS:
                del self._drawn[next(iter(self._drawn))]
        return data

    def forget(self, name_prefix: str) -> None:
        """Delete all pictures whose names have a prefix."""
        prefix = PREFIX + name_prefix
        for path in [path for path in self._pictures if path.startswith(prefix)]:
            del self._pictures[path]
            self._drawn.pop(path, None)
