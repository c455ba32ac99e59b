"""What a real server answers about prints, their review, files and folders, as it was recorded."""

from datetime import UTC, datetime
from typing import cast

import pytest

from custom_components.obico.aioobico import (
    CloudFile,
    CloudFolder,
    FileMetadata,
    FrameScore,
    GCodeFile,
    GroupBy,
    Listing,
    ObicoClient,
    ObicoProxyError,
    ObicoResponseError,
    ObicoServerError,
    Page,
    Period,
    Prediction,
    Print,
    Printer,
    PrinterEvent,
    PrinterListing,
    PrintReviewFilter,
    PrintShot,
    PrintShotAnswer,
    PrintStatistics,
    TunnelUsage,
    User,
)
from custom_components.obico.aioobico.parsing import section

from .support import FakeServer, load_object

MOMENT = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
SECRETS = ("digest=", "xxxxxxxxxxxxxxxxxxxx", "a@example.com")


def body(name: str) -> object:
    """Return the body of a recorded answer."""
    return load_object(f"more/{name}.json")["body"]


def entries(name: str) -> list[object]:
    """Return the rows of a recorded list, or page."""
    content = body(name)
    if isinstance(content, dict):
        content = content["results"]
    assert isinstance(content, list)
    return content


def test_a_print_tells_what_the_server_wants_to_know_of_it() -> None:
    job = Print.from_dict(body("prints_detail"))
    assert (job.id, job.printer_id, job.filename) == (2, 1, "long_vase.gcode")
    assert (job.filament_used, job.print_time) == (900.0, 401.0)
    assert job.alert_overwrite == "FAILED"
    assert (job.need_alert_overwrite, job.need_print_shot_feedback) == (False, True)
    assert job.access_consented_at is job.video_archived_at is None
    assert [shot.id for shot in job.print_shots] == [1, 2]
    for address in (job.video_url, job.tagged_video_url, job.poster_url):
        assert address is not None
        assert address.startswith("http://localhost:3334/media/")
    assert job.prediction_json_url == "/api/v1/prints/2/prediction_json/"
    assert "digest=" not in repr(job)


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("prints_list", 3),
        ("prints_need_print_shot_feedback", 1),
        ("prints_need_alert_overwrite", 0),
    ],
)
def test_lists_of_prints_are_read(name: str, count: int) -> None:
    prints = [Print.from_dict(row) for row in entries(name)]
    assert len(prints) == count
    for job in prints:
        assert job.need_alert_overwrite is not None
        assert job.need_print_shot_feedback is not None


async def test_prints_that_the_server_asks_about_can_be_listed(
    server: FakeServer, client: ObicoClient
) -> None:
    server.say("/api/v1/prints/", body("prints_need_print_shot_feedback"))
    [job] = (await client.get_prints(result=PrintReviewFilter.PRINT_SHOTS)).items
    assert job.need_print_shot_feedback
    assert server.requests[0].query["filter"] == "need_print_shot_feedback"


def test_a_file_that_is_only_known_by_name_has_no_figures() -> None:
    files = [Print.from_dict(row).g_code_file for row in entries("prints_list")]
    assert files[0] is None
    assert files[1] is not None
    assert (files[1].estimated_time, files[1].filament_total) == (None, None)
    assert files[1].metadata is None


CUBE = FileMetadata(
    slicer="PrusaSlicer",
    slicer_version="2.7.1+win64",
    layer_height=0.2,
    first_layer_height=0.2,
    object_height=13.6,
    nozzle_diameter=0.4,
    filament_type="PLA",
    filament_weight=0.32,
    first_layer_nozzle_temperature=215.0,
    first_layer_bed_temperature=60.0,
)


@pytest.mark.parametrize(
    "name",
    ["g_code_files_detail", "g_code_files_upload", "g_code_files_upload_in_folder"],
)
def test_a_cloud_file_tells_what_the_server_read_from_it(name: str) -> None:
    data = body(name)
    file = CloudFile.from_dict(data)
    assert (file.estimated_time, file.filament_total, file.size) == (
        144.0,
        108.0,
        16507,
    )
    assert file.metadata == CUBE
    assert file.resident_printer_id is None
    assert file.thumbnail_urls == ()
    # The file of a print is the same object.
    known = GCodeFile.from_dict(section(data))
    assert (known.estimated_time, known.filament_total) == (144.0, 108.0)
    assert known.metadata == CUBE


def test_what_the_server_knows_of_a_file_comes_with_its_print() -> None:
    data = section(body("prints_detail")) | {
        "g_code_file": body("g_code_files_detail"),
        "finished_at": None,
    }
    printer = Printer.from_dict(
        section(body("printers_detail_klipper_idle")) | {"current_print": data}
    )
    assert printer.current_print is not None
    file = printer.current_print.g_code_file
    assert file is not None
    assert (file.estimated_time, file.filament_total) == (144.0, 108.0)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("g_code_files_list", [(6, 2), (5, None)]),
        ("g_code_files_search", [(6, 2)]),
        ("g_code_files_top", [(5, None)]),
        ("g_code_files_empty", []),
    ],
)
def test_lists_of_cloud_files_are_read(
    name: str, found: list[tuple[int, int | None]]
) -> None:
    files = [CloudFile.from_dict(row) for row in entries(name)]
    assert [(file.id, file.folder_id) for file in files] == found


@pytest.mark.parametrize(("printer_id", "count"), [(1, 4), (2, 3)])
def test_files_on_a_printer_name_it(printer_id: int, count: int) -> None:
    page = Page.from_dict(
        body(f"g_code_files_resident_printer_{printer_id}"), CloudFile.from_dict
    )
    files = page.items
    assert page.count == count
    assert {file.resident_printer_id for file in files} == {printer_id}
    # Their address is a path on the printer.
    assert all(file.url == file.filename for file in files[:1])


def test_folders_tell_what_is_in_them() -> None:
    inner, shelf = [
        CloudFolder.from_dict(row) for row in entries("g_code_folders_list")
    ]
    assert (shelf.name, shelf.parent_id) == ("Shelf A", None)
    assert (shelf.folder_count, shelf.file_count) == (1, 0)
    assert (inner.name, inner.parent_id) == ("Inner", 1)
    assert inner.created_at == datetime(2026, 11, 26, 9, 30, 2, 522906, UTC)
    for name in ("create", "create_nested", "detail"):
        CloudFolder.from_dict(body(f"g_code_folders_{name}"))


def reply(name: str) -> object:
    """Return the result of a recorded reply of an agent."""
    return section(section(body(name))["passthru"])["ret"]


def test_klippers_files_tell_what_the_slicer_wrote() -> None:
    listing = PrinterListing.from_moonraker(reply("klipper_files_directory"), "")
    file = next(file for file in listing.files if file.name == "two_color_tag.gcode")
    assert (file.estimated_time, file.filament_total) == (192.0, 144.0)
    assert file.metadata is not None
    assert file.metadata.object_height == 14.8
    assert file.metadata.filament_weight == 0.43
    assert file.last_printed_at == datetime.fromtimestamp(1795684032.6938143, UTC)
    assert file.last_print_time is None


def test_octoprints_files_tell_when_they_were_printed() -> None:
    listing = PrinterListing.from_octoprint(reply("octoprint_list_files_with_folder"))
    file = next(file for file in listing.files if file.name == "short_cube.gcode")
    assert file.last_printed_at == datetime.fromtimestamp(1795685771.9223094, UTC)
    assert file.last_print_time == 130.39933599699998
    assert file.metadata is None
    new = PrinterListing.from_octoprint(reply("octoprint_list_files")).files[0]
    assert (new.last_printed_at, new.last_print_time) == (None, None)


@pytest.mark.parametrize("odd", [None, 7, "x", [], [7], {"_default": None}, [{}]])
def test_odd_figures_of_a_file_cost_nothing_else(odd: object) -> None:
    [file] = PrinterListing.from_octoprint(
        {
            "local": {
                "a": {
                    "name": "a",
                    "path": "a",
                    "history": odd,
                    "statistics": {"lastPrintTime": odd},
                }
            }
        }
    ).files
    assert (file.last_printed_at, file.last_print_time) == (None, None)
    cloud = CloudFile.from_dict({"id": 1, "metadata_json": odd})
    assert cloud.metadata is None


# Frame by frame


async def test_every_frame_has_its_score(
    server: FakeServer, client: ObicoClient
) -> None:
    server.say("/api/v1/prints/2/prediction_json/", body("prints_prediction_json"))
    scores = (await client.get_frame_scores(2)).items
    assert len(scores) == len(entries("prints_prediction_json"))
    assert scores[0] == FrameScore(
        normalized_p=0.0,
        confidence=0.0,
        judged_at=datetime(2026, 11, 26, 8, 59, 40, 944000, UTC),
    )


async def test_a_print_that_was_not_watched_has_no_scores(
    server: FakeServer, client: ObicoClient
) -> None:
    server.say("/api/v1/prints/1/prediction_json/", body("prints_prediction_json_none"))
    assert (await client.get_frame_scores(1)).items == ()


async def test_a_server_that_cannot_reach_itself_fails_over_scores(
    server: FakeServer, client: ObicoClient
) -> None:
    server.say(
        "/api/v1/prints/2/prediction_json/",
        body="<h1>Server Error (500)</h1>",
        status=500,
        content_type="text/html",
    )
    with pytest.raises(ObicoServerError):
        await client.get_frame_scores(2)


@pytest.mark.parametrize("row", [None, 7, "... 12 more", {}, {"fields": 7}])
def test_a_frame_without_a_score_keeps_its_place(row: object) -> None:
    good = entries("prints_prediction_json")[0]
    listing = Listing.from_rows([good, row, good], FrameScore.from_row, None)
    scores = [score.normalized_p for score in listing.items]
    assert scores == [0.0, None, 0.0]


async def test_the_frames_that_the_server_asks_about_are_listed_and_answered(
    server: FakeServer, client: ObicoClient
) -> None:
    server.say("/api/v1/printshotfeedbacks/", body("printshotfeedbacks"))
    first, second = (await client.get_print_shots(2)).items
    assert first == PrintShot(
        id=1,
        print_id=2,
        image_url="http://localhost:3334/media/tsd-pics/ff_printshots/1/2/1795683848.289103.jpg?digest=REDACTED",
        answer=None,
        answered_at=None,
    )
    assert "digest=" not in repr(second)
    instance = cast("dict[str, object]", entries("printshotfeedbacks")[0]) | {
        "answer": "LOOKS_BAD",
        "answered_at": "2026-11-26T09:30:00Z",
    }
    server.say(
        "/api/v1/printshotfeedbacks/1/", {"instance": instance, "credited_dhs": 0}
    )
    answered = await client.answer_print_shot(2, 1, PrintShotAnswer.LOOKS_BAD)
    assert answered.credited_hours == 0.0
    assert (answered.shot.answer, answered.shot.answered_at) == ("LOOKS_BAD", MOMENT)
    asked, answer = server.requests
    assert (answer.method, answer.body) == ("PUT", b'{"answer": "LOOKS_BAD"}')
    assert asked.query["print_id"] == answer.query["print_id"] == "2"
    server.say("/api/v1/printshotfeedbacks/", body("printshotfeedbacks_print_60"))
    assert (await client.get_print_shots(60)).items == ()


@pytest.mark.parametrize("content", [None, [], {}, {"instance": {"id": "1"}}])
async def test_an_answer_that_is_not_confirmed_is_a_bad_answer(
    server: FakeServer, client: ObicoClient, content: object
) -> None:
    server.say("/api/v1/printshotfeedbacks/1/", content)
    with pytest.raises(ObicoResponseError):
        await client.answer_print_shot(2, 1, PrintShotAnswer.UNDECIDED)


def test_a_prediction_tells_the_scores_average() -> None:
    prediction = Prediction.from_dict(body("predict"))
    assert (prediction.score, len(prediction.detections)) == (1.8, 2)
    assert prediction.smoothed_score == 0.27692307692307694
    assert prediction.frames == 1


# Sums, and the rest


@pytest.mark.parametrize(
    ("name", "group_by", "prints"),
    [
        ("prints_stats_day", GroupBy.DAY, 11),
        ("prints_stats_week", GroupBy.WEEK, 11),
        ("prints_stats_year", GroupBy.YEAR, None),
        ("prints_stats_day_filtered", GroupBy.DAY, 3),
    ],
)
async def test_sums_are_read(
    server: FakeServer,
    client: ObicoClient,
    name: str,
    group_by: GroupBy,
    prints: int | None,
) -> None:
    server.say("/api/v1/prints/stats/", body(name))
    day = MOMENT.date()
    period = Period(from_date=day, to_date=day, time_zone="Europe/Berlin")
    statistics = await client.get_print_statistics(period, group_by)
    assert isinstance(statistics, PrintStatistics)
    assert statistics.prints is not None
    if prints is not None:
        assert statistics.prints == prints
    # The filtered recording is cut short.
    assert sum(part.prints for part in statistics.parts) in {statistics.prints, 0}


def test_accounts_events_and_printers_are_read() -> None:
    assert User.from_dict(body("users_me")).dh_balance == 0.0
    assert User.from_dict(body("users_me_second")).unseen_printer_events == 0
    usage = TunnelUsage.from_dict(body("tunnelusage"))
    assert (usage.total, usage.monthly_cap) == (0, -1)
    events = [PrinterEvent.from_dict(row) for row in entries("printer_events")]
    assert events[-1].event_type == "FAILURE_ALERTED"
    agentless = Printer.from_dict(body("printers_detail_agentless"))
    assert (agentless.status, agentless.agent_name) == (None, None)
    assert Printer.from_dict(body("printers_detail_octoprint_idle")).status is not None
    for row in (agentless, events, usage):
        assert not any(secret in repr(row) for secret in SECRETS)


async def test_a_recorded_refusal_over_a_missing_printer_is_obicos(
    server: FakeServer, client: ObicoClient
) -> None:
    server.say("/api/v1/printers/9999/", body("not_found"), status=404)
    with pytest.raises(Exception, match="no such object") as caught:
        await client.get_printer(9999)
    assert not isinstance(caught.value, ObicoProxyError)
