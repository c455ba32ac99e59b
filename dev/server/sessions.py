"""The sessions of browsers, and the switches of the sign-in pages."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest

from .account import Account
from .clock import Clock

SESSION_SECONDS = 60 * 24 * 3600
CSRF_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Session:
    """A session of a browser; using it does not extend it."""

    account: Account
    ends_at: float


class SignIn:
    """The sessions, and the switches of the sign-in pages."""

    def __init__(self, clock: Clock, new_token: Callable[[int], str]) -> None:
        """Start without sessions, with pages like those of the real server."""
        # Whether a code is asked for after the password.
        self.two_step = False
        # Whether the page offers the sign-in of other providers only.
        self.social_only = False
        # Whether the page is that of another version, whose fields have other names.
        self.page_changed = False
        # Whether the page has its fields in another order, with further forms around.
        self.rearranged = False
        # Whether users may register applications of their own.
        self.registration_open = True
        # The hosts that the server has a site for, with or without port; all pages of
        # /accounts/ are an error 500 under any other. None stands for every host.
        self.sites: frozenset[str] | None = None
        # Whether signing out asks first, as other versions of the pages do.
        self.asks_before_sign_out = False
        self._clock = clock
        self._new_token = new_token
        self._sessions: dict[str, Session] = {}

    def has_site(self, host: str) -> bool:
        """Return whether the server has a site for a host."""
        return self.sites is None or bool({host, host.rpartition(":")[0]} & self.sites)

    def begin_session(self, account: Account) -> str:
        """Sign somebody in, and return the key of the session."""
        key = self._new_token(CSRF_LENGTH)
        self._sessions[key] = Session(account, self._clock.elapsed + SESSION_SECONDS)
        return key

    def account_of(self, key: str) -> Account | None:
        """Return the account of a session, None if there is no such session."""
        session = self._sessions.get(key)
        if session is None or self._clock.elapsed >= session.ends_at:
            return None
        return session.account

    def sessions_of(self, account: Account) -> int:
        """Return how many sessions an account has."""
        return sum(self.account_of(key) is account for key in self._sessions)

    def end_session(self, key: str) -> None:
        """End a session, if there is one with this key."""
        self._sessions.pop(key, None)

    def end_sessions(self) -> None:
        """End all sessions."""
        self._sessions.clear()

    def new_csrf_secret(self) -> str:
        """Return a secret that proves where a form comes from."""
        return self._new_token(CSRF_LENGTH)

    def csrf_field(self, secret: str) -> str:
        """Return the secret as forms contain it: masked, so different each time."""
        salt = self._new_token(CSRF_LENGTH)
        return salt + _masked(salt, secret)


def is_csrf_token(sent: str, secret: str) -> bool:
    """Return whether a form's token is a browser's secret, masked or not."""
    salt, masked = sent[:CSRF_LENGTH], sent[CSRF_LENGTH:]
    return compare_digest(sent, secret) or compare_digest(masked, _masked(salt, secret))


def _masked(salt: str, secret: str) -> str:
    return sha256(f"{salt}{secret}".encode()).hexdigest()[:CSRF_LENGTH]
