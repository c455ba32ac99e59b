"""Read what an earlier run has stored, as far as it can be read."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from homeassistant.util import dt as dt_util


class StoredData:
    """The stored data of an account, of which what is missing or broken costs only itself.

    `has_unreadable` says whether anything was of another type than expected. What is
    missing is not: a file of an earlier version lacks keys.
    """

    def __init__(self, stored: object) -> None:
        """Take what the file holds."""
        self.has_unreadable = not isinstance(stored, dict)
        self._stored: Mapping[str, Any] = stored if isinstance(stored, dict) else {}

    def get[T](self, key: str, kind: type[T]) -> T | None:
        """Return what is stored under a key, None where there is nothing of that type."""
        value = self._stored.get(key)
        return None if value is None else self.check(value, kind)

    def check[T](self, value: object, kind: type[T]) -> T | None:
        """Return a value of a type, None where it is of another one; an int is a float, too."""
        if kind is float and type(value) is int:
            return cast("T", float(value))
        if isinstance(value, kind) and (kind is bool or not isinstance(value, bool)):
            return value
        self.has_unreadable = True
        return None

    def rows[T](self, value: object, kind: type[T]) -> list[T]:
        """Return the rows of a list that are of a type."""
        return [
            row
            for each in self.check(value, list) or ()
            if (row := self.check(each, kind)) is not None
        ]

    def by_printer[T](self, key: str, kind: type[T]) -> dict[int, T]:
        """Return what is stored of each printer by its id, where it is of a type."""
        found = {}
        for printer_id, value in (self.get(key, dict) or {}).items():
            if not printer_id.isdecimal():
                self.has_unreadable = True
            elif (checked := self.check(value, kind)) is not None:
                found[int(printer_id)] = checked
        return found

    def time(self, value: object) -> datetime | None:
        """Return the time that is stored as text, None where it is not known."""
        if value is None or (text := self.check(value, str)) is None:
            return None
        time = dt_util.parse_datetime(text)
        self.has_unreadable |= time is None
        return time
