"""When the list of events is asked for, and when not, while a print is paused and resumed."""

from typing import Any

import pytest

from dev import LONG, Account, Printer, PrinterEvent
from tests.integration.support import Obico
from tests.timelapse import Timelapse

from .support import EVENTS, requests


def event_type(obico: Obico, printer: Printer) -> object:
    """Return the type of the event that was fired last."""
    return obico.state(printer, "event.printer_event").attributes["event_type"]


def mute(printer: Printer) -> None:
    """Mute the alerts of a print on the server's page."""
    assert printer.current_print is not None
    printer.mute(printer.current_print, muted=True)


async def test_a_pause_is_not_asked_for_while_the_printer_is_still_pausing(
    obico: Obico, printer: Printer, timelapse: Timelapse
) -> None:
    printer.agent.start_print(LONG)
    await timelapse.pass_time(30)
    for _ in range(2):
        obico.server.requests.clear()
        printer.pause_print()
        await timelapse.pass_time(2.5, step=0.1)
        assert obico.value(printer, "sensor.status") == "pausing"
        assert requests(obico)[EVENTS] == 0
        await timelapse.pass_time(2.0, step=0.1)
        assert event_type(obico, printer) == "paused"
        printer.resume_print()
        await timelapse.pass_time(10, step=0.5)


async def test_a_resume_is_not_asked_for_again_once_its_event_was_found(
    obico: Obico, printer: Printer, timelapse: Timelapse
) -> None:
    printer.agent.start_print(LONG)
    await timelapse.pass_time(30)
    for _ in range(2):
        printer.pause_print()
        await timelapse.pass_time(10, step=0.5)
        printer.resume_print()
        await timelapse.pass_time(1, step=0.1)
        assert obico.value(printer, "sensor.status") == "resuming"
        assert event_type(obico, printer) == "resumed"
        obico.server.requests.clear()
        await timelapse.pass_time(10, step=0.1)
        assert obico.value(printer, "sensor.status") == "printing"
        assert requests(obico)[EVENTS] == 0


async def test_a_filament_change_is_found_soon(
    obico: Obico, printer: Printer, timelapse: Timelapse
) -> None:
    printer.agent.start_print(LONG)
    await timelapse.pass_time(30)
    printer.agent.change_filament()
    await timelapse.pass_time(6, step=0.5)
    assert obico.value(printer, "sensor.status") == "paused"
    assert event_type(obico, printer) == "paused"
    printer.agent.filament_changed()
    await timelapse.pass_time(6, step=0.5)
    assert event_type(obico, printer) == "resumed"


@pytest.mark.parametrize("apart", [0.5, 1.0, 1.9])
async def test_the_later_of_two_changes_is_looked_for_as_long_as_the_first(
    obico: Obico,
    account: Account,
    printer: Printer,
    timelapse: Timelapse,
    monkeypatch: pytest.MonkeyPatch,
    apart: float,
) -> None:
    """The server may write what belongs to the second change after it has pushed it."""
    other = account.add_printer("Voron", agent="octoprint")
    await timelapse.pass_time(310)
    for each in (printer, other):
        each.agent.start_print(LONG)
    await timelapse.pass_time(60)
    server = obico.server
    add_event = server.add_event
    late: list[int] = []

    def write_late(about: Printer, event_type: str, **kwargs: Any) -> PrinterEvent:
        event = add_event(about, event_type, **kwargs)
        if about is other:
            server.hide_event(event.id)
            late.append(event.id)
        return event

    monkeypatch.setattr(server, "add_event", write_late)
    mute(printer)
    await timelapse.pass_time(apart, step=0.1)
    mute(other)
    await timelapse.pass_time(1.6, step=0.1)
    assert event_type(obico, other) == "started"
    for event_id in late:
        server.show_event(event_id)
    await timelapse.pass_time(2.5, step=0.1)
    assert event_type(obico, other) == "alert_muted"
