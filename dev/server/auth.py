"""Who asks: by access token, or by the session of a browser."""

from aiohttp import web

from .answers import STATE, detail
from .model import Account
from .sessions import csrf_failure

ACCOUNT = web.RequestKey("account", Account)


def find_account(request: web.Request) -> Account | None:
    """Return the account whose token a request carries."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        token = request.headers.get("X-API-KEY", "")
    return request.app[STATE].account_with(token) if token else None


def opens_session(request: web.Request) -> bool:
    """Tell whether a request signs its browser in, as one with an API key does."""
    return "X-API-KEY" in request.headers


async def identify(request: web.Request) -> Account | web.Response:
    """Return whose request this is, the answer that refuses it if it is nobody's."""
    if (account := find_account(request)) is not None:
        return account
    if (account := request.app[STATE].sign_in.account_of(request)) is None:
        return refused()
    if (reason := await csrf_failure(request)) is not None:
        return detail(403, f"CSRF Failed: {reason}")
    return account


def account_of(request: web.Request) -> Account:
    """Return the account that an API call was let in for."""
    return request[ACCOUNT]


def refused() -> web.Response:
    """Answer a missing, wrong or revoked token: 403, never 401, and always in these words."""
    return detail(403, "Authentication credentials were not provided.")
