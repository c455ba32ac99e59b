"""The description of an action, and validators for its fields."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import probatio
from probatio import Marker

from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse

type Fields = dict[Marker, object]
type Handler = Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse | None]]


@dataclass(frozen=True)
class Action:
    """An action: its name, its fields and its handler."""

    name: str
    fields: Fields
    handle: Handler
    supports_response: SupportsResponse = SupportsResponse.NONE
    is_for_administrators: bool = False


def number_from(lowest: float, highest: float) -> object:
    """Return a validator of numbers in a range, limits included.

    It also refuses NaN, which compares with nothing.
    """
    return probatio.All(probatio.Coerce(float), probatio.Range(min=lowest, max=highest))


def whole_number_from(lowest: int, highest: int) -> object:
    """Return a validator of whole numbers in a range, limits included."""
    return probatio.All(probatio.Coerce(int), probatio.Range(min=lowest, max=highest))
