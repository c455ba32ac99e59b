"""Putting a recorded Printer object into the server."""

from dataclasses import fields
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..agent.webcam import placeholder
from ..json_types import JsonObject, as_object
from .model import GCodeFile, Print

if TYPE_CHECKING:
    from .printer import Printer


def load(printer: Printer, capture: JsonObject, picture: bytes | None) -> None:
    """Make a printer what a capture says; only its id and its token stay its own.

    A tagged picture without a current print answers 404, as it did when it was recorded.
    """
    capture = as_object(capture.get("printer", capture))
    for name in printer.columns.keys() - {"auth_token"}:
        printer.columns[name] = capture[name]
    status, job = capture["status"], capture["current_print"]
    printer.status = None if status is None else as_object(status)
    printer.settings = as_object(capture["settings"])
    printer.normalized_p = float(str(capture["normalized_p"]))
    printer.current_print = (
        None if job is None else _load_print(printer, as_object(job))
    )
    if capture["pic"] is None:
        printer.show_picture(None, None)
    else:
        url = str(as_object(capture["pic"])["img_url"])
        gone = "/tagged/" in url and job is None
        data = picture or placeholder(printer.name)
        printer.state.media.adopt(url, None if gone else lambda: data)
        printer.show_picture(url, data)
    printer.held = True
    printer.push()


def _load_print(printer: Printer, row: JsonObject) -> Print:
    state = printer.state
    values = _values(Print, row) | {"printer": printer, "g_code_file": None}
    if row["g_code_file"] is not None:
        file = GCodeFile(**_values(GCodeFile, as_object(row["g_code_file"])))
        file.user, file.resident_printer = printer.account.id, printer.id
        state.library.files[file.id] = values["g_code_file"] = file
    other = state.prints.get(values["id"])
    if other and other.printer is not printer:
        values["id"] = state.next_print_id()
    job = Print(**values)
    state.add_print(job)
    return job


def _values(record: type, row: JsonObject) -> dict[str, Any]:
    """Return what a row says of a record's attributes, moments as datetimes."""
    return {
        field.name: datetime.fromisoformat(value)
        if isinstance(value := row[field.name], str) and field.name.endswith("_at")
        else value
        for field in fields(record)
        if field.name in row
    }
