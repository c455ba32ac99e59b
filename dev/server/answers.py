"""Answers that many calls share."""

from aiohttp import web

from ..json_types import JsonValue

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
    """Return an error page, as the server and proxies in front of it send it."""
    return web.Response(
        status=status,
        body=HTML_ERROR.format(title=TITLES.get(status, f"Error {status}")).encode(),
        content_type="text/html",
    )


def detail(status: int, text: str) -> web.Response:
    """Return an error of the API."""
    return web.json_response({"detail": text}, status=status)


def not_found(what: str) -> web.Response:
    """Return the error for an object that the user does not have."""
    return detail(404, f"No {what} matches the given query.")


def ok(body: JsonValue, status: int = 200) -> web.Response:
    """Return JSON."""
    return web.json_response(body, status=status)
