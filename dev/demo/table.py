"""The table of printers in the terminal."""

import asyncio
from collections.abc import Callable
from typing import Final

from rich.console import Console
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from .client import State
from .view import ShownPrinter, View

_STATUS_STYLES: Final = {
    "printing": "green",
    "idle": "cyan",
    "paused": "yellow",
    "pausing": "yellow",
    "error": "bold red",
    "offline": "dim",
    "disconnected": "dim",
}
_WARNING_SCORE: Final = 100 / 3
_FAILING_SCORE: Final = 200 / 3
_NOTHING: Final = (None, "unknown", "unavailable")


def render(view: View) -> Table:
    """Return the table of the printers."""
    table = Table(expand=True, header_style="bold")
    for heading in ("Printer", "Status", "File"):
        table.add_column(heading, no_wrap=True)
    table.add_column("Progress", min_width=16)
    table.add_column("Left", justify="right")
    table.add_column("Temperatures")
    table.add_column("Failure", justify="right")
    table.add_column("Last event")
    for printer in sorted(view.printers.values(), key=lambda shown: shown.id):
        status = printer.state("sensor", "status") or ""
        table.add_row(
            printer.name,
            Text(status, style=_STATUS_STYLES.get(status, "")),
            _known(printer.state("sensor", "file")),
            _progress(printer),
            _duration(printer.number("sensor", "time_remaining")),
            _temperatures(printer),
            _failure(printer),
            _last_event(printer),
        )
    return table


def _known(state: str | None) -> str:
    return "" if state is None or state in _NOTHING else state


def _progress(printer: ShownPrinter) -> Table | str:
    if (percent := printer.number("sensor", "progress")) is None:
        return ""
    row = Table.grid(padding=(0, 1))
    row.add_row(ProgressBar(completed=percent, width=10), f"{percent:.0f} %")
    return row


def _duration(seconds: float | None) -> str:
    if seconds is None:
        return ""
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}"


def _temperatures(printer: ShownPrinter) -> str:
    shown = []
    for name, key in printer.heaters.items():
        actual = printer.number("sensor", f"{key}_temperature")
        if actual is None:
            continue
        target = printer.number("sensor", f"{key}_target")
        if target is None:
            target = printer.number("number", f"{key}_target")
        wanted = f"→{target:.0f}" if target else ""
        shown.append(f"{name} {actual:.0f}{wanted}°C")
    return "  ".join(shown)


def _failure(printer: ShownPrinter) -> Text:
    if (score := printer.number("sensor", "failure_score")) is None:
        return Text()
    style = (
        "bold red"
        if score >= _FAILING_SCORE
        else "yellow"
        if score >= _WARNING_SCORE
        else "green"
    )
    alert = printer.state("binary_sensor", "failure_detected") == "on"
    return Text(f"{score:.0f} %{' ALERT' if alert else ''}", style=style)


def _last_event(printer: ShownPrinter) -> str:
    event = printer.attribute("event", "printer_event", "event_type")
    return str(event) if event else ""


async def show(
    view: View, console: Console, raise_if_ended: Callable[[], None]
) -> None:
    """Show the printers until cancelled: a live table, or lines if there is no terminal."""
    if console.is_terminal:
        with Live(render(view), console=console, auto_refresh=False) as live:
            while True:
                raise_if_ended()
                await view.refresh()
                live.update(render(view), refresh=True)
                await asyncio.sleep(0.5)

    def print_line(printer: ShownPrinter, key: str, state: State) -> None:
        if key == "status":
            console.print(f"{printer.name}: {state['state']}")
        elif key == "printer_event":
            console.print(f"{printer.name}: event {_last_event(printer)}")

    view.listen(print_line)
    while True:
        raise_if_ended()
        await view.refresh()
        await asyncio.sleep(0.5)
