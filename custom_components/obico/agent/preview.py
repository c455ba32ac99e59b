"""What the flow shows of a printer before it is watched, in words of its own forms."""

from typing import Final

from homeassistant.const import UnitOfTemperature
from homeassistant.core import HomeAssistant, callback
from homeassistant.util.unit_conversion import TemperatureConverter

from .config import HEATERS, AgentConfig, states_key
from .forms import SECTION_COMMANDS, SECTION_READINGS, SECTION_STATES
from .readings import read_printer
from .texts import field_text

_NOTHING: Final = "–"


@callback
def preview_texts(hass: HomeAssistant, config: AgentConfig) -> dict[str, str]:
    """Return what the entities of a printer say now, in Home Assistant's language and units."""
    readings = read_printer(hass, config)
    unit = hass.config.units.temperature_unit
    heaters = [
        f"{field_text(hass, SECTION_READINGS, HEATERS[name][0])} "
        f"{TemperatureConverter.convert(heater.actual, UnitOfTemperature.CELSIUS, unit):.0f} {unit}"
        for name, heater in readings.heaters.items()
        if heater.actual is not None
    ]
    commands = [field_text(hass, SECTION_COMMANDS, key) for key in config.commands]
    return {
        "state": readings.state or _NOTHING,
        "phase": _NOTHING
        if readings.phase is None
        else field_text(hass, SECTION_STATES, states_key(readings.phase)),
        "file": readings.file or _NOTHING,
        "progress": _NOTHING
        if readings.completion is None
        else f"{readings.completion:.0f} %",
        "heaters": ", ".join(heaters) or _NOTHING,
        "commands": ", ".join(commands) or _NOTHING,
    }
