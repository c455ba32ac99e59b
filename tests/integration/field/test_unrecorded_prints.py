"""Kind: a print of Klipper that the server has no record of is a print all the same.

The server refuses to pause, resume and cancel it; the agent does so.
"""

import pytest

from dev import LONG, SHORT, Account, ObicoServer, Printer
from homeassistant.const import STATE_UNKNOWN, Platform
from homeassistant.core import Event, EventStateChangedData, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_track_state_change_event
from tests.integration.push.support import assert_nothing_left, follow
from tests.integration.support import Obico
from tests.timelapse import Timelapse

# Also what a user has to enable.
pytestmark = pytest.mark.usefixtures("all_enabled")

REPAIR = "print_unrecorded"


@pytest.fixture
async def timelapse(hass: HomeAssistant, server: ObicoServer) -> Timelapse:
    return Timelapse(hass, server)


@pytest.fixture
def voron(account: Account) -> Printer:
    return account.add_printer("Voron", agent="klipper")


@pytest.fixture
async def idle(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    voron: Printer,
    timelapse: Timelapse,
) -> Obico:
    """Give an account whose Klipper printer is idle."""
    server.sockets.blocked = False
    obico = await follow(hass, server, account, timelapse)
    assert obico.value(voron, "sensor.not_watching_reason") == "not_printing"
    return obico


@pytest.fixture
async def pushed(idle: Obico, voron: Printer, timelapse: Timelapse) -> Obico:
    """Give an account whose Klipper printer prints without a record."""
    voron.agent.start_print(LONG, recorded=False)
    await timelapse.pass_time(30)
    assert voron.current_print is None
    return idle


async def press(obico: Obico, printer: Printer, timelapse: Timelapse, key: str) -> None:
    """Press a button, and let time pass until it has had its effect."""
    pressed = obico.hass.async_create_task(
        obico.hass.services.async_call(
            Platform.BUTTON,
            "press",
            {"entity_id": obico.entity_id(printer, f"button.{key}")},
            blocking=True,
        )
    )
    await timelapse.pass_until(pressed.done, within=60, step=1)
    await pressed


def is_told(obico: Obico) -> bool:
    """Return whether the repair is raised."""
    return any(
        issue.translation_key == REPAIR and issue.active
        for issue in ir.async_get(obico.hass).issues.values()
    )


async def test_file_and_progress_are_shown(
    pushed: Obico, voron: Printer, timelapse: Timelapse
) -> None:
    assert pushed.value(voron, "sensor.status") == "printing"
    assert pushed.value(voron, "sensor.file") == LONG.path
    assert pushed.state(voron, "sensor.file").attributes["print_id"] is None
    await timelapse.pass_time(120)
    assert float(pushed.value(voron, "sensor.progress")) > 0
    assert pushed.value(voron, "sensor.time_remaining") != STATE_UNKNOWN
    assert pushed.value(voron, "binary_sensor.watching") == "off"
    await pushed.unload()


async def test_it_is_paused_resumed_and_cancelled_through_the_agent(
    pushed: Obico, voron: Printer, timelapse: Timelapse
) -> None:
    await press(pushed, voron, timelapse, "pause")
    await timelapse.pass_time(35)
    assert pushed.value(voron, "sensor.status") == "paused"
    await press(pushed, voron, timelapse, "resume")
    await timelapse.pass_time(35)
    assert pushed.value(voron, "sensor.status") == "printing"
    await press(pushed, voron, timelapse, "cancel")
    await timelapse.pass_time(20)
    assert pushed.value(voron, "sensor.status") == "idle"
    assert pushed.value(voron, "sensor.file") == STATE_UNKNOWN
    with pytest.raises(HomeAssistantError) as refused:
        await press(pushed, voron, timelapse, "pause")
    assert refused.value.translation_key == "no_print"
    await pushed.unload()


async def test_it_is_told_as_long_as_it_lasts(
    pushed: Obico, voron: Printer, timelapse: Timelapse
) -> None:
    await timelapse.pass_time(660)
    assert is_told(pushed)
    voron.agent.cancel()
    await timelapse.pass_time(330)
    assert not is_told(pushed)
    await pushed.unload()


async def test_a_record_that_comes_a_little_later_is_not_told(
    idle: Obico, voron: Printer, timelapse: Timelapse
) -> None:
    voron.agent.start_print(SHORT)
    for _ in range(8):
        await timelapse.pass_time(10)
        assert not is_told(idle)
    await idle.unload()


def watch(obico: Obico, printer: Printer) -> list[str]:
    """Return a list of what is said of the watching from now on."""
    said: list[str] = []

    def note(event: Event[EventStateChangedData]) -> None:
        assert event.data["new_state"] is not None
        said.append(event.data["new_state"].state)

    async_track_state_change_event(
        obico.hass, obico.entity_id(printer, "sensor.not_watching_reason"), note
    )
    return said


async def test_nothing_is_said_of_a_print_that_is_recorded_a_moment_later(
    idle: Obico, voron: Printer, timelapse: Timelapse
) -> None:
    said = watch(idle, voron)
    seen = set()
    voron.agent.start_print(SHORT)
    for _ in range(60):
        await timelapse.pass_time(0.25)
        seen.add((idle.value(voron, "sensor.status"), voron.current_print is None))
    assert seen == {("printing", True), ("heating", False)}
    assert said == ["watching"]
    await idle.unload()


async def test_it_is_said_of_one_that_is_not_recorded_without_another_report(
    idle: Obico, voron: Printer, timelapse: Timelapse
) -> None:
    said = watch(idle, voron)
    voron.agent.start_print(LONG, recorded=False)
    await timelapse.pass_time(8)
    assert idle.value(voron, "binary_sensor.printing") == "on"
    assert said == []
    idle.server.requests.clear()
    await timelapse.pass_time(5)
    assert said == ["unrecorded"]
    assert len(idle.server.requests) == 0
    voron.agent.cancel()
    await timelapse.pass_time(60)
    assert said == ["unrecorded", "not_printing"]
    await idle.unload()


async def test_nothing_is_known_of_one_that_is_found_at_a_start_until_then(
    pushed: Obico, voron: Printer, timelapse: Timelapse
) -> None:
    await timelapse.pass_time(60)
    assert pushed.value(voron, "sensor.not_watching_reason") == "unrecorded"
    assert await pushed.hass.config_entries.async_reload(pushed.entry.entry_id)
    assert pushed.value(voron, "sensor.not_watching_reason") == STATE_UNKNOWN
    await timelapse.pass_time(15)
    assert pushed.value(voron, "sensor.not_watching_reason") == "unrecorded"
    await pushed.unload()


async def test_each_of_several_is_waited_for(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    voron: Printer,
    timelapse: Timelapse,
) -> None:
    second, third = (account.add_printer(name, agent="klipper") for name in "AB")
    server.sockets.blocked = False
    obico = await follow(hass, server, account, timelapse)

    def said() -> list[str]:
        return [
            obico.value(each, "sensor.not_watching_reason")
            for each in (voron, second, third)
        ]

    voron.agent.start_print(LONG, recorded=False)
    await timelapse.pass_time(6)
    second.agent.start_print(LONG, recorded=False)
    third.agent.start_print(LONG, recorded=False)
    await timelapse.pass_time(7)
    assert said() == ["unrecorded", "not_printing", "not_printing"]
    third.agent.cancel()
    await timelapse.pass_time(30)
    assert said() == ["unrecorded", "unrecorded", "not_printing"]
    await obico.unload()


async def test_an_account_that_is_unloaded_waits_for_nothing(
    idle: Obico, voron: Printer, timelapse: Timelapse
) -> None:
    voron.agent.start_print(LONG, recorded=False)
    await timelapse.pass_time(5)
    await assert_nothing_left(idle, timelapse)
