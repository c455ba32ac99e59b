"""The commands that an OctoPrint agent answers."""

from collections.abc import Callable

from ..json_types import JsonObject, JsonValue, as_object
from . import gcode
from .calls import Call, lines_of, rate_of
from .jobs import Job
from .machine import ACTIVE, UNREACHABLE, Phase
from .octoprint_status import OctoPrintStatus
from .shared_calls import SHARED_CALLS

PORT = "VIRTUAL"
BAUDRATE = 115200

type AgentCall = Callable[[OctoPrintStatus, Call], JsonValue]


def commands(agent: OctoPrintStatus, call: Call) -> None:
    """Send G-code."""
    if agent.phase not in UNREACHABLE:
        for line in lines_of(call.get(0, "commands")):
            gcode.execute(agent, line)
            agent.echo(line)


def feed_rate(agent: OctoPrintStatus, call: Call) -> None:
    """Set the feed rate, in percent."""
    agent.feed_rate = rate_of(call.number(0, "factor"))


def flow_rate(agent: OctoPrintStatus, call: Call) -> None:
    """Set the flow rate, in percent."""
    agent.flow_rate = rate_of(call.number(0, "factor"))


def connect(agent: OctoPrintStatus, _call: Call) -> None:
    """Connect the printer."""
    agent.connect()


def get_connection_options(_agent: OctoPrintStatus, _call: Call) -> JsonObject:
    """Return the ports and baud rates."""
    return {
        "ports": ["/dev/ttyS0", PORT],
        "baudrates": [250000, 230400, BAUDRATE, 57600, 38400, 19200, 9600],
        "portPreference": PORT,
        "baudratePreference": BAUDRATE,
        "autoconnect": True,
    }


def get_current_connection(agent: OctoPrintStatus, _call: Call) -> JsonValue:
    """Return the state with port, baud rate and profile of the connection."""
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


def get_state_id(agent: OctoPrintStatus, _call: Call) -> str:
    """Return the name of the state."""
    return "OPERATIONAL" if agent.phase is Phase.IDLE else agent.phase.name


def is_ready(agent: OctoPrintStatus, _call: Call) -> bool:
    """Return whether a print could start."""
    return agent.phase is Phase.IDLE


def get_current_data(agent: OctoPrintStatus, _call: Call) -> JsonValue:
    """Return OctoPrint's own status, without what the agent adds to it."""
    names = ("state", "job", "currentZ", "progress", "offsets", "resends")
    status = agent.status()
    data: JsonObject = {name: status[name] for name in names}
    as_object(as_object(data["job"])["file"]).pop("obico_g_code_file_id", None)
    as_object(data["progress"]).pop("filamentUsed", None)
    return data


def select_file(agent: OctoPrintStatus, call: Call) -> None:
    """Load a file and, if asked for, print it; without effect while a print is under way."""
    path = str(call.get(0, "path"))
    if agent.phase in ACTIVE:
        return
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


def extrude(agent: OctoPrintStatus, call: Call) -> None:
    """Extrude filament, in mm; a negative amount retracts it."""
    if agent.phase not in UNREACHABLE:
        agent.push(call.number(0, "amount"))


def change_tool(agent: OctoPrintStatus, call: Call) -> None:
    """Use another nozzle; the machine itself refuses one that it does not have."""
    tool = str(call.get(0, "tool"))
    if agent.phase not in UNREACHABLE and tool in agent.heaters:
        agent.use_tool(tool)


def list_files(agent: OctoPrintStatus, call: Call) -> JsonObject:
    """List a folder: with `recursive` all that is below it, else `level` levels of folders."""
    path = call.kwargs.get("path")
    top = f"{path.strip('/')}/" if isinstance(path, str) and path.strip("/") else ""
    if top and not any(name.startswith(top) for name in agent.files):
        # What the real agent says of a folder that does not exist.
        raise ValueError("max() arg is an empty sequence")
    level = call.kwargs.get("level", 0)
    depth = level if isinstance(level, int) else 0
    if call.kwargs.get("recursive") is not False:
        depth = max(name.count("/") for name in agent.files) if agent.files else 0
    return {"local": entries_below(agent, top, depth)}


def entries_below(agent: OctoPrintStatus, top: str, depth: int) -> JsonObject:
    """Return the entries of a folder by name, and so many levels of those within it."""
    entries: JsonObject = {}
    for job in agent.files.values():
        if not job.path.startswith(top):
            continue
        name, _, within = job.path.removeprefix(top).partition("/")
        path = top + name
        entries[name] = (
            folder_entry(agent, path, depth) if within else file_entry(agent, job)
        )
    return entries


def folder_entry(agent: OctoPrintStatus, path: str, depth: int) -> JsonObject:
    """Return the entry of a folder."""
    name = path.rpartition("/")[2]
    return {
        "name": name,
        "path": path,
        "display": name,
        "type": "folder",
        "typePath": ["folder"],
        "date": int(agent.timestamp()),
        "size": sum(
            job.size for job in agent.files.values() if job.path.startswith(f"{path}/")
        ),
        "children": entries_below(agent, f"{path}/", depth - 1) if depth > 0 else {},
    }


def file_entry(agent: OctoPrintStatus, job: Job) -> JsonObject:
    """Return the entry of a file."""
    file: JsonObject = {
        "name": job.name,
        "path": job.path,
        "display": job.name,
        "type": "machinecode",
        "typePath": ["machinecode", "gcode"],
        "size": job.size,
        "date": int(agent.timestamp()),
    }
    if job.analysed:
        file["analysis"] = agent.analysis(job)
    return file | agent.history(job)


def start_printer_local_print(agent: OctoPrintStatus, call: Call) -> JsonObject:
    """Print a file again, unless it has changed since."""
    file = as_object(call.get(0, "g_code_file"))
    job = agent.files.get(str(file.get("url")))
    if job is None or agent.signature(job) != file.get("agent_signature"):
        return {
            "error": "File has been modified! Did you move, delete, or overwrite this file?"
        }
    agent.start_print(job, started_by=None)
    return {}


def toggle_terminal_feed(agent: OctoPrintStatus, call: Call) -> bool:
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
