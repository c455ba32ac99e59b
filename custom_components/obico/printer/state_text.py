"""Shorten texts of servers and agents to the limits of states and attributes."""

from typing import Final
import unicodedata

import orjson

from homeassistant.const import MAX_LENGTH_STATE_STATE

# In bytes as JSON, for names of files, printers and heaters. File systems have lower limits,
# so real names fit. The recorder drops the attributes of a state above 16 kB in total.
MAX_NAME_BYTES: Final = 1000

_ELLIPSIS: Final = "…"
# The size of an escaped control character, for example \\u0000.
_MAX_BYTES_PER_CHARACTER: Final = 6
# The share of a text that may be cut off additionally, so that it ends with a whole word.
_WORD_SHARE: Final = 0.2

# Characters that are invisible although Unicode classifies them as letters or symbols.
_FILLERS: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def shorten(text: str, max_bytes: int) -> str:
    """Return a text that takes at most `max_bytes` as JSON, without the quotes.

    A shortened text ends with an ellipsis, after a whole word if that costs little.
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
    """Return whether a text has no visible character, such as only blanks or controls."""
    return all(
        char in _FILLERS or unicodedata.category(char)[0] in "ZCM" for char in text
    )


def _json_bytes(text: str) -> int:
    return len(orjson.dumps(text)) - 2
