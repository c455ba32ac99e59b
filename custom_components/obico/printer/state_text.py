"""Texts of the server and of agents, made to fit into states and their attributes."""

from typing import Final
import unicodedata

import orjson

from homeassistant.const import MAX_LENGTH_STATE_STATE

# In bytes as JSON, for names of files, printers, heaters and the like: no file system takes
# longer ones. The recorder drops all attributes of a state that are more than 16 kB.
MAX_NAME_BYTES: Final = 1000

_ELLIPSIS: Final = "…"
# A control character, as \\u0000.
_MAX_BYTES_PER_CHARACTER: Final = 6
# The share of a text that may be given up to end it at a word.
_WORD_SHARE: Final = 0.2

# Letters and a symbol that show nothing, although Unicode counts them among the visible.
_FILLERS: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def shorten(text: str, max_bytes: int) -> str:
    """Return a text that takes at most so many bytes as JSON, without its quotes.

    What is too long ends with an ellipsis, after a whole word where there is one near.
    """
    if len(text) * _MAX_BYTES_PER_CHARACTER <= max_bytes or (
        _json_bytes(text) <= max_bytes
    ):
        return text
    room = max_bytes - _json_bytes(_ELLIPSIS)
    end = 0
    while end < len(text) and (room := room - _json_bytes(text[end])) >= 0:
        end += 1
    return _end_at_word(text, end)


def _end_at_word(text: str, end: int) -> str:
    kept = text[:end]
    if not text[end : end + 1].isspace():
        words = kept.rsplit(maxsplit=1)
        if len(words) > 1 and len(words[0]) >= end * (1 - _WORD_SHARE):
            kept = words[0]
    return kept.rstrip() + _ELLIPSIS


def state_text(text: str | None) -> str | None:
    """Return a text that fits into a state, None for an empty one."""
    if not text:
        return None
    if len(text) <= MAX_LENGTH_STATE_STATE:
        return text
    return _end_at_word(text, MAX_LENGTH_STATE_STATE - len(_ELLIPSIS))


def name_text(name: str | None) -> str | None:
    """Return a name that fits into an attribute."""
    return None if name is None else shorten(name, MAX_NAME_BYTES)


def is_blank(text: str) -> bool:
    """Return whether nothing of a text can be seen: blanks, controls, marks without a letter."""
    return all(
        char in _FILLERS or unicodedata.category(char)[0] in "ZCM" for char in text
    )


def _json_bytes(text: str) -> int:
    return len(orjson.dumps(text)) - 2
