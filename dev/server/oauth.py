"""OAuth 2: the applications that users register, and the codes and tokens of these."""

from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import count

from yarl import URL

from .account import Account
from .clock import Clock

CODE_SECONDS = 60
CLIENT_TYPES = frozenset({"public", "confidential"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """An application that a user has registered; named as in the form."""

    id: int
    account: Account
    name: str
    client_id: str
    client_secret: str = field(repr=False)
    client_type: str
    redirect_uris: tuple[str, ...]
    tokens: list[str] = field(default_factory=list, repr=False)

    def lets_in(self, client_secret: str) -> bool:
        """Return whether a client may act as this application; public ones need no secret."""
        return self.client_type == "public" or client_secret == self.client_secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What an authorization code stands for."""

    application: Application
    account: Account
    redirect_uri: str
    scope: str
    challenge: str
    method: str
    ends_at: float

    def verifies(self, verifier: str) -> bool:
        """Return whether a verifier matches the challenge (PKCE), if there was one."""
        if not self.challenge:
            return True
        if self.method == "S256":
            digest = sha256(verifier.encode()).digest()
            verifier = urlsafe_b64encode(digest).decode().rstrip("=")
        return verifier == self.challenge


class Applications:
    """All applications, and the codes that are not exchanged yet."""

    def __init__(self, clock: Clock, new_token: Callable[[int], str]) -> None:
        """Start without applications."""
        self._clock = clock
        self._new_token = new_token
        self._applications: dict[str, Application] = {}
        self._grants: dict[str, Grant] = {}
        self._ids = count(1)

    def new_client(self) -> dict[str, str]:
        """Return a new client id and secret, as the form suggests them."""
        return {
            "client_id": self._new_token(40),
            "client_secret": self._new_token(128),
        }

    def register(self, account: Account, fields: Mapping[str, str]) -> Application:
        """Register an application; raises ValueError if a field of the form is invalid."""
        uris = tuple(fields.get("redirect_uris", "").split())
        client_id = fields.get("client_id", "")
        if (
            not client_id
            or client_id in self._applications
            or fields.get("client_type") not in CLIENT_TYPES
            or fields.get("authorization_grant_type") != "authorization-code"
            or fields.get("algorithm", "") != ""
            or not uris
            or any(URL(uri).scheme not in {"http", "https"} for uri in uris)
        ):
            raise ValueError("some fields are invalid")
        application = Application(
            id=next(self._ids),
            account=account,
            name=fields.get("name", ""),
            client_id=client_id,
            client_secret=fields.get("client_secret", ""),
            client_type=fields["client_type"],
            redirect_uris=uris,
        )
        self._applications[client_id] = application
        return application

    def of(self, account: Account) -> list[Application]:
        """Return the applications that a user has registered."""
        return [
            application
            for application in self._applications.values()
            if application.account is account
        ]

    def delete(self, application: Application) -> None:
        """Delete an application, which revokes its tokens."""
        del self._applications[application.client_id]
        for token in application.tokens:
            application.account.revoke_token(token)

    def find(self, client_id: str) -> Application | None:
        """Return the application of a client id."""
        return self._applications.get(client_id)

    def grant(
        self, application: Application, account: Account, asked: Mapping[str, str]
    ) -> str:
        """Let an application act for a user; return the code that it exchanges for a token."""
        code = self._new_token(30)
        self._grants[code] = Grant(
            application=application,
            account=account,
            redirect_uri=asked["redirect_uri"],
            scope=asked["scope"],
            challenge=asked["code_challenge"],
            method=asked["code_challenge_method"] or "plain",
            ends_at=self._clock.elapsed + CODE_SECONDS,
        )
        return code

    def take_grant(self, code: str) -> Grant | None:
        """Return what a code stands for, once and within a minute."""
        grant = self._grants.pop(code, None)
        if grant is None or self._clock.elapsed >= grant.ends_at:
            return None
        return grant

    def new_refresh_token(self) -> str:
        """Return a refresh token; it is of no use, as there is no call that takes one."""
        return self._new_token(30)
