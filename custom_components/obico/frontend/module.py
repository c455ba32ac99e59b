"""The card and the dashboard strategy, served to browsers."""

import hashlib
from pathlib import Path
from typing import Final

from homeassistant.components import frontend
from homeassistant.components.http import StaticPathConfig  # type: ignore[attr-defined]
from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN

_MODULE: Final = Path(__file__).parent / "obico.js"
_MODULE_URL: Final[HassKey[str]] = HassKey(f"{DOMAIN}_module_url")


def _versioned_url() -> str:
    """Return an address that is another one for another content: browsers keep the file."""
    digest = hashlib.sha256(_MODULE.read_bytes()).hexdigest()
    return f"/{DOMAIN}/{digest[:16]}/{_MODULE.name}"


async def async_serve_module(hass: HomeAssistant) -> None:
    """Serve the module until Home Assistant stops: an address cannot be taken back."""
    if frontend.DOMAIN not in hass.config.components:
        # There are Home Assistants without a user interface.
        return
    url = await hass.async_add_executor_job(_versioned_url)
    await hass.http.async_register_static_paths([StaticPathConfig(url, str(_MODULE))])
    hass.data[_MODULE_URL] = url


@callback
def async_offer_module(hass: HomeAssistant) -> None:
    """Have every page load the module while there is an account that is not disabled."""
    if (url := hass.data.get(_MODULE_URL)) is None:
        return
    if hass.config_entries.async_entries(DOMAIN, include_disabled=False):
        # One address, however many accounts offer it.
        frontend.add_extra_js_url(hass, url)
    else:
        frontend.remove_extra_js_url(hass, url)
