"""Selects: what is done about failures, and preheating."""

import pytest

from dev import Phase
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.exceptions import ServiceValidationError
from tests.integration.push.support import push, status_of

from .support import Control, failed, klipper, octoprint, refused

PREHEAT = "select.preheat"
ACTION = "select.action_on_failure"


def options(control: Control, key: str = PREHEAT) -> list[str]:
    """Return what can be selected."""
    listed: list[str] = control.obico.state(control.printer, key).attributes["options"]
    return listed


async def test_what_is_done_about_a_failure_is_selected(control: Control) -> None:
    assert control[ACTION] == "pause"
    await control.select("action_on_failure", "notify")
    assert control.patched == [{"action_on_failure": "NONE"}]
    assert control[ACTION] == "notify"
    await control.select("action_on_failure", "pause")
    assert control.patched[1:] == [{"action_on_failure": "PAUSE"}]
    assert control[ACTION] == "pause"
    assert control.told == []


@octoprint
async def test_an_action_that_is_new_to_us_is_unknown(control: Control) -> None:
    control.printer.update({"action_on_failure": "EXPLODE"})
    await control.settle()
    assert control[ACTION] == STATE_UNKNOWN


@octoprint
async def test_an_option_that_is_none_is_not_sent(control: Control) -> None:
    for key in ("action_on_failure", "preheat"):
        with pytest.raises(ServiceValidationError):
            await control.select(key, "EXPLODE")
    assert control.asked == []
    assert control.told == []


async def test_a_printer_is_preheated_by_its_own_profiles(control: Control) -> None:
    assert options(control) == ["off", "ABS", "PLA"]
    assert control[PREHEAT] == "off"
    await control.select("preheat", "PLA")
    nozzle = 210.0 if control.is_klipper else 180.0
    assert sorted(control.told) == sorted(
        [
            f"_printer.set_temperature {control.bed} 60.0",
            f"_printer.set_temperature {control.nozzle} {nozzle}",
        ]
    )
    assert control.agent.heaters[control.nozzle].target == nozzle
    assert control.agent.heaters[control.bed].target == 60
    for _ in range(2):
        assert control[PREHEAT] == "PLA"
        assert float(control[f"number.{control.nozzle}_target"]) == nozzle
        assert control[f"number.{control.bed}_target"] == "60.0"
        await control.report()


async def test_off_turns_all_heaters_off(control: Control) -> None:
    await control.select("preheat", "ABS")
    if control.is_klipper:
        await control.set_value("chamber_target", 50)
    await control.select("preheat", "off")
    assert control[PREHEAT] == "off"
    assert {heater.target for heater in control.agent.heaters.values()} <= {0.0, None}
    await control.report()
    assert control[PREHEAT] == "off"


async def test_off_is_for_all_heaters_where_none_is_reported(control: Control) -> None:
    """As right after OctoPrint has connected to a printer that may be hot."""
    await control.select("preheat", "PLA")
    await control.report()
    push(
        control.obico,
        control.printer,
        status=status_of(control.printer) | {"temperatures": {}},
    )
    await control.settle()
    await control.select("preheat", "off")
    assert control.agent.heaters[control.nozzle].target == 0
    assert control.agent.heaters[control.bed].target == 0


async def test_other_targets_are_no_profile(control: Control) -> None:
    await control.select("preheat", "PLA")
    await control.set_value(f"{control.bed}_target", 61)
    assert control[PREHEAT] == STATE_UNKNOWN
    await control.set_value(f"{control.bed}_target", 60)
    assert control[PREHEAT] == "PLA"


@octoprint
async def test_profiles_of_no_use_are_left_out(control: Control) -> None:
    await control.use_profiles(
        {"name": "off", "bed": 60},
        {"name": "", "bed": 60},
        {"name": None, "bed": 60},
        {"name": "Empty"},
        {"name": "Nothing known", "tool7": 200},
        {"name": "No numbers", "bed": "hot", "extruder": None},
        {"name": "Chamber", "chamber": 50},
        {},
        {"name": "PETG", "bed": 80},
    )
    assert options(control) == ["off", "PETG"]
    await control.select("preheat", "off")
    assert {heater.target for heater in control.agent.heaters.values()} <= {0.0, None}


@octoprint
async def test_a_profile_that_heats_nothing_is_off(control: Control) -> None:
    await control.use_profiles({"name": "Cool down", "bed": 0, "extruder": 0})
    assert control[PREHEAT] == "off"
    await control.set_value("bed_target", 60)
    await control.select("preheat", "Cool down")
    assert control[PREHEAT] == "off"


@octoprint
async def test_profiles_that_change_while_one_is_selected(control: Control) -> None:
    await control.select("preheat", "PLA")
    await control.report()
    await control.use_profiles({"name": "PETG", "bed": 80})
    assert options(control) == ["off", "PETG"]
    assert control[PREHEAT] == STATE_UNKNOWN
    with pytest.raises(ServiceValidationError):
        await control.select("preheat", "PLA")
    await control.use_profiles()
    assert options(control) == ["off"]


@octoprint
async def test_a_printer_that_is_disconnected_is_not_preheated(
    control: Control,
) -> None:
    await control.become(Phase.DISCONNECTED)
    assert control[PREHEAT] == STATE_UNKNOWN
    for option in ("PLA", "off"):
        await refused(control.select("preheat", option), "printer_disconnected")
    assert control.told == []


async def test_without_its_agent_there_is_no_preheating(control: Control) -> None:
    control.agent.go_offline()
    await control.settle()
    assert control[PREHEAT] == STATE_UNAVAILABLE


@klipper
async def test_what_was_set_before_one_heater_was_refused_is_shown(
    control: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_target = control.agent.set_target

    def refuse_the_nozzle(heater: str, target: float) -> None:
        if heater == "extruder":
            raise ValueError("The nozzle fell off")
        set_target(heater, target)

    monkeypatch.setattr(control.agent, "set_target", refuse_the_nozzle)
    await failed(control.select("preheat", "PLA"), "agent_refused")
    assert control["number.heater_bed_target"] == "60.0"
    assert control["number.extruder_target"] == "0.0"
    assert control[PREHEAT] == STATE_UNKNOWN
