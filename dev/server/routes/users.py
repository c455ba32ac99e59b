"""REST: the server's version, the user and the tunnel."""

from aiohttp import web

from ..answers import ok
from ..serialize import user_json
from .api import API, json_body
from .context import account_of

# The fields that PATCH changes; the web app resets the count of events with it.
USER_WRITABLE = frozenset(
    {
        "first_name",
        "last_name",
        "account_notification_by_email",
        "notification_enabled",
        "unseen_printer_events",
    }
)


async def get_version(_request: web.Request) -> web.Response:
    """Answer `version/`."""
    return ok({"version": "1.0.0"})


async def get_user(request: web.Request) -> web.Response:
    """Answer `users/me/`."""
    return ok(user_json(account_of(request)))


async def patch_user(request: web.Request) -> web.Response:
    """Change the fields that a user may change; others are ignored."""
    account = account_of(request)
    for name, value in (await json_body(request)).items():
        if name in USER_WRITABLE:
            setattr(account, name, value)
    return ok(user_json(account))


async def get_tunnel_usage(request: web.Request) -> web.Response:
    """Answer `tunnelusage/`."""
    return ok({"total": account_of(request).tunnel_usage, "monthly_cap": -1})


ROUTES = [
    web.get(API + "version/", get_version),
    web.get(API + "users/me/", get_user),
    web.patch(API + "users/me/", patch_user),
    web.get(API + "tunnelusage/", get_tunnel_usage),
]
