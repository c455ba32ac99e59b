"""Heating, moving, extruding and G-code by actions."""

from typing import override

import probatio
import pytest

from dev import CUBE, Phase
from tests.integration.control.support import failed, klipper, octoprint, refused

from .support import Actions, Json


async def heat_nozzle(actions: Actions, celsius: float) -> None:
    """Let the nozzle be hot, by no doing of Home Assistant."""
    heater = actions.agent.heaters[actions.nozzle]
    heater.actual = heater.target = celsius
    await actions.report()
    actions.forget()


# Heating


@pytest.mark.parametrize(("heater", "celsius"), [("nozzle", 215.0), ("bed", 0.0)])
async def test_a_heater_is_set_by_what_it_heats(
    actions: Actions, heater: str, celsius: float
) -> None:
    name = actions.nozzle if heater == "nozzle" else actions.bed
    actions.agent.heaters[name].target = 33.0
    await actions.do("set_temperature", heater=heater, temperature=celsius)
    assert actions.told == [f"_printer.set_temperature {name} {celsius}"]
    assert actions.agent.heaters[name].target == celsius


@klipper
async def test_a_heater_is_set_by_the_printers_own_name(actions: Actions) -> None:
    await actions.do("set_temperature", heater="chamber", temperature="45")
    assert actions.agent.heaters["chamber"].target == 45.0
    assert actions["number.chamber_target"] == "45.0"


@klipper
@pytest.mark.parametrize("heater", ["raspberry_pi", "fridge"])
async def test_what_is_no_heater_is_refused_and_the_heaters_are_named(
    actions: Actions, heater: str
) -> None:
    error = await refused(
        actions.do("set_temperature", heater=heater, temperature=40), "unknown_heater"
    )
    assert "extruder, heater_bed, chamber" in str(error)
    assert actions.told == []


@pytest.mark.parametrize(("heater", "celsius"), [("nozzle", 350.5), ("bed", 140.5)])
async def test_more_than_a_heater_takes_is_refused(
    actions: Actions, heater: str, celsius: float
) -> None:
    if celsius > 350:
        with pytest.raises(probatio.Invalid, match="temperature"):
            await actions.do("set_temperature", heater=heater, temperature=celsius)
    else:
        error = await refused(
            actions.do("set_temperature", heater=heater, temperature=celsius), "too_hot"
        )
        assert "140 °C" in str(error)
    assert actions.told == []


@octoprint
@pytest.mark.parametrize("temperature", [-1, "nan", "inf", "warm"])
async def test_what_is_no_temperature_is_refused(
    actions: Actions, temperature: object
) -> None:
    with pytest.raises(probatio.Invalid, match="temperature"):
        await actions.do("set_temperature", heater="bed", temperature=temperature)
    assert actions.told == []


@octoprint
async def test_a_machine_that_is_disconnected_is_not_heated(actions: Actions) -> None:
    await actions.become(Phase.DISCONNECTED)
    await refused(
        actions.do("set_temperature", heater="bed", temperature=60),
        "printer_disconnected",
    )
    assert actions.told == []


@octoprint
async def test_several_printers_are_heated_by_their_own_names(actions: Actions) -> None:
    other = await actions.add("Voron", agent="klipper")
    await actions.do(
        "set_temperature",
        device_id=[actions.device_id(), actions.device_id(other)],
        heater="bed",
        temperature=50,
    )
    assert actions.agent.heaters["bed"].target == 50.0
    assert other.agent.heaters["heater_bed"].target == 50.0


# Moving


async def test_axes_are_homed(actions: Actions) -> None:
    await actions.do("home")
    assert actions.agent.homed == {"x", "y", "z"}
    await actions.do("home", axes="z")
    assert actions.told[-1] == "_printer.home ['z']"


@octoprint
async def test_what_is_no_axis_is_refused(actions: Actions) -> None:
    for axes in (["e"], []):
        with pytest.raises(probatio.Invalid, match="axes"):
            await actions.do("home", axes=axes)
    assert actions.told == []


async def test_axes_move_from_where_they_are_one_after_the_other(
    actions: Actions,
) -> None:
    await actions.do("jog", x=10, z=-0.5)
    await actions.do("jog", x=-2.5, y=0)
    assert actions.agent.position == {"x": 7.5, "y": 0.0, "z": -0.5}
    assert actions.told == [
        "_printer.jog {'x': 10.0}",
        "_printer.jog {'z': -0.5}",
        "_printer.jog {'x': -2.5}",
    ]


@octoprint
@pytest.mark.parametrize("distances", [{}, {"x": 0}])
async def test_a_move_without_a_distance_is_refused(
    actions: Actions, distances: dict[str, Json]
) -> None:
    await refused(actions.do("jog", **distances), "nothing_to_move")
    assert actions.told == []


@octoprint
@pytest.mark.parametrize("distance", [{"x": 301}, {"z": -101}, {"y": "nan"}])
async def test_a_move_that_is_out_of_range_is_refused(
    actions: Actions, distance: dict[str, Json]
) -> None:
    with pytest.raises(probatio.Invalid):
        await actions.do("jog", **distance)
    assert actions.told == []


@pytest.mark.parametrize("phase", [Phase.PRINTING, Phase.PAUSED, Phase.CANCELLING])
async def test_nothing_moves_by_hand_in_a_print(actions: Actions, phase: Phase) -> None:
    await actions.become(phase)
    await refused(actions.do("home"), "print_is_running")
    await refused(actions.do("jog", z=10), "print_is_running")
    assert actions.told == []


@octoprint
async def test_nothing_moves_while_a_file_comes(actions: Actions) -> None:
    actions.agent.phase = Phase.DOWNLOADING
    actions.agent.report()
    await actions.settle()
    await refused(actions.do("jog", z=10), "printer_busy")
    assert actions.told == []


async def test_what_begins_to_print_meanwhile_is_not_moved_any_further(
    actions: Actions, monkeypatch: pytest.MonkeyPatch
) -> None:
    move = actions.agent.move

    def move_and_print(axis: str, millimeters: float) -> None:
        move(axis, millimeters)
        actions.agent.start_print(CUBE)

    monkeypatch.setattr(actions.agent, "move", move_and_print)
    await refused(actions.do("jog", x=10, y=10, z=10), "print_is_running")
    assert actions.told == ["_printer.jog {'x': 10.0}"]


# Extruding


async def test_filament_is_pushed_and_pulled_where_the_nozzle_is_hot(
    actions: Actions,
) -> None:
    await heat_nozzle(actions, 210)
    await actions.do("extrude", length=25)
    assert actions.agent.pushed == 25.0
    await actions.do("extrude", length=-5.5)
    assert actions.agent.pushed == 19.5
    # Klipper's extrusion would else stay relative, and a print go wrong.
    assert actions.agent.relative_extrusion is False


@klipper
async def test_klipper_pushes_much_filament_bit_by_bit(
    actions: Actions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It refuses more than 50 mm in one move."""
    pushed: list[float] = []
    monkeypatch.setattr(actions.agent, "push", pushed.append)
    await heat_nozzle(actions, 210)
    for length in (50, 100, -75.5):
        await actions.do("extrude", length=length)
    assert pushed == [50.0, 50.0, 50.0, -37.75, -37.75]


class Refusing(dict[str, bool]):
    """States that are not given back."""

    @override
    def __getitem__(self, name: str) -> bool:
        raise ValueError(f"Unknown state {name}")


@klipper
@pytest.mark.parametrize("states", [{}, Refusing()])
async def test_what_klipper_refuses_to_extrude_leaves_it_as_it_was(
    actions: Actions, monkeypatch: pytest.MonkeyPatch, states: dict[str, bool]
) -> None:
    """It leaves a script at the line that it refuses."""

    def refuse(_millimeters: float) -> None:
        raise ValueError("Extrude below minimum temp")

    actions.agent.saved_states = states

    monkeypatch.setattr(actions.agent, "push", refuse)
    await heat_nozzle(actions, 210)
    error = await failed(actions.do("extrude", length=5), "agent_refused")
    assert "Extrude below minimum temp" in str(error)
    assert actions.agent.relative_extrusion is isinstance(states, Refusing)


@pytest.mark.parametrize("celsius", [21.0, 169.0])
async def test_a_cold_nozzle_extrudes_nothing(actions: Actions, celsius: float) -> None:
    await heat_nozzle(actions, celsius)
    error = await refused(actions.do("extrude", length=5), "nozzle_too_cold")
    # An agent's name of the only nozzle tells nobody which one it is.
    assert str(error).startswith("The nozzle is colder than 170 °C")
    assert actions.told == []
    assert actions.agent.pushed == 0


@octoprint
async def test_a_nozzle_whose_temperature_nobody_knows_extrudes_nothing(
    actions: Actions,
) -> None:
    actions.agent.heaters["tool0"].actual = None
    await actions.report()
    await refused(actions.do("extrude", length=5), "nozzle_too_cold")
    assert actions.told == []


@octoprint
async def test_one_cold_nozzle_of_several_is_enough(actions: Actions) -> None:
    hot, cold = (type(actions.agent.heaters["bed"])(actual=c) for c in (220.0, 30.0))
    actions.agent.heaters |= {"tool0": hot, "tool1": cold}
    await actions.report()
    await refused(actions.do("extrude", length=5), "nozzle_n_too_cold")


async def test_a_running_print_is_not_fed(actions: Actions) -> None:
    await actions.become(Phase.PRINTING)
    await heat_nozzle(actions, 210)
    await refused(actions.do("extrude", length=5), "print_is_running")
    assert actions.told == []


@pytest.mark.parametrize("is_relative", [True, False])
async def test_a_paused_print_is_fed_only_where_it_goes_on_as_before(
    actions: Actions, is_relative: bool
) -> None:
    await actions.become(Phase.PAUSED)
    await heat_nozzle(actions, 210)
    actions.agent.relative_extrusion = is_relative
    if actions.is_klipper:
        await actions.do("extrude", length=5)
        assert actions.agent.pushed == 5.0
    else:
        error = await refused(actions.do("extrude", length=5), "extruding_spoils_print")
        assert "at the printer" in str(error)
        assert actions.told == []
    assert actions.agent.relative_extrusion is is_relative


# G-code


async def test_lines_of_gcode_are_sent_in_order(actions: Actions) -> None:
    await actions.do("send_gcode", commands="M104 S205\r\n\n  M140 S55  \nM117 Hello")
    await actions.do("send_gcode", commands=["M106 S255", "M220 S90"])
    assert actions.agent.heaters[actions.nozzle].target == 205.0
    assert actions.agent.heaters[actions.bed].target == 55.0
    assert actions.agent.message is not None
    assert (actions.agent.fan_speed, actions.agent.feed_rate) == (1.0, 0.9)


@octoprint
@pytest.mark.parametrize(
    "commands",
    ["", "\n \n", [], "M117 \x1b[2J", "M117 " + "x" * 300, ["G4"] * 51, "M105\rM112"],
)
async def test_what_is_no_gcode_is_refused(actions: Actions, commands: object) -> None:
    await refused(actions.do("send_gcode", commands=commands), "gcode_unusable")
    assert actions.told == []


@octoprint
async def test_gcode_needs_a_machine(actions: Actions) -> None:
    await actions.become(Phase.DISCONNECTED)
    await refused(actions.do("send_gcode", commands="M105"), "printer_disconnected")
    assert actions.told == []


@octoprint
async def test_an_agent_that_does_not_answer_gcode_is_silent(actions: Actions) -> None:
    actions.agent.freeze()
    await failed(actions.do("send_gcode", commands="M105"), "agent_silent")


@klipper
@pytest.mark.parametrize(
    ("action", "needs"),
    [
        ("send_gcode", {"commands": "G28"}),
        ("extrude", {"length": 5}),
    ],
)
async def test_klipper_may_be_at_work_for_long(
    actions: Actions, action: str, needs: dict[str, Json]
) -> None:
    await heat_nozzle(actions, 210)
    actions.agent.freeze()
    began = actions.timelapse.elapsed
    error = await failed(actions.do(action, **needs), "gcode_unanswered")
    assert "25 seconds" in str(error)
    # After 30 s its agent calls it an error.
    assert 24 <= actions.timelapse.elapsed - began < 29


@pytest.mark.parametrize(("action", "needs"), [("home", {}), ("jog", {"z": 5})])
async def test_an_agent_that_moves_nothing_is_silent(
    actions: Actions, action: str, needs: dict[str, Json]
) -> None:
    """Both only hand it on, which takes no time."""
    actions.agent.freeze()
    asking = failed(actions.do(action, **needs), "agent_silent")
    assert await actions.timed(asking) <= 12


@octoprint
async def test_an_agent_that_refuses_says_why(
    actions: Actions, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_axes: object) -> None:
        raise ValueError("Endstop is stuck")

    monkeypatch.setattr(actions.agent, "home", refuse)
    error = await failed(actions.do("home"), "agent_refused")
    assert "Endstop is stuck" in str(error)
