"""The pause when nobody is home."""

from collections.abc import Awaitable, Callable

import pytest
from pytest_homeassistant_custom_component.common import async_mock_service

from dev import LONG, Account, Phase, Printer
from homeassistant.core import HomeAssistant
from tests.integration.support import Json, Obico

from .support import Home, HomeTime, device_id_of, is_in

ANNA, BOB = "person.anna", "device_tracker.bob"

type Pause = Callable[..., Awaitable[str]]


@pytest.fixture
def pause(hass: HomeAssistant, obico: Obico, home: Home, printer: Printer) -> Pause:
    """Give what makes the automation for two people who are away."""
    hass.states.async_set(ANNA, "not_home")
    hass.states.async_set(BOB, "Work")
    printer.update({"action_on_failure": "NONE"})

    async def automate(**inputs: Json) -> str:
        return await home.automate(
            "pause_when_away",
            {"printers": device_id_of(obico, printer), "people": [ANNA, BOB]} | inputs,
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
    hass: HomeAssistant, pause: Pause, printer: Printer, timelapse: HomeTime
) -> None:
    told = async_mock_service(hass, "notify", "family")
    await pause(
        afterwards=[
            {
                "action": "notify.family",
                "data": {"message": "{{ printer }}: {{ file }}"},
            }
        ]
    )
    await fail(printer, timelapse)
    await timelapse.pass_time(20)
    assert is_in(printer, Phase.PAUSED)
    assert [call.data["message"] for call in told] == ["Prusa MK4: long.gcode"]


async def test_a_warning_alone_pauses_only_where_it_is_wished(
    pause: Pause, printer: Printer, timelapse: HomeTime
) -> None:
    await pause()
    await fail(printer, timelapse, score=0.5)
    await timelapse.pass_time(60)
    assert is_in(printer, Phase.PRINTING)
    # It gets worse.
    printer.agent.fail(rise=0, score=0.9)
    await timelapse.pass_time(30)
    assert is_in(printer, Phase.PAUSED)


async def test_any_alert_may_be_enough(
    pause: Pause, printer: Printer, timelapse: HomeTime
) -> None:
    await pause(certainty="alert")
    await fail(printer, timelapse, score=0.5)
    await timelapse.pass_time(20)
    assert is_in(printer, Phase.PAUSED)


async def test_somebody_at_home_looks_at_it_and_who_leaves_does_not(
    hass: HomeAssistant, pause: Pause, printer: Printer, timelapse: HomeTime
) -> None:
    hass.states.async_set(BOB, "home")
    await pause()
    await fail(printer, timelapse)
    await timelapse.pass_time(60)
    assert is_in(printer, Phase.PRINTING)
    hass.states.async_set(BOB, "not_home")
    await timelapse.pass_time(20)
    assert is_in(printer, Phase.PAUSED)


async def test_who_comes_home_in_time_keeps_it_from_being_paused(
    hass: HomeAssistant, pause: Pause, printer: Printer, timelapse: HomeTime
) -> None:
    await pause(minutes=3)
    await fail(printer, timelapse)
    await timelapse.pass_time(90)
    assert is_in(printer, Phase.PRINTING)
    hass.states.async_set(ANNA, "home")
    await timelapse.pass_time(200)
    assert is_in(printer, Phase.PRINTING)
    hass.states.async_set(ANNA, "not_home")
    await timelapse.pass_time(150)
    assert is_in(printer, Phase.PRINTING)
    await timelapse.pass_time(60)
    assert is_in(printer, Phase.PAUSED)


async def test_an_answered_alert_pauses_nothing(
    hass: HomeAssistant, pause: Pause, printer: Printer, timelapse: HomeTime
) -> None:
    hass.states.async_set(ANNA, "home")
    await pause()
    await fail(printer, timelapse)
    assert printer.current_print is not None
    printer.acknowledge(printer.current_print, "NOT_FAILED")
    await timelapse.pass_time(20)
    hass.states.async_set(ANNA, "not_home")
    await timelapse.pass_time(30)
    assert is_in(printer, Phase.PRINTING)


async def test_who_resumes_it_from_afar_is_not_overruled(
    pause: Pause, printer: Printer, timelapse: HomeTime
) -> None:
    await pause()
    await fail(printer, timelapse)
    await timelapse.pass_time(20)
    assert is_in(printer, Phase.PAUSED)
    assert printer.resume_print()
    await timelapse.pass_time(60)
    assert is_in(printer, Phase.PRINTING)


async def test_only_the_printer_that_fails_is_paused(
    obico: Obico,
    account: Account,
    pause: Pause,
    printer: Printer,
    timelapse: HomeTime,
) -> None:
    voron = account.add_printer("Voron", agent="klipper")
    await timelapse.pass_time(65)
    await pause(printers=device_id_of(obico, printer, voron))
    voron.agent.start_print(LONG)
    await fail(printer, timelapse)
    await timelapse.pass_time(20)
    assert is_in(printer, Phase.PAUSED)
    assert is_in(voron, Phase.PRINTING)


async def test_what_could_not_be_paused_is_tried_again(
    obico: Obico,
    pause: Pause,
    printer: Printer,
    timelapse: HomeTime,
    complaints: list[str],
) -> None:
    complaints.append("pause when away")
    await pause()
    fault = obico.server.faults.answer(
        f"/api/v1/printers/{printer.id}/pause_print/", 500, b""
    )
    await fail(printer, timelapse)
    await timelapse.pass_time(40)
    assert fault.hits
    assert is_in(printer, Phase.PRINTING)
    fault.remove()
    await timelapse.pass_time(60)
    assert is_in(printer, Phase.PAUSED)
