"""How often an account is polled: seldom while pushes bring everything, often once one is missing."""

from dev import Account, Printer
from tests.integration.support import API, Json, Obico
from tests.timelapse import Timelapse


def polls(obico: Obico) -> int:
    """Return how often the account was polled since the last call."""
    count = len(obico.server.requests.matching(f"{API}printers/", method="GET"))
    obico.server.requests.clear()
    return count


async def test_a_pushed_account_is_polled_every_five_minutes(
    obico: Obico, timelapse: Timelapse
) -> None:
    await timelapse.pass_time(61)
    polls(obico)
    await timelapse.pass_time(3600)
    assert polls(obico) in {11, 12, 13}


async def test_polls_are_frequent_as_long_as_one_push_is_missing(
    obico: Obico, timelapse: Timelapse
) -> None:
    await timelapse.pass_time(400)
    obico.server.sockets.blocked = True
    await obico.server.sockets.close_all()
    await timelapse.settle()
    polls(obico)
    await timelapse.pass_time(62)
    assert polls(obico) == 1
    await timelapse.pass_time(600)
    assert polls(obico) in {9, 10}
    obico.server.sockets.blocked = False
    # The pauses between two tries to connect grow up to five minutes.
    await timelapse.pass_until(lambda: len(obico.server.sockets) == 1, within=620)
    await timelapse.pass_time(130)
    polls(obico)
    await timelapse.pass_time(3600)
    assert polls(obico) in {11, 12, 13}


async def test_a_change_that_no_push_brought_is_looked_at_again_a_minute_later(
    obico: Obico, printer: Printer, timelapse: Timelapse
) -> None:
    # An agent's next report would bring the change.
    printer.agent.go_offline()
    await timelapse.pass_time(400)
    obico.server.sockets.silent = True
    printer.update({"name": "Renamed"})
    obico.server.sockets.silent = False
    polls(obico)
    await timelapse.pass_until(lambda: polls(obico), within=310)
    await timelapse.pass_time(66)
    assert polls(obico) == 1
    await timelapse.pass_time(280)
    assert polls(obico) == 0


async def test_a_new_printer_is_there_within_five_minutes_and_pushed_from_then_on(
    obico: Obico, account: Account, timelapse: Timelapse
) -> None:
    await timelapse.pass_time(400)
    voron = account.add_printer("Voron", agent="klipper")
    await timelapse.pass_time(301)
    assert obico.value(voron, "sensor.status") == "idle"
    await timelapse.pass_time(61)
    polls(obico)
    await timelapse.pass_time(3600)
    assert polls(obico) in {11, 12, 13}


async def test_an_agent_that_goes_silent_has_its_printer_polled_every_minute(
    obico: Obico, timelapse: Timelapse
) -> None:
    await timelapse.pass_time(400)
    obico.server.sockets.silent = True
    await timelapse.pass_time(160)
    polls(obico)
    await timelapse.pass_time(600)
    assert polls(obico) in {9, 10}
    obico.server.sockets.silent = False
    await timelapse.pass_time(400)
    polls(obico)
    await timelapse.pass_time(1500)
    # Each poll comes a little later than after five minutes.
    assert polls(obico) in {4, 5}


async def test_a_printer_without_a_token_is_polled_every_minute(
    obico: Obico, account: Account, timelapse: Timelapse
) -> None:
    obico.server.faults.change(f"{API}printers/", _without_tokens, method="GET")
    await timelapse.pass_time(400)
    polls(obico)
    await timelapse.pass_time(600)
    assert polls(obico) in {9, 10}


def _without_tokens(printers: Json) -> Json:
    for each in printers:
        del each["auth_token"]
    return printers
