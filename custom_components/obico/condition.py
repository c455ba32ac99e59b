"""Conditions about printers."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from homeassistant.const import STATE_ON
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.singleton import singleton
from homeassistant.util.hass_dict import HassKey

from .automation.guard import get_usable
from .const import DOMAIN, INTERNALS_CHANGED
from .printer.status import Status, WatchState

if TYPE_CHECKING:
    from homeassistant.helpers.condition import Condition

_USABLE_CONDITIONS: Final[HassKey[Mapping[str, type[Condition]]]] = HassKey(
    f"{DOMAIN}_conditions"
)

CONDITIONS: Mapping[str, type[Condition]] = {}
try:
    from .automation.condition_base import ensure_usable, make_condition
    from .automation.filament_conditions import HasEnoughFilament, LacksFilament
except INTERNALS_CHANGED as err:
    import_error = err

    def ensure_usable(hass: HomeAssistant) -> None:
        """Raise the error that importing the conditions has raised."""
        raise import_error

else:
    CONDITIONS = {
        "is_printing": make_condition("binary_sensor.printing", STATE_ON),
        "is_paused": make_condition("sensor.status", Status.PAUSED),
        "is_online": make_condition("binary_sensor.online", STATE_ON),
        "is_failure_detected": make_condition(
            "binary_sensor.failure_detected", STATE_ON
        ),
        "is_watching": make_condition(
            "sensor.not_watching_reason", WatchState.WATCHING
        ),
        "has_enough_filament": HasEnoughFilament,
        "lacks_filament": LacksFilament,
    }


@singleton(_USABLE_CONDITIONS)
@callback
def _usable_conditions(hass: HomeAssistant) -> Mapping[str, type[Condition]]:
    """Return the conditions, none where Home Assistant's condition classes have changed."""
    return get_usable(hass, "conditions", CONDITIONS, ensure_usable)


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """Return the conditions."""
    return dict(_usable_conditions(hass))
