"""Who calls the API: by access token, or by the session of a browser."""

from aiohttp import hdrs, web

from ..account import Account
from ..answers import detail
from .browser import csrf_failure, signed_in_account
from .context import STATE, with_api_key


async def identify(request: web.Request) -> Account | web.Response:
    """Return the account of a request, or the answer that refuses it."""
    scheme, _, token = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    if scheme.lower() == "bearer":
        account = request.app[STATE].account_with(token)
    else:
        account = with_api_key(request)
    if account is not None:
        return account
    if (account := signed_in_account(request)) is None:
        return refused()
    if (reason := await csrf_failure(request)) is not None:
        return detail(403, f"CSRF Failed: {reason}")
    return account


def refused() -> web.Response:
    """Return the answer to a missing, wrong or revoked token: always a 403, never a 401."""
    return detail(403, "Authentication credentials were not provided.")
