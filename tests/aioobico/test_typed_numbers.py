"""Numbers that a person typed arrive as text, and are numbers.

The kind: a server or an agent passes on what stands in a settings' field, and the text is
dropped in silence.
"""

from math import inf, nan

import pytest

from custom_components.obico.aioobico import (
    Printer,
    PrinterSettings,
    TemperatureProfile,
)
from custom_components.obico.aioobico.parsing import integer, number

from .support import load_object


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("205", 205.0),
        (" 60 ", 60.0),
        ("60.0", 60.0),
        ("60.", 60.0),
        (".5", 0.5),
        ("+60", 60.0),
        ("-5", -5.0),
        ("0", 0.0),
        ("007", 7.0),
        ("60\n", 60.0),
        ("0.30000000000000004", 0.1 + 0.2),
        ("\t60", 60.0),
        # Not what anybody types for a number, or not clear which.
        ("", None),
        (" ", None),
        ("60 °C", None),
        ("60C", None),
        ("60,5", None),
        ("1,000", None),
        ("6 0", None),
        ("6_0", None),
        ("0x3c", None),
        ("1e3", None),
        ("nan", None),
        ("inf", None),
        ("-Infinity", None),
        ("١٢", None),
        ("６０", None),
        ("²", None),
        (".", None),
        ("+", None),
        ("--5", None),
        ("9" * 16, None),
        ("9" * 5000, None),
        (f"1.{'9' * 5000}", None),
        ("True", None),
        ("null", None),
        (None, None),
        (True, None),
        (False, None),
        (nan, None),
        (inf, None),
        (10**30, None),
        ([60], None),
        ({}, None),
    ],
)
def test_a_number_is_what_a_person_would_read(
    value: object, expected: float | None
) -> None:
    assert number(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("600", 600),
        (" -1 ", -1),
        ("600.0", 600),
        ("600.5", None),
        ("999999999999999", 999_999_999_999_999),
        ("9007199254740993", None),
        ("9223372036854775808", None),
        ("many", None),
        ("", None),
    ],
)
def test_a_whole_number_is_what_a_person_would_read(
    value: object, expected: int | None
) -> None:
    assert integer(value) == expected


def profile(data: dict[str, object]) -> TemperatureProfile:
    """Return the only profile of an agent's settings."""
    [parsed] = PrinterSettings.from_dict({"temp_profiles": [data]}).temperature_profiles
    return parsed


@pytest.mark.parametrize(
    ("data", "targets"),
    [
        ({"bed": "50", "extruder": "205"}, {"bed": 50.0, "extruder": 205.0}),
        (
            {"bed": 60, "extruder": 210, "chamber": "45"},
            {"bed": 60.0, "extruder": 210.0, "chamber": 45.0},
        ),
        ({"bed": None, "extruder": " 215.5 "}, {"extruder": 215.5}),
        ({"bed": "", "chamber": " ", "extruder": 200}, {"extruder": 200.0}),
        (
            {"heater_bed": "60.0", "extruder": 210.0},
            {"heater_bed": 60.0, "extruder": 210.0},
        ),
        ({"bed": "0", "extruder": 0}, {"bed": 0.0, "extruder": 0.0}),
    ],
)
def test_a_profile_heats_to_what_was_typed(
    data: dict[str, object], targets: dict[str, float]
) -> None:
    parsed = profile({"name": "PLA"} | data)
    assert parsed.targets == targets
    assert parsed.unreadable == ()


@pytest.mark.parametrize("value", ["60 °C", "sixty", "60,5", "nan", True, [60], 10**30])
def test_what_a_profile_says_in_another_way_is_named_and_never_guessed(
    value: object,
) -> None:
    parsed = profile({"name": "ASA", "bed": 100, "chamber": value})
    assert parsed.targets == {"bed": 100.0}
    assert parsed.unreadable == ("chamber",)


def test_a_profile_whose_name_is_a_number_heats_nothing_by_it() -> None:
    parsed = profile({"name": "205", "bed": "60"})
    assert (parsed.name, parsed.targets, parsed.unreadable) == (
        "205",
        {"bed": 60.0},
        (),
    )


def test_typed_numbers_of_a_printer_are_numbers() -> None:
    recorded = load_object("printer_printing.json")
    status = recorded["status"]
    settings = recorded["settings"]
    assert isinstance(status, dict)
    assert isinstance(settings, dict)
    printer = Printer.from_dict(
        recorded
        | {
            "retract_on_pause": "6.5",
            "lift_z_on_pause": "2.50",
            "detective_sensitivity": "1.05",
            "min_timelapse_secs_on_finish": "600",
            "status": status
            | {
                "currentZ": "0.2",
                "currentLayerHeight": "12",
                "temperatures": {
                    "bed": {"actual": "59.9", "target": "60", "offset": "0"}
                },
                "file_metadata": {"obico": {"totalLayerCount": "120"}},
                "job": {"estimatedPrintTime": "3600", "filament": {"length": "1000"}},
            },
            "settings": settings
            | {"webcams": [{"name": "a", "rotation": "90"}], "webcam_rotation": "270"},
        }
    )
    assert (printer.retract_on_pause, printer.lift_z_on_pause) == (6.5, 2.5)
    assert printer.detective_sensitivity == 1.05
    assert printer.min_timelapse_secs_on_finish == 600
    assert printer.status is not None
    assert printer.status.current_z == 0.2
    assert (printer.status.current_layer, printer.status.total_layers) == (12, 120)
    bed = printer.status.temperatures["bed"]
    assert (bed.actual, bed.target, bed.offset) == (59.9, 60.0, 0.0)
    assert printer.status.job is not None
    assert printer.status.job.estimated_print_time == 3600.0
    assert printer.status.job.filament_length == 1000.0
    assert printer.settings is not None
    assert [webcam.rotation for webcam in printer.settings.webcams] == [90]
    assert printer.settings.flat_webcam is not None
    assert printer.settings.flat_webcam.rotation == 270
