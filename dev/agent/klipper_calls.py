"""The commands that a Klipper agent answers; most go straight to Moonraker."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..json_types import JsonObject, JsonValue
from . import gcode
from .calls import Call, lines_of
from .shared_calls import SHARED_CALLS

if TYPE_CHECKING:
    from .klipper import KlipperAgent

type AgentCall = Callable[[KlipperAgent, Call], JsonValue]


def run_script(agent: KlipperAgent, call: Call) -> str:
    """Run G-code."""
    for line in lines_of(call.kwargs.get("script", "")):
        gcode.execute(agent, line)
    return "ok"


def start_print(agent: KlipperAgent, call: Call) -> str:
    """Print a file."""
    path = str(call.kwargs.get("filename"))
    if path not in agent.files:
        raise ValueError(f"Unable to open file: {path}")
    try:
        agent.start_print(agent.files[path])
    except RuntimeError as error:
        raise ValueError(str(error)) from error
    return "ok"


def list_directory(agent: KlipperAgent, _call: Call) -> JsonObject:
    """List the files on the printer."""
    return {
        "dirs": [],
        "files": [
            {"filename": job.path, "size": job.size, "modified": agent.timestamp()}
            for job in agent.files.values()
        ],
    }


def list_power_devices(_agent: KlipperAgent, _call: Call) -> JsonObject:
    """List what Moonraker can switch."""
    return {
        "devices": [
            {
                "device": "printer",
                "status": "on",
                "locked_while_printing": True,
                "type": "gpio",
            }
        ]
    }


def emergency_stop(agent: KlipperAgent, _call: Call) -> str:
    """Shut Klipper down."""
    agent.emergency_stop()
    return "ok"


def firmware_restart(agent: KlipperAgent, _call: Call) -> str:
    """Start Klipper again."""
    agent.connect()
    return "ok"


CALLS: dict[tuple[str, str], AgentCall] = {
    **SHARED_CALLS,
    ("moonraker_api", "printer/gcode/script"): run_script,
    ("moonraker_api", "printer/print/start"): start_print,
    ("moonraker_api", "printer/emergency_stop"): emergency_stop,
    ("moonraker_api", "printer/firmware_restart"): firmware_restart,
    ("moonraker_api", "server/files/directory"): list_directory,
    ("moonraker_api", "machine/device_power/devices"): list_power_devices,
}
