"""Recorded answers to calls: commands, errors, users, events, prints and files."""

import pytest

from dev import Job, Phase, Printer
from dev.json_types import JsonObject

from . import drive
from .captures import FOLDER, differences, read, read_object, read_rows
from .drive import REASON, Stage
from .support import Api, read_answer

type Call = tuple[drive.Drive, str]

COMMANDS: dict[str, Call] = {
    "action_pause_while_printing": (drive.printing_first, "pause_print/"),
    "action_pause_while_paused": (drive.pausing, "pause_print/"),
    "action_pause_while_idle": (drive.finished, "pause_print/"),
    "action_pause_offline": (drive.offline, "pause_print/"),
    "action_resume": (drive.paused, "resume_print/"),
    "action_resume_while_printing": (drive.paused, "resume_print/"),
    "action_resume_after_alert": (drive.muted_paused, "resume_print/"),
    "action_cancel_while_printing": (drive.printing_first, "cancel_print/"),
    "action_cancel_while_idle": (drive.finished, "cancel_print/"),
    "action_mute": (drive.alert_answered, "mute_current_print/?mute_alert=true"),
    "action_unmute": (drive.muted_printing, "mute_current_print/?mute_alert=false"),
    "action_ack_alert": (
        drive.alert_seen,
        "acknowledge_alert/?alert_overwrite=NOT_FAILED",
    ),
}


def test_every_recorded_command_is_given() -> None:
    recorded = {path.stem for path in FOLDER.glob("action_*.json")}
    assert COMMANDS.keys() == recorded - {"action_ack_while_idle"}


@pytest.mark.parametrize("name", COMMANDS)
async def test_a_command_is_answered_as_it_was_recorded(
    stage: Stage, name: str
) -> None:
    reach, command = COMMANDS[name]
    printer = await reach(stage)
    answer = await stage.api.command(printer, command)
    recorded = read_object(f"{name}.json")
    assert answer.status == 200
    assert answer.object["succeeded"] == recorded["succeeded"]
    assert differences(recorded, answer.object) == {}


@pytest.mark.parametrize(
    ("name", "enabled"), [("watching_off", False), ("watching_on", True)]
)
async def test_a_change_is_answered_as_it_was_recorded(
    stage: Stage, name: str, enabled: bool
) -> None:
    printer = await drive.unmuted_printing(stage)
    await stage.watch(printer)
    await stage.server.advance(2)
    answer = await stage.api(
        f"printers/{printer.id}/", "PATCH", watching_enabled=enabled
    )
    assert answer.status == 200
    assert differences(read_object(f"{name}.json"), answer.object) == {}


async def test_the_user_is_as_he_was_recorded(api: Api) -> None:
    answer = await api("users/me/")
    recorded = read_object("user_me.json")
    assert list(answer.object) == list(recorded)
    assert differences(recorded, answer.object) == {}


async def test_the_version_is_as_it_was_recorded(api: Api) -> None:
    assert (await api("version/")).json == read_object("version.json")


ERRORS: dict[str, tuple[int, str, str, str | None]] = {
    "err_403_bad_token.json": (403, "GET", "printers/", "wrong"),
    "err_403_no_token.json": (403, "GET", "printers/", ""),
    "err_404_printer.json": (404, "GET", "printers/999/", None),
    "err_404_pause.json": (404, "POST", "printers/999/pause_print/", None),
    "err_405.json": (405, "POST", "printers/1/", None),
    "err_nonnumeric.json": (404, "GET", "printers/abc/", None),
    "err_500_mute_while_idle.txt": (
        500,
        "POST",
        "printers/1/mute_current_print/",
        None,
    ),
    "action_ack_while_idle.json": (404, "POST", "printers/1/acknowledge_alert/", None),
    "printer_events_nofilter.json": (200, "GET", "printer_events/", None),
    "printer_events_types_only.json": (
        200,
        "GET",
        "printer_events/?filter_by_types[]=STARTED",
        None,
    ),
}


@pytest.mark.parametrize("name", ERRORS)
async def test_an_error_is_answered_to_the_letter(stage: Stage, name: str) -> None:
    await stage.octoprint()
    status, method, path, token = ERRORS[name]
    answer = await stage.api(path, method, token=token)
    assert answer.status == status
    recorded = (FOLDER / name).read_text()
    if name.endswith(".txt"):
        assert answer.text == recorded
        assert answer.headers["Content-Type"] == "text/html"
    else:
        assert answer.json == read(name)


async def test_an_unknown_field_is_a_page_with_error_500(stage: Stage) -> None:
    printer = await stage.octoprint()
    answer = await stage.api(f"printers/{printer.id}/", "PATCH", colour="red")
    assert answer.status == 500
    assert answer.text == (FOLDER / "err_patch_badfield.txt").read_text()


async def test_broken_json_is_an_error_400(stage: Stage) -> None:
    printer = await stage.octoprint()
    async with stage.api.session.patch(
        f"{stage.server.url}/api/v1/printers/{printer.id}/",
        headers={
            "Authorization": f"Bearer {stage.account.token}",
            "Content-Type": "application/json",
        },
        data="{name: 1}",
    ) as response:
        answer = await read_answer(response)
    assert answer.status == 400
    assert answer.json == read_object("err_patch_badjson.json")


def row_kind(event: JsonObject) -> tuple[object, ...]:
    """Return the fields by which two events are of the same kind."""
    return event["event_type"], event["event_class"], event["event_title"]


@pytest.fixture
async def eventful(stage: Stage) -> Stage:
    """A server with one event of each recorded kind."""
    printer = await drive.alert_seen(stage)
    agent = printer.agent
    await stage.api.command(printer, "mute_current_print/?mute_alert=true")
    await stage.api.command(printer, "resume_print/")
    await stage.until(agent, Phase.PRINTING)
    await stage.api.command(printer, "mute_current_print/")
    await stage.api.command(printer, "cancel_print/")
    await stage.until(agent, Phase.IDLE)
    await stage.print_whole(printer)
    await stage.printing(printer)
    agent.alert(
        "Obico for OctoPrint: Webcam Streaming Failed",
        "Follow the webcam troubleshooting guide to resolve the issue.",
        info_url="https://obico.io/docs/user-guides/webcam-feed-is-not-showing/",
    )
    await stage.server.advance(5)
    agent.change_filament()
    await stage.server.advance(5)
    agent.cancel()
    await stage.until(agent, Phase.IDLE)
    await stage.server.advance(5)
    agent.error(REASON)
    await stage.server.advance(5)
    for job in stage.server.prints.values():
        # The recorded server made no videos.
        job.video_url = job.tagged_video_url = None
    return stage


async def test_every_kind_of_event_is_as_it_was_recorded(eventful: Stage) -> None:
    served = await eventful.api.events()
    recorded = read_rows("printer_events_all.json")
    # STARTED comes with and without a picture, an alert with and without a print.
    nullable = {".image_url", ".print"}
    for row in recorded:
        kin = [event for event in served if row_kind(event) == row_kind(row)]
        assert kin, f"there is no event like {row_kind(row)}"
        for event in kin:
            found = differences(row, event)
            assert found.keys() <= nullable, found
            alike = [other for other in recorded if row_kind(other) == row_kind(event)]
            assert any(differences(other, event) == {} for other in alike), event


async def test_events_read_as_they_were_recorded(eventful: Stage) -> None:
    texts = {event["event_text"] for event in await eventful.api.events()}
    assert (
        "<div><i>Printer:</i> Prusa MK4</div><div><i>G-Code:</i> short.gcode</div>"
        in texts
    )
    assert REASON in texts


async def test_one_event_is_as_it_was_recorded(eventful: Stage) -> None:
    event = next(
        event
        for event in await eventful.api.events()
        if event["event_type"] == "RESUMED"
    )
    answer = await eventful.api(f"printer_events/{event['id']}/")
    assert answer.json == event
    recorded = read_object("printer_event_retrieve_unmuted.json")
    assert differences(recorded, answer.object) == {}


async def test_the_history_is_as_it_was_recorded(eventful: Stage) -> None:
    served = (await eventful.api("prints/?limit=100")).rows
    recorded = read_rows("prints_list.json")
    for row in served:
        assert any(differences(other, row) == {} for other in recorded), row
    results = {(bool(row["finished_at"]), bool(row["cancelled_at"])) for row in served}
    assert results == {(True, False), (False, True)}


async def test_a_print_that_alerted_is_as_it_was_recorded(eventful: Stage) -> None:
    alerted = next(
        row
        for row in (await eventful.api("prints/?limit=100")).rows
        if row["alerted_at"]
    )
    answer = await eventful.api(f"prints/{alerted['id']}/")
    found = differences(read_object("print_3.json"), answer.object)
    # The printer was at work again when this was recorded.
    assert found.keys() == {".printer.not_watching_reason"}


async def test_cancelled_prints_are_as_they_were_recorded(eventful: Stage) -> None:
    served = (await eventful.api("prints/?filter=cancelled&limit=100")).rows
    recorded = read_rows("prints_cancelled.json")
    quiet = [row for row in served if not row["alerted_at"]]
    assert quiet
    for row in served:
        assert row["cancelled_at"]
    for row in quiet:
        assert any(differences(other, row) == {} for other in recorded), row


async def test_the_cloud_has_no_files_as_was_recorded(eventful: Stage) -> None:
    answer = await eventful.api("g_code_files/")
    assert answer.json == read_object("g_code_files_list.json")


async def test_files_on_the_printer_are_as_they_were_recorded(stage: Stage) -> None:
    printer = await stage.octoprint()
    await stage.print_whole(
        printer, Job(path="a.gcode", seconds=5, layers=2, size=900, filament=1.5)
    )
    await stage.printing(printer)
    await stage.api.command(printer, "cancel_print/")
    await stage.until(printer.agent, Phase.IDLE)
    await drive_alerted_print(stage, printer)
    answer = await stage.api(
        f"g_code_files/?resident_printer={printer.id}&page_size=2&page=1"
    )
    recorded = read_object("g_code_files_resident.json")
    served = answer.object
    rows = served["results"]
    assert isinstance(rows, list)
    assert len(rows) == 2
    assert served["count"] == 3
    assert served["next"] == (
        "http://localhost:3334/api/v1/g_code_files/?page=2&page_size=2&resident_printer=1"
    )
    assert differences(recorded, served) == {}


async def drive_alerted_print(stage: Stage, printer: Printer) -> None:
    """Print something that alerts and is cancelled."""
    await stage.failing(printer, 2 / 3)
    await stage.until(printer.agent, Phase.PAUSED)
    await stage.api.command(printer, "cancel_print/")
    await stage.until(printer.agent, Phase.IDLE)
