"""Messages of the push connection: recorded ones, and variations of one."""

from collections.abc import Iterator
from copy import deepcopy
import json
from typing import Any, Final

from .server import CAPTURES

_STREAMS: Final = ("ws_print_whole_success", "ws_print_pause_resume_cancel")
_VARIATIONS: Final = 16

# The values that differ between two variations.
CHANGED: Final = (
    "progress",
    "time_remaining",
    "tool0_temperature",
    "bed_temperature",
)


def encode(message: dict[str, Any]) -> bytes:
    """Return the text of a message, 4.6 kB for a printer that prints."""
    return json.dumps(message, separators=(",", ":")).encode()


def variations(printer: dict[str, Any]) -> list[bytes]:
    """Return messages that change progress, time and two temperatures, with all related values."""
    messages = []
    for number in range(_VARIATIONS):
        message = deepcopy(printer)
        status = message["status"]
        progress, temperatures = status["progress"], status["temperatures"]
        # By so much that each of them shows, and the finish time does not.
        progress["completion"] += number * 2
        progress["printTime"] += number
        progress["printTimeLeft"] += number % 2 * 90
        progress["filepos"] += number * 977
        temperatures["tool0"]["actual"] += number * 2.3
        temperatures["bed"]["actual"] += number * 1.7
        status["_ts"] += number
        messages.append(encode(message))
    return messages


def recorded(printer: int) -> Iterator[bytes]:
    """Yield the messages of two recorded prints, with the ids of a printer."""
    for stream in _STREAMS:
        for line in (CAPTURES / f"{stream}.jsonl").read_text().splitlines():
            row = json.loads(line)
            message = row["msg"]
            if row["dir"] == "in" and isinstance(message, dict):
                yield encode(message | {"id": printer} if "id" in message else message)
