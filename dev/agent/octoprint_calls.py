"""The commands that an OctoPrint agent answers."""

from base64 import b64encode
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..json_types import JsonObject, JsonValue, as_object
from . import gcode
from .calls import Call, lines_of, rate_of
from .jobs import Job
from .machine import UNREACHABLE, Phase

if TYPE_CHECKING:
    from .octoprint import OctoPrintAgent

PORT = "VIRTUAL"
BAUDRATE = 115200
AXES = ("x", "y", "z", "e")

type AgentCall = Callable[[OctoPrintAgent, Call], JsonValue]


def set_temperature(agent: OctoPrintAgent, call: Call) -> None:
    """Heat; without a printer OctoPrint takes it and does nothing."""
    heater, target = str(call.get(0, "heater")), call.number(1, "value")
    if agent.phase not in UNREACHABLE:
        agent.set_target(heater, target)


def jog(_agent: OctoPrintAgent, call: Call) -> None:
    """Move axes relatively."""
    for axis in as_object(call.get(0, "axes")):
        if axis not in AXES:
            raise ValueError(f"Invalid axis {axis}, valid axes are {', '.join(AXES)}")


def do_nothing(_agent: OctoPrintAgent, _call: Call) -> None:
    """Take a command that shows nowhere."""


def commands(agent: OctoPrintAgent, call: Call) -> None:
    """Send G-code."""
    if agent.phase not in UNREACHABLE:
        for line in lines_of(call.get(0, "commands")):
            gcode.execute(agent, line)


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
        agent.report()


def list_files(agent: OctoPrintAgent, _call: Call) -> JsonObject:
    """List the files on the printer."""
    return {
        "local": {
            job.path: {
                "name": job.name,
                "path": job.path,
                "display": job.name,
                "type": "machinecode",
                "typePath": ["machinecode", "gcode"],
                "size": job.size,
                "hash": job.hash,
            }
            for job in agent.files.values()
        }
    }


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


def download(agent: OctoPrintAgent, call: Call) -> JsonObject:
    """Fetch a file from the cloud and print it."""
    file = as_object(call.get(0, "g_code_file"))
    name = str(file["safe_filename"])
    agent.started_by = None
    job = Job(
        path=f"ObicoUpload/{name}",
        seconds=120,
        layers=8,
        size=1792,
        filament=40.0,
        analysed=False,
    )
    try:
        agent.download(job)
    except RuntimeError:
        return {"error": "Printer busy!"}
    return {"target_path": name}


def web_snapshot_request(agent: OctoPrintAgent, _call: Call) -> JsonObject:
    """Return a picture."""
    return {"pic": b64encode(agent.shot().raw()).decode()}


def toggle_terminal_feed(_agent: OctoPrintAgent, call: Call) -> bool:
    """Turn the feed of the terminal on or off."""
    return call.get(0, "switch") == "on"


CALLS: dict[tuple[str, str], AgentCall] = {
    ("_printer", "set_temperature"): set_temperature,
    ("_printer", "jog"): jog,
    ("_printer", "home"): do_nothing,
    ("_printer", "extrude"): do_nothing,
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
    ("file_downloader", "download"): download,
    ("gcode_hooks", "toggle_terminal_feed"): toggle_terminal_feed,
    ("jpeg_poster", "web_snapshot_request"): web_snapshot_request,
}
