"""The commands that a Klipper agent answers; most go straight to Moonraker."""

from collections.abc import Callable
from hashlib import md5
from uuid import NAMESPACE_URL, uuid5

from ..json_types import JsonObject, JsonValue
from .calls import Call
from .jobs import Job
from .klipper_status import KlipperStatus
from .machine import UNREACHABLE, Phase
from .shared_calls import SHARED_CALLS
from .workshop_calls import WORKSHOP_CALLS, NoReply, Refused, WorkshopCall

MOONRAKER = "moonraker_api"
# Moonraker keeps the files that can be printed below this root.
ROOT = "gcodes"
CONFIG = "config"
# The answer to an unknown target, with the e-mail address as the recordings have it.
UNSUPPORTED = (
    "Request not supported. Please make sure moonraker-obico is updated to the latest "
    "version. If moonraker-obico is already up to date and you still see this error, "
    "please contact Obico support at a@example.com"
)
# Grams of PLA in a millimetre of filament of 1.75 mm.
GRAMS_PER_MILLIMETER = 0.00298
OBJECTS = (
    "webhooks",
    "gcode_move",
    "print_stats",
    "virtual_sdcard",
    "pause_resume",
    "display_status",
    "heaters",
    "extruder",
    "heater_bed",
    "toolhead",
    "fan",
)

COMPONENTS = (
    "database",
    "file_manager",
    "history",
    "job_queue",
    "power",
    "proc_stats",
    "webcam",
)

type AgentCall = Callable[[KlipperStatus, Call], JsonValue]


def is_post(call: Call) -> bool:
    """Return whether a command is a POST; without a verb it is a GET."""
    return call.kwargs.get("verb", "get") == "post"


def failure(func: str, call: Call) -> ValueError:
    """Return the error of a request that Moonraker refused; its reason is not passed on."""
    return ValueError(f'Error in calling "{func}" - "{call.kwargs.get("verb", "get")}"')


def result_of(call: Call, result: JsonValue) -> JsonValue:
    """Return a result as the agent passes it on: whole after a POST, bare after a GET."""
    return {"result": result} if is_post(call) else result


def start_print(agent: KlipperStatus, call: Call) -> JsonValue:
    """Print a file."""
    path = str(call.kwargs.get("filename"))
    if path not in agent.files:
        raise failure("printer/print/start", call)
    try:
        agent.start_print(agent.files[path])
    except RuntimeError as error:
        raise failure("printer/print/start", call) from error
    return result_of(call, "ok")


def pause_print(agent: KlipperStatus, call: Call) -> JsonValue:
    """Pause the print, whether or not the server has a record of it."""
    agent.pause()
    return result_of(call, "ok")


def resume_print(agent: KlipperStatus, call: Call) -> JsonValue:
    """Resume the print, whether or not the server has a record of it."""
    agent.resume()
    return result_of(call, "ok")


def cancel_print(agent: KlipperStatus, call: Call) -> JsonValue:
    """Cancel the print, whether or not the server has a record of it."""
    agent.cancel()
    return result_of(call, "ok")


def list_directory(agent: KlipperStatus, call: Call) -> JsonObject:
    """List a folder of the printer, whose files all lie below `gcodes`.

    The answer for the configuration, here without files, is made after Moonraker's
    documentation, not recorded.
    """
    root, _, folder = str(call.kwargs.get("path", ROOT)).strip("/").partition("/")
    top = f"{folder}/" if folder else ""
    inside = [
        job for job in agent.files.values() if root == ROOT and job.path.startswith(top)
    ]
    if root not in {ROOT, CONFIG} or (top and not inside):
        raise failure("server/files/directory", call)
    names = {job.path.removeprefix(top).partition("/") for job in inside}
    stamp = agent.timestamp()
    # Thumbnails lie in a hidden folder, which is listed like any other.
    hidden = {".thumbs"} if root == ROOT else set()
    dirs = sorted({name for name, slash, _ in names if slash} | hidden)
    is_extended = call.kwargs.get("extended") is True
    return {
        "dirs": [
            {"modified": stamp, "size": 4096, "permissions": "rw", "dirname": name}
            for name in dirs
        ],
        "files": [
            file_row(agent, job, is_extended=is_extended)
            for job in inside
            if job.path == top + job.name
        ],
        "disk_usage": {
            "total": 31_000_000_000,
            "used": 9_000_000_000,
            "free": 22_000_000_000,
        },
        "root_info": {"name": root, "permissions": "rw"},
    }


def read_metadata(agent: KlipperStatus, call: Call) -> JsonObject:
    """Return what Moonraker has read from a file.

    Not recorded, but made after Moonraker's documentation (external_api/file_manager.md); the
    fields are those of the recorded list of a folder.
    """
    job = agent.files.get(str(call.kwargs.get("filename")).strip("/"))
    if job is None or not job.analysed:
        raise failure("server/files/metadata", call)
    return {
        "size": job.size,
        "modified": agent.modified(job),
        **file_metadata(agent, job),
        "filename": job.path,
    }


def file_row(agent: KlipperStatus, job: Job, *, is_extended: bool) -> JsonObject:
    """Return a file of a folder; extended with what Moonraker has read from it."""
    row: JsonObject = {
        "modified": agent.modified(job),
        "size": job.size,
        "permissions": "rw",
        "filename": job.name,
    }
    return row | file_metadata(agent, job) if is_extended and job.analysed else row


def file_metadata(agent: KlipperStatus, job: Job) -> JsonObject:
    """Return what Moonraker has read from a file, and its last print."""
    runs = agent.runs.get(job.path)
    weight = round(job.filament * GRAMS_PER_MILLIMETER, 2)
    return {
        "uuid": str(uuid5(NAMESPACE_URL, job.path)),
        "file_processors": [],
        "slicer": "PrusaSlicer",
        "slicer_version": "2.7.1+win64",
        "gcode_start_byte": job.header,
        "gcode_end_byte": job.size,
        "object_height": job.height,
        "estimated_time": int(job.seconds),
        "nozzle_diameter": 0.4,
        "layer_height": job.layer_height,
        "first_layer_height": job.layer_height,
        "first_layer_extr_temp": job.tool,
        "first_layer_bed_temp": job.bed,
        "filament_type": "PLA",
        "filament_colors": [],
        "extruder_colors": [],
        "filament_temps": [int(job.tool)],
        "referenced_tools": [],
        "filament_total": job.filament,
        "filament_weight_total": weight,
        "filament_weights": [weight],
        "print_start_time": runs[-1].ended - runs[-1].seconds if runs else None,
        "job_id": f"{len(runs):06}" if runs else None,
    }


def printer_info(agent: KlipperStatus, _call: Call) -> JsonObject:
    """Tell of Klipper and its host."""
    is_ready = agent.phase not in UNREACHABLE
    return {
        "state": "ready" if is_ready else "shutdown",
        "state_message": "Printer is ready" if is_ready else "Shutdown",
        "hostname": "voron",
        "klipper_path": "/opt/klipper",
        "python_path": "/opt/klipper/klippy-env/bin/python",
        "process_id": 712,
        "user_id": 1000,
        "group_id": 1000,
        "log_file": "/opt/klipper/printer_data/logs/klippy.log",
        "config_file": "/opt/klipper/printer_data/config/printer.cfg",
        "software_version": "v0.12.0-400",
        "cpu_info": "4 core ARM",
        "app": "Klipper",
    }


def server_info(agent: KlipperStatus, _call: Call) -> JsonObject:
    """Tell of Moonraker, and whether it is connected to Klipper."""
    is_ready = agent.phase not in UNREACHABLE
    return {
        "klippy_connected": agent.phase is not Phase.DISCONNECTED,
        "klippy_state": "ready" if is_ready else "shutdown",
        "components": [
            *COMPONENTS,
            *(["spoolman"] if agent.workshop.spools is not None else []),
            *(["update_manager"] if agent.workshop.components is not None else []),
        ],
        "failed_components": [],
        "registered_directories": ["config", "logs", ROOT],
        "warnings": [f"Supplied path (/opt/{ROOT}) is invalid."],
        "websocket_count": 1,
        "moonraker_version": "0.11.0",
        "missing_klippy_requirements": [],
        "api_version": [1, 5, 0],
        "api_version_string": "1.5.0",
    }


def list_objects(agent: KlipperStatus, _call: Call) -> JsonObject:
    """List the objects whose values can be asked for, macros among them."""
    return {
        "objects": [
            *OBJECTS,
            *(["exclude_object"] if agent.workshop.objects else []),
            *(f"gcode_macro {name}" for name in agent.workshop.macros),
        ]
    }


def history_totals(agent: KlipperStatus, _call: Call) -> JsonObject:
    """Return the sums over all prints."""
    times = [run.seconds for runs in agent.runs.values() for run in runs]
    filament = [
        job.filament
        for path, job in agent.files.items()
        for run in agent.runs.get(path, ())
        if run.finished
    ]
    return {
        "job_totals": {
            "total_jobs": float(len(times)),
            "total_time": sum(times, 0.0),
            "total_print_time": sum(times, 0.0),
            "total_filament_used": sum(filament, 0.0),
            "longest_job": max(times, default=0.0),
            "longest_print": max(times, default=0.0),
        },
        "auxiliary_totals": [],
    }


def job_queue_status(_agent: KlipperStatus, _call: Call) -> JsonObject:
    """Return the queue of prints, which is always empty."""
    return {"queued_jobs": [], "queue_state": "paused"}


def list_webcams(agent: KlipperStatus, _call: Call) -> JsonObject:
    """List the cameras that are configured in Moonraker."""
    return {
        "webcams": [
            {
                "name": webcam.name,
                "enabled": True,
                "icon": "mdiWebcam",
                "aspect_ratio": webcam.stream_ratio,
                "target_fps": 15,
                "target_fps_idle": 5,
                "location": "printer",
                "service": "mjpegstreamer",
                "stream_url": webcam.path.replace("snapshot", "stream"),
                "snapshot_url": webcam.path,
                "flip_horizontal": webcam.flip_horizontal,
                "flip_vertical": webcam.flip_vertical,
                "rotation": webcam.rotation,
                "source": "config",
                "extra_data": {},
                "uid": md5(webcam.name.encode(), usedforsecurity=False).hexdigest(),
            }
            for webcam in agent.webcams
        ]
    }


def emergency_stop(agent: KlipperStatus, call: Call) -> JsonValue:
    """Shut Klipper down."""
    agent.emergency_stop()
    return result_of(call, "ok")


def as_passed_on(func: str, run: WorkshopCall) -> AgentCall:
    """Return a call whose errors and results are as the agent passes them on."""

    def run_call(agent: KlipperStatus, call: Call) -> JsonValue:
        try:
            return result_of(call, run(agent, call))
        except Refused as error:
            raise failure(func, call) from error
        except NoReply as error:
            raise LookupError(func) from error

    return run_call


MOONRAKER_CALLS: dict[str, AgentCall] = {
    **{func: as_passed_on(func, run) for func, run in WORKSHOP_CALLS.items()},
    "printer/emergency_stop": emergency_stop,
    "printer/info": printer_info,
    "printer/objects/list": list_objects,
    "printer/print/cancel": cancel_print,
    "printer/print/pause": pause_print,
    "printer/print/resume": resume_print,
    "printer/print/start": start_print,
    "server/files/directory": list_directory,
    "server/files/metadata": read_metadata,
    "server/history/totals": history_totals,
    "server/info": server_info,
    "server/job_queue/status": job_queue_status,
    "server/webcams/list": list_webcams,
}
CALLS: dict[tuple[str, str], AgentCall] = {
    **SHARED_CALLS,
    **{(MOONRAKER, func): call for func, call in MOONRAKER_CALLS.items()},
}
