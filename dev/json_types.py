"""What JSON can hold, for the type checker."""

from collections.abc import Mapping, Sequence

type JsonValue = (
    bool | int | float | str | Sequence[JsonValue] | Mapping[str, JsonValue] | None
)
type JsonObject = dict[str, JsonValue]


def as_object(value: JsonValue) -> JsonObject:
    """Return a JSON object as one that can be read and changed."""
    if not isinstance(value, dict):
        raise TypeError(f"a JSON object was due, not {type(value).__name__}")
    return value
