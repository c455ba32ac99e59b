"""What the server's entity tells of the push connections."""

from dev import ObicoServer
from homeassistant.const import STATE_OFF, STATE_ON
from tests.integration.account.test_server_state import server_of
from tests.integration.support import Obico
from tests.timelapse import Timelapse


async def test_it_tells_whether_changes_come_by_push(
    obico: Obico, server: ObicoServer, timelapse: Timelapse
) -> None:
    assert server_of(obico).attributes["push"] is True
    server.sockets.blocked = True
    await server.sockets.close_all()
    await timelapse.pass_time(70)
    assert server_of(obico).attributes["push"] is False
    assert server_of(obico).state == STATE_ON
    server.sockets.blocked = False
    # The pauses between two tries to connect grow.
    await timelapse.pass_until(lambda: len(server.sockets) == 1, within=620)
    await timelapse.settle()
    assert server_of(obico).attributes["push"] is True


async def test_a_server_that_is_gone_takes_both_away(
    obico: Obico, server: ObicoServer, timelapse: Timelapse
) -> None:
    await server.refuse_connections()
    await timelapse.pass_time(70)
    assert server_of(obico).state == STATE_OFF
    assert server_of(obico).attributes["push"] is False
