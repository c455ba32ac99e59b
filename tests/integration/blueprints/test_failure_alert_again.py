"""The failure alert after a restart, and the second pause."""

import pytest

from dev import LONG, Phase, Printer
from tests.integration.support import Obico

from .alerts import REPEAT, Alert, answer_elsewhere, asked, fail, has_open_alert
from .support import Home, HomeTime, Phone, is_in


async def test_a_restart_loses_neither_the_buttons_nor_the_reminder(
    obico: Obico, home: Home, alerted: Printer, iphone: Phone, timelapse: HomeTime
) -> None:
    old = iphone.notification
    await home.restart(obico, timelapse, away=120)
    await timelapse.pass_time(30)
    assert len(iphone.rang) == 2
    assert iphone.notification["data"]["tag"] == old["data"]["tag"]
    await timelapse.pass_time(REPEAT)
    assert len(iphone.rang) == 3
    iphone.press("Not a failure", old)
    await timelapse.pass_time(10)
    assert not has_open_alert(alerted)
    assert iphone.shown == {}


async def test_what_was_answered_during_a_restart_is_not_told_again(
    obico: Obico, home: Home, alerted: Printer, iphone: Phone, timelapse: HomeTime
) -> None:
    answer_elsewhere(alerted)
    await home.restart(obico, timelapse, away=60)
    await timelapse.pass_time(REPEAT + 30)
    assert len(iphone.rang) == 1


@pytest.mark.parametrize("printer", ["klipper"], indirect=True)
async def test_another_problem_is_no_failure_after_a_restart(
    obico: Obico,
    home: Home,
    alert: Alert,
    printer: Printer,
    iphone: Phone,
    timelapse: HomeTime,
) -> None:
    await alert()
    printer.agent.start_print(LONG)
    await timelapse.pass_time(30)
    printer.agent.error("Thermal Runaway")
    await timelapse.pass_time(30)
    assert obico.value(printer, "binary_sensor.problem") == "on"
    await home.restart(obico, timelapse)
    await timelapse.pass_time(60)
    assert iphone.received == []


async def test_the_server_pauses_once_and_home_assistant_the_second_time(
    obico: Obico, alert: Alert, printer: Printer, iphone: Phone, timelapse: HomeTime
) -> None:
    await alert()
    await fail(printer, timelapse, pauses=True)
    await timelapse.pass_time(60)
    assert is_in(printer, Phase.PAUSED)
    assert asked(obico) == []
    assert iphone.buttons[0] == "Resume"

    printer.agent.recover()
    iphone.press("Resume")
    await timelapse.pass_time(120)
    assert is_in(printer, Phase.PRINTING)
    obico.server.requests.clear()
    printer.agent.fail(rise=0.1, score=0.2)
    await timelapse.pass_time(150)
    assert is_in(printer, Phase.PAUSED)
    assert asked(obico) == ["pause_print"]
    assert iphone.buttons[0] == "Resume"


async def test_the_second_pause_is_a_matter_of_choice(
    obico: Obico, alert: Alert, printer: Printer, iphone: Phone, timelapse: HomeTime
) -> None:
    await alert(second_pause=False)
    await fail(printer, timelapse, pauses=True)
    await timelapse.pass_time(60)
    printer.agent.recover()
    iphone.press("Resume")
    await timelapse.pass_time(120)
    obico.server.requests.clear()
    printer.agent.fail(rise=0.1, score=0.2)
    await timelapse.pass_time(150)
    assert has_open_alert(printer)
    assert is_in(printer, Phase.PRINTING)


async def test_a_printer_that_only_notifies_is_never_paused(
    obico: Obico, alerted: Printer, timelapse: HomeTime
) -> None:
    await timelapse.pass_time(200)
    assert obico.value(alerted, "sensor.failure_level") == "failing"
    assert is_in(alerted, Phase.PRINTING)
    assert asked(obico) == []
