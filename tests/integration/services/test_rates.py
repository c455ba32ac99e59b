"""Speed, flow, fan and the emergency stop by actions, without any entity of theirs."""

import probatio
import pytest

from dev import Phase
from homeassistant.exceptions import ServiceValidationError
from tests.integration.control.support import failed, klipper, octoprint, refused

from .support import Actions

UNKNOWN = {"feed_rate": None, "flow_rate": None, "fan_speed": None}


@klipper
async def test_rates_are_set_during_a_print_and_read_back(actions: Actions) -> None:
    await actions.become(Phase.PRINTING)
    await actions.do("set_rates", feed_rate=110, flow_rate="95", fan_speed=40)
    assert actions.told == [
        f"moonraker_api.printer/gcode/script post {line}"
        for line in ("M220 S110", "M221 S95", "M106 S102")
    ]
    wanted = {"feed_rate": 110, "flow_rate": 95, "fan_speed": 40}
    assert await actions.ask("get_rates") == wanted
    # And so it stays when the printer reports.
    await actions.report()
    assert await actions.ask("get_rates") == wanted


@octoprint
async def test_only_what_is_given_is_set(actions: Actions) -> None:
    await actions.do("set_rates", fan_speed=0)
    assert actions.told == ["_printer.commands ['M107']"]
    await actions.do("set_rates", flow_rate=105)
    assert actions.told[1:] == ["_printer.flow_rate 105"]


@octoprint
async def test_what_octoprint_does_not_report_is_unknown(actions: Actions) -> None:
    assert await actions.ask("get_rates") == UNKNOWN
    await actions.do("set_rates", feed_rate=120)
    assert await actions.ask("get_rates") == UNKNOWN | {"feed_rate": 120}


@klipper
async def test_rates_of_a_printer_that_is_away_are_unknown(actions: Actions) -> None:
    await actions.do("set_rates", feed_rate=120)
    actions.agent.go_offline()
    await actions.settle()
    assert await actions.ask("get_rates") == UNKNOWN
    await refused(actions.do("set_rates", feed_rate=100), "printer_offline")


@octoprint
async def test_nothing_to_set_is_a_mistake(actions: Actions) -> None:
    await refused(actions.do("set_rates"), "nothing_to_set")
    for wrong in (
        {"feed_rate": 9},
        {"feed_rate": 201},
        {"flow_rate": 74},
        {"flow_rate": 126},
        {"fan_speed": -1},
        {"fan_speed": 101},
        {"fan_speed": "nan"},
    ):
        with pytest.raises(probatio.Invalid):
            await actions.do("set_rates", **wrong)
    assert actions.told == []


@klipper
async def test_a_printer_that_does_not_answer_has_not_taken_them(
    actions: Actions,
) -> None:
    actions.agent.freeze()
    await failed(actions.do("set_rates", feed_rate=120), "gcode_unanswered")
    assert (await actions.ask("get_rates"))["feed_rate"] == 100


@klipper
async def test_klipper_is_stopped_at_once_without_its_button(actions: Actions) -> None:
    await actions.become(Phase.PRINTING)
    await actions.do("emergency_stop")
    assert actions.told == ["moonraker_api.printer/emergency_stop post"]
    assert actions.agent.phase is Phase.SHUTDOWN


@octoprint
async def test_octoprint_says_that_it_cannot_be_stopped_and_klipper_is(
    actions: Actions,
) -> None:
    other = await actions.add("Voron", agent="klipper")
    devices = [actions.device_id(), actions.device_id(other)]
    with pytest.raises(ServiceValidationError, match="Only printers with Klipper"):
        await actions.do("emergency_stop")
    with pytest.raises(ServiceValidationError, match="Prusa MK4"):
        await actions.do("emergency_stop", device_id=devices)
    assert other.agent.phase is Phase.SHUTDOWN
