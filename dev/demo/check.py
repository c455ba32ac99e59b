"""The proof without a person: everything is shown as it is, and a print is seen from start to end."""

import asyncio
from collections import defaultdict
from pathlib import Path
import re
from typing import Final

from rich.console import Console

from .client import HomeAssistantClient, State
from .errors import DemoError
from .home_assistant import HomeAssistant
from .truth import Truth
from .view import ShownPrinter, View

_LOG_LINE: Final = re.compile(
    r"^\S+ \S+ (?P<level>WARNING|ERROR|CRITICAL) \(.*?\) \[(?P<logger>[^\]]+)\] (?P<message>.*)"
)
# Home Assistant says so of every custom integration.
_EXPECTED: Final = "We found a custom integration obico which has not been tested"
_JPEG: Final = b"\xff\xd8"


class Prints:
    """What was seen of each printer's prints."""

    def __init__(self) -> None:
        """Start with nothing seen."""
        self._seen: dict[int, list[str]] = defaultdict(list)
        self.whole: dict[int, list[str]] = {}

    def note(self, printer: ShownPrinter, key: str, state: State) -> None:
        """Take down a new status or event."""
        if key == "status":
            self._seen[printer.id].append(state["state"])
        elif key == "printer_event" and (event := state["attributes"]["event_type"]):
            self._seen[printer.id].append(f"event {event}")
        else:
            return
        if printer.id not in self.whole and self._is_whole(self._seen[printer.id]):
            self.whole[printer.id] = list(self._seen[printer.id])

    def _is_whole(self, seen: list[str]) -> bool:
        """Return whether a print was seen from its first to its last."""
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
    """Return once everything has been seen; raise an error that says what was not.

    A `whole_print` is due where the printers are ours.
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
    try:
        async with asyncio.timeout(seconds):
            while True:
                home_assistant.raise_if_ended()
                await truth.ask()
                await view.refresh()
                truth.compare(view.printers)
                if (
                    (prints.whole or not whole_print)
                    and truth.agreed
                    and not truth.missing()
                ):
                    break
                await asyncio.sleep(0.25)
    except TimeoutError:
        raise DemoError(
            f"not seen within {seconds:.0f} s:\n"
            + "\n".join(
                f"  {what}"
                for what in [
                    *truth.missing(),
                    *(
                        ["a print from its start to its end"]
                        if whole_print and not prints.whole
                        else []
                    ),
                ]
            )
        ) from None

    console.print("\nHome Assistant showed what the server says:")
    for printer_id, name in sorted(truth.names.items()):
        values = {
            what: value
            for (owner, what), value in truth.agreed.items()
            if owner == printer_id
        }
        console.print(
            f"  {name}: "
            + ", ".join(f"{what} {value}" for what, value in values.items())
        )
    if prints.whole:
        console.print("A print from start to end:")
    for printer_id, seen in prints.whole.items():
        console.print(f"  {truth.names[printer_id]}: {' → '.join(seen)}")
    await _check_pictures(client, view, console)
    _check_log(home_assistant.log)
    console.print("The log has nothing to say against it.")


async def _check_pictures(
    client: HomeAssistantClient, view: View, console: Console
) -> None:
    """Raise an error if a camera that is there has no picture."""
    for printer in view.printers.values():
        camera = printer.entities.get(("camera", "webcam"))
        if camera is None or camera["state"] == "unavailable":
            continue
        picture = await client.get_bytes(f"/api/camera_proxy/{camera['entity_id']}")
        if not picture.startswith(_JPEG):
            raise DemoError(f"{printer.name}: the camera has no picture")
        console.print(
            f"  {printer.name}: a webcam picture of {len(picture) / 1024:.0f} kB"
        )


def _check_log(log: Path) -> None:
    """Raise an error if Home Assistant complained about the integration."""
    complaints = [
        line
        for line in log.read_text(errors="replace").splitlines()
        if (match := _LOG_LINE.match(line))
        and (
            "obico" in line.lower() or match["logger"] == "homeassistant.helpers.frame"
        )
        and not match["message"].startswith(_EXPECTED)
    ]
    if complaints:
        raise DemoError("Home Assistant's log complains:\n" + "\n".join(complaints))
