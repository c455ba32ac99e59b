"""The commands that a Klipper agent answers; most go straight to Moonraker."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..json_types import JsonObject, JsonValue
from . import gcode
from .calls import Call, lines_of
from .shared_calls import SHARED_CALLS

if TYPE_CHECKING:
    from .klipper import KlipperAgent

# Where the files are that can be printed.
ROOT = "gcodes"

type AgentCall = Callable[[KlipperAgent, Call], JsonValue]


def failure(func: str, call: Call) -> ValueError:
    """Return all that this agent tells of what Moonraker refuses."""
    return ValueError(f'Error in calling "{func}" - "{call.kwargs.get("verb", "get")}"')


def run_script(agent: KlipperAgent, call: Call) -> str:
    """Run G-code."""
    for line in lines_of(call.kwargs.get("script", "")):
        gcode.execute(agent, line)
    return "ok"


def start_print(agent: KlipperAgent, call: Call) -> str:
    """Print a file."""
    path = str(call.kwargs.get("filename"))
    if path not in agent.files:
        raise failure("printer/print/start", call)
    try:
        agent.start_print(agent.files[path])
    except RuntimeError as error:
        raise failure("printer/print/start", call) from error
    return "ok"


def list_directory(agent: KlipperAgent, call: Call) -> JsonObject:
    """List a folder of the printer, whose files all lie below `gcodes`."""
    root, _, folder = str(call.kwargs.get("path", ROOT)).strip("/").partition("/")
    top = f"{folder}/" if folder else ""
    inside = [job for job in agent.files.values() if job.path.startswith(top)]
    if root != ROOT or (top and not inside):
        raise failure("server/files/directory", call)
    names = {job.path.removeprefix(top).partition("/") for job in inside}
    stamp = agent.timestamp()
    # Thumbnails lie where nobody looks.
    dirs = sorted({name for name, slash, _ in names if slash} | {".thumbs"})
    files: list[JsonValue] = []
    for job in inside:
        if job.path != top + job.name:
            continue
        file: JsonObject = {
            "filename": job.name,
            "size": job.size,
            "modified": stamp,
            "permissions": "rw",
        }
        if call.kwargs.get("extended") is True and job.analysed:
            file |= {"estimated_time": job.seconds, "filament_total": job.filament}
        files.append(file)
    return {
        "dirs": [
            {"dirname": name, "modified": stamp, "size": 4096, "permissions": "rw"}
            for name in dirs
        ],
        "files": files,
        "disk_usage": {"total": 31_000_000_000, "used": 9_000_000_000},
        "root_info": {"name": ROOT, "permissions": "rw"},
    }


def query_objects(agent: KlipperAgent, call: Call) -> JsonObject:
    """Return what is asked of Klipper's objects; it knows of the tool head alone."""
    status: JsonObject = {}
    if "toolhead" in call.kwargs:
        status["toolhead"] = {"extruder": agent.active_tool}
    return {"eventtime": agent.timestamp(), "status": status}


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
    ("moonraker_api", "printer/objects/query"): query_objects,
    ("moonraker_api", "printer/print/start"): start_print,
    ("moonraker_api", "printer/emergency_stop"): emergency_stop,
    ("moonraker_api", "printer/firmware_restart"): firmware_restart,
    ("moonraker_api", "server/files/directory"): list_directory,
    ("moonraker_api", "machine/device_power/devices"): list_power_devices,
}
