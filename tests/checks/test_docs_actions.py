"""docs/actions.md and services.yaml against the actions that are registered."""

import re
from typing import Any

import probatio
import pytest
import yaml

from custom_components.obico.const import DOMAIN
from custom_components.obico.live.fired_event import EVENT_TYPES
from custom_components.obico.printer.preconditions import MIN_EXTRUSION_TEMPERATURE
from custom_components.obico.printer.temperatures import MAX_TARGETS
from custom_components.obico.services import ACTIONS
from custom_components.obico.services.action import Action
from custom_components.obico.services.detection import MAX_PICTURE_BYTES
from custom_components.obico.services.machine import MAX_GCODE_LENGTH, MAX_GCODE_LINES
from homeassistant.core import SupportsResponse
from homeassistant.helpers import selector

from .support import INTEGRATION, ROOT, TRANSLATIONS, branch, load_json

DOCUMENT = (ROOT / "docs" / "actions.md").read_text(encoding="utf-8")
DESCRIBED: dict[str, Any] = yaml.safe_load(
    (INTEGRATION / "services.yaml").read_text(encoding="utf-8")
)
ENGLISH = load_json(TRANSLATIONS / "en.json")
FIELD = re.compile(r"^\| `(?P<name>\w+)` \|(?P<when>[^|]*)\|[^|]*\|$", re.MULTILINE)

each_action = pytest.mark.parametrize("action", ACTIONS, ids=lambda each: each.name)


def sections() -> dict[str, str]:
    """Return the text of each action's chapter, by the action's name."""
    chapters = re.split(r"^## ", DOCUMENT, flags=re.MULTILINE)[1:]
    found = {}
    for chapter in chapters:
        match = re.match(rf".*\n\n`{DOMAIN}\.(\w+)`\n", chapter)
        assert match is not None, chapter[:40]
        found[match.group(1)] = chapter
    return found


def fields_of(action: Action) -> dict[str, Any]:
    """Return what describes the fields of an action."""
    fields: dict[str, Any] = DESCRIBED[action.name]["fields"]
    return fields


def default_of(marker: probatio.Marker) -> object:
    """Return what a field is if it is left out, None where it is nothing."""
    if isinstance(marker, probatio.Optional) and callable(marker.default):
        return marker.default()
    return None


def test_every_action_is_documented_once_in_their_order() -> None:
    names = [action.name for action in ACTIONS]
    assert sorted(sections()) == sorted(names)
    table = re.findall(
        rf"^\| \[`{DOMAIN}\.(\w+)`\]\(#([\w-]+)\)", DOCUMENT, re.MULTILINE
    )
    assert [name for name, _ in table] == list(sections())
    anchors = {
        name: re.sub(r"[^\w -]", "", chapter.partition("\n")[0]).lower()
        for name, chapter in sections().items()
    }
    assert dict(table) == {
        name: anchor.replace(" ", "-") for name, anchor in anchors.items()
    }


@each_action
def test_a_chapter_has_the_name_that_is_shown(action: Action) -> None:
    name = branch(ENGLISH, "services", action.name)["name"]
    assert sections()[action.name].startswith(f"{name}\n")
    assert f"**{name}**" in sections()[action.name]


@each_action
def test_fields_are_the_same_everywhere(action: Action) -> None:
    names = [str(marker) for marker in action.fields]
    required = [
        str(marker) for marker in action.fields if isinstance(marker, probatio.Required)
    ]
    described = fields_of(action)
    assert sorted(described) == sorted(names)
    assert [name for name in described if described[name]["required"]] == [
        name for name in described if name in required
    ]
    translated = branch(ENGLISH, "services", action.name, "fields")
    assert sorted(translated) == sorted(names)
    documented = {
        match["name"]: match["when"].strip()
        for match in FIELD.finditer(sections()[action.name])
    }
    assert list(documented) == list(described)
    for name, when in documented.items():
        assert (when == "required") is (name in required), name


@each_action
def test_defaults_are_the_same_everywhere(action: Action) -> None:
    chapter = sections()[action.name]
    whens = {match["name"]: match["when"].strip() for match in FIELD.finditer(chapter)}
    for marker in action.fields:
        name, default = str(marker), default_of(marker)
        shown = fields_of(action)[name].get("default")
        if shown is not None:
            assert shown == default
        if isinstance(default, bool | int | str) and default != "":
            shown_as = str(default).lower() if isinstance(default, bool) else default
            assert whens[name].replace("`", "") == f"default {shown_as}"
        elif default is not None:
            assert whens[name].startswith("default ")


@each_action
def test_selectors_offer_what_the_action_takes(action: Action) -> None:
    schema = probatio.Schema(dict(action.fields))
    examples: dict[str, object] = {
        "device_id": "device",
        "file": "a.gcode",
        "commands": "M105",
        "length": 1,
        "heater": "bed",
        "profile": "PLA",
        "temperature": 0,
        "answer": "failed",
        "entity_id": "camera.shop",
        "print_id": 1,
        "print_ids": [1],
        "frame_id": 1,
        "verdict": "failed",
        "files": ["a.gcode"],
        "folder": "Shelf",
        "name": "b.gcode",
        "power": True,
        "macro": "CLEAN_NOZZLE",
        "distance": 0.05,
        "object": "CLIP_1",
    }
    if action.name == "judge_frame":
        examples["answer"] = "looks_ok"
    needed = {
        str(marker): examples[str(marker)]
        for marker in action.fields
        if isinstance(marker, probatio.Required)
    }
    for name, field in fields_of(action).items():
        offered = selector.selector(field["selector"])
        for value in offers(offered):
            schema(needed | {name: value})
        if isinstance(offered, selector.NumberSelector):
            for beyond in (offered.config["min"] - 1, offered.config["max"] + 1):
                with pytest.raises(probatio.Invalid):
                    schema(needed | {name: beyond})


def offers(offered: selector.Selector[Any]) -> list[object]:
    """Return the limits of what a selector offers."""
    match offered:
        case selector.SelectSelector():
            options = [str(option) for option in offered.config["options"]]
            return [options] if offered.config["multiple"] else [*options]
        case selector.NumberSelector():
            return [offered.config["min"], offered.config["max"]]
        case selector.DeviceSelector():
            return [["a", "b"] if offered.config["multiple"] else "a"]
        case _:
            return []


def test_devices_are_those_of_this_integration() -> None:
    for name, action in DESCRIBED.items():
        filters = action["fields"]["device_id"]["selector"]["device"]["filter"]
        assert filters == {"integration": DOMAIN}, name


def test_options_of_selectors_have_texts_and_none_is_left_over() -> None:
    wanted: dict[str, set[str]] = {}
    for action in DESCRIBED.values():
        for field in action["fields"].values():
            if select := field["selector"].get("select"):
                key = select["translation_key"]
                wanted.setdefault(key, set()).update(select["options"])
    named = {
        key: set(branch(ENGLISH, "selector", key, "options"))
        for key in branch(ENGLISH, "selector")
        if key in wanted
    }
    assert named == wanted
    assert wanted["event_type"] == set(EVENT_TYPES)


@each_action
def test_who_answers_has_an_example_of_it(action: Action) -> None:
    answers = action.supports_response is not SupportsResponse.NONE
    assert ("```json" in sections()[action.name]) is answers
    assert ("response_variable:" in sections()[action.name]) is answers
    (row,) = re.findall(rf"^\| \[`{DOMAIN}\.{action.name}`.*$", DOCUMENT, re.MULTILINE)
    assert row.endswith("| yes |") is answers


def test_limits_are_as_they_are_said_to_be() -> None:
    assert f"colder than {MIN_EXTRUSION_TEMPERATURE:g} °C" in DOCUMENT
    lines = f"1 to {MAX_GCODE_LINES} lines of at most {MAX_GCODE_LENGTH} printable"
    assert lines in DOCUMENT
    assert f"at most {MAX_PICTURE_BYTES // 1024**2} MB" in DOCUMENT
    nozzle, bed, other = sorted(set(MAX_TARGETS.values()), reverse=True)
    limits = f"up to {nozzle:g} for a nozzle, {bed:g} for a bed, {other:g} for all"
    assert limits in DOCUMENT
    assert limits in str(branch(ENGLISH, "services", "set_temperature"))


def test_who_alone_may_is_said() -> None:
    only = [action.name for action in ACTIONS if action.is_for_administrators]
    said = [
        name
        for name, chapter in sections().items()
        if "**For administrators" in chapter
    ]
    assert sorted(said) == sorted(only)
    (summary,) = re.findall(r"^- \*\*Who may\*\*.*$", DOCUMENT, re.MULTILINE)
    assert all(f"`{DOMAIN}.{name}`" in summary for name in only)
