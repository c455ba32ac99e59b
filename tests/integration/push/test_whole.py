"""All push connections of an account: their end, their number, and what they cost."""

import asyncio

from dev import CUBE, Printer
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import CoreState
from tests.integration.support import (
    Obico,
    connections_of,
    coordinator_of,
    load_capture,
)
from tests.timelapse import Timelapse, wait_until

from .support import (
    EVENTS,
    PRINTERS,
    USER,
    Prepared,
    assert_nothing_left,
    begin_poll,
    connects,
    is_shown,
    obico_tasks,
    parse_printer,
    push,
    requests,
)


async def test_unloading_leaves_nothing(obico: Obico, timelapse: Timelapse) -> None:
    assert obico_tasks()
    await assert_nothing_left(obico, timelapse)
    obico.server.requests.clear()
    await timelapse.pass_time(700, step=10)
    assert len(obico.server.requests) == 0


async def test_reloading_starts_anew(
    obico: Obico, printer: Printer, timelapse: Timelapse
) -> None:
    for _ in range(3):
        assert await obico.hass.config_entries.async_reload(obico.entry.entry_id)
        await wait_until(lambda: len(obico.server.sockets) == 1)
        await timelapse.settle()
    assert len(obico_tasks()) == 1
    printer.agent.start_print(CUBE)
    await wait_until(is_shown(obico, printer, "sensor.status", "starting"))


async def test_a_stop_of_home_assistant_closes_everything(
    obico: Obico, timelapse: Timelapse
) -> None:
    obico.hass.set_state(CoreState.stopping)
    obico.hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await wait_until(lambda: len(obico.server.sockets) == 0)
    await wait_until(lambda: not obico_tasks())
    obico.hass.set_state(CoreState.running)


async def test_a_poll_that_ends_during_the_farewell_does_not_connect_anew(
    obico: Obico, printer: Printer, timelapse: Timelapse
) -> None:
    send, poll = await begin_poll(obico)
    # Nobody says goodbye, so that it takes a while.
    obico.server.sockets.deaf = True
    printer.reset_token()
    farewell = asyncio.create_task(connections_of(obico.entry).async_stop())
    await asyncio.sleep(0)
    send.set()
    await poll
    await farewell
    assert not [name for name in obico_tasks() if name.startswith("obico push")]
    assert not connects(obico)


async def test_a_command_that_ends_after_the_unload_sets_no_timer(
    obico: Obico, printer: Printer, timelapse: Timelapse
) -> None:
    coordinator = coordinator_of(obico.entry)
    await assert_nothing_left(obico, timelapse)
    printer.agent.start_print(CUBE)
    coordinator.async_merge_printer(parse_printer(printer))
    await assert_nothing_left(obico, timelapse)


# Many


async def test_more_printers_than_a_pool_has_connections_are_all_followed(
    prepared: Prepared, timelapse: Timelapse
) -> None:
    printers = [
        prepared.account.add_printer(f"Printer {number}") for number in range(120)
    ]
    obico = await prepared.follow()
    assert len(obico.server.sockets) == 120
    # There is room for calls.
    obico.server.requests.clear()
    await coordinator_of(obico.entry).async_refresh()
    assert coordinator_of(obico.entry).last_update_success
    assert requests(obico)[PRINTERS] == 1
    for printer in (printers[0], printers[-1]):
        push(obico, printer, watching_enabled=False)
        await wait_until(is_shown(obico, printer, "switch.watching_enabled", "off"))
    await assert_nothing_left(obico, timelapse)


# The pace of the poll


async def test_pushes_do_not_disturb_the_polls_pace(
    obico: Obico, printer: Printer, timelapse: Timelapse
) -> None:
    printer.load_state(load_capture("printer_printing"))
    await timelapse.pass_time(30)
    obico.server.requests.clear()
    for number in range(300):
        printer.normalized_p = number / 1000
        printer.push()
        await timelapse.pass_time(2, step=2)
    assert float(obico.value(printer, "sensor.failure_score")) > 20
    asked = requests(obico)
    assert 1 <= asked[PRINTERS] <= 3
    assert asked[USER] == asked[PRINTERS]


async def test_an_idle_account_asks_little_however_many_printers_it_has(
    prepared: Prepared, timelapse: Timelapse
) -> None:
    for number in range(5):
        prepared.account.add_printer(f"Printer {number}", agent="octoprint")
    obico = await prepared.follow()
    await timelapse.pass_time(120)
    obico.server.requests.clear()
    await timelapse.pass_time(3600, step=10)
    asked = requests(obico)
    assert set(asked) == {PRINTERS, USER, EVENTS}
    assert asked.total() <= 40
    await assert_nothing_left(obico, timelapse)
