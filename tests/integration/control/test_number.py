"""Numbers: settings, heaters and rates."""

import math

import pytest

from dev import Phase
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN, EntityCategory
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
from tests.integration.push.support import push
from tests.timelapse import wait_until

from .support import Control, failed, klipper, octoprint, refused

SETTINGS = {
    "detective_sensitivity": (0.8, 1.2, 1.1),
    "retract_on_pause": (0, 20, 4.5),
    "lift_z_on_pause": (0, 50, 10.0),
    "min_timelapse_secs_on_finish": (-1, 86400, 120),
    "min_timelapse_secs_on_cancel": (-1, 86400, -1),
}
DISABLED = {*SETTINGS, "feed_rate", "flow_rate"}


def entry_of(control: Control, key: str) -> er.RegistryEntry:
    """Return the registry entry of an entity."""
    entity_id = control.obico.entity_id(control.printer, key)
    entry = er.async_get(control.obico.hass).async_get(entity_id)
    assert entry is not None
    return entry


# Settings


@pytest.mark.usefixtures("all_enabled")
async def test_a_setting_is_changed_and_nothing_else(control: Control) -> None:
    for field, (lowest, highest, value) in SETTINGS.items():
        key = f"number.{field}"
        attributes = control.obico.state(control.printer, key).attributes
        assert (attributes["min"], attributes["max"]) == (lowest, highest)
        control.forget()
        await control.set_value(field, value)
        assert control.patched == [{field: value}]
        assert type(control.patched[0][field]) is type(value)
        assert float(control[key]) == value
        assert entry_of(control, key).entity_category is EntityCategory.CONFIG


@octoprint
async def test_what_is_seldom_wanted_is_disabled_by_default(control: Control) -> None:
    for key in (*SETTINGS, "feed_rate", "flow_rate", "bed_target"):
        is_disabled = entry_of(control, f"number.{key}").disabled_by is not None
        assert is_disabled == (key in DISABLED), key


@octoprint
@pytest.mark.usefixtures("all_enabled")
async def test_a_sensitivity_has_two_decimals_however_it_was_come_by(
    control: Control,
) -> None:
    await control.set_value("detective_sensitivity", 0.8 + 3 * 0.05)
    assert control.patched == [{"detective_sensitivity": 0.95}]


@octoprint
@pytest.mark.usefixtures("all_enabled")
async def test_what_is_out_of_range_is_not_sent(control: Control) -> None:
    for key, value in (
        ("detective_sensitivity", 0.79),
        ("detective_sensitivity", 1.21),
        ("retract_on_pause", -1),
        ("lift_z_on_pause", 51),
        ("tool0_target", 351),
        ("tool0_target", -1),
        ("bed_target", 141),
        ("bed_target", math.inf),
    ):
        with pytest.raises(ServiceValidationError):
            await control.set_value(key, value)
    assert control.asked == []
    assert control.told == []


@octoprint
@pytest.mark.usefixtures("all_enabled")
async def test_what_is_no_number_is_not_sent(control: Control) -> None:
    for key in (*SETTINGS, "feed_rate", "flow_rate", "bed_target"):
        await refused(control.set_value(key, math.nan), "not_a_number")
    assert control.asked == []
    assert control.told == []


@octoprint
@pytest.mark.usefixtures("all_enabled")
async def test_a_setting_can_be_changed_while_the_printer_is_off(
    control: Control,
) -> None:
    control.agent.go_offline()
    await control.settle()
    await control.set_value("retract_on_pause", 3)
    assert control.printer.columns["retract_on_pause"] == 3
    assert control["number.retract_on_pause"] == "3.0"


@octoprint
@pytest.mark.usefixtures("all_enabled")
async def test_a_push_that_was_composed_before_does_not_turn_a_setting_back(
    control: Control,
) -> None:
    # The server is slow: its own push of the change is still to come.
    control.keep_pushes()
    await control.set_value("retract_on_pause", 3)
    push(control.obico, control.printer, retract_on_pause=6.5, watching_enabled=False)
    await control.settle()
    assert control["switch.watching_enabled"] == "off"
    assert control["number.retract_on_pause"] == "3.0"
    # Then it comes, and whatever follows is newer.
    push(control.obico, control.printer, watching_enabled=True)
    push(control.obico, control.printer, retract_on_pause=5)
    await control.settle()
    assert control["number.retract_on_pause"] == "5.0"


@octoprint
@pytest.mark.usefixtures("all_enabled")
async def test_a_setting_is_not_held_for_long(control: Control) -> None:
    control.keep_pushes()
    await control.set_value("retract_on_pause", 3)
    await control.pass_time(6)
    push(control.obico, control.printer, retract_on_pause=6.5)
    await control.settle()
    assert control["number.retract_on_pause"] == "6.5"


@octoprint
@pytest.mark.usefixtures("all_enabled")
async def test_what_is_changed_elsewhere_right_after_is_taken(control: Control) -> None:
    await control.set_value("retract_on_pause", 3)
    control.printer.update({"retract_on_pause": 8})
    await control.settle()
    assert control["number.retract_on_pause"] == "8.0"


@octoprint
@pytest.mark.usefixtures("all_enabled")
async def test_where_the_push_is_quicker_than_the_answer_nothing_is_held(
    control: Control,
) -> None:
    arrive = control.hold_answer("/api/v1/printers/*/", method="PATCH", after=True)
    setting = control.begin("number.retract_on_pause", "set_value", value=3)
    await wait_until(lambda: control["number.retract_on_pause"] == "3.0")
    arrive.set()
    await control.finish_now(setting)
    push(control.obico, control.printer, retract_on_pause=8)
    await control.settle()
    assert control["number.retract_on_pause"] == "8.0"


async def test_the_answer_to_a_setting_does_not_turn_a_target_back(
    control: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It brings what the agent reported before."""
    await control.set_value(f"{control.bed}_target", 60)
    with monkeypatch.context() as patched:
        patched.setattr(control.printer, "push", lambda: None)
        await control.set_value("retract_on_pause", 3)
    assert control[f"number.{control.bed}_target"] == "60.0"
    await control.report()
    assert control[f"number.{control.bed}_target"] == "60.0"


@octoprint
@pytest.mark.usefixtures("all_enabled")
async def test_two_settings_changed_at_once_both_hold(control: Control) -> None:
    control.keep_pushes()
    await control.set_value("retract_on_pause", 3)
    await control.set_value("lift_z_on_pause", 10)
    push(control.obico, control.printer, retract_on_pause=6.5, lift_z_on_pause=2.5)
    await control.settle()
    assert control["number.retract_on_pause"] == "3.0"
    assert control["number.lift_z_on_pause"] == "10.0"


# Heaters


async def test_a_heater_is_set_and_shown_at_once(control: Control) -> None:
    for heater, target in ((control.nozzle, 210), (control.bed, 60)):
        key = f"number.{heater}_target"
        control.forget()
        await control.set_value(f"{heater}_target", target)
        assert control.told == [f"_printer.set_temperature {heater} {target:.1f}"]
        assert control.asked == []
        assert control.agent.heaters[heater].target == target
        assert float(control[key]) == target
        await control.report()
        assert float(control[key]) == target
        assert entry_of(control, key).entity_category is None


async def test_zero_turns_a_heater_off(control: Control) -> None:
    await control.set_value(f"{control.bed}_target", 60)
    await control.report()
    await control.set_value(f"{control.bed}_target", 0)
    assert control.agent.heaters[control.bed].target == 0
    assert control[f"number.{control.bed}_target"] == "0.0"


async def test_heaters_take_so_much_and_no_more(control: Control) -> None:
    limits = {control.nozzle: 350, control.bed: 140}
    if control.is_klipper:
        limits["chamber"] = 80
    for heater, limit in limits.items():
        state = control.obico.state(control.printer, f"number.{heater}_target")
        assert (state.attributes["min"], state.attributes["max"]) == (0, limit)
        assert state.attributes["heater"] == heater
        # The sensor shows the same.
        assert entry_of(control, f"sensor.{heater}_target").disabled_by is not None


@klipper
@pytest.mark.usefixtures("all_enabled")
async def test_what_cannot_be_heated_has_no_target(control: Control) -> None:
    assert control["sensor.raspberry_pi_temperature"] == "48.3"
    for key in ("number.raspberry_pi_target", "sensor.raspberry_pi_target"):
        assert control.obico.find_entity_id(control.printer, key) is None


async def test_targets_are_held_until_the_agent_reports_and_not_longer(
    control: Control,
) -> None:
    """Every push brings what the agent reported last, the picture's too."""
    await control.set_value(f"{control.bed}_target", 60)
    await control.set_value(f"{control.nozzle}_target", 200)
    control.printer.columns["watching_enabled"] = False
    control.printer.push()
    await control.settle()
    assert control["switch.watching_enabled"] == "off"
    assert control[f"number.{control.bed}_target"] == "60.0"
    assert control[f"number.{control.nozzle}_target"] == "200.0"
    # Somebody at the printer is of another mind.
    control.agent.set_target(control.bed, 45)
    await control.report()
    assert control[f"number.{control.bed}_target"] == "45.0"
    assert control[f"number.{control.nozzle}_target"] == "200.0"


async def test_a_target_that_had_no_effect_is_not_shown_for_long(
    control: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control.agent, "set_target", lambda *_: None)
    await control.set_value(f"{control.bed}_target", 60)
    assert control[f"number.{control.bed}_target"] == "60.0"
    await control.pass_time(62)
    assert control[f"number.{control.bed}_target"] == "0.0"


@octoprint
async def test_a_printer_that_is_disconnected_is_not_heated(control: Control) -> None:
    """Its agent would take the command, and do nothing."""
    await control.become(Phase.DISCONNECTED)
    await refused(control.set_value("bed_target", 60), "printer_disconnected")
    assert control.told == []


@octoprint
async def test_a_printer_that_halted_is_not_heated(control: Control) -> None:
    control.agent.error("Thermal Runaway")
    await control.settle()
    assert control["sensor.status"] == "error"
    await refused(control.set_value("bed_target", 60), "printer_disconnected")
    assert control.told == []


@klipper
async def test_klipper_can_be_cooled_down_after_a_print_failed(
    control: Control,
) -> None:
    """Its firmware goes on, and with it the heaters."""
    await control.become(Phase.PRINTING)
    control.agent.error("Move out of range")
    await control.pass_time(2)
    control.agent.set_target("extruder", 245)
    await control.report()
    assert control["sensor.status"] == "error"
    await control.set_value("extruder_target", 0)
    assert control.agent.heaters["extruder"].target == 0


async def test_without_its_agent_nothing_can_be_heated(control: Control) -> None:
    control.agent.go_offline()
    await control.settle()
    key = f"number.{control.bed}_target"
    assert control[key] == STATE_UNAVAILABLE
    await control.set_value(f"{control.bed}_target", 60)
    assert control.told == []


async def test_an_agent_that_refuses_says_why(
    control: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(heater: str, target: float) -> None:
        raise ValueError("The nozzle fell off")

    monkeypatch.setattr(control.agent, "set_target", refuse)
    error = await failed(
        control.set_value(f"{control.bed}_target", 60), "agent_refused"
    )
    assert "The nozzle fell off" in str(error)
    assert control[f"number.{control.bed}_target"] == "0.0"


async def test_an_agent_that_hangs_is_not_waited_for_forever(control: Control) -> None:
    control.agent.freeze()
    setting = failed(control.set_value(f"{control.bed}_target", 60), "agent_silent")
    assert await control.timed(setting) < 20
    assert control[f"number.{control.bed}_target"] == "0.0"


async def test_a_connection_that_is_lost_meanwhile_keeps_nobody_waiting(
    control: Control,
) -> None:
    control.agent.freeze()
    setting = control.begin(f"number.{control.bed}_target", "set_value", value=60)
    await wait_until(lambda: control.told)
    control.obico.server.sockets.blocked = True
    await control.obico.server.sockets.close_all()
    await failed(control.finish_now(setting), "no_push")


# Rates


def rate_told(control: Control, key: str, percent: int) -> str:
    """Return what the agent is told for a rate."""
    if not control.is_klipper:
        return f"_printer.{key} {percent}"
    code = {"feed_rate": "M220", "flow_rate": "M221"}[key]
    return f"moonraker_api.printer/gcode/script post {code} S{percent}"


@pytest.mark.usefixtures("all_enabled")
@pytest.mark.parametrize("key", ["feed_rate", "flow_rate"])
async def test_a_rate_is_set_and_shown_at_once(control: Control, key: str) -> None:
    await control.set_value(key, 110)
    assert control.told == [rate_told(control, key, 110)]
    assert getattr(control.agent, key) == 1.1
    assert control[f"number.{key}"] == "110"
    for _ in range(2):
        await control.report()
        assert control[f"number.{key}"] == "110"


@klipper
@pytest.mark.usefixtures("all_enabled")
async def test_klipper_reports_its_rates_as_fractions(control: Control) -> None:
    control.agent.feed_rate, control.agent.flow_rate = 1.5, 0.95
    control.agent.fan_speed = 0.4
    await control.report()
    for key in ("number.feed_rate", "sensor.feed_rate"):
        assert control[key] == "150"
    for key in ("number.flow_rate", "sensor.flow_rate"):
        assert control[key] == "95"
    assert control["sensor.fan_speed"] == "40"


@octoprint
@pytest.mark.usefixtures("all_enabled")
async def test_octoprint_reports_no_rates(control: Control) -> None:
    for key in ("feed_rate", "flow_rate", "fan_speed"):
        assert control.obico.find_entity_id(control.printer, f"sensor.{key}") is None
    assert control["number.feed_rate"] == STATE_UNKNOWN
    await control.set_value("feed_rate", 150)
    # A printer that was away begins anew.
    control.agent.disconnect()
    await control.pass_time(2)
    assert control["number.feed_rate"] == STATE_UNKNOWN


@klipper
@pytest.mark.usefixtures("all_enabled")
async def test_a_rate_that_had_no_effect_is_not_shown_for_long(
    control: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dev.agent.gcode.execute", lambda *_: None)
    await control.set_value("feed_rate", 150)
    assert control["number.feed_rate"] == "150"
    control.printer.normalized_p = 0.1
    control.printer.push()
    await control.settle()
    assert control["number.feed_rate"] == "150"
    await control.report()
    assert control["number.feed_rate"] == "100"


@octoprint
@pytest.mark.usefixtures("all_enabled")
async def test_a_rate_needs_a_machine(control: Control) -> None:
    await control.become(Phase.DISCONNECTED)
    await refused(control.set_value("feed_rate", 150), "printer_disconnected")
    assert control.told == []
