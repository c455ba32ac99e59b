"""The tables of docs/entities.md."""

from dataclasses import dataclass
from pathlib import Path
import re

DOCUMENT = Path(__file__).parents[1] / "docs" / "entities.md"
_ROW = re.compile(r"\| (\w+) \| `([a-z0-9_{}]+)` \| (.+?) \|(?: (.+?) \|)?")


@dataclass(frozen=True, kw_only=True)
class DocumentedEntity:
    """A row; `offline` is None for the account's, which is never offline."""

    domain: str
    key: str
    text: str
    offline: str | None

    @property
    def is_disabled(self) -> bool:
        """Whether it says that a user has to enable it."""
        return "disabled by default" in self.text


def documented_entities() -> list[DocumentedEntity]:
    """Return all rows."""
    return [
        DocumentedEntity(domain=match[1], key=match[2], text=match[3], offline=match[4])
        for line in DOCUMENT.read_text(encoding="utf-8").splitlines()
        if (match := _ROW.fullmatch(line)) is not None
    ]
