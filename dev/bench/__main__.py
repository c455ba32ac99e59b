"""`python -m dev.bench`: the table of docs/performance.md."""

import argparse
from pathlib import Path
import sys

from . import accounts, idle, latency, memory, pushes
from .home import only_log_errors, run
from .results import Result, show, write


def main() -> int:
    """Measure, show, and return 0 if every target is met."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results")
    options = parser.parse_args()
    only_log_errors()
    results: list[Result] = []
    for part in (pushes, latency, idle, accounts, memory):
        results += run(part.measure(quick=options.quick))
    show(results)
    if options.json:
        write(results, options.json)
    return 0 if all(result.is_met for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
