"""The routes: REST, pages, pictures and websockets."""

from . import (
    agentless,
    agents,
    files,
    history,
    media,
    oauth,
    pages,
    printers,
    users,
    websocket,
)

ROUTES = [
    *users.ROUTES,
    *printers.ROUTES,
    *agentless.ROUTES,
    *agents.ROUTES,
    *history.ROUTES,
    *files.ROUTES,
    *media.ROUTES,
    *oauth.ROUTES,
    *pages.ROUTES,
    *websocket.ROUTES,
]
