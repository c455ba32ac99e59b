"""Recorded Printer objects put into the server."""

from dataclasses import fields
from datetime import datetime
from typing import Any

from ..agent.webcam import placeholder
from ..json_types import JsonObject, as_object
from .model import GCodeFile, Print, PrinterRecord
from .store import Store


def load[P: PrinterRecord](
    store: Store[P],
    printer: PrinterRecord,
    capture: JsonObject,
    picture: bytes | None,
) -> None:
    """Set a printer to what a capture has; it only keeps its own id and token.

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
        None if job is None else _load_print(store, printer, as_object(job))
    )
    if capture["pic"] is None:
        printer.show_picture(None, None)
    else:
        url = str(as_object(capture["pic"])["img_url"])
        is_gone = "/tagged/" in url and job is None
        data = picture or placeholder(printer.name)
        store.media.adopt(url, None if is_gone else lambda: data)
        printer.show_picture(url, data)
    printer.held = True


def _load_print[P: PrinterRecord](
    store: Store[P], printer: PrinterRecord, row: JsonObject
) -> Print:
    values = _values(Print, row) | {"printer": printer, "g_code_file": None}
    if row["g_code_file"] is not None:
        file = GCodeFile(**_values(GCodeFile, as_object(row["g_code_file"])))
        file.user, file.resident_printer = printer.account.id, printer.id
        store.library.files[file.id] = values["g_code_file"] = file
    other = store.prints.get(values["id"])
    if other and other.printer is not printer:
        values["id"] = store.next_print_id()
    job = Print(**values)
    store.add_print(job)
    return job


# The attributes of a record have all kinds of types.
def _values(record: type, row: JsonObject) -> dict[str, Any]:
    """Return the attributes of a record that a row has, with its moments as datetimes."""
    return {
        field.name: datetime.fromisoformat(value)
        if isinstance(value := row[field.name], str) and field.name.endswith("_at")
        else value
        for field in fields(record)
        if field.name in row
    }
