"""The blueprints against Home Assistant's schema, and docs/automations.md against them."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from homeassistant.components.automation.config import AUTOMATION_BLUEPRINT_SCHEMA
from homeassistant.util.yaml import extract_inputs, load_yaml_dict

from .support import ROOT

FOLDER = ROOT / "blueprints" / "automation" / "obico"
SOURCE = "https://github.com/ha-obico/ha-obico/blob/main/blueprints/automation/obico"
IMPORT = "https://my.home-assistant.io/redirect/blueprint_import/?blueprint_url="
DOCUMENT = (ROOT / "docs" / "automations.md").read_text(encoding="utf-8")
NAMES = sorted(path.stem for path in FOLDER.glob("*.yaml"))

each_blueprint = pytest.mark.parametrize("name", NAMES)


def blueprint(name: str) -> dict[str, Any]:
    """Return a blueprint as Home Assistant reads it."""
    return load_yaml_dict(str(FOLDER / f"{name}.yaml"))


def inputs(name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the fields of a blueprint with their keys, those in sections too."""
    for key, field in blueprint(name)["blueprint"]["input"].items():
        yield from field["input"].items() if "input" in field else [(key, field)]


def chapter(name: str) -> str:
    """Return what the document says of a blueprint."""
    address = f"<{SOURCE}/{name}.yaml>"
    return next(part for part in DOCUMENT.split("\n### ") if address in part).split(
        "\n## "
    )[0]


def test_all_that_is_wanted_is_there() -> None:
    assert NAMES == [
        "ai_at_night",
        "enough_filament",
        "failure_alert",
        "pause_when_away",
        "power_off_when_cool",
        "print_ended",
        "progress_announcement",
        "time_lapse",
    ]


@each_blueprint
def test_it_says_what_it_is_and_where_it_comes_from(name: str) -> None:
    data = AUTOMATION_BLUEPRINT_SCHEMA(blueprint(name))["blueprint"]
    assert data["domain"] == "automation"
    assert data["name"].startswith("Obico: ")
    assert data["description"].endswith(".")
    assert data["source_url"] == f"{SOURCE}/{name}.yaml"
    assert data["homeassistant"]["min_version"] == "2026.10.0"


@each_blueprint
def test_every_field_is_explained_and_used(name: str) -> None:
    fields = dict(inputs(name))
    assert extract_inputs(blueprint(name)) == set(fields)
    for field in fields.values():
        assert field["name"]
        assert field["description"].endswith(".")
        assert len(field["selector"]) == 1


@each_blueprint
def test_only_what_is_in_front_has_to_be_filled_in(name: str) -> None:
    """What stands in a section, perhaps folded up, has a default."""
    sections = [
        field
        for field in blueprint(name)["blueprint"]["input"].values()
        if "input" in field
    ]
    assert sections
    for section in sections:
        assert section["name"]
        assert section["icon"].startswith("mdi:")
        assert all("default" in field for field in section["input"].values())


@each_blueprint
def test_a_second_printer_is_not_turned_away(name: str) -> None:
    data = blueprint(name)
    assert data["mode"] in {"parallel", "queued", "restart"}
    if data["mode"] != "restart":
        assert data["max_exceeded"] == "silent"
        assert data["max"] >= 50


@each_blueprint
def test_the_document_has_its_button_and_all_its_fields(name: str) -> None:
    text = chapter(name)
    assert f"{IMPORT}{quote(f'{SOURCE}/{name}.yaml', safe='')})" in text
    rows = [
        line.split(" | ")[0].removeprefix("| ")
        for line in text.splitlines()
        if line.startswith("| ") and not line.startswith(("| field", "|---"))
    ]
    assert rows == [field["name"] for _, field in inputs(name)]


def test_the_document_has_no_other_blueprint() -> None:
    assert DOCUMENT.count(IMPORT) == len(NAMES)
