"""Readings that only vary are shown less often, and all others at once."""

from collections.abc import Callable

from dev import Printer
from tests.integration.support import Obico, load_capture
from tests.timelapse import LoopClock

BED = "sensor.bed_temperature"
SCORE = "sensor.failure_score"


async def report(
    obico: Obico, printer: Printer, bed: float, *, target: float = 60, score: float = 0
) -> str:
    """Let the agent report a temperature of the bed, and return what is shown."""
    capture = load_capture("printer_printing")
    capture["status"]["temperatures"]["bed"] |= {"actual": bed, "target": target}
    printer.load_state(capture | {"normalized_p": score})
    await obico.poll()
    return obico.value(printer, BED)


def wait(obico: Obico) -> Callable[[float], None]:
    """Return what puts the loop's clock forward."""
    return LoopClock.of(obico.hass.loop).put_forward


async def test_a_heater_that_holds_its_target_is_not_shown_with_each_report(
    obico: Obico, printer: Printer
) -> None:
    assert await report(obico, printer, 60.0) == "60.0"
    assert await report(obico, printer, 60.5) == "60.0"
    assert await report(obico, printer, 59.5) == "60.0"
    # This is more than noise.
    assert await report(obico, printer, 61.1) == "61.1"


async def test_what_was_held_back_is_shown_after_a_minute_without_a_report(
    obico: Obico, printer: Printer
) -> None:
    await report(obico, printer, 60.0)
    assert await report(obico, printer, 60.4) == "60.0"
    wait(obico)(61)
    await obico.pass_time(0)
    assert obico.value(printer, BED) == "60.4"


async def test_each_reading_is_shown_while_a_heater_heats_up_or_cools_down(
    obico: Obico, printer: Printer
) -> None:
    for bed in (40.0, 40.3, 40.7, 57.9):
        assert await report(obico, printer, bed) == str(bed)
    for bed in (57.8, 57.5, 41.2, 41.0):
        assert await report(obico, printer, bed, target=0) == str(bed)


async def test_a_score_is_shown_at_once_where_its_level_changes(
    obico: Obico, printer: Printer
) -> None:
    for score, shown in ((0.3, "30.0"), (0.32, "30.0"), (0.34, "34.0"), (0.6, "60.0")):
        await report(obico, printer, 60.0, score=score)
        assert obico.value(printer, SCORE) == shown


async def test_a_held_back_reading_does_not_outlast_the_account(
    obico: Obico, printer: Printer
) -> None:
    await report(obico, printer, 60.0)
    await report(obico, printer, 60.4)
    await obico.unload()
    wait(obico)(61)
    await obico.pass_time(0)
    assert obico.value(printer, BED) == "unavailable"


async def test_the_time_remaining_is_counted_in_whole_minutes_without_wavering(
    obico: Obico, printer: Printer
) -> None:
    shown = []
    for left in (605, 598, 602, 621, 540, 545, 700):
        capture = load_capture("printer_printing")
        capture["status"]["progress"] |= {"printTimeLeft": left}
        printer.load_state(capture)
        await obico.poll()
        shown.append(obico.value(printer, "sensor.time_remaining"))
    assert shown == ["11.0", "10.0", "10.0", "10.0", "9.0", "9.0", "12.0"]


async def test_the_finish_time_stands_still_while_a_print_is_paused(
    obico: Obico, printer: Printer
) -> None:
    def paused(left: float) -> None:
        capture = load_capture("printer_paused")
        capture["status"]["progress"] |= {"printTimeLeft": left}
        printer.load_state(capture)

    paused(600)
    await obico.poll()
    finish = obico.value(printer, "sensor.finish_time")
    paused(3600)
    await obico.poll()
    assert obico.value(printer, "sensor.finish_time") == finish


async def test_a_print_that_is_cancelled_while_it_is_paused_says_nothing_else_meanwhile(
    obico: Obico, printer: Printer
) -> None:
    async def shown(name: str, **progress: object) -> list[str]:
        """Report a recorded state, and return what is shown of it."""
        capture = load_capture(f"printer_{name}")
        capture["status"]["progress"] |= progress
        capture["current_print"] = load_capture("printer_paused")["current_print"]
        printer.load_state(capture)
        await obico.poll()
        return [
            obico.value(printer, f"sensor.{key}")
            for key in ("status", "not_watching_reason", "finish_time")
        ]

    status, reason, finish = await shown("paused", printTimeLeft=600)
    assert (status, reason) == ("paused", "paused")
    cancelling = await shown("cancelling", printTimeLeft=None)
    # The server takes it for one that prints again.
    assert printer.current_print is not None
    assert cancelling == ["cancelling", "paused", finish]
    await obico.reload()
    status, reason, _ = await shown("cancelling", printTimeLeft=None)
    assert (status, reason) == ("cancelling", "watching")
