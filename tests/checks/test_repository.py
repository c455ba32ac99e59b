"""The repository as others find it: pictures, links, workflows."""

from collections.abc import Iterator
from pathlib import Path
import re
from typing import Final

from PIL import Image
import pytest
import yaml

from .support import INTEGRATION, ROOT

BRAND: Final = INTEGRATION / "brand"
# What Home Assistant asks of brand images: icons are square, of logos the shortest side counts.
ICONS: Final = {"": 256, "@2x": 512}
LOGOS: Final = {"": (128, 256), "@2x": (256, 512)}

MARKDOWN_LINK: Final = re.compile(r"\]\((?!https?://|#|mailto:)([^)#\s]+)")
PINNED: Final = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}")
# Nothing here may lean on what lies beside the repository on somebody's machine.
OUTSIDE: Final = re.compile(r"(?:\.\./)+shared\b|/work/|/home/\w+/")

GENERATED: Final = {
    ".demo",
    ".git",
    ".hypothesis",
    ".tools",
    ".venv",
    "__pycache__",
    "node_modules",
}
# Where it is told which Home Assistant of pyproject.toml everything is tried with.
NAMES_THE_LOCKED: Final = (".ci/run", "docs/development.md", "scripts/demo")
WORKFLOWS: Final = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def repository_files() -> Iterator[Path]:
    """Yield all files that belong to the repository."""
    for folder, folders, names in ROOT.walk():
        # In place: what is removed from the list is not walked into.
        folders[:] = [
            name
            for name in folders
            if name not in GENERATED and not name.endswith("_cache")
        ]
        # In a work tree .git is a file.
        yield from (folder / name for name in names if name not in GENERATED)


@pytest.mark.parametrize("suffix", ICONS)
@pytest.mark.parametrize("theme", ["", "dark_"])
def test_icons_are_square_trimmed_and_transparent(theme: str, suffix: str) -> None:
    with Image.open(BRAND / f"{theme}icon{suffix}.png") as icon:
        assert icon.format == "PNG"
        assert icon.size == (ICONS[suffix], ICONS[suffix])
        assert icon.getchannel("A").getextrema()[0] == 0
        assert icon.getbbox() == (0, 0, *icon.size)


@pytest.mark.parametrize("suffix", LOGOS)
@pytest.mark.parametrize("theme", ["", "dark_"])
def test_logos_are_wide_trimmed_and_transparent(theme: str, suffix: str) -> None:
    smallest, largest = LOGOS[suffix]
    with Image.open(BRAND / f"{theme}logo{suffix}.png") as logo:
        assert logo.format == "PNG"
        assert smallest <= min(logo.size) <= largest
        assert logo.width > logo.height
        assert logo.getchannel("A").getextrema()[0] == 0
        assert logo.getbbox() == (0, 0, *logo.size)


def test_links_between_pages_lead_somewhere() -> None:
    dead = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in repository_files()
        if page.suffix == ".md"
        for target in MARKDOWN_LINK.findall(page.read_text())
        if not (page.parent / target).exists()
    ]
    assert dead == []


def test_the_picture_of_the_readme_is_small() -> None:
    assert "docs/images/dashboard-light.png" in (ROOT / "README.md").read_text()
    assert (ROOT / "docs" / "images" / "dashboard-light.png").stat().st_size < 400_000


@pytest.mark.parametrize("name", NAMES_THE_LOCKED)
def test_the_locked_home_assistant_is_named_as_it_is(name: str) -> None:
    project = (ROOT / "pyproject.toml").read_text()
    locked = re.findall(r'"homeassistant==([\d.]+)"', project)
    assert len(locked) == 1
    assert (
        re.findall(r"locked\b.*?(\d+\.\d+\.\d+)", (ROOT / name).read_text()) == locked
    )


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_workflows_pin_their_actions_and_may_only_read(path: Path) -> None:
    workflow = yaml.safe_load(path.read_text())
    assert workflow["permissions"] == {"contents": "read"}
    for job in workflow["jobs"].values():
        for step in job["steps"]:
            assert "uses" not in step or PINNED.fullmatch(step["uses"])


def is_inside(path: Path, place: str) -> bool:
    """Return whether what a file names from where it stands is part of the repository."""
    named = (path.parent / place).resolve()
    return named.is_relative_to(ROOT) and named.exists()


def test_no_file_names_a_place_outside_the_repository() -> None:
    binary = {".png", ".jpg", ".coverage"}
    named = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in repository_files()
        if path.suffix not in binary and path != Path(__file__)
        for match in OUTSIDE.finditer(path.read_text(errors="replace"))
        if not is_inside(path, match[0])
    ]
    assert named == []
