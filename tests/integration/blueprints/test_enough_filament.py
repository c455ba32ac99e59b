"""The warning when a print needs more filament than there is on the spool."""

import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from dev import LONG, Account, KlipperAgent, Printer, Spool
from homeassistant.core import HomeAssistant
from tests.integration.support import Json, Obico

from .support import Home, HomeTime, device_id_of

NEEDED = "sensor.needed"


@pytest.fixture
def printer(account: Account) -> Printer:
    """Give a Klipper printer with 100 g on its active spool."""
    printer = account.add_printer("Voron 2.4", agent="klipper")
    assert isinstance(printer.agent, KlipperAgent)
    printer.agent.workshop.add_spools(
        Spool(id=3, name="Reactor Red", used=900), active=3
    )
    return printer


async def told(
    home: Home, obico: Obico, printer: Printer, timelapse: HomeTime, **inputs: Json
) -> list[dict[str, Json]]:
    """Print something, and return what the automation has said."""
    events = async_capture_events(home.hass, "too_little")
    (device_id,) = device_id_of(obico, printer)
    await home.automate(
        "enough_filament",
        {
            "printer": device_id,
            "filament": NEEDED,
            "actions": [
                {
                    "event": "too_little",
                    "event_data": {"needed": "{{ needed }}", "left": "{{ left }}"},
                }
            ],
        }
        | inputs,
    )
    printer.agent.start_print(LONG)
    await timelapse.pass_time(60)
    return [dict(event.data) for event in events]


@pytest.mark.parametrize(
    ("need", "unit", "is_told"),
    [
        ("31", "m", True),
        ("29", "m", False),
        ("3100", "cm", True),
        ("102", "ft", True),
        ("unknown", "m", False),
    ],
)
async def test_too_little_is_told(
    hass: HomeAssistant,
    home: Home,
    obico: Obico,
    printer: Printer,
    timelapse: HomeTime,
    need: str,
    unit: str,
    is_told: bool,
) -> None:
    hass.states.async_set(NEEDED, need, {"unit_of_measurement": unit})
    said = await told(home, obico, printer, timelapse)
    assert said == ([{"needed": 93, "left": 100}] if is_told else [])


async def test_without_an_active_spool_nothing_is_told(
    hass: HomeAssistant,
    home: Home,
    obico: Obico,
    printer: Printer,
    timelapse: HomeTime,
) -> None:
    assert isinstance(printer.agent, KlipperAgent)
    printer.agent.workshop.active_spool = None
    # Home Assistant writes down why the action failed, and the automation goes on.
    home.complaints.append("No spool is active")
    hass.states.async_set(NEEDED, "500", {"unit_of_measurement": "m"})
    assert await told(home, obico, printer, timelapse) == []
