"""The results and their targets, as a table and as JSON."""

from dataclasses import asdict, dataclass
import os
from pathlib import Path
import platform
import sys
from typing import Self

import aiohttp
import orjson
from rich import box
from rich.console import Console
from rich.table import Table

from homeassistant.const import __version__ as home_assistant_version


@dataclass(frozen=True, kw_only=True)
class Result:
    """One line of the table."""

    measure: str
    target: str
    measured: str
    is_met: bool
    note: str
    """Absolute values, and what else is worth knowing."""
    value: float

    @classmethod
    def at_most(
        cls, measure: str, value: float, limit: float, *, unit: str = "", note: str
    ) -> Self:
        """Compare a value with its maximum."""
        return cls(
            measure=measure,
            target=f"≤ {limit:g}{unit}",
            measured=f"{value:.3g}{unit}",
            is_met=value <= limit,
            note=note,
            value=value,
        )


def machine() -> dict[str, str]:
    """Describe the machine and the versions."""
    return {
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "system": platform.platform(),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "home_assistant": home_assistant_version,
        "aiohttp": aiohttp.__version__,
        "orjson": orjson.__version__,
    }


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def show(results: list[Result]) -> None:
    """Print the table."""
    table = Table(box=box.MARKDOWN)
    for heading in ("measure", "target", "measured", "", "how it comes about"):
        table.add_column(heading, overflow="fold")
    for result in results:
        table.add_row(
            result.measure,
            result.target,
            result.measured,
            "met" if result.is_met else "MISSED",
            result.note,
        )
    # With the width of the table in the documentation, also without a terminal.
    console = Console(width=None if sys.stdout.isatty() else 250, markup=False)
    console.print()
    console.print(", ".join(f"{what}: {value}" for what, value in machine().items()))
    console.print(table)
    missed = [result.measure for result in results if not result.is_met]
    console.print(
        f"{len(results) - len(missed)} of {len(results)} targets met."
        + "".join(f"\nMissed: {measure}" for measure in missed)
    )


def write(results: list[Result], file: Path) -> None:
    """Write all results, with the machine, to a file."""
    content = {
        "machine": machine(),
        "results": [asdict(result) for result in results],
    }
    file.write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2))
