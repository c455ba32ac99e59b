"""Convert JSON values of any type to the type that is expected, or to None.

`orjson` reads the text; these functions and one `from_dict` for each model take apart what
it gives. mashumaro 3.23 was tried for the second step and is as fast (24.4 µs for a printing
printer, these functions 23.3 µs, CPython 3.14), but takes nothing away: it raises where None
is wanted unless each field names such a function, and flat fields out of nested ones and
JSON inside strings need hooks.

What saves time is not to parse at all: `ParsedPrinter.from_dict` takes over what came of the
parts that are equal to those of the object before, which takes 11 µs for a push.
"""

from collections.abc import Callable
from datetime import MAXYEAR, MINYEAR, UTC, datetime
import json
from math import isfinite
import re

import orjson

from .exceptions import ObicoResponseError

type JsonObject = dict[str, object]

# Longer than any useful text, and short enough for a thousand of them to fit in memory.
MAX_TEXT_LENGTH = 10_000

# Ids are columns of a database; lengths, times and sizes are far below.
_MAX_INTEGER = 2**63

# A number as a person types it. An exponent, a unit, a comma (decimal or of thousands?) or
# digits of another script are left alone: a heater must not be set to what nobody typed. A
# float holds whole numbers of 15 digits exactly.
_TYPED_NUMBER = re.compile(
    r"\s*[+-]?(?:\d{1,15}(?:\.\d{0,20})?|\.\d{1,20})\s*", re.ASCII
)


def parse_json(body: bytes | str) -> object:
    """Parse JSON that may contain NaN, Infinity and lone surrogates.

    Agents write parts of what the server relays with Python's `json`, which allows all
    three. Such numbers become None, such characters "?". Anything else that is no JSON
    raises ObicoResponseError.
    """
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        pass
    try:
        lenient = json.loads(body, parse_constant=lambda _: None)
        return orjson.loads(
            json.dumps(lenient, ensure_ascii=False).encode(errors="replace")
        )
    except ValueError, RecursionError:
        # The parser's own message would show a piece of the body.
        raise ObicoResponseError("The answer is not JSON") from None


def to_object(value: object, what: str) -> JsonObject:
    """Take a JSON object; anything else raises ObicoResponseError."""
    if isinstance(value, dict):
        return value
    raise ObicoResponseError(f"{what} is not an object")


def to_id(value: object, what: str) -> int:
    """Take the id of a row; anything that cannot be one raises ObicoResponseError."""
    if type(value) is int and 0 < value < _MAX_INTEGER:
        return value
    raise ObicoResponseError(f"{what} has no usable id")


def section(value: object) -> JsonObject:
    """Take a part of an object, an empty one when it is none."""
    return value if isinstance(value, dict) else {}


def rows(value: object) -> list[object]:
    """Take a list, an empty one when it is none."""
    return value if isinstance(value, list) else []


def optional[T](parse: Callable[[JsonObject], T], value: object) -> T | None:
    """Parse a part of an object, None when it is none."""
    return parse(value) if isinstance(value, dict) else None


def usable[T](parse: Callable[[object], T], values: list[object]) -> tuple[T, ...]:
    """Parse all rows, without those that cannot be used."""
    parsed = []
    for value in values:
        try:
            parsed.append(parse(value))
        except ObicoResponseError:
            continue
    return tuple(parsed)


def text(value: object) -> str | None:
    """Take text, of at most MAX_TEXT_LENGTH characters."""
    return value[:MAX_TEXT_LENGTH] if type(value) is str else None


def boolean(value: object) -> bool | None:
    """Take true or false."""
    return value if type(value) is bool else None


def number(value: object) -> float | None:
    """Take a finite number, also as text, as a person typed it into a settings' field."""
    if type(value) is float:
        return value if isfinite(value) else None
    if type(value) is int and -_MAX_INTEGER <= value < _MAX_INTEGER:
        return float(value)
    return _typed_number(value)


def integer(value: object) -> int | None:
    """Take a whole number, also as text or as a float such as 42.0."""
    if type(value) is int:
        return value if -_MAX_INTEGER <= value < _MAX_INTEGER else None
    if type(value) is float and value.is_integer() and abs(value) < _MAX_INTEGER:
        return int(value)
    typed = _typed_number(value)
    return None if typed is None else integer(typed)


def _typed_number(value: object) -> float | None:
    """Take the number that a text is."""
    if type(value) is str and _TYPED_NUMBER.fullmatch(value):
        return float(value)
    return None


def timestamp(value: object) -> datetime | None:
    """Take an ISO 8601 date and time with an offset, and convert it to UTC.

    The first and the last year of the calendar stand for no moment, and their ends have no
    counterpart in other time zones.
    """
    if type(value) is not str:
        return None
    try:
        parsed = datetime.fromisoformat(value)
        if parsed.tzinfo is None:
            return None
        if parsed.tzinfo is not UTC:
            parsed = parsed.astimezone(UTC)
    except ValueError, OverflowError:
        return None
    return parsed if MINYEAR < parsed.year < MAXYEAR else None


def embedded_json(value: object) -> object:
    """Take the content of a string that is JSON itself, None if it is not."""
    if type(value) is not str:
        return None
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        return None


def texts(values: list[object]) -> tuple[str, ...]:
    """Take all texts of a list."""
    return tuple(value[:MAX_TEXT_LENGTH] for value in values if type(value) is str)
