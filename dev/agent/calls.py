"""The arguments of the commands that viewers send through the server."""

from collections.abc import Sequence

from ..json_types import JsonObject, JsonValue


class Call:
    """The arguments of a viewer's command."""

    def __init__(self, message: JsonObject) -> None:
        """Read the arguments of a passthru message."""
        args, kwargs = message.get("args"), message.get("kwargs")
        self.args: Sequence[JsonValue] = args if isinstance(args, list) else []
        self.kwargs: JsonObject = kwargs if isinstance(kwargs, dict) else {}
        # Seconds until the reply comes, which the command sets.
        self.seconds = 0.0

    def get(self, position: int, name: str) -> JsonValue:
        """Return an argument, which can be given by position or by name."""
        if position < len(self.args):
            return self.args[position]
        return self.kwargs.get(name)

    def number(self, position: int, name: str) -> float:
        """Return an argument as a number."""
        value = self.get(position, name)
        return float(str(value))


def numbers_of(words: Sequence[str]) -> dict[str, float]:
    """Return the parameters of a G-code line, `S210` as S: 210."""
    values = {}
    for word in words:
        try:
            values[word[0]] = float(word[1:])
        except ValueError:
            continue
    return values


def items_of(value: JsonValue) -> list[JsonValue]:
    """Return the items of a list, or a list with the only item."""
    return value if isinstance(value, list) else [value]


def lines_of(value: JsonValue) -> list[str]:
    """Return the lines of a G-code argument: one text or a list of them."""
    return [line for text in items_of(value) for line in str(text).splitlines()]


def rate_of(percent: float) -> float:
    """Return a rate as a fraction."""
    if percent <= 0:
        raise ValueError("factor must be a value > 0")
    return percent / 100
