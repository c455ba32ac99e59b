"""docs/triggers and docs/conditions against the triggers and conditions in the code."""

from collections.abc import Iterable
from pathlib import Path
import re

import pytest
import yaml

from custom_components.obico.automation.variables import PrinterVariables
from custom_components.obico.condition import CONDITIONS
from custom_components.obico.trigger import TRIGGERS
from dev.json_types import JsonObject, JsonValue, as_object

from .support import INTEGRATION, ROOT, TRANSLATIONS, branch, load_json

ENGLISH = load_json(TRANSLATIONS / "en.json")
SECTIONS = {"triggers": TRIGGERS, "conditions": CONDITIONS}
PAGES = [(section, name) for section, names in SECTIONS.items() for name in names]

pages = pytest.mark.parametrize(("section", "name"), PAGES)

# `obico.started_printing`, wherever it stands.
NAMED = re.compile(r"\bobico\.(\w+)\b")
VARIABLE = re.compile(r"\btrigger\.(\w+)")
ENTITY_KEY = re.compile(r"trigger\.entities\['([\w.]+)'\]")
ROW = re.compile(r"^\| `(\w+)` \| `([^`]+)` \|", re.MULTILINE)
LINK = re.compile(r"\]\(([^)#]+)(?:#[\w-]+)?\)")
# What Home Assistant tells of the entity, whatever triggered.
OF_HOME_ASSISTANT = {"entity_id", "from_state", "to_state", "for"}


def load_yaml(path: Path) -> JsonObject:
    """Return what a file describes."""
    described: JsonObject = yaml.safe_load(path.read_text(encoding="utf-8"))
    return described


def folder(section: str) -> Path:
    """Return where the pages of a section are."""
    return ROOT / "docs" / section


def text_of_page(section: str, name: str) -> str:
    """Return a page."""
    return (folder(section) / f"{name}.md").read_text(encoding="utf-8")


def all_texts() -> Iterable[str]:
    """Yield all pages, the lists of them with them."""
    for section in SECTIONS:
        for path in folder(section).glob("*.md"):
            yield path.read_text(encoding="utf-8")


def words_of(default: JsonValue) -> str:
    """Return a default as the pages write it: a threshold is `below 10 min`, no text `""`."""
    if default == "":
        return '""'
    if not isinstance(default, dict):
        return str(default)
    limit = as_object(default["value"]).values()
    return " ".join(map(str, (default["type"], *limit)))


@pytest.mark.parametrize("section", SECTIONS)
def test_everything_has_a_page_and_every_page_is_listed(section: str) -> None:
    names = sorted(SECTIONS[section])
    paths = sorted(path.stem for path in folder(section).glob("*.md"))
    assert paths == ["README", *names]
    listed = re.findall(
        r"^\| \[([^]]+)\]\((\w+)\.md\) \| `obico\.(\w+)` \|",
        text_of_page(section, "README"),
        re.MULTILINE,
    )
    assert listed == [
        (as_object(branch(ENGLISH, section)[name])["name"], name, name)
        for name in SECTIONS[section]
    ]


@pages
def test_a_page_has_the_name_that_users_see_and_an_example(
    section: str, name: str
) -> None:
    text = text_of_page(section, name)
    shown = as_object(branch(ENGLISH, section)[name])["name"]
    assert text.startswith(f"# {shown}\n\n`obico.{name}`\n")
    assert f"**{shown}**" in text
    parts = ["**For example:**", "## In the UI", "## In YAML", "## Options"]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)
    assert f"{section[:-1]}: obico.{name}\n" in text


@pages
def test_the_options_are_those_that_there_are(section: str, name: str) -> None:
    described = load_yaml(INTEGRATION / f"{section}.yaml")
    fields = branch(described, name, "fields")
    defaults = {
        field: words_of(as_object(what)["default"]) for field, what in fields.items()
    }
    assert dict(ROW.findall(text_of_page(section, name))) == defaults


def test_nothing_is_named_that_is_not_there() -> None:
    known = {name for names in SECTIONS.values() for name in names}
    known |= load_yaml(INTEGRATION / "services.yaml").keys()
    told = set(PrinterVariables.__annotations__)
    for text in all_texts():
        assert set(NAMED.findall(text)) <= known
        assert set(VARIABLE.findall(text)) <= told | OF_HOME_ASSISTANT


def test_every_variable_is_explained() -> None:
    text = text_of_page("triggers", "README")
    for name in PrinterVariables.__annotations__:
        assert f"`trigger.{name}`" in text


def test_the_keys_of_entities_are_keys() -> None:
    entities = (ROOT / "docs" / "entities.md").read_text(encoding="utf-8")
    keys = [key.split(".") for text in all_texts() for key in ENTITY_KEY.findall(text)]
    assert keys
    for domain, key in keys:
        assert f"| {domain} | `{key}` |" in entities


def test_links_lead_somewhere() -> None:
    for section in SECTIONS:
        for path in folder(section).glob("*.md"):
            for link in LINK.findall(path.read_text(encoding="utf-8")):
                assert (path.parent / link).exists(), f"{path.name}: {link}"
