"""The recorded answers, and their comparison with those of the simulated server."""

from collections.abc import Iterator
from dataclasses import dataclass
import json
from pathlib import Path
import re

from dev.json_types import JsonObject, JsonValue, as_object

from .support import as_rows

FOLDER = Path(__file__).parents[1] / "fixtures" / "captures"
MORE = FOLDER / "more"


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recorded request with its answer; the status of a passthru reply is a remark."""

    request: str
    status: int | str
    body: JsonValue

    @property
    def object(self) -> JsonObject:
        """The body as a JSON object."""
        return as_object(self.body)

    @property
    def rows(self) -> list[JsonObject]:
        """The body as a list of JSON objects."""
        return as_rows(self.body)

    @property
    def message(self) -> JsonObject:
        """The viewer's message of a passthru request."""
        message: JsonObject = json.loads(self.request[self.request.index("{", 30) :])
        return as_object(message["passthru"])

    @property
    def reply(self) -> JsonObject:
        """The reply to a passthru request, without its reference."""
        reply = as_object(self.object["passthru"])
        return {key: value for key, value in reply.items() if key != "ref"}


def recorded(name: str) -> Recorded:
    """Return a recorded request with its answer; lists may be cut off after some rows."""
    row = json.loads((MORE / f"{name}.json").read_text())
    return Recorded(row["request"], row["status"], _complete(row["body"]))


def _complete(value: JsonValue) -> JsonValue:
    """Drop the remark that stands for the rows that a recorded list is cut off after."""
    match value:
        case dict():
            return {key: _complete(inner) for key, inner in value.items()}
        case list():
            return [
                _complete(inner)
                for inner in value
                if not (isinstance(inner, str) and re.match(r"\.\.\. \d+ more", inner))
            ]
    return value


def read(name: str) -> JsonValue:
    """Return a recorded JSON body."""
    body: JsonValue = json.loads((FOLDER / name).read_text())
    return body


def read_object(name: str) -> JsonObject:
    """Return a recorded JSON object."""
    return as_object(read(name))


def read_rows(name: str) -> list[JsonObject]:
    """Return a recorded list of JSON objects."""
    return as_rows(read(name))


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
    """Yield each path of a body with its JSON type."""
    match value:
        case dict():
            yield path, "object " + " ".join(sorted(value))
            for key, inner in value.items():
                yield from shape(inner, f"{path}.{key}")
        case list():
            yield path, "array"
            # Rows may differ from each other: the shape is the union of theirs.
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
