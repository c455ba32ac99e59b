"""Hold the coverage of the last test run against the floors of the quality scale."""

import json
from pathlib import Path
import sys
from tempfile import TemporaryDirectory
from typing import Any

from coverage import Coverage

INTEGRATION = "custom_components/obico"
ALL_MODULES = 95.0
CONFIG_FLOW = 100.0
CONFIG_FLOW_MODULES = {
    f"{INTEGRATION}/{name}.py"
    for name in (
        "agent/flow",
        "agent/forms",
        "agent/repair_flows",
        "agent/subentries",
        "application_credentials",
        "config_flow",
        "account/account_flow",
        "account/application",
        "account/credentials",
        "account/find_server",
        "account/oauth_implementation",
        "account/options_flow",
        "account/sign_in",
        "account/sign_in_errors",
        "account/sign_in_forms",
        "account/typed_server",
    )
}


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
        (path, CONFIG_FLOW if path in CONFIG_FLOW_MODULES else ALL_MODULES): file[
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
    # One that was moved or renamed would be held to less without a word.
    low += [
        f"{path}: there is no such module"
        for path in sorted(CONFIG_FLOW_MODULES - report["files"].keys())
    ]
    print(
        "\n".join(["Too little is tested:", *low] if low else ["Every floor is held."])
    )
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main())
