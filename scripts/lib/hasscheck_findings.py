"""Run hasscheck, and print what it finds without its table of rules that hold.

Its recommendations are named only: they are guesses (hasscheck.yaml).
"""

import json
from pathlib import Path
import subprocess
import sys

ROOT = Path(__file__).parents[2]
HOLDS = {"pass", "not_applicable"}


def main() -> int:
    """Print the findings, and return the status of hasscheck, which hasscheck.yaml decides on."""
    run = subprocess.run(
        ["hasscheck", "check", "--path", str(ROOT), "--format", "json"],
        check=False,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    findings = json.loads(run.stdout)["findings"] if run.stdout else []
    unmet = [finding for finding in findings if finding["status"] not in HOLDS]
    recommended = [
        finding["rule_id"] for finding in unmet if finding["severity"] == "recommended"
    ]
    for finding in unmet:
        if finding["rule_id"] not in recommended:
            print(f"{finding['status']} {finding['rule_id']}: {finding['message']}")
    print(f"{len(findings) - len(unmet)} of {len(findings)} rules hold.")
    if recommended:
        print(f"Recommended, but not seen: {', '.join(recommended)}.")
    return run.returncode


if __name__ == "__main__":
    sys.exit(main())
