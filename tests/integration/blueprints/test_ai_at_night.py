"""The AI that watches at night only."""

from collections.abc import Awaitable, Callable

from freezegun.api import FrozenDateTimeFactory
import pytest

from dev import CUBE, SHORT, Account, Phase, Printer
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from tests.integration.support import Json, Obico

from .support import Home, HomeTime, is_in

type Night = Callable[..., Awaitable[str]]


@pytest.fixture
def night(obico: Obico, home: Home, printer: Printer) -> Night:
    """Give what makes the automation for the printer."""

    async def automate(**inputs: Json) -> str:
        return await home.automate(
            "ai_at_night",
            {"switches": [obico.entity_id(printer, "switch.watching_enabled")]}
            | inputs,
        )

    return automate


def watches(printer: Printer) -> bool:
    """Return whether the server is to watch a printer."""
    return printer.columns["watching_enabled"] is True


async def test_the_ai_watches_from_evening_to_morning(
    night: Night,
    printer: Printer,
    timelapse: HomeTime,
    clock: FrozenDateTimeFactory,
) -> None:
    printer.update({"watching_enabled": False})
    await timelapse.hang_up_clock(clock, "21:59:00")
    await timelapse.pass_time(5)
    await night()
    await timelapse.pass_time(30)
    assert not watches(printer)
    await timelapse.pass_time(60)
    assert watches(printer)
    await timelapse.wait_until_clock_shows("06:59:00")
    await timelapse.pass_time(30)
    assert watches(printer)
    await timelapse.pass_time(60)
    assert not watches(printer)


async def test_a_print_is_watched_to_its_end(
    night: Night,
    printer: Printer,
    timelapse: HomeTime,
    clock: FrozenDateTimeFactory,
) -> None:
    await timelapse.hang_up_clock(clock, "06:59:00")
    await night()
    printer.agent.start_print(SHORT)
    await timelapse.pass_time(60)
    while not is_in(printer, Phase.IDLE):
        assert watches(printer)
        await timelapse.pass_time(5)
    await timelapse.pass_time(80)
    assert not watches(printer)


async def test_a_printer_that_is_offline_may_be_printing(
    night: Night,
    printer: Printer,
    timelapse: HomeTime,
    clock: FrozenDateTimeFactory,
) -> None:
    await timelapse.hang_up_clock(clock, "06:59:30")
    await night()
    printer.agent.start_print(CUBE)
    await timelapse.pass_time(20)
    printer.agent.go_offline()
    await timelapse.pass_time(120)
    assert watches(printer)


async def test_a_print_is_interrupted_only_where_it_is_wished(
    night: Night,
    printer: Printer,
    timelapse: HomeTime,
    clock: FrozenDateTimeFactory,
) -> None:
    await timelapse.hang_up_clock(clock, "06:59:30")
    await night(interrupts=True)
    printer.agent.start_print(CUBE)
    await timelapse.pass_time(60)
    assert is_in(printer, Phase.PRINTING)
    assert not watches(printer)


async def test_what_is_switched_by_hand_stays_so(
    hass: HomeAssistant,
    obico: Obico,
    night: Night,
    printer: Printer,
    timelapse: HomeTime,
    clock: FrozenDateTimeFactory,
) -> None:
    await timelapse.hang_up_clock(clock, "06:59:30")
    await night()
    await timelapse.pass_time(60)
    assert not watches(printer)
    await hass.services.async_call(
        "switch",
        "turn_on",
        {"entity_id": obico.entity_id(printer, "switch.watching_enabled")},
        blocking=True,
    )
    await timelapse.pass_time(300)
    assert watches(printer)


async def test_the_evening_ends_the_wait_for_a_long_print(
    night: Night,
    printer: Printer,
    timelapse: HomeTime,
    clock: FrozenDateTimeFactory,
) -> None:
    await timelapse.hang_up_clock(clock, "06:59:30")
    await night()
    printer.agent.start_print(CUBE)
    await timelapse.pass_time(60)
    await timelapse.wait_until_clock_shows("21:59:30")
    await timelapse.pass_time(60)
    printer.agent.cancel()
    await timelapse.pass_time(200)
    assert watches(printer)


async def test_each_printer_is_free_by_itself(
    obico: Obico,
    account: Account,
    night: Night,
    printer: Printer,
    timelapse: HomeTime,
    clock: FrozenDateTimeFactory,
) -> None:
    voron = account.add_printer("Voron", agent="klipper")
    await timelapse.pass_time(65)
    await timelapse.hang_up_clock(clock, "06:59:30")
    await night(
        switches=[
            obico.entity_id(each, "switch.watching_enabled")
            for each in (printer, voron)
        ]
    )
    voron.agent.start_print(CUBE)
    await timelapse.pass_time(60)
    assert not watches(printer)
    assert watches(voron)


async def test_after_a_restart_it_is_made_up_for(
    obico: Obico,
    home: Home,
    night: Night,
    printer: Printer,
    timelapse: HomeTime,
    clock: FrozenDateTimeFactory,
) -> None:
    await timelapse.hang_up_clock(clock, "06:58:00")
    await night()
    await home.restart(obico, timelapse, away=300)
    await timelapse.pass_time(10)
    assert not watches(printer)


async def test_night_may_be_when_the_sun_is_down(
    hass: HomeAssistant,
    night: Night,
    printer: Printer,
    timelapse: HomeTime,
    clock: FrozenDateTimeFactory,
) -> None:
    printer.update({"watching_enabled": False})
    await timelapse.hang_up_clock(clock, "12:00:00")
    await timelapse.pass_time(5)
    assert await async_setup_component(hass, "sun", {})
    await night(by="sun", evening="12:00:30", morning="12:01:00")
    await timelapse.pass_time(120)
    assert not watches(printer)

    def until(what: str) -> float:
        sun = hass.states.get("sun.sun")
        assert sun is not None
        time = dt_util.parse_datetime(sun.attributes[what], raise_on_error=True)
        return (time - dt_util.utcnow()).total_seconds() + 1

    await timelapse.jump(until("next_setting"))
    assert watches(printer)
    await timelapse.jump(until("next_rising"))
    assert not watches(printer)
