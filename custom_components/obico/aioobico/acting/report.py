"""What an agent sends over its websocket.

The whole of a part must never be null: the server fails over it, and loses the rest of the
message without an answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import orjson

from ..parsing import JsonObject


class AgentState(StrEnum):
    """The texts of states that the web app knows.

    Other texts that end in "ing" replace its buttons by a spinner.
    """

    OPERATIONAL = "Operational"
    PRINTING = "Printing"
    PAUSING = "Pausing"
    PAUSED = "Paused"
    RESUMING = "Resuming"
    CANCELLING = "Cancelling"


class PrintEvent(StrEnum):
    """Events of a print that go with a status."""

    PAUSED = "PrintPaused"
    RESUMED = "PrintResumed"
    DONE = "PrintDone"
    CANCELLED = "PrintCancelled"
    FAILED = "PrintFailed"


# The AI looks only at pictures of a print whose flag `printing` is set.
_PRINTING = frozenset({AgentState.PRINTING, AgentState.PAUSING, AgentState.CANCELLING})
_PAUSED = frozenset({AgentState.PAUSED, AgentState.RESUMING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Heater:
    """A heater: actual and target temperature in °C, None where not known."""

    actual: float | None
    target: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The status of a printer.

    Times in seconds, `completion` in percent, `z` in mm. `error` is the printer's own text.
    `heaters` are named as in OctoPrint: tool0, tool1, bed, chamber.
    """

    state: AgentState
    error: str = ""
    file: str | None = None
    completion: float | None = None
    print_time: float | None = None
    time_left: float | None = None
    layer: int | None = None
    total_layers: int | None = None
    heaters: Mapping[str, Heater] = field(default_factory=dict)

    def as_status(self, now: float) -> JsonObject:
        """Return the status as it is sent; `now` is the Unix time in seconds.

        The web app throws away a status that is older than the last.
        """
        state = self.state
        status: JsonObject = {
            "_ts": now,
            "state": {
                "text": state.value,
                "error": self.error,
                "flags": {
                    "operational": True,
                    "printing": state in _PRINTING,
                    "paused": state in _PAUSED,
                    "pausing": state is AgentState.PAUSING,
                    "cancelling": state is AgentState.CANCELLING,
                    "error": False,
                    "ready": state is AgentState.OPERATIONAL,
                    "closedOrError": False,
                    "sdReady": False,
                },
            },
            "job": {
                "file": {"name": self.file, "path": self.file, "display": self.file}
            },
            "progress": {
                "completion": self.completion,
                "printTime": self.print_time,
                "printTimeLeft": self.time_left,
                "filamentUsed": None,
            },
            "temperatures": {
                name: {"actual": heater.actual, "target": heater.target, "offset": 0}
                for name, heater in self.heaters.items()
            },
        }
        if self.layer is not None:
            status["currentLayerHeight"] = self.layer
        if self.total_layers is not None:
            status["file_metadata"] = {"obico": {"totalLayerCount": self.total_layers}}
        return status


@dataclass(frozen=True, slots=True, kw_only=True)
class WebcamInfo:
    """The camera whose pictures are sent, upright as they are."""

    name: str
    ratio: str = "16:9"

    def as_settings(self) -> JsonObject:
        """Return it as the server's settings have it.

        Without a stream mode the web app tries no live video.
        """
        return {
            "name": self.name,
            "is_primary_camera": True,
            "is_nozzle_camera": False,
            "stream_mode": "",
            "flipV": False,
            "flipH": False,
            "rotation": 0,
            "streamRatio": self.ratio,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentInfo:
    """What an agent tells of itself after each connect, and of the machine."""

    name: str
    version: str
    webcam: WebcamInfo | None
    manufacturer: str | None = None
    model: str | None = None

    def as_settings(self) -> JsonObject:
        """Return the settings as they are sent.

        Without `agent` the server would forget the agent's name.
        """
        metadata = {"MACHINE_TYPE": self.model, "manufacturer": self.manufacturer}
        return {
            "agent": {"name": self.name, "version": self.version},
            "webcams": [] if self.webcam is None else [self.webcam.as_settings()],
            "temperature": {"profiles": []},
            "printer_metadata": {
                key: value for key, value in metadata.items() if value is not None
            },
        }


def compose_message(
    report: Report | None,
    number: int | None,
    *,
    now: float,
    event: PrintEvent | None = None,
    info: AgentInfo | None = None,
) -> bytes:
    """Return a message with a status.

    `number` is `current_print_ts`: that of the open print, -1 without a print, and None
    while it is not known whether there is one. Without a report the printer is offline. An
    event counts only together with the number of its print.
    """
    message: JsonObject = {
        "current_print_ts": number,
        "status": {} if report is None else report.as_status(now),
    }
    if event is not None:
        file = report.file if report else None
        message["event"] = {
            "event_type": event.value,
            "data": {"name": file} if file else {},
        }
    if info is not None:
        message["settings"] = info.as_settings()
    return orjson.dumps(message)


def passthru_reply(ref: str | float, value: object) -> bytes:
    """Return the answer to a viewer's question."""
    return orjson.dumps({"passthru": {"ref": ref, "ret": value}})


def passthru_error(ref: str | float, message: str) -> bytes:
    """Return the answer to a viewer's question that cannot be answered."""
    return orjson.dumps({"passthru": {"ref": ref, "error": message}})
