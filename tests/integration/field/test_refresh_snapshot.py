"""Kind: a command that failed is carried out the next time, and never told as done.

`refresh_snapshot` is a request that is shared and not repeated for ten seconds: only a
picture that came counts for that, neither a request that failed nor one that was cancelled.
"""

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

import pytest

from dev import Printer
from homeassistant.components.camera import async_get_image
from homeassistant.exceptions import HomeAssistantError
from tests.integration.control.support import explained
from tests.integration.push.conftest import (  # noqa: F401
    expected_lingering_timers,
    obico,
    server,
    timelapse,
)
from tests.integration.push.support import connects, obico_tasks
from tests.integration.support import Obico
from tests.timelapse import Timelapse, wait_until

# Also what a user has to enable.
pytestmark = pytest.mark.usefixtures("all_enabled")


def press(obico: Obico, printer: Printer) -> asyncio.Task[None]:  # noqa: F811
    """Begin to press the button."""
    call = obico.hass.services.async_call(
        "button",
        "press",
        {"entity_id": obico.entity_id(printer, "button.refresh_snapshot")},
        blocking=True,
    )

    async def wait() -> None:
        await call

    return asyncio.get_running_loop().create_task(wait())


def requester(
    obico: Obico,  # noqa: F811
    printer: Printer,
) -> Callable[..., Coroutine[Any, Any, None]]:
    """Return what requests a picture of a printer, within so many seconds."""
    account = obico.entry.runtime_data
    return partial(
        account.connections.async_request_picture,
        account.coordinator.data.printers[printer.id],
    )


async def until_done(timelapse: Timelapse, task: asyncio.Task[Any]) -> None:  # noqa: F811
    """Let time pass until a command has come to its end."""
    for _ in range(30):
        if task.done():
            break
        await timelapse.pass_time(1, step=1, patience=0.05)


async def fails(task: asyncio.Task[None], key: str) -> None:
    """Expect that a command is told to have failed."""
    with pytest.raises(HomeAssistantError) as caught:
        await task
    explained(caught.value, key)


async def break_push(obico: Obico, printer: Printer) -> str:  # noqa: F811
    obico.server.sockets.blocked = True
    return "server_error"


async def freeze(obico: Obico, printer: Printer) -> str:  # noqa: F811
    printer.agent.camera = False
    return "agent_silent"


async def hang_up(obico: Obico, printer: Printer) -> str:  # noqa: F811
    obico.server.sockets.close_at_once = True
    return "cannot_connect"


async def mute(obico: Obico, printer: Printer) -> str:  # noqa: F811
    obico.server.sockets.silent = True
    return "agent_silent"


async def mend(obico: Obico, printer: Printer) -> None:  # noqa: F811
    sockets = obico.server.sockets
    sockets.blocked = sockets.close_at_once = sockets.silent = False
    printer.agent.camera = True


@pytest.mark.parametrize("break_", [break_push, freeze, hang_up, mute])
async def test_a_failure_is_no_reason_not_to_ask_again(
    obico: Obico,  # noqa: F811
    printer: Printer,
    timelapse: Timelapse,  # noqa: F811
    break_: object,
) -> None:
    assert callable(break_)
    key = await break_(obico, printer)
    for _ in range(2):
        obico.server.requests.clear()
        pressed = press(obico, printer)
        await until_done(timelapse, pressed)
        await fails(pressed, key)
        assert connects(obico) >= 1
    await mend(obico, printer)
    obico.server.requests.clear()
    pressed = press(obico, printer)
    await until_done(timelapse, pressed)
    await pressed
    assert connects(obico) >= 1


async def test_a_look_that_brought_no_picture_keeps_nobody_from_asking(
    obico: Obico,  # noqa: F811
    printer: Printer,
    timelapse: Timelapse,  # noqa: F811
) -> None:
    printer.agent.camera = False
    look = asyncio.create_task(
        async_get_image(obico.hass, obico.entity_id(printer, "camera.webcam"))
    )
    await until_done(timelapse, look)
    await asyncio.gather(look, return_exceptions=True)
    pressed = press(obico, printer)
    await until_done(timelapse, pressed)
    await fails(pressed, "agent_silent")


async def test_a_success_is_shared_and_not_repeated_at_once(
    obico: Obico,  # noqa: F811
    printer: Printer,
    timelapse: Timelapse,  # noqa: F811
) -> None:
    obico.server.requests.clear()
    pressed = [press(obico, printer) for _ in range(3)]
    await timelapse.pass_time(8, step=1, patience=0.05)
    await asyncio.gather(*pressed)
    await press(obico, printer)
    assert connects(obico) == 1
    await timelapse.pass_time(12, step=1, patience=0.05)
    again = press(obico, printer)
    await timelapse.pass_time(8, step=1, patience=0.05)
    await again
    assert connects(obico) == 2


async def test_who_is_cancelled_spoils_it_for_nobody(
    obico: Obico,  # noqa: F811
    printer: Printer,
    timelapse: Timelapse,  # noqa: F811
) -> None:
    request = requester(obico, printer)
    obico.server.requests.clear()
    first = asyncio.create_task(request(within=15))
    others = [asyncio.create_task(request(within=15)) for _ in range(2)]
    await wait_until(lambda: connects(obico) == 1)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    assert not any(each.done() for each in others)
    await timelapse.pass_time(8, step=1, patience=0.05)
    assert await asyncio.gather(*others) == [None, None]
    assert connects(obico) == 1


async def test_one_who_waits_for_less_is_told_first(
    obico: Obico,  # noqa: F811
    printer: Printer,
    timelapse: Timelapse,  # noqa: F811
) -> None:
    request = requester(obico, printer)
    obico.server.sockets.silent = True
    hasty = asyncio.create_task(request(within=2))
    patient = asyncio.create_task(request(within=15))
    await timelapse.pass_time(3, step=1, patience=0.05)
    assert hasty.done()
    assert hasty.exception() is not None
    assert not patient.done()
    await timelapse.pass_time(20, step=1, patience=0.05)
    assert patient.done()
    assert patient.exception() is not None


async def test_a_request_ends_with_the_account(
    obico: Obico,  # noqa: F811
    printer: Printer,
    timelapse: Timelapse,  # noqa: F811
) -> None:
    printer.agent.camera = False
    obico.server.requests.clear()
    pressed = press(obico, printer)
    await wait_until(lambda: connects(obico) == 1)
    assert await obico.hass.config_entries.async_unload(obico.entry.entry_id)
    with pytest.raises(HomeAssistantError):
        await pressed
    assert not [name for name in obico_tasks() if "picture" in name]
