"""Ceilings of temperatures, and printers with several nozzles.

The kind: a temperature that a printer can have, or a user wrote down, is refused or cut
without a word; and what is meant for one tool is done to another, or wants all of them.
"""

import probatio
import pytest

from dev import Phase
from dev.agent.heaters import Heater
from dev.json_types import JsonObject
from homeassistant.exceptions import ServiceValidationError
from tests.integration.control.support import failed, klipper, octoprint, refused
from tests.integration.control.test_select import options
from tests.integration.support import data_of

from .support import Actions, Json

both = pytest.mark.parametrize("printer", ["octoprint", "klipper"], indirect=True)


def second(actions: Actions) -> str:
    """Return the name of the second nozzle."""
    return "extruder1" if actions.is_klipper else "tool1"


async def have_nozzles(actions: Actions, first: float, other: float) -> None:
    """Let the printer have two nozzles that are so hot, without a target."""
    actions.agent.heaters[actions.nozzle] = Heater(actual=first)
    actions.agent.heaters[second(actions)] = Heater(actual=other)
    await actions.report()
    actions.forget()


def nozzle_targets(actions: Actions) -> tuple[float | None, float | None]:
    """Return what both nozzles are to reach."""
    heaters = actions.agent.heaters
    return heaters[actions.nozzle].target, heaters[second(actions)].target


# Ceilings


@pytest.mark.parametrize(
    ("heater", "highest"), [("nozzle", 350.0), ("bed", 140.0), ("chamber", 80.0)]
)
@klipper
async def test_a_heater_is_set_to_its_maximum_and_no_further(
    actions: Actions, heater: str, highest: float
) -> None:
    name = {"nozzle": "extruder", "bed": "heater_bed"}.get(heater, heater)
    await actions.do("set_temperature", heater=heater, temperature=highest)
    assert actions.agent.heaters[name].target == highest
    actions.forget()
    if highest < 350:
        error = await refused(
            actions.do("set_temperature", heater=heater, temperature=highest + 0.5),
            "too_hot",
        )
        assert name in str(error)
        assert f"{highest:g} °C" in str(error)
    with pytest.raises(ServiceValidationError):
        await actions.set_value(f"{name}_target", highest + 1)
    assert actions.told == []


@klipper
@pytest.mark.parametrize(
    "profile",
    [
        {"extruder": 340, "heater_bed": 130},
        {"extruder": 350, "heater_bed": 140, "chamber": 140},
        {"chamber": 95.5},
        {"chamber_heater": 90},
    ],
)
async def test_a_profile_is_taken_as_it_is(
    actions: Actions, profile: JsonObject
) -> None:
    actions.agent.heaters["chamber_heater"] = Heater()
    await actions.use_profiles({"name": "PEEK"} | profile)
    await actions.select("preheat", "PEEK")
    assert {name: actions.agent.heaters[name].target for name in profile} == profile
    await actions.report()
    assert actions["select.preheat"] == "PEEK"


@both
@pytest.mark.parametrize("by_action", [True, False])
@pytest.mark.parametrize(
    ("hot", "maximum"),
    [({"extruder": 350.5}, 350), ({"bed": 141}, 140), ({"extruder": 2100}, 350)],
)
async def test_what_a_profile_may_not_heat_is_refused_as_a_whole(
    actions: Actions,
    by_action: bool,
    hot: dict[str, float],
    maximum: int,
) -> None:
    names = {"extruder": actions.nozzle, "bed": actions.bed}
    profile: dict[str, Json] = {"name": "Lava", actions.bed: 60, "extruder": 200}
    profile |= {
        names[name] if name == "bed" else name: value for name, value in hot.items()
    }
    await actions.use_profiles(profile)
    error = await refused(
        actions.do("preheat", profile="Lava")
        if by_action
        else actions.select("preheat", "Lava"),
        "too_hot",
    )
    assert names[next(iter(hot))] in str(error)
    assert f"{maximum} °C" in str(error)
    assert actions.told == []


# Preheating several nozzles


@both
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((0.0, 0.0), (200.0, 0.0)),
        ((0.0, 150.0), (0.0, 200.0)),
        ((150.0, 160.0), (200.0, 200.0)),
        ((150.0, 0.0), (200.0, 0.0)),
    ],
)
async def test_a_profile_heats_the_tools_that_have_a_target(
    actions: Actions,
    before: tuple[float, float],
    after: tuple[float, float],
) -> None:
    await have_nozzles(actions, 20, 20)
    await actions.use_profiles({"name": "PLA", "extruder": 200, actions.bed: 60})
    for name, target in zip((actions.nozzle, second(actions)), before, strict=True):
        actions.agent.heaters[name].target = target
    await actions.report()
    await actions.select("preheat", "PLA")
    assert nozzle_targets(actions) == after
    assert actions.agent.heaters[actions.bed].target == 60
    for _ in range(2):
        assert actions["select.preheat"] == "PLA"
        await actions.report()
    await actions.select("preheat", "off")
    assert nozzle_targets(actions) == (0, 0)


@both
async def test_the_action_heats_all_tools_by_choice(actions: Actions) -> None:
    await have_nozzles(actions, 20, 20)
    await actions.use_profiles({"name": "PLA", "extruder": 200})
    await actions.do("preheat", profile="PLA")
    assert nozzle_targets(actions) == (200, 0)
    await actions.do("preheat", profile="PLA", tools="all")
    assert nozzle_targets(actions) == (200, 200)
    with pytest.raises(probatio.Invalid, match="tools"):
        await actions.do("preheat", profile="PLA", tools="none")


@both
async def test_a_profile_that_names_its_nozzles_heats_these(actions: Actions) -> None:
    await have_nozzles(actions, 20, 20)
    await actions.use_profiles(
        {"name": "Two", "extruder": 200, second(actions): 240},
        {"name": "Second", second(actions): 250},
    )
    await actions.select("preheat", "Two")
    assert nozzle_targets(actions) == (200, 240)
    await actions.do("preheat", profile="Second", tools="all")
    assert nozzle_targets(actions) == (200, 250)


@octoprint
@pytest.mark.parametrize("profile", ["Lava", "off", "pla", ""])
async def test_a_profile_that_is_none_is_refused_and_those_that_are_named(
    actions: Actions, profile: str
) -> None:
    error = await refused(actions.do("preheat", profile=profile), "unknown_profile")
    assert ", ".join(options(actions)[1:]) in str(error)
    assert actions.told == []


@octoprint
async def test_a_machine_that_is_disconnected_is_not_preheated(
    actions: Actions,
) -> None:
    await actions.become(Phase.DISCONNECTED)
    await refused(actions.do("preheat", profile="PLA"), "printer_disconnected")
    assert actions.told == []


# Extruding


@both
@pytest.mark.parametrize("by_name", [True, False])
async def test_only_the_tool_that_extrudes_has_to_be_hot(
    actions: Actions, by_name: bool
) -> None:
    await have_nozzles(actions, 30, 220)
    other = second(actions)
    await actions.do("extrude", length=5, tool=other if by_name else 1)
    assert actions.agent.pushed_by_tool == {other: 5.0}
    # OctoPrint does not tell which tool it used before.
    used = actions.nozzle if actions.is_klipper else other
    assert actions.agent.active_tool == used
    assert actions.agent.relative_extrusion is False


@both
@pytest.mark.parametrize(("tool", "cold"), [(None, 0), (0, 0), (1, 1)])
async def test_the_nozzle_that_is_cold_is_named(
    actions: Actions, tool: int | None, cold: int
) -> None:
    await have_nozzles(actions, *((220, 30) if cold else (30, 220)))
    data = {} if tool is None else {"tool": tool}
    error = await refused(actions.do("extrude", length=5, **data), "nozzle_n_too_cold")
    assert (second(actions) if cold else actions.nozzle) + " " in str(error)
    assert "170 °C" in str(error)
    assert actions.told == []


@both
async def test_without_a_tool_the_one_in_use_extrudes(actions: Actions) -> None:
    await have_nozzles(actions, 210, 220)
    actions.agent.active_tool = second(actions)
    await actions.do("extrude", length=5)
    assert actions.agent.pushed_by_tool == {second(actions): 5.0}


@both
async def test_the_only_nozzle_needs_no_change_of_tools(actions: Actions) -> None:
    actions.agent.heaters[actions.nozzle].actual = 220.0
    await actions.report()
    actions.forget()
    await actions.do("extrude", length=5, tool=0)
    assert actions.agent.pushed == 5.0
    assert not any("change_tool" in told or "ACTIVATE" in told for told in actions.told)


@both
@pytest.mark.parametrize("tool", [2, "tool7", 99])
async def test_a_tool_that_is_not_there_is_refused(
    actions: Actions, tool: int | str
) -> None:
    await have_nozzles(actions, 210, 220)
    error = await refused(actions.do("extrude", length=5, tool=tool), "unknown_heater")
    assert f"{actions.nozzle}, {second(actions)}" in str(error)
    assert actions.told == []


@octoprint
@pytest.mark.parametrize("tool", [-1, 100, "bed", "T1", "tool1 M112", None])
async def test_what_is_no_tool_is_refused(actions: Actions, tool: Json) -> None:
    with pytest.raises(probatio.Invalid, match="tool"):
        await actions.do("extrude", length=5, tool=tool)
    assert actions.told == []


@klipper
async def test_a_paused_print_goes_on_with_the_tool_it_was_paused_with(
    actions: Actions,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await actions.become(Phase.PAUSED)
    await have_nozzles(actions, 210, 220)
    actions.agent.active_tool = "extruder1"
    await actions.do("extrude", length=5, tool=0)
    assert actions.agent.pushed_by_tool["extruder"] == 5.0
    assert actions.agent.active_tool == "extruder1"


@klipper
async def test_what_klipper_refuses_leaves_the_tool_as_it_was(
    actions: Actions, monkeypatch: pytest.MonkeyPatch
) -> None:
    await have_nozzles(actions, 210, 220)

    def refuse(_millimeters: float) -> None:
        raise ValueError("Extrude only move too long")

    monkeypatch.setattr(actions.agent, "push", refuse)
    await failed(actions.do("extrude", length=5, tool=1), "agent_refused")
    assert actions.agent.active_tool == "extruder"
    assert actions.agent.relative_extrusion is False


# Names of tools


@both
@pytest.mark.parametrize("name", ["tool1", "extruder1"])
async def test_a_tool_is_named_as_either_agent_does(
    actions: Actions, name: str
) -> None:
    await have_nozzles(actions, 20, 220)
    await actions.do("set_temperature", heater=name, temperature=230)
    assert nozzle_targets(actions) == (0, 230)
    await actions.do("extrude", length=5, tool=name)
    assert actions.agent.pushed_by_tool == {second(actions): 5.0}


@klipper
@pytest.mark.parametrize("name", ["tool2", "extruder7", "bed1"])
async def test_a_heater_that_is_not_there_is_refused_and_those_that_are_named(
    actions: Actions, name: str
) -> None:
    await have_nozzles(actions, 20, 220)
    error = await refused(
        actions.do("set_temperature", heater=name, temperature=50), "unknown_heater"
    )
    assert name in str(error)
    assert "extruder, heater_bed, chamber, extruder1" in str(error)


# Right after the printer was connected


@both
async def test_a_heater_is_set_although_it_is_not_reported_yet(
    actions: Actions,
) -> None:
    """The printer has told of its heaters before, so they are known."""
    reported = actions.agent.status
    actions.agent.status = lambda: {**(reported() or {}), "temperatures": {}}  # type: ignore[method-assign]
    await actions.report()
    await actions.do("set_temperature", heater="bed", temperature=50)
    assert actions.agent.heaters[actions.bed].target == 50


@both
async def test_where_no_heater_is_known_the_error_says_so(actions: Actions) -> None:
    for heater in actions.agent.heaters.values():
        heater.target = None
    data_of(actions.obico.entry).heaters.forget(actions.printer.id)
    await actions.report()
    await refused(
        actions.do("set_temperature", heater="bed", temperature=50), "no_heater"
    )
    assert actions.told == []
