"""Pausing, resuming, cancelling, muting and answering by actions."""

import probatio
import pytest

from custom_components.obico.const import DOMAIN
from dev import CUBE, Phase, Printer
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import translation
from tests.integration.control.support import explained, failed, octoprint, refused
from tests.integration.push.support import PRINTERS
from tests.integration.support import client_of, set_up

from .support import Actions


async def open_alert(actions: Actions) -> None:
    """Let the print be in need of an answer."""
    await actions.become(Phase.PRINTING)
    assert actions.printer.current_print is not None
    actions.printer.current_print.alerted_at = actions.obico.server.clock.now()
    actions.printer.push()
    await actions.settle()
    actions.forget()


def muted(printer: Printer) -> bool:
    """Return whether the server has the alerts of the print muted."""
    assert printer.current_print is not None
    return printer.current_print.alert_muted_at is not None


async def a_second_that_prints(actions: Actions) -> Printer:
    """Add a printer that prints."""
    other = await actions.add("Voron", agent="klipper")
    other.agent.start_print(CUBE)
    await actions.pass_time(30)
    return other


@pytest.mark.parametrize(
    ("phase", "action", "then"),
    [
        (Phase.PRINTING, "pause_print", {Phase.PAUSING, Phase.PAUSED}),
        (Phase.PAUSED, "resume_print", {Phase.RESUMING, Phase.PRINTING}),
        (Phase.PAUSED, "cancel_print", {Phase.CANCELLING, Phase.CANCELLED, Phase.IDLE}),
    ],
)
async def test_a_print_does_what_it_is_told(
    actions: Actions, phase: Phase, action: str, then: set[Phase]
) -> None:
    await actions.become(phase)
    await actions.do(action)
    assert actions.asked == [action]
    assert actions.agent.phase in then


@octoprint
@pytest.mark.parametrize(
    ("phase", "action", "reason"),
    [
        (Phase.IDLE, "pause_print", "no_print"),
        (Phase.PAUSED, "pause_print", "already_paused"),
        (Phase.PRINTING, "resume_print", "not_paused"),
        (Phase.DISCONNECTED, "cancel_print", "printer_disconnected"),
    ],
)
async def test_what_cannot_work_is_refused(
    actions: Actions, phase: Phase, action: str, reason: str
) -> None:
    await actions.become(phase)
    await refused(actions.do(action), reason)
    assert actions.asked == []


async def test_only_the_print_that_is_meant_is_cancelled(actions: Actions) -> None:
    """Without push the next print may run before anybody knows."""
    await actions.become(Phase.PRINTING)
    assert actions.printer.current_print is not None
    meant = actions.printer.current_print.id
    sockets = actions.obico.server.sockets
    sockets.blocked = True
    await sockets.close_all()
    actions.agent.cancel()
    await actions.obico.server.advance(10)
    actions.agent.start_print(CUBE)
    await actions.obico.server.advance(10)
    await refused(actions.do("cancel_print", print_id=meant), "other_print")
    assert actions.asked == []
    assert actions.printer.current_print is not None
    await actions.do("cancel_print", print_id=actions.printer.current_print.id)
    assert actions.asked == ["cancel_print"]
    assert actions.printer.current_print is None


async def test_nothing_is_cancelled_where_nobody_knows_what_is_printed(
    actions: Actions,
) -> None:
    await actions.become(Phase.PRINTING)
    assert actions.printer.current_print is not None
    meant = actions.printer.current_print.id
    actions.obico.server.faults.html(f"{PRINTERS}{actions.printer.id}/", 500)
    await failed(actions.do("cancel_print", print_id=meant), "server_error")
    assert actions.asked == []


@octoprint
async def test_several_printers_are_told_at_once(actions: Actions) -> None:
    await actions.become(Phase.PRINTING)
    other = await a_second_that_prints(actions)
    device_ids = [actions.device_id(), actions.device_id(other), actions.device_id()]
    actions.forget()
    await actions.do("pause_print", device_id=device_ids)
    assert actions.asked == ["pause_print"] * 2
    for printer in (actions.printer, other):
        assert printer.agent.phase in {Phase.PAUSING, Phase.PAUSED}


@octoprint
async def test_a_printer_that_cannot_does_not_keep_the_others_from_it(
    actions: Actions,
) -> None:
    other = await a_second_that_prints(actions)
    device_ids = [actions.device_id(), actions.device_id(other)]
    with pytest.raises(ServiceValidationError) as caught:
        await actions.do("pause_print", device_id=device_ids)
    explained(caught.value, "some_failed")
    assert "Prusa MK4: There is no print job" in str(caught.value)
    assert "Voron" not in str(caught.value)
    assert other.agent.phase in {Phase.PAUSING, Phase.PAUSED}


@octoprint
async def test_an_account_that_is_not_set_up_keeps_no_other_from_being_told(
    actions: Actions,
) -> None:
    """Smoke, and the server of another account is down: all that can stop must stop."""
    other = actions.obico.server.add_account(email="other@example.com")
    far = other.add_printer("Far away", agent="octoprint")
    second = await set_up(actions.hass, actions.obico.server, other)
    device = second.device(far)
    assert device is not None
    await second.unload()
    await actions.become(Phase.PRINTING)
    device_ids = [device.id, "gone", actions.device_id()]
    with pytest.raises(ServiceValidationError) as caught:
        await actions.do("cancel_print", device_id=device_ids)
    explained(caught.value, "some_failed")
    told = str(caught.value)
    assert "Far away: " in told
    assert "gone: " in told
    assert "Prusa MK4" not in told
    assert actions.asked == ["cancel_print"]
    assert actions.agent.phase in {Phase.CANCELLING, Phase.CANCELLED, Phase.IDLE}


@octoprint
async def test_what_failed_is_told_in_the_language_of_the_home(
    actions: Actions,
) -> None:
    await actions.hass.config.async_update(language="de")
    # As Home Assistant does for a new language.
    await translation.async_load_integrations(actions.hass, {DOMAIN})
    other = await a_second_that_prints(actions)
    other.agent.go_offline()
    await actions.settle()
    with pytest.raises(ServiceValidationError) as caught:
        await actions.do(
            "pause_print", device_id=[actions.device_id(), actions.device_id(other)]
        )
    placeholders = caught.value.translation_placeholders
    assert placeholders is not None
    assert placeholders["failures"] == (
        "Prusa MK4: Es gibt keinen Druckauftrag.; Voron: Der Drucker ist offline."
    )


@octoprint
async def test_a_server_that_fails_is_a_failure_and_no_misuse(
    actions: Actions,
) -> None:
    await actions.become(Phase.PRINTING)
    other = await a_second_that_prints(actions)
    actions.obico.server.faults.html("/api/v1/printers/*/pause_print/", 502)
    with pytest.raises(HomeAssistantError) as caught:
        await actions.do(
            "pause_print", device_id=[actions.device_id(), actions.device_id(other)]
        )
    assert not isinstance(caught.value, ServiceValidationError)
    explained(caught.value, "some_failed")
    assert "Prusa MK4: " in str(caught.value)
    assert "Voron: " in str(caught.value)


@octoprint
async def test_a_defect_of_ours_is_not_hidden(
    actions: Actions, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(actions.obico.entry)

    async def break_down(_printer_id: int) -> None:
        raise LookupError("defect")

    await actions.become(Phase.PRINTING)
    monkeypatch.setattr(client, "pause_print", break_down)
    with pytest.raises(LookupError):
        await actions.do("pause_print")


async def test_alerts_of_a_print_are_muted_and_unmuted(actions: Actions) -> None:
    await actions.become(Phase.PRINTING)
    await actions.do("mute_alerts")
    assert muted(actions.printer)
    assert actions["switch.alerts_muted"] == "on"
    await actions.do("mute_alerts", muted=False)
    assert not muted(actions.printer)
    assert actions["switch.alerts_muted"] == "off"


@octoprint
async def test_without_a_print_there_is_nothing_to_mute(actions: Actions) -> None:
    await refused(actions.do("mute_alerts"), "no_print")
    assert actions.asked == []


@octoprint
@pytest.mark.parametrize(
    ("answer", "verdict"), [("failed", "FAILED"), ("not_failed", "NOT_FAILED")]
)
async def test_an_alert_is_answered(
    actions: Actions, answer: str, verdict: str
) -> None:
    await open_alert(actions)
    job = actions.printer.current_print
    assert job is not None
    await actions.do("answer_alert", answer=answer)
    assert (job.alert_overwrite, job.has_open_alert) == (verdict, False)
    assert actions["binary_sensor.failure_detected"] == "off"
    await refused(actions.do("answer_alert", answer=answer), "no_alert")


@octoprint
async def test_what_is_no_answer_is_refused_by_its_form(actions: Actions) -> None:
    with pytest.raises(probatio.Invalid, match="answer"):
        await actions.do("answer_alert", answer="maybe")
    assert actions.asked == []
