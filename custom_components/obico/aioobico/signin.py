"""Sign in with e-mail and password on the server's own page, and sign out.

The pages are read as a browser does, with cookies of their own. What is not as expected is
an ObicoSignInPageError; a password goes to a form of the same origin or nowhere.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
import logging

import aiohttp
from yarl import URL

from .credentials import SESSION_COOKIE_NAME, SessionCookie
from .exceptions import (
    ObicoAuthenticationError,
    ObicoError,
    ObicoServerError,
    ObicoSocialSignInError,
    ObicoTwoStepError,
    ObicoUnknownSiteError,
)
from .forms import Control, Document, Form
from .transport import DEFAULT_TIMEOUT
from .urls import parse_sent_url
from .visit import Visit

_LOGGER = logging.getLogger(__name__)

_LOGIN_PATH = "accounts/login/"
_LOGOUT_PATH = "accounts/logout/"
_LOGIN_FIELDS = frozenset({"csrfmiddlewaretoken", "login", "password"})
_LOGOUT_FIELDS = frozenset({"csrfmiddlewaretoken"})

# Parts of the paths that Django's sign-in packages redirect to for the second step.
_TWO_STEP_PATHS = ("2fa", "mfa", "totp", "two-factor", "two_factor", "authenticate")

# Names that these packages give to the field for the code.
_CODE_FIELDS = frozenset(
    {"code", "otp", "otp_code", "otp_token", "token-otp_token", "totp"}
)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A user's session, and the visit that it was opened with."""

    session_cookie: SessionCookie
    visit: Visit = field(repr=False)


async def sign_in(
    session: aiohttp.ClientSession,
    base_url: URL,
    email: str,
    password: str,
    *,
    timeout: float = DEFAULT_TIMEOUT,
) -> SignedIn:
    """Sign in; the password goes to `base_url` only and is not kept.

    `session` should have a DummyCookieJar: its cookies are not used here, but aiohttp
    would put those of the server into its jar, too.

    Raises ObicoAuthenticationError for a wrong e-mail address or password,
    ObicoTwoStepError if they are not enough, ObicoSocialSignInError if the page has no
    fields for them, ObicoUnknownSiteError if it fails under this address,
    ObicoSignInPageError if it is another page than known; ObicoRedirectError,
    ObicoConnectionError, ObicoRateLimitError, ObicoServerError as all calls.
    """
    visit = Visit(session, base_url, timeout=timeout)
    try:
        return await _sign_in(visit, email, password)
    except ObicoServerError as err:
        if err.status != HTTPStatus.INTERNAL_SERVER_ERROR:
            raise
        raise ObicoUnknownSiteError(
            f"The sign-in page of {base_url.host} fails", status=err.status
        ) from None


async def end_session(
    session: aiohttp.ClientSession,
    base_url: URL,
    session_cookie: SessionCookie,
    *,
    timeout: float = DEFAULT_TIMEOUT,
) -> bool:
    """End a session; return whether the server did it."""
    return await sign_out(
        Visit(session, base_url, timeout=timeout, session_cookie=session_cookie)
    )


async def sign_out(visit: Visit) -> bool:
    """End the session of a visit; return whether the server did it.

    No error is raised: the caller could not do anything about it.
    """
    try:
        page = await visit.get(_LOGOUT_PATH)
        if page.target is None:
            # Some servers ask first.
            page = await visit.submit(page, page.form(_LOGOUT_FIELDS), {})
    except ObicoError as err:
        _LOGGER.debug("The session is not ended: %s", err)
        return False
    return page.target is not None


async def _sign_in(visit: Visit, email: str, password: str) -> SignedIn:
    """Fill in the form of the sign-in page, and return the session that it opens."""
    page = await visit.get(_LOGIN_PATH)
    if page.document.find(_LOGIN_FIELDS) is None and _offers_social(page.document):
        raise ObicoSocialSignInError(f"{page.url.host} has no passwords of its own")
    answer = await visit.submit(
        page,
        page.form(_LOGIN_FIELDS),
        {"login": email, "password": password, "remember": "on"},
    )
    if answer.target is None:
        again = answer.document.find(_LOGIN_FIELDS)
        if _asks_for_code(answer.document.forms if again is None else [again]):
            raise _two_step_error(visit)
        # The server refuses by showing the form again.
        answer.form(_LOGIN_FIELDS)
        raise ObicoAuthenticationError(
            f"{answer.url.host} does not accept e-mail and password"
        )
    if any(part in answer.target.path.lower() for part in _TWO_STEP_PATHS):
        raise _two_step_error(visit)
    if not (cookie := visit.cookie(SESSION_COOKIE_NAME)):
        raise answer.not_understood()
    return SignedIn(SessionCookie(cookie), visit)


def _two_step_error(visit: Visit) -> ObicoTwoStepError:
    return ObicoTwoStepError(f"{visit.base_url.host} asks for a second step")


def _asks_for_code(forms: Iterable[Form]) -> bool:
    """Return whether a form has a field for a one-time code."""
    return any(_is_for_code(control) for form in forms for control in form.controls)


def _is_for_code(control: Control) -> bool:
    return control.autocomplete == "one-time-code" or (
        control.name in _CODE_FIELDS and control.kind != "hidden"
    )


def _offers_social(document: Document) -> bool:
    """Return whether a page links to the sign-in of a provider: /accounts/{provider}/login/."""
    base = URL("http://any/")
    for address in document.addresses():
        url = parse_sent_url(address, base)
        if url is None:
            continue
        match url.path.strip("/").split("/"):
            case ["accounts", _, *_, "login"]:
                return True
    return False
