"""`python -m dev.bench`: print the table of docs/performance.md, or a profile of a push."""

import argparse
import asyncio
from pathlib import Path
import sys
from typing import Final

from ..command_line import help_if_wanted
from . import (
    accounts,
    agents,
    dashboard,
    event_requests,
    idle,
    latency,
    live_video,
    memory,
    prints,
    pushes,
    states,
    webcams,
    workshop,
)
from .home import run
from .profile import profile
from .results import Result, show, write

_PARTS: Final = {
    module.__name__.rpartition(".")[2]: module
    for module in (
        pushes,
        states,
        latency,
        event_requests,
        idle,
        webcams,
        workshop,
        agents,
        prints,
        accounts,
        memory,
    )
}


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line; scripts/bench documents the options."""
    parser = argparse.ArgumentParser(prog="scripts/bench", add_help=False)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=_file_to_write, metavar="FILE")
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--dashboard", action="store_true")
    parser.add_argument("--live-video", action="store_true")
    parser.add_argument(
        "--only", type=_names_of_parts, default=list(_PARTS), metavar="PARTS"
    )
    return parser


def main() -> int:
    """Measure, show, and return 0 if every target is met."""
    help_if_wanted("bench")
    options = make_parser().parse_args()
    if options.profile:
        print(run(profile(quick=options.quick)))
        return 0

    results: list[Result] = []
    if options.dashboard:
        # This one runs Home Assistant in another process.
        results += asyncio.run(dashboard.measure(quick=options.quick))
    elif options.live_video:
        results += asyncio.run(live_video.measure(quick=options.quick))
    else:
        for name in options.only:
            print(f"measuring {name} …", file=sys.stderr)
            results += run(_PARTS[name].measure(quick=options.quick))
    show(results)
    if options.json:
        write(results, options.json)
    return 0 if all(result.is_met for result in results) else 1


def _file_to_write(text: str) -> Path:
    """Return the path of a file, which is written after all has been measured."""
    path = Path(text)
    if path.is_dir() or not path.parent.is_dir():
        raise argparse.ArgumentTypeError(f"{text} is no file that could be written")
    return path


def _names_of_parts(text: str) -> list[str]:
    """Return the names that are separated by commas."""
    names = text.split(",")
    if unknown := set(names) - _PARTS.keys():
        raise argparse.ArgumentTypeError(f"no such part: {', '.join(sorted(unknown))}")
    return names


if __name__ == "__main__":
    sys.exit(main())
