"""What the server answers around its objects."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from ..exceptions import ObicoResponseError
from ..parsing import integer, to_object, usable
from .printer import Printer


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing[T]:
    """A list of the server, without the rows that cannot be used."""

    items: tuple[T, ...]
    rejected: int
    """How many rows could not be used. Unless 0, what is missing here may still exist."""
    server_time: datetime | None
    """The server's clock when it answered."""

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
    """How many rows all pages have."""
    is_last: bool

    @classmethod
    def from_dict(cls, value: object, parse: Callable[[object], T]) -> Self:
        """Parse a page, without the rows that cannot be used; ObicoResponseError if it is none."""
        data = to_object(value, "The page")
        return cls(
            items=Listing.from_rows(data.get("results"), parse, None).items,
            count=integer(data.get("count")),
            # The address itself has a host that may be of no use here.
            is_last=data.get("next") is None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandResult:
    """What became of a command."""

    succeeded: bool
    """Only says that there is a print to act on: it is also True with the agent offline
    or the print paused already."""
    printer: Printer | None
    """The printer at that moment, which may not show the effect yet; None when it cannot be used."""

    @classmethod
    def from_dict(cls, value: object) -> Self:
        """Parse the answer to a command; ObicoResponseError if it is no object."""
        data = to_object(value, "The answer")
        try:
            printer = Printer.from_dict(data.get("printer"))
        except ObicoResponseError:
            # The command has been carried out: an error would claim it has not.
            printer = None
        return cls(succeeded=data.get("succeeded") is True, printer=printer)
