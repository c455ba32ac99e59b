"""The commands that both kinds of agent answer."""

from base64 import b64encode
from collections.abc import Callable

from ..json_types import JsonObject, JsonValue, as_object
from .agent import Agent
from .calls import Call, items_of
from .jobs import Job
from .machine import UNREACHABLE

AXES = ("x", "y", "z", "e")

type SharedCall = Callable[[Agent, Call], JsonValue]


def set_temperature(agent: Agent, call: Call) -> None:
    """Set a target; without a connected machine this has no effect and no error."""
    heater, target = str(call.get(0, "heater")), call.number(1, "value")
    if agent.phase not in UNREACHABLE:
        agent.set_target(heater, target)


def jog(agent: Agent, call: Call) -> None:
    """Move axes relatively."""
    axes = as_object(call.get(0, "axes"))
    for axis in axes:
        if axis not in AXES:
            raise ValueError(f"Invalid axis {axis}, valid axes are {', '.join(AXES)}")
    if agent.phase not in UNREACHABLE:
        for axis, millimeters in axes.items():
            agent.move(axis, float(str(millimeters)))


def home(agent: Agent, call: Call) -> None:
    """Home axes; a single one may be given as a text."""
    axes = call.get(0, "axes")
    if agent.phase not in UNREACHABLE:
        agent.home([axes] if isinstance(axes, str) else map(str, items_of(axes)))


def download(agent: Agent, call: Call) -> JsonObject:
    """Download a file from the cloud and print it, as a print of two minutes."""
    file = as_object(call.get(0, "g_code_file"))
    name = str(file["safe_filename"])
    job = Job(
        path=f"ObicoUpload/{name}",
        seconds=120,
        layers=8,
        size=1792,
        filament=40.0,
        analysed=False,
        registered=agent.registers_files,
    )
    try:
        agent.download(job)
    except RuntimeError:
        return {"error": "Printer busy!"}
    return {"target_path": name}


def web_snapshot_request(agent: Agent, call: Call) -> JsonObject:
    """Fetch the picture at an address, and return it as the camera sees it."""
    shot = agent.fetch(str(call.get(0, "url")))
    return {"pic": b64encode(shot.raw()).decode()}


SHARED_CALLS: dict[tuple[str, str], SharedCall] = {
    ("_printer", "set_temperature"): set_temperature,
    ("_printer", "jog"): jog,
    ("_printer", "home"): home,
    ("file_downloader", "download"): download,
    ("jpeg_poster", "web_snapshot_request"): web_snapshot_request,
}
