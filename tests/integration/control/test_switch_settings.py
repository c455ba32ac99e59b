"""Switches of a print and of the account, and what all switches have in common."""

import asyncio

import pytest

from dev import Phase
from homeassistant.const import EntityCategory
from homeassistant.helpers import entity_registry as er
from tests.integration.push.support import push
from tests.integration.support import coordinator_of

from .support import Control, failed, octoprint, refused

# Also what a user has to enable.
pytestmark = pytest.mark.usefixtures("all_enabled")

MUTED = "switch.alerts_muted"
NOTIFICATIONS = "switch.notification_enabled"


@octoprint
async def test_no_switch_is_exposed_to_voice_assistants(control: Control) -> None:
    """A category keeps "turn off all switches" from ending the watching."""
    switches = [
        entry
        for entry in er.async_entries_for_config_entry(
            er.async_get(control.obico.hass), control.obico.entry.entry_id
        )
        if entry.domain == "switch"
    ]
    assert len(switches) == 5
    assert {entry.entity_category for entry in switches} == {EntityCategory.CONFIG}


# Muting a print


async def test_a_print_is_muted_and_unmuted(control: Control) -> None:
    await control.become(Phase.PRINTING)
    job = control.printer.current_print
    assert job is not None
    for on, value, reason in (
        (True, "true", "alerts_muted"),
        (False, "false", "watching"),
    ):
        control.forget()
        await control.turn("alerts_muted", on=on)
        assert control.asked == [f"mute_current_print {value}"]
        assert (job.alert_muted_at is not None) is on
        assert control[MUTED] == ("on" if on else "off")
        assert control["sensor.not_watching_reason"] == reason


async def test_without_a_print_there_is_nothing_to_mute(control: Control) -> None:
    """The server would fail over it."""
    assert control[MUTED] == "off"
    for on in (True, False):
        await refused(control.turn("alerts_muted", on=on), "no_print")
    assert control.asked == []


async def test_the_next_print_is_not_muted(control: Control) -> None:
    await control.become(Phase.PRINTING)
    await control.turn("alerts_muted", on=True)
    control.agent.cancel()
    await control.pass_time(10)
    assert control[MUTED] == "off"


@octoprint
async def test_a_print_can_be_muted_while_the_printer_is_off(control: Control) -> None:
    await control.become(Phase.PRINTING)
    control.agent.go_offline()
    await control.settle()
    await control.turn("alerts_muted", on=True)
    assert control[MUTED] == "on"


@octoprint
async def test_a_push_that_was_composed_before_does_not_unmute(
    control: Control,
) -> None:
    await control.become(Phase.PRINTING)
    control.keep_pushes()
    await control.turn("alerts_muted", on=True)
    job = control.printer.current_print
    assert job is not None
    muted_at, job.alert_muted_at = job.alert_muted_at, None
    push(control.obico, control.printer, normalized_p=0.1)
    await control.settle()
    assert control["sensor.failure_score"] == "10.0"
    assert control[MUTED] == "on"
    # The server's own push of it, and then somebody unmutes it on the web.
    job.alert_muted_at = muted_at
    push(control.obico, control.printer, normalized_p=0.2)
    job.alert_muted_at = None
    push(control.obico, control.printer, normalized_p=0.3)
    await control.settle()
    assert control[MUTED] == "off"


@octoprint
async def test_a_print_that_ended_meanwhile_takes_the_muting_with_it(
    control: Control,
) -> None:
    await control.become(Phase.PRINTING)
    control.keep_pushes()
    await control.turn("alerts_muted", on=True)
    push(control.obico, control.printer, current_print=None)
    await control.settle()
    assert control[MUTED] == "off"


@octoprint
async def test_muting_that_fails_is_said_to(control: Control) -> None:
    await control.become(Phase.PRINTING)
    path = "/api/v1/printers/*/mute_current_print/"
    for status, answer, reason in (
        (500, {}, "server_error"),
        (200, {"succeeded": False}, "no_effect"),
    ):
        control.obico.server.faults.clear()
        control.obico.server.faults.answer(path, status, answer)
        await failed(control.turn("alerts_muted", on=True), reason)
        assert control[MUTED] == "off"


@octoprint
async def test_muting_that_only_seems_to_work_is_said_to_fail(
    control: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    await control.become(Phase.PRINTING)
    monkeypatch.setattr(control.printer, "mute", lambda *_, **__: None)
    await failed(control.turn("alerts_muted", on=True), "no_effect")
    assert control[MUTED] == "off"


@octoprint
async def test_an_answer_without_a_printer_is_no_failure(control: Control) -> None:
    await control.become(Phase.PRINTING)
    control.obico.server.faults.change(
        "/api/v1/printers/*/mute_current_print/", lambda _: {"succeeded": True}
    )
    await control.turn("alerts_muted", on=True)
    assert control[MUTED] == "on"


# Notifications of the account


def shown(control: Control) -> str:
    """Return whether the switch of the account is on."""
    state = control.obico.hass.states.get(account_switch(control))
    assert state is not None
    return state.state


def account_switch(control: Control) -> str:
    """Return the id of the switch of the account."""
    entity_id = er.async_get(control.obico.hass).async_get_entity_id(
        "switch", "obico", f"{control.obico.entry.unique_id}_notification_enabled"
    )
    assert entity_id is not None
    return entity_id


async def turn_notifications(control: Control, *, on: bool) -> None:
    """Turn the notifications of Obico on or off."""
    await control.obico.hass.services.async_call(
        "switch",
        "turn_on" if on else "turn_off",
        {"entity_id": account_switch(control)},
        blocking=True,
    )


@octoprint
async def test_the_notifications_of_obico_are_turned_off_and_on(
    control: Control,
) -> None:
    account = control.obico.account
    for on in (False, True):
        control.forget()
        await turn_notifications(control, on=on)
        assert control.asked == ["me"]
        assert account.notification_enabled is on
        assert shown(control) == ("on" if on else "off")
    account.notification_enabled = False
    await control.pass_time(65)
    assert shown(control) == "off"


@octoprint
async def test_a_poll_that_began_earlier_does_not_turn_them_back(
    control: Control,
) -> None:
    # So that the poll has something to show.
    control.obico.account.unseen_printer_events += 1
    arrive = asyncio.Event()
    fault = control.obico.server.faults.delay(
        "/api/v1/users/me/", arrive, after=True, method="GET"
    )
    polling = asyncio.create_task(coordinator_of(control.obico.entry).async_refresh())
    while not fault.hits:
        await asyncio.sleep(0)
    await turn_notifications(control, on=False)
    assert shown(control) == "off"
    arrive.set()
    await polling
    assert shown(control) == "off"


@octoprint
async def test_notifications_that_cannot_be_turned_off_stay_on(
    control: Control,
) -> None:
    control.obico.server.faults.html("/api/v1/users/me/", 500, method="PATCH")
    await failed(turn_notifications(control, on=False), "server_error")
    assert shown(control) == "on"
