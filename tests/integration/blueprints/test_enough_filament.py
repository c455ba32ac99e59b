"""The warning when a print needs more filament than there is on the spool."""

from dataclasses import replace

import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from dev import LONG, Account, KlipperAgent, Printer, Spool
from tests.integration.support import Json, Obico

from .support import Home, HomeTime, device_id_of


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
    home: Home,
    obico: Obico,
    printer: Printer,
    timelapse: HomeTime,
    *,
    meters: float,
    is_analysed: bool = True,
) -> list[dict[str, Json]]:
    """Print something, and return what the automation has said."""
    events = async_capture_events(home.hass, "too_little")
    (device_id,) = device_id_of(obico, printer)
    await home.automate(
        "enough_filament",
        {
            "printer": device_id,
            "actions": [
                {
                    "event": "too_little",
                    "event_data": {"needed": "{{ needed }}", "left": "{{ left }}"},
                }
            ],
        },
    )
    printer.agent.start_print(
        replace(LONG, filament=meters * 1000, analysed=is_analysed)
    )
    await timelapse.pass_time(180)
    return [dict(event.data) for event in events]


@pytest.mark.parametrize(
    ("meters", "said"), [(31, [{"needed": 92, "left": 100}]), (29, [])]
)
async def test_too_little_is_told(
    home: Home,
    obico: Obico,
    printer: Printer,
    timelapse: HomeTime,
    meters: float,
    said: list[dict[str, Json]],
) -> None:
    assert await told(home, obico, printer, timelapse, meters=meters) == said


async def test_without_a_word_of_the_slicer_nothing_is_told(
    home: Home, obico: Obico, printer: Printer, timelapse: HomeTime
) -> None:
    said = await told(home, obico, printer, timelapse, meters=500, is_analysed=False)
    assert said == []


async def test_without_an_active_spool_nothing_is_told(
    home: Home, obico: Obico, printer: Printer, timelapse: HomeTime
) -> None:
    assert isinstance(printer.agent, KlipperAgent)
    printer.agent.workshop.active_spool = None
    # Home Assistant writes down why the action failed, and the automation goes on.
    home.complaints.append("No spool is active")
    assert await told(home, obico, printer, timelapse, meters=500) == []
