"""The answers that many calls share."""

from typing import TYPE_CHECKING

from aiohttp import web

from ..json_types import JsonValue

if TYPE_CHECKING:
    from .state import State

STATE: web.AppKey[State] = web.AppKey("state")

HTML_ERROR = """
<!doctype html>
<html lang="en">
<head>
  <title>{title}</title>
</head>
<body>
  <h1>{title}</h1><p></p>
</body>
</html>
"""
TITLES = {404: "Not Found", 500: "Server Error (500)", 502: "502 Bad Gateway"}


def html_error(status: int) -> web.Response:
    """Answer with a page, as happens where no API code ran to its end."""
    return web.Response(
        status=status,
        body=HTML_ERROR.format(title=TITLES.get(status, f"Error {status}")).encode(),
        content_type="text/html",
    )


def detail(status: int, text: str) -> web.Response:
    """Answer with an error of the API."""
    return web.json_response({"detail": text}, status=status)


def not_found(what: str) -> web.Response:
    """Answer that the user has no such object."""
    return detail(404, f"No {what} matches the given query.")


def ok(body: JsonValue, status: int = 200) -> web.Response:
    """Answer with JSON."""
    return web.json_response(body, status=status)
