"""A network that loses connections, names and the whole server."""

import aiohttp
import pytest

from dev import CUBE, Printer
from homeassistant.const import CONF_URL, STATE_UNAVAILABLE
from homeassistant.helpers import aiohttp_client
from tests.aioobico.support import FakeResolver
from tests.integration.push.support import (
    Prepared,
    assert_nothing_left,
    connects,
    requests,
)
from tests.integration.support import Obico, states_written
from tests.timelapse import Timelapse, wait_until

from .support import Ledger, live, recover


async def test_a_server_that_restarts_is_back_by_itself(
    obico: Obico,
    printer: Printer,
    timelapse: Timelapse,
    ledger: Ledger,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await obico.server.refuse_connections()
    await timelapse.pass_time(62)
    assert obico.value(printer, "sensor.status") == STATE_UNAVAILABLE
    await live(obico, printer, timelapse)
    await obico.server.accept_connections()
    await recover(obico, printer, timelapse, ledger, within=310)
    assert caplog.text.count("A push connection to the Obico server is lost") == 1
    assert caplog.text.count("The push connections to the Obico server are back") == 1
    assert caplog.text.count("Fetching obico data recovered") == 1


async def test_a_restart_between_two_polls_is_hardly_noticed(
    obico: Obico, printer: Printer, timelapse: Timelapse, ledger: Ledger
) -> None:
    written = states_written(obico.hass)
    for _ in range(3):
        await obico.server.refuse_connections()
        await obico.server.accept_connections()
        await live(obico, printer, timelapse)
    assert STATE_UNAVAILABLE not in {state.state for state in written()}
    await recover(obico, printer, timelapse, ledger)


class SharedResolver(FakeResolver):
    """A resolver as Home Assistant shares it between its sessions."""

    async def real_close(self) -> None:
        """Hold nothing."""


async def test_a_name_that_is_gone_for_a_while_is_back_by_itself(
    prepared: Prepared,
    printer: Printer,
    timelapse: Timelapse,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resolver = SharedResolver()
    monkeypatch.setattr(aiohttp_client, "_async_make_resolver", lambda _: resolver)
    # Names and connections are kept for some seconds, of this clock too.
    monkeypatch.setattr(aiohttp.connector, "monotonic", prepared.hass.loop.time)
    url = prepared.server.url.replace("127.0.0.1", "obico.example")
    obico = await prepared.follow(**{CONF_URL: url})
    ledger = Ledger(obico.hass, obico.server)

    resolver.failure = OSError(None, "Name or service not known")
    # The connections that there are stay, the calls fail.
    await timelapse.pass_time(130)
    assert obico.value(printer, "sensor.status") == STATE_UNAVAILABLE
    await obico.server.sockets.close_all()
    await live(obico, printer, timelapse)
    assert ledger.fired == []
    assert len(obico.server.sockets) == 0

    resolver.failure = None
    await recover(obico, printer, timelapse, ledger, within=310)
    await assert_nothing_left(obico, timelapse)


async def test_half_open_connections_are_noticed_and_replaced(
    obico: Obico, printer: Printer, timelapse: Timelapse, ledger: Ledger
) -> None:
    obico.server.sockets.deaf = True
    obico.server.requests.clear()
    written = states_written(obico.hass)
    await live(obico, printer, timelapse)
    assert STATE_UNAVAILABLE not in {state.state for state in written()}
    # New ones are no better as yet.
    assert connects(obico) >= 1
    obico.server.sockets.deaf = False
    await recover(obico, printer, timelapse, ledger, within=310)


async def test_silent_connections_are_noticed_and_replaced(
    obico: Obico, printer: Printer, timelapse: Timelapse, ledger: Ledger
) -> None:
    obico.server.sockets.silent = True
    await live(obico, printer, timelapse)
    # The poll tells.
    await timelapse.pass_time(60)
    assert obico.value(printer, "sensor.status") == "idle"
    obico.server.sockets.silent = False
    await recover(obico, printer, timelapse, ledger)


async def test_a_connection_that_is_closed_every_two_seconds_is_no_storm(
    obico: Obico, printer: Printer, timelapse: Timelapse, ledger: Ledger
) -> None:
    obico.server.requests.clear()
    agent = printer.agent
    agent.start_print(CUBE)
    for second in range(0, 300, 2):
        await obico.server.sockets.close_all()
        if second == 100:
            agent.pause()
        elif second == 150:
            obico.server.add_event(printer, "FILAMENT_CHANGE")
            obico.server.add_event(printer, "ALERT_MUTED")
        elif second == 200:
            agent.cancel()
        await timelapse.pass_time(2, step=2)
    assert connects(obico) <= 15
    assert requests(obico).total() <= 80
    await recover(obico, printer, timelapse, ledger, within=310)


async def test_a_proxy_without_websockets_costs_only_speed(
    obico: Obico, printer: Printer, timelapse: Timelapse, ledger: Ledger
) -> None:
    obico.server.sockets.blocked = True
    await obico.server.sockets.close_all()
    await wait_until(lambda: len(obico.server.sockets) == 0)
    await live(obico, printer, timelapse)
    # At most one interval of the poll.
    await timelapse.pass_time(62)
    assert ledger.is_balanced
    assert obico.value(printer, "sensor.status") == "idle"
    obico.server.sockets.blocked = False
    await recover(obico, printer, timelapse, ledger, within=310)
