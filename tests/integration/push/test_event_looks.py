"""When the list of events is asked for, and when not, while a print is paused and resumed."""

from dev import LONG, Printer
from tests.integration.support import Obico
from tests.timelapse import Timelapse

from .support import EVENTS, requests


def event_type(obico: Obico, printer: Printer) -> object:
    """Return the type of the event that was fired last."""
    return obico.state(printer, "event.printer_event").attributes["event_type"]


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


async def test_a_filament_change_is_found_while_the_printer_is_still_pausing(
    obico: Obico, printer: Printer, timelapse: Timelapse
) -> None:
    printer.agent.start_print(LONG)
    await timelapse.pass_time(30)
    printer.agent.change_filament()
    await timelapse.pass_time(6, step=0.5)
    assert obico.value(printer, "sensor.status") == "pausing"
    assert event_type(obico, printer) == "paused"
    printer.agent.filament_changed()
    await timelapse.pass_time(6, step=0.5)
    assert event_type(obico, printer) == "resumed"
