"""Sign in with e-mail and password, as a person does in a browser."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import aiohttp
from yarl import URL

from .credentials import SESSION_COOKIE_NAME, SessionCookie
from .exceptions import (
    ObicoAuthenticationError,
    ObicoSocialSignInError,
    ObicoTwoStepError,
)
from .forms import Control, Document, Form
from .transport import DEFAULT_TIMEOUT
from .urls import parse_sent_url
from .visit import Visit

_LOGIN_PATH = "accounts/login/"
_LOGIN_FIELDS = frozenset({"csrfmiddlewaretoken", "login", "password"})

# Where Django's sign-in packages send to for the second step.
_TWO_STEP_PATHS = ("2fa", "mfa", "totp", "two-factor", "two_factor", "authenticate")

# What they call the field that the code goes into.
_CODE_FIELDS = frozenset(
    {"code", "otp", "otp_code", "otp_token", "token-otp_token", "totp"}
)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody who is signed in, for as long as the session lasts."""

    session_cookie: SessionCookie
    visit: Visit = field(repr=False)


async def sign_in(
    session: aiohttp.ClientSession,
    origin: URL,
    email: str,
    password: str,
    *,
    timeout: float = DEFAULT_TIMEOUT,
) -> SignedIn:
    """Sign in; the password goes to `origin` and is kept nowhere.

    `session` is best one with a DummyCookieJar: its cookies are not used here, but
    aiohttp would put those of the server into its jar, too.

    Raises ObicoAuthenticationError for wrong e-mail or password, ObicoTwoStepError if
    they are not enough, ObicoSocialSignInError if there is no place for them,
    ObicoSignInPageError if the page is another one than known; ObicoConnectionError,
    ObicoRateLimitError, ObicoServerError as all calls.
    """
    visit = Visit(session, origin, timeout=timeout)
    page = await visit.get(visit.origin / _LOGIN_PATH)
    if page.document.find(_LOGIN_FIELDS) is None and _offers_social(page.document):
        raise ObicoSocialSignInError(
            f"{page.url.host} lets nobody in with a password of its own"
        )
    answer = await visit.submit(
        page,
        page.form(_LOGIN_FIELDS),
        {"login": email, "password": password, "remember": "on"},
    )
    if answer.target is None:
        again = answer.document.find(_LOGIN_FIELDS)
        if _asks_for_code(answer.document.forms if again is None else [again]):
            raise _two_step_error(visit)
        # Anything but the form once more is no refusal.
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
    return ObicoTwoStepError(f"{visit.origin.host} asks for a second step")


def _asks_for_code(forms: Iterable[Form]) -> bool:
    """Return whether there is a field for a code that is made anew each time."""
    return any(_is_for_code(control) for form in forms for control in form.controls)


def _is_for_code(control: Control) -> bool:
    return control.autocomplete == "one-time-code" or (
        control.name in _CODE_FIELDS and control.kind != "hidden"
    )


def _offers_social(document: Document) -> bool:
    """Return whether one can sign in through somebody else: /accounts/{whom}/login/."""
    base = URL("http://any/")
    for address in document.addresses():
        url = parse_sent_url(address, base)
        if url is None:
            continue
        match url.path.strip("/").split("/"):
            case ["accounts", _, *_, "login"]:
                return True
    return False
