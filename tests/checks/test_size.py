"""No file is so long that nobody reads it to its end."""

from pathlib import Path
from typing import Final

from .support import ROOT

MAX_LINES: Final = 400
FOLDERS: Final = ("custom_components", "dev", "frontend", "scripts")
# Descriptions of entities, one after the other.
DESCRIPTIONS: Final = {"custom_components/obico/sensor.py"}
# To be split.
TOO_LONG: Final[set[str]] = set()


def is_source(path: Path) -> bool:
    """Return whether it is Python or TypeScript of ours, and no test."""
    return path.suffix in {".py", ".ts"} and not {"node_modules", "test"} & set(
        path.parts
    )


def test_no_source_file_is_long() -> None:
    long = {
        path.relative_to(ROOT).as_posix()
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*")
        if is_source(path)
        and len(path.read_text(encoding="utf-8").splitlines()) > MAX_LINES
    }
    assert long == DESCRIPTIONS | TOO_LONG
