"""The texts of each language: complete, with the same placeholders, numbers and units, and in it."""

from collections.abc import Iterator
import re
from typing import Final

import pytest

from custom_components.obico.voice.plurals import SEPARATOR, choose_form, forms
from tests.checks.support import placeholders

from .support import EXCEPTIONS, LANGUAGES, Language, english, row_of, rows, texts_of

# What is called so in every language. Words of one's own are in docs/translating.md.
NAMES: Final = re.compile(
    r"\b(?:Obico Cloud|Obico|OctoPrint|Klipper|Moonraker|Spoolman|Home Assistant|Google|"
    r"Facebook|Apple|OAuth|G-code|JPEG|PNG|Assist|confidential|authorization code)\b"
)
PLACEHOLDER: Final = re.compile(r"\{\w+\}")
# Numbers with their units, and units with a placeholder in front of them.
NUMBER: Final = re.compile(r"(?<![\w{])\d+(?:[.,]\d+)?(?![\w}])")
UNIT: Final = re.compile(r"(?:(?<=\} )|(?<=\d ))(°C|°F|mm|m|s|g|%)(?![\w°])")
LETTER: Final = re.compile(r"[^\W\d_]")
# The two ways to write an apostrophe within a word.
APOSTROPHES: Final = (re.compile(r"(?<=\w)'(?=\w)"), re.compile(r"(?<=\w)’(?=\w)"))

# The writing of languages that do not use Latin letters.
SCRIPTS: Final = {
    "ja": re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]"),
    "ko": re.compile(r"[\uac00-\ud7af]"),
    "ru": re.compile(r"[\u0400-\u04ff]"),
    "uk": re.compile(r"[\u0400-\u04ff]"),
    "zh-Hans": re.compile(r"[\u4e00-\u9fff]"),
    "zh-Hant": re.compile(r"[\u4e00-\u9fff]"),
}
# Letters and words that a language does not have, but the one that it is mistaken for.
FOREIGN: Final = {
    "ru": re.compile(r"[іїєґІЇЄҐ]"),
    "uk": re.compile(r"[ыэъёЫЭЪЁ]"),
    "pt": re.compile(
        r"\b(?:arquivos?|usuários?|tela|você|senha|salvar)\b", re.IGNORECASE
    ),
    "pt-BR": re.compile(
        r"\b(?:ficheiros?|utilizador|ecrã|palavra-passe|guardar)\b", re.IGNORECASE
    ),
    "zh-Hans": re.compile(
        r"[機門頭題時間個過這為應請設檢測級層熱啟動報錯誤擊斷線電開關無連續]"
    ),
    "zh-Hant": re.compile(
        r"[机门头题时间个过这为应请设检测级层热启动报错误击断线电开关无连续]"
    ),
}
# English words that hardly any other language has.
ENGLISH_WORD: Final = re.compile(
    r"\b(?:the|and|this|that|with|which|your|been|will|when|whether|would|should|"
    r"does|did|what|where|there|their|then|than|it's|isn't|cannot)\b",
    re.IGNORECASE,
)


def test_every_language_has_a_row_in_the_guide_and_exceptions_are_of_a_language() -> (
    None
):
    named = [row["language"].strip("`") for row in rows("## How the languages speak")]
    assert set(LANGUAGES) <= set(named)
    assert len(named) == len(set(named))
    assert {path.stem for path in EXCEPTIONS.glob("*.json")} <= set(LANGUAGES)


def test_nothing_is_missing_and_nothing_left_over(language: Language) -> None:
    assert set(language.texts) == set(english())


def test_placeholders_are_those_of_english(language: Language) -> None:
    wrong = {
        ".".join(place): text
        for place, text in language.texts.items()
        if placeholders(text) != placeholders(english()[place])
    }
    assert wrong == {}


def test_numbers_and_units_are_those_of_english(language: Language) -> None:
    """A number that is changed, or °C that became °F, is wrong in any language."""
    exceptions = language.exceptions("numbers")
    wrong = {}
    for place, text in language.texts.items():
        source = english()[place]
        missing = [
            found
            for pattern in (NUMBER, UNIT)
            for found in pattern.findall(source)
            if found not in text
        ]
        if missing and ".".join(place) not in exceptions:
            wrong[".".join(place)] = (missing, text)
    assert wrong == {}


def test_apostrophes_are_written_in_one_way(language: Language) -> None:
    ways = [
        {
            ".".join(place)
            for place, text in language.texts.items()
            if apostrophe.search(text)
        }
        for apostrophe in APOSTROPHES
    ]
    assert min(ways, key=len) == set()


def test_texts_with_a_number_have_the_plural_forms_of_the_language(
    language: Language,
) -> None:
    """One form for all numbers, or as many as the language has, in all of which it is said."""
    with_forms = {
        place
        for name in LANGUAGES
        for place, text in texts_of(name).items()
        if SEPARATOR in text
    }
    assert with_forms
    for place in with_forms:
        count = language.texts[place].count(SEPARATOR) + 1
        assert count in {1, forms(language.name)}, ".".join(place)
    assert all(place[0] == "common" for place in with_forms), "only voice says forms"


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("de", "baaaaaaaaa"),
        ("fr", "bbaaaaaaaa"),
        ("ja", "bbbbbbbbbb"),
    ],
)
def test_forms_go_with_numbers_as_in_the_language(name: str, wanted: str) -> None:
    numbers = (1, 0, 2, 4, 5, 11, 12, 21, 22, 111)
    said = "".join(choose_form("b | a", name, number) for number in numbers)
    assert said == wanted


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("cs", "obmmbbbbbb"),
        ("pl", "obmmbbbbmb"),
        ("ru", "obmmbbbomb"),
        ("uk", "obmmbbbomb"),
    ],
)
def test_slavic_languages_have_three_forms(name: str, wanted: str) -> None:
    numbers = (1, 0, 2, 4, 5, 11, 12, 21, 22, 111)
    said = "".join(choose_form("o | m | b", name, number) for number in numbers)
    assert said == wanted


def own_words(text: str) -> str:
    """Return a text without what is the same in all languages."""
    return NAMES.sub(" ", PLACEHOLDER.sub(" ", text))


def is_translatable(text: str) -> bool:
    """Return whether a text has words that languages have of their own."""
    return len(LETTER.findall(own_words(UNIT.sub(" ", text)))) > 1


def left_english(language: Language) -> Iterator[tuple[str, str]]:
    """Yield the texts that are as in English, by their place."""
    for place, text in language.texts.items():
        if text == english()[place] and is_translatable(text):
            yield ".".join(place), text


def test_nothing_stayed_english(language: Language) -> None:
    """What is the same in this language stands in its exceptions, with the reason."""
    if language.is_english:
        return
    exceptions = language.exceptions("same_as_english")
    found = dict(left_english(language))
    left = {place: text for place, text in found.items() if text not in exceptions}
    assert left == {}, (
        f"translate them, or give the reason in {language.exceptions_file}"
    )
    assert set(exceptions) <= set(found.values()), "an exception is not needed"
    assert all(exceptions.values()), "an exception has no reason"


def test_no_english_words_are_in_between(language: Language) -> None:
    if language.is_english:
        return
    exceptions = language.exceptions("english_words")
    wrong = {
        ".".join(place): text
        for place, text in language.texts.items()
        if ENGLISH_WORD.search(own_words(text)) and ".".join(place) not in exceptions
    }
    assert wrong == {}


def test_it_is_written_in_the_letters_of_the_language(language: Language) -> None:
    exceptions = language.exceptions("same_as_english")
    if script := SCRIPTS.get(language.name):
        without = {
            ".".join(place): text
            for place, text in language.texts.items()
            if is_translatable(english()[place])
            and english()[place] not in exceptions
            and not script.search(text)
        }
        assert without == {}
    if foreign := FOREIGN.get(language.name):
        mixed = {
            ".".join(place): text
            for place, text in language.texts.items()
            if foreign.search(text)
        }
        assert mixed == {}


def test_users_are_addressed_as_the_guide_says(language: Language) -> None:
    """The guide has words that would address them otherwise."""
    never = row_of("## How the languages speak", language)["never"].strip("`")
    if not never:
        return
    words = never.replace(" / ", "|")
    # Chinese and Japanese have no blanks around words.
    is_spaced = language.name not in {"ja", "zh-Hans", "zh-Hant"}
    # Where a sentence begins, "Ihre" may also be "their", and "Er" "he".
    pattern = re.compile(
        rf"(?<=[\w,;:–)}}] )(?:{words})(?![\w-])" if is_spaced else words
    )
    exceptions = language.exceptions("address")
    wrong = {
        ".".join(place): text
        for place, text in language.texts.items()
        if pattern.search(text) and ".".join(place) not in exceptions
    }
    assert wrong == {}


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("Printers", True),
        ("Sign in to {url}.", True),
        ("{count} mm", False),
        ("{progress} %", False),
        ("Home Assistant", False),
        ("G-code", False),
        ("{name}: {status}", False),
        ("X", False),
    ],
)
def test_what_has_words_of_its_own_is_to_be_translated(
    text: str, is_found: bool
) -> None:
    assert is_translatable(text) is is_found


def test_texts_that_stayed_english_are_found() -> None:
    """A language that is a mere copy has hardly a text that may stay."""
    copy = Language("xx")
    copy.__dict__["texts"] = english()
    found = list(left_english(copy))
    assert len(found) > 0.95 * len(english())
    assert ENGLISH_WORD.search("Warte, until the Drucker fertig ist")
    assert not ENGLISH_WORD.search("Warte, bis der Drucker fertig ist")
