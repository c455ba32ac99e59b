"""Kind: old news never changes a state on its way to the present.

A filament change that is long over is found at a set-up or after a restart; until all that
followed it is known, nothing is shown. What still waits is on.
"""

from collections.abc import Awaitable, Callable

from freezegun.api import FrozenDateTimeFactory
import pytest

from dev import CUBE, LONG, Account, ObicoServer, Printer
from homeassistant.core import HomeAssistant
from tests.integration.support import (
    Obico,
    data_of,
    forget_run,
    set_up,
    settle,
    states_written,
)

ATTENTION = "binary_sensor.attention"

# What happens to a printer that waited for filament.
type Story = Callable[[ObicoServer, Printer], Awaitable[None]]


async def is_resumed(server: ObicoServer, printer: Printer) -> None:
    server.add_event(printer, "RESUMED")


async def is_started_anew(server: ObicoServer, printer: Printer) -> None:
    server.add_event(printer, "ENDED")
    server.add_event(printer, "STARTED")


async def has_ended(server: ObicoServer, printer: Printer) -> None:
    server.add_event(printer, "ENDED")
    printer.agent.cancel()


async def has_ended_untold(server: ObicoServer, printer: Printer) -> None:
    printer.agent.kill()
    await server.advance(5)
    printer.agent.come_online()


async def prints_untold(server: ObicoServer, printer: Printer) -> None:
    """Print on; nothing told the server."""


async def prints_something_else(server: ObicoServer, printer: Printer) -> None:
    server.add_event(printer, "ENDED")
    printer.agent.cancel()
    await server.advance(10)
    printer.agent.start_print(LONG)


async def waited_twice(server: ObicoServer, printer: Printer) -> None:
    for _ in range(3):
        server.add_event(printer, "RESUMED")
        server.add_event(printer, "FILAMENT_CHANGE")
    server.add_event(printer, "RESUMED")


async def is_offline_after_its_end(server: ObicoServer, printer: Printer) -> None:
    server.add_event(printer, "ENDED")
    printer.agent.cancel()
    printer.agent.go_offline()


async def is_offline_after_it_was_resumed(
    server: ObicoServer, printer: Printer
) -> None:
    server.add_event(printer, "RESUMED")
    printer.agent.go_offline()


OVER: dict[str, Story] = {
    "resumed": is_resumed,
    "started anew": is_started_anew,
    "ended": has_ended,
    "ended untold": has_ended_untold,
    "prints untold": prints_untold,
    "prints something else": prints_something_else,
    "waited twice": waited_twice,
    "offline after its end": is_offline_after_its_end,
    "offline after it was resumed": is_offline_after_it_was_resumed,
}

each_story = pytest.mark.parametrize("story", OVER.values(), ids=OVER.keys())


async def print_and_wait(server: ObicoServer, printer: Printer) -> None:
    """Let a print run, and the server record that it waits for filament."""
    printer.agent.start_print(CUBE)
    await server.advance(20)
    server.add_event(printer, "FILAMENT_CHANGE")


def shown(hass: HomeAssistant) -> Callable[[], list[str]]:
    """Return what gives the states that `attention` shows from now on."""
    written = states_written(hass)
    return lambda: [
        state.state
        for state in written()
        if state.entity_id.startswith("binary_sensor.")
        and state.entity_id.endswith("attention_needed")
    ]


async def look_around(obico: Obico) -> None:
    """Let polls and looks for events find all there is."""
    for _ in range(3):
        await obico.poll(after=60)
        data_of(obico.entry).events.async_look()
        await settle(obico.hass)


async def shown_after_restart(
    obico: Obico, frozen: FrozenDateTimeFactory, down: float
) -> list[str]:
    """Start again after some seconds, and return what `attention` shows of then on."""
    hass = obico.hass
    frozen.tick(down)
    forget_run(hass)
    states = shown(hass)
    await obico.set_up()
    await look_around(obico)
    return [state for state in states() if state != "unavailable"]


@each_story
async def test_first_sight_of_a_change_that_is_over_shows_nothing(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    printer: Printer,
    story: Story,
) -> None:
    await print_and_wait(server, printer)
    await server.advance(120)
    await story(server, printer)
    await server.advance(1200)
    states = shown(hass)
    obico = await set_up(hass, server, account)
    await look_around(obico)
    assert obico.value(printer, ATTENTION) == "off"
    assert states() == ["off"]


@pytest.mark.parametrize(
    ("name", "down"),
    [
        (name, down)
        for name in OVER
        for down in (30.0, 660.0, 7200.0)
        # An event may be quicker than the state that shows what it tells.
        if name != "prints untold" or down > 600
    ],
)
async def test_restart_with_a_change_that_began_and_ended_meanwhile_shows_nothing(
    obico: Obico,
    printer: Printer,
    frozen: FrozenDateTimeFactory,
    name: str,
    down: float,
) -> None:
    server = obico.server
    server.add_event(printer, "PAUSED")
    await obico.poll()
    await obico.unload()
    await print_and_wait(server, printer)
    await server.advance(down / 2)
    await OVER[name](server, printer)
    await server.advance(down / 2)
    states = await shown_after_restart(obico, frozen, down)
    assert obico.value(printer, ATTENTION) == "off"
    assert states == ["off"]


@pytest.mark.parametrize("down", [30.0, 660.0])
async def test_restart_with_a_change_that_ended_meanwhile_goes_off_at_once(
    obico: Obico,
    printer: Printer,
    frozen: FrozenDateTimeFactory,
    down: float,
) -> None:
    server = obico.server
    server.add_event(printer, "PAUSED")
    await obico.poll()
    printer.agent.start_print(CUBE)
    await obico.poll(after=20)
    printer.agent.change_filament()
    await obico.poll(after=20)
    assert obico.value(printer, ATTENTION) == "on"
    await obico.unload()
    printer.agent.filament_changed()
    await server.advance(down)
    states = await shown_after_restart(obico, frozen, down)
    assert states == ["off"]


@pytest.mark.parametrize("down", [30.0, 660.0, 7200.0])
async def test_a_change_that_still_waits_is_on(
    obico: Obico,
    printer: Printer,
    frozen: FrozenDateTimeFactory,
    down: float,
) -> None:
    server = obico.server
    server.add_event(printer, "PAUSED")
    printer.agent.start_print(CUBE)
    await obico.poll(after=20)
    await obico.unload()
    # It began while nobody looked.
    printer.agent.change_filament()
    await server.advance(down)
    states = await shown_after_restart(obico, frozen, down)
    assert obico.value(printer, ATTENTION) == "on"
    # That of the set-up, before the events are known.
    assert states in (
        ["on"],
        ["off", "on"],
    )


async def test_first_sight_of_a_change_that_still_waits_is_on(
    hass: HomeAssistant, server: ObicoServer, account: Account, printer: Printer
) -> None:
    printer.agent.start_print(CUBE)
    await server.advance(20)
    printer.agent.change_filament()
    await server.advance(1200)
    obico = await set_up(hass, server, account)
    await look_around(obico)
    assert obico.value(printer, ATTENTION) == "on"


async def test_a_change_is_on_until_it_is_over_with_one_state_each(
    hass: HomeAssistant, obico: Obico, printer: Printer
) -> None:
    printer.agent.start_print(CUBE)
    await obico.poll(after=20)
    states = shown(hass)
    printer.agent.change_filament()
    await look_around(obico)
    assert states() == ["on"]
    printer.agent.filament_changed()
    await look_around(obico)
    assert states() == ["on", "off"]


async def test_events_of_one_look_show_only_where_they_end(
    hass: HomeAssistant, obico: Obico, printer: Printer
) -> None:
    printer.agent.start_print(CUBE)
    await obico.poll(after=20)
    states = shown(hass)
    for _ in range(2):
        obico.server.add_event(printer, "FILAMENT_CHANGE")
        obico.server.add_event(printer, "RESUMED")
    await look_around(obico)
    assert states() == []
