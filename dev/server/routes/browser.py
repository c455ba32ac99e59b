"""Requests of browsers: their sessions, and the proof that forms are the server's own."""

from collections.abc import Awaitable, Callable
import re

from aiohttp import hdrs, web
from yarl import URL

from ..account import Account
from ..sessions import SESSION_SECONDS, is_csrf_token
from .context import STATE, with_api_key

LOGIN = "/accounts/login/"
SESSION_COOKIE = "tsd_sessionid"
CSRF_COOKIE = "csrftoken"
CSRF_FIELD = "csrfmiddlewaretoken"
CSRF_HEADER = "X-CSRFToken"
# Requests of these methods change nothing, so they need no proof.
SAFE_METHODS = frozenset({hdrs.METH_GET, hdrs.METH_HEAD, hdrs.METH_OPTIONS})

type PageCall = Callable[[web.Request], Awaitable[web.Response]]
type UserCall = Callable[[web.Request, Account], Awaitable[web.Response]]


def session_key(request: web.Request) -> str:
    """Return the key of a browser's session, empty if it has none."""
    return request.cookies.get(SESSION_COOKIE, "")


def signed_in_account(request: web.Request) -> Account | None:
    """Return the account that a browser is signed in to."""
    return request.app[STATE].sign_in.account_of(session_key(request))


def signed_in(call: UserCall) -> PageCall:
    """Redirect whoever is not signed in to the log-in page, which leads back."""

    async def handler(request: web.Request) -> web.Response:
        account = signed_in_account(request) or with_api_key(request)
        if account is None:
            there = request.rel_url.with_path(LOGIN).with_query(
                next=str(request.rel_url)
            )
            return web.Response(status=302, headers={hdrs.LOCATION: str(there)})
        return await call(request, account)

    return handler


def sign_in_browser(
    request: web.Request, answer: web.StreamResponse, account: Account
) -> None:
    """Begin a session, and give the browser its key and a new secret for forms."""
    sign_in = request.app[STATE].sign_in
    answer.set_cookie(
        SESSION_COOKIE,
        sign_in.begin_session(account),
        max_age=SESSION_SECONDS,
        httponly=True,
        samesite="Lax",
    )
    set_csrf_cookie(answer, sign_in.new_csrf_secret())


def set_csrf_cookie(answer: web.StreamResponse, secret: str) -> None:
    """Give a browser the secret of its forms."""
    answer.set_cookie(CSRF_COOKIE, secret, max_age=365 * 24 * 3600, samesite="Lax")


def csrf_secret(request: web.Request) -> str | None:
    """Return the secret of a browser's forms, if it has a well-formed one."""
    secret = request.cookies.get(CSRF_COOKIE, "")
    return secret if re.fullmatch(r"[a-zA-Z0-9]{32}", secret) else None


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
    if (secret := csrf_secret(request)) is None:
        return "CSRF cookie not set."
    sent = (await form_of(request)).get(CSRF_FIELD) or request.headers.get(CSRF_HEADER)
    if not sent:
        return "CSRF token missing."
    return None if is_csrf_token(sent, secret) else "CSRF token incorrect."


async def form_of(request: web.Request) -> dict[str, str]:
    """Return the fields of a form, none for a body of another type."""
    if request.content_type != "application/x-www-form-urlencoded":
        return {}
    return {
        name: value
        for name, value in (await request.post()).items()
        if isinstance(value, str)
    }
