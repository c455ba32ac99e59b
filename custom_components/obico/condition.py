"""Conditions: what printers are doing."""

from collections.abc import Mapping
import logging
from typing import TYPE_CHECKING, Final

from homeassistant.const import STATE_ON
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.singleton import singleton
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN, INTERNALS_CHANGED
from .printer.status import Status

if TYPE_CHECKING:
    from homeassistant.helpers.condition import Condition

_LOGGER = logging.getLogger(__name__)

_USABLE_CONDITIONS: Final[HassKey[Mapping[str, type[Condition]]]] = HassKey(
    f"{DOMAIN}_conditions"
)

CONDITIONS: Mapping[str, type[Condition]] = {}
_import_error: Exception | None = None
try:
    from .automation.condition_base import ensure_usable, make_condition
except INTERNALS_CHANGED as err:
    _import_error = err
else:
    CONDITIONS = {
        "is_printing": make_condition("binary_sensor.printing", STATE_ON),
        "is_paused": make_condition("sensor.status", Status.PAUSED),
        "is_online": make_condition("binary_sensor.online", STATE_ON),
        "is_failure_detected": make_condition(
            "binary_sensor.failure_detected", STATE_ON
        ),
        "is_watching": make_condition("binary_sensor.watching", STATE_ON),
    }


@singleton(_USABLE_CONDITIONS)
@callback
def _usable_conditions(hass: HomeAssistant) -> Mapping[str, type[Condition]]:
    """Return the conditions, none where Home Assistant's bases for them have changed."""
    error = _import_error
    if error is None:
        try:
            ensure_usable(hass)
        except INTERNALS_CHANGED as err:
            error = err
    if error is None:
        return CONDITIONS
    _LOGGER.warning(
        "There are no conditions for printers, because this version of Home Assistant "
        "differs from what they are built on; everything else works: %s",
        error,
    )
    return {}


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """Return the conditions."""
    return dict(_usable_conditions(hass))
