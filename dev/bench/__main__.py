"""`python -m dev.bench`: the table of docs/performance.md, or where the time of a push goes."""

import argparse
import asyncio
from pathlib import Path
import sys
from typing import Final

from . import accounts, dashboard, event_requests, idle, latency, memory, pushes
from .home import only_log_errors, run
from .profile import profile
from .results import Result, show, write

_PARTS: Final = {
    module.__name__.rpartition(".")[2]: module
    for module in (pushes, latency, event_requests, idle, accounts, memory)
}


def main() -> int:
    """Measure, show, and return 0 if every target is met."""
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description="Measure the integration in a real Home Assistant, and compare with the targets.",
    )
    parser.add_argument(
        "--quick", action="store_true", help="fewer of everything: less exact"
    )
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="write the results to a file, too"
    )
    parser.add_argument(
        "--profile",
        action="store_true",
        help="show where the time of a push goes, and nothing else",
    )
    parser.add_argument(
        "--dashboard",
        action="store_true",
        help="measure how the dashboard of many printers opens in a browser, and nothing else",
    )
    parser.add_argument(
        "--only",
        type=_names_of_parts,
        default=list(_PARTS),
        metavar="PART,…",
        help=f"measure only these: {', '.join(_PARTS)}",
    )
    options = parser.parse_args()
    only_log_errors()
    if options.profile:
        print(run(profile(quick=options.quick)))
        return 0

    results: list[Result] = []
    if options.dashboard:
        # Home Assistant is another process there.
        results += asyncio.run(dashboard.measure(quick=options.quick))
    else:
        for name in options.only:
            print(f"measuring {name} …", file=sys.stderr)
            results += run(_PARTS[name].measure(quick=options.quick))
    show(results)
    if options.json:
        write(results, options.json)
    return 0 if all(result.is_met for result in results) else 1


def _names_of_parts(text: str) -> list[str]:
    """Return the names that are separated by commas."""
    names = text.split(",")
    if unknown := set(names) - _PARTS.keys():
        raise argparse.ArgumentTypeError(f"no such part: {', '.join(sorted(unknown))}")
    return names


if __name__ == "__main__":
    sys.exit(main())
