"""Texts in the language of Home Assistant."""

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import async_get_cached_translations

from ..const import DOMAIN
from .config import SUBENTRY_TYPE

_ENGLISH = "en"


@callback
def common_text(hass: HomeAssistant, key: str, **placeholders: str) -> str:
    """Return a text that is shown outside of the user interface's own places."""
    return _text(hass, "common", key).format_map(placeholders)


@callback
def field_text(hass: HomeAssistant, section: str, field: str) -> str:
    """Return what a field is called in the form of a printer's entities."""
    return _text(
        hass,
        "config_subentries",
        f"{SUBENTRY_TYPE}.step.entities.sections.{section}.data.{field}",
    )


def _text(hass: HomeAssistant, category: str, key: str) -> str:
    texts = async_get_cached_translations(
        hass, hass.config.language, category, DOMAIN
    ) or async_get_cached_translations(hass, _ENGLISH, category, DOMAIN)
    return texts.get(f"component.{DOMAIN}.{category}.{key}", key)
