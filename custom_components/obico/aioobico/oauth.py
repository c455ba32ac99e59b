"""OAuth 2 at an Obico server: applications of its users, and their tokens.

`mint_token()` registers an application and lets it act for the user who signed in. Where that
cannot be done, the session itself is the credential.
"""

from base64 import urlsafe_b64encode
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
import logging
import re
import secrets

import aiohttp
from aiohttp import hdrs
from yarl import URL

from .credentials import SESSION_COOKIE_NAME, AccessToken, SessionCookie
from .exceptions import (
    ObicoConnectionError,
    ObicoError,
    ObicoProxyError,
    ObicoRateLimitError,
    ObicoResponseError,
    ObicoServerError,
)
from .parsing import to_object
from .signin import SignedIn, sign_out
from .transport import (
    DEFAULT_TIMEOUT,
    OAUTH_REFUSAL,
    open_response,
    raise_for_status,
    read_json,
)
from .urls import parse_sent_url, server_url
from .visit import Page, Visit

_LOGGER = logging.getLogger(__name__)

OAUTH_SCOPE = "read write"

_AUTHORIZE_PATH = "o/authorize/"
_APPLICATIONS_PATH = "o/applications/"
# The number is of a column of 64 bits.
_APPLICATION_PATH = re.compile(rf"/{_APPLICATIONS_PATH}(\d{{1,18}})/$", re.ASCII)

# A redirect URI of Home Assistant's, which servers are known to accept. No browser is
# sent there: the code is taken out of the server's answer.
_REDIRECT_URI = URL("https://my.home-assistant.io/redirect/oauth")

_REGISTRATION_FIELDS = frozenset(
    {"csrfmiddlewaretoken", "name", "client_id", "client_type", "redirect_uris"}
    | {"authorization_grant_type"}
)
_DELETION_FIELDS = frozenset({"csrfmiddlewaretoken"})
_AUTHORIZATION_FIELDS = frozenset(
    {"csrfmiddlewaretoken", "client_id", "redirect_uri", "response_type", "allow"}
)

# A token with its other fields is half a kilobyte.
_MAX_TOKEN_BYTES = 64 * 1024


# Few users have any. A page that lists more is not asked for all of them.
_MAX_APPLICATIONS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class MintedToken:
    """An access token made for an application; revoking it takes `client_id`."""

    access_token: AccessToken
    client_id: str


def authorize_url(base_url: URL) -> URL:
    """Return the page where a user allows an application to act for them."""
    return server_url(base_url) / _AUTHORIZE_PATH


def token_url(base_url: URL) -> URL:
    """Return where an authorization code is exchanged for a token."""
    return server_url(base_url) / "o/token/"


async def mint_token(
    signed_in: SignedIn, *, app_name: str
) -> MintedToken | SessionCookie:
    """Make a permanent token for a signed-in user, for the application `app_name`.

    The user's application of that name is used, and registered if there is none. Where
    the server lets no user register an application, or does it in an unknown way, the
    session is returned, which lasts for 60 days. Raises ObicoConnectionError (unless it
    is an ObicoProxyError), ObicoRateLimitError and ObicoServerError, since another
    attempt can succeed.
    """
    try:
        return await _mint(signed_in.visit, app_name)
    except ObicoError as err:
        if _is_transient(err):
            raise
        _LOGGER.debug("No token was made, the session is kept: %s", err)
        return signed_in.session_cookie


async def fetch_token(
    session: aiohttp.ClientSession,
    base_url: URL,
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
    does not take, ObicoProxyError for a page of something in front of it.
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
    async with _posted(session, token_url(base_url), form, timeout) as response:
        answer = await read_json(response, _MAX_TOKEN_BYTES)
    token = to_object(answer, "The answer").get("access_token")
    if not isinstance(token, str) or not token:
        raise ObicoResponseError(f"{base_url.host} gives no access token")
    return AccessToken(token)


async def revoke_token(
    session: aiohttp.ClientSession,
    base_url: URL,
    client_id: str,
    access_token: AccessToken,
    *,
    client_secret: str = "",
    timeout: float = DEFAULT_TIMEOUT,
) -> bool:
    """Revoke an application's token (POST o/revoke_token/); return whether it is done.

    No error is raised: the caller could not do anything about it.
    """
    form = {"token": access_token.value, "client_id": client_id}
    if client_secret:
        form["client_secret"] = client_secret
    try:
        async with _posted(
            session, server_url(base_url) / "o/revoke_token/", form, timeout
        ):
            pass
    except ObicoError as err:
        _LOGGER.debug("The access token is not revoked: %s", err)
        return False
    return True


async def remove_application(
    session: aiohttp.ClientSession,
    base_url: URL,
    client_id: str,
    access_token: AccessToken,
    *,
    timeout: float = DEFAULT_TIMEOUT,
) -> bool:
    """Revoke an application's token and delete the application; return whether it is gone.

    Deleting takes a session. The server opens one for a request that has the token as
    `X-API-KEY`; it is ended again. No error is raised: the caller could not do anything
    about it.
    """
    visit = None
    try:
        visit = await _visit_by_token(session, base_url, access_token, timeout)
    except ObicoError as err:
        _LOGGER.debug("No session for removing the application: %s", err)
        if isinstance(err, ObicoConnectionError) and _is_transient(err):
            # A second time-out would tell no more.
            return False
    await revoke_token(session, base_url, client_id, access_token, timeout=timeout)
    if visit is None:
        return False
    try:
        return await _delete_application(visit, client_id)
    except ObicoError as err:
        _LOGGER.debug("The application is not removed: %s", err)
        return False
    finally:
        await sign_out(visit)


def _is_transient(err: ObicoError) -> bool:
    """Return whether another attempt can succeed."""
    return isinstance(
        err, ObicoConnectionError | ObicoRateLimitError | ObicoServerError
    ) and not isinstance(err, ObicoProxyError)


async def _mint(visit: Visit, app_name: str) -> MintedToken:
    """Have an application of this name act for the user, and return its token."""
    for path in await _application_paths(visit):
        fields = await _application_fields(visit, path)
        client_id = fields.get("client_id")
        if client_id and fields.get("name") == app_name:
            try:
                return await _get_token(visit, client_id)
            except ObicoError as err:
                if _is_transient(err):
                    raise
                # The user has changed it on the server.
                _LOGGER.debug("The application cannot be used any more: %s", err)
    return await _get_token(visit, await _register(visit, app_name))


async def _get_token(visit: Visit, client_id: str) -> MintedToken:
    """Let an application act for the user, and return its token."""
    verifier = secrets.token_urlsafe(48)
    code = await _authorize(visit, client_id, verifier)
    token = await fetch_token(
        visit.session,
        visit.base_url,
        client_id=client_id,
        code=code,
        code_verifier=verifier,
        redirect_uri=str(_REDIRECT_URI),
        timeout=visit.timeout,
    )
    return MintedToken(access_token=token, client_id=client_id)


async def _application_paths(visit: Visit) -> list[str]:
    """Return the paths of the user's applications, the newest first."""
    page = await visit.get(_APPLICATIONS_PATH)
    numbers = {
        int(found[1])
        for link in page.document.links
        if (url := parse_sent_url(link, page.url)) is not None
        and (found := _APPLICATION_PATH.search(url.path)) is not None
    }
    newest = sorted(numbers, reverse=True)[:_MAX_APPLICATIONS]
    return [f"{_APPLICATIONS_PATH}{number}/" for number in newest]


async def _application_fields(visit: Visit, path: str) -> dict[str, str]:
    """Return what the form shows that edits an application, nothing if there is none."""
    page = await visit.get(f"{path}update/")
    form = page.document.find(_REGISTRATION_FIELDS)
    return {} if form is None else form.fields


async def _delete_application(visit: Visit, client_id: str) -> bool:
    """Delete the application of this id; return whether the user has one."""
    for path in await _application_paths(visit):
        if (await _application_fields(visit, path)).get("client_id") == client_id:
            page = await visit.get(f"{path}delete/")
            answer = await visit.submit(page, page.form(_DELETION_FIELDS), {})
            return answer.target is not None
    return False


async def _visit_by_token(
    session: aiohttp.ClientSession,
    base_url: URL,
    access_token: AccessToken,
    timeout: float,
) -> Visit:
    """Open a session of the user who has this token (GET api/v1/version/)."""
    async with open_response(
        session,
        hdrs.METH_GET,
        server_url(base_url) / "api/v1/version/",
        timeout=timeout,
        identity={"X-API-KEY": access_token.value},
    ) as response:
        await raise_for_status(response)
        cookie = response.cookies.get(SESSION_COOKIE_NAME)
    if cookie is None:
        raise ObicoResponseError(f"{base_url.host} opens no session for a token")
    return Visit(
        session,
        base_url,
        timeout=timeout,
        session_cookie=SessionCookie(cookie.value),
    )


async def _register(visit: Visit, app_name: str) -> str:
    """Register an application, and return its id."""
    page = await visit.get(f"{_APPLICATIONS_PATH}register/")
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
        # The server shows the form again, with its errors.
        raise answer.not_understood()
    return client_id


async def _authorize(visit: Visit, client_id: str, verifier: str) -> str:
    """Allow an application to act for the user, and return its authorization code."""
    state = secrets.token_urlsafe(24)
    challenge = urlsafe_b64encode(sha256(verifier.encode()).digest())
    page = await visit.get(
        _AUTHORIZE_PATH,
        {
            "client_id": client_id,
            "response_type": "code",
            "redirect_uri": str(_REDIRECT_URI),
            "scope": OAUTH_SCOPE,
            "state": state,
            "code_challenge": challenge.decode().rstrip("="),
            "code_challenge_method": "S256",
        },
    )
    answer = await visit.submit(
        page, page.form(_AUTHORIZATION_FIELDS), {"allow": "Authorize"}
    )
    return _code(answer, state)


def _code(answer: Page, state: str) -> str:
    """Return the code in the address that the server would send a browser to."""
    target = answer.target
    if (
        target is None
        or target.with_query(None) != _REDIRECT_URI
        or target.query.get("state") != state
        or not (code := target.query.get("code"))
    ):
        raise answer.not_understood()
    return code


@asynccontextmanager
async def _posted(
    session: aiohttp.ClientSession, url: URL, form: Mapping[str, str], timeout: float
) -> AsyncGenerator[aiohttp.ClientResponse]:
    """Post a form without a session, and give the answer that is no refusal."""
    async with open_response(
        session, hdrs.METH_POST, url, timeout=timeout, form=form
    ) as response:
        await raise_for_status(response, refusal=OAUTH_REFUSAL)
        yield response
