"""Fan, Z offset, steppers, restarts and the display.

The kind: a fan that everybody turns off, a nozzle that is driven into the print, a button for
the time after an emergency stop that is unavailable just then.
"""

import pytest

from dev import CUBE, Phase
from homeassistant.helpers import entity_registry as er
from tests.integration.control.support import failed, refused

from .support import Shop

both = pytest.mark.parametrize(
    "agent_name", ["bare_klipper", "octoprint"], indirect=True
)
octoprint = pytest.mark.parametrize("agent_name", ["octoprint"], indirect=True)


# Fan


@both
async def test_the_fan_turns_as_it_is_told(shop: Shop) -> None:
    await shop.call("fan.part_fan", "turn_on", percentage=40)
    assert shop.agent.fan_speed == 0.4
    assert (shop["fan.part_fan"]) == "on"
    assert shop.obico.state(shop.printer, "fan.part_fan").attributes["percentage"] == 40
    await shop.call("fan.part_fan", "set_percentage", percentage=100)
    assert shop.agent.fan_speed == 1.0
    await shop.call("fan.part_fan", "turn_off")
    assert shop.agent.fan_speed == 0.0
    assert shop["fan.part_fan"] == "off"
    await shop.call("fan.part_fan", "turn_on")
    assert shop.agent.fan_speed == 1.0


@both
async def test_what_the_fan_does_is_known_with_klipper_alone(shop: Shop) -> None:
    attributes = shop.obico.state(shop.printer, "fan.part_fan").attributes
    assert attributes.get("assumed_state", False) is not shop.is_klipper
    shop.agent.fan_speed = 0.7
    await shop.report()
    shown = shop.obico.state(shop.printer, "fan.part_fan").attributes["percentage"]
    assert shown == (70 if shop.is_klipper else None)


@both
async def test_the_fan_belongs_to_the_configuration(shop: Shop) -> None:
    """So "turn off all fans" does not reach it."""
    entry = er.async_get(shop.hass).async_get(
        shop.obico.entity_id(shop.printer, "fan.part_fan")
    )
    assert entry is not None
    assert entry.entity_category == "config"


@octoprint
async def test_the_fan_of_a_disconnected_machine_is_not_told(shop: Shop) -> None:
    await shop.call("fan.part_fan", "turn_on", percentage=40)
    await shop.become(Phase.DISCONNECTED)
    assert shop["fan.part_fan"] == "unknown"
    await refused(shop.call("fan.part_fan", "turn_on"), "printer_disconnected")


# Z offset


async def test_the_offset_is_set_and_read_back(shop: Shop) -> None:
    assert float(shop["number.z_offset"]) == 0
    await shop.set_value("z_offset", -0.25)
    assert shop.klipper.z_offset == -0.25
    assert float(shop["number.z_offset"]) == -0.25
    shop.klipper.z_offset = 0.06
    await shop.minute(6)
    assert float(shop["number.z_offset"]) == 0.06


async def test_during_a_print_the_offset_changes_by_a_little_only(shop: Shop) -> None:
    shop.klipper.z_offset = 0.05
    await shop.become(Phase.PRINTING)
    await shop.set_value("z_offset", 0.15)
    assert shop.klipper.z_offset == 0.15
    await refused(shop.set_value("z_offset", 0.26), "offset_step_too_large")
    # What somebody else has set meanwhile counts, not what is shown.
    shop.klipper.z_offset = 0.5
    await refused(shop.set_value("z_offset", 0.2), "offset_step_too_large")
    assert shop.klipper.z_offset == 0.5
    assert any("MOVE=1" in words for words in shop.told)


async def test_the_offset_is_moved_by_the_action(shop: Shop) -> None:
    await shop.do("adjust_z_offset", distance=0.05)
    await shop.do("adjust_z_offset", distance=-0.02)
    assert shop.klipper.z_offset == 0.03
    shop.klipper.z_offset = 1.95
    await refused(shop.do("adjust_z_offset", distance=0.1), "offset_too_large")


@octoprint
async def test_octoprint_gets_baby_steps(shop: Shop) -> None:
    await shop.become(Phase.PRINTING)
    await shop.press("z_offset_up")
    await shop.press("z_offset_up")
    await shop.press("z_offset_down")
    assert shop.agent.baby_steps == 0.025
    await shop.do("adjust_z_offset", distance=-0.1)
    assert shop.agent.baby_steps == -0.075
    assert shop.keys("number", "z_offset") == []


async def test_klipper_has_no_buttons_for_baby_steps(shop: Shop) -> None:
    assert shop.keys("button", "z_offset") == []


# Steppers and display


@both
async def test_steppers_let_go_but_not_during_a_print(shop: Shop) -> None:
    shop.agent.home("xyz")
    await shop.press("disable_steppers")
    assert shop.agent.homed == set()
    await shop.become(Phase.PRINTING)
    await refused(shop.press("disable_steppers"), "print_is_running")


@both
async def test_the_display_shows_a_message_in_one_line(shop: Shop) -> None:
    await shop.call("notify.display", "send_message", message="Dinner;\n is  ready")
    assert shop.agent.message == "Dinner, is ready"
    await shop.call("notify.display", "send_message", message="now", title="Dinner")
    assert shop.agent.message == "Dinner now"


# Restarts


async def test_after_an_emergency_stop_the_firmware_is_restarted(shop: Shop) -> None:
    shop.agent.start_print(CUBE)
    await shop.pass_time(20)
    shop.agent.emergency_stop()
    await shop.settle()
    assert shop["sensor.status"] == "offline"
    assert shop["button.restart_firmware"] != "unavailable"
    await shop.press("restart_klipper")
    assert shop.agent.phase is Phase.SHUTDOWN
    await shop.press("restart_firmware")
    await shop.pass_time(10)
    assert shop["sensor.status"] == "idle"


async def test_nothing_is_restarted_during_a_print(shop: Shop) -> None:
    await shop.become(Phase.PRINTING)
    for button in (
        "restart_klipper",
        "restart_firmware",
        "restart_host",
        "shutdown_host",
    ):
        await refused(shop.press(button), "print_is_running")
    assert shop.agent.phase is Phase.PRINTING


@pytest.mark.parametrize("button", ["restart_host", "shutdown_host"])
async def test_the_host_is_not_answering_when_it_restarts(
    shop: Shop, button: str
) -> None:
    """That is what was asked for, and no error."""
    await shop.press(button)
    assert shop["sensor.status"] == "offline"
    assert shop[f"button.{button}"] == "unavailable"
    await shop.pass_time(70)
    comes_back = button == "restart_host"
    assert (shop["sensor.status"] == "idle") is comes_back


async def test_an_agent_that_does_nothing_is_an_error(shop: Shop) -> None:
    shop.agent.freeze()
    await failed(shop.press("restart_klipper"), "agent_silent")


# The host


async def test_the_host_tells_how_busy_it_is(shop: Shop) -> None:
    assert float(shop["sensor.host_load"]) == 12.5
    assert float(shop["sensor.host_memory"]) == 25
    assert float(shop["sensor.host_temperature"]) == 45.6
    assert float(shop["sensor.host_disk"]) == 29
