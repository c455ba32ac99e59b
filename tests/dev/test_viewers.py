"""The websocket of the viewers."""

import asyncio

import aiohttp
from aiohttp import WSMsgType, WSServerHandshakeError
import pytest

from dev import SHORT, Phase, Printer
from dev.json_types import as_object

from .drive import Stage


@pytest.fixture
def printer(stage: Stage) -> Printer:
    """An idle printer without viewers."""
    return stage.account.add_printer("Any", agent="octoprint")


async def status_of_upgrade(stage: Stage, path: str) -> int:
    """Return the status of a refused upgrade."""
    with pytest.raises(WSServerHandshakeError) as refused:
        await stage.api.session.ws_connect(stage.server.url + path)
    return refused.value.status


async def test_the_whole_printer_comes_at_once(stage: Stage, printer: Printer) -> None:
    watcher = await stage.watch(printer)
    assert await watcher.next() == await stage.api.printer(printer)


async def test_every_change_brings_the_whole_printer(
    stage: Stage, printer: Printer
) -> None:
    watcher = await stage.watch(printer)
    await watcher.next()
    printer.update({"name": "Other"})
    assert (await watcher.next())["name"] == "Other"
    assert (
        await stage.api(f"printers/{printer.id}/", "PATCH", name="Third")
    ).status == 200
    assert (await watcher.next())["name"] == "Third"


async def test_a_command_brings_a_stale_push_first(
    stage: Stage, printer: Printer
) -> None:
    await stage.printing(printer)
    watcher = await stage.watch(printer)
    before = await watcher.next()
    await stage.api.command(printer, "pause_print/")
    assert await watcher.next() == before
    await stage.server.advance(0.5)
    status = as_object((await watcher.next())["status"])
    assert as_object(status["state"])["text"] == "Pausing"


async def test_a_bad_token_is_refused_at_the_upgrade(stage: Stage) -> None:
    assert await status_of_upgrade(stage, "/ws/token/web/wrong/") == 403


async def test_a_path_without_slash_fails(stage: Stage, printer: Printer) -> None:
    path = f"/ws/token/web/{printer.auth_token}"
    assert await status_of_upgrade(stage, path) == 500


async def test_a_reset_token_refuses_the_old_one(
    stage: Stage, printer: Printer
) -> None:
    watcher = await stage.watch(printer)
    await watcher.next()
    path = f"/ws/token/web/{printer.auth_token}/"
    printer.reset_token()
    assert await status_of_upgrade(stage, path) == 403
    await stage.watch(printer)
    assert not watcher.socket.closed


async def test_a_deleted_printer_refuses_its_token(
    stage: Stage, printer: Printer
) -> None:
    path = f"/ws/token/web/{printer.auth_token}/"
    printer.delete()
    assert await status_of_upgrade(stage, path) == 403


async def test_what_is_no_json_closes_the_socket(
    stage: Stage, printer: Printer
) -> None:
    watcher = await stage.watch(printer)
    await watcher.next()
    await watcher.socket.send_str("hello")
    message = await watcher.socket.receive(timeout=10)
    assert message.type is WSMsgType.CLOSE
    assert message.data == 1011


async def test_who_connects_counts_as_a_viewer_for_half_an_hour(
    stage: Stage, printer: Printer
) -> None:
    assert not stage.server.sockets.is_viewed(printer.id)
    watcher = await stage.watch(printer)
    assert stage.server.sockets.is_viewed(printer.id)
    await stage.server.advance(19 * 60)
    assert stage.server.sockets.is_viewed(printer.id)
    await stage.server.advance(21 * 60)
    assert not stage.server.sockets.is_viewed(printer.id)
    await watcher.everything()
    # It still gets everything.
    printer.update({"name": "Other"})
    assert (await watcher.next())["name"] == "Other"


async def test_an_empty_object_prolongs_it(stage: Stage, printer: Printer) -> None:
    watcher = await stage.watch(printer)
    await watcher.next()
    for _ in range(3):
        await stage.server.advance(19 * 60)
        await watcher.socket.send_str("{}")
        await watcher.everything()
    assert stage.server.sockets.is_viewed(printer.id)


async def test_an_empty_object_is_answered_when_the_last_push_is_old(
    stage: Stage, printer: Printer
) -> None:
    watcher = await stage.watch(printer)
    # The fresh picture's push is the last for a while.
    await stage.server.advance(2)
    await watcher.everything()
    await watcher.socket.send_str("{}")
    assert await watcher.everything() == []
    await stage.server.advance(45)
    await watcher.socket.send_str("{}")
    await watcher.socket.send_str("{}")
    (push,) = await watcher.everything()
    assert push["id"] == printer.id


async def test_a_viewer_brings_a_fresh_picture(stage: Stage, printer: Printer) -> None:
    assert (await stage.api.printer(printer))["pic"] is None
    await stage.watch(printer)
    await stage.server.advance(3)
    assert (await stage.api.printer(printer))["pic"]


async def test_a_viewer_that_leaves_at_once_brings_one_too(
    stage: Stage, printer: Printer
) -> None:
    async with stage.api.watch(printer) as watcher:
        await watcher.next()
        await watcher.socket.close()
    await stage.server.advance(3)
    assert (await stage.api.printer(printer))["pic"]


async def test_a_socket_survives_the_agent(stage: Stage, printer: Printer) -> None:
    watcher = await stage.watch(printer)
    await watcher.next()
    printer.agent.go_offline()
    assert (await watcher.next())["status"] is None
    printer.agent.come_online()
    assert (await watcher.next())["status"] is not None


async def test_a_socket_falls_silent_after_a_day(
    stage: Stage, printer: Printer
) -> None:
    watcher = await stage.watch(printer)
    printer.held = True
    await stage.server.advance(23.9 * 3600, tick=60)
    printer.update({"name": "Before"})
    await stage.server.advance(0.2 * 3600, tick=60)
    printer.update({"name": "After"})
    names = [(await watcher.next())["name"] for _ in range(2)]
    assert names == ["Any", "Before"]
    async with stage.api.watch(printer) as other:
        assert (await other.next())["name"] == "After"
    with pytest.raises(TimeoutError):
        await watcher.socket.receive(timeout=0.05)


async def test_only_the_printers_own_sockets_hear_of_it(
    stage: Stage, printer: Printer
) -> None:
    other = stage.account.add_printer("Other", agent="octoprint")
    watcher = await stage.watch(other)
    await stage.server.advance(3)
    await watcher.everything()
    printer.agent.start_print(SHORT)
    await stage.until(printer.agent, Phase.PRINTING)
    assert await watcher.everything() == []


async def test_blocked_sockets_are_refused_by_something_in_between(
    stage: Stage, printer: Printer
) -> None:
    stage.server.sockets.blocked = True
    path = f"/ws/token/web/{printer.auth_token}/"
    assert await status_of_upgrade(stage, path) == 502
    stage.server.sockets.blocked = False
    await (await stage.watch(printer)).next()


@pytest.mark.parametrize("how", ["silent", "deaf"])
async def test_a_silent_socket_sends_nothing(
    stage: Stage, printer: Printer, how: str
) -> None:
    setattr(stage.server.sockets, how, True)
    watcher = await stage.watch(printer)
    printer.update({"name": "Other"})
    with pytest.raises(TimeoutError):
        await watcher.socket.receive(timeout=0.05)


async def test_a_deaf_socket_answers_no_ping(stage: Stage, printer: Printer) -> None:
    async def answered() -> bool:
        url = f"{stage.server.url}/ws/token/web/{printer.auth_token}/"
        async with stage.api.session.ws_connect(url, autoping=False) as socket:
            await socket.ping(b"?")
            try:
                while True:
                    message = await socket.receive(timeout=0.1)
                    if message.type is WSMsgType.PONG:
                        return True
            except TimeoutError:
                return False

    assert await answered()
    stage.server.sockets.deaf = True
    assert not await answered()


async def test_a_socket_that_answers_no_ping_is_closed(
    stage: Stage, printer: Printer
) -> None:
    stage.server.sockets.ping_seconds = 0.02
    url = f"{stage.server.url}/ws/token/web/{printer.auth_token}/"
    async with stage.api.session.ws_connect(url, autoping=False) as socket:
        kinds = [(await socket.receive(timeout=10)).type for _ in range(3)]
    assert kinds == [WSMsgType.TEXT, WSMsgType.PING, WSMsgType.CLOSE]


async def test_a_socket_that_answers_its_ping_is_pinged_again(
    stage: Stage, printer: Printer
) -> None:
    stage.server.sockets.ping_seconds = 0.5
    url = f"{stage.server.url}/ws/token/web/{printer.auth_token}/"
    async with stage.api.session.ws_connect(url, autoping=False) as socket:
        kinds = [(await socket.receive(timeout=10)).type for _ in range(2)]
        await socket.pong()
        kinds.append((await socket.receive(timeout=10)).type)
    assert kinds == [WSMsgType.TEXT, WSMsgType.PING, WSMsgType.PING]


async def test_sockets_can_close_at_once(stage: Stage, printer: Printer) -> None:
    stage.server.sockets.close_at_once = True
    watcher = await stage.watch(printer)
    kinds = [(await watcher.socket.receive(timeout=10)).type for _ in range(2)]
    assert kinds == [WSMsgType.TEXT, WSMsgType.CLOSE]


async def test_closed_sockets_are_forgotten(stage: Stage, printer: Printer) -> None:
    async with stage.api.watch(printer) as watcher:
        await watcher.next()
        assert len(stage.server.sockets) == 1
        await watcher.socket.close()
    async with asyncio.timeout(10):
        while len(stage.server.sockets):
            await asyncio.sleep(0)


async def test_a_bearer_token_opens_no_socket(stage: Stage, printer: Printer) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await stage.api.session.ws_connect(
            f"{stage.server.url}/ws/token/web/{stage.account.token}/",
            headers={"Authorization": f"Bearer {stage.account.token}"},
        )
    assert printer.auth_token
