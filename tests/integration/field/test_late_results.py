"""Kind: a result that comes after an account was unloaded changes nothing.

No repair is raised, no state is written, nothing is logged, and nothing is left when the
account is set up again, or removed.
"""

import asyncio
from collections.abc import Callable, Coroutine

import pytest

from custom_components.obico.const import DOMAIN
from dev import CUBE, Printer
from homeassistant.components.camera import async_get_image
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from tests.integration.support import (
    API,
    Obico,
    coordinator_of,
    data_of,
    settle,
    states_written,
)
from tests.timelapse import wait_until

type Start = Callable[[Obico, Printer], Coroutine[None, None, None]]


async def look(obico: Obico, printer: Printer) -> None:
    """Look at the webcam often enough for a repair."""
    for _ in range(3):
        await async_get_image(obico.hass, obico.entity_id(printer, "camera.webcam"))


async def poll(obico: Obico, printer: Printer) -> None:
    await coordinator_of(obico.entry).async_refresh()


async def look_for_events(obico: Obico, printer: Printer) -> None:
    data_of(obico.entry).events.async_look()


async def press_pause(obico: Obico, printer: Printer) -> None:
    await obico.hass.services.async_call(
        "button",
        "press",
        {"entity_id": obico.entity_id(printer, "button.pause")},
        blocking=True,
    )


async def use_up_hours(obico: Obico) -> None:
    obico.account.is_dh_unlimited = False
    obico.account.dh_balance = -1.0


@pytest.mark.parametrize(
    ("path", "status", "start"),
    [
        ("/media/*", 404, look),
        ("/media/*", 502, look),
        (f"{API}printers/", None, poll),
        (f"{API}users/me/", None, poll),
        (f"{API}printers/", 403, poll),
        (f"{API}printer_events/", 404, look_for_events),
        (f"{API}printer_events/", None, look_for_events),
        (f"{API}printers/*/pause_print/", 500, press_pause),
        (f"{API}printers/*/pause_print/", 403, press_pause),
    ],
)
async def test_an_answer_after_the_end_changes_nothing(
    hass: HomeAssistant,
    obico: Obico,
    printer: Printer,
    caplog: pytest.LogCaptureFixture,
    path: str,
    status: int | None,
    start: Start,
) -> None:
    printer.agent.start_print(CUBE)
    await obico.server.advance(60)
    await obico.poll()
    # What a poll has to raise a repair for.
    await use_up_hours(obico)
    obico.account.add_printer("Voron", agent="klipper")
    answered = asyncio.Event()
    waiting = obico.server.faults.delay(path, answered)
    if status is not None:
        obico.server.faults.answer(
            path, status, b'{"detail": "No."}', content_type="application/json"
        )
    started = asyncio.create_task(start(obico, printer))
    await wait_until(lambda: waiting.hits)
    caplog.clear()
    await hass.config_entries.async_unload(obico.entry.entry_id)
    written = states_written(hass)
    answered.set()
    await asyncio.gather(started, return_exceptions=True)
    await settle(hass)

    issues = ir.async_get(hass).issues.values()
    assert not [issue for issue in issues if issue.domain == DOMAIN and issue.active]
    assert not hass.config_entries.flow.async_progress()
    assert not [
        record
        for record in caplog.records
        if record.levelname in {"WARNING", "ERROR"}
        and "obico" in f"{record.name}{record.getMessage()}"
    ]
    assert not [state for state in written() if state.state != "unavailable"]

    obico.server.faults.clear()
    await hass.config_entries.async_remove(obico.entry.entry_id)
    assert not [issue for issue in issues if issue.domain == DOMAIN and issue.active]
