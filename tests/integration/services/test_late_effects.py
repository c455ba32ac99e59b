"""Commands that were reported as failed, and are carried out later.

The kind: an agent that does not answer now may do what it was told once it answers again,
so no error may say that nothing will happen.
"""

from collections.abc import Awaitable, Callable

import pytest

from dev import SHORT, Phase
from homeassistant.exceptions import HomeAssistantError

from .support import Actions

type Command = Callable[[Actions], Awaitable[None]]

COMMANDS: dict[str, tuple[Phase, Command]] = {
    "pause": (Phase.PRINTING, lambda actions: actions.press("pause")),
    "resume": (Phase.PAUSED, lambda actions: actions.do("resume_print")),
    "cancel": (Phase.PRINTING, lambda actions: actions.do("cancel_print")),
    "heat": (
        Phase.IDLE,
        lambda actions: actions.set_value(f"{actions.bed}_target", 60),
    ),
    "preheat": (Phase.IDLE, lambda actions: actions.select("preheat", "PLA")),
    "profile": (Phase.IDLE, lambda actions: actions.do("preheat", profile="PLA")),
    "cool": (
        Phase.IDLE,
        lambda actions: actions.do("set_temperature", heater="bed", temperature=0),
    ),
    "home": (Phase.IDLE, lambda actions: actions.do("home")),
    "jog": (Phase.IDLE, lambda actions: actions.do("jog", z=5)),
    "extrude": (Phase.IDLE, lambda actions: actions.do("extrude", length=5)),
    "gcode": (Phase.IDLE, lambda actions: actions.do("send_gcode", commands="M105")),
    "start": (
        Phase.IDLE,
        lambda actions: actions.do("start_print", file=SHORT.path, within=90),
    ),
}


@pytest.mark.parametrize("command", COMMANDS)
async def test_who_gets_no_answer_is_told_that_it_may_happen_later(
    actions: Actions, command: str
) -> None:
    phase, run = COMMANDS[command]
    actions.agent.files[SHORT.path] = SHORT
    actions.agent.heaters[actions.nozzle].actual = 210.0
    await actions.become(phase)
    await actions.report()
    actions.agent.freeze()
    with pytest.raises(HomeAssistantError) as caught:
        await run(actions)
    assert " may still " in str(caught.value)
