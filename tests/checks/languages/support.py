"""A language: its texts, its voice template, its rows in docs/translating.md, its exceptions."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
import re
from typing import Final

from custom_components.obico.voice import sentences
from dev.json_types import JsonObject
from tests.checks.support import ROOT, TRANSLATIONS, branch, load_json, texts

LANGUAGES: Final = sorted(path.stem for path in TRANSLATIONS.glob("*.json"))
GUIDE: Final = (ROOT / "docs" / "translating.md").read_text(encoding="utf-8")
EXCEPTIONS: Final = Path(__file__).parent / "exceptions"
TEMPLATES: Final = sentences._FOLDER

# The sentences of a language whose texts have another name.
_ASSIST_NAMES: Final = {"pt-BR": "pt", "zh-Hans": "zh"}

type Place = tuple[str, ...]


@dataclass(frozen=True)
class Language:
    """One language, by the name of its file in translations/."""

    name: str

    @property
    def is_english(self) -> bool:
        """Return whether it is what others are translated from."""
        return self.name == "en"

    @cached_property
    def texts(self) -> dict[Place, str]:
        """Return all texts by their place."""
        return texts_of(self.name)

    @cached_property
    def template_file(self) -> Path:
        """Return the file of its sentences for Assist, which there need not be."""
        return TEMPLATES / f"{_ASSIST_NAMES.get(self.name, self.name)}.json"

    @property
    def exceptions_file(self) -> Path:
        """Return the file of its exceptions, which there need not be."""
        return EXCEPTIONS / f"{self.name}.json"

    def exceptions(self, check: str) -> dict[str, str]:
        """Return what is right although a check finds it, each with the reason."""
        if not self.exceptions_file.exists():
            return {}
        stored = branch(load_json(self.exceptions_file), check)
        return {what: str(reason) for what, reason in stored.items()}


@cache
def texts_of(name: str) -> dict[Place, str]:
    """Return the texts of a language by their place."""
    return dict(texts(load_json(TRANSLATIONS / f"{name}.json")))


def english() -> dict[Place, str]:
    """Return the texts that are translated."""
    return texts_of("en")


def rows(heading: str) -> Iterator[dict[str, str]]:
    """Yield the rows of the table below a heading of the guide, by the names of columns."""
    _, _, chapter = GUIDE.partition(f"\n{heading}\n")
    assert chapter, f"docs/translating.md has no {heading}"
    chapter = re.split(r"^#", chapter, maxsplit=1, flags=re.MULTILINE)[0]
    lines = [line for line in chapter.splitlines() if line.startswith("|")]
    columns, _, *body = (
        [cell.strip() for cell in line.strip("|").split("|")] for line in lines
    )
    for cells in body:
        yield dict(zip(columns, cells, strict=True))


def row_of(heading: str, language: Language) -> dict[str, str]:
    """Return the row of a language in the table below a heading of the guide."""
    found = [row for row in rows(heading) if row["language"] == f"`{language.name}`"]
    assert len(found) == 1, f"{heading} of docs/translating.md: {language.name}"
    return found[0]


def stored_template(path: Path) -> JsonObject:
    """Return a file of sentences."""
    return load_json(path)
