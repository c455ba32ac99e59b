"""Credentials: what identifies a user to the server."""

from dataclasses import dataclass, field
import secrets

from aiohttp import hdrs
from yarl import URL

from .exceptions import ObicoAuthenticationError

SESSION_COOKIE_NAME = "tsd_sessionid"

_CSRF_COOKIE_NAME = "csrftoken"
_CSRF_HEADER = "X-CSRFToken"

# For these methods the server (Django) checks no CSRF token.
_SAFE_METHODS = frozenset({hdrs.METH_GET, hdrs.METH_HEAD, hdrs.METH_OPTIONS})

# They would end a cookie's value, or begin the next cookie.
_NOT_IN_COOKIES = frozenset(' ",;\\')


@dataclass(frozen=True, slots=True)
class AccessToken:
    """An OAuth 2 access token, good until its user revokes it."""

    value: str = field(repr=False)

    def headers(self, method: str, base_url: URL) -> dict[str, str]:
        """Return what goes with a call; ObicoAuthenticationError if that could not be sent."""
        return {hdrs.AUTHORIZATION: f"Bearer {_sendable(self.value)}"}


@dataclass(frozen=True, slots=True)
class SessionCookie:
    """The session of a user who signed in, good for 60 days from then."""

    value: str = field(repr=False)

    def headers(self, method: str, base_url: URL) -> dict[str, str]:
        """Return what goes with a call; ObicoAuthenticationError if that could not be sent.

        With a session the server accepts a request that changes something only from its
        own pages: the CSRF token in the header has to equal the one in the cookie (any
        value serves), and over TLS the Referer has to name the server.
        """
        value = _sendable(self.value)
        if not value or not _NOT_IN_COOKIES.isdisjoint(value):
            raise ObicoAuthenticationError("The session is none that a cookie can hold")
        cookie = f"{SESSION_COOKIE_NAME}={value}"
        if method in _SAFE_METHODS:
            return {hdrs.COOKIE: cookie}
        csrf_token = secrets.token_hex(16)
        return {
            hdrs.COOKIE: f"{cookie}; {_CSRF_COOKIE_NAME}={csrf_token}",
            hdrs.REFERER: str(base_url.with_path(f"{base_url.path.rstrip('/')}/")),
            _CSRF_HEADER: csrf_token,
        }


type Credential = AccessToken | SessionCookie


def _sendable(value: str) -> str:
    """Return a secret without the blanks around it.

    Characters that cannot be sent in a header occur in no secret of a server.
    """
    value = value.strip()
    if value.isascii() and value.isprintable():
        return value
    raise ObicoAuthenticationError("The credential has characters that none has")
