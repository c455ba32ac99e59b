"""Kind: what an event knows is shown with the event, not with the poll after it.

A print that begins and ends between two polls, and one whose end is seen before the server
tells how it ended.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Literal

import pytest

from dev import CUBE, SHORT, Account, ObicoServer, Printer
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from tests.integration.push.support import follow, is_shown
from tests.integration.support import Obico, states_written
from tests.timelapse import Timelapse, wait_until


def shown_time(obico: Obico, printer: Printer, key: str) -> datetime:
    """Return the time that a sensor shows."""
    time = dt_util.parse_datetime(obico.value(printer, key))
    assert time is not None
    return time


async def cancel(obico: Obico, printer: Printer) -> None:
    printer.agent.start_print(CUBE)
    await obico.server.advance(20)
    printer.agent.cancel()
    await obico.server.advance(15)


async def finish(obico: Obico, printer: Printer) -> None:
    printer.agent.start_print(SHORT)
    while printer.current_print is None:
        await obico.server.advance(1)
    while printer.current_print is not None:
        await obico.server.advance(5)


@pytest.mark.parametrize("agent", ["octoprint", "klipper"])
@pytest.mark.parametrize(
    ("end", "result"),
    [(cancel, "cancelled"), (finish, "finished")],
)
async def test_a_print_between_two_polls_is_the_last_print_once_its_end_fires(
    hass: HomeAssistant,
    obico: Obico,
    account: Account,
    agent: Literal["octoprint", "klipper"],
    end: Callable[[Obico, Printer], object],
    result: str,
) -> None:
    printer = account.add_printer("Voron", agent=agent)
    await obico.poll()
    # An earlier print, whose result must not be taken for that of the one to come.
    await finish(obico, printer)
    await obico.poll()
    await obico.poll()
    before = obico.value(printer, "sensor.last_print_end")
    await end(obico, printer)  # type: ignore[misc]
    assert printer.current_print is None

    await obico.poll()
    event = obico.state(printer, "event.printer_event")
    assert event.attributes["event_type"] == "ended"
    assert obico.value(printer, "sensor.last_print_result") == result
    assert obico.value(printer, "sensor.last_print_end") != before
    ended = shown_time(obico, printer, "sensor.last_print_end")
    assert shown_time(obico, printer, "sensor.finish_time") == ended
    poster = shown_time(obico, printer, "image.last_poster")
    assert poster.replace(microsecond=0) == ended


@pytest.mark.parametrize("agent", ["octoprint", "klipper"])
async def test_a_cancelled_print_never_ends_in_the_future(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    agent: Literal["octoprint", "klipper"],
) -> None:
    server.sockets.blocked = False
    printer = account.add_printer("Voron", agent=agent)
    timelapse = Timelapse(hass, server)
    obico = await follow(hass, server, account, timelapse)
    printer.agent.start_print(CUBE)
    await timelapse.pass_time(60)
    finish_time = obico.entity_id(printer, "sensor.finish_time")
    written = states_written(hass, finish_time)
    server.faults.html("/api/v1/prints/*", 502)
    printer.agent.cancel()
    await timelapse.pass_time(20)
    await wait_until(is_shown(obico, printer, "sensor.status", "idle"))
    times = [dt_util.parse_datetime(state.state) for state in written()]
    assert times
    assert times[-1] is not None
    assert times[-1] <= dt_util.utcnow()
    await obico.unload()
