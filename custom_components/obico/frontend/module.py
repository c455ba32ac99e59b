"""Serves the cards and the dashboard to browsers.

This is the only module that uses Home Assistant's registry of JavaScript modules. Where it
is not as expected, browsers do not load the module, and one line is in the log.
"""

from dataclasses import dataclass
import gzip
import json
import logging
from pathlib import Path
from typing import Final

from aiohttp import web
from aiohttp.hdrs import ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, VARY

from homeassistant.components import frontend
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.http import HomeAssistantView
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN, INTERNALS_CHANGED

_LOGGER = logging.getLogger(__name__)

_FRONTEND: Final = "frontend"
_FOLDER: Final = Path(__file__).parent / "built"
_URL: Final = f"/{DOMAIN}/{_FRONTEND}"
# A month. The name of a file changes with its content.
_CACHE: Final = "public, immutable, max-age=2678400"
# Set while the module is served.
_MODULE_URL: Final[HassKey[str]] = HassKey(f"{DOMAIN}_module_url")


@dataclass(frozen=True, slots=True)
class _File:
    """A file for browsers, as it is and compressed."""

    plain: bytes
    gzipped: bytes


class _FilesView(HomeAssistantView):
    """Serve the built files to pages, which load them before anybody has signed in.

    They are served from memory: an update replaces the folder, but Home Assistant runs the
    former version until it is restarted, and so do its pages.
    """

    url = f"{_URL}/{{name}}"
    name = f"{DOMAIN}:{_FRONTEND}"
    requires_auth = False

    def __init__(self, files: dict[str, _File]) -> None:
        """Take the files by name."""
        self._files = files

    async def get(self, request: web.Request, name: str) -> web.Response:
        """Return a file, 404 for one of another version."""
        if (file := self._files.get(name)) is None:
            raise web.HTTPNotFound
        headers = {CACHE_CONTROL: _CACHE, VARY: ACCEPT_ENCODING}
        body = file.plain
        if "gzip" in request.headers.get(ACCEPT_ENCODING, ""):
            headers[CONTENT_ENCODING] = "gzip"
            body = file.gzipped
        return web.Response(
            body=body, content_type="text/javascript", charset="utf-8", headers=headers
        )


def _read() -> tuple[str, dict[str, _File]]:
    """Return the name of the module that pages load, and all files by name."""
    built = json.loads((_FOLDER / "modules.json").read_bytes())
    files: dict[str, _File] = {}
    for name in (built["module"], *built["chunks"]):
        content = (_FOLDER / name).read_bytes()
        files[name] = _File(content, gzip.compress(content, mtime=0))
    return built["module"], files


async def async_serve_module(hass: HomeAssistant) -> None:
    """Serve the files until Home Assistant stops, because no view can be unregistered."""
    if _FRONTEND not in hass.config.components:
        # Home Assistant can run without a user interface.
        return
    module, files = await hass.async_add_executor_job(_read)
    hass.http.register_view(_FilesView(files))
    hass.data[_MODULE_URL] = f"{_URL}/{module}"


@callback
def async_offer_module(hass: HomeAssistant) -> None:
    """Have pages load the module while there is an account that is not disabled."""
    if (url := hass.data.get(_MODULE_URL)) is None:
        return
    try:
        if hass.config_entries.async_entries(DOMAIN, include_disabled=False):
            # The registry keeps one address once, however many accounts add it.
            frontend.add_extra_js_url(hass, url)
        else:
            frontend.remove_extra_js_url(hass, url)
    except INTERNALS_CHANGED as err:
        del hass.data[_MODULE_URL]
        _LOGGER.warning(
            "This version of Home Assistant does not let browsers load the card and the "
            "dashboard for printers as expected; everything else works: %s",
            err,
        )
