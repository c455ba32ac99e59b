"""Which form of a noun goes with a number, in the languages of `translations/`.

A text that is said with a number has its forms separated by " | ", in the order of Unicode's
plural rules for the language: one, few, many. A text with a single form goes with any
number.
"""

from collections.abc import Callable
from typing import Final

SEPARATOR: Final = " | "


def _one(_count: int) -> int:
    return 0


def _one_other(count: int) -> int:
    return int(count != 1)


def _zero_like_one(count: int) -> int:
    return int(count > 1)


def _czech(count: int) -> int:
    if count == 1:
        return 0
    return 1 if 2 <= count <= 4 else 2


def _is_few(count: int) -> bool:
    return 2 <= count % 10 <= 4 and not 12 <= count % 100 <= 14


def _polish(count: int) -> int:
    if count == 1:
        return 0
    return 1 if _is_few(count) else 2


def _east_slavic(count: int) -> int:
    if count % 10 == 1 and count % 100 != 11:
        return 0
    return 1 if _is_few(count) else 2


# Languages that are not here have one form for 1, and one for all else.
_RULES: Final[dict[str, tuple[int, Callable[[int], int]]]] = {
    "cs": (3, _czech),
    "fr": (2, _zero_like_one),
    "hu": (1, _one),
    "ja": (1, _one),
    "ko": (1, _one),
    "pl": (3, _polish),
    "pt-BR": (2, _zero_like_one),
    "ru": (3, _east_slavic),
    "tr": (1, _one),
    "uk": (3, _east_slavic),
    "zh-Hans": (1, _one),
    "zh-Hant": (1, _one),
}
_DEFAULT: Final = (2, _one_other)


def forms(language: str) -> int:
    """Return how many forms a noun has next to a number."""
    return _RULES.get(language, _DEFAULT)[0]


def choose_form(text: str, language: str, count: int) -> str:
    """Return the form of a text that goes with a number."""
    available = text.split(SEPARATOR)
    form = _RULES.get(language, _DEFAULT)[1](count)
    return available[min(form, len(available) - 1)]
