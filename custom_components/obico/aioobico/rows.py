"""Read a long list in JSON row by row."""

from collections.abc import Iterator
import json
import re

from .exceptions import ObicoResponseError

_WHITE_SPACE = re.compile(r"[ \t\n\r]*")
_DECODER = json.JSONDecoder(parse_constant=lambda _: None)


def parse_rows(body: bytes) -> Iterator[object]:
    """Yield the rows of a list; ObicoResponseError where it is none.

    A parser that takes the whole text holds Python's lock for as long, so that the event
    loop stands still even if it runs in a thread. Here it is let go between two rows.
    """
    text = body.decode(errors="replace")
    at = _skip(text, 0)
    if text[at : at + 1] != "[":
        raise ObicoResponseError("The answer is not a list")
    at = _skip(text, at + 1)
    if text[at : at + 1] == "]":
        return
    while True:
        try:
            row, at = _DECODER.raw_decode(text, at)
        except ValueError, RecursionError:
            # The parser's own message would show a piece of the body.
            raise ObicoResponseError("The answer is not JSON") from None
        yield row
        at = _skip(text, at)
        separator = text[at : at + 1]
        if separator == "]":
            return
        if separator != ",":
            raise ObicoResponseError("The answer is not JSON")
        at = _skip(text, at + 1)


def _skip(text: str, at: int) -> int:
    """Return where the next character is that is no white space."""
    match = _WHITE_SPACE.match(text, at)
    return at if match is None else match.end()
