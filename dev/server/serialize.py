"""From records to the JSON that the API gives out."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from ..json_types import JsonObject
from .clock import iso
from .model import Account, GCodeFile, GCodeFolder, Print, PrinterEvent

if TYPE_CHECKING:
    from .printer import Printer

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
    "user",
    "parent_folder",
)
# What a print has besides its id, printer and file.
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


def user_json(account: Account) -> JsonObject:
    """Write an account as `users/me/` does."""
    return _row(account, USER_FIELDS)


def printer_row(printer: Printer) -> JsonObject:
    """Write what the database knows of a printer: all that a print repeats of it."""
    row: JsonObject = {"id": printer.id}
    for name, value in printer.columns.items():
        row[name] = value
        if name == "watching_enabled":
            row["not_watching_reason"] = printer.not_watching_reason
    return row


def printer_json(printer: Printer) -> JsonObject:
    """Write a whole Printer object."""
    job = printer.current_print
    whole = printer_row(printer)
    whole["pic"] = {"img_url": printer.picture_url} if printer.picture_url else None
    whole["status"] = printer.status
    whole["settings"] = printer.settings
    whole["current_print"] = print_json(job) if job else None
    whole["normalized_p"] = printer.normalized_p
    return whole


def g_code_file_json(file: GCodeFile) -> JsonObject:
    """Write a G-code file."""
    return _row(file, G_CODE_FILE_FIELDS)


def folder_json(folder: GCodeFolder, folders: Mapping[int, GCodeFolder]) -> JsonObject:
    """Write a folder as its list does: with the one it is in, which only has the id of its own."""
    row = _row(folder, FOLDER_FIELDS)
    row["parent_folder"] = _parent_json(folder.parent_folder, folders)
    return row


def _parent_json(
    folder_id: int | None, folders: Mapping[int, GCodeFolder]
) -> JsonObject | None:
    return None if folder_id is None else _row(folders[folder_id], FOLDER_FIELDS)


def listed_file_json(
    file: GCodeFile, prints: list[Print], folders: Mapping[int, GCodeFolder]
) -> JsonObject:
    """Write a G-code file as its list does, with its folder and the prints made of it."""
    row = g_code_file_json(file)
    row["parent_folder"] = _parent_json(file.parent_folder, folders)
    row["print_set"] = [print_json(job) for job in prints]
    return row


def print_json(job: Print) -> JsonObject:
    """Write a print as it stands inside other objects."""
    file = job.g_code_file
    row: JsonObject = {
        "id": job.id,
        "printer": printer_row(job.printer),
        "g_code_file": g_code_file_json(file) if file else None,
    }
    return row | _row(job, PRINT_FIELDS)


def print_detail_json(job: Print) -> JsonObject:
    """Write a print as the history does."""
    return print_json(job) | {
        "prediction_json_url": f"/api/v1/prints/{job.id}/prediction_json/",
        "printshotfeedback_set": [
            {
                "id": number,
                "print_id": job.id,
                "image_url": url,
                "answer": None,
                "answered_at": None,
            }
            for number, url in enumerate(job.shots, start=1)
        ],
        "firstlayerinspection_set": [],
    }


def event_json(event: PrinterEvent) -> JsonObject:
    """Write an event."""
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
