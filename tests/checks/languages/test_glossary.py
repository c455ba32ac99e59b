"""The glossary of docs/translating.md: each term is said as it says, wherever it is meant."""

import re
from typing import Final

from .support import LANGUAGES, Language, english, row_of, rows

GLOSSARY: Final = ("### The printer", "### The print", "### Obico")
# Where a term is part of another one, or the name of a placeholder.
OTHER_THINGS: Final = re.compile(
    r"\{\w+\}|\b(?:print bed|failure score)\b", re.IGNORECASE
)
# Sentences get along without these words: they are looked for in names only.
IN_NAMES: Final = frozenset({"print", "printer"})
MAX_WORDS_OF_NAME: Final = 4
# The forms of a term in English: "layers", "pausing", "cancelled", "retracted".
ENDINGS: Final = r"(?:s|es|d|ed|led|ing|ling|ting|ted)?"


def terms() -> dict[str, str]:
    """Return the terms by the heading of their table."""
    found: dict[str, str] = {}
    for heading in GLOSSARY:
        first = next(rows(heading))
        found |= {term: heading for term in first if term != "language"}
    return found


def pattern_of(term: str) -> re.Pattern[str]:
    """Return what finds a term in English texts."""
    return re.compile(rf"\b{re.sub('e$', '', term)}e?{ENDINGS}\b", re.IGNORECASE)


def test_every_language_has_every_term() -> None:
    for heading in GLOSSARY:
        found = {row["language"].strip("`"): row for row in rows(heading)}
        assert set(LANGUAGES) <= set(found)
        for name, row in found.items():
            assert all(row.values()), f"{heading}: {name}"


def test_terms_are_said_as_the_glossary_says(language: Language) -> None:
    """A cell has the beginnings of words, one of which is in every text with the term."""
    exceptions = language.exceptions("glossary")
    wrong: dict[str, list[str]] = {}
    used: set[str] = set()
    for term, heading in terms().items():
        stems = [
            stem.casefold() for stem in row_of(heading, language)[term].split(" / ")
        ]
        pattern = pattern_of(term)
        for place, text in language.texts.items():
            source = OTHER_THINGS.sub(" ", english()[place])
            if not pattern.search(source) or (
                term in IN_NAMES and len(source.split()) > MAX_WORDS_OF_NAME
            ):
                continue
            # The capital letter of the Turkish "i" folds into two signs.
            folded = text.replace("İ", "i").casefold()
            if any(stem in folded for stem in stems):
                continue
            where = f"{term}: {'.'.join(place)}"
            if where in exceptions:
                used.add(where)
            else:
                wrong.setdefault(term, []).append(f"{'.'.join(place)} = {text}")
    assert wrong == {}, (
        "say them as docs/translating.md does, or give the reason in "
        f"{language.exceptions_file}"
    )
    assert set(exceptions) == used, "an exception is not needed"
