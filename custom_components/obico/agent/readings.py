"""Read what entities say of a printer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
import math
import re
from typing import Final

from homeassistant.components.climate.const import ATTR_CURRENT_TEMPERATURE
from homeassistant.const import (
    ATTR_TEMPERATURE,
    ATTR_UNIT_OF_MEASUREMENT,
    STATE_HOME,
    STATE_ON,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
    Platform,
    UnitOfTemperature,
    UnitOfTime,
)
from homeassistant.core import HomeAssistant, State
from homeassistant.util import dt as dt_util
from homeassistant.util.unit_conversion import DurationConverter, TemperatureConverter

from ..aioobico.acting import Heater
from .config import (
    CONF_FILE,
    CONF_LAYER,
    CONF_PROGRESS,
    CONF_TIME_LEFT,
    CONF_TOTAL_LAYERS,
    HEATERS,
    AgentConfig,
    Phase,
)

# What integrations write where they have nothing to say, in lower case.
_MISSING: Final = frozenset(
    {STATE_UNAVAILABLE, STATE_UNKNOWN, "", "n/a", "none", "null"}
)
# "1 day, 2:03:04" and "0:12:30".
_CLOCK: Final = re.compile(
    r"(?:(?P<days>\d+) days?, )?(?P<hours>\d+):(?P<minutes>\d\d)(?::(?P<seconds>\d\d))?"
)
_MAX_PERCENT: Final = 100.0
_PRESENT: Final = frozenset({STATE_ON, STATE_HOME})


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """What a printer's entities say; None for what is not known.

    `phase` is None for a state that is assigned to none, whose text is `state`. `is_there`
    is False where the status entity itself is missing or not available. Times in seconds,
    temperatures in °C, `completion` in percent.
    """

    is_there: bool
    state: str | None = None
    phase: Phase | None = None
    file: str | None = None
    completion: float | None = None
    time_left: float | None = None
    layer: int | None = None
    total_layers: int | None = None
    heaters: Mapping[str, Heater]


def read_printer(hass: HomeAssistant, config: AgentConfig) -> Readings:
    """Return what the entities of a printer say now."""
    status = hass.states.get(config.status)
    is_there = status is not None and status.state not in {
        STATE_UNAVAILABLE,
        STATE_UNKNOWN,
    }
    state = status.state if is_there and status else None
    reader = _Reader(hass, config)
    completion = reader.number(CONF_PROGRESS)
    layer, total_layers = reader.number(CONF_LAYER), reader.number(CONF_TOTAL_LAYERS)
    return Readings(
        is_there=is_there,
        state=state,
        phase=None if state is None else config.states.get(state.strip().lower()),
        file=reader.file_name(),
        completion=None
        if completion is None
        else min(max(completion, 0.0), _MAX_PERCENT),
        time_left=reader.seconds(CONF_TIME_LEFT),
        layer=None if layer is None else int(layer),
        total_layers=int(total_layers) if total_layers else None,
        heaters=reader.heaters(),
    )


def is_private(hass: HomeAssistant, config: AgentConfig) -> bool:
    """Return whether no pictures may be taken now.

    An entity that is not available may hide that somebody is at home: pictures stay off.
    """
    if config.privacy is None:
        return False
    state = hass.states.get(config.privacy)
    return state is None or state.state in {
        *_PRESENT,
        STATE_UNAVAILABLE,
        STATE_UNKNOWN,
    }


class _Reader:
    """Reads single values of a printer's entities."""

    def __init__(self, hass: HomeAssistant, config: AgentConfig) -> None:
        """Initialize for one printer."""
        self._hass = hass
        self._config = config

    def _state(self, key: str) -> State | None:
        entity_id = self._config.entities.get(key)
        return None if entity_id is None else self._hass.states.get(entity_id)

    def text(self, key: str) -> str | None:
        """Return the text of an entity, or of its attribute; None if it says nothing."""
        if (state := self._state(key)) is None:
            return None
        if attribute := self._config.attributes.get(key):
            value = state.attributes.get(attribute)
            found = "" if value is None else str(value)
        else:
            found = state.state
        return None if found.strip().lower() in _MISSING else found.strip()

    def number(self, key: str) -> float | None:
        """Return the number of an entity."""
        try:
            value = float(self.text(key) or "")
        except ValueError:
            return None
        return value if math.isfinite(value) else None

    def file_name(self) -> str | None:
        """Return the name of the file without its folders."""
        name = self.text(CONF_FILE)
        return name and (name.rstrip("/").rpartition("/")[2] or None)

    def seconds(self, key: str) -> float | None:
        """Return a duration; that of a timestamp is the time until then."""
        if (text := self.text(key)) is None or (state := self._state(key)) is None:
            return None
        if (value := self.number(key)) is not None:
            unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT, UnitOfTime.SECONDS)
            converted = _convert(
                DurationConverter.convert, value, unit, UnitOfTime.SECONDS
            )
            return None if converted is None else max(converted, 0.0)
        if match := _CLOCK.fullmatch(text):
            parts = {key: int(part or 0) for key, part in match.groupdict().items()}
            return timedelta(**parts).total_seconds()
        end = dt_util.parse_datetime(text)
        return None if end is None or end.tzinfo is None else _seconds_until(end)

    def heaters(self) -> dict[str, Heater]:
        """Return the heaters that entities were chosen for."""
        return {
            name: Heater(
                actual=self.temperature(actual), target=self.temperature(target)
            )
            for name, (actual, target) in HEATERS.items()
            if actual in self._config.entities or target in self._config.entities
        }

    def temperature(self, key: str) -> float | None:
        """Return a temperature in °C, also of a climate entity."""
        if (state := self._state(key)) is None:
            return None
        if state.domain == Platform.CLIMATE and key not in self._config.attributes:
            attribute = (
                ATTR_TEMPERATURE
                if key.endswith("_target")
                else ATTR_CURRENT_TEMPERATURE
            )
            value = state.attributes.get(attribute)
            value = float(value) if isinstance(value, int | float) else None
            unit = self._hass.config.units.temperature_unit
        else:
            value = self.number(key)
            unit = state.attributes.get(
                ATTR_UNIT_OF_MEASUREMENT, UnitOfTemperature.CELSIUS
            )
        if value is None:
            return None
        return _convert(
            TemperatureConverter.convert, value, unit, UnitOfTemperature.CELSIUS
        )


def _convert(
    convert: Callable[[float, str | None, str | None], float],
    value: float,
    unit: str,
    wanted: str,
) -> float | None:
    """Convert a value, None where its unit is of another kind."""
    try:
        return round(convert(value, unit, wanted), 2)
    except Exception:  # noqa: BLE001 # The converters raise HomeAssistantError, which others change.
        return None


def _seconds_until(end: datetime) -> float:
    return max((end - dt_util.utcnow()).total_seconds(), 0.0)
