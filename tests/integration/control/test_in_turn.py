"""Who waits for whom: nobody for another printer, and what is asked for last holds."""

import pytest

from dev import Account, Phase, Printer
from dev.json_types import JsonObject
from dev.server.serialize import printer_json
from tests.integration.push.support import PRINTERS
from tests.integration.support import Obico
from tests.timelapse import Timelapse, wait_until

from .support import Control, failed, klipper, list_of, octoprint

WATCHING = "switch.watching_enabled"


@pytest.fixture(autouse=True)
def neighbour(account: Account) -> Printer:
    """Give the account another printer, before it is followed."""
    return account.add_printer("Voron", agent="klipper")


@pytest.fixture
def other(
    obico: Obico,
    neighbour: Printer,
    timelapse: Timelapse,
    monkeypatch: pytest.MonkeyPatch,
) -> Control:
    return Control(obico, neighbour, timelapse, monkeypatch)


def printer_path(control: Control) -> str:
    """Return where the printer's settings are changed."""
    return f"{PRINTERS}{control.printer.id}/"


@pytest.mark.usefixtures("all_enabled")
@klipper
@pytest.mark.parametrize(
    ("key", "service", "data"),
    [
        ("number.heater_bed_target", "set_value", {"value": 60}),
        ("number.feed_rate", "set_value", {"value": 90}),
        ("select.preheat", "select_option", {"option": "PLA"}),
    ],
)
async def test_a_silent_agent_keeps_no_other_printer_waiting(
    control: Control, other: Control, key: str, service: str, data: dict[str, object]
) -> None:
    control.agent.freeze()
    waiting = control.begin(key, service, **data)
    await wait_until(lambda: control.told)
    await other.finish_now(other.begin(key, service, **data))
    assert other.told
    assert not waiting.done()
    # A command in G-code is given longer than others.
    await failed(control.finish(waiting), "agent_silent")


@octoprint
async def test_an_answer_that_takes_long_keeps_no_other_printer_waiting(
    control: Control, other: Control
) -> None:
    answered = control.hold_answer(printer_path(control), method="PATCH")
    waiting = control.begin(WATCHING, "turn_off")
    await control.until_asked()
    await other.finish_now(other.begin(WATCHING, "turn_off"))
    assert other[WATCHING] == "off"
    assert (waiting.done(), control[WATCHING]) == (False, "on")
    answered.set()
    await control.finish_now(waiting)
    assert control[WATCHING] == "off"


@octoprint
async def test_of_two_settings_the_last_one_holds_however_slow_the_first_is(
    control: Control,
) -> None:
    answered = control.hold_answer(printer_path(control), method="PATCH", times=1)
    first = control.begin(WATCHING, "turn_off")
    await control.until_asked()
    last = control.begin(WATCHING, "turn_on")
    # Enough for it to come through, if it may.
    await control.settle(0.5)
    answered.set()
    await control.finish_now(first)
    await control.finish_now(last)
    assert control.patched == [{"watching_enabled": False}, {"watching_enabled": True}]
    assert printer_json(control.printer)["watching_enabled"] is True
    assert control[WATCHING] == "on"


async def test_a_heater_that_is_turned_off_during_a_preheating_stays_off(
    control: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    hear = control.printer.passthru
    unheard: list[JsonObject] = []
    monkeypatch.setattr(control.printer, "passthru", unheard.append)
    preheating = control.begin("select.preheat", "select_option", option="PLA")
    await wait_until(lambda: len(unheard) == 2)
    off = [
        control.begin(f"number.{heater}_target", "set_value", value=0)
        for heater in (control.nozzle, control.bed)
    ]
    await wait_until(lambda: len(unheard) == 4)
    monkeypatch.setattr(control.printer, "passthru", hear)
    for message in unheard:
        hear(message)
    for task in (preheating, *off):
        await control.finish_now(task)
    for heater in (control.nozzle, control.bed):
        assert control.agent.heaters[heater].target == 0
        assert control[f"number.{heater}_target"] == "0.0"


async def test_turning_off_waits_for_no_reply_to_what_was_asked_before(
    control: Control,
) -> None:
    control.agent.freeze()
    key = f"number.{control.bed}_target"
    heating = [
        control.begin(key, "set_value", value=value) for value in (50, 60, 70, 80)
    ]
    await wait_until(lambda: len(control.told) == 4)
    off = control.begin(key, "set_value", value=0)
    await wait_until(lambda: len(control.told) == 5)
    assert control.told[-1] == f"_printer.set_temperature {control.bed} 0.0"
    for task in (*heating, off):
        await failed(control.finish(task), "agent_silent")


async def test_off_reaches_every_heater_although_one_is_refused(
    control: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    await control.select("preheat", "PLA")
    set_target = control.agent.set_target

    def refuse_nozzle(heater: str, target: float) -> None:
        if heater == control.nozzle:
            raise ValueError("The nozzle is stuck")
        set_target(heater, target)

    monkeypatch.setattr(control.agent, "set_target", refuse_nozzle)
    error = await failed(control.select("preheat", "off"), "agent_refused")
    assert "The nozzle is stuck" in str(error)
    assert control.agent.heaters[control.bed].target == 0
    assert control[f"number.{control.bed}_target"] == "0.0"
    assert control[f"number.{control.nozzle}_target"] != "0.0"


async def test_what_was_set_last_is_shown_whatever_became_of_the_rest_of_the_first(
    control: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    hear = control.printer.passthru

    def miss_bed(message: JsonObject) -> None:
        if control.bed not in list_of(message["args"]):
            hear(message)

    await control.select("preheat", "PLA")
    monkeypatch.setattr(control.printer, "passthru", miss_bed)
    off = control.begin("select.preheat", "select_option", option="off")
    await wait_until(lambda: control.agent.heaters[control.nozzle].target == 0)
    key = f"{control.nozzle}_target"
    await control.finish_now(control.begin(f"number.{key}", "set_value", value=240))
    await failed(control.finish(off), "agent_silent")
    assert control.agent.heaters[control.nozzle].target == 240
    assert control[f"number.{key}"] == "240.0"


@pytest.mark.usefixtures("all_enabled")
@klipper
async def test_an_emergency_stop_waits_for_no_answer_to_another_one(
    control: Control,
) -> None:
    control.agent.freeze()
    first = control.begin("button.emergency_stop", "press")
    await wait_until(lambda: control.told)
    control.agent.thaw()
    await control.finish_now(control.begin("button.emergency_stop", "press"))
    assert control.agent.phase is Phase.SHUTDOWN
    await failed(control.finish(first), "agent_silent")
