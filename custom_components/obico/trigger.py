"""Triggers about printers."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from homeassistant.const import STATE_OFF, STATE_ON
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.singleton import singleton
from homeassistant.util.hass_dict import HassKey

from .automation.guard import get_usable
from .const import DOMAIN, INTERNALS_CHANGED

if TYPE_CHECKING:
    from homeassistant.helpers.trigger import Trigger

_USABLE_TRIGGERS: Final[HassKey[Mapping[str, type[Trigger]]]] = HassKey(
    f"{DOMAIN}_triggers"
)

TRIGGERS: Mapping[str, type[Trigger]] = {}
try:
    from .automation.reading_triggers import (
        BedCooledTrigger,
        ProgressPassedTrigger,
        TimeLeftBelowTrigger,
    )
    from .automation.state_triggers import make_event_trigger, make_state_trigger
    from .automation.trigger_base import ensure_usable
except INTERNALS_CHANGED as err:
    import_error = err

    def ensure_usable(hass: HomeAssistant) -> None:
        """Raise the error that importing the triggers has raised."""
        raise import_error

else:
    TRIGGERS = {
        "started_printing": make_event_trigger("started"),
        "finished_printing": make_event_trigger("ended", outcome="finished"),
        "cancelled_printing": make_event_trigger("ended", outcome="cancelled"),
        "paused_printing": make_event_trigger("paused"),
        "resumed_printing": make_event_trigger("resumed"),
        "failure_detected": make_event_trigger("failure_alerted"),
        "alert_cleared": make_state_trigger(
            "binary_sensor.failure_detected", STATE_OFF
        ),
        "filament_change_needed": make_event_trigger("filament_change"),
        # Webcam problems are events of this type too, but not of the class "error".
        "printer_error": make_event_trigger("printer_error", event_class="error"),
        "came_online": make_state_trigger("binary_sensor.online", STATE_ON),
        "went_offline": make_state_trigger("binary_sensor.online", STATE_OFF),
        "progress_passed": ProgressPassedTrigger,
        "time_left_below": TimeLeftBelowTrigger,
        "bed_cooled": BedCooledTrigger,
    }


@singleton(_USABLE_TRIGGERS)
@callback
def _usable_triggers(hass: HomeAssistant) -> Mapping[str, type[Trigger]]:
    """Return the triggers, none where Home Assistant's trigger classes have changed."""
    return get_usable(hass, "triggers", TRIGGERS, ensure_usable)


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return the triggers."""
    return dict(_usable_triggers(hass))
