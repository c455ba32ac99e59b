"""The AI that watches at night only."""

from collections.abc import Awaitable, Callable

import pytest

from dev import CUBE, SHORT, Phase, Printer
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from tests.integration.support import Json

from .support import Home, HomeTime, device_id_of, is_in

type Night = Callable[..., Awaitable[str]]


@pytest.fixture
def night(home: Home, printer: Printer, timelapse: HomeTime, clock: None) -> Night:
    """Give what makes the automation for the printer, at a time of the day."""

    async def automate(time: str | None = None, **inputs: Json) -> str:
        if time is not None:
            await timelapse.set_clock(time)
        return await home.automate(
            "ai_at_night",
            {"printers": device_id_of(home.obico, printer)} | inputs,
        )

    return automate


def watches(printer: Printer) -> bool:
    """Return whether the server is to watch a printer."""
    return printer.columns["watching_enabled"] is True


async def test_the_ai_watches_from_evening_to_morning(
    night: Night, printer: Printer, timelapse: HomeTime
) -> None:
    printer.update({"watching_enabled": False})
    await timelapse.set_clock("21:59:00")
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


async def test_a_switch_is_found_whatever_it_is_called(
    home: Home, night: Night, printer: Printer, timelapse: HomeTime
) -> None:
    registry = er.async_get(home.hass)
    registry.async_update_entity(
        home.obico.entity_id(printer, "switch.watching_enabled"),
        new_entity_id="switch.wachhund",
        name="Wachhund",
    )
    before = {
        key: home.obico.value(printer, f"switch.{key}") for key in ("alerts_muted",)
    }
    await night("06:59:30")
    await timelapse.pass_time(60)
    assert not watches(printer)
    assert before == {key: home.obico.value(printer, f"switch.{key}") for key in before}


async def test_a_print_is_watched_to_its_end(
    night: Night, printer: Printer, timelapse: HomeTime
) -> None:
    await night("06:59:00")
    printer.agent.start_print(SHORT)
    await timelapse.pass_time(60)
    while not is_in(printer, Phase.IDLE):
        assert watches(printer)
        await timelapse.pass_time(5)
    await timelapse.pass_time(80)
    assert not watches(printer)


async def test_a_printer_that_is_offline_may_be_printing(
    night: Night, printer: Printer, timelapse: HomeTime
) -> None:
    await night("06:59:30")
    printer.agent.start_print(CUBE)
    await timelapse.pass_time(20)
    printer.agent.go_offline()
    await timelapse.pass_time(120)
    assert watches(printer)


async def test_a_print_is_interrupted_only_where_it_is_wished(
    night: Night, printer: Printer, timelapse: HomeTime
) -> None:
    await night("06:59:30", interrupts=True)
    printer.agent.start_print(CUBE)
    await timelapse.pass_time(60)
    assert is_in(printer, Phase.PRINTING)
    assert not watches(printer)


async def test_what_is_switched_by_hand_stays_so(
    home: Home, night: Night, printer: Printer, timelapse: HomeTime
) -> None:
    await night("06:59:30")
    await timelapse.pass_time(60)
    assert not watches(printer)
    await home.hass.services.async_call(
        "switch",
        "turn_on",
        {"entity_id": home.obico.entity_id(printer, "switch.watching_enabled")},
        blocking=True,
    )
    await timelapse.pass_time(300)
    assert watches(printer)


async def test_the_evening_ends_the_wait_for_a_long_print(
    night: Night, printer: Printer, timelapse: HomeTime
) -> None:
    await night("06:59:30")
    printer.agent.start_print(CUBE)
    await timelapse.pass_time(60)
    await timelapse.wait_until_clock_shows("21:59:30")
    await timelapse.pass_time(60)
    printer.agent.cancel()
    await timelapse.pass_time(200)
    assert watches(printer)


async def test_each_printer_is_free_by_itself(
    home: Home, voron: Printer, night: Night, printer: Printer, timelapse: HomeTime
) -> None:
    await night(
        "06:59:30",
        printers=device_id_of(home.obico, printer, voron),
    )
    voron.agent.start_print(CUBE)
    await timelapse.pass_time(60)
    assert not watches(printer)
    assert watches(voron)


async def test_after_a_restart_it_is_made_up_for(
    home: Home, night: Night, printer: Printer, timelapse: HomeTime
) -> None:
    await night("06:58:00")
    await home.restart(away=300)
    await timelapse.pass_time(10)
    assert not watches(printer)


async def test_night_may_be_when_the_sun_is_down(
    home: Home, night: Night, printer: Printer, timelapse: HomeTime
) -> None:
    printer.update({"watching_enabled": False})
    await timelapse.set_clock("12:00:00")
    await timelapse.pass_time(5)
    assert await async_setup_component(home.hass, "sun", {})
    await night(by="sun", evening="12:00:30", morning="12:01:00")
    await timelapse.pass_time(120)
    assert not watches(printer)

    def until(what: str) -> float:
        sun = home.hass.states.get("sun.sun")
        assert sun is not None
        time = dt_util.parse_datetime(sun.attributes[what], raise_on_error=True)
        return (time - dt_util.utcnow()).total_seconds() + 1

    await timelapse.jump(until("next_setting"))
    assert watches(printer)
    await timelapse.jump(until("next_rising"))
    assert not watches(printer)
