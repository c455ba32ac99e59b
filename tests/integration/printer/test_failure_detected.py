"""Which print an open alert is about."""

from dev import LONG, Printer
from tests.integration.support import Obico, states_written

KEY = "binary_sensor.failure_detected"


def named(obico: Obico, printer: Printer) -> tuple[str, int | None, str | None]:
    """Return what is shown, and of which print."""
    state = obico.state(printer, KEY)
    return state.state, state.attributes["print_id"], state.attributes["file"]


async def test_it_names_the_print_while_an_alert_is_open_and_writes_nothing_else(
    obico: Obico, printer: Printer
) -> None:
    heard = states_written(obico.hass, obico.entity_id(printer, KEY))
    assert named(obico, printer) == ("off", None, None)
    printer.agent.start_print(LONG)
    await obico.poll(after=60)
    assert named(obico, printer) == ("off", None, None)
    assert heard() == []

    job = printer.current_print
    assert job is not None
    job.alerted_at = obico.server.clock.now()
    await obico.poll()
    assert named(obico, printer) == ("on", job.id, "long.gcode")
    await obico.poll(after=60)
    assert len(heard()) == 1

    printer.acknowledge(job, "NOT_FAILED")
    await obico.poll()
    assert named(obico, printer) == ("off", None, None)
    assert len(heard()) == 2


async def test_it_names_the_next_print_that_alerts(
    obico: Obico, printer: Printer
) -> None:
    """No poll sees the moment between the two alerts."""
    jobs = []
    for _ in range(2):
        printer.agent.cancel()
        await obico.server.advance(30)
        printer.agent.start_print(LONG)
        await obico.server.advance(30)
        assert printer.current_print is not None
        printer.current_print.alerted_at = obico.server.clock.now()
        jobs.append(printer.current_print.id)
        await obico.poll()
        assert named(obico, printer) == ("on", jobs[-1], "long.gcode")
    assert jobs[0] != jobs[1]
