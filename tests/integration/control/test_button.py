"""Buttons: what cannot work is not tried, what is done is seen, and what fails is said."""

from collections.abc import Callable

import pytest

from custom_components.obico.const import DOMAIN
from dev import CUBE, Account, Phase, Printer
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.helpers import entity_registry as er
from tests.integration.support import API, coordinator_of
from tests.timelapse import wait_until

from .support import Control, failed, klipper, map_of, octoprint, refused

STATUS = "sensor.status"
PRINT_BUTTONS = ("pause", "resume", "cancel")
ANSWERS = {"not_a_failure": "NOT_FAILED", "confirm_failure": "FAILED"}


async def open_alert(control: Control) -> None:
    """Let the print be in need of an answer."""
    await control.become(Phase.PRINTING)
    assert control.printer.current_print is not None
    control.printer.current_print.alerted_at = control.obico.server.clock.now()
    control.printer.push()
    await control.settle()
    assert control["binary_sensor.failure_detected"] == "on"
    control.forget()


# What cannot work


@pytest.mark.parametrize(
    ("phase", "reasons"),
    [
        (
            Phase.IDLE,
            {
                "pause": "no_print",
                "resume": "no_print",
                "cancel": "no_print",
                "not_a_failure": "no_alert",
                "confirm_failure": "no_alert",
            },
        ),
        (
            Phase.PRINTING,
            {
                "resume": "not_paused",
                "not_a_failure": "no_alert",
                "confirm_failure": "no_alert",
            },
        ),
        (Phase.PAUSING, {"pause": "still_pausing", "resume": "still_pausing"}),
        (Phase.PAUSED, {"pause": "already_paused"}),
        (Phase.RESUMING, {"pause": "still_resuming", "resume": "not_paused"}),
        (
            Phase.CANCELLING,
            {
                "pause": "print_is_ending",
                "resume": "print_is_ending",
                "cancel": "print_is_ending",
            },
        ),
    ],
)
@pytest.mark.usefixtures("all_enabled")
async def test_what_cannot_work_is_refused_and_nothing_is_sent(
    control: Control, phase: Phase, reasons: dict[str, str]
) -> None:
    await control.become(phase)
    for button, reason in reasons.items():
        await refused(control.press(button), reason)
    assert control.asked == []
    assert control.told == []
    assert control.agent.phase is phase


@octoprint
@pytest.mark.parametrize("phase", [Phase.IDLE, Phase.PAUSED])
async def test_a_printer_that_is_connected_is_not_connected_again(
    control: Control, phase: Phase
) -> None:
    await control.become(phase)
    await refused(control.press("connect"), "already_connected")
    assert control.told == []


@octoprint
async def test_a_printer_that_is_disconnected_has_nothing_to_control(
    control: Control,
) -> None:
    await control.become(Phase.DISCONNECTED)
    for button in PRINT_BUTTONS:
        await refused(control.press(button), "printer_disconnected")
    assert control.asked == []


@pytest.mark.usefixtures("all_enabled")
async def test_without_its_agent_only_alerts_can_be_answered(control: Control) -> None:
    await open_alert(control)
    control.agent.go_offline()
    await control.settle()
    for button in (*PRINT_BUTTONS, "refresh_snapshot"):
        assert control[f"button.{button}"] == STATE_UNAVAILABLE
        await control.press(button)
    assert control.asked == []
    assert control.told == []
    await control.press("not_a_failure")
    assert control["binary_sensor.failure_detected"] == "off"


async def test_an_alert_that_was_answered_elsewhere_needs_no_other_answer(
    control: Control,
) -> None:
    await open_alert(control)
    assert control.printer.current_print is not None
    control.printer.acknowledge(control.printer.current_print, "FAILED")
    await control.settle()
    await refused(control.press("not_a_failure"), "no_alert")
    assert control.asked == []


# What works


@octoprint
@pytest.mark.parametrize(
    ("phase", "button", "then"),
    [
        (Phase.PRINTING, "pause", "pausing"),
        (Phase.PAUSED, "resume", "resuming"),
        (Phase.PRINTING, "cancel", "cancelling"),
        (Phase.PAUSING, "cancel", "cancelling"),
        (Phase.PAUSED, "cancel", "cancelling"),
        (Phase.RESUMING, "cancel", "cancelling"),
    ],
)
async def test_a_command_is_done_when_the_printer_says_so(
    control: Control, phase: Phase, button: str, then: str
) -> None:
    await control.become(phase)
    pressing = control.begin(f"button.{button}", "press")
    await control.until_asked()
    # The server has said yes.
    assert control.asked == [f"{button}_print"]
    assert control[STATUS] == phase.name.lower()
    assert not pressing.done()
    await control.obico.server.advance(0.5)
    await control.finish_now(pressing)
    assert control[STATUS] == then
    assert control.asked == [f"{button}_print"]
    assert control.told == []


@klipper
@pytest.mark.parametrize(
    ("phase", "button", "said", "done"),
    [
        (Phase.PRINTING, "pause", "pausing", "paused"),
        (Phase.PAUSED, "resume", "resuming", "printing"),
        (Phase.PRINTING, "cancel", "cancelling", "idle"),
        (Phase.PAUSING, "cancel", "cancelling", "idle"),
        (Phase.PAUSED, "cancel", "cancelling", "idle"),
    ],
)
async def test_a_command_to_klipper_is_done_when_it_did_it(
    control: Control, phase: Phase, button: str, said: str, done: str
) -> None:
    """Its agent says that it is at it before it asks for it."""
    await control.become(phase)
    pressing = control.begin(f"button.{button}", "press")
    await control.until_asked()
    await control.obico.server.advance(0.5)
    await wait_until(lambda: control[STATUS] == said)
    assert not pressing.done()
    await control.finish(pressing)
    if done == "idle":
        # The print is over a moment before its agent says that.
        await control.pass_time(1)
    assert control[STATUS] == done
    assert control.asked == [f"{button}_print"]


of_macros = pytest.mark.parametrize(
    ("phase", "button", "passing"),
    [
        (Phase.PRINTING, "pause", Phase.PAUSING),
        (Phase.PAUSED, "resume", Phase.RESUMING),
        (Phase.PRINTING, "cancel", Phase.CANCELLING),
        (Phase.PAUSED, "cancel", Phase.CANCELLING),
    ],
)


@klipper
@of_macros
async def test_a_macro_that_fails_has_no_effect(
    control: Control, phase: Phase, button: str, passing: Phase
) -> None:
    await control.become(phase)
    control.let_phase_last(passing, 2.0, phase)
    assert await control.timed(failed(control.press(button), "no_effect")) <= 25
    assert control[STATUS] == phase.name.lower()


@klipper
@of_macros
async def test_a_macro_that_takes_long_is_not_waited_for(
    control: Control, phase: Phase, button: str, passing: Phase
) -> None:
    await control.become(phase)
    control.let_phase_last(passing, 60.0)
    assert 19 <= await control.timed(control.press(button)) <= 25
    assert control[STATUS] == passing.name.lower()


@klipper
async def test_what_comes_in_between_is_no_failure(control: Control) -> None:
    """A pause that was still under way ends, and only then what was asked for next begins."""
    await control.become(Phase.PAUSING)
    control.let_phase_last(Phase.CANCELLING, 1.0, Phase.PAUSED)
    cancelling = control.begin("button.cancel", "press")
    await control.until_asked()
    await control.pass_time(4)
    assert control[STATUS] == "paused"
    assert not cancelling.done()
    control.let_phase_last(Phase.CANCELLING, 1.0, Phase.CANCELLED)
    control.agent.cancel()
    await control.finish(cancelling)
    assert control.printer.current_print is None


async def test_a_print_is_paused_resumed_and_cancelled(control: Control) -> None:
    await control.become(Phase.PRINTING)
    await control.press("pause")
    await control.pass_time(5)
    assert control[STATUS] == "paused"
    await control.press("resume")
    await control.pass_time(5)
    assert control[STATUS] == "printing"
    await control.press("cancel")
    await control.pass_time(5)
    assert control[STATUS] == "idle"
    assert control.agent.phase is Phase.IDLE
    assert control.printer.current_print is None
    assert control.asked == ["pause_print", "resume_print", "cancel_print"]


@pytest.mark.parametrize("button", ANSWERS)
@pytest.mark.usefixtures("all_enabled")
async def test_an_alert_is_answered(control: Control, button: str) -> None:
    await open_alert(control)
    await control.press(button)
    assert control.asked == [f"acknowledge_alert {ANSWERS[button]}"]
    assert control.printer.current_print is not None
    assert control.printer.current_print.alert_overwrite == ANSWERS[button]
    assert control["binary_sensor.failure_detected"] == "off"
    # An answer is all it is.
    assert control[STATUS] == "printing"


async def test_who_presses_twice_is_told_that_it_is_done_already(
    control: Control,
) -> None:
    await control.become(Phase.PRINTING)
    first = control.begin("button.pause", "press")
    second = control.begin("button.pause", "press")
    await control.finish(first)
    reason = "already_paused" if control.is_klipper else "still_pausing"
    await refused(control.finish(second), reason)
    assert control.asked == ["pause_print"]


async def test_nobody_waits_for_the_effect_of_anothers_command(
    control: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    await control.become(Phase.PRINTING)
    other = control.obico.account.add_printer("Voron", agent="klipper")
    await control.pass_time(70)
    other.agent.start_print(CUBE)
    await control.pass_time(20)
    control.ignore_commands()
    in_vain = control.begin("button.pause", "press")
    await control.until_asked()
    beside = Control(control.obico, other, control.timelapse, monkeypatch)
    await beside.finish(beside.begin("button.pause", "press"), patience=0.1)
    assert beside[STATUS] == "paused"
    assert not in_vain.done()
    # Nor for one's own, if that has no end.
    await refused(control.press("resume"), "not_paused")
    await failed(control.finish(in_vain), "no_effect")


# What fails


@pytest.mark.parametrize(
    ("phase", "button"),
    [(Phase.PRINTING, "pause"), (Phase.PAUSED, "resume"), (Phase.PRINTING, "cancel")],
)
async def test_a_command_without_effect_has_failed_whatever_the_server_says(
    control: Control, phase: Phase, button: str
) -> None:
    await control.become(phase)
    control.ignore_commands()
    assert 19 <= await control.timed(failed(control.press(button), "no_effect")) <= 25
    assert control.asked == [f"{button}_print"]
    assert control[STATUS] == phase.name.lower()


async def test_an_agent_that_hangs_has_no_effect(control: Control) -> None:
    await control.become(Phase.PRINTING)
    control.agent.freeze()
    await failed(control.press("pause"), "no_effect")


async def test_an_agent_that_goes_away_meanwhile_has_no_effect(
    control: Control,
) -> None:
    await control.become(Phase.PRINTING)
    pressing = control.begin("button.pause", "press")
    await control.until_asked()
    control.agent.go_offline()
    await failed(control.finish(pressing), "no_effect")
    assert control[STATUS] == "offline"


@octoprint
async def test_a_server_that_fails_is_said_to(control: Control) -> None:
    await control.become(Phase.PRINTING)
    faults, path = control.obico.server.faults, "/api/v1/printers/*/pause_print/"
    for status, answer, reason in (
        (500, {}, "server_error"),
        (404, {}, "not_found"),
        (429, {}, "rate_limited"),
        (200, [], "bad_answer"),
        (200, {"succeeded": False, "printer": None}, "no_effect"),
    ):
        faults.answer(path, status, answer)
        await failed(control.press("pause"), reason)
        assert control.agent.phase is Phase.PRINTING
        faults.clear()
    await control.press("pause")
    assert control[STATUS] == "pausing"


@octoprint
async def test_a_server_that_does_not_answer_is_not_waited_for_forever(
    control: Control,
) -> None:
    await control.become(Phase.PRINTING)
    never = control.hold_answer("/api/v1/printers/*/pause_print/")
    await failed(control.press("pause"), "cannot_connect")
    never.set()


@octoprint
async def test_a_command_whose_answer_got_lost_shows_all_the_same(
    control: Control,
) -> None:
    await control.become(Phase.PRINTING)
    control.obico.server.faults.reset("/api/v1/printers/*/pause_print/")
    await failed(control.press("pause"), "cannot_connect")
    await control.pass_time(1)
    assert control[STATUS] == "pausing"
    assert control.asked == ["pause_print"]


@octoprint
async def test_an_answer_without_a_printer_is_enough(control: Control) -> None:
    await control.become(Phase.PRINTING)
    fault = control.obico.server.faults.change(
        "/api/v1/printers/*/pause_print/",
        lambda answer: {**map_of(answer), "printer": None},
    )
    await control.press("pause")
    assert fault.hits
    assert control[STATUS] == "pausing"


# What happens meanwhile


@pytest.mark.parametrize("leave", [Printer.delete, Printer.archive])
@octoprint
async def test_a_printer_that_is_gone_meanwhile_keeps_nobody_waiting(
    control: Control, leave: Callable[[Printer], None]
) -> None:
    await control.become(Phase.PRINTING)
    control.ignore_commands()
    pressing = control.begin("button.pause", "press")
    await control.until_asked()
    leave(control.printer)
    await coordinator_of(control.obico.entry).async_refresh()
    await control.finish_now(pressing)
    assert control.obico.device(control.printer) is None


@octoprint
async def test_a_print_that_ends_meanwhile_needs_no_pause(control: Control) -> None:
    await control.become(Phase.PRINTING)
    pressing = control.begin("button.pause", "press")
    await control.until_asked()
    control.agent.disconnect()
    await control.finish_now(pressing)
    assert control[STATUS] == "disconnected"


# Without push


@pytest.mark.parametrize(
    ("phase", "button", "then"),
    [
        (Phase.PRINTING, "pause", {"pausing", "paused"}),
        (Phase.PAUSED, "resume", {"resuming", "printing"}),
        (Phase.PRINTING, "cancel", {"cancelling", "idle"}),
    ],
)
async def test_without_push_the_poll_sees_the_effect(
    control: Control, phase: Phase, button: str, then: set[str]
) -> None:
    await control.become(phase)
    control.obico.server.sockets.blocked = True
    await control.obico.server.sockets.close_all()
    await control.settle()
    await control.press(button)
    assert control[STATUS] in then
    assert control.asked == [f"{button}_print"]


@pytest.mark.usefixtures("all_enabled")
async def test_without_push_it_is_said_what_agents_are_reached_by(
    control: Control,
) -> None:
    control.obico.server.sockets.blocked = True
    await control.obico.server.sockets.close_all()
    await control.settle()
    error = await failed(control.set_value(f"{control.bed}_target", 60), "no_push")
    assert "WebSocket" in str(error)
    await failed(control.press("refresh_snapshot"), "server_error")


# A fresh picture


@pytest.mark.usefixtures("all_enabled")
async def test_a_fresh_picture_is_asked_for_and_waited_for(control: Control) -> None:
    await control.pass_time(20)
    before = control.printer.shot
    await control.press("refresh_snapshot")
    assert control.printer.shot is not None
    assert control.printer.shot is not before
    assert len(control.obico.server.sockets) == 1


async def test_a_picture_that_was_just_asked_for_is_not_asked_for_again(
    control: Control,
) -> None:
    await control.pass_time(20)
    await control.press("refresh_snapshot")
    control.forget()
    await control.press("refresh_snapshot")
    assert [r for r in control.obico.server.requests if "/ws/" in r.path] == []


@octoprint
@pytest.mark.usefixtures("all_enabled")
async def test_a_printer_without_a_camera_sends_no_picture(control: Control) -> None:
    control.agent.camera = False
    await control.pass_time(20)
    await failed(control.press("refresh_snapshot"), "agent_silent")
    assert len(control.obico.server.sockets) == 1


@pytest.mark.usefixtures("all_enabled")
async def test_a_token_that_was_reset_does_not_have_the_user_sign_in_again(
    control: Control,
) -> None:
    await control.pass_time(20)
    control.printer.reset_token()
    await failed(control.press("refresh_snapshot"), "no_push")
    assert control.obico.hass.config_entries.flow.async_progress() == []


# Connecting


@octoprint
async def test_a_printer_is_connected_by_what_it_prefers(control: Control) -> None:
    await control.become(Phase.DISCONNECTED)
    pressing = control.begin("button.connect", "press")
    await control.finish(pressing)
    assert control.told == [
        "_printer.get_connection_options",
        "_printer.connect VIRTUAL 115200",
    ]
    assert control[STATUS] == "connecting"
    await control.pass_time(10)
    assert control[STATUS] == "idle"


@octoprint
async def test_a_printer_is_connected_again_after_an_error(control: Control) -> None:
    await control.become(Phase.PRINTING)
    control.agent.error("Thermal Runaway")
    await control.pass_time(5)
    assert control[STATUS] == "error"
    await control.press("connect")
    await control.pass_time(10)
    assert control[STATUS] == "idle"


@octoprint
async def test_a_printer_that_does_not_connect_has_not_been_connected(
    control: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    await control.become(Phase.DISCONNECTED)
    monkeypatch.setattr(control.agent, "connect", lambda: None)
    await failed(control.press("connect"), "no_effect")
    assert control[STATUS] == "disconnected"


@klipper
async def test_klipper_has_nothing_to_connect(control: Control) -> None:
    assert control.obico.find_entity_id(control.printer, "button.connect") is None


# Emergency stop


@octoprint
async def test_octoprint_has_no_emergency_stop(control: Control) -> None:
    assert (
        control.obico.find_entity_id(control.printer, "button.emergency_stop") is None
    )


@klipper
async def test_an_emergency_stop_has_to_be_enabled_first(control: Control) -> None:
    entity_id = control.obico.entity_id(control.printer, "button.emergency_stop")
    entry = er.async_get(control.obico.hass).async_get(entity_id)
    assert entry is not None
    assert entry.disabled_by is er.RegistryEntryDisabler.INTEGRATION


@klipper
@pytest.mark.usefixtures("all_enabled")
@pytest.mark.parametrize("phase", [Phase.IDLE, Phase.PRINTING])
async def test_an_emergency_stop_stops_at_once(control: Control, phase: Phase) -> None:
    await control.become(phase)
    await control.press("emergency_stop")
    assert control.told == ["moonraker_api.printer/emergency_stop post"]
    assert control.agent.phase is Phase.SHUTDOWN
    assert control[STATUS] == "offline"


@klipper
@pytest.mark.usefixtures("all_enabled")
async def test_an_emergency_stop_that_nobody_answers_has_failed(
    control: Control,
) -> None:
    await control.become(Phase.PRINTING)
    control.agent.freeze()
    await failed(control.press("emergency_stop"), "agent_silent")


async def test_a_printer_that_gets_an_agent_gets_its_buttons(
    control: Control, account: Account
) -> None:
    new = account.add_printer("New one")
    await control.pass_time(70)
    registry = er.async_get(control.obico.hass)

    def find(key: str) -> str | None:
        return registry.async_get_entity_id(
            "button", DOMAIN, f"{control.obico.entry.unique_id}_{new.id}_{key}"
        )

    assert find("not_a_failure") is not None
    # It was never connected, so there is nothing to command.
    assert find("pause") is None
    assert find("connect") is None
    new.columns["agent_name"] = "octoprint_obico"
    new.push()
    await control.settle()
    assert find("pause") is not None
    assert find("connect") is not None
    assert f"{API}printers/{new.id}/" not in control.asked
