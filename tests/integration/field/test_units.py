"""Units of a home with inches, feet and degrees Fahrenheit.

The kind: a value whose unit is converted where it should not be, or as if it were something
else.
"""

from collections.abc import Callable

import pytest

from dev import Account, ObicoServer, Printer
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util.unit_system import METRIC_SYSTEM, US_CUSTOMARY_SYSTEM
from tests.integration.support import Obico, load_capture, set_up


@pytest.fixture
async def american(
    hass: HomeAssistant, server: ObicoServer, account: Account, printer: Printer
) -> Obico:
    """Give an account whose home is in the United States, with all sensors enabled."""
    hass.config.units = US_CUSTOMARY_SYSTEM
    recorded = load_capture("printer_printing")
    recorded["status"]["temperatures"] = {
        "tool0": {"actual": 210.0, "target": 215.0, "offset": 5},
        "bed": {"actual": 60.0, "target": 60.0, "offset": 0},
        "chamber": {"actual": 30.0, "target": 0.0, "offset": -2.5},
    }
    printer.load_state(recorded)
    obico = await set_up(hass, server, account)
    registry = er.async_get(hass)
    for entry in er.async_entries_for_config_entry(registry, obico.entry.entry_id):
        registry.async_update_entity(entry.entity_id, disabled_by=None)
    await obico.reload()
    return obico


@pytest.mark.parametrize(
    ("key", "unit"),
    [
        ("sensor.z_height", "mm"),
        ("sensor.filament_length", "m"),
        ("sensor.last_print_filament", "m"),
        ("sensor.filament_volume", "cm³"),
        ("number.retract_on_pause", "mm"),
        ("number.lift_z_on_pause", "mm"),
        ("sensor.tool0_temperature", "°F"),
        ("number.tool0_target", "°F"),
        ("sensor.tool0_offset", "°C"),
    ],
)
async def test_lengths_stay_as_slicers_have_them(
    american: Obico, printer: Printer, key: str, unit: str
) -> None:
    state = american.state(printer, key)
    assert state.attributes["unit_of_measurement"] == unit


@pytest.mark.parametrize(
    ("heater", "offset"), [("tool0", 5.0), ("bed", 0.0), ("chamber", -2.5)]
)
async def test_an_offset_is_a_difference(
    american: Obico, printer: Printer, heater: str, offset: float
) -> None:
    state = american.state(printer, f"sensor.{heater}_offset")
    assert float(state.state) == offset
    assert state.attributes["device_class"] == "temperature_delta"


def is_measured(obico: Obico, printer: Printer) -> Callable[[str], bool]:
    """Return what tells whether a sensor has a state class, so that it fills no activity."""
    return lambda key: (
        obico.state(printer, key).attributes.get("state_class") == "measurement"
    )


async def test_layers_are_measured(
    hass: HomeAssistant, server: ObicoServer, account: Account, printer: Printer
) -> None:
    hass.config.units = METRIC_SYSTEM
    obico = await set_up(hass, server, account)
    measured = is_measured(obico, printer)
    assert measured("sensor.current_layer")
