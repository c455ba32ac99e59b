"""icons.json against the rules of hassfest and the entities that there are."""

import pytest

from dev.json_types import as_object

from .support import INTEGRATION, TRANSLATION_KEY, branch, entities, load_json, texts

ICONS = load_json(INTEGRATION / "icons.json")
ENGLISH = load_json(INTEGRATION / "translations" / "en.json")
ENTITIES = list(entities())


def test_every_icon_is_one_of_the_material_design_icons() -> None:
    assert [text for _, text in texts(ICONS) if not text.startswith("mdi:")] == []


def test_every_key_is_a_translation_key() -> None:
    keys = {
        key for path, _ in texts(ICONS) for key in path if path[-2:-1] != ("range",)
    }
    assert [key for key in keys if not TRANSLATION_KEY.fullmatch(key)] == []


@pytest.mark.parametrize(("domain", "key"), ENTITIES)
def test_every_entity_has_an_icon(domain: str, key: str) -> None:
    assert "default" in branch(ICONS, "entity", domain, key)


def test_no_icon_is_of_an_entity_that_is_not_there() -> None:
    icons = [
        (domain, key)
        for domain in branch(ICONS, "entity")
        for key in branch(ICONS, "entity", domain)
    ]
    assert sorted(icons) == sorted(ENTITIES)


@pytest.mark.parametrize(("domain", "key"), ENTITIES)
def test_icons_of_states_are_of_states_that_have_a_name_and_differ_from_the_default(
    domain: str, key: str
) -> None:
    icons = branch(ICONS, "entity", domain, key)
    states = branch(icons, "state")
    assert icons["default"] not in states.values()
    if named := branch(ENGLISH, "entity", domain, key, "state"):
        assert set(states) <= set(named)
    else:
        assert set(states) <= {"on", "off"}


@pytest.mark.parametrize(("domain", "key"), ENTITIES)
def test_ranges_of_icons_are_sorted(domain: str, key: str) -> None:
    limits = [float(limit) for limit in branch(ICONS, "entity", domain, key, "range")]
    assert limits == sorted(set(limits))


@pytest.mark.parametrize("section", ["services", "triggers", "conditions"])
def test_what_automations_use_is_described_translated_and_has_an_icon(
    section: str, described: dict[str, list[str]]
) -> None:
    names = sorted(described[section])
    assert sorted(branch(ENGLISH, section)) == names
    assert sorted(branch(ICONS, section)) == names
    for name in names:
        assert as_object(branch(ICONS, section)[name])
