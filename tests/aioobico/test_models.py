"""Recorded objects of a real server, parsed."""

from datetime import UTC, datetime
import json
import math

import pytest

from custom_components.obico.aioobico import (
    ObicoResponseError,
    Print,
    Printer,
    PrinterEvent,
    Temperature,
    TemperatureProfile,
    User,
)
from custom_components.obico.aioobico.models.printer import ParsedPrinter

from .support import CAPTURES, load, load_list, load_object

PRINTERS = sorted(
    path.name
    for path in CAPTURES.glob("printer_*.json")
    if not path.name.startswith("printer_event")
)


def _printer(name: str) -> Printer:
    """Return a recorded printer."""
    return Printer.from_dict(load(name))


@pytest.mark.parametrize("name", PRINTERS)
def test_every_recorded_printer_is_parsed(name: str) -> None:
    data = load_object(name)
    printer = Printer.from_dict(data)
    assert printer.id == data["id"]
    assert printer.name == data["name"]
    assert (printer.status is None) == (data["status"] is None)
    assert (printer.current_print is None) == (data["current_print"] is None)
    assert printer == Printer.from_dict(load_object(name))


def test_a_printing_octoprint_printer() -> None:
    printer = _printer("printer_printing.json")
    assert printer.created_at == datetime(2026, 11, 22, 4, 51, 27, 980445, tzinfo=UTC)
    assert printer.archived_at is None
    assert (printer.agent_name, printer.agent_version) == ("octoprint_obico", "2.6.1")
    assert printer.is_watching
    assert not printer.has_open_alert
    assert printer.picture_url is not None
    assert printer.picture_url.startswith("http://localhost:3334/media/")
    status = printer.status
    assert status is not None
    assert status.text == "Printing"
    assert status.flags.printing
    assert status.flags.operational
    assert not status.flags.paused
    assert status.flags.sd_ready is True
    assert status.error == ""
    assert status.user_interaction_required is None
    assert status.current_z == 0.2
    assert status.current_layer is None
    assert status.total_layers is None
    assert status.display_message == "Layer 1/5"
    assert status.timestamp == 1795324624.0
    assert status.temperatures == {
        "tool0": Temperature(actual=205.0, target=205.0, offset=0.0),
        "bed": Temperature(actual=60.0, target=60.0, offset=0.0),
        "chamber": Temperature(actual=None, target=None, offset=0.0),
    }
    job = status.job
    assert job is not None
    assert (job.file_name, job.file_path) == ("short.gcode", "short.gcode")
    assert job.estimated_print_time == 56.101092830072226
    assert job.last_print_time == 60.225326989999985
    assert (job.filament_length, job.filament_volume) == (16.0, 0.0)
    progress = status.progress
    assert progress is not None
    assert progress.completion == 13.169642857142858
    assert (progress.print_time, progress.print_time_left) == (20.0, 60.0)
    assert progress.print_time_left_origin == "average"
    assert progress.file_position == 236
    assert progress.filament_used == 16.0


def test_a_printing_klipper_printer() -> None:
    printer = _printer("printer_klipper_printing.json")
    status = printer.status
    assert status is not None
    assert (status.current_layer, status.total_layers) == (42, 150)
    assert (status.feed_rate, status.flow_rate, status.fan_speed) == (1.0, 0.95, 0.6)
    assert status.temperatures["raspberry_pi"].target is None
    assert status.flags.sd_ready is None
    assert status.job is not None
    assert status.job.filament_length is None
    assert status.progress is not None
    assert status.progress.print_time_left_origin is None
    settings = printer.settings
    assert settings is not None
    webcam = settings.primary_webcam
    assert webcam is not None
    assert (webcam.name, webcam.rotation, webcam.stream_ratio) == (
        "Nozzle cam",
        90,
        "4:3",
    )
    assert webcam.flip_horizontal
    assert not webcam.flip_vertical


def test_an_offline_printer_has_no_status_but_its_print_and_settings() -> None:
    printer = _printer("printer_offline.json")
    assert printer.status is None
    assert printer.current_print is not None
    assert printer.settings is not None


def test_a_printer_that_never_had_an_agent() -> None:
    printer = Printer.from_dict(load_list("printers_list.json")[1])
    assert printer.agent_name is None
    assert printer.picture_url is None
    assert printer.status is None
    assert printer.settings is not None
    assert printer.settings.webcams == ()
    assert printer.settings.primary_webcam is not None
    assert printer.settings.platform == ()
    assert not printer.is_watching


def test_settings_hold_what_stands_as_json_in_strings() -> None:
    settings = _printer("printer_printing.json").settings
    assert settings is not None
    assert settings.platform[:2] == ("Linux", "octopi")
    assert settings.installed_plugins == ("obico",)
    assert settings.printer_metadata["FIRMWARE_NAME"] == "Virtual Marlin 1.0"
    assert settings.temperature_profiles == (
        TemperatureProfile(name="ABS", targets={"bed": 100.0, "extruder": 210.0}),
        TemperatureProfile(name="PLA", targets={"bed": 60.0, "extruder": 180.0}),
    )


@pytest.mark.parametrize("bad", ["{", "", "7", "null", '"x"', None, 7, ["x"]])
def test_strings_that_hold_no_json_are_empty(bad: object) -> None:
    data = load_object("printer_printing.json")
    data["settings"] = {
        "platform_uname": bad,
        "installed_plugins": bad,
        "printer_metadata": bad,
    }
    settings = Printer.from_dict(data).settings
    assert settings is not None
    assert (settings.platform, settings.installed_plugins) == ((), ())
    assert settings.printer_metadata == {}
    assert settings.primary_webcam is None


def test_the_primary_camera_is_the_one_marked_else_the_first_else_the_flat_one() -> (
    None
):
    def primary(settings: dict[str, object]) -> str | None:
        data = load_object("printer_idle.json") | {"settings": settings}
        parsed = Printer.from_dict(data).settings
        assert parsed is not None
        assert parsed.primary_webcam is not None
        return parsed.primary_webcam.stream_ratio

    flat: dict[str, object] = {"webcam_streamRatio": "flat"}
    first = {"name": "a", "streamRatio": "first"}
    marked = {"name": "b", "streamRatio": "marked", "is_primary_camera": True}
    assert primary(flat | {"webcams": [first, None, marked]}) == "marked"
    assert primary(flat | {"webcams": [first]}) == "first"
    assert primary(flat | {"webcams": []}) == "flat"
    assert primary(flat | {"webcams": None}) == "flat"


@pytest.mark.parametrize(
    ("rotation", "expected"),
    [(0, 0), (90, 90), (180.0, 180), (270, 270), (45, 0), ("90", 90), (True, 0)],
)
def test_a_camera_is_turned_by_right_angles_only(
    rotation: object, expected: int
) -> None:
    data = load_object("printer_idle.json") | {
        "settings": {"webcam_rotation": rotation}
    }
    settings = Printer.from_dict(data).settings
    assert settings is not None
    assert settings.primary_webcam is not None
    assert settings.primary_webcam.rotation == expected


@pytest.mark.parametrize(
    ("filament", "length", "volume"),
    [
        ({"tool0": {"length": 1.5, "volume": 2}}, 1.5, 2.0),
        (
            {"tool0": {"length": 1, "volume": 0.5}, "tool1": {"length": 2.5}},
            3.5,
            0.5,
        ),
        ({"length": 7, "volume": None}, 7.0, None),
        ({"length": None, "volume": None}, None, None),
        ({"tool0": None, "tool1": {"length": "x"}}, None, None),
        ({"tool0": {"length": 0}}, 0.0, None),
        ({}, None, None),
        (None, None, None),
    ],
)
def test_filament_is_that_of_all_tools(
    filament: object, length: float | None, volume: float | None
) -> None:
    data = load_object("printer_printing.json")
    data["status"] = {"job": {"filament": filament}}
    status = Printer.from_dict(data).status
    assert status is not None
    assert status.job is not None
    assert (status.job.filament_length, status.job.filament_volume) == (length, volume)


@pytest.mark.parametrize(
    ("name", "is_open"),
    [
        ("printer_alert_warning.json", True),
        ("printer_autopaused.json", True),
        ("printer_muted_printing.json", False),
        ("printer_printing.json", False),
        ("printer_idle.json", False),
    ],
)
def test_an_alert_is_open_until_it_is_acknowledged(name: str, is_open: bool) -> None:
    assert _printer(name).has_open_alert is is_open


def test_a_newer_alert_than_the_last_answer_is_open() -> None:
    data = load_object("print_3.json")
    data["alerted_at"] = "2026-11-22T05:20:00Z"
    data["alert_acknowledged_at"] = "2026-11-22T05:10:00+00:00"
    assert Print.from_dict(data).has_open_alert
    data["alert_acknowledged_at"] = "2026-11-22T00:21:00-05:00"
    assert not Print.from_dict(data).has_open_alert


def test_a_printer_watches_only_while_there_is_a_print() -> None:
    idle = load_object("printer_idle.json") | {"not_watching_reason": None}
    assert not Printer.from_dict(idle).is_watching
    assert not _printer("printer_muted_printing.json").is_watching
    assert _printer("printer_printing.json").is_watching


def test_a_print_may_name_its_printer_by_id_alone() -> None:
    assert Print.from_dict({"id": 3, "printer": 7}).printer_id == 7


def test_thumbnails_are_those_that_exist() -> None:
    file = {"thumbnail1_url": "a", "thumbnail2_url": None, "thumbnail3_url": "c"}
    record = Print.from_dict({"id": 3, "g_code_file": file})
    assert record.g_code_file is not None
    assert record.g_code_file.thumbnail_urls == ("a", "c")


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("2026-11-22T05:16:45Z", datetime(2026, 11, 22, 5, 16, 45, tzinfo=UTC)),
        ("2026-11-22T07:16:45+02:00", datetime(2026, 11, 22, 5, 16, 45, tzinfo=UTC)),
        ("2026-11-22T05:16:45", None),
        ("2026-11-22", None),
        ("0001-01-01T00:00:00+02:00", None),
        ("yesterday", None),
        ("", None),
        (1795324605, None),
    ],
)
def test_a_date_is_utc_or_nothing(sent: object, expected: datetime | None) -> None:
    started = Print.from_dict({"id": 3, "started_at": sent}).started_at
    assert started == expected
    assert started is None or started.tzinfo is UTC


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (7, 7.0),
        (7.5, 7.5),
        (-1, -1.0),
        (True, None),
        ("7", 7.0),
        (math.nan, None),
        (math.inf, None),
        (10**400, None),
        ([7], None),
    ],
)
def test_a_number_is_finite_or_nothing(sent: object, expected: float | None) -> None:
    print_time = Print.from_dict({"id": 3, "print_time": sent}).print_time
    assert print_time == expected
    assert type(print_time) is (float if expected is not None else type(None))


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (42, 42),
        (42.0, 42),
        (42.5, None),
        (True, None),
        ("42", 42),
        (10**400, None),
        (1e300, None),
        (math.nan, None),
    ],
)
def test_a_whole_number_is_one_or_nothing(sent: object, expected: int | None) -> None:
    file = Print.from_dict({"id": 3, "g_code_file": {"num_bytes": sent}}).g_code_file
    assert file is not None
    assert file.size == expected
    assert type(file.size) is (int if expected is not None else type(None))


def test_text_is_cut_where_nobody_reads_on() -> None:
    filename = Print.from_dict({"id": 3, "filename": "x" * 20_000}).filename
    assert filename == "x" * 10_000


@pytest.mark.parametrize("bad", [None, 0, -1, True, 1.0, "1", 2**63, [], {}])
def test_an_object_without_a_usable_id_is_one_clear_error(bad: object) -> None:
    for parse in (
        Printer.from_dict,
        Print.from_dict,
        PrinterEvent.from_dict,
        User.from_dict,
    ):
        with pytest.raises(ObicoResponseError, match="id"):
            parse({"id": bad})
        with pytest.raises(ObicoResponseError, match="not an object"):
            parse([])


def test_an_object_with_nothing_but_an_id_is_usable() -> None:
    assert Printer.from_dict({"id": 1}).status is None
    assert Print.from_dict({"id": 1}).has_open_alert is False
    assert PrinterEvent.from_dict({"id": 1}).event_type is None
    assert User.from_dict({"id": 1}).date_joined is None


def test_a_user_who_never_joined_cannot_be_told_from_others() -> None:
    with pytest.raises(ObicoResponseError):
        _ = User.from_dict({"id": 1}).unique_id


def test_no_secret_is_shown() -> None:
    for name in (*PRINTERS, "prints_list.json", "printer_events_all.json"):
        content = load(name)
        objects = content if isinstance(content, list) else [content]
        for data in objects:
            parse = (
                Printer.from_dict
                if name in PRINTERS
                else Print.from_dict
                if name == "prints_list.json"
                else PrinterEvent.from_dict
            )
            shown = repr(parse(data))
            assert "digest=" not in shown
            assert "0a1b2c3d4e5f6a7b8c9d" not in shown
            assert "9f8e7d6c5b4a39281706" not in shown


def _pushes(name: str) -> list[dict[str, object]]:
    """Return the printer objects of a recorded stream."""
    lines = (CAPTURES / name).read_text().splitlines()
    messages = [json.loads(line).get("msg") for line in lines]
    return [
        message for message in messages if isinstance(message, dict) and "id" in message
    ]


@pytest.mark.parametrize(
    "name", ["ws_print_whole_success.jsonl", "ws_print_pause_resume_cancel.jsonl"]
)
def test_a_stream_parsed_on_top_of_each_other_is_what_it_is_parsed_alone(
    name: str,
) -> None:
    last: ParsedPrinter | None = None
    reused = 0
    pushes = _pushes(name)
    for data in pushes:
        parsed = ParsedPrinter.from_dict(dict(data), last)
        assert parsed.printer == Printer.from_dict(data)
        if last is not None and parsed.printer.settings is last.printer.settings:
            reused += 1
        last = parsed
    assert len(pushes) > 20
    assert reused > len(pushes) / 2
