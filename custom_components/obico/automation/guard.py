"""Turns triggers or conditions off where what they are built on has changed."""

from collections.abc import Callable, Mapping
import logging

from homeassistant.core import HomeAssistant

from ..const import INTERNALS_CHANGED

_LOGGER = logging.getLogger(__name__)


def get_usable[T](
    hass: HomeAssistant,
    kind: str,
    table: Mapping[str, T],
    ensure_usable: Callable[[HomeAssistant], None],
) -> Mapping[str, T]:
    """Return a table, or log why it is not usable and return an empty one."""
    try:
        ensure_usable(hass)
    except INTERNALS_CHANGED as err:
        _LOGGER.warning(
            "There are no %s for printers, because this version of Home Assistant "
            "differs from what they are built on; everything else works: %s",
            kind,
            err,
        )
        return {}
    return table
