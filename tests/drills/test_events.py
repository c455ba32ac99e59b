"""Events by the hundred, with gaps in their ids and times that are wrong."""

import pytest

from dev import Printer
from tests.integration.push.support import EVENTS, requests
from tests.integration.support import Obico
from tests.timelapse import Timelapse

from .support import Ledger, live, recover


async def test_five_hundred_events_at_once_all_fire_in_order(
    obico: Obico, printer: Printer, timelapse: Timelapse, ledger: Ledger
) -> None:
    obico.server.requests.clear()
    for number in range(500):
        obico.server.add_event(printer, "PAUSED" if number % 2 else "RESUMED")
    await timelapse.pass_until(lambda: ledger.is_balanced, within=65)
    assert len(ledger.fired) == 500
    assert requests(obico)[EVENTS] <= 15
    await recover(obico, printer, timelapse, ledger)


async def test_events_that_come_while_they_are_fetched_are_not_missed(
    obico: Obico, printer: Printer, timelapse: Timelapse, ledger: Ledger
) -> None:
    for _ in range(120):
        obico.server.add_event(printer, "PAUSED")

    def add_one(page: object) -> object:
        # Each page moves the next by one row.
        if len(ledger.created) < 200:
            obico.server.add_event(printer, "RESUMED")
        return page

    obico.server.faults.change(EVENTS, add_one)  # type: ignore[arg-type]
    await timelapse.pass_until(
        lambda: len(ledger.created) >= 200 and ledger.is_balanced, within=36000
    )
    obico.server.faults.clear()
    await recover(obico, printer, timelapse, ledger)


async def test_a_deletion_while_events_are_fetched_loses_none_of_the_others(
    obico: Obico, printer: Printer, timelapse: Timelapse, ledger: Ledger
) -> None:
    other = obico.account.add_printer("Short-lived")
    await timelapse.pass_time(65)
    for number in range(240):
        obico.server.add_event(other if number % 3 else printer, "PAUSED")
    pages = 0

    def delete(page: object) -> object:
        nonlocal pages
        pages += 1
        if pages == 2:
            other.delete()
        return page

    obico.server.faults.change(EVENTS, delete)  # type: ignore[arg-type]
    mine = [event for event in ledger.created if ledger.printer_of[event] == printer.id]
    await timelapse.pass_time(65)
    assert pages > 2
    assert [
        event for event in ledger.fired if ledger.printer_of[event] == printer.id
    ] == mine


@pytest.mark.parametrize("gap", [1, 49, 50, 51, 1_000_000, 2**40])
async def test_ids_that_jump_are_no_reason_to_miss_one(
    obico: Obico, printer: Printer, timelapse: Timelapse, ledger: Ledger, gap: int
) -> None:
    for _ in range(3):
        obico.server.skip_event_ids(gap)
        await live(obico, printer, timelapse)
    await recover(obico, printer, timelapse, ledger)


async def test_a_count_that_was_reset_to_the_same_number_hides_nothing_for_long(
    obico: Obico, printer: Printer, timelapse: Timelapse, ledger: Ledger
) -> None:
    obico.server.add_event(printer, "PAUSED")
    await timelapse.pass_until(lambda: ledger.is_balanced, within=65)
    obico.account.open_event_list()
    obico.server.add_event(printer, "RESUMED")
    await timelapse.pass_time(120)
    assert not ledger.is_balanced
    await timelapse.pass_until(lambda: ledger.is_balanced, within=600)
    await live(obico, printer, timelapse)
    await recover(obico, printer, timelapse, ledger)


@pytest.mark.parametrize("offset", [3600, -3600, 86400 * 365])
async def test_a_clock_that_is_wrong_changes_nothing(
    obico: Obico, printer: Printer, timelapse: Timelapse, ledger: Ledger, offset: float
) -> None:
    obico.server.clock.offset = offset
    await live(obico, printer, timelapse)
    # And after a restart, when the age of events matters.
    assert await obico.hass.config_entries.async_unload(obico.entry.entry_id)
    obico.server.add_event(printer, "PAUSED")
    assert await obico.hass.config_entries.async_setup(obico.entry.entry_id)
    await timelapse.pass_until(lambda: ledger.is_balanced, within=65)
    # Somebody sets it right.
    obico.server.clock.offset = 0
    await live(obico, printer, timelapse)
    await recover(obico, printer, timelapse, ledger)


async def test_a_row_that_cannot_be_read_does_not_stop_the_others(
    obico: Obico, printer: Printer, timelapse: Timelapse, ledger: Ledger
) -> None:
    def spoil(rows: object) -> object:
        assert isinstance(rows, list)
        # Also the first of a page, and the last.
        return [
            {**row, "id": None} if row["id"] % 7 == 0 or number in {0, 49} else row
            for number, row in enumerate(rows)
        ]

    fault = obico.server.faults.change(EVENTS, spoil)  # type: ignore[arg-type]
    for _ in range(160):
        obico.server.add_event(printer, "PAUSED")
    await timelapse.pass_time(65)
    assert ledger.fired == sorted(set(ledger.fired))
    assert len(ledger.fired) > 120
    assert fault.hits < 20
    obico.server.faults.clear()
    # The newest was not passed over: nobody knew what it was.
    await timelapse.pass_until(
        lambda: ledger.fired[-1] == ledger.created[-1], within=660
    )
    ledger.fired.clear()
    ledger.created.clear()
    await live(obico, printer, timelapse)
    await recover(obico, printer, timelapse, ledger)
