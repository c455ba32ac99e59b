"""The power that goes off when a printer has cooled down."""

import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from dev import SHORT, Phase, Printer
from homeassistant.core import Event, HomeAssistant, ServiceCall
from homeassistant.helpers import entity_registry as er
from homeassistant.util.unit_system import US_CUSTOMARY_SYSTEM
from tests.integration.support import Json

from .support import Home, HomeTime, device_id_of, is_in

PLUG = "switch.plug"


class Plug:
    """A plug with a printer on it, for an automation that switches it off."""

    def __init__(self, home: Home, printer: Printer, time: HomeTime) -> None:
        """Begin with the plug on."""
        self._home = home
        self._printer = printer
        self._time = time
        self._show("on")
        home.hass.services.async_register("switch", "turn_off", self._turn_off)

    @property
    def is_on(self) -> bool:
        """Whether it is on."""
        state = self._home.hass.states.get(PLUG)
        assert state is not None
        return state.state == "on"

    async def is_on_after(self, seconds: float) -> bool:
        """Let time pass, and return whether it is on then."""
        await self._time.pass_time(seconds)
        return self.is_on

    async def automate(self, **inputs: Json) -> None:
        """Make the automation for the printer and the plug."""
        (device_id,) = device_id_of(self._home.obico, self._printer)
        await self._home.automate(
            "power_off_when_cool", {"printer": device_id, "plug": PLUG} | inputs
        )

    async def automate_and_print(self, **inputs: Json) -> None:
        """Make the automation, and print something short to its end."""
        await self.automate(**inputs)
        self._printer.agent.start_print(SHORT)
        await self._time.pass_time(20)
        await self.print_to_the_end()
        await self._time.pass_time(5)

    async def print_to_the_end(self) -> None:
        """Let time pass until the print is over."""
        await self._time.pass_until(
            lambda: self._printer.current_print is None, within=600
        )

    async def _turn_off(self, call: ServiceCall) -> None:
        assert call.data["entity_id"] == [PLUG]
        self._show("off")

    def _show(self, state: str) -> None:
        self._home.hass.states.async_set(PLUG, state, {"friendly_name": "Plug"})


@pytest.fixture
async def plug(home: Home, printer: Printer, timelapse: HomeTime, clock: None) -> Plug:
    await timelapse.set_clock_by_server()
    return Plug(home, printer, timelapse)


@pytest.fixture
def logbook(hass: HomeAssistant) -> list[Event]:
    """Give what is written into the logbook from now on."""
    written: list[Event] = async_capture_events(hass, "logbook_entry")
    return written


async def test_the_power_goes_off_once_all_is_cool_and_the_logbook_says_why_not_yet(
    home: Home, plug: Plug, printer: Printer, timelapse: HomeTime, logbook: list[Event]
) -> None:
    await plug.automate(minutes=10)
    printer.agent.start_print(SHORT)
    await timelapse.pass_time(60)
    assert logbook == []
    await plug.print_to_the_end()
    await timelapse.pass_time(5)
    waits = logbook[0].data
    assert waits["entity_id"] == PLUG
    assert waits["name"] == "Plug"
    assert "Nozzle temperature" in waits["message"]
    assert "°C" in waits["message"]
    assert waits["message"].startswith("stays on for now: ")

    def warmest() -> float:
        return max(
            float(home.obico.value(printer, "sensor.tool0_temperature")) - 50,
            float(home.obico.value(printer, "sensor.bed_temperature")) - 40,
        )

    while warmest() >= 0:
        assert plug.is_on
        await timelapse.pass_time(30)
    assert await plug.is_on_after(400)
    assert not await plug.is_on_after(400)
    assert logbook[-1].data["message"].startswith("is switched off")
    assert len(logbook) <= 3


async def test_limits_hold_in_fahrenheit_too(home: Home, plug: Plug) -> None:
    home.hass.config.units = US_CUSTOMARY_SYSTEM
    await plug.automate_and_print(minutes=1)
    assert plug.is_on
    assert not await plug.is_on_after(400)


async def test_limits_hold_in_kelvin_too(
    home: Home, plug: Plug, printer: Printer, logbook: list[Event]
) -> None:
    registry = er.async_get(home.hass)
    for key in ("sensor.tool0_temperature", "sensor.bed_temperature"):
        registry.async_update_entity_options(
            home.obico.entity_id(printer, key), "sensor", {"unit_of_measurement": "K"}
        )
    await plug.automate_and_print(minutes=1)
    assert plug.is_on
    assert " K" in logbook[0].data["message"]
    assert not await plug.is_on_after(400)


async def test_the_next_print_keeps_the_power_on(
    plug: Plug, printer: Printer, timelapse: HomeTime
) -> None:
    await plug.automate_and_print(minutes=5)
    await timelapse.pass_time(180)
    printer.agent.start_print(SHORT)
    await plug.print_to_the_end()
    assert plug.is_on
    assert not await plug.is_on_after(1000)


async def test_a_printer_that_is_heated_again_stays_on(
    plug: Plug, printer: Printer, timelapse: HomeTime
) -> None:
    await plug.automate_and_print(minutes=5)
    await timelapse.pass_time(200)
    printer.agent.set_target("bed", 70)
    assert await plug.is_on_after(900)
    printer.agent.set_target("bed", 0)
    assert not await plug.is_on_after(600)


async def test_nothing_is_switched_off_while_nothing_is_known(
    plug: Plug, printer: Printer
) -> None:
    await plug.automate_and_print(minutes=1)
    printer.agent.go_offline()
    assert await plug.is_on_after(900)
    printer.agent.come_online()
    assert not await plug.is_on_after(200)


async def test_a_printer_that_never_printed_stays_on(
    home: Home, plug: Plug, timelapse: HomeTime
) -> None:
    await plug.automate(minutes=1)
    await timelapse.pass_time(300)
    await home.restart()
    assert await plug.is_on_after(600)


async def test_it_goes_on_after_a_restart(home: Home, plug: Plug) -> None:
    await plug.automate_and_print(minutes=5)
    # It cools down meanwhile.
    await home.restart(away=400)
    assert plug.is_on
    assert await plug.is_on_after(200)
    assert not await plug.is_on_after(200)


async def test_a_print_of_long_ago_is_no_reason_after_a_restart(
    home: Home, plug: Plug
) -> None:
    await plug.automate_and_print(minutes=1, hours=1)
    await home.restart(away=3700)
    assert await plug.is_on_after(600)


async def test_a_restart_in_the_middle_of_a_print_switches_nothing_off(
    home: Home, plug: Plug, printer: Printer, timelapse: HomeTime
) -> None:
    await plug.automate_and_print(minutes=1)
    printer.agent.start_print(SHORT)
    await timelapse.pass_time(20)
    await home.restart()
    while not is_in(printer, Phase.IDLE):
        assert plug.is_on
        await timelapse.pass_time(10)
    assert not await plug.is_on_after(600)


async def test_who_switches_the_plug_by_hand_is_left_alone(
    home: Home, plug: Plug, timelapse: HomeTime
) -> None:
    await plug.automate_and_print(minutes=5)
    await timelapse.pass_time(60)
    home.hass.states.async_set(PLUG, "off")
    await timelapse.pass_time(5)
    home.hass.states.async_set(PLUG, "on")
    assert await plug.is_on_after(1000)
