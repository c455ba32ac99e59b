"""The texts of answers, in the language of the request.

They are `common.voice_…` in `translations/`: of the categories that hassfest allows that
is the one for texts without a fixed place.
"""

from collections.abc import Sequence
from typing import Final, Self

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import language as language_util

from ..const import DOMAIN
from .plurals import choose_form

# The languages of translations/.
LANGUAGES: Final = (
    "ca",
    "cs",
    "da",
    "de",
    "en",
    "es",
    "fr",
    "hu",
    "it",
    "ja",
    "ko",
    "nl",
    "pl",
    "pt",
    "pt-BR",
    "ru",
    "sv",
    "tr",
    "uk",
    "zh-Hans",
    "zh-Hant",
)
# Home Assistant takes Chinese of any region for that of the mainland, where there are both.
_TRADITIONAL_CHINESE: Final = frozenset({"zh-HK", "zh-MO", "zh-TW"})
# Whoever listens remembers no more names.
MAX_NAMES: Final = 5
# What stands between names; a comma and a space in all other languages.
_SEPARATORS: Final = {"ja": "、", "zh-Hans": "、", "zh-Hant": "、"}
_CATEGORIES: Final = ("common", "entity", "exceptions")


def closest_language(
    hass: HomeAssistant, language: str, supported: tuple[str, ...]
) -> str | None:
    """Return the supported language that is closest to one, None if none is close."""
    if language in _TRADITIONAL_CHINESE:
        language = "zh-Hant"
    matches = language_util.matches(language, supported, country=hass.config.country)
    return matches[0] if matches else None


class Texts:
    """The integration's texts in one language."""

    def __init__(self, texts: dict[str, str], language: str) -> None:
        """Use texts by their full keys, as Home Assistant loads them."""
        self._texts = texts
        self._language = language

    @classmethod
    async def async_load(cls, hass: HomeAssistant, language: str) -> Self:
        """Load the texts in the closest language, English if none is close."""
        closest = closest_language(hass, language, LANGUAGES) or "en"
        texts: dict[str, str] = {}
        for category in _CATEGORIES:
            texts |= await async_get_translations(hass, closest, category, [DOMAIN])
        return cls(texts, closest)

    def say(self, key: str, **placeholders: str) -> str:
        """Return an answer."""
        return self._text(f"common.voice_{key}", placeholders)

    def say_number(self, key: str, count: int, **placeholders: str) -> str:
        """Return an answer with a number, in the form that goes with it."""
        path = f"component.{DOMAIN}.common.voice_{key}"
        text = choose_form(self._texts[path], self._language, count)
        return text.format(count=count, **placeholders)

    def names(self, names: Sequence[str], limit: int = MAX_NAMES) -> str:
        """Return names as one text: up to a limit, and how many more there are."""
        shown = _SEPARATORS.get(self._language, ", ").join(names[:limit])
        if not (left := len(names) - limit) > 0:
            return shown
        if not shown:
            return self.say_number("more", left)
        return self.say_number("and_more", left, names=shown)

    def sensor(self, key: str, **placeholders: str) -> str:
        """Return the name of a sensor."""
        return self._text(f"entity.sensor.{key}.name", placeholders)

    def state(self, key: str, state: str) -> str:
        """Return the text for a state of a sensor."""
        return self._text(f"entity.sensor.{key}.state.{state}", {})

    def attention_reason(self, reason: str) -> str:
        """Return the text for what a printer waits for."""
        path = "entity.binary_sensor.attention.state_attributes.reason.state"
        return self._text(f"{path}.{reason}", {})

    def exception(self, key: str) -> str:
        """Return the message of an exception without placeholders."""
        return self._text(f"exceptions.{key}.message", {})

    def error(self, error: HomeAssistantError) -> str:
        """Return the message of an error, as it is where it is not one of ours."""
        if error.translation_domain != DOMAIN or error.translation_key is None:
            return str(error)
        return self._text(
            f"exceptions.{error.translation_key}.message",
            error.translation_placeholders or {},
        )

    def _text(self, path: str, placeholders: dict[str, str]) -> str:
        return self._texts[f"component.{DOMAIN}.{path}"].format(**placeholders)
