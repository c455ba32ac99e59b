"""Lists, pages and results of commands, which contain the server's objects."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from ..exceptions import ObicoResponseError
from ..parsing import integer, to_object, usable
from .printer import Printer


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing[T]:
    """A list of objects, without the rows that cannot be parsed."""

    items: tuple[T, ...]
    rejected: int
    """How many rows could not be parsed. Unless it is 0, an object that is not in `items` may exist."""
    server_time: datetime | None
    """The server's time when it answered, None if it did not tell."""

    @classmethod
    def from_rows(
        cls, value: object, parse: Callable[[object], T], server_time: datetime | None
    ) -> Self:
        """Parse row by row; ObicoResponseError if there is no list."""
        if not isinstance(value, list):
            raise ObicoResponseError("The answer is not a list")
        items = usable(parse, value)
        return cls(
            items=items,
            rejected=len(value) - len(items),
            server_time=server_time,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Page[T]:
    """A page of a list that comes in pages."""

    items: tuple[T, ...]
    count: int | None
    """How many rows all pages have together."""
    is_last: bool

    @classmethod
    def from_dict(cls, value: object, parse: Callable[[object], T]) -> Self:
        """Parse a page, without the rows that cannot be parsed; ObicoResponseError if it is none."""
        data = to_object(value, "The page")
        return cls(
            items=Listing.from_rows(data.get("results"), parse, None).items,
            count=integer(data.get("count")),
            # The address itself is not used: its host may not be reachable from here.
            is_last=data.get("next") is None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandResult:
    """The result of a command to a printer."""

    succeeded: bool
    """Whether there is a print that the command is about.

    It is also True while the agent is offline, or the print is paused already.
    """
    printer: Printer | None
    """The printer at that moment, which may not show the effect yet; None when it cannot be used."""

    @classmethod
    def from_dict(cls, value: object) -> Self:
        """Parse the answer to a command; ObicoResponseError if it is no object."""
        data = to_object(value, "The answer")
        try:
            printer = Printer.from_dict(data.get("printer"))
        except ObicoResponseError:
            # The command was accepted, which an error would deny.
            printer = None
        return cls(succeeded=data.get("succeeded") is True, printer=printer)
