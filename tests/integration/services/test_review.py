"""What Obico asks about past prints, and the user's judgement."""

from datetime import timedelta

import pytest
from pytest_homeassistant_custom_component.common import MockUser

from dev import Print
from dev.server.model import Prediction, PrintShotFeedback
from tests.integration.control.support import failed, octoprint, refused
from tests.integration.prints.past import printed

from .support import Actions, secrets_of

PRINTS = "/api/v1/prints/"
SHOTS = "/api/v1/printshotfeedbacks/"


@pytest.fixture
def job(actions: Actions) -> Print:
    """Give a print that Obico asks about: for a verdict, and for two frames."""
    now = actions.obico.server.clock.now()
    job = printed(actions.printer, now - timedelta(days=2))
    job.need_alert_overwrite = job.need_print_shot_feedback = True
    job.shots = [
        PrintShotFeedback(id=number, print_id=job.id, image_url=job.poster_url or "")
        for number in (1, 2)
    ]
    return job


@octoprint
async def test_what_is_to_judge_is_told_with_its_frames(
    actions: Actions, job: Print
) -> None:
    now = actions.obico.server.clock.now()
    printed(actions.printer, now - timedelta(days=1))
    old = printed(actions.printer, now - timedelta(days=50))
    old.need_alert_overwrite = True
    answer = await actions.ask("get_review")
    assert answer["to_judge"] == 1
    (row,) = answer["prints"]
    assert (row["id"], row["needs_verdict"], row["frames_to_judge"]) == (
        job.id,
        True,
        2,
    )
    assert [frame["id"] for frame in row["frames"]] == [1, 2]
    assert row["frames"][0]["picture"].endswith(f"/{job.id}/frames/1")
    for secret in secrets_of(actions.obico):
        assert secret not in str(answer)
    assert (await actions.ask("get_review", days=60))["to_judge"] == 2


@octoprint
async def test_a_print_is_judged_once_for_all(actions: Actions, job: Print) -> None:
    answer = await actions.ask("judge_print", print_id=job.id, verdict="not_failed")
    assert answer == {
        "print_id": job.id,
        "verdict": "not_failed",
        "needs_verdict": False,
    }
    assert job.alert_overwrite == "NOT_FAILED"
    job.need_print_shot_feedback = False
    assert (await actions.ask("get_review"))["to_judge"] == 0


@octoprint
async def test_without_consent_no_frame_is_given_away(
    actions: Actions, job: Print
) -> None:
    frame = {"print_id": job.id, "frame_id": 1, "answer": "looks_bad"}
    for consent in ({}, {"consent": False}):
        await refused(actions.ask("judge_frame", **frame, **consent), "consent_missing")
    assert job.access_consented_at is None
    assert job.shots[0].answer is None
    assert actions.obico.server.requests.matching(f"{SHOTS}1/", "PUT") == []


@octoprint
async def test_a_frame_is_judged_with_consent(actions: Actions, job: Print) -> None:
    frame = {"print_id": job.id, "answer": "looks_bad", "consent": True}
    answer = await actions.ask("judge_frame", frame_id=1, **frame)
    assert answer["frames_to_judge"] == 1
    assert job.access_consented_at is not None
    (request,) = actions.obico.server.requests.matching(f"{SHOTS}1/", "PUT")
    # Otherwise the credit would count the frames of all prints.
    assert request.query["print_id"] == str(job.id)
    consented = job.access_consented_at
    answer = await actions.ask("judge_frame", frame_id=2, **frame)
    assert (answer["frames_to_judge"], answer["credited_hours"]) == (0, 0)
    assert job.access_consented_at == consented
    assert [shot.answer for shot in job.shots] == ["LOOKS_BAD", "LOOKS_BAD"]


@octoprint
async def test_what_is_not_there_is_not_judged(actions: Actions, job: Print) -> None:
    await refused(
        actions.ask("judge_print", print_id=99, verdict="failed"), "print_not_found"
    )
    frame = {"print_id": job.id, "answer": "looks_ok", "consent": True}
    await refused(actions.ask("judge_frame", frame_id=9, **frame), "frame_not_found")
    other = await actions.add("Other", agent="octoprint")
    await refused(
        actions.ask(
            "judge_print",
            print_id=job.id,
            verdict="failed",
            device_id=actions.device_id(other),
        ),
        "print_not_found",
    )


@octoprint
async def test_a_print_is_judged_by_its_account(actions: Actions, job: Print) -> None:
    await actions.ask(
        "judge_print",
        print_id=job.id,
        verdict="failed",
        device_id=actions.account_device_id,
    )
    assert job.alert_overwrite == "FAILED"


@octoprint
async def test_the_score_along_a_print_is_told(actions: Actions, job: Print) -> None:
    job.predictions = [Prediction(normalized_p=score) for score in (0, 0.25, 0.7041)]
    answer = await actions.ask("get_prediction", print_id=job.id)
    assert answer == {
        "print_id": job.id,
        "scores": [0.0, 25.0, 70.4],
        "warning": 33.3,
        "failing": 66.7,
        "highest": 70.4,
    }


@octoprint
async def test_a_server_that_cannot_reach_itself_has_no_scores(
    actions: Actions, job: Print
) -> None:
    actions.obico.server.faults.html("*/prediction_json/", 500)
    answer = await actions.ask("get_prediction", print_id=job.id)
    assert (answer["scores"], answer["highest"]) == ([], None)


@octoprint
async def test_prints_are_deleted_for_good(
    actions: Actions, job: Print, hass_admin_user: MockUser
) -> None:
    other = printed(actions.printer, job.started_at)
    answer = await actions.ask("delete_prints", print_ids=[job.id, job.id, other.id])
    assert answer == {"deleted": [job.id, other.id]}
    assert actions.obico.server.prints == {}
    await actions.settle()
    assert actions.obico.value(actions.printer, "sensor.last_print_result") == "unknown"


@octoprint
async def test_nothing_is_deleted_if_one_print_is_not_there_or_is_running(
    actions: Actions, job: Print
) -> None:
    await refused(
        actions.ask("delete_prints", print_ids=[job.id, 99]), "print_not_found"
    )
    actions.printer.begin_print("now.gcode")
    running = actions.printer.current_print
    assert running is not None
    await refused(
        actions.ask("delete_prints", print_ids=[job.id, running.id]), "print_is_running"
    )
    assert job.id in actions.obico.server.prints
    foreign = actions.obico.server.add_account("other@example.com").add_printer("X")
    theirs = printed(foreign, job.started_at)
    await refused(
        actions.ask("delete_prints", print_ids=[theirs.id]), "print_not_found"
    )


@octoprint
async def test_a_server_that_is_down_says_so(actions: Actions, job: Print) -> None:
    await actions.obico.server.refuse_connections()
    await failed(actions.ask("get_review"), "cannot_connect")
