"""The recorded answers, and the comparison of a served one with them."""

from collections.abc import Iterator
import json
from pathlib import Path

from dev.json_types import JsonObject, JsonValue, as_object

FOLDER = Path(__file__).parents[1] / "fixtures" / "captures"


def read(name: str) -> JsonValue:
    """Return a recorded JSON body."""
    body: JsonValue = json.loads((FOLDER / name).read_text())
    return body


def read_object(name: str) -> JsonObject:
    """Return a recorded JSON object."""
    return as_object(read(name))


def read_rows(name: str) -> list[JsonObject]:
    """Return a recorded list of JSON objects."""
    rows = read(name)
    assert isinstance(rows, list)
    return [as_object(row) for row in rows]


def read_lines(name: str) -> list[JsonObject]:
    """Return the JSON objects of a recorded stream."""
    return [json.loads(line) for line in (FOLDER / name).read_text().splitlines()]


def printers() -> dict[str, JsonObject]:
    """Return all recorded Printer objects, whatever call they answered."""
    found = {}
    for path in sorted(FOLDER.glob("*.json")):
        match json.loads(path.read_text()):
            case {"printer": {"status": _} as printer} | ({"status": _} as printer):
                found[path.stem] = printer
    return found


def shape(value: JsonValue, path: str = "") -> Iterator[tuple[str, str]]:
    """Go through a body: each path with the JSON type that stands there."""
    match value:
        case dict():
            yield path, "object " + " ".join(sorted(value))
            for key, inner in value.items():
                yield from shape(inner, f"{path}.{key}")
        case list():
            yield path, "array"
            # Rows may differ from each other: all that stands there is the shape.
            for inner in value:
                yield from shape(inner, f"{path}[]")
        case bool():
            yield path, "boolean"
        case int():
            yield path, "integer"
        case float():
            yield path, "float"
        case None:
            yield path, "null"
        case _:
            yield path, "string"


def differences(recorded: JsonValue, served: JsonValue) -> dict[str, str]:
    """Return the paths where two bodies differ in keys, types or nullness."""
    expected, found = _by_path(recorded), _by_path(served)
    return {
        path: f"recorded {_text(expected, path)}, served {_text(found, path)}"
        for path in sorted(expected.keys() | found.keys())
        if expected.get(path) != found.get(path)
    }


def _by_path(value: JsonValue) -> dict[str, set[str]]:
    types: dict[str, set[str]] = {}
    for path, kind in shape(value):
        types.setdefault(path, set()).add(kind)
    return types


def _text(types: dict[str, set[str]], path: str) -> str:
    return " | ".join(sorted(types.get(path, {"nothing"})))
