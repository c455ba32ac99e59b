"""The client is a package of its own: it needs nothing of Home Assistant."""

from pathlib import Path
import shutil
import subprocess
import sys

from custom_components.obico import aioobico

_IMPORT_ALONE = """
import sys
sys.modules["homeassistant"] = None
sys.modules["custom_components"] = None
import aioobico
missing = [name for name in aioobico.__all__ if not hasattr(aioobico, name)]
assert not missing, missing
assert not [name for name in sys.modules if name.startswith("homeassistant.")]
"""


def test_it_can_be_imported_alone_without_home_assistant(tmp_path: Path) -> None:
    shutil.copytree(Path(aioobico.__file__).parent, tmp_path / "aioobico")
    done = subprocess.run(
        [sys.executable, "-c", _IMPORT_ALONE],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_it_is_marked_as_typed() -> None:
    assert (Path(aioobico.__file__).parent / "py.typed").is_file()
