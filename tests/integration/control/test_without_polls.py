"""The server answers no polls, and push goes on: heaters can be turned off, a printer stopped."""

import pytest

from dev import Phase
from homeassistant.const import STATE_UNAVAILABLE
from tests.integration.push.support import PRINTERS
from tests.timelapse import wait_until

from .support import Control, klipper

pytestmark = pytest.mark.usefixtures("all_enabled")


async def fail_polls(control: Control) -> None:
    """Let the polls fail, until everybody knows."""
    control.obico.server.faults.html(PRINTERS, 500)
    await control.pass_time(65)
    assert control["sensor.status"] == STATE_UNAVAILABLE
    control.forget()


async def lose_push(control: Control) -> None:
    """Let there be no push connection, nor another one."""
    control.obico.server.sockets.blocked = True
    await control.obico.server.sockets.close_all()
    await control.settle()


async def test_heaters_are_turned_off(control: Control) -> None:
    await control.select("preheat", "PLA")
    await fail_polls(control)
    await control.set_value(f"{control.bed}_target", 0)
    assert control.agent.heaters[control.bed].target == 0
    assert control[f"number.{control.bed}_target"] == "0.0"
    await control.select("preheat", "off")
    assert control.agent.heaters[control.nozzle].target == 0
    assert control["select.preheat"] == "off"


@klipper
async def test_an_emergency_stop_stops(control: Control) -> None:
    await fail_polls(control)
    await control.press("emergency_stop")
    assert control.agent.phase is Phase.SHUTDOWN


async def test_without_push_either_nothing_is_there(control: Control) -> None:
    keys = [f"number.{control.bed}_target", "select.preheat"]
    await fail_polls(control)
    assert STATE_UNAVAILABLE not in [control[key] for key in keys]
    await lose_push(control)
    assert {control[key] for key in keys} == {STATE_UNAVAILABLE}
    control.obico.server.sockets.blocked = False
    await control.pass_time(20)
    assert STATE_UNAVAILABLE not in [control[key] for key in keys]
    assert control["sensor.status"] == STATE_UNAVAILABLE


@pytest.mark.parametrize("later", [0, 15])
async def test_push_is_back_soon_after_the_server_however_long_it_was_down(
    control: Control, later: float
) -> None:
    """Also where it takes connections some seconds after it answers."""
    server = control.obico.server
    await fail_polls(control)
    await lose_push(control)
    await control.pass_time(3600)
    server.faults.clear()
    await control.timelapse.pass_until(
        lambda: control["sensor.status"] != STATE_UNAVAILABLE, within=65
    )
    await control.pass_time(later)
    server.sockets.blocked = False
    await control.pass_time(20)
    await wait_until(lambda: len(server.sockets) == 1)
