"""What a push changes, and all that it does not."""

import json

import pytest

from dev import CUBE, Printer
from dev.bench.writes import count_writes
from dev.server.serialize import printer_json
from homeassistant.const import ATTR_ENTITY_ID, SERVICE_TURN_OFF, SERVICE_TURN_ON
from tests.integration.support import Json, Obico, coordinator_of
from tests.timelapse import Timelapse, wait_until

from .support import PRINTERS, begin_poll, is_shown, push, requests, status_of

SWITCH = "switch.watching_enabled"


async def turn(obico: Obico, printer: Printer, action: str) -> None:
    await obico.hass.services.async_call(
        "switch",
        action,
        {ATTR_ENTITY_ID: obico.entity_id(printer, SWITCH)},
        blocking=True,
    )


async def test_a_change_on_the_server_shows_without_a_poll(
    obico: Obico, printer: Printer
) -> None:
    obico.server.requests.clear()
    printer.agent.start_print(CUBE)
    await wait_until(is_shown(obico, printer, "sensor.status", "starting"))
    printer.agent.go_offline()
    await wait_until(is_shown(obico, printer, "sensor.status", "offline"))
    assert obico.value(printer, "binary_sensor.online") == "off"
    assert PRINTERS not in requests(obico)


async def test_an_identical_push_writes_no_state_and_wakes_nobody(
    obico: Obico, printer: Printer, timelapse: Timelapse
) -> None:
    writes = count_writes(obico.hass)
    woken: list[int] = []
    coordinator_of(obico.entry).async_add_listener(lambda: woken.append(1), printer.id)
    for _ in range(5):
        printer.push()
        await timelapse.settle()
    # Another text that says the same.
    obico.server.sockets.send(
        printer.id, json.dumps(printer_json(printer), indent=1, sort_keys=True)
    )
    await timelapse.settle()
    assert writes.changed == writes.reported == []
    assert woken == []

    printer.columns["name"] = "Renamed"
    printer.push()
    await wait_until(lambda: woken == [1])


async def test_a_push_writes_only_what_changed(
    obico: Obico, printer: Printer, timelapse: Timelapse
) -> None:
    printer.agent.start_print(CUBE)
    await timelapse.pass_time(30)
    writes = count_writes(obico.hass)
    status = status_of(printer)
    assert obico.value(printer, "sensor.status") == "printing"
    # Far off its target, and no longer before the first layer.
    status["temperatures"]["tool0"]["actual"] = 123.4
    status["progress"]["completion"] = 50
    push(obico, printer, status=status, normalized_p=0.21)
    await timelapse.settle()
    assert sorted(writes.changed) == sorted(
        obico.entity_id(printer, key)
        for key in (
            "sensor.failure_score",
            "sensor.progress",
            "sensor.tool0_temperature",
        )
    )
    assert writes.reported == []
    assert obico.value(printer, "sensor.tool0_temperature") == "123.4"


async def test_a_heater_that_shows_for_the_first_time_gets_its_entities_by_push(
    obico: Obico, printer: Printer
) -> None:
    assert obico.find_entity_id(printer, "sensor.tool1_temperature") is None
    status = status_of(printer)
    status["temperatures"]["tool1"] = {"actual": 31.0, "target": 0.0, "offset": 0}
    push(obico, printer, status=status)
    await wait_until(
        lambda: obico.find_entity_id(printer, "sensor.tool1_temperature") is not None
    )
    await wait_until(is_shown(obico, printer, "sensor.tool1_temperature", "31.0"))


async def test_a_heater_that_begins_to_measure_gets_its_sensor_by_push(
    obico: Obico, printer: Printer, timelapse: Timelapse
) -> None:
    status = status_of(printer)
    readings: dict[str, Json] = {"actual": None, "target": None}
    status["temperatures"]["chamber"] = readings
    push(obico, printer, status=status)
    await timelapse.settle()
    assert obico.find_entity_id(printer, "sensor.chamber_temperature") is None
    readings["actual"] = 28.5
    push(obico, printer, status=status)
    await wait_until(
        lambda: obico.find_entity_id(printer, "sensor.chamber_temperature") is not None
    )
    await wait_until(is_shown(obico, printer, "sensor.chamber_temperature", "28.5"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "[]",
        "{}",
        '{"id": 99999, "name": "Of somebody else"}',
        '{"passthru": {"ref": "of somebody else", "ret": {"target": 99}}}',
        '{"passthru": {"terminal_feed": {"msg": "ok T:20"}}}',
    ],
)
async def test_a_message_of_no_use_is_passed_over(
    obico: Obico, printer: Printer, timelapse: Timelapse, text: str
) -> None:
    writes = count_writes(obico.hass)
    obico.server.sockets.send(printer.id, text)
    await timelapse.settle()
    assert writes.changed == writes.reported == []
    assert len(obico.server.sockets) == 1
    printer.agent.start_print(CUBE)
    await wait_until(is_shown(obico, printer, "sensor.status", "starting"))


async def test_a_listener_that_fails_does_not_end_the_push(
    obico: Obico,
    printer: Printer,
    timelapse: Timelapse,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail() -> None:
        raise ValueError("a listener's own mistake")

    remove = coordinator_of(obico.entry).async_add_listener(fail, printer.id)
    printer.agent.start_print(CUBE)
    await wait_until(is_shown(obico, printer, "sensor.status", "starting"))
    remove()
    assert "a listener's own mistake" in caplog.text
    caplog.clear()
    await timelapse.pass_time(5)
    assert obico.value(printer, "sensor.status") == "heating"


async def test_a_push_that_repeats_the_last_one_is_newer_than_a_poll_in_between(
    obico: Obico, printer: Printer, timelapse: Timelapse
) -> None:
    printer.push()
    await timelapse.settle()
    name = printer.columns["name"]
    # A change and its end, of which the push only brings the end.
    printer.columns["name"] = "Renamed"
    await obico.poll()
    assert coordinator_of(obico.entry).data.printers[printer.id].name == "Renamed"
    printer.columns["name"] = name
    printer.push()
    await timelapse.settle()
    assert coordinator_of(obico.entry).data.printers[printer.id].name == name


async def test_a_push_that_comes_during_a_poll_is_newer_than_its_answer(
    obico: Obico, printer: Printer, timelapse: Timelapse
) -> None:
    send, poll = await begin_poll(obico)
    printer.agent.start_print(CUBE)
    await wait_until(is_shown(obico, printer, "sensor.status", "starting"))
    writes = count_writes(obico.hass)
    send.set()
    await poll
    await timelapse.settle()
    assert obico.value(printer, "sensor.status") == "starting"
    assert obico.entity_id(printer, "sensor.status") not in writes.changed


async def test_a_push_of_before_a_command_does_not_flip_its_switch_back(
    obico: Obico, printer: Printer, timelapse: Timelapse
) -> None:
    before = json.dumps(printer_json(printer) | {"action_on_failure": "NONE"})
    obico.server.sockets.silent = True
    await turn(obico, printer, SERVICE_TURN_OFF)
    obico.server.sockets.silent = False
    writes = count_writes(obico.hass)

    obico.server.sockets.send(printer.id, before)
    await wait_until(is_shown(obico, printer, "select.action_on_failure", "notify"))
    assert obico.value(printer, SWITCH) == "off"
    printer.push()
    await timelapse.settle()
    assert obico.entity_id(printer, SWITCH) not in writes.changed

    # Somebody else turns it on again: that is news.
    printer.update({"watching_enabled": True})
    await wait_until(is_shown(obico, printer, SWITCH, "on"))


async def test_a_setting_that_somebody_else_changes_is_not_held_for_long(
    obico: Obico, printer: Printer, timelapse: Timelapse
) -> None:
    obico.server.sockets.silent = True
    await turn(obico, printer, SERVICE_TURN_OFF)
    obico.server.sockets.silent = False
    await timelapse.pass_time(10)
    push(obico, printer, watching_enabled=True)
    await wait_until(is_shown(obico, printer, SWITCH, "on"))


@pytest.mark.parametrize("is_silent", [True, False])
async def test_a_switch_that_is_turned_to_and_fro_shows_the_last_word(
    obico: Obico, printer: Printer, timelapse: Timelapse, is_silent: bool
) -> None:
    obico.server.sockets.silent = is_silent
    writes = count_writes(obico.hass)
    for action, shown in (
        (SERVICE_TURN_OFF, "off"),
        (SERVICE_TURN_ON, "on"),
        (SERVICE_TURN_OFF, "off"),
        (SERVICE_TURN_ON, "on"),
    ):
        await turn(obico, printer, action)
        assert obico.value(printer, SWITCH) == shown
        await timelapse.settle()
        assert obico.value(printer, SWITCH) == shown
    assert writes.changed.count(obico.entity_id(printer, SWITCH)) == 4
