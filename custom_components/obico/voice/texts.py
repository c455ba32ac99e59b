"""What is said, in the language that is spoken."""

from typing import Final, Self

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import language as language_util

from ..const import DOMAIN

# Of translations/.
LANGUAGES: Final = ("de", "en", "es", "fr", "it", "nl", "pt", "pt-BR", "zh-Hans")
_CATEGORIES: Final = ("common", "entity", "exceptions")


def nearest(hass: HomeAssistant, language: str, known: tuple[str, ...]) -> str | None:
    """Return which of the known languages is nearest to one, None if none is."""
    matches = language_util.matches(language, known, country=hass.config.country)
    return matches[0] if matches else None


class Texts:
    """The integration's texts in one language."""

    def __init__(self, texts: dict[str, str]) -> None:
        """Take up the texts."""
        self._texts = texts

    @classmethod
    async def async_load(cls, hass: HomeAssistant, language: str) -> Self:
        """Load the texts in the nearest language that there is."""
        texts: dict[str, str] = {}
        for category in _CATEGORIES:
            texts |= await async_get_translations(
                hass, nearest(hass, language, LANGUAGES) or "en", category, [DOMAIN]
            )
        return cls(texts)

    def say(self, key: str, **placeholders: str) -> str:
        """Return an answer."""
        return self._text(f"common.voice_{key}", placeholders)

    def sensor(self, key: str, **placeholders: str) -> str:
        """Return the name of a sensor."""
        return self._text(f"entity.sensor.{key}.name", placeholders)

    def state(self, key: str, state: str) -> str:
        """Return what a sensor shows."""
        return self._text(f"entity.sensor.{key}.state.{state}", {})

    def objection(self, key: str) -> str:
        """Return what speaks against something."""
        return self._text(f"exceptions.{key}.message", {})

    def error(self, error: HomeAssistantError) -> str:
        """Return what went wrong."""
        if error.translation_domain != DOMAIN or error.translation_key is None:
            return str(error)
        return self._text(
            f"exceptions.{error.translation_key}.message",
            error.translation_placeholders or {},
        )

    def _text(self, path: str, placeholders: dict[str, str]) -> str:
        return self._texts[f"component.{DOMAIN}.{path}"].format(**placeholders)
