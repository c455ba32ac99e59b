"""The failure detection: scores, alerts, and one automatic pause."""

from datetime import datetime

import pytest

from dev import Job, Phase, Printer
from dev.json_types import JsonObject, as_object

from .drive import Stage

LONG_PRINT = Job(
    path="long.gcode", seconds=20000, layers=100, size=90000, filament=900.0
)
FRAME = 10


@pytest.fixture
async def printer(stage: Stage) -> Printer:
    """A printer with a print beyond the frames without alerts."""
    printer = await stage.octoprint(watched=False)
    await stage.printing(printer, LONG_PRINT, seconds=330)
    return printer


async def alerts(stage: Stage) -> list[JsonObject]:
    """Return the alerts so far, newest first."""
    return [
        event
        for event in await stage.api.events()
        if event["event_type"] == "FAILURE_ALERTED"
    ]


async def current_print(stage: Stage, printer: Printer) -> JsonObject:
    """Return the current print."""
    return as_object((await stage.api.printer(printer))["current_print"])


async def test_a_warning_alerts_and_does_not_pause(
    stage: Stage, printer: Printer
) -> None:
    printer.agent.fail(rise=0, score=0.5)
    await stage.server.advance(FRAME)
    (alert,) = await alerts(stage)
    assert (alert["event_class"], alert["print"]) == ("ERROR", 1)
    job = await current_print(stage, printer)
    assert job["alerted_at"]
    assert job["paused_at"] is None
    assert printer.agent.phase is Phase.PRINTING
    assert (await stage.api.printer(printer))["normalized_p"] == 0.5


async def test_a_failure_pauses_even_while_a_warning_is_open(
    stage: Stage, printer: Printer
) -> None:
    printer.agent.fail(rise=0, score=0.5)
    await stage.server.advance(FRAME)
    printer.agent.fail(rise=0, score=0.7)
    await stage.server.advance(FRAME)
    assert len(await alerts(stage)) == 2
    assert (await current_print(stage, printer))["paused_at"]
    await stage.until(printer.agent, Phase.PAUSED)


async def test_the_server_pauses_once_per_print(stage: Stage, printer: Printer) -> None:
    printer.agent.fail(rise=0, score=0.8)
    await stage.until(printer.agent, Phase.PAUSED)
    paused_at = (await current_print(stage, printer))["paused_at"]
    await stage.api.command(printer, "resume_print/")
    await stage.server.advance(300)
    assert printer.agent.phase is Phase.PRINTING
    job = await current_print(stage, printer)
    assert job["paused_at"] == paused_at
    # There is another alert, but no other pause.
    assert len(await alerts(stage)) == 2


async def test_nothing_is_paused_where_only_alerts_are_wanted(
    stage: Stage, printer: Printer
) -> None:
    printer.update({"action_on_failure": "NONE"})
    printer.agent.fail(rise=0, score=0.9)
    await stage.server.advance(60)
    assert printer.agent.phase is Phase.PRINTING
    assert len(await alerts(stage)) == 1


async def test_no_alert_comes_in_the_first_frames(stage: Stage) -> None:
    printer = await stage.octoprint(watched=False)
    await stage.printing(printer, LONG_PRINT)
    printer.agent.fail(rise=0, score=0.9)
    await stage.server.advance(200)
    assert await alerts(stage) == []
    await stage.server.advance(60)
    assert len(await alerts(stage)) == 1


async def test_no_alert_comes_while_one_is_open(stage: Stage, printer: Printer) -> None:
    printer.agent.fail(rise=0, score=0.5)
    await stage.server.advance(600)
    assert len(await alerts(stage)) == 1


async def test_no_alert_comes_within_90_seconds_of_an_answer(
    stage: Stage, printer: Printer
) -> None:
    printer.agent.fail(rise=0, score=0.5)
    await stage.server.advance(FRAME)
    await stage.api.command(printer, "acknowledge_alert/?alert_overwrite=NOT_FAILED")
    await stage.server.advance(80)
    assert len(await alerts(stage)) == 1
    await stage.server.advance(30)
    assert len(await alerts(stage)) == 2


@pytest.mark.parametrize("verdict", ["FAILED", "NOT_FAILED"])
async def test_an_answer_closes_the_alert(
    stage: Stage, printer: Printer, verdict: str
) -> None:
    printer.agent.fail(rise=0, score=0.5)
    await stage.server.advance(FRAME)
    await stage.server.advance(5)
    await stage.api.command(printer, f"acknowledge_alert/?alert_overwrite={verdict}")
    job = await current_print(stage, printer)
    acknowledged = datetime.fromisoformat(str(job["alert_acknowledged_at"]))
    assert acknowledged > datetime.fromisoformat(str(job["alerted_at"]))
    assert job["alert_overwrite"] == verdict


async def test_an_answer_without_alert_changes_nothing(
    stage: Stage, printer: Printer
) -> None:
    await stage.api.command(printer, "acknowledge_alert/?alert_overwrite=FAILED")
    job = await current_print(stage, printer)
    assert job["alert_acknowledged_at"] is None
    assert job["alert_overwrite"] is None


async def test_resuming_says_that_nothing_failed(
    stage: Stage, printer: Printer
) -> None:
    printer.agent.fail(rise=0, score=0.8)
    await stage.until(printer.agent, Phase.PAUSED)
    await stage.api.command(printer, "resume_print/")
    assert (await current_print(stage, printer))["alert_overwrite"] == "NOT_FAILED"


async def test_cancelling_says_that_it_failed(stage: Stage, printer: Printer) -> None:
    printer.agent.fail(rise=0, score=0.8)
    await stage.until(printer.agent, Phase.PAUSED)
    await stage.api.command(printer, "cancel_print/")
    assert (await current_print(stage, printer))["alert_overwrite"] == "FAILED"


async def test_the_score_is_forgotten_at_the_end(
    stage: Stage, printer: Printer
) -> None:
    printer.agent.fail(rise=0, score=0.5)
    await stage.server.advance(FRAME)
    await stage.api.command(printer, "cancel_print/")
    await stage.until(printer.agent, Phase.IDLE)
    assert (await stage.api.printer(printer))["normalized_p"] == 0.0


async def test_a_muted_print_is_not_watched(stage: Stage, printer: Printer) -> None:
    await stage.api.command(printer, "mute_current_print/?mute_alert=true")
    printer.agent.fail(rise=0, score=0.9)
    await stage.server.advance(120)
    assert await alerts(stage) == []
    assert (await stage.api.printer(printer))["normalized_p"] == 0.0
    await stage.api.command(printer, "mute_current_print/?mute_alert=false")
    await stage.server.advance(FRAME)
    assert len(await alerts(stage)) == 1


async def test_without_hours_nothing_is_watched(stage: Stage, printer: Printer) -> None:
    before = stage.account.dh_balance
    await stage.server.advance(100)
    assert stage.account.dh_balance < before
    stage.account.dh_balance = -0.1
    served = await stage.api.printer(printer)
    assert served["not_watching_reason"] == "You have run out of AI Detection Hours"


async def test_a_balance_of_zero_is_enough_and_never_changes(
    stage: Stage, printer: Printer
) -> None:
    stage.account.dh_balance = 0.0
    await stage.server.advance(100)
    served = await stage.api.printer(printer)
    assert served["not_watching_reason"] is None
    assert stage.account.dh_balance == 0.0


async def test_a_lower_sensitivity_wants_more_certainty(
    stage: Stage, printer: Printer
) -> None:
    printer.update({"detective_sensitivity": 0.8})
    printer.agent.fail(rise=0, score=0.4)
    await stage.server.advance(60)
    assert await alerts(stage) == []
    printer.update({"detective_sensitivity": 1.2})
    await stage.server.advance(FRAME)
    assert len(await alerts(stage)) == 1
