"""Manual control of the machines through their agents."""

import pytest

from dev import Account, Agent
from dev.json_types import JsonObject, JsonValue

REFS = iter(range(1000))


@pytest.fixture(params=["octoprint", "klipper"])
def agent(account: Account, request: pytest.FixtureRequest) -> Agent:
    return account.add_printer("Any", agent=request.param).agent


def tell(agent: Agent, func: str, *args: JsonValue, **more: JsonValue) -> None:
    """Send a command without reading its reply."""
    message: JsonObject = {"target": "_printer", "func": func, "ref": str(next(REFS))}
    agent.passthru(message | {"args": list(args)} | more)


def run(agent: Agent, *lines: str) -> None:
    """Run G-code with the command of the agent."""
    if agent.agent_name == "octoprint_obico":
        tell(agent, "commands", list(lines))
    else:
        tell(
            agent,
            "printer/gcode/script",
            target="moonraker_api",
            kwargs={"verb": "post", "script": "\n".join(lines)},
        )


def test_axes_are_homed_and_moved(agent: Agent) -> None:
    tell(agent, "jog", {"x": 10, "z": -1.5})
    tell(agent, "jog", {"x": 2})
    assert agent.position == {"x": 12.0, "y": 0.0, "z": -1.5}
    tell(agent, "home", ["x", "y"])
    tell(agent, "home", "z")
    assert agent.homed == {"x", "y", "z"}
    assert set(agent.position.values()) == {0.0}


def test_a_move_along_no_axis_moves_nothing(agent: Agent) -> None:
    tell(agent, "jog", {"x": 1, "q": 1})
    assert agent.position["x"] == 0.0


def test_a_machine_that_is_not_there_does_not_move(agent: Agent) -> None:
    agent.disconnect()
    tell(agent, "jog", {"x": 1})
    tell(agent, "home", ["x"])
    tell(agent, "extrude", 5)
    assert (agent.position["x"], agent.homed, agent.pushed) == (0.0, set(), 0.0)


def test_gcode_pushes_filament_where_it_is_relative(agent: Agent) -> None:
    run(agent, "G1 E5", "SAVE_GCODE_STATE NAME=a", "M83", "G1 E5 F300")
    assert (agent.pushed, agent.relative_extrusion) == (5.0, True)
    run(agent, "RESTORE_GCODE_STATE NAME=a", "G1 E5", "G28 X0 Y0")
    assert (agent.pushed, agent.relative_extrusion) == (5.0, False)
    assert agent.homed == {"x", "y"}


def test_octoprint_extrudes_by_a_command_of_its_own(account: Account) -> None:
    agent = account.add_printer("Any", agent="octoprint").agent
    tell(agent, "extrude", 5)
    tell(agent, "extrude", -1.5)
    assert agent.pushed == 3.5
