"""The pause when nobody is home."""

from collections.abc import Awaitable, Callable

import pytest
from pytest_homeassistant_custom_component.common import async_mock_service

from dev import LONG, Phase, Printer
from homeassistant.core import HomeAssistant
from tests.integration.support import Json, Obico

from .support import Home, HomeTime, device_id_of, is_in, phase_after

ANNA, BOB = "person.anna", "device_tracker.bob"

type Pause = Callable[..., Awaitable[str]]


@pytest.fixture
def pause(hass: HomeAssistant, obico: Obico, home: Home, printer: Printer) -> Pause:
    """Give what makes the automation for two people who are away."""
    hass.states.async_set(ANNA, "not_home")
    hass.states.async_set(BOB, "Work")
    printer.update({"action_on_failure": "NONE"})

    async def automate(*printers: Printer, **inputs: Json) -> str:
        return await home.automate(
            "pause_when_away",
            {
                "printers": device_id_of(obico, *(printers or [printer])),
                "people": [ANNA, BOB],
            }
            | inputs,
        )

    return automate


async def fail(printer: Printer, time: HomeTime, *, score: float = 0.9) -> None:
    """Let a print fail so badly."""
    printer.agent.start_print(LONG)
    await time.pass_time(330)
    printer.agent.fail(rise=0, score=score)
    await time.pass_time(30)
    assert printer.current_print is not None
    assert printer.current_print.has_open_alert


async def test_a_likely_failure_pauses_while_nobody_is_home(
    home: Home, pause: Pause, printer: Printer, timelapse: HomeTime
) -> None:
    told = async_mock_service(home.hass, "notify", "family")
    await pause(
        afterwards=[
            {
                "action": "notify.family",
                "data": {"message": "{{ printer }}: {{ file }}"},
            }
        ]
    )
    await fail(printer, timelapse)
    assert await phase_after(printer, timelapse, 20) is Phase.PAUSED
    assert [call.data["message"] for call in told] == ["Prusa MK4: long.gcode"]


async def test_a_warning_alone_pauses_only_where_it_is_wished(
    pause: Pause, printer: Printer, timelapse: HomeTime
) -> None:
    await pause()
    await fail(printer, timelapse, score=0.5)
    assert await phase_after(printer, timelapse, 60) is Phase.PRINTING
    # It gets worse.
    printer.agent.fail(rise=0, score=0.9)
    assert await phase_after(printer, timelapse, 30) is Phase.PAUSED


async def test_any_alert_may_be_enough(
    pause: Pause, printer: Printer, timelapse: HomeTime
) -> None:
    await pause(certainty="alert")
    await fail(printer, timelapse, score=0.5)
    assert await phase_after(printer, timelapse, 20) is Phase.PAUSED


async def test_somebody_at_home_looks_at_it_and_who_leaves_does_not(
    home: Home, pause: Pause, printer: Printer, timelapse: HomeTime
) -> None:
    home.hass.states.async_set(BOB, "home")
    await pause()
    await fail(printer, timelapse)
    assert await phase_after(printer, timelapse, 60) is Phase.PRINTING
    home.hass.states.async_set(BOB, "not_home")
    assert await phase_after(printer, timelapse, 20) is Phase.PAUSED


async def test_who_comes_home_in_time_keeps_it_from_being_paused(
    home: Home, pause: Pause, printer: Printer, timelapse: HomeTime
) -> None:
    await pause(minutes=3)
    await fail(printer, timelapse)
    assert await phase_after(printer, timelapse, 90) is Phase.PRINTING
    home.hass.states.async_set(ANNA, "home")
    assert await phase_after(printer, timelapse, 200) is Phase.PRINTING
    home.hass.states.async_set(ANNA, "not_home")
    assert await phase_after(printer, timelapse, 150) is Phase.PRINTING
    assert await phase_after(printer, timelapse, 60) is Phase.PAUSED


async def test_an_answered_alert_pauses_nothing(
    home: Home, pause: Pause, printer: Printer, timelapse: HomeTime
) -> None:
    home.hass.states.async_set(ANNA, "home")
    await pause()
    await fail(printer, timelapse)
    assert printer.current_print is not None
    printer.acknowledge(printer.current_print, "NOT_FAILED")
    await timelapse.pass_time(20)
    home.hass.states.async_set(ANNA, "not_home")
    assert await phase_after(printer, timelapse, 30) is Phase.PRINTING


async def test_who_resumes_it_from_afar_is_not_overruled(
    pause: Pause, printer: Printer, timelapse: HomeTime
) -> None:
    await pause()
    await fail(printer, timelapse)
    assert await phase_after(printer, timelapse, 20) is Phase.PAUSED
    assert printer.resume_print()
    assert await phase_after(printer, timelapse, 60) is Phase.PRINTING


async def test_only_the_printer_that_fails_is_paused(
    voron: Printer, pause: Pause, printer: Printer, timelapse: HomeTime
) -> None:
    await pause(printer, voron)
    voron.agent.start_print(LONG)
    await fail(printer, timelapse)
    assert await phase_after(printer, timelapse, 20) is Phase.PAUSED
    assert is_in(voron, Phase.PRINTING)


async def test_what_could_not_be_paused_is_tried_again(
    home: Home, pause: Pause, printer: Printer, timelapse: HomeTime
) -> None:
    home.complaints.append("pause when away")
    await pause()
    fault = home.obico.server.faults.answer(
        f"/api/v1/printers/{printer.id}/pause_print/", 500, b""
    )
    await fail(printer, timelapse)
    await timelapse.pass_time(40)
    assert fault.hits
    assert is_in(printer, Phase.PRINTING)
    fault.remove()
    assert await phase_after(printer, timelapse, 60) is Phase.PAUSED
