"""What the scripts say about themselves."""

from argparse import ArgumentParser
from pathlib import Path
import re
import shutil
import subprocess
import sys
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


def called(
    folder: Path, script: str, *arguments: str
) -> subprocess.CompletedProcess[str]:
    """Call a script in a folder that has nothing else, and see that nothing is installed."""
    shutil.copytree(ROOT / "scripts", folder / "scripts")
    before = sorted(folder.rglob("*"))
    run = subprocess.run(
        [folder / "scripts" / script, *arguments],
        capture_output=True,
        check=False,
        encoding="utf-8",
        timeout=60,
        env={"PATH": "/usr/bin:/bin"},
    )
    assert sorted(folder.rglob("*")) == before
    return run


@pytest.mark.parametrize(
    "script", ["bench", "build", "demo", "lint", "screenshots", "setup", "test"]
)
def test_an_unknown_option_is_refused_before_anything_is_installed(
    script: str, tmp_path: Path
) -> None:
    run = called(tmp_path, script, "--hlep")
    assert run.returncode == 2
    first, *_ = run.stderr.splitlines()
    assert first.startswith(f"{script}: unknown ")
    assert first.endswith("--hlep")
    assert f"Usage: scripts/{script}" in run.stderr
    assert run.stdout == ""


@pytest.mark.parametrize(
    ("call", "complaint"),
    [
        ("demo foo", "unknown argument: foo"),
        ("demo --keep=1", "--keep takes no value: --keep=1"),
        ("demo --port", "--port wants a value"),
        ("demo --por 8123", "unknown option: --por"),
        ("bench --quick idle", "unknown argument: idle"),
        ("lint tests", "unknown argument: tests"),
        ("setup --homeassistant newest", "newest is no version of Home Assistant"),
        ("test -hlep", "unknown option: -hlep"),
        ("test -k", "-k wants a value"),
        ("test --cov=obico", "--cov takes no value: --cov=obico"),
        ("test tests/no_such.py", "there is no such file: tests/no_such.py"),
        ("test --all -x", "--all goes with --long only: --all -x"),
    ],
)
def test_a_call_that_cannot_be_meant_is_refused_before_anything_is_installed(
    call: str, complaint: str, tmp_path: Path
) -> None:
    script, *arguments = call.split()
    run = called(tmp_path, script, *arguments)
    assert run.returncode == 2
    assert run.stderr.startswith(f"{script}: {complaint}\n\n")
    assert f"Usage: scripts/{script}" in run.stderr


def checked(script: str, *arguments: str) -> str:
    """Check the arguments of a script as it does itself; return which are no options."""
    run = subprocess.run(
        [
            "bash",
            "-euc",
            '. scripts/lib/usage.sh; check_options "$@"; echo ${plain_arguments[@]+"${plain_arguments[@]}"}',
            f"scripts/{script}",
            *arguments,
        ],
        capture_output=True,
        check=True,
        cwd=ROOT,
        encoding="utf-8",
        timeout=60,
    )
    return run.stdout.strip()


@pytest.mark.parametrize("script", ["bench", "demo"])
def test_a_known_option_is_no_unknown_one(script: str) -> None:
    described = OPTION.findall(
        (ROOT / "scripts" / script).read_text().replace("\n# ", "\n")
    )
    for equals in ([], [value for _, value in described]):
        options: list[str] = []
        for option, value in described:
            options += [f"{option}=1"] if equals and value else [option]
            options += ["1"] if value and not equals else []
        assert checked(script, *options) == ""


@pytest.mark.parametrize(
    ("arguments", "paths"),
    [
        ("-k -1 tests -q", "tests"),
        ("-xq --tb=short tests/dev tests/aioobico", "tests/dev tests/aioobico"),
        ("tests/drills --long --drill-seed 7", "tests/drills"),
        ("-n2 -p no:cacheprovider --lf", ""),
    ],
)
def test_options_of_pytest_are_known_to_the_tests(arguments: str, paths: str) -> None:
    assert checked("test", *arguments.split()) == paths


@pytest.mark.parametrize(
    ("module", "option", "value", "complaint"),
    [
        ("demo", "--port", "99999", "99999 is no port from 1 to 65535"),
        ("demo", "--obico-port", "-5", "-5 is no port from 1 to 65535"),
        ("demo", "--port", "http", "http is no port from 1 to 65535"),
        ("demo", "--speed", "0", "0 is no number above 0"),
        ("demo", "--timeout", "nan", "nan is no number above 0"),
        ("bench", "--only", "idle,rest", "no such part: rest"),
        ("bench", "--json", "no/such/folder/x", "no/such/folder/x is no file"),
    ],
)
def test_a_value_that_cannot_be_meant_is_refused_at_once(
    module: str,
    option: str,
    value: str,
    complaint: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    parser = {"demo": demo_parser, "bench": bench_parser}[module]()
    with pytest.raises(SystemExit):
        parser.parse_args([option, value])
    assert f"argument {option}: {complaint}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("module", "script"),
    [
        ("dev.demo", "demo"),
        ("dev.bench", "bench"),
        ("dev.browser.screenshots", "screenshots"),
    ],
)
def test_the_module_of_a_script_has_the_same_help(module: str, script: str) -> None:
    run = subprocess.run(
        [sys.executable, "-m", module, "--help"],
        capture_output=True,
        check=True,
        cwd=ROOT,
        encoding="utf-8",
        timeout=60,
    )
    assert f"Usage: scripts/{script}" in run.stdout


@pytest.mark.parametrize(
    ("option", "value", "complaint"),
    [
        ("--port", "65536", "65536 is no port from 1 to 65535"),
        ("--speed", "-1", "-1 is no number above 0"),
        ("--host", "256.0.0.1", "The server cannot listen: "),
    ],
)
def test_the_simulated_server_says_in_one_line_what_it_cannot_do(
    option: str, value: str, complaint: str
) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "dev", option, value],
        capture_output=True,
        check=False,
        cwd=ROOT,
        encoding="utf-8",
        timeout=60,
    )
    assert run.returncode != 0
    assert complaint in run.stderr.splitlines()[-1]


def test_what_the_demo_cannot_do_is_said_in_one_line() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "dev.demo", "--homeassistant", "0", "--obico-port", "0"],
        capture_output=True,
        check=False,
        cwd=ROOT,
        encoding="utf-8",
        timeout=60,
    )
    assert run.returncode == 1
    assert "Traceback" not in run.stdout + run.stderr
    assert run.stdout.splitlines()[-1].endswith(
        "scripts/setup --homeassistant VERSION makes it"
    )


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
