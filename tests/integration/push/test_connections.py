"""Push connections that are lost, refused, silent or old, and what becomes of them."""

from itertools import pairwise

import pytest

from dev import CUBE, Printer
from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.const import STATE_UNAVAILABLE
from tests.integration.support import Obico, coordinator_of, set_up, states_written
from tests.timelapse import Timelapse, wait_until

from .support import (
    BACK,
    LOST,
    PRINTERS,
    USER,
    Prepared,
    assert_nothing_left,
    connects,
    is_shown,
    push,
    requests,
)


async def lose_all(obico: Obico) -> None:
    """Let the server go away for the push, and not for the rest."""
    obico.server.sockets.blocked = True
    await obico.server.sockets.close_all()
    await wait_until(lambda: len(obico.server.sockets) == 0)


# Lost and found


async def test_without_push_everything_stays_available_and_comes_with_the_poll(
    obico: Obico, printer: Printer, timelapse: Timelapse
) -> None:
    written = states_written(obico.hass)
    await lose_all(obico)
    printer.agent.start_print(CUBE)
    await timelapse.settle()
    assert obico.value(printer, "sensor.status") == "idle"
    await timelapse.pass_time(65)
    assert obico.value(printer, "sensor.status") == "printing"
    assert STATE_UNAVAILABLE not in {state.state for state in written()}


async def test_the_loss_is_logged_once_and_the_return_once(
    prepared: Prepared, timelapse: Timelapse, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("Prusa", "Voron", "Ender"):
        prepared.account.add_printer(name, agent="octoprint")
    obico = await prepared.follow()
    assert LOST not in caplog.text

    await lose_all(obico)
    await timelapse.pass_time(600, step=10)
    assert caplog.text.count(LOST) == 1
    assert BACK not in caplog.text

    obico.server.sockets.blocked = False
    await timelapse.pass_until(lambda: len(obico.server.sockets) == 3, within=600)
    await timelapse.settle()
    assert (caplog.text.count(LOST), caplog.text.count(BACK)) == (1, 1)

    # The same again, the next time.
    await lose_all(obico)
    obico.server.sockets.blocked = False
    await timelapse.pass_until(lambda: len(obico.server.sockets) == 3, within=600)
    await timelapse.settle()
    assert (caplog.text.count(LOST), caplog.text.count(BACK)) == (2, 2)
    await assert_nothing_left(obico, timelapse)


async def test_a_reconnect_brings_what_was_missed_at_once(
    obico: Obico, printer: Printer, timelapse: Timelapse
) -> None:
    await lose_all(obico)
    printer.columns["name"] = "Renamed"
    printer.agent.start_print(CUBE)
    obico.account.dh_balance = 3.5
    obico.server.sockets.blocked = False
    obico.server.requests.clear()
    await timelapse.pass_time(2, step=1)
    assert obico.value(printer, "sensor.status") == "heating"
    asked = requests(obico)
    assert (asked[PRINTERS], asked[USER]) == (1, 1)
    assert (device := obico.device(printer)) is not None
    assert device.name == "Renamed"


async def test_a_server_without_push_is_left_alone_more_and_more(
    prepared: Prepared,
    printer: Printer,
    timelapse: Timelapse,
    caplog: pytest.LogCaptureFixture,
) -> None:
    prepared.server.sockets.blocked = True
    obico = await set_up(prepared.hass, prepared.server, prepared.account)
    await timelapse.pass_time(3600, step=10)
    # 1, 2, 4 … 256, 300, 300 … seconds, or half of each.
    assert 15 <= connects(obico) <= 35
    assert caplog.text.count(LOST) == 1
    assert obico.value(printer, "sensor.status") == "idle"

    obico.server.sockets.blocked = False
    await timelapse.pass_until(lambda: len(obico.server.sockets) == 1, within=310)
    await assert_nothing_left(obico, timelapse)


async def test_a_socket_that_closes_every_two_seconds_makes_no_storm(
    obico: Obico, timelapse: Timelapse
) -> None:
    times: list[float] = []
    seen = 0
    obico.server.requests.clear()
    for second in range(0, 1200, 2):
        await obico.server.sockets.close_all()
        await timelapse.pass_time(2, step=2)
        if connects(obico) > seen:
            seen = connects(obico)
            times.append(second)
    assert 8 <= seen <= 25
    gaps = [after - before for before, after in pairwise(times)]
    # It hesitates more and more.
    assert sum(gaps[-3:]) > 3 * sum(gaps[:3])
    # Each time it comes back it looks for what it missed: that is no storm either.
    assert requests(obico)[PRINTERS] <= 20 + 1.2 * seen


async def test_the_hesitation_ends_when_a_connection_holds(
    obico: Obico, timelapse: Timelapse
) -> None:
    for _ in range(200):
        await obico.server.sockets.close_all()
        await timelapse.pass_time(2, step=2)
    await timelapse.pass_until(lambda: len(obico.server.sockets) == 1, within=400)
    await timelapse.pass_time(60)
    await obico.server.sockets.close_all()
    await timelapse.pass_until(lambda: len(obico.server.sockets) == 1, within=3, step=1)


async def test_nonsense_does_not_end_the_hesitation(
    obico: Obico, printer: Printer, timelapse: Timelapse
) -> None:
    """Only a valid message shows that a connection is of use."""
    server = obico.server
    server.sockets.silent = True
    server.requests.clear()
    await server.sockets.close_all()
    for _ in range(360):
        await timelapse.pass_time(5)
        server.sockets.silent = False
        server.sockets.send(printer.id, "nonsense")
        server.sockets.silent = True
        await timelapse.settle()
        if timelapse.elapsed % 60 < 5:
            await server.sockets.close_all()
    assert connects(obico) <= 25
    server.sockets.silent = False


# Refused


async def test_a_deleted_printer_is_gone_as_soon_as_its_socket_is_refused(
    prepared: Prepared,
    printer: Printer,
    timelapse: Timelapse,
    caplog: pytest.LogCaptureFixture,
) -> None:
    other = prepared.account.add_printer("Voron", agent="klipper")
    obico = await prepared.follow()
    printer.delete()
    await obico.server.sockets.close_all()
    await timelapse.pass_time(10, step=1)
    assert obico.device(printer) is None
    assert obico.find_entity_id(printer, "sensor.status") is None
    assert obico.value(other, "sensor.status") == "idle"
    assert len(obico.server.sockets) == 1
    # All connections that there should be are there.
    assert (caplog.text.count(LOST), caplog.text.count(BACK)) == (1, 1)

    obico.server.requests.clear()
    await timelapse.pass_time(700, step=10)
    assert not connects(obico)
    await assert_nothing_left(obico, timelapse)


async def test_a_token_that_was_reset_is_replaced_by_the_new_one(
    obico: Obico, printer: Printer, timelapse: Timelapse
) -> None:
    old = printer.auth_token
    printer.reset_token()
    await obico.server.sockets.close_all()
    obico.server.requests.clear()
    await timelapse.pass_time(10, step=1)
    assert len(obico.server.sockets) == 1
    paths = [
        request.path for request in obico.server.requests if "/ws/" in request.path
    ]
    assert paths == [
        f"/ws/token/web/{old}/",
        f"/ws/token/web/{printer.auth_token}/",
    ]
    printer.agent.start_print(CUBE)
    await wait_until(is_shown(obico, printer, "sensor.status", "starting"))


async def test_a_reset_that_is_pushed_needs_no_refusal(
    obico: Obico, printer: Printer, timelapse: Timelapse
) -> None:
    printer.reset_token()
    printer.push()
    obico.server.requests.clear()
    await timelapse.pass_time(65)
    paths = [
        request.path for request in obico.server.requests if "/ws/" in request.path
    ]
    assert paths == [f"/ws/token/web/{printer.auth_token}/"]
    await wait_until(lambda: len(obico.server.sockets) == 1)


async def test_an_account_that_is_locked_out_is_asked_to_sign_in_again(
    obico: Obico, printer: Printer, timelapse: Timelapse
) -> None:
    obico.account.revoke_token()
    printer.reset_token()
    await obico.server.sockets.close_all()
    await timelapse.pass_time(5, step=1)
    [flow] = obico.hass.config_entries.flow.async_progress_by_handler("obico")
    assert flow["context"]["source"] == SOURCE_REAUTH
    assert obico.value(printer, "sensor.status") == STATE_UNAVAILABLE
    # Nobody keeps knocking at a closed door.
    obico.server.requests.clear()
    await timelapse.pass_time(1800, step=10)
    assert connects(obico) <= 15


async def test_a_refusal_that_is_none_of_the_printers_changes_nothing(
    obico: Obico, printer: Printer, timelapse: Timelapse
) -> None:
    refusal = obico.server.faults.answer("/ws/*", 403)
    await obico.server.sockets.close_all()
    await timelapse.pass_time(120)
    assert obico.device(printer) is not None
    assert obico.value(printer, "sensor.status") == "idle"
    refusal.remove()
    await timelapse.pass_until(lambda: len(obico.server.sockets) == 1, within=310)


async def test_a_redirect_of_the_push_is_not_followed(
    obico: Obico, printer: Printer, timelapse: Timelapse
) -> None:
    obico.server.faults.redirect("/ws/*", "/elsewhere/")
    await obico.server.sockets.close_all()
    obico.server.requests.clear()
    await timelapse.pass_time(60)
    assert connects(obico) > 1
    assert not obico.server.requests.matching("/elsewhere/")
    obico.server.faults.clear()
    await timelapse.pass_until(lambda: len(obico.server.sockets) == 1, within=310)


async def test_an_error_that_nobody_thought_of_does_not_end_the_push(
    obico: Obico,
    printer: Printer,
    timelapse: Timelapse,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(
            coordinator_of(obico.entry),
            "async_merge_printer",
            lambda _: fail(printer.auth_token),
        )
        push(obico, printer, watching_enabled=False)
        await timelapse.settle()
    assert "Unexpected error of a push connection: ZeroDivisionError" in caplog.text
    assert f"{printer.auth_token} is wrong" not in caplog.text
    await timelapse.pass_time(5, step=1)
    push(obico, printer, watching_enabled=False)
    await wait_until(is_shown(obico, printer, "switch.watching_enabled", "off"))


def fail(secret: str) -> None:
    raise ZeroDivisionError(f"{secret} is wrong")
