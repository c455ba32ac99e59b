"""The power that goes off when a printer has cooled down."""

from collections.abc import Awaitable, Callable

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from dev import SHORT, Phase, Printer
from homeassistant.core import Event, HomeAssistant, ServiceCall
from homeassistant.util.unit_system import US_CUSTOMARY_SYSTEM
from tests.integration.support import Json, Obico

from .support import Home, HomeTime, device_id_of, is_in

PLUG = "switch.plug"

type PowerOff = Callable[..., Awaitable[str]]


@pytest.fixture
async def power_off(
    hass: HomeAssistant,
    obico: Obico,
    home: Home,
    printer: Printer,
    timelapse: HomeTime,
    clock: FrozenDateTimeFactory,
) -> PowerOff:
    """Give what makes the automation for the printer and a plug that is on."""
    await timelapse.set_clock_by_server(clock)
    hass.states.async_set(PLUG, "on", {"friendly_name": "Plug"})

    async def turn_off(call: ServiceCall) -> None:
        assert call.data["entity_id"] == [PLUG]
        hass.states.async_set(PLUG, "off", {"friendly_name": "Plug"})

    hass.services.async_register("switch", "turn_off", turn_off)

    async def automate(**inputs: Json) -> str:
        return await home.automate(
            "power_off_when_cool",
            {"printer": device_id_of(obico, printer)[0], "plug": PLUG} | inputs,
        )

    return automate


@pytest.fixture
def logbook(hass: HomeAssistant) -> list[Event]:
    """Give what is written into the logbook from now on."""
    written: list[Event] = async_capture_events(hass, "logbook_entry")
    return written


def is_on(hass: HomeAssistant) -> bool:
    """Return whether the plug is on."""
    state = hass.states.get(PLUG)
    assert state is not None
    return state.state == "on"


async def finish(printer: Printer, time: HomeTime) -> None:
    """Print something short to its end."""
    printer.agent.start_print(SHORT)
    await time.pass_time(20)
    await time.pass_until(lambda: printer.current_print is None, within=600)
    await time.pass_time(5)


async def test_the_power_goes_off_once_all_is_cool_and_the_logbook_says_why_not_yet(
    hass: HomeAssistant,
    obico: Obico,
    power_off: PowerOff,
    printer: Printer,
    timelapse: HomeTime,
    logbook: list[Event],
) -> None:
    await power_off(minutes=10)
    printer.agent.start_print(SHORT)
    await timelapse.pass_time(60)
    assert logbook == []
    await timelapse.pass_until(lambda: printer.current_print is None, within=600)
    await timelapse.pass_time(5)
    waits = logbook[0].data
    assert waits["entity_id"] == PLUG
    assert waits["name"] == "Plug"
    assert "Nozzle temperature" in waits["message"]
    assert "°C" in waits["message"]
    assert waits["message"].startswith("stays on for now: ")

    def warmest() -> float:
        return max(
            float(obico.value(printer, "sensor.tool0_temperature")) - 50,
            float(obico.value(printer, "sensor.bed_temperature")) - 40,
        )

    while warmest() >= 0:
        assert is_on(hass)
        await timelapse.pass_time(30)
    await timelapse.pass_time(400)
    assert is_on(hass)
    await timelapse.pass_time(400)
    assert not is_on(hass)
    assert logbook[-1].data["message"].startswith("is switched off")
    assert len(logbook) <= 3


async def test_limits_hold_in_fahrenheit_too(
    hass: HomeAssistant, power_off: PowerOff, printer: Printer, timelapse: HomeTime
) -> None:
    hass.config.units = US_CUSTOMARY_SYSTEM
    await power_off(minutes=1)
    await finish(printer, timelapse)
    assert is_on(hass)
    await timelapse.pass_time(400)
    assert not is_on(hass)


async def test_the_next_print_keeps_the_power_on(
    hass: HomeAssistant, power_off: PowerOff, printer: Printer, timelapse: HomeTime
) -> None:
    await power_off(minutes=5)
    await finish(printer, timelapse)
    await timelapse.pass_time(180)
    printer.agent.start_print(SHORT)
    await timelapse.pass_until(lambda: printer.current_print is None, within=600)
    assert is_on(hass)
    await timelapse.pass_time(1000)
    assert not is_on(hass)


async def test_a_printer_that_is_heated_again_stays_on(
    hass: HomeAssistant, power_off: PowerOff, printer: Printer, timelapse: HomeTime
) -> None:
    await power_off(minutes=5)
    await finish(printer, timelapse)
    await timelapse.pass_time(200)
    printer.agent.set_target("bed", 70)
    await timelapse.pass_time(900)
    assert is_on(hass)
    printer.agent.set_target("bed", 0)
    await timelapse.pass_time(600)
    assert not is_on(hass)


async def test_nothing_is_switched_off_while_nothing_is_known(
    hass: HomeAssistant, power_off: PowerOff, printer: Printer, timelapse: HomeTime
) -> None:
    await power_off(minutes=1)
    await finish(printer, timelapse)
    printer.agent.go_offline()
    await timelapse.pass_time(900)
    assert is_on(hass)
    printer.agent.come_online()
    await timelapse.pass_time(200)
    assert not is_on(hass)


async def test_a_printer_that_never_printed_stays_on(
    hass: HomeAssistant,
    obico: Obico,
    home: Home,
    power_off: PowerOff,
    timelapse: HomeTime,
) -> None:
    await power_off(minutes=1)
    await timelapse.pass_time(300)
    await home.restart(obico, timelapse)
    await timelapse.pass_time(600)
    assert is_on(hass)


async def test_it_goes_on_after_a_restart(
    hass: HomeAssistant,
    obico: Obico,
    home: Home,
    power_off: PowerOff,
    printer: Printer,
    timelapse: HomeTime,
) -> None:
    await power_off(minutes=5)
    await finish(printer, timelapse)
    # It cools down meanwhile.
    await home.restart(obico, timelapse, away=400)
    assert is_on(hass)
    await timelapse.pass_time(200)
    assert is_on(hass)
    await timelapse.pass_time(200)
    assert not is_on(hass)


async def test_a_print_of_long_ago_is_no_reason_after_a_restart(
    hass: HomeAssistant,
    obico: Obico,
    home: Home,
    power_off: PowerOff,
    printer: Printer,
    timelapse: HomeTime,
) -> None:
    await power_off(minutes=1, hours=1)
    await finish(printer, timelapse)
    await home.restart(obico, timelapse, away=3700)
    await timelapse.pass_time(600)
    assert is_on(hass)


async def test_a_restart_in_the_middle_of_a_print_switches_nothing_off(
    hass: HomeAssistant,
    obico: Obico,
    home: Home,
    power_off: PowerOff,
    printer: Printer,
    timelapse: HomeTime,
) -> None:
    await power_off(minutes=1)
    await finish(printer, timelapse)
    printer.agent.start_print(SHORT)
    await timelapse.pass_time(20)
    await home.restart(obico, timelapse)
    while not is_in(printer, Phase.IDLE):
        assert is_on(hass)
        await timelapse.pass_time(10)
    await timelapse.pass_time(600)
    assert not is_on(hass)


async def test_who_switches_the_plug_by_hand_is_left_alone(
    hass: HomeAssistant, power_off: PowerOff, printer: Printer, timelapse: HomeTime
) -> None:
    await power_off(minutes=5)
    await finish(printer, timelapse)
    await timelapse.pass_time(60)
    hass.states.async_set(PLUG, "off")
    await timelapse.pass_time(5)
    hass.states.async_set(PLUG, "on")
    await timelapse.pass_time(1000)
    assert is_on(hass)
