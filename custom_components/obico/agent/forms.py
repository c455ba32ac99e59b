"""The forms of the flow that sets up an agent."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import probatio

from homeassistant.const import CONF_DEVICE_ID, CONF_NAME, Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    ActionSelector,
    BooleanSelector,
    DeviceFilterSelectorConfig,
    DeviceSelector,
    DeviceSelectorConfig,
    EntitySelector,
    EntitySelectorConfig,
    EntityWithDeviceFilterSelectorConfig,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)

from .config import (
    COMMANDS,
    CONF_BED,
    CONF_BED_TARGET,
    CONF_CAMERA,
    CONF_CHAMBER,
    CONF_CHAMBER_TARGET,
    CONF_ERROR,
    CONF_FILE,
    CONF_FLIP_HORIZONTALLY,
    CONF_FLIP_VERTICALLY,
    CONF_LAYER,
    CONF_LIGHT,
    CONF_NOZZLE,
    CONF_NOZZLE_TARGET,
    CONF_PRIVACY,
    CONF_PROGRESS,
    CONF_ROTATION,
    CONF_STATUS,
    CONF_TIME_LEFT,
    CONF_TOTAL_LAYERS,
    Phase,
    states_key,
)

CONF_PRINTER: Final = "printer"
NEW_PRINTER: Final = "new"

SECTION_STATES: Final = "states"
SECTION_PICTURE: Final = "picture"
SECTION_READINGS: Final = "readings"
SECTION_COMMANDS: Final = "commands"
SECTIONS: Final = (SECTION_STATES, SECTION_PICTURE, SECTION_READINGS, SECTION_COMMANDS)

_ROTATIONS: Final = ("0", "90", "180", "270")
# What most integrations call the states of a print.
_USUAL_STATES: Final = {
    Phase.IDLE: {"idle", "standby", "ready", "operational", "available"},
    Phase.PREPARING: {"preparing", "prepare", "busy", "heating", "preheating"},
    Phase.PRINTING: {"printing", "running", "print", "on"},
    Phase.PAUSED: {"paused", "pause"},
    Phase.FINISHED: {"finished", "finish", "complete", "completed", "done"},
    Phase.CANCELLED: {"cancelled", "canceled", "stopped"},
    Phase.FAILED: {"failed", "error"},
    Phase.OFFLINE: {"offline", "off"},
}


def _entities(*domains: str) -> EntitySelector:
    return EntitySelector(
        EntitySelectorConfig(
            filter=[EntityWithDeviceFilterSelectorConfig(domain=list(domains))]
        )
    )


_STATUS: Final = _entities("sensor", "binary_sensor", "select", "input_select", "text")
_CAMERA: Final = _entities("camera", "image")
_NUMBER: Final = _entities("sensor", "number", "input_number")
_HEATER: Final = _entities("sensor", "number", "input_number", "climate")
_FIELDS: Final = {
    CONF_FILE: _entities("sensor", "input_text", "text"),
    CONF_PROGRESS: _NUMBER,
    CONF_TIME_LEFT: _NUMBER,
    CONF_LAYER: _NUMBER,
    CONF_TOTAL_LAYERS: _NUMBER,
    CONF_NOZZLE: _HEATER,
    CONF_NOZZLE_TARGET: _HEATER,
    CONF_BED: _HEATER,
    CONF_BED_TARGET: _HEATER,
    CONF_CHAMBER: _HEATER,
    CONF_CHAMBER_TARGET: _HEATER,
    CONF_ERROR: _entities("sensor", "binary_sensor"),
}
_PRIVACY: Final = _entities(
    "binary_sensor", "device_tracker", "input_boolean", "person", "schedule", "switch"
)


def device_schema(integrations: Iterable[str]) -> probatio.Schema:
    """Return the form that asks for a device of one of the integrations with a preset."""
    return probatio.Schema(
        {
            probatio.Required(CONF_DEVICE_ID): DeviceSelector(
                DeviceSelectorConfig(
                    filter=[
                        DeviceFilterSelectorConfig(integration=integration)
                        for integration in integrations
                    ]
                )
            )
        }
    )


OTHER_SCHEMA: Final = probatio.Schema(
    {
        probatio.Required(CONF_NAME): TextSelector(),
        probatio.Required(CONF_STATUS): _STATUS,
        probatio.Optional(CONF_CAMERA): _CAMERA,
        probatio.Optional(CONF_DEVICE_ID): DeviceSelector(),
    }
)


def entities_schema(states: list[str]) -> probatio.Schema:
    """Return the form of the entities; `states` are those that the status is known to have."""
    choice = SelectSelector(
        SelectSelectorConfig(
            options=states,
            multiple=True,
            custom_value=True,
            mode=SelectSelectorMode.DROPDOWN,
        )
    )
    return probatio.Schema(
        {
            probatio.Required(CONF_STATUS): _STATUS,
            probatio.Optional(CONF_CAMERA): _CAMERA,
            probatio.Required(SECTION_STATES): section(
                probatio.Schema(
                    {
                        probatio.Required(states_key(phase), default=list): choice
                        for phase in Phase
                    }
                )
            ),
            probatio.Required(SECTION_PICTURE): section(
                probatio.Schema(
                    {
                        probatio.Required(CONF_ROTATION, default="0"): SelectSelector(
                            SelectSelectorConfig(
                                options=list(_ROTATIONS),
                                mode=SelectSelectorMode.DROPDOWN,
                                translation_key=CONF_ROTATION,
                            )
                        ),
                        probatio.Required(
                            CONF_FLIP_HORIZONTALLY, default=False
                        ): BooleanSelector(),
                        probatio.Required(
                            CONF_FLIP_VERTICALLY, default=False
                        ): BooleanSelector(),
                        probatio.Optional(CONF_LIGHT): _entities("light", "switch"),
                        probatio.Optional(CONF_PRIVACY): _PRIVACY,
                    }
                ),
                {"collapsed": True},
            ),
            probatio.Required(SECTION_READINGS): section(
                probatio.Schema(
                    {
                        probatio.Optional(key): selector
                        for key, selector in _FIELDS.items()
                    }
                ),
                {"collapsed": True},
            ),
            probatio.Required(SECTION_COMMANDS): section(
                probatio.Schema(
                    {probatio.Optional(key): ActionSelector() for key in COMMANDS}
                ),
                {"collapsed": True},
            ),
        }
    )


def target_schema(printers: Mapping[str, str]) -> probatio.Schema:
    """Return the form that asks for the printer in Obico, of these names by id."""
    options = [SelectOptionDict(value=NEW_PRINTER, label=NEW_PRINTER)] + [
        SelectOptionDict(value=key, label=name) for key, name in printers.items()
    ]
    return probatio.Schema(
        {
            probatio.Required(CONF_PRINTER, default=NEW_PRINTER): SelectSelector(
                SelectSelectorConfig(
                    options=options,
                    mode=SelectSelectorMode.DROPDOWN,
                    translation_key="agent_printer",
                )
            ),
            probatio.Required(CONF_NAME): TextSelector(),
        }
    )


def flatten(user_input: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a form without its sections."""
    flat: dict[str, Any] = {}
    for key, value in user_input.items():
        if key in SECTIONS:
            flat |= value
        else:
            flat[key] = value
    return flat


def in_sections(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return stored values as the form of the entities has them."""
    parts: dict[str, Iterable[str]] = {
        SECTION_STATES: map(states_key, Phase),
        SECTION_PICTURE: (
            CONF_ROTATION,
            CONF_FLIP_HORIZONTALLY,
            CONF_FLIP_VERTICALLY,
            CONF_LIGHT,
            CONF_PRIVACY,
        ),
        SECTION_READINGS: _FIELDS,
        SECTION_COMMANDS: COMMANDS,
    }
    return dict(data) | {
        name: {key: data[key] for key in keys if key in data}
        for name, keys in parts.items()
    }


@callback
def known_states(hass: HomeAssistant, entity_id: str) -> list[str]:
    """Return the states that an entity can have, as far as it tells."""
    state = hass.states.get(entity_id)
    if state is None:
        return []
    options = state.attributes.get("options")
    if isinstance(options, list) and options:
        return [str(option) for option in options]
    if state.domain == Platform.BINARY_SENSOR:
        return ["on", "off"]
    return [state.state]


def guess_states(states: list[str]) -> dict[str, list[str]]:
    """Return which of the states mean what, as far as their names are the usual ones."""
    return {
        states_key(phase): [state for state in states if state.lower() in usual]
        or sorted(usual)
        for phase, usual in _USUAL_STATES.items()
    }
