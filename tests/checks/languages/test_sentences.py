"""The sentences for Assist of each language that has them: complete, and in that language."""

import re

from custom_components.obico.voice import sentences, texts
from tests.checks.support import branch, load_json

from .support import LANGUAGES, TEMPLATES, Language, stored_template
from .test_texts import ENGLISH_WORD, SCRIPTS

ENGLISH = stored_template(TEMPLATES / "en.json")


def strings(value: object) -> list[str]:
    """Return all texts in a part of a file."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for each in value.values() for text in strings(each)]
    assert isinstance(value, list)
    return [text for each in value for text in strings(each)]


def words_in(template: str) -> str:
    """Return what a template has besides rules and lists, whose names are English."""
    return re.sub(r"<\w+>|\{\w+\}", " ", template)


def test_the_code_knows_the_languages() -> None:
    assert list(texts.LANGUAGES) == LANGUAGES
    assert {path.stem for path in TEMPLATES.glob("*.json")} == set(sentences.LANGUAGES)


def test_answers_can_be_given_in_it(language: Language) -> None:
    assert language.name in texts.LANGUAGES


def test_it_has_every_intent(language: Language) -> None:
    if not language.template_file.exists():
        return
    stored = load_json(language.template_file)
    assert set(stored) == set(ENGLISH)
    for part in ("intents", "while_asked"):
        assert set(branch(stored, part)) == set(branch(ENGLISH, part))


def test_no_sentence_stayed_english(language: Language) -> None:
    if language.is_english or not language.template_file.exists():
        return
    stored = load_json(language.template_file)
    said = [
        text
        for text in strings([stored["intents"], stored["rules"], stored["around"]])
        if re.search(r"[^\W\d]", words_in(text))
    ]
    assert set(said) & set(strings([ENGLISH["intents"], ENGLISH["around"]])) == set()
    assert [text for text in said if ENGLISH_WORD.search(words_in(text))] == []
    if script := SCRIPTS.get(language.name):
        assert [text for text in said if not script.search(text)] == []
