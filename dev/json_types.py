"""The types of JSON."""

from collections.abc import Mapping, Sequence

type JsonValue = (
    bool | int | float | str | Sequence[JsonValue] | Mapping[str, JsonValue] | None
)
type JsonObject = dict[str, JsonValue]


def as_object(value: JsonValue) -> JsonObject:
    """Return a value as a JSON object; raises TypeError if it is none."""
    if not isinstance(value, dict):
        raise TypeError(f"expected a JSON object, got {type(value).__name__}")
    return value
