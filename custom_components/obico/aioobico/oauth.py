"""OAuth 2 at an Obico server: where it is done, and how to do it without a browser."""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
import logging
import secrets

import aiohttp
from aiohttp import hdrs
from yarl import URL

from .credentials import AccessToken, SessionCookie
from .exceptions import (
    ObicoConnectionError,
    ObicoError,
    ObicoProxyError,
    ObicoRateLimitError,
    ObicoResponseError,
    ObicoServerError,
)
from .parsing import parse_json, to_object
from .signin import SignedIn
from .transport import (
    DEFAULT_TIMEOUT,
    OAUTH_REFUSAL,
    open_response,
    raise_for_status,
    read_bounded,
)
from .visit import Page, Visit

_LOGGER = logging.getLogger(__name__)

OAUTH_SCOPE = "read write"

# Of Home Assistant's own, which servers are known to accept. Nobody is ever sent there:
# the code is taken out of the server's answer.
_REDIRECT_URI = URL("https://my.home-assistant.io/redirect/oauth")

_REGISTRATION_FIELDS = frozenset(
    {"csrfmiddlewaretoken", "name", "client_id", "client_type", "redirect_uris"}
    | {"authorization_grant_type"}
)
_AUTHORIZATION_FIELDS = frozenset(
    {"csrfmiddlewaretoken", "client_id", "redirect_uri", "response_type", "allow"}
)

# A token with all that comes along is half a kilobyte.
_MAX_TOKEN_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class MintedToken:
    """An access token made for us; `client_id` is what revoking it takes."""

    access_token: AccessToken
    client_id: str


def authorize_url(origin: URL) -> URL:
    """Return where a user allows an application to act for him."""
    return origin.origin() / "o/authorize/"


# Errors after which the same may succeed.
_PASSING = (ObicoConnectionError, ObicoRateLimitError, ObicoServerError)


def token_url(origin: URL) -> URL:
    """Return where an authorization code is exchanged for a token."""
    return origin.origin() / "o/token/"


async def mint_token(
    signed_in: SignedIn, *, app_name: str = "Home Assistant"
) -> MintedToken | SessionCookie:
    """Make a permanent token for somebody who is signed in, listed under `app_name`.

    Where the server lets no user register an application, or does it in a way that is
    not known, the session is what remains: 60 days. ObicoConnectionError (unless it is an
    ObicoProxyError), ObicoRateLimitError and ObicoServerError are raised, since they pass.
    """
    try:
        return await _mint(signed_in.visit, app_name)
    except ObicoError as err:
        if isinstance(err, _PASSING) and not isinstance(err, ObicoProxyError):
            raise
        _LOGGER.debug("No token was made, the session is kept: %s", err)
        return signed_in.session_cookie


async def fetch_token(
    session: aiohttp.ClientSession,
    origin: URL,
    *,
    client_id: str,
    code: str,
    code_verifier: str,
    redirect_uri: str,
    client_secret: str = "",
    timeout: float = DEFAULT_TIMEOUT,
) -> AccessToken:
    """Exchange the code from `redirect_uri` for an access token (POST o/token/).

    `client_secret` is that of a confidential application. Raises
    ObicoAuthenticationError for a secret, ObicoResponseError for a code that the server
    does not take.
    """
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "client_id": client_id,
        "code_verifier": code_verifier,
    }
    if client_secret:
        form["client_secret"] = client_secret
    body = await _post(session, token_url(origin), form, timeout=timeout)
    token = to_object(parse_json(body), "The answer").get("access_token")
    if not isinstance(token, str) or not token:
        raise ObicoResponseError(f"{origin.host} gives no access token")
    return AccessToken(token)


async def revoke_token(
    session: aiohttp.ClientSession,
    origin: URL,
    client_id: str,
    access_token: AccessToken,
    *,
    timeout: float = DEFAULT_TIMEOUT,
) -> bool:
    """Revoke a token that was made by mint_token(); return whether the server did it.

    No error is raised: what calls this could not do anything about it.
    """
    try:
        await _post(
            session,
            origin.origin() / "o/revoke_token/",
            {"token": access_token.value, "client_id": client_id},
            timeout=timeout,
        )
    except ObicoError as err:
        _LOGGER.debug("The access token is not revoked: %s", err)
        return False
    return True


async def _mint(visit: Visit, app_name: str) -> MintedToken:
    """Register an application, let it act for the user, and return its token."""
    client_id = await _register(visit, app_name)
    verifier = secrets.token_urlsafe(48)
    code = await _authorize(visit, client_id, verifier)
    token = await fetch_token(
        visit.session,
        visit.origin,
        client_id=client_id,
        code=code,
        code_verifier=verifier,
        redirect_uri=str(_REDIRECT_URI),
        timeout=visit.timeout,
    )
    return MintedToken(access_token=token, client_id=client_id)


async def _register(visit: Visit, app_name: str) -> str:
    """Register an application, and return its id."""
    page = await visit.get(visit.origin / "o/applications/register/")
    form = page.form(_REGISTRATION_FIELDS)
    client_id = form.fields.get("client_id")
    if not client_id:
        raise page.not_understood()
    answer = await visit.submit(
        page,
        form,
        {
            "name": app_name,
            "client_type": "public",
            "authorization_grant_type": "authorization-code",
            "redirect_uris": str(_REDIRECT_URI),
            "algorithm": "",
        },
    )
    if answer.target is None:
        # The form again, with what is wrong.
        raise answer.not_understood()
    return client_id


async def _authorize(visit: Visit, client_id: str, verifier: str) -> str:
    """Allow an application to act for the user, and return the code for it."""
    state = secrets.token_urlsafe(24)
    challenge = urlsafe_b64encode(sha256(verifier.encode()).digest())
    page = await visit.get(
        authorize_url(visit.origin).with_query(
            {
                "client_id": client_id,
                "response_type": "code",
                "redirect_uri": str(_REDIRECT_URI),
                "scope": OAUTH_SCOPE,
                "state": state,
                "code_challenge": challenge.decode().rstrip("="),
                "code_challenge_method": "S256",
            }
        )
    )
    answer = await visit.submit(
        page, page.form(_AUTHORIZATION_FIELDS), {"allow": "Authorize"}
    )
    return _code(answer, state)


def _code(answer: Page, state: str) -> str:
    """Return the code out of the address that the server would send a browser to."""
    target = answer.target
    if (
        target is None
        or target.with_query(None) != _REDIRECT_URI
        or target.query.get("state") != state
        or not (code := target.query.get("code"))
    ):
        raise answer.not_understood()
    return code


async def _post(
    session: aiohttp.ClientSession,
    url: URL,
    form: Mapping[str, str],
    *,
    timeout: float,
) -> bytes:
    """Post to what needs no session, and return the answer."""
    async with open_response(
        session, hdrs.METH_POST, url, timeout=timeout, form=form
    ) as response:
        await raise_for_status(response, refusal=OAUTH_REFUSAL)
        return await read_bounded(response, _MAX_TOKEN_BYTES)
