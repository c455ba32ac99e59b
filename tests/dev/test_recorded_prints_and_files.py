"""Recorded answers about prints, files and printers without an agent."""

from datetime import UTC, datetime, timedelta
import json
import re
from urllib.parse import urlsplit

from aiohttp import FormData
import pytest

from dev import Account, Job, ObicoServer, Phase, Print, Printer
from dev.json_types import JsonObject, JsonValue, as_object

from .captures import Recorded, differences, recorded
from .drive import Stage
from .support import Answer, Api, as_rows, read_answer

# The detections in the recorded picture.
DETECTIONS: list[JsonValue] = [["failure", 0.9, [320.0, 300.0, 120.0, 90.0]]] * 2
G_CODE_BYTES = 16507
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT.*Z")


def path_of(request: Recorded) -> str:
    """Return the path of a recorded request, below the root of the API."""
    return request.request.split(" ")[1].removeprefix("/api/v1/")


def without_moments(value: JsonValue) -> JsonValue:
    """Replace all moments, which differ between the recording and the simulation."""
    match value:
        case dict():
            return {key: without_moments(inner) for key, inner in value.items()}
        case list():
            return [without_moments(inner) for inner in value]
        case str() if MOMENT.fullmatch(value):
            return "moment"
    return value


async def form(api: Api, path: str, data: FormData) -> Answer:
    """Post a form."""
    return await read_answer(
        await api.session.post(
            f"{api.server.url}/api/v1/{path}",
            headers={"Authorization": f"Bearer {api.account.token}"},
            data=data,
        )
    )


# Printers without an agent


@pytest.fixture
async def printer_id(api: Api) -> int:
    """The id of a printer that was created through the API."""
    answer = await api("printers/", "POST", name="Camera only")
    created = recorded("printers_create")
    assert answer.status == created.status
    assert differences(created.body, answer.json) == {}
    return int(str(answer.object["id"]))


def picture(field: str = "img") -> FormData:
    """Return a form with a picture."""
    data = FormData()
    data.add_field(field, b"x", filename="a.jpg", content_type="image/jpeg")
    return data


async def test_a_printer_without_an_agent_is_as_it_was_recorded(
    api: Api, printer_id: int
) -> None:
    answer = await api(f"printers/{printer_id}/")
    assert differences(recorded("printers_detail_agentless").body, answer.json) == {}


@pytest.mark.parametrize(
    ("end", "status"),
    [("finish_print", "success"), ("finish_print_cancelled", "cancelled")],
)
async def test_a_print_is_opened_judged_and_closed_as_it_was_recorded(
    api: Api, printer_id: int, end: str, status: str
) -> None:
    api.server.detections = DETECTIONS
    for name in ("start_print", "start_print_2"):
        answer = await api(
            f"printers/{printer_id}/start_print/", "POST", filename="part.gcode"
        )
        assert differences(recorded(name).body, answer.json) == {}
    answer = await form(api, f"printers/{printer_id}/predict/", picture())
    assert (answer.status, answer.json) == (200, recorded("predict").body)
    answer = await api(f"printers/{printer_id}/finish_print/", "POST", status=status)
    assert differences(recorded(end).body, answer.json) == {}
    assert answer.object["succeeded"] is True


async def test_the_means_of_a_print_move_with_each_picture(
    api: Api, printer_id: int
) -> None:
    async def stats() -> JsonObject:
        answer = await form(api, f"printers/{printer_id}/predict/", picture())
        return as_object(as_object(answer.object["result"])["temporal_stats"])

    api.server.detections = DETECTIONS
    path = f"printers/{printer_id}/start_print/"
    await api(path, "POST", filename="part.gcode")
    first, second = await stats(), await stats()
    assert float(str(second["ewm_mean"])) > float(str(first["ewm_mean"]))
    assert second["rolling_mean_short"] == pytest.approx(1.2)
    api.server.detections = []
    assert float(str((await stats())["ewm_mean"])) < float(str(second["ewm_mean"]))
    await api(path, "POST", filename="next.gcode")
    fresh = await stats()
    assert (fresh["prediction_num"], fresh["prediction_num_lifetime"]) == (1, 4)
    assert fresh["ewm_mean"] == 0
    assert fresh["rolling_mean_long"] != 0


@pytest.mark.parametrize(
    ("name", "is_printing"),
    [
        ("acknowledge_alert_without_print", False),
        ("finish_print_without_print", False),
        ("mute_current_print_without_print", False),
        ("predict_without_print", False),
        ("predict_json", True),
        ("predict_without_img", True),
        ("start_print_without_filename", False),
    ],
)
async def test_what_is_refused_is_refused_as_it_was_recorded(
    api: Api, printer_id: int, name: str, is_printing: bool
) -> None:
    if is_printing:
        api.server.printers[printer_id].begin_print("part.gcode")
    request = recorded(name)
    path = path_of(request).replace("/6/", f"/{printer_id}/")
    if "multipart" in request.request:
        field = "other" if name == "predict_without_img" else "img"
        answer = await form(api, path, picture(field))
    else:
        answer = await read_answer(
            await api.session.post(
                f"{api.server.url}/api/v1/{path}",
                headers={"Authorization": f"Bearer {api.account.token}"},
                json={},
            )
        )
    assert answer.status == request.status
    body = answer.text if isinstance(request.body, str) else answer.json
    assert body == request.body


@pytest.mark.parametrize("name", ["not_found", "prints_stats_no_params"])
async def test_an_error_is_as_it_was_recorded(api: Api, name: str) -> None:
    request = recorded(name)
    answer = await api(path_of(request))
    assert answer.status == request.status
    body = answer.text if isinstance(request.body, str) else answer.json
    assert body == request.body


@pytest.mark.parametrize("name", ["version", "tunnelusage", "printers_list_second"])
async def test_a_constant_answer_is_as_it_was_recorded(api: Api, name: str) -> None:
    request = recorded(name)
    assert (await api(path_of(request))).json == request.body


async def test_a_user_is_as_it_was_recorded(api: Api, account: Account) -> None:
    answer = await api("users/me/")
    assert differences(recorded("users_me").body, answer.json) == {}


# Files in the cloud


async def create_folders(api: Api) -> None:
    """Create the recorded folders, one in the other."""
    for name, fields in (
        ("g_code_folders_create", {"name": "Shelf A"}),
        ("g_code_folders_create_nested", {"name": "Inner", "parent_folder": 1}),
    ):
        request = recorded(name)
        answer = await api("g_code_folders/", "POST", **fields)
        assert answer.status == request.status
        assert without_moments(answer.json) == without_moments(request.body)


async def upload(api: Api, filename: str, parent_folder: str | None = None) -> Answer:
    """Upload a file to the cloud."""
    data = FormData({"filename": filename})
    if parent_folder:
        data.add_field("parent_folder", parent_folder)
    data.add_field("file", b";" * G_CODE_BYTES, filename=filename)
    return await form(api, "g_code_files/", data)


def assert_file(request: JsonObject, served: JsonObject) -> None:
    """Compare a file in the cloud with a recorded one of another content."""
    assert differences(request, served) == {}
    for name in ("filename", "safe_filename", "num_bytes"):
        assert served[name] == request[name]
    read, known = (json.loads(str(row["metadata_json"])) for row in (served, request))
    assert differences(known, read) == {}
    assert read["filament_total"] == served["filament_total"]
    assert read["estimated_time"] == served["estimated_time"]


async def test_folders_are_as_they_were_recorded(api: Api) -> None:
    await create_folders(api)
    for name in ("g_code_folders_list", "g_code_folders_detail"):
        request = recorded(name)
        answer = await api(path_of(request))
        assert without_moments(answer.json) == without_moments(request.body)


async def test_a_folder_counts_what_is_in_it(api: Api, account: Account) -> None:
    await create_folders(api)
    await upload(api, "inner cube.gcode", "2")
    folders = [(await api(f"g_code_folders/{number}/")).object for number in (1, 2)]
    counts = [(row["g_code_folder_count"], row["g_code_file_count"]) for row in folders]
    assert counts == [(1, 0), (0, 1)]


async def test_files_are_uploaded_and_listed_as_it_was_recorded(api: Api) -> None:
    await create_folders(api)
    request = recorded("g_code_files_empty")
    assert (await api(path_of(request))).json == request.body
    for name, filename, folder in (
        ("g_code_files_upload", "cloud cube (1).gcode", None),
        ("g_code_files_upload_in_folder", "inner cube.gcode", "2"),
    ):
        answer = await upload(api, filename, folder)
        request = recorded(name)
        assert answer.status == request.status
        assert_file(request.object, answer.object)
        path = urlsplit(str(answer.object["url"])).path
        assert path == f"/media/tsd-gcodes/1/{answer.object['id']}"
    for name in ("g_code_files_list", "g_code_files_search", "g_code_files_top"):
        request = recorded(name)
        answer = await api(path_of(request))
        assert differences(request.body, answer.json) == {}
        rows = [as_rows(body["results"]) for body in (request.object, answer.object)]
        for pair in zip(*rows, strict=True):
            assert_file(*pair)
    request = recorded("g_code_files_detail")
    answer = await api("g_code_files/1/")
    assert_file(request.object, answer.object)


async def test_an_upload_without_a_file_is_refused(api: Api) -> None:
    answer = await form(api, "g_code_files/", picture("other"))
    assert answer.status == 400
    assert (await api("g_code_files/", "POST", filename="a.gcode")).status == 415


@pytest.mark.parametrize("name", ["g_code_folders/9/", "g_code_files/9/"])
async def test_what_the_user_does_not_have_is_not_found(api: Api, name: str) -> None:
    assert (await api(name)).status == 404


# Files on printers


@pytest.mark.parametrize(
    ("name", "agent"),
    [
        ("g_code_files_resident_printer_1", "octoprint"),
        ("g_code_files_resident_printer_2", "klipper"),
    ],
)
async def test_files_on_a_printer_are_as_they_were_recorded(
    stage: Stage, name: str, agent: str
) -> None:
    printer = (
        await stage.octoprint()
        if agent == "octoprint"
        else stage.account.add_printer("Voron 2.4", agent="klipper")
    )
    await stage.cancelled_print(
        printer, Job(path="v.gcode", seconds=90, layers=9, size=900, filament=9.0)
    )
    known = as_rows(recorded(name).object["results"])
    path = f"g_code_files/?resident_printer={printer.id}"
    (served,) = as_rows((await stage.api(path)).object["results"])
    kinds = {str(row["agent_signature"]).partition(":")[0] for row in known}
    assert str(served["agent_signature"]).partition(":")[0] in kinds
    known_prints = [job for row in known for job in as_rows(row.pop("print_set"))]
    for job in as_rows(served.pop("print_set")):
        assert any(differences(other, job) == {} for other in known_prints), job
    assert any(differences(row, served) == {} for row in known)


async def test_a_klipper_file_is_recognised_by_when_it_was_written(
    stage: Stage,
) -> None:
    printer = stage.klipper()
    job = Job(path="v.gcode", seconds=90, layers=9, size=900, filament=9.0)
    for _ in range(2):
        await stage.cancelled_print(printer, job)
    path = f"g_code_files/?resident_printer={printer.id}"
    (row,) = as_rows((await stage.api(path)).object["results"])
    assert len(as_rows(row["print_set"])) == 2


# Printers after a print


async def test_an_idle_octoprint_is_as_it_was_recorded(stage: Stage) -> None:
    printer = await stage.octoprint()
    await stage.print_whole(
        printer, Job(path="t.gcode", seconds=60, layers=9, size=900, filament=9.0)
    )
    await stage.cancelled_print(
        printer,
        Job(path="t.gcode", seconds=60, layers=9, size=900, filament=9.0),
    )
    served = await stage.api.printer(printer)
    found = differences(recorded("printers_detail_octoprint_idle").body, served)
    # The recorded file was copied into OctoPrint's folder: without an upload it has neither
    # a user nor a count of its layers.
    assert found.keys() <= {
        ".status.file_metadata",
        ".status.file_metadata.obico",
        ".status.file_metadata.obico.totalLayerCount",
        ".status.file_metadata.user",
    }


async def test_an_idle_klipper_is_as_it_was_recorded(stage: Stage) -> None:
    printer = stage.account.add_printer("Voron 2.4", agent="klipper")
    await stage.cancelled_print(
        printer,
        Job(
            path="v.gcode", seconds=90, layers=9, size=900, filament=9.0, analysed=False
        ),
    )
    served = await stage.api.printer(printer)
    found = differences(recorded("printers_detail_klipper_idle").body, served)
    # The recorded printer has other sensors and no profiles, and its agent was set up for
    # WebRTC, unlike that of the other recordings.
    assert {
        path
        for path in found
        if not path.startswith((".status.temperatures", ".settings"))
    } == set()
    status = as_object(served["status"])
    progress = as_object(status["progress"])
    assert (progress["completion"], progress["printTimeLeft"]) == (0.0, None)


# History


VASE = Job(
    path="long_vase.gcode",
    seconds=3000,
    layers=40,
    size=44364,
    filament=900.0,
    registered=False,
)


async def alerted_print(stage: Stage) -> Print:
    """Print something that alerts and is cancelled, then something else."""
    printer = await stage.octoprint()
    await stage.printing(printer, VASE, seconds=320)
    printer.agent.fail(rise=0.12)
    await stage.until(printer.agent, Phase.PAUSED)
    job = printer.current_print
    assert job is not None
    await stage.api.command(printer, "cancel_print/")
    await stage.until(printer.agent, Phase.IDLE)
    await stage.printing(printer, VASE)
    return job


async def test_a_print_that_alerted_is_as_it_was_recorded(stage: Stage) -> None:
    job = await alerted_print(stage)
    answer = await stage.api(f"prints/{job.id}/")
    assert differences(recorded("prints_detail").body, answer.json) == {}


async def test_prints_are_filtered_by_what_they_need(stage: Stage) -> None:
    job = await alerted_print(stage)
    query = "prints/?start=0&limit=10&filter="
    answer = await stage.api(f"{query}need_print_shot_feedback")
    assert [row["id"] for row in answer.rows] == [job.id]
    known = recorded("prints_need_print_shot_feedback")
    assert differences(known.body, answer.json) == {}
    none = recorded("prints_need_alert_overwrite")
    assert (await stage.api(path_of(none))).json == none.body
    job.need_alert_overwrite = True
    answer = await stage.api(f"{query}need_alert_overwrite")
    assert [row["id"] for row in answer.rows] == [job.id]


async def test_pictures_of_a_print_are_judged(stage: Stage) -> None:
    job = await alerted_print(stage)
    path = f"printshotfeedbacks/?print_id={job.id}"
    shots = (await stage.api(path)).rows
    assert differences(recorded("printshotfeedbacks").body, shots) == {}
    none = recorded("printshotfeedbacks_print_60")
    assert (await stage.api(path_of(none))).json == none.body
    for shot in shots:
        assert (await stage.api(f"prints/{job.id}/")).object["need_print_shot_feedback"]
        answer = await stage.api(
            f"printshotfeedbacks/{shot['id']}/?print_id={job.id}",
            "PUT",
            answer="LOOKS_OK",
        )
        instance = as_object(answer.object["instance"])
        assert (instance["answer"], answer.object["credited_dhs"]) == ("LOOKS_OK", 0)
        assert instance["answered_at"]
    row = (await stage.api(f"prints/{job.id}/")).object
    assert row["need_print_shot_feedback"] is False
    answer = await stage.api("printshotfeedbacks/99/", "PUT", answer="LOOKS_OK")
    assert answer.status == 404


async def test_predictions_are_as_they_were_recorded(stage: Stage) -> None:
    printer = await stage.octoprint()
    await stage.print_whole(printer)
    await stage.printing(printer, seconds=90)
    assert printer.current_print is not None
    served = (
        await stage.api(f"prints/{printer.current_print.id}/prediction_json/")
    ).rows
    known = recorded("prints_prediction_json").rows
    assert len(served) >= len(known)
    for row, other in zip(served, known, strict=False):
        assert differences(other, row) == {}
        fields, known_fields = as_object(row["fields"]), as_object(other["fields"])
        for name in ("current_frame_num", "current_p", "ewm_mean", "normalized_p"):
            assert fields[name] == known_fields[name]
        assert int(str(fields["lifetime_frame_num"])) > int(
            str(fields["current_frame_num"])
        )
        for name in ("created_at", "updated_at"):
            assert re.fullmatch(
                r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", str(fields[name])
            )


async def test_a_print_without_pictures_has_no_predictions(
    api: Api, account: Account
) -> None:
    account.add_printer("Resin").begin_print("vase.gcode")
    answer = await api("prints/1/prediction_json/")
    assert answer.json == recorded("prints_prediction_json_none").body


async def test_events_are_as_they_were_recorded(stage: Stage) -> None:
    await alerted_print(stage)
    answer = await stage.api(path_of(recorded("printer_events")))
    known = recorded("printer_events").rows
    for row in answer.rows:
        assert any(differences(other, row).keys() <= {".image_url"} for other in known)
    assert {row["event_type"] for row in answer.rows} == {"STARTED", "FAILURE_ALERTED"}


async def test_the_list_of_prints_is_as_it_was_recorded(stage: Stage) -> None:
    await alerted_print(stage)
    known = recorded("prints_list")
    first, *_ = (await stage.api(path_of(known))).rows
    recorded_first, *_ = known.rows
    assert differences(recorded_first, first) == {}


# Statistics

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


def printed(
    server: ObicoServer,
    printer: Printer,
    *,
    seconds: float | None,
    filament: float | None = None,
    is_cancelled: bool = False,
) -> None:
    """Add a print to the history."""
    ended = NOON + timedelta(hours=1)
    server.add_print(
        Print(
            id=server.next_print_id(),
            printer=printer,
            filename="a.gcode",
            started_at=NOON,
            ended_at=ended,
            finished_at=None if is_cancelled else ended,
            cancelled_at=ended if is_cancelled else None,
            print_time=seconds,
            filament_used=filament,
        )
    )


@pytest.mark.parametrize("part", ["day", "week", "year"])
async def test_statistics_are_the_recorded_ones(
    api: Api, account: Account, part: str
) -> None:
    printer = account.add_printer("Any")
    for seconds, filament in ((401.0, 900.0), (300.0, 540.0), (264.284007, None)):
        printed(api.server, printer, seconds=seconds, filament=filament)
    for number in range(8):
        printed(api.server, printer, seconds=None, is_cancelled=number < 4)
    request = recorded(f"prints_stats_{part}")
    assert (await api(path_of(request))).json == request.body


async def test_statistics_are_filtered_as_the_recorded_ones(
    api: Api, account: Account
) -> None:
    printer, other = account.add_printer("Any"), account.add_printer("Other")
    for seconds, filament in ((130.0, 108.0), (15.0, None), (None, None)):
        printed(api.server, printer, seconds=seconds, filament=filament)
    printed(api.server, printer, seconds=60.0, is_cancelled=True)
    printed(api.server, other, seconds=60.0)
    request = recorded("prints_stats_day_filtered")
    served = (await api(path_of(request))).object
    for name, value in request.object.items():
        if isinstance(value, list):
            groups = served[name]
            assert isinstance(groups, list)
            assert groups[: len(value)] == value
        else:
            assert served[name] == value
