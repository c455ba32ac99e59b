"""Hold the coverage of the last test run against the floors of the quality scale."""

import json
from pathlib import Path
import sys
from tempfile import TemporaryDirectory
from typing import Any

from coverage import Coverage

ALL_MODULES = 95.0
CONFIG_FLOW = 100.0


def figures(coverage: Coverage) -> dict[str, Any]:
    """Return what coverage knows, as its JSON report has it."""
    with TemporaryDirectory() as folder:
        report = Path(folder, "coverage.json")
        coverage.json_report(outfile=str(report))
        return json.loads(report.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def main() -> int:
    """Print the report and what lies below its floor."""
    coverage = Coverage()
    coverage.load()
    coverage.report()

    report = figures(coverage)
    shares = {
        (path, CONFIG_FLOW if path.endswith("/config_flow.py") else ALL_MODULES): file[
            "summary"
        ]["percent_covered"]
        for path, file in report["files"].items()
    }
    shares["branches of all files", ALL_MODULES] = report["totals"][
        "percent_branches_covered"
    ]
    low = [
        f"{name}: {share:.1f} %, wanted {floor:.0f} %"
        for (name, floor), share in shares.items()
        if share < floor
    ]
    print(
        "\n".join(["Too little is tested:", *low] if low else ["Every floor is held."])
    )
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main())
