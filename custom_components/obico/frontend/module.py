"""Serves the card and the dashboard strategy to browsers.

This is the only module that uses Home Assistant's static paths and its registry of
JavaScript modules. Where they are not as expected, browsers do not load the module, and
one line is in the log.
"""

import hashlib
import logging
from pathlib import Path
from typing import Final

from homeassistant.components import frontend
from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN, INTERNALS_CHANGED

_LOGGER = logging.getLogger(__name__)

_FRONTEND: Final = "frontend"
_MODULE: Final = Path(__file__).parent / "obico.js"
# Set while the module is served.
_MODULE_URL: Final[HassKey[str]] = HassKey(f"{DOMAIN}_module_url")


def _versioned_url() -> str:
    """Return a path that changes with the content, because browsers cache the file."""
    digest = hashlib.sha256(_MODULE.read_bytes()).hexdigest()
    return f"/{DOMAIN}/{digest[:16]}/{_MODULE.name}"


async def async_serve_module(hass: HomeAssistant) -> None:
    """Serve the module until Home Assistant stops, because no path can be unregistered."""
    if _FRONTEND not in hass.config.components:
        # Home Assistant can run without a user interface.
        return
    url = await hass.async_add_executor_job(_versioned_url)
    try:
        from homeassistant.components.http.server import StaticPathConfig  # noqa: PLC0415

        path = StaticPathConfig(url, str(_MODULE))
        await hass.http.async_register_static_paths([path])
    except INTERNALS_CHANGED as err:
        _log_unavailable(err)
        return
    hass.data[_MODULE_URL] = url


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
        _log_unavailable(err)


def _log_unavailable(err: Exception) -> None:
    _LOGGER.warning(
        "This version of Home Assistant does not let browsers load the card and the "
        "dashboard for printers as expected; everything else works: %s",
        err,
    )
