"""Who asks: access tokens today; the sign-in pages and their cookie belong here too."""

from aiohttp import web

from .answers import STATE, detail
from .model import Account

ACCOUNT = web.RequestKey("account", Account)


def find_account(request: web.Request) -> Account | None:
    """Return the account whose token a request carries."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        token = request.headers.get("X-API-KEY", "")
    return request.app[STATE].account_with(token) if token else None


def account_of(request: web.Request) -> Account:
    """Return the account that an API call was let in for."""
    return request[ACCOUNT]


def refused() -> web.Response:
    """Answer a missing, wrong or revoked token: 403, never 401, and always in these words."""
    return detail(403, "Authentication credentials were not provided.")
