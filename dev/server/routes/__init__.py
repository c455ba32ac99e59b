"""The routes: REST, pages, pictures and websockets."""

from . import agentless, files, history, media, oauth, pages, printers, users, websocket

ROUTES = [
    *users.ROUTES,
    *printers.ROUTES,
    *agentless.ROUTES,
    *history.ROUTES,
    *files.ROUTES,
    *media.ROUTES,
    *oauth.ROUTES,
    *pages.ROUTES,
    *websocket.ROUTES,
]
