"""docs/entities.md against the entities in the code."""

from custom_components.obico.printer.heaters import HeaterKind
from custom_components.obico.printer.temperatures import (
    MAX_PROFILE_TARGETS,
    MAX_TARGETS,
)
from homeassistant.helpers.entity import EntityDescription
from tests.entity_table import documented_entities

from .support import ROOT, descriptions, platforms

DOCUMENT = (ROOT / "docs" / "entities.md").read_text(encoding="utf-8")


def key_of(description: EntityDescription) -> str:
    """Return what the end of an entity's unique id is called; heaters put their own before it."""
    if description.translation_key is None:
        return f"{{heater}}_{description.key}"
    return description.key


def described() -> dict[tuple[str, str], EntityDescription]:
    """Return all entities in the code."""
    return {
        (domain, key_of(description)): description
        for domain, module in platforms().items()
        for description in descriptions(domain, module)
    }


def test_every_entity_is_documented_once_and_none_else() -> None:
    documented = [(row.domain, row.key) for row in documented_entities()]
    assert sorted(documented) == sorted(described())


def test_what_is_disabled_by_default_is_said_to_be() -> None:
    said = {(row.domain, row.key) for row in documented_entities() if row.is_disabled}
    is_so = {
        key
        for key, description in described().items()
        if not description.entity_registry_enabled_default
    }
    assert said == is_so


def test_what_heaters_take_is_said() -> None:
    assert {MAX_TARGETS[kind] for kind in HeaterKind} == {350.0, 140.0, 80.0}
    assert set(MAX_PROFILE_TARGETS.values()) == {350.0, 140.0}
    for words in (
        "nozzles are heated to 350 °C at most",
        "beds to 140 °C",
        "all others, the chamber among them, to 80 °C",
        "chamber or another heater to 140 °C",
    ):
        assert words in DOCUMENT


def test_every_option_is_named() -> None:
    for row in documented_entities():
        options = getattr(described()[row.domain, row.key], "options", None)
        if options and row.key != "time_left_origin":
            assert [option for option in options if option not in row.text] == []
