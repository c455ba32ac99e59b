"""Whether a printer waits for its user."""

import pytest

from dev import CUBE, Phase, Printer
from homeassistant.core import HomeAssistant
from tests.integration.push.support import push, status_of

from .support import Control, octoprint

ATTENTION = "binary_sensor.attention"


async def wait_for_filament(control: Control) -> None:
    """Let a print stop for a filament change."""
    await control.become(Phase.PRINTING)
    assert control[ATTENTION] == "off"
    control.agent.change_filament()
    await control.pass_time(10)
    assert control["sensor.status"] == "paused"
    assert control[ATTENTION] == "on"


async def restart(control: Control) -> None:
    """Unload the account, and set it up again."""
    hass, entry_id = control.obico.hass, control.obico.entry.entry_id
    assert await hass.config_entries.async_unload(entry_id)
    await control.settle()
    assert await hass.config_entries.async_setup(entry_id)
    await control.settle()


async def test_a_printer_waits_for_filament_until_it_goes_on(control: Control) -> None:
    await wait_for_filament(control)
    await control.pass_time(120)
    assert control[ATTENTION] == "on"
    control.agent.filament_changed()
    await control.pass_time(10)
    assert control["sensor.status"] == "printing"
    assert control[ATTENTION] == "off"


@pytest.mark.parametrize("end", ["cancel", "kill"])
async def test_a_print_that_ends_waits_no_more(control: Control, end: str) -> None:
    await wait_for_filament(control)
    getattr(control.agent, end)()
    await control.pass_time(5)
    control.agent.come_online()
    await control.pass_time(20)
    assert control.printer.current_print is None
    assert control[ATTENTION] == "off"


@octoprint
async def test_printing_again_is_enough(
    control: Control, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not every agent tells the server that it goes on."""
    await wait_for_filament(control)
    monkeypatch.setattr(control.agent.link, "print_event", lambda _: None)
    control.agent.filament_changed()
    await control.pass_time(10)
    assert control[ATTENTION] == "off"


@octoprint
async def test_an_event_that_is_quicker_than_the_state_counts(control: Control) -> None:
    await control.become(Phase.PRINTING)
    control.obico.server.add_event(control.printer, "FILAMENT_CHANGE")
    await control.pass_time(65)
    assert control["sensor.status"] == "printing"
    assert control[ATTENTION] == "on"
    control.agent.pause()
    await control.pass_time(5)
    assert control[ATTENTION] == "on"
    control.agent.resume()
    await control.pass_time(10)
    assert control[ATTENTION] == "off"


async def test_a_printer_that_is_off_goes_on_waiting(control: Control) -> None:
    await wait_for_filament(control)
    control.agent.go_offline()
    await control.pass_time(10)
    assert control[ATTENTION] == "on"


async def test_a_restart_does_not_forget_who_waits(control: Control) -> None:
    await wait_for_filament(control)
    await restart(control)
    assert control[ATTENTION] == "on"
    control.agent.filament_changed()
    await control.pass_time(10)
    assert control[ATTENTION] == "off"


@pytest.mark.parametrize("is_told", [True, False])
@octoprint
async def test_who_went_on_during_a_restart_waits_no_more(
    control: Control, is_told: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    await wait_for_filament(control)
    hass, entry_id = control.obico.hass, control.obico.entry.entry_id
    assert await hass.config_entries.async_unload(entry_id)
    if not is_told:
        monkeypatch.setattr(control.agent.link, "print_event", lambda _: None)
    control.agent.filament_changed()
    await control.pass_time(10)
    assert await hass.config_entries.async_setup(entry_id)
    await control.settle()
    assert control["sensor.status"] == "printing"
    assert control[ATTENTION] == "off"


@octoprint
async def test_an_agent_that_says_so_itself_is_believed(control: Control) -> None:
    status = status_of(control.printer)
    push(
        control.obico,
        control.printer,
        status={**status, "user_interaction_required": True},
    )
    await control.settle()
    assert control[ATTENTION] == "on"
    push(control.obico, control.printer, status=status)
    await control.settle()
    assert control[ATTENTION] == "off"


@octoprint
async def test_one_printer_waits_for_itself_alone(
    control: Control, hass: HomeAssistant, printer: Printer
) -> None:
    other = control.obico.account.add_printer("Voron", agent="klipper")
    await control.pass_time(65)
    other.agent.start_print(CUBE)
    await wait_for_filament(control)
    assert control.obico.value(other, ATTENTION) == "off"
