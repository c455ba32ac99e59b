"""The HTML of the server's own pages and forms."""

from collections.abc import Mapping
from html import escape

from aiohttp import hdrs, web

from ..answers import html_error
from .browser import CSRF_FIELD, PageCall, csrf_failure, csrf_secret, set_csrf_cookie
from .context import STATE

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
    """Return a page."""
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
    """Return a page with a form; the values are inserted into its layout by name.

    {hidden} in the layout stands for the hidden fields: the proof that the form is the
    server's own, and those of `unseen`.
    """
    sign_in = request.app[STATE].sign_in
    secret = csrf_secret(request) or sign_in.new_csrf_secret()
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
    """Refuse forms that are not the server's own."""

    async def handler(request: web.Request) -> web.Response:
        if await csrf_failure(request) is not None:
            return html_error(403)
        return await call(request)

    return handler


def redirect(location: str) -> web.Response:
    """Redirect a browser."""
    return web.Response(status=302, headers={hdrs.LOCATION: location})
