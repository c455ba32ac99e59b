"""What the server makes of the messages of an agent that runs elsewhere.

A message is handled in parts: settings, status, print, event. What fails in one of them ends
the message without an answer, so that the parts before it stay.
"""

from contextlib import suppress
from datetime import datetime
import json

from ..json_types import JsonObject, JsonValue, as_object
from .model import Print
from .printer import SETTINGS_WITHOUT_AGENT, Printer

# The seconds by which the number of a print may be lower or higher without another print
# being meant, as long as the file's name is the same.
NEAR_BEFORE = 20
NEAR_AFTER = 21
# An ended print whose number comes again so soon after its end is ignored; later it is an error.
LATE_SECONDS = 30.0
NOT_PRINTING = -1
# The one rotation that an older field can express, too.
FLAG_ROTATION = 270

EVENTS = {
    "PrintPaused": "PAUSED",
    "PrintResumed": "RESUMED",
    "FilamentChange": "FILAMENT_CHANGE",
}
# What the server takes over of an agent's settings under the same name, as JSON in a text.
JSON_SETTINGS = {
    "installed_plugins": "[]",
    "platform_uname": "[]",
    "printer_metadata": "{}",
}
TEXT_SETTINGS = (
    "tsd_plugin_version",
    "octoprint_version",
)
# The first webcam in the list, and the column that it fills.
WEBCAM_COLUMNS = {
    "webcam_flipV": "flipV",
    "webcam_flipH": "flipH",
    "webcam_rotation": "rotation",
    "webcam_streamRatio": "streamRatio",
}


class MessageError(Exception):
    """A part of a message that the server fails over."""


def handle_message(printer: Printer, message: JsonObject) -> bool:
    """Handle a message of a printer's agent; return whether it brought a status."""
    try:
        if (settings := message.get("settings")) is not None:
            store_settings(printer, _object(settings))
        has_status = _store_status(printer, message.get("status"))
    except MessageError:
        return False
    with suppress(MessageError):
        _update_print(printer, message)
        printer.push()
    return has_status


def store_settings(printer: Printer, sent: JsonObject) -> None:
    """Replace the settings of a printer by what its agent sent; the webcams may be missing."""
    agent = _object(sent.get("agent", {}) or {})
    temperature = _object(sent.get("temperature", {}))
    webcams = sent.get("webcams")
    if webcams is None:
        webcams = printer.settings.get("webcams", [])
    if not isinstance(webcams, list):
        raise MessageError("webcams")
    name, version = agent.get("name"), agent.get("version")
    printer.columns.update(agent_name=name, agent_version=version)
    printer.settings = {
        **{key: sent.get(key, "") for key in TEXT_SETTINGS},
        **{
            key: json.dumps(sent[key]) if key in sent else empty
            for key, empty in JSON_SETTINGS.items()
        },
        "data_channel_id": _data_channel(webcams),
        "temp_profiles": temperature.get("profiles", []),
        "webcams": webcams,
        **_flat_webcam(webcams),
        **({"agent_name": name, "agent_version": version} if agent else {}),
    }
    if sent.get("agent", agent) is None:
        raise MessageError("agent")


def _data_channel(webcams: list[JsonValue]) -> str:
    """Return where the web app finds the live video of a webcam, empty if there is none."""
    return next(
        (
            str(webcam.get("stream_id"))
            for webcam in map(_object, webcams)
            if webcam.get("stream_mode") == "h264_transcode"
        ),
        "",
    )


def _flat_webcam(webcams: list[JsonValue]) -> JsonObject:
    """Return the flat settings, which describe the first camera of the list."""
    if not webcams:
        return dict(SETTINGS_WITHOUT_AGENT)
    first = _object(webcams[0])
    flat = {column: first.get(key) for column, key in WEBCAM_COLUMNS.items()}
    if flat["webcam_rotation"] is None:
        rotate: JsonValue = None
    else:
        rotation = int(str(flat["webcam_rotation"]))
        flat["webcam_rotation"] = rotation if rotation in {90, 180, 270} else 0
        rotate = rotation == FLAG_ROTATION
    return flat | {
        "webcam_rotate90": rotate,
        "ratio169": flat["webcam_streamRatio"] == "16:9",
    }


def _store_status(printer: Printer, status: JsonValue) -> bool:
    """Replace the status of a printer; without one its agent counts as offline."""
    if not status:
        printer.status = None
        return False
    row = _object(status)
    if not row.get("_ts"):
        return False
    printer.status = row
    return True


def _update_print(printer: Printer, message: JsonObject) -> None:
    """Open, go on with, and close the print that a message is about."""
    number = message.get("current_print_ts")
    event = _object(message.get("event") or {})
    status = _object(message.get("status") or {})
    name = _file_name(status, event)
    if not number:
        return
    if number == NOT_PRINTING:
        _end(printer)
        return
    if (job := _current(printer, number, name)) is None:
        return
    if isinstance(number, str) or number != int(float(str(number))):
        raise MessageError("current_print_ts is no whole number")
    _link_file(printer, job, status)
    _handle_event(printer, job, status, str(event.get("event_type", "")))


def _file_name(status: JsonObject, event: JsonObject) -> str | None:
    """Return the name of the file; the event's counts before that of the status."""
    if name := _object(event.get("data") or {}).get("name"):
        return str(name)
    file = _object(_object(status.get("job", {})).get("file", {}))
    return str(file["name"]) if file.get("name") else None


def _link_file(printer: Printer, job: Print, status: JsonObject) -> None:
    """Link a print to the file that the message names, or to none if it names none."""
    file = _object(_object(status.get("job", {})).get("file", {}))
    number = file.get("obico_g_code_file_id")
    job.g_code_file = (
        printer.state.library.files.get(number) if isinstance(number, int) else None
    )


def _current(printer: Printer, number: JsonValue, name: str | None) -> Print | None:
    """Return the print with a number, which begins with its first message; None for no print."""
    job = printer.current_print
    if job is not None:
        if job.number == number:
            return job
        if job.filename == name and _is_near(job.number, number):
            job.number = number
            return job
        _end(printer)
    if (ended := _ended_with(printer, number)) is not None:
        since = printer.state.clock.now() - (ended.ended_at or ended.started_at)
        if since.total_seconds() > LATE_SECONDS:
            raise MessageError("the print has ended")
        return None
    if name is None:
        return None
    printer.begin_print(name, number=number)
    # A number that is none is looked at from the second message on.
    return printer.current_print if isinstance(number, int) else None


def _is_near(old: JsonValue, new: JsonValue) -> bool:
    return (
        isinstance(old, int | float)
        and isinstance(new, int | float)
        and -NEAR_BEFORE < new - old < NEAR_AFTER
    )


def _ended_with(printer: Printer, number: JsonValue) -> Print | None:
    return next(
        (
            job
            for job in printer.state.prints.values()
            if job.printer is printer and job.number == number
        ),
        None,
    )


def _handle_event(
    printer: Printer, job: Print, status: JsonObject, event_type: str
) -> None:
    match event_type:
        case "PrintDone":
            _measure(job, status, printer.state.clock.now())
            _end(printer)
        case "PrintCancelling":
            _measure(job, status)
        case "PrintCancelled":
            _measure(job, status)
            job.cancelled_at = job.ended_at = printer.state.clock.now()
        case "PrintFailed":
            job.cancelled_at = printer.state.clock.now()
            _end(printer)
        case _ if kind := EVENTS.get(event_type):
            printer.state.add_event(printer, kind)


def _measure(job: Print, status: JsonObject, now: datetime | None = None) -> None:
    """Store time and filament of a print, unless an earlier message had them.

    A print that is done and has no time took as long as it was open.
    """
    progress = _object(status.get("progress", {}))
    time, filament = progress.get("printTime"), progress.get("filamentUsed")
    if job.print_time is None:
        job.print_time = _number(time)
    if job.filament_used is None:
        job.filament_used = _number(filament)
    if job.print_time is None and now is not None:
        job.print_time = (now - job.started_at).total_seconds()


def _number(value: JsonValue) -> float | None:
    if value is None or isinstance(value, int | float):
        return value
    raise MessageError("no number")


def _end(printer: Printer) -> None:
    """End the current print, as cancelled if its agent has said so."""
    if (job := printer.current_print) is not None:
        printer.end_print(finished=job.cancelled_at is None)


def _object(value: JsonValue) -> JsonObject:
    try:
        return as_object(value)
    except TypeError:
        raise MessageError("not an object") from None
