"""Names that Home Assistant's templates take for something else than text.

The kind: a template whose whole result looks like a Python literal gives a number, a list,
True or None, so a name that passes through a variable comes out as something else.
"""

import pytest
from pytest_homeassistant_custom_component.common import async_mock_service

from dev import LONG, SHORT, Account, Job, Printer
from homeassistant.core import HomeAssistant
from tests.integration.support import Obico

from .alerts import Alert, fail
from .support import Home, HomeTime, Phone, device_id_of, notifications

NAMES = ["2.10", "1e3", "0x10", "true", "None", "[1]", "{{ x }}", "...", "+5", "007"]
# Where nothing is left out: the blueprint may leave an invisible word joiner in its own actions.
WORD_JOINER = "\u2060"

each_name = pytest.mark.parametrize("printer", NAMES, indirect=True)


@pytest.fixture
def printer(account: Account, request: pytest.FixtureRequest) -> Printer:
    """Give a printer with such a name."""
    return account.add_printer(request.param, agent="octoprint")


async def finish(printer: Printer, time: HomeTime, job: Job) -> None:
    """Print something to its end."""
    printer.agent.start_print(job)
    await time.pass_time(20)
    await time.pass_until(lambda: printer.current_print is None, within=600)
    await time.pass_time(90)


@each_name
async def test_the_end_of_a_print_names_the_printer_and_the_file_as_they_are(
    hass: HomeAssistant,
    obico: Obico,
    home: Home,
    printer: Printer,
    iphone: Phone,
    timelapse: HomeTime,
) -> None:
    await home.automate(
        "print_ended",
        {
            "printers": device_id_of(obico, printer),
            "phones": [iphone.device_id],
            "in_home_assistant": True,
            "message": "{{ file }}",
        },
    )
    await finish(
        printer,
        timelapse,
        Job(path=printer.name, seconds=40, layers=4, size=9, filament=9),
    )
    (told,) = iphone.received
    assert told["title"] == f"{printer.name}: finished"
    assert told["message"] == printer.name
    (shown,) = notifications(hass)
    assert shown["title"] == told["title"]
    assert shown["message"] == told["message"]


@pytest.mark.parametrize("printer", ["2.10", "[1]"], indirect=True)
async def test_a_title_that_is_nothing_but_the_name_is_the_name(
    obico: Obico, home: Home, printer: Printer, iphone: Phone, timelapse: HomeTime
) -> None:
    await home.automate(
        "print_ended",
        {
            "printers": device_id_of(obico, printer),
            "phones": [iphone.device_id],
            "title_finished": "{{ printer }}",
        },
    )
    await finish(printer, timelapse, SHORT)
    assert iphone.notification["title"] == printer.name


@pytest.mark.parametrize("printer", ["2.10", "None", "{{ x }}"], indirect=True)
async def test_an_alert_names_the_printer_as_it_is(
    printer: Printer, alert: Alert, iphone: Phone, timelapse: HomeTime
) -> None:
    await alert(message="{{ printer }} prints {{ file }}", message_printing="")
    await fail(printer, timelapse)
    assert iphone.notification["title"] == f"{printer.name}: possible failure"
    assert iphone.notification["message"] == f"{printer.name} prints long.gcode"


@pytest.mark.parametrize("printer", ["2.10", "[1]", "1e3", "{{ x }}"], indirect=True)
async def test_a_pause_names_the_printer_as_it_is(
    hass: HomeAssistant,
    obico: Obico,
    home: Home,
    printer: Printer,
    timelapse: HomeTime,
) -> None:
    told = async_mock_service(hass, "notify", "family")
    hass.states.async_set("person.anna", "not_home")
    printer.update({"action_on_failure": "NONE"})
    message = {"message": "{{ printer }} is paused: {{ file }}"}
    await home.automate(
        "pause_when_away",
        {
            "printers": device_id_of(obico, printer),
            "people": ["person.anna"],
            "certainty": "alert",
            "afterwards": [{"action": "notify.family", "data": message}],
        },
    )
    printer.agent.start_print(LONG)
    await timelapse.pass_time(330)
    printer.agent.fail(rise=0, score=0.9)
    await timelapse.pass_time(60)
    (call,) = told
    said = call.data["message"].replace(WORD_JOINER, "")
    assert said == f"{printer.name} is paused: long.gcode"


@pytest.mark.parametrize("printer", ["2.10", "true", "[1]", "{{ x }}"], indirect=True)
async def test_an_announcement_says_the_names_as_they_are(
    hass: HomeAssistant,
    obico: Obico,
    home: Home,
    printer: Printer,
    timelapse: HomeTime,
) -> None:
    said = async_mock_service(hass, "assist_satellite", "announce")
    await home.automate(
        "progress_announcement",
        {
            "printers": device_id_of(obico, printer),
            "satellites": ["assist_satellite.kitchen"],
            "every": "100",
            "quiet_from": "00:00:00",
            "quiet_to": "00:00:00",
            "message_end": "{{ printer }}: {{ file }}",
        },
    )
    name = f"{printer.name}.gcode"
    await finish(
        printer, timelapse, Job(path=name, seconds=40, layers=4, size=9, filament=9)
    )
    assert said[-1].data["message"] == f"{printer.name}: {printer.name}"
