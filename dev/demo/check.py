"""The automatic check: all values are right, and a print is observed from start to end."""

import asyncio
from collections import defaultdict
from collections.abc import Collection
from pathlib import Path
import re
from typing import Final

from rich.console import Console

from .bambu import NAME
from .client import HomeAssistantClient, State
from .errors import DemoError
from .home_assistant import HomeAssistant
from .talk import Talk
from .truth import Truth
from .view import ShownPrinter, View

_LOG_LINE: Final = re.compile(
    r"^\S+ \S+ (?P<level>WARNING|ERROR|CRITICAL) \(.*?\) \[(?P<logger>[^\]]+)\] (?P<message>.*)"
)
# Home Assistant logs this for every custom integration.
_EXPECTED: Final = "We found a custom integration obico which has not been tested"
_OUR_BUSINESS: Final = ("homeassistant.helpers.frame", "homeassistant.util.package")
_JPEG: Final = b"\xff\xd8"


class Prints:
    """The statuses and events that were observed of each printer's prints."""

    def __init__(self) -> None:
        """Start without observations."""
        self._seen: dict[int, list[str]] = defaultdict(list)
        self.whole: dict[int, list[str]] = {}
        # The printer that Home Assistant is the agent of.
        self.watched: set[int] = set()

    def note(self, printer: ShownPrinter, key: str, state: State) -> None:
        """Store a new status or event."""
        if printer.name == NAME:
            self.watched.add(printer.id)
        if key == "status":
            self._seen[printer.id].append(state["state"])
        elif key == "printer_event" and (event := state["attributes"]["event_type"]):
            self._seen[printer.id].append(f"event {event}")
        else:
            return
        if printer.id not in self.whole and self._is_whole(self._seen[printer.id]):
            self.whole[printer.id] = list(self._seen[printer.id])

    def missing(self, pictures: Collection[int]) -> list[str]:
        """Return what was not observed."""
        seen_whole = set(self.whole) & set(pictures)
        missing = []
        if not seen_whole - self.watched:
            missing.append("a print from its start to its end, with a webcam picture")
        if not seen_whole & self.watched:
            missing.append(f"a print of {NAME}, which Home Assistant is the agent of")
        return missing

    def _is_whole(self, seen: list[str]) -> bool:
        """Return whether a print was observed from its start to its end."""
        if not {"event started", "event ended", "printing"} <= set(seen):
            return False
        started = seen.index("event started")
        return (
            "event ended" in seen[started:]
            and seen[-1] in ("idle", "event ended")
            and "idle" in seen[seen.index("printing") :]
        )


async def check(
    client: HomeAssistantClient,
    view: View,
    truth: Truth,
    console: Console,
    home_assistant: HomeAssistant,
    *,
    seconds: float,
    whole_print: bool,
) -> None:
    """Return once everything was observed; raise an error that names what was not.

    With `whole_print` a print from start to end and one that is controlled by voice
    must be observed, which is only certain with the simulated printers.
    """
    prints = Prints()

    def note(printer: ShownPrinter, key: str, state: State) -> None:
        if key == "status":
            console.print(f"  {printer.name}: {state['state']}")
        elif key == "printer_event":
            console.print(
                f"  {printer.name}: event {state['attributes']['event_type']}"
            )
        prints.note(printer, key, state)

    view.listen(note)
    for printer in view.printers.values():
        if status := printer.entities.get(("sensor", "status")):
            note(printer, "status", status)
    talk = Talk(client, view, console)
    pictures: dict[int, int] = {}
    missing: list[str] = []
    try:
        async with asyncio.timeout(seconds):
            while True:
                home_assistant.raise_if_ended()
                await truth.ask()
                await view.refresh()
                missing = truth.compare(view.printers)
                await _look_at_prints(client, view, pictures)
                if whole_print:
                    missing += prints.missing(pictures)
                    await talk.go_on()
                    missing += talk.missing()
                if truth.agreed and not missing:
                    break
                await asyncio.sleep(0.25)
    except TimeoutError:
        raise DemoError(
            "\n  ".join([f"Not seen within {seconds:.0f} s:", *missing])
        ) from None

    console.print("\nHome Assistant showed what the server says:")
    for printer_id, name in sorted(truth.names.items()):
        values = truth.agreed_of(printer_id)
        console.print(
            f"  {name}: {', '.join(f'{what} {value}' for what, value in values.items())}"
        )
    if prints.whole:
        console.print("A print from its start to its end, with pictures:")
    for printer_id, seen in prints.whole.items():
        console.print(
            f"  {truth.names[printer_id]}: {' → '.join(seen)}; {pictures.get(printer_id, 0) / 1024:.0f} kB"
        )
    _check_log(home_assistant.log)
    console.print("Home Assistant's log has nothing to say against it.")


async def _look_at_prints(
    client: HomeAssistantClient, view: View, pictures: dict[int, int]
) -> None:
    """Store the size of a webcam picture of every printer that prints."""
    for printer in view.printers.values():
        camera = printer.entities.get(("camera", "webcam"))
        if (
            camera
            and printer.id not in pictures
            and printer.state("sensor", "status") == "printing"
        ):
            picture = await client.get_bytes(f"/api/camera_proxy/{camera['entity_id']}")
            if picture.startswith(_JPEG):
                pictures[printer.id] = len(picture)


def _check_log(log: Path) -> None:
    """Raise an error if Home Assistant has logged a problem with the integration or a requirement."""
    complaints = [
        line
        for line in log.read_text(errors="replace").splitlines()
        if (match := _LOG_LINE.match(line))
        and (match["logger"] in _OUR_BUSINESS or "obico" in line.lower())
        and not match["message"].startswith(_EXPECTED)
    ]
    if complaints:
        raise DemoError("Home Assistant's log complains:\n" + "\n".join(complaints))
