"""Kind: who waits for something shared, and is stopped, does not end it for the others.

A poll, a turn, a picture and the reply of an agent are waited for by whoever asked: a script
that is stopped, a caller that is cancelled or that runs into a time-out of his own.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace

import pytest

from custom_components.obico.const import DOMAIN
from custom_components.obico.voice.request import VoiceIntent
from dev import CUBE, SHORT, Account, ObicoServer, Printer
from homeassistant.components.camera import async_get_image
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import intent
from homeassistant.setup import async_setup_component
from tests.integration.push.support import PRINTERS, assert_nothing_left, follow
from tests.integration.support import (
    API,
    Json,
    Obico,
    coordinator_of,
    set_up,
    states_written,
)
from tests.timelapse import Timelapse, wait_until

# Also what a user has to enable.
pytestmark = pytest.mark.usefixtures("all_enabled")

SCRIPT = {
    "pause": {
        "sequence": [
            {
                "action": f"{DOMAIN}.pause_print",
                "data": {"device_id": "{{ device_id }}"},
            }
        ]
    }
}

# Begins to pause a print, and returns what stops the caller.
type Begin = Callable[
    [Obico, Printer, Timelapse], Awaitable[Callable[[], Awaitable[None]]]
]


@pytest.fixture
def expected_lingering_timers() -> bool:
    """Allow the heartbeat that aiohttp leaves of a websocket that this side closes."""
    return True


@pytest.fixture
def timelapse(hass: HomeAssistant, server: ObicoServer) -> Timelapse:
    return Timelapse(hass, server)


@pytest.fixture
async def printing(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    printer: Printer,
    timelapse: Timelapse,
) -> Obico:
    """Give an account without push, whose printer prints and does not react."""
    for domain in ("homeassistant", "conversation"):
        assert await async_setup_component(hass, domain, {})
    obico = await set_up(hass, server, account)
    printer.agent.start_print(CUBE)
    await obico.poll(after=20)
    printer.agent.freeze()
    return obico


def device_of(obico: Obico, printer: Printer) -> dict[str, str]:
    """Return the data that name a printer in a call."""
    device = obico.device(printer)
    assert device is not None
    return {"device_id": device.id}


def call(
    obico: Obico, printer: Printer, action: str, *, answers: bool = False
) -> asyncio.Task[Json]:
    """Begin to call an action."""
    return start(
        obico.hass.services.async_call(
            DOMAIN,
            action,
            device_of(obico, printer),
            blocking=True,
            return_response=answers,
        )
    )


def start[T](what: Coroutine[None, None, T]) -> asyncio.Task[T]:
    """Begin something that a test stops."""
    return asyncio.get_running_loop().create_task(what)


def canceller(task: asyncio.Task[Json]) -> Callable[[], Awaitable[None]]:
    """Return what cancels a caller."""

    async def stop() -> None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert task.done()

    return stop


async def by_script(
    obico: Obico, printer: Printer, timelapse: Timelapse
) -> Callable[[], Awaitable[None]]:
    services = obico.hass.services
    assert await async_setup_component(obico.hass, "script", {"script": SCRIPT})
    entity = {"entity_id": "script.pause"}
    await services.async_call(
        "script",
        "turn_on",
        {**entity, "variables": device_of(obico, printer)},
        blocking=True,
    )

    async def stop() -> None:
        await services.async_call("script", "turn_off", entity, blocking=True)

    return stop


async def by_action(
    obico: Obico, printer: Printer, timelapse: Timelapse
) -> Callable[[], Awaitable[None]]:
    return canceller(call(obico, printer, "pause_print"))


async def by_button(
    obico: Obico, printer: Printer, timelapse: Timelapse
) -> Callable[[], Awaitable[None]]:
    return canceller(
        start(
            obico.hass.services.async_call(
                "button",
                "press",
                {"entity_id": obico.entity_id(printer, "button.pause")},
                blocking=True,
            )
        )
    )


async def by_voice(
    obico: Obico, printer: Printer, timelapse: Timelapse
) -> Callable[[], Awaitable[None]]:
    return canceller(
        start(
            intent.async_handle(
                obico.hass,
                "test",
                VoiceIntent.PAUSE,
                {"name": {"value": "Prusa MK4"}},
                language="en",
            )
        )
    )


async def with_a_time_out(
    obico: Obico, printer: Printer, timelapse: Timelapse
) -> Callable[[], Awaitable[None]]:
    async def pause() -> None:
        async with asyncio.timeout(8):
            await call(obico, printer, "pause_print")

    task = start(pause())

    async def stop() -> None:
        await timelapse.pass_time(4, step=1, patience=0.02)
        with pytest.raises(TimeoutError):
            await task

    return stop


@pytest.mark.parametrize(
    "begin", [by_script, by_action, by_button, by_voice, with_a_time_out]
)
async def test_a_caller_that_is_stopped_does_not_end_the_poll_that_he_waits_for(
    printing: Obico, printer: Printer, timelapse: Timelapse, begin: Begin
) -> None:
    obico, server = printing, printing.server
    other = await obico.add_printer("Voron", agent="klipper")
    answer = asyncio.Event()
    stop = await begin(obico, printer, timelapse)
    await timelapse.settle(0.02)
    fault = server.faults.delay(PRINTERS, answer, after=True)
    written = [
        states_written(obico.hass, obico.entity_id(each, "sensor.status"))
        for each in (printer, other)
    ]
    # The caller waits for its effect, and asks for a poll.
    await timelapse.pass_time(5, step=1, patience=0.02)
    assert fault.hits == 1
    await stop()
    other.agent.start_print(CUBE)
    await timelapse.settle(0.02)
    assert coordinator_of(obico.entry).last_update_success
    answer.set()
    await timelapse.settle()
    assert coordinator_of(obico.entry).last_update_success
    # And the next one comes.
    await timelapse.pass_time(65)
    assert obico.value(other, "sensor.status") == "printing"
    shown = {state.state for states in written for state in states()}
    assert STATE_UNAVAILABLE not in shown


@pytest.mark.parametrize("stopped", [0, 1], ids=["first", "second"])
async def test_of_two_callers_the_other_still_sees_the_effect(
    printing: Obico, printer: Printer, timelapse: Timelapse, stopped: int
) -> None:
    callers = [call(printing, printer, "pause_print") for _ in range(2)]
    await timelapse.pass_time(5, step=1, patience=0.02)
    await canceller(callers[stopped])()
    printer.agent.thaw()
    await timelapse.pass_until(callers[1 - stopped].done, within=30, step=1)
    await callers[1 - stopped]
    assert printing.value(printer, "sensor.status") in {"pausing", "paused"}


@pytest.mark.parametrize(
    ("path", "action", "data"),
    [
        (f"{PRINTERS}*", "switch.turn_off", {"entity_id": "switch.watching_enabled"}),
        (
            f"{PRINTERS}*",
            "number.set_value",
            {"entity_id": "number.retract_on_pause", "value": 3},
        ),
        (
            f"{API}printers/*/mute_current_print/",
            "switch.turn_on",
            {"entity_id": "switch.alerts_muted"},
        ),
    ],
)
async def test_a_caller_that_is_stopped_in_his_turn_leaves_it_to_the_next(
    printing: Obico,
    printer: Printer,
    timelapse: Timelapse,
    path: str,
    action: str,
    data: dict[str, Json],
) -> None:
    hass = printing.hass
    domain, _, service = action.partition(".")
    data = {**data, "entity_id": printing.entity_id(printer, data["entity_id"])}

    def begin() -> asyncio.Task[Json]:
        return start(hass.services.async_call(domain, service, data, blocking=True))

    never = asyncio.Event()
    fault = printing.server.faults.delay(path, never, times=1)
    first = begin()
    await wait_until(lambda: fault.hits)
    second, third = begin(), begin()
    await canceller(first)()
    await canceller(second)()
    await timelapse.pass_until(third.done, within=20, step=1)
    await third
    state = hass.states.get(data["entity_id"])
    assert state is not None
    assert state.state in {"off" if service == "turn_off" else "on", "3.0"}
    never.set()
    await timelapse.settle()


@pytest.mark.parametrize("agent", ["octoprint", "klipper"])
async def test_a_reply_that_nobody_waits_for_is_given_to_nobody_else(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    timelapse: Timelapse,
    agent: str,
) -> None:
    server.sockets.blocked = False
    printer = account.add_printer("Voron", agent=agent)  # type: ignore[arg-type]
    obico = await follow(hass, server, account, timelapse)
    await timelapse.pass_time(10)

    def listed(answer: Json) -> list[str]:
        return [file["path"] for file in answer["files"]]

    def store(name: str) -> None:
        printer.agent.files[name] = replace(SHORT, path=name)

    store("first.gcode")
    printer.agent.freeze(keep_commands=True)
    callers = [call(obico, printer, "get_files", answers=True) for _ in range(3)]
    await timelapse.settle(0.02)
    await canceller(callers[0])()
    await canceller(callers[2])()
    # The agent replies to all three.
    printer.agent.thaw()
    await timelapse.settle()
    assert listed(await callers[1]) == ["first.gcode"]
    store("second.gcode")
    later = call(obico, printer, "get_files", answers=True)
    await timelapse.settle()
    assert listed(await later) == ["first.gcode", "second.gcode"]
    assert len(server.sockets) == 1
    await assert_nothing_left(obico, timelapse)


async def test_a_viewer_that_leaves_takes_no_picture_from_the_others(
    printing: Obico, printer: Printer, timelapse: Timelapse
) -> None:
    camera = printing.entity_id(printer, "camera.webcam")
    send = asyncio.Event()
    fault = printing.server.faults.delay("/media/*", send, after=True)
    viewers = [start(async_get_image(printing.hass, camera)) for _ in range(3)]
    await wait_until(lambda: fault.hits)
    await canceller(viewers[0])()
    await timelapse.settle(0.02)
    send.set()
    await timelapse.settle()
    pictures = [await viewer for viewer in viewers[1:]]
    assert pictures[0].content == pictures[1].content
    assert pictures[0].content.startswith(b"\xff\xd8")
