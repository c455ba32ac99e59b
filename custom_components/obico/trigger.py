"""Triggers: what happens to printers."""

from collections.abc import Mapping
import logging
from typing import TYPE_CHECKING, Final

from homeassistant.const import STATE_OFF, STATE_ON
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.singleton import singleton
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN, INTERNALS_CHANGED

if TYPE_CHECKING:
    from homeassistant.helpers.trigger import Trigger

_LOGGER = logging.getLogger(__name__)

_USABLE_TRIGGERS: Final[HassKey[Mapping[str, type[Trigger]]]] = HassKey(
    f"{DOMAIN}_triggers"
)

TRIGGERS: Mapping[str, type[Trigger]] = {}
_import_error: Exception | None = None
try:
    from .automation.reading_triggers import (
        BedCooledTrigger,
        ProgressPassedTrigger,
        TimeLeftBelowTrigger,
    )
    from .automation.state_triggers import make_event_trigger, make_state_trigger
    from .automation.trigger_base import ensure_usable
except INTERNALS_CHANGED as err:
    _import_error = err
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
        # Trouble with a webcam is an event of this type too, of another class.
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
    """Return the triggers, none where Home Assistant's helpers for them have changed."""
    error = _import_error
    if error is None:
        try:
            ensure_usable(hass)
        except INTERNALS_CHANGED as err:
            error = err
    if error is None:
        return TRIGGERS
    _LOGGER.warning(
        "There are no triggers for printers, because this version of Home Assistant "
        "differs from what they are built on; everything else works: %s",
        error,
    )
    return {}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return the triggers."""
    return dict(_usable_triggers(hass))
