"""The JSON of the API, made of the records."""

from datetime import datetime

from ..json_types import JsonObject
from .clock import iso
from .library import Library
from .model import (
    AccountRecord,
    GCodeFile,
    GCodeFolder,
    Print,
    PrinterEvent,
    PrinterRecord,
    PrintShotFeedback,
)

USER_FIELDS = (
    "id",
    "is_primary_email_verified",
    "is_dh_unlimited",
    "first_name",
    "last_name",
    "date_joined",
    "email",
    "username",
    "consented_at",
    "last_active_at",
    "is_pro",
    "dh_balance",
    "unsub_token",
    "account_notification_by_email",
    "mobile_app_canary",
    "tunnel_cap_multiplier",
    "notification_enabled",
    "unseen_printer_events",
)
G_CODE_FILE_FIELDS = (
    "id",
    "deleted",
    "deleted_by_cascade",
    "filename",
    "safe_filename",
    "url",
    "num_bytes",
    "agent_signature",
    "metadata_json",
    "filament_total",
    "estimated_time",
    "thumbnail1_url",
    "thumbnail2_url",
    "thumbnail3_url",
    "created_at",
    "updated_at",
    "user",
    "parent_folder",
    "resident_printer",
)
FOLDER_FIELDS = (
    "id",
    "name",
    "safe_name",
    "created_at",
    "updated_at",
)
SHOT_FIELDS = ("id", "print_id", "image_url", "answer", "answered_at")
PREDICTION_FIELDS = (
    "current_frame_num",
    "lifetime_frame_num",
    "current_p",
    "ewm_mean",
    "rolling_mean_long",
    "rolling_mean_short",
    "normalized_p",
)
# The fields of a print besides its id, printer and file.
PRINT_FIELDS = (
    "filename",
    "started_at",
    "ended_at",
    "finished_at",
    "cancelled_at",
    "uploaded_at",
    "alerted_at",
    "alert_acknowledged_at",
    "alert_muted_at",
    "paused_at",
    "video_url",
    "tagged_video_url",
    "poster_url",
    "alert_overwrite",
    "filament_used",
    "print_time",
    "access_consented_at",
    "video_archived_at",
    "need_alert_overwrite",
    "need_print_shot_feedback",
)


def _row(record: object, fields: tuple[str, ...]) -> JsonObject:
    row: JsonObject = {}
    for name in fields:
        value = getattr(record, name)
        row[name] = iso(value) if isinstance(value, datetime) else value
    return row


def user_json(account: AccountRecord) -> JsonObject:
    """Return an account as `users/me/` has it."""
    return _row(account, USER_FIELDS)


def printer_row(printer: PrinterRecord) -> JsonObject:
    """Return the row of a printer: the part of the Printer object that prints contain."""
    row: JsonObject = {"id": printer.id}
    for name, value in printer.columns.items():
        row[name] = value
        if name == "watching_enabled":
            row["not_watching_reason"] = printer.not_watching_reason
    return row


def printer_json(printer: PrinterRecord) -> JsonObject:
    """Return a whole Printer object."""
    job = printer.current_print
    whole = printer_row(printer)
    whole["pic"] = {"img_url": printer.picture_url} if printer.picture_url else None
    whole["status"] = printer.status
    whole["settings"] = printer.settings
    whole["current_print"] = print_json(job) if job else None
    whole["normalized_p"] = printer.normalized_p
    return whole


def g_code_file_json(file: GCodeFile) -> JsonObject:
    """Return a G-code file as prints contain it."""
    return _row(file, G_CODE_FILE_FIELDS)


def folder_json(folder: GCodeFolder, library: Library) -> JsonObject:
    """Return a folder with the number of its folders and files, and the id of its parent."""
    children = [
        row for row in library.folders.values() if row.parent_folder == folder.id
    ]
    files = [row for row in library.files.values() if row.parent_folder == folder.id]
    return {
        "id": folder.id,
        "g_code_folder_count": len(children),
        "g_code_file_count": len(files),
        "parent_folder": folder.parent_folder,
    } | _row(folder, FOLDER_FIELDS)


def listed_folder_json(folder: GCodeFolder, library: Library) -> JsonObject:
    """Return a folder as the list has it: with its parent, not just the id of that."""
    return folder_json(folder, library) | {
        "parent_folder": _parent_json(folder.parent_folder, library)
    }


def _parent_json(folder_id: int | None, library: Library) -> JsonObject | None:
    return (
        None if folder_id is None else folder_json(library.folders[folder_id], library)
    )


def uploaded_file_json(file: GCodeFile) -> JsonObject:
    """Return a G-code file as the answer to its upload."""
    row = g_code_file_json(file)
    del row["user"]
    return row


def listed_file_json(
    file: GCodeFile, prints: list[Print], library: Library
) -> JsonObject:
    """Return a G-code file as the list has it: with its folder and its prints."""
    return g_code_file_json(file) | {
        "parent_folder": _parent_json(file.parent_folder, library),
        "print_set": [print_json(job) for job in prints],
    }


def shot_json(shot: PrintShotFeedback) -> JsonObject:
    """Return a picture that the user is asked to judge."""
    return _row(shot, SHOT_FIELDS)


def predictions_json(job: Print) -> list[JsonObject]:
    """Return what the detection made of each picture of a print, as `prediction_json/` has it.

    The rows are successive versions of the printer's one row in the database.
    """
    created_at = datetime.fromisoformat(str(job.printer.columns["created_at"]))
    return [
        {
            "model": "app.printerprediction",
            "pk": job.printer.id,
            "fields": {name: getattr(row, name) for name in PREDICTION_FIELDS}
            | {
                "created_at": _milliseconds(created_at),
                "updated_at": _milliseconds(row.updated_at),
            },
        }
        for row in job.predictions
    ]


def _milliseconds(moment: datetime | None) -> str | None:
    """Return a moment as Django's serializers write it, unlike the API."""
    if moment is None:
        return None
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def print_json(job: Print) -> JsonObject:
    """Return a print as other objects contain it."""
    file = job.g_code_file
    row: JsonObject = {
        "id": job.id,
        "printer": printer_row(job.printer),
        "g_code_file": g_code_file_json(file) if file else None,
    }
    return row | _row(job, PRINT_FIELDS)


def print_detail_json(job: Print) -> JsonObject:
    """Return a print as the history has it."""
    return print_json(job) | {
        "prediction_json_url": f"/api/v1/prints/{job.id}/prediction_json/",
        "printshotfeedback_set": [shot_json(shot) for shot in job.shots],
        "firstlayerinspection_set": [],
    }


def event_json(event: PrinterEvent) -> JsonObject:
    """Return an event."""
    return {
        "id": event.id,
        "event_type": event.event_type,
        "event_class": event.event_class,
        "event_title": event.event_title,
        "event_text": event.event_text,
        "image_url": event.image_url,
        "info_url": event.info_url,
        "created_at": iso(event.created_at),
        "print": event.print.id if event.print else None,
        "printer": event.printer.id,
    }
