"""What a subentry stores of a printer that Home Assistant is the agent of."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Self

from homeassistant.const import CONF_DEVICE_ID

SUBENTRY_TYPE: Final = "printer"

CONF_AUTH_TOKEN: Final = "auth_token"
CONF_PRINTER_ID: Final = "printer_id"
CONF_PRESET: Final = "preset"

CONF_STATUS: Final = "status"
CONF_CAMERA: Final = "camera"
CONF_ROTATION: Final = "rotation"
CONF_FLIP_HORIZONTALLY: Final = "flip_horizontally"
CONF_FLIP_VERTICALLY: Final = "flip_vertically"
CONF_LIGHT: Final = "light"
CONF_PRIVACY: Final = "privacy"
CONF_ERROR: Final = "error"

CONF_FILE: Final = "file"
CONF_PROGRESS: Final = "progress"
CONF_TIME_LEFT: Final = "time_left"
CONF_LAYER: Final = "layer"
CONF_TOTAL_LAYERS: Final = "total_layers"
CONF_NOZZLE: Final = "nozzle"
CONF_NOZZLE_TARGET: Final = "nozzle_target"
CONF_BED: Final = "bed"
CONF_BED_TARGET: Final = "bed_target"
CONF_CHAMBER: Final = "chamber"
CONF_CHAMBER_TARGET: Final = "chamber_target"

CONF_PAUSE: Final = "pause"
CONF_RESUME: Final = "resume"
CONF_CANCEL: Final = "cancel"

# Attributes that readings are taken from instead of the state of their entity, and entities
# that a preset adds without asking. Both come from presets.
CONF_ATTRIBUTES: Final = "attributes"
CONF_FAILED_IS_AMBIGUOUS: Final = "failed_is_ambiguous"

READINGS: Final = (
    CONF_FILE,
    CONF_PROGRESS,
    CONF_TIME_LEFT,
    CONF_LAYER,
    CONF_TOTAL_LAYERS,
    CONF_NOZZLE,
    CONF_NOZZLE_TARGET,
    CONF_BED,
    CONF_BED_TARGET,
    CONF_CHAMBER,
    CONF_CHAMBER_TARGET,
    CONF_ERROR,
)
COMMANDS: Final = (CONF_PAUSE, CONF_RESUME, CONF_CANCEL)
# The heaters as OctoPrint names them, with their readings: actual, and target.
HEATERS: Final = {
    "tool0": (CONF_NOZZLE, CONF_NOZZLE_TARGET),
    "bed": (CONF_BED, CONF_BED_TARGET),
    "chamber": (CONF_CHAMBER, CONF_CHAMBER_TARGET),
}


class Phase(StrEnum):
    """What a printer is doing; the values are the fields that name its states."""

    OFFLINE = "offline"
    IDLE = "idle"
    PREPARING = "preparing"
    PRINTING = "printing"
    PAUSED = "paused"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    FAILED = "failed"


def states_key(phase: Phase) -> str:
    """Return the key under which the states of a phase are stored."""
    return f"states_{phase}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentConfig:
    """The configuration of one agent.

    `entities` are the entities of `READINGS` by their keys, `attributes` the attributes that
    are read instead of their states. `states` has the phase of each state of `status`, in
    lower case.
    """

    printer_id: int
    auth_token: str
    device_id: str | None
    status: str
    states: Mapping[str, Phase]
    entities: Mapping[str, str]
    attributes: Mapping[str, str]
    commands: Mapping[str, list[dict[str, Any]]]
    camera: str | None
    rotation: int
    flip_horizontally: bool
    flip_vertically: bool
    light: str | None
    privacy: str | None
    failed_is_ambiguous: bool

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Read the data of a subentry."""
        return cls(
            printer_id=data[CONF_PRINTER_ID],
            auth_token=data[CONF_AUTH_TOKEN],
            **shared_options(data),
        )

    @classmethod
    def preview(cls, data: Mapping[str, Any]) -> Self:
        """Read what a form has collected before there is a printer."""
        return cls(printer_id=0, auth_token="", **shared_options(data))

    @property
    def has_finished_state(self) -> bool:
        """Whether a state tells that a print was finished."""
        return Phase.FINISHED in self.states.values()

    @property
    def watched_entities(self) -> set[str]:
        """The entities whose changes are followed."""
        return {
            self.status,
            *self.entities.values(),
            *filter(None, (self.privacy,)),
        }


def shared_options(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attributes of a configuration that do not depend on the printer."""
    return {
        "device_id": data.get(CONF_DEVICE_ID),
        "status": data[CONF_STATUS],
        "states": {
            state.strip().lower(): phase
            for phase in Phase
            for state in data.get(states_key(phase), ())
        },
        "entities": {key: data[key] for key in READINGS if data.get(key)},
        "attributes": data.get(CONF_ATTRIBUTES, {}),
        "commands": {key: data[key] for key in COMMANDS if data.get(key)},
        "camera": data.get(CONF_CAMERA),
        "rotation": int(data.get(CONF_ROTATION, 0)),
        "flip_horizontally": data.get(CONF_FLIP_HORIZONTALLY, False),
        "flip_vertically": data.get(CONF_FLIP_VERTICALLY, False),
        "light": data.get(CONF_LIGHT),
        "privacy": data.get(CONF_PRIVACY),
        "failed_is_ambiguous": data.get(CONF_FAILED_IS_AMBIGUOUS, False),
    }
