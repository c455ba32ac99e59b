"""Push connections that are half-open, silent or old are replaced, and nothing shows of it."""

import pytest

from custom_components.obico.live import connection as push_module
from dev import CUBE, Printer
from dev.server import sockets
from tests.integration.support import Obico, connections_of, load_capture
from tests.timelapse import Timelapse, wait_until

from .support import LOST, Prepared, assert_nothing_left, connects, is_shown, push


async def test_a_server_that_no_longer_answers_pings_is_replaced(
    obico: Obico, printer: Printer, timelapse: Timelapse
) -> None:
    obico.server.requests.clear()
    obico.server.sockets.deaf = True
    # Half a minute until it is asked, a quarter until that is too long.
    await timelapse.pass_until(lambda: connects(obico) == 1, within=60)
    obico.server.sockets.deaf = False
    await timelapse.pass_time(30)
    printer.agent.start_print(CUBE)
    await wait_until(is_shown(obico, printer, "sensor.status", "starting"))


async def test_a_socket_that_answers_pings_and_brings_nothing_is_replaced(
    obico: Obico, printer: Printer, timelapse: Timelapse
) -> None:
    obico.server.sockets.silent = True
    printer.agent.start_print(CUBE)
    obico.server.requests.clear()
    await timelapse.pass_time(65)
    # The poll may have come just ahead of a push.
    assert connects(obico) == 0
    await timelapse.pass_until(lambda: connects(obico) == 1, within=70)
    # The new one is silent too: the old one is kept, and everything goes on.
    assert len(obico.server.sockets) >= 1
    obico.server.sockets.silent = False
    await timelapse.pass_time(150)
    obico.server.requests.clear()
    printer.agent.pause()
    await wait_until(is_shown(obico, printer, "sensor.status", "pausing"))
    assert len(obico.server.sockets) == 1


async def test_an_idle_printer_says_nothing_and_keeps_its_socket(
    obico: Obico, printer: Printer, timelapse: Timelapse
) -> None:
    printer.load_state(load_capture("printer_idle"))
    await timelapse.settle()
    obico.server.sockets.silent = True
    obico.server.requests.clear()
    await timelapse.pass_time(600, step=10)
    assert connects(obico) == 0
    assert len(obico.server.sockets) == 1


async def test_a_connection_is_renewed_before_the_server_forgets_it(
    prepared: Prepared,
    printer: Printer,
    timelapse: Timelapse,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    # A day of half an hour.
    day = 1800 / (24 * 3600)
    monkeypatch.setattr(sockets, "GROUP_SECONDS", sockets.GROUP_SECONDS * day)
    for name in ("_MIN_LIFETIME", "_MAX_LIFETIME", "_RENEWAL_RETRY"):
        monkeypatch.setattr(push_module, name, getattr(push_module, name) * day)
    obico = await prepared.follow()
    obico.server.requests.clear()
    for number in range(60):
        await timelapse.pass_time(60)
        # What only a push can bring shows at all times.
        is_on = number % 2 == 1
        push(obico, printer, watching_enabled=is_on)
        shown = "on" if is_on else "off"
        await wait_until(is_shown(obico, printer, "switch.watching_enabled", shown))
        assert len(obico.server.sockets) == 1
    assert 2 <= connects(obico) <= 3
    assert LOST not in caplog.text
    await assert_nothing_left(obico, timelapse)


async def test_the_old_connection_serves_until_the_new_one_speaks(
    obico: Obico,
    printer: Printer,
    timelapse: Timelapse,
    caplog: pytest.LogCaptureFixture,
) -> None:
    obico.server.requests.clear()
    obico.server.sockets.blocked = True
    # As if its time had come.
    connections_of(obico.entry)._connections[printer.id].renew()
    await wait_until(lambda: connects(obico) == 1)
    await timelapse.settle()
    printer.agent.start_print(CUBE)
    await wait_until(is_shown(obico, printer, "sensor.status", "starting"))
    obico.server.sockets.blocked = False
    await timelapse.pass_time(push_module._RENEWAL_RETRY + 10)
    assert connects(obico) == 2
    assert len(obico.server.sockets) == 1
    assert LOST not in caplog.text
    printer.agent.pause()
    await wait_until(is_shown(obico, printer, "sensor.status", "pausing"))
