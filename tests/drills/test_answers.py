"""Answers of the API that are none."""

import asyncio
from collections.abc import Callable

import pytest

from dev import Fault, Faults, Printer
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.exceptions import HomeAssistantError
from tests.integration.push.support import EVENTS, PRINTERS, USER, requests
from tests.integration.support import API, Obico, states_written
from tests.timelapse import Timelapse

from .support import Ledger, live, recover

type Break = Callable[[Faults, str], Fault]

BREAKS: dict[str, Break] = {
    "500": lambda faults, path: faults.answer(path, 500, {"detail": "Oops"}),
    "500 without a word": lambda faults, path: faults.answer(path, 500, b""),
    "502 with a page": lambda faults, path: faults.html(path, 502),
    "503 of a proxy": lambda faults, path: faults.html(path, 503),
    "429": lambda faults, path: faults.answer(path, 429, {"detail": "Slow down"}),
    "a page with 200": lambda faults, path: faults.html(path, 200),
    "truncated JSON": lambda faults, path: faults.answer(path, 200, b'[{"id": 1, "na'),
    "a truncated answer": lambda faults, path: faults.truncate(path),
    "a connection reset in mid-body": lambda faults, path: faults.reset(path),
    "a redirect": lambda faults, path: faults.redirect(path, "https://example.org/"),
    "a text": lambda faults, path: faults.answer(path, 200, "text"),
    "a number": lambda faults, path: faults.answer(path, 200, 7),
    "null": lambda faults, path: faults.answer(path, 200, None),
    "an empty object": lambda faults, path: faults.answer(path, 200, {}),
    "404": lambda faults, path: faults.answer(path, 404, {"detail": "Not found."}),
}


@pytest.fixture(params=list(BREAKS.values()), ids=list(BREAKS))
def break_(request: pytest.FixtureRequest) -> Break:
    value: Break = request.param
    return value


async def test_an_api_that_fails_makes_things_unavailable_and_loses_no_event(
    obico: Obico,
    printer: Printer,
    timelapse: Timelapse,
    ledger: Ledger,
    break_: Break,
    caplog: pytest.LogCaptureFixture,
) -> None:
    break_(obico.server.faults, f"{API}*")
    await timelapse.pass_time(62)
    assert obico.value(printer, "sensor.status") == STATE_UNAVAILABLE
    assert obico.value(printer, "event.printer_event") != STATE_UNAVAILABLE
    await live(obico, printer, timelapse)
    assert ledger.fired == []
    assert obico.value(printer, "sensor.status") == STATE_UNAVAILABLE

    obico.server.faults.clear()
    await recover(obico, printer, timelapse, ledger)
    assert obico.device(printer) is not None
    # Said once.
    assert caplog.text.count("Error fetching obico data") == 1
    assert caplog.text.count("Fetching obico data recovered") == 1


@pytest.mark.parametrize("path", [EVENTS, f"{API}prints/*"])
async def test_lists_that_fail_make_nothing_unavailable(
    obico: Obico, printer: Printer, timelapse: Timelapse, ledger: Ledger, path: str
) -> None:
    for break_ in BREAKS.values():
        break_(obico.server.faults, path).times = 3
    obico.server.faults.html(path)
    written = states_written(obico.hass)
    await timelapse.pass_time(62)
    await live(obico, printer, timelapse)
    await timelapse.pass_time(120)
    assert STATE_UNAVAILABLE not in {state.state for state in written()}
    assert obico.value(printer, "sensor.status") == "idle"
    obico.server.faults.clear()
    await recover(obico, printer, timelapse, ledger)


@pytest.mark.parametrize(
    "break_", ["500", "502 with a page", "a truncated answer", "null"]
)
async def test_a_user_that_cannot_be_read_does_not_make_the_printers_old(
    obico: Obico, printer: Printer, timelapse: Timelapse, ledger: Ledger, break_: str
) -> None:
    BREAKS[break_](obico.server.faults, USER)
    written = states_written(obico.hass)
    await live(obico, printer, timelapse)
    assert STATE_UNAVAILABLE not in {state.state for state in written()}
    obico.server.faults.clear()
    await recover(obico, printer, timelapse, ledger)


async def test_a_server_that_asks_to_wait_is_left_alone(
    obico: Obico, printer: Printer, timelapse: Timelapse, ledger: Ledger
) -> None:
    obico.server.faults.answer(
        f"{API}*", 429, {"detail": "Slow down"}, headers={"Retry-After": "600"}
    )
    await timelapse.pass_time(65)
    obico.server.requests.clear()
    await timelapse.pass_time(300)
    assert requests(obico).total() == 0
    obico.server.faults.clear()
    await live(obico, printer, timelapse)
    assert requests(obico)[PRINTERS] == 0
    await recover(obico, printer, timelapse, ledger, within=400)


async def test_answers_that_come_after_the_time_out_are_as_good_as_none(
    obico: Obico, printer: Printer, timelapse: Timelapse, ledger: Ledger
) -> None:
    answer = asyncio.Event()
    obico.server.faults.delay(f"{API}*", answer, after=True)
    await timelapse.pass_time(90, patience=0.02)
    assert obico.value(printer, "sensor.status") == STATE_UNAVAILABLE
    await live(obico, printer, timelapse, patience=0.02)
    assert ledger.fired == []
    obico.server.faults.clear()
    # Now they all come at once, and nobody waits for them any more.
    answer.set()
    await recover(obico, printer, timelapse, ledger, within=150)


async def test_a_command_that_the_server_took_and_did_not_answer_shows_later(
    obico: Obico, printer: Printer, timelapse: Timelapse, ledger: Ledger
) -> None:
    obico.server.faults.reset(f"{PRINTERS}*", keep=0.1, method="PATCH")
    with pytest.raises(HomeAssistantError, match="does not answer"):
        await obico.hass.services.async_call(
            "switch",
            "turn_off",
            {"entity_id": obico.entity_id(printer, "switch.watching_enabled")},
            blocking=True,
        )
    await timelapse.settle()
    # The push told it all the same.
    assert obico.value(printer, "switch.watching_enabled") == "off"
    obico.server.faults.clear()
    await live(obico, printer, timelapse)
    await recover(obico, printer, timelapse, ledger)
