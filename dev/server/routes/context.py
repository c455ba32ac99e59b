"""What the handlers of requests share: the server's state and the user of an API call."""

from aiohttp import web

from ..account import Account
from ..state import State

STATE: web.AppKey[State] = web.AppKey("state")
ACCOUNT = web.RequestKey("account", Account)


def account_of(request: web.Request) -> Account:
    """Return the account of an API call, which the middleware has identified."""
    return request[ACCOUNT]


def with_api_key(request: web.Request) -> Account | None:
    """Return the account whose token a request has as its API key."""
    key = request.headers.get("X-API-KEY")
    return request.app[STATE].account_with(key) if key else None
