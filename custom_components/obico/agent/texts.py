"""Texts in the language of Home Assistant."""

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import async_get_cached_translations

from ..const import DOMAIN

_ENGLISH = "en"


@callback
def common_text(hass: HomeAssistant, key: str, **placeholders: str) -> str:
    """Return a text that is shown outside of the user interface's own places."""
    texts = async_get_cached_translations(
        hass, hass.config.language, "common", DOMAIN
    ) or async_get_cached_translations(hass, _ENGLISH, "common", DOMAIN)
    return texts.get(f"component.{DOMAIN}.common.{key}", key).format_map(placeholders)
