"""Who is signed in with a browser, and which forms really come from the server's own pages."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
import re

from aiohttp import hdrs, web
from yarl import URL

from .answers import STATE
from .clock import Clock
from .model import Account

SESSION_COOKIE = "tsd_sessionid"
SESSION_SECONDS = 60 * 24 * 3600
CSRF_COOKIE = "csrftoken"
CSRF_FIELD = "csrfmiddlewaretoken"
CSRF_HEADER = "X-CSRFToken"
CSRF_LENGTH = 32
# Nobody can change anything with these, so they need no proof.
SAFE_METHODS = frozenset({hdrs.METH_GET, hdrs.METH_HEAD, hdrs.METH_OPTIONS})


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that is signed in; its end does not move by use."""

    account: Account
    ends_at: float


class SignIn:
    """The sessions, and the switches of the sign-in pages."""

    def __init__(self, clock: Clock, new_token: Callable[[int], str]) -> None:
        """Start with nobody signed in, and pages as the real server has them."""
        # A code is asked for after the password.
        self.two_step = False
        # No passwords, only somebody else's sign-in.
        self.social_only = False
        # The page of another version, whose fields have other names.
        self.page_changed = False
        # The same page as another author would write it: order, quotes, further forms.
        self.rearranged = False
        # Whether users may register applications of their own.
        self.registration_open = True
        # The host names of the server's sites, None for any: under another one its
        # sign-in page fails.
        self.sites: frozenset[str] | None = None
        # Whether signing out asks first, as other versions of the pages do.
        self.asks_before_sign_out = False
        self._clock = clock
        self._new_token = new_token
        self._sessions: dict[str, Session] = {}

    def begin_session(self, account: Account) -> str:
        """Sign somebody in, and return the session's key."""
        key = self._new_token(CSRF_LENGTH)
        self._sessions[key] = Session(account, self._clock.elapsed + SESSION_SECONDS)
        return key

    def end_sessions(self) -> None:
        """Sign everybody out."""
        self._sessions.clear()

    def end_session(self, request: web.Request) -> None:
        """Sign the browser of a request out."""
        self._sessions.pop(request.cookies.get(SESSION_COOKIE, ""), None)

    def sessions_of(self, account: Account) -> int:
        """Return how many sessions of a user have not ended."""
        return sum(
            session.account is account and self._clock.elapsed < session.ends_at
            for session in self._sessions.values()
        )

    def knows_host(self, request: web.Request) -> bool:
        """Tell whether a request is for one of the server's sites."""
        return self.sites is None or request.url.host in self.sites

    def account_of(self, request: web.Request) -> Account | None:
        """Return who is signed in."""
        session = self._sessions.get(request.cookies.get(SESSION_COOKIE, ""))
        if session is None or self._clock.elapsed >= session.ends_at:
            return None
        return session.account

    def csrf_secret(self, request: web.Request) -> str:
        """Return the secret that pages and forms share: the browser's own, else a new one."""
        return _own_secret(request) or self.new_csrf_secret()

    def new_csrf_secret(self) -> str:
        """Return a secret that no browser has yet."""
        return self._new_token(CSRF_LENGTH)

    def csrf_field(self, secret: str) -> str:
        """Return the secret as it stands in a form, another text each time."""
        salt = self._new_token(CSRF_LENGTH)
        return salt + _masked(salt, secret)


async def csrf_failure(request: web.Request) -> str | None:
    """Return why a request is not taken for one of the server's own pages, None if it is."""
    if request.method in SAFE_METHODS:
        return None
    if request.secure:
        referer = request.headers.get(hdrs.REFERER)
        if not referer:
            return "Referer checking failed - no Referer."
        if URL(referer).origin() != request.url.origin():
            return "Referer checking failed - it is not trusted."
    if (secret := _own_secret(request)) is None:
        return "CSRF cookie not set."
    sent = (await form_of(request)).get(CSRF_FIELD) or request.headers.get(CSRF_HEADER)
    if not sent:
        return "CSRF token missing."
    salt, masked = sent[:CSRF_LENGTH], sent[CSRF_LENGTH:]
    if compare_digest(sent, secret) or compare_digest(masked, _masked(salt, secret)):
        return None
    return "CSRF token incorrect."


async def form_of(request: web.Request) -> dict[str, str]:
    """Return the fields of a form that was sent, none for any other body."""
    if request.content_type != "application/x-www-form-urlencoded":
        return {}
    return {
        name: value
        for name, value in (await request.post()).items()
        if isinstance(value, str)
    }


def set_csrf_cookie(answer: web.Response, secret: str) -> None:
    """Give the browser the secret of its forms."""
    answer.set_cookie(CSRF_COOKIE, secret, max_age=365 * 24 * 3600, samesite="Lax")


def sign_in_browser(
    request: web.Request, answer: web.Response, account: Account
) -> None:
    """Give the browser a session, and its forms a new secret."""
    sign_in = request.app[STATE].sign_in
    answer.set_cookie(
        SESSION_COOKIE,
        sign_in.begin_session(account),
        max_age=SESSION_SECONDS,
        httponly=True,
        samesite="Lax",
    )
    set_csrf_cookie(answer, sign_in.new_csrf_secret())


def _own_secret(request: web.Request) -> str | None:
    """Return the secret that a browser has, if it is one."""
    secret = request.cookies.get(CSRF_COOKIE, "")
    return secret if re.fullmatch(r"[a-zA-Z0-9]{32}", secret) else None


def _masked(salt: str, secret: str) -> str:
    return sha256(f"{salt}{secret}".encode()).hexdigest()[:CSRF_LENGTH]
