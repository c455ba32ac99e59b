"""The HTML of the server's own pages."""

from collections.abc import Awaitable, Callable, Mapping
from html import escape

from aiohttp import hdrs, web

from .answers import STATE, html_error
from .model import Account
from .sessions import CSRF_FIELD, csrf_failure, set_csrf_cookie

type PageCall = Callable[[web.Request], Awaitable[web.Response]]
type UserCall = Callable[[web.Request, Account], Awaitable[web.Response]]

LOGIN = "/accounts/login/"

PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{title}</title></head>
<body>
<h1>{title}</h1>
{body}
</body>
</html>
"""


def page(title: str, body: str, *, status: int = 200) -> web.Response:
    """Answer with a page."""
    return web.Response(
        status=status,
        text=PAGE.format(title=escape(title), body=body),
        content_type="text/html",
    )


def form_page(
    request: web.Request,
    title: str,
    layout: str,
    values: Mapping[str, str],
    unseen: Mapping[str, str] | None = None,
) -> web.Response:
    """Answer with a form; values go into its layout by name.

    {hidden} stands for the fields that nobody sees: what proves where the form is from,
    and `unseen`.
    """
    sign_in = request.app[STATE].sign_in
    secret = sign_in.csrf_secret(request)
    fields = {CSRF_FIELD: sign_in.csrf_field(secret)} | dict(unseen or {})
    answer = page(
        title,
        layout.format(
            hidden="".join(
                f'<input type="hidden" name="{name}" value="{escape(value)}">'
                for name, value in fields.items()
            ),
            **{name: escape(value) for name, value in values.items()},
        ),
    )
    set_csrf_cookie(answer, secret)
    return answer


def from_own_pages(call: PageCall) -> PageCall:
    """Refuse forms that do not come from the server's own pages."""

    async def handler(request: web.Request) -> web.Response:
        if await csrf_failure(request) is not None:
            return html_error(403)
        return await call(request)

    return handler


def signed_in(call: UserCall) -> PageCall:
    """Send whoever is not signed in to where he can be, and back."""

    async def handler(request: web.Request) -> web.Response:
        if (account := request.app[STATE].sign_in.account_of(request)) is None:
            there = request.rel_url.with_path(LOGIN).with_query(
                next=str(request.rel_url)
            )
            return redirect(str(there))
        return await call(request, account)

    return handler


def redirect(location: str) -> web.Response:
    """Send a browser on."""
    return web.Response(status=302, headers={hdrs.LOCATION: location})
