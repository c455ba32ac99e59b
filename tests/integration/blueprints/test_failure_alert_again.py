"""The failure alert after a restart or an outage, and the second pause."""

import pytest

from dev import CUBE, LONG, Phase, Printer
from dev.agent.machine import FOLLOWING
from tests.integration.push.support import PRINTERS
from tests.integration.support import API

from .alerts import (
    REPEAT,
    Alert,
    answer_elsewhere,
    asked,
    cancel,
    fail,
    fail_and_resume,
    has_open_alert,
)
from .support import Home, HomeTime, Phone, is_in, rename_all

# Events that are older when Home Assistant starts do not fire any more.
TOO_OLD = 700


async def test_a_restart_loses_neither_the_buttons_nor_the_reminder(
    home: Home, alerted: Printer, iphone: Phone, timelapse: HomeTime
) -> None:
    old = iphone.notification
    await home.restart(away=120)
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
    home: Home, alerted: Printer, iphone: Phone, timelapse: HomeTime
) -> None:
    answer_elsewhere(alerted)
    await home.restart(away=60)
    await timelapse.pass_time(REPEAT + 30)
    assert len(iphone.rang) == 1


@pytest.mark.parametrize("printer", ["klipper"], indirect=True)
async def test_another_problem_is_no_failure_after_a_restart(
    home: Home, alert: Alert, printer: Printer, iphone: Phone, timelapse: HomeTime
) -> None:
    await alert()
    printer.agent.start_print(LONG)
    await timelapse.pass_time(30)
    printer.agent.error("Thermal Runaway")
    await timelapse.pass_time(30)
    assert home.obico.value(printer, "binary_sensor.problem") == "on"
    await home.restart()
    await timelapse.pass_time(60)
    assert iphone.received == []


async def test_another_problem_of_another_printer_is_no_failure_after_a_restart(
    home: Home,
    voron: Printer,
    alert: Alert,
    printer: Printer,
    iphone: Phone,
    timelapse: HomeTime,
) -> None:
    for each in (printer, voron):
        await rename_all(home.obico, each, timelapse)
    await alert(printer, voron)
    voron.agent.start_print(LONG)
    await timelapse.pass_time(30)
    voron.agent.error("Thermal Runaway")
    await fail(printer, timelapse)
    assert home.obico.value(voron, "binary_sensor.problem") == "on"
    await home.restart()
    iphone.forget()
    await timelapse.pass_time(2 * REPEAT)
    assert {told["title"] for told in iphone.received} == {
        "Prusa MK4: possible failure"
    }


async def test_a_late_alert_is_not_told_of_the_next_print(
    home: Home, alert: Alert, printer: Printer, iphone: Phone, timelapse: HomeTime
) -> None:
    await alert()
    async with home.stopped():
        await fail(printer, timelapse)
        await cancel(printer, timelapse)
        printer.agent.start_print(CUBE)
        await timelapse.pass_time(30)
    await timelapse.pass_time(REPEAT)
    assert iphone.received == []
    assert is_in(printer, Phase.PRINTING)


async def test_of_two_late_alerts_the_one_that_is_open_is_told(
    home: Home, alert: Alert, printer: Printer, iphone: Phone, timelapse: HomeTime
) -> None:
    home.complaints += ["Error fetching obico data", "A push connection"]
    await alert()
    await home.obico.server.refuse_connections()
    await fail(printer, timelapse)
    await cancel(printer, timelapse)
    await fail(printer, timelapse, job=CUBE)
    await home.obico.server.accept_connections()
    await timelapse.pass_time(REPEAT - 60)
    (rang,) = iphone.rang
    assert rang.startswith("voron_cube.gcode, ")
    iphone.press("Cancel the print")
    await timelapse.pass_time(30)
    assert is_in(printer, Phase.IDLE)


async def test_after_a_long_time_the_print_that_fails_now_is_told(
    home: Home, alerted: Printer, iphone: Phone, timelapse: HomeTime
) -> None:
    old = iphone.notification
    await cancel(alerted, timelapse)
    iphone.forget()
    async with home.stopped():
        await fail(alerted, timelapse, job=CUBE)
        await timelapse.pass_time(TOO_OLD)
    await timelapse.pass_time(30)
    assert iphone.notification["message"] == ("voron_cube.gcode. The print goes on.")
    new = iphone.notification

    home.obico.server.requests.clear()
    iphone.press("Cancel the print", old)
    await timelapse.pass_time(10)
    assert asked(home.obico) == []
    # Its buttons work before the next event of the print, and after it.
    iphone.press("Pause", new)
    await timelapse.pass_time(20)
    assert is_in(alerted, Phase.PAUSED)
    iphone.press("Cancel the print", new)
    await timelapse.pass_time(30)
    assert is_in(alerted, Phase.IDLE)


@pytest.mark.parametrize("is_seen_to_end", [True, False])
async def test_after_a_long_time_an_old_button_does_nothing_to_a_healthy_print(
    home: Home,
    alerted: Printer,
    iphone: Phone,
    timelapse: HomeTime,
    is_seen_to_end: bool,
) -> None:
    old = iphone.notification
    if is_seen_to_end:
        await cancel(alerted, timelapse)
    async with home.stopped():
        if not is_seen_to_end:
            alerted.agent.cancel()
            await timelapse.pass_time(60)
        alerted.agent.start_print(CUBE)
        await timelapse.pass_time(TOO_OLD)
    home.obico.server.requests.clear()
    iphone.press("Cancel the print", old)
    await timelapse.pass_time(10)
    assert asked(home.obico) == []
    assert is_in(alerted, Phase.PRINTING)


async def test_the_server_pauses_once_and_home_assistant_the_second_time(
    home: Home, alert: Alert, printer: Printer, iphone: Phone, timelapse: HomeTime
) -> None:
    await alert()
    await fail(printer, timelapse, pauses=True)
    await timelapse.pass_time(60)
    assert is_in(printer, Phase.PAUSED)
    assert asked(home.obico) == []
    assert iphone.buttons[0] == "Resume"

    printer.agent.recover()
    iphone.press("Resume")
    await timelapse.pass_time(120)
    assert is_in(printer, Phase.PRINTING)
    home.obico.server.requests.clear()
    printer.agent.fail(rise=0.1, score=0.2)
    await timelapse.pass_time(150)
    assert is_in(printer, Phase.PAUSED)
    assert asked(home.obico) == ["pause_print"]
    assert iphone.buttons[0] == "Resume"


async def test_a_second_pause_that_fails_is_tried_again(
    home: Home, alert: Alert, printer: Printer, iphone: Phone, timelapse: HomeTime
) -> None:
    home.complaints.append("reports an internal error (500)")
    await alert()
    await fail_and_resume(printer, timelapse, iphone)
    home.obico.server.requests.clear()
    home.obico.server.faults.html(f"{API}printers/*/pause_print/", 500, times=1)
    printer.agent.fail(rise=0.1, score=0.2)
    await timelapse.pass_time(240)
    assert is_in(printer, Phase.PAUSED)
    assert asked(home.obico) == ["pause_print", "pause_print"]


@pytest.mark.parametrize("printer", ["klipper"], indirect=True)
async def test_a_pause_that_is_taken_back_is_tried_again(
    home: Home,
    alert: Alert,
    printer: Printer,
    timelapse: HomeTime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Klipper's agent says that it is pausing before the macro fails."""
    home.complaints.append("did not react")
    seconds, _ = FOLLOWING[Phase.PAUSING]
    monkeypatch.setitem(FOLLOWING, Phase.PAUSING, (seconds, Phase.PRINTING))
    await alert()
    await fail(printer, timelapse, pauses=True)
    await timelapse.pass_time(60)
    assert is_in(printer, Phase.PRINTING)
    monkeypatch.setitem(FOLLOWING, Phase.PAUSING, (seconds, Phase.PAUSED))
    await timelapse.pass_time(120)
    assert is_in(printer, Phase.PAUSED)


async def test_an_alert_is_told_at_once_while_polls_fail(
    home: Home, alert: Alert, printer: Printer, iphone: Phone, timelapse: HomeTime
) -> None:
    home.complaints.append("internal error")
    await alert()
    home.obico.server.faults.html(PRINTERS, 500)
    await timelapse.pass_time(65)
    await fail(printer, timelapse)
    assert len(iphone.rang) == 1


async def test_a_short_outage_keeps_no_second_pause_from_coming(
    home: Home, alert: Alert, printer: Printer, iphone: Phone, timelapse: HomeTime
) -> None:
    home.complaints.append("internal error")
    await alert()
    await fail_and_resume(printer, timelapse, iphone)
    home.obico.server.faults.html(PRINTERS, 500)
    await timelapse.pass_time(65)
    printer.agent.fail(rise=0.1, score=0.2)
    await timelapse.pass_time(60)
    assert has_open_alert(printer)
    home.obico.server.faults.clear()
    await timelapse.pass_time(240)
    assert is_in(printer, Phase.PAUSED)


@pytest.mark.parametrize("later", [0, 30])
async def test_what_was_answered_during_an_outage_is_not_told(
    home: Home,
    alert: Alert,
    printer: Printer,
    iphone: Phone,
    timelapse: HomeTime,
    later: float,
) -> None:
    """The events may be there again before the states are."""
    home.complaints += ["internal error", "push connection"]
    await alert()
    server = home.obico.server
    server.faults.html(f"{API}*", 500)
    server.sockets.blocked = True
    await server.sockets.close_all()
    await fail(printer, timelapse)
    answer_elsewhere(printer)
    # Sometimes the events are looked for first, sometimes the printers.
    await timelapse.pass_time(later)
    server.sockets.blocked = False
    server.faults.clear()
    await timelapse.pass_time(200)
    assert iphone.rang == []


async def test_an_alert_is_told_where_nothing_but_events_is_fetched(
    home: Home, alert: Alert, printer: Printer, iphone: Phone, timelapse: HomeTime
) -> None:
    """Somebody has turned the poll off, and push does not get through."""
    home.complaints.append("push connection")
    entries = home.obico.hass.config_entries
    entries.async_update_entry(home.obico.entry, pref_disable_polling=True)
    home.obico.server.sockets.blocked = True
    assert await entries.async_reload(home.obico.entry.entry_id)
    await alert()
    await fail(printer, timelapse)
    await timelapse.pass_time(620)
    assert iphone.rang


async def test_the_second_pause_is_a_matter_of_choice(
    home: Home, alert: Alert, printer: Printer, iphone: Phone, timelapse: HomeTime
) -> None:
    await alert(second_pause=False)
    await fail_and_resume(printer, timelapse, iphone)
    home.obico.server.requests.clear()
    printer.agent.fail(rise=0.1, score=0.2)
    await timelapse.pass_time(150)
    assert has_open_alert(printer)
    assert is_in(printer, Phase.PRINTING)


async def test_a_printer_that_only_notifies_is_never_paused(
    home: Home, alerted: Printer, timelapse: HomeTime
) -> None:
    await timelapse.pass_time(200)
    assert home.obico.value(alerted, "sensor.failure_level") == "failing"
    assert is_in(alerted, Phase.PRINTING)
    assert asked(home.obico) == []
