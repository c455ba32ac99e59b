"""Kind: a reply of an agent is not lost while its push connection is replaced by a new one.

It may come before the new connection is open, at the moment when it opens, or after it.
"""

import asyncio
import json

import pytest

from dev import SHORT
from tests.integration.control.conftest import printer  # noqa: F401
from tests.integration.push.conftest import (  # noqa: F401
    expected_lingering_timers,
    obico,
    server,
    timelapse,
)
from tests.integration.push.support import connects
from tests.integration.services.conftest import actions  # noqa: F401
from tests.integration.services.support import Actions, Json
from tests.timelapse import wait_until


def renew(actions: Actions) -> None:  # noqa: F811
    """Have the push connection replaced, as when it grows old."""
    connections = actions.obico.entry.runtime_data.connections
    connections._connections[actions.printer.id].renew()


def hold_replies(
    actions: Actions,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> list[Json]:
    """Keep what the server is told to pass on to viewers, and return the list of it."""
    held: list[Json] = []
    monkeypatch.setattr(
        actions.obico.server.sockets,
        "relay",
        lambda printer_id, message: held.append(message),
    )
    return held


@pytest.mark.parametrize("moment", ["before", "while it opens", "after"])
async def test_a_reply_is_heard_whenever_it_comes(
    actions: Actions,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    moment: str,
) -> None:
    sockets = actions.obico.server.sockets
    relay, (old,) = sockets.relay, sockets._viewers[actions.printer.id]
    held = hold_replies(actions, monkeypatch)
    asked = asyncio.create_task(actions.ask("get_files"))
    await wait_until(lambda: held)
    actions.forget()
    push_to = sockets.push_to

    def reply_and_greet(viewer: object, row: Json) -> None:
        # The server had the reply on its way to those who were there before.
        if moment == "while it opens":
            old.send(json.dumps(held[0]))
        push_to(viewer, row)  # type: ignore[arg-type]

    monkeypatch.setattr(sockets, "push_to", reply_and_greet)
    if moment == "before":
        # The new connection is not let in yet.
        opened = asyncio.Event()
        fault = actions.obico.server.faults.delay("/ws/*", opened)
        renew(actions)
        await wait_until(lambda: fault.hits)
        relay(actions.printer.id, held[0])
        assert (await asked)["files"] is not None
        opened.set()
    else:
        renew(actions)
        await wait_until(lambda: connects(actions.obico) == 1)
        if moment == "after":
            await wait_until(lambda: len(sockets) == 2)
            relay(actions.printer.id, held[0])
        assert (await asked)["files"] is not None
    await wait_until(lambda: len(sockets) == 1, "the old connection stays")
    assert actions.obico.entry.runtime_data.connections.is_connected(actions.printer.id)


async def test_a_reply_that_only_the_old_connection_is_sent_is_heard(
    actions: Actions,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sockets = actions.obico.server.sockets
    (old,) = sockets._viewers[actions.printer.id]
    held = hold_replies(actions, monkeypatch)
    asked = asyncio.create_task(actions.ask("get_files"))
    await wait_until(lambda: held)
    renew(actions)
    await wait_until(lambda: len(sockets) == 2)
    statistics = actions.obico.entry.runtime_data.connections.statistics
    await wait_until(
        lambda: (shown := statistics(actions.printer.id)) and shown["connections"] == 2
    )
    old.send(json.dumps(held[0]))
    assert (await asked)["files"] is not None
    await wait_until(lambda: len(sockets) == 1, "the old connection stays")


async def test_what_is_pushed_while_the_new_connection_opens_is_shown(
    actions: Actions,  # noqa: F811
) -> None:
    opened = asyncio.Event()
    fault = actions.obico.server.faults.delay("/ws/*", opened)
    renew(actions)
    await wait_until(lambda: fault.hits)
    actions.agent.start_print(SHORT)
    await wait_until(lambda: actions["sensor.status"] != "idle")
    opened.set()
    await wait_until(lambda: len(actions.obico.server.sockets) == 1)


async def test_a_connection_that_is_lost_while_its_successor_opens_is_followed_by_it(
    actions: Actions,  # noqa: F811
) -> None:
    sockets = actions.obico.server.sockets
    opened = asyncio.Event()
    fault = actions.obico.server.faults.delay("/ws/*", opened)
    renew(actions)
    await wait_until(lambda: fault.hits)
    await sockets.close_all()
    await wait_until(lambda: len(sockets) == 0)
    opened.set()
    await wait_until(lambda: len(sockets) == 1)
    actions.agent.start_print(SHORT)
    await wait_until(lambda: actions["sensor.status"] != "idle")
    assert fault.hits == 1
