"""The commands that an OctoPrint agent answers."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..json_types import JsonObject, JsonValue, as_object
from . import gcode
from .calls import Call, lines_of, rate_of
from .machine import UNREACHABLE, Phase
from .shared_calls import SHARED_CALLS

if TYPE_CHECKING:
    from .octoprint import OctoPrintAgent

PORT = "VIRTUAL"
BAUDRATE = 115200

type AgentCall = Callable[[OctoPrintAgent, Call], JsonValue]


def commands(agent: OctoPrintAgent, call: Call) -> None:
    """Send G-code."""
    if agent.phase not in UNREACHABLE:
        for line in lines_of(call.get(0, "commands")):
            gcode.execute(agent, line)
            agent.echo(line)


def feed_rate(agent: OctoPrintAgent, call: Call) -> None:
    """Print faster or slower."""
    agent.feed_rate = rate_of(call.number(0, "factor"))


def flow_rate(agent: OctoPrintAgent, call: Call) -> None:
    """Extrude more or less."""
    agent.flow_rate = rate_of(call.number(0, "factor"))


def connect(agent: OctoPrintAgent, _call: Call) -> None:
    """Connect the printer."""
    agent.connect()


def get_connection_options(_agent: OctoPrintAgent, _call: Call) -> JsonObject:
    """Tell which ports there are."""
    return {
        "ports": ["/dev/ttyS0", PORT],
        "baudrates": [250000, 230400, BAUDRATE, 57600, 38400, 19200, 9600],
        "portPreference": PORT,
        "baudratePreference": BAUDRATE,
        "autoconnect": True,
    }


def get_current_connection(agent: OctoPrintAgent, _call: Call) -> JsonValue:
    """Tell which port is in use."""
    if agent.phase in UNREACHABLE:
        return ["Closed", None, None, None]
    profile: JsonObject = {
        "axes": {
            "e": {"inverted": False, "speed": 300},
            "x": {"inverted": False, "speed": 6000},
            "y": {"inverted": False, "speed": 6000},
            "z": {"inverted": False, "speed": 200},
        },
        "color": "default",
        "extruder": {
            "count": 1,
            "defaultExtrusionLength": 5,
            "nozzleDiameter": 0.4,
            "offsets": [[0.0, 0.0]],
            "sharedNozzle": False,
        },
        "heatedBed": True,
        "heatedChamber": False,
        "id": "_default",
        "model": "Generic RepRap Printer",
        "name": "Default",
        "volume": {
            "custom_box": False,
            "depth": 200.0,
            "formFactor": "rectangular",
            "height": 200.0,
            "origin": "lowerleft",
            "width": 200.0,
        },
    }
    return [str(as_object(agent.state_json())["text"]), PORT, BAUDRATE, profile]


def get_state_id(agent: OctoPrintAgent, _call: Call) -> str:
    """Name the state."""
    return "OPERATIONAL" if agent.phase is Phase.IDLE else agent.phase.name


def is_ready(agent: OctoPrintAgent, _call: Call) -> bool:
    """Tell whether a print could start."""
    return agent.phase is Phase.IDLE


def get_current_data(agent: OctoPrintAgent, _call: Call) -> JsonValue:
    """Return OctoPrint's own status."""
    names = ("state", "job", "currentZ", "progress", "offsets", "resends")
    status = agent.status()
    data: JsonObject = {name: status[name] for name in names}
    progress = as_object(data["progress"])
    progress.pop("filamentUsed", None)
    return data


def select_file(agent: OctoPrintAgent, call: Call) -> None:
    """Load a file and, if asked for, print it."""
    path = str(call.get(0, "path"))
    if path not in agent.files:
        raise ValueError(
            f"{path} does not exist in local storage, cannot select for printing"
        )
    if str(call.kwargs.get("printAfterSelect", "")).lower() == "true":
        try:
            agent.start_print(agent.files[path], started_by=None)
        except RuntimeError:
            return
    elif agent.phase is Phase.IDLE:
        agent.forget_job()
        agent.select(agent.files[path])
        agent.started_by = None
        agent.report()


def extrude(agent: OctoPrintAgent, call: Call) -> None:
    """Push filament."""
    if agent.phase not in UNREACHABLE:
        agent.push(call.number(0, "amount"))


def change_tool(agent: OctoPrintAgent, call: Call) -> None:
    """Use another nozzle; the machine itself refuses one that it does not have."""
    tool = str(call.get(0, "tool"))
    if agent.phase not in UNREACHABLE and tool in agent.heaters:
        agent.use_tool(tool)


def list_files(agent: OctoPrintAgent, call: Call) -> JsonObject:
    """List the files on the printer that lie below a path."""
    path = call.kwargs.get("path")
    top = f"{path.strip('/')}/" if isinstance(path, str) and path.strip("/") else ""
    is_recursive = call.kwargs.get("recursive") is not False
    return {"local": entries_below(agent, top, is_recursive=is_recursive)}


def entries_below(agent: OctoPrintAgent, top: str, *, is_recursive: bool) -> JsonObject:
    """Return what is in a folder by its names; folders within it are empty unless asked for."""
    entries: JsonObject = {}
    for job in agent.files.values():
        if not job.path.startswith(top):
            continue
        name, _, within = job.path.removeprefix(top).partition("/")
        path = top + name
        if within:
            children = (
                entries_below(agent, f"{path}/", is_recursive=True)
                if is_recursive
                else {}
            )
            entries[name] = {
                "name": name,
                "path": path,
                "display": name,
                "type": "folder",
                "typePath": ["folder"],
                "children": children,
            }
            continue
        file: JsonObject = {
            "name": name,
            "path": path,
            "display": name,
            "type": "machinecode",
            "typePath": ["machinecode", "gcode"],
            "size": job.size,
            "date": int(agent.timestamp()),
            "hash": job.hash,
        }
        if job.analysed:
            file["analysis"] = agent.analysis(job)
        entries[name] = file
    return entries


def start_printer_local_print(agent: OctoPrintAgent, call: Call) -> JsonObject:
    """Print a file again, unless it changed meanwhile."""
    file = as_object(call.get(0, "g_code_file"))
    job = agent.files.get(str(file.get("url")))
    if job is None or job.signature != file.get("agent_signature"):
        return {
            "error": "File has been modified! Did you move, delete, or overwrite this file?"
        }
    agent.start_print(job, started_by=None)
    return {}


def toggle_terminal_feed(agent: OctoPrintAgent, call: Call) -> bool:
    """Turn the feed of the terminal on or off."""
    agent.terminal_feed = call.get(0, "switch") == "on"
    return agent.terminal_feed


CALLS: dict[tuple[str, str], AgentCall] = {
    **SHARED_CALLS,
    ("_printer", "change_tool"): change_tool,
    ("_printer", "extrude"): extrude,
    ("_printer", "commands"): commands,
    ("_printer", "feed_rate"): feed_rate,
    ("_printer", "flow_rate"): flow_rate,
    ("_printer", "connect"): connect,
    ("_printer", "get_connection_options"): get_connection_options,
    ("_printer", "get_current_connection"): get_current_connection,
    ("_printer", "get_state_id"): get_state_id,
    ("_printer", "is_ready"): is_ready,
    ("_printer", "get_current_data"): get_current_data,
    ("_printer", "pause_print"): lambda agent, _call: agent.pause(),
    ("_printer", "cancel_print"): lambda agent, _call: agent.cancel(),
    ("_printer", "select_file"): select_file,
    ("_file_manager", "list_files"): list_files,
    ("file_operations", "start_printer_local_print"): start_printer_local_print,
    ("gcode_hooks", "toggle_terminal_feed"): toggle_terminal_feed,
}
