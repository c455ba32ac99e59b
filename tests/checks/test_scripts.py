"""What the scripts say about themselves."""

from argparse import ArgumentParser
from pathlib import Path
import re
import shutil
import subprocess
from typing import Final

import pytest

from dev.bench.__main__ import make_parser as bench_parser
from dev.browser.screenshots import main as take_pictures
from dev.demo.__main__ import make_parser as demo_parser

from .support import ROOT

SCRIPTS: Final = sorted(
    path.name for path in (ROOT / "scripts").iterdir() if path.is_file()
)
# The lines of options, as `  --port PORT  what for`.
OPTION: Final = re.compile(r"^  (--[\w-]+)(?: ([A-Z]+))?  +\S", re.MULTILINE)


@pytest.mark.parametrize("argument", ["--help", "-h"])
@pytest.mark.parametrize("script", SCRIPTS)
def test_help_installs_nothing(script: str, argument: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    before = sorted(tmp_path.rglob("*"))
    run = subprocess.run(
        [tmp_path / "scripts" / script, argument],
        capture_output=True,
        check=True,
        encoding="utf-8",
        timeout=60,
        env={"PATH": "/usr/bin:/bin"},
    )
    assert f"Usage: scripts/{script}" in run.stdout
    assert "#" not in run.stdout
    assert run.stderr == ""
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    "script", ["bench", "build", "demo", "lint", "screenshots", "setup"]
)
def test_an_unknown_option_is_refused_before_anything_is_installed(
    script: str, tmp_path: Path
) -> None:
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    before = sorted(tmp_path.rglob("*"))
    run = subprocess.run(
        [tmp_path / "scripts" / script, "--hlep"],
        capture_output=True,
        check=False,
        encoding="utf-8",
        timeout=60,
        env={"PATH": "/usr/bin:/bin"},
    )
    assert run.returncode == 2
    first, *_ = run.stderr.splitlines()
    assert first.startswith(f"{script}: unknown ")
    assert first.endswith("--hlep")
    assert f"Usage: scripts/{script}" in run.stderr
    assert run.stdout == ""
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("script", ["bench", "demo"])
def test_a_known_option_is_no_unknown_one(script: str) -> None:
    run = subprocess.run(
        [
            "bash",
            "-c",
            f'. scripts/lib/usage.sh; known_options_only "$@"; echo {script} goes on',
            f"scripts/{script}",
            *(
                f"{option}=1"
                for option, _ in OPTION.findall(
                    (ROOT / "scripts" / script).read_text().replace("\n# ", "\n")
                )
            ),
        ],
        capture_output=True,
        check=True,
        cwd=ROOT,
        encoding="utf-8",
        timeout=60,
    )
    assert run.stdout == f"{script} goes on\n"


async def test_a_picture_that_does_not_exist_is_refused() -> None:
    with pytest.raises(SystemExit, match=r"no picture is called media-dark; there are"):
        await take_pictures({"media", "media-dark"})


@pytest.mark.parametrize(
    ("script", "parser"), [("demo", demo_parser()), ("bench", bench_parser())]
)
def test_help_tells_every_option(script: str, parser: ArgumentParser) -> None:
    described = OPTION.findall(
        (ROOT / "scripts" / script).read_text().replace("\n# ", "\n")
    )
    options = [
        (
            action.option_strings[0],
            "" if action.nargs == 0 else action.metavar or action.dest.upper(),
        )
        for action in parser._actions
    ]
    assert sorted(described) == sorted(options)
