"""Prints in the responses of actions."""

from homeassistant.util.json import JsonObjectType

from ..aioobico import Print
from ..prints.outcome import meters, print_duration, print_result
from ..prints.paths import PrintMedia, print_path
from .rows import moment
from .targets import Target


def print_row(job: Print, target: Target) -> JsonObjectType:
    """Return a print; its videos and pictures are named by their paths in Home Assistant."""
    file = job.g_code_file

    def path(media: PrintMedia, address: str | None) -> str | None:
        if address is None:
            return None
        return print_path(target.account.entry.entry_id, job.id, media)

    return {
        "id": job.id,
        "printer": target.name,
        "device_id": target.device_id,
        "file": job.filename,
        "result": None if job.ended_at is None else print_result(job),
        "started_at": moment(job.started_at),
        "ended_at": moment(job.ended_at),
        "duration": print_duration(job),
        "filament": meters(job.filament_used),
        "alerted_at": moment(job.alerted_at),
        "answer": job.alert_overwrite.lower() if job.alert_overwrite else None,
        "paused_by_obico_at": moment(job.paused_at),
        "has_video": job.video_url is not None,
        "video": path(PrintMedia.VIDEO, job.video_url),
        "tagged_video": path(PrintMedia.TAGGED_VIDEO, job.tagged_video_url),
        "poster": path(PrintMedia.POSTER, job.poster_url),
        "thumbnail": path(
            PrintMedia.THUMBNAIL,
            next(iter(file.thumbnail_urls), None) if file else None,
        ),
        "needs_verdict": job.need_alert_overwrite is True,
        "frames_to_judge": job.frames_to_judge,
        "can_print_again": job.ended_at is not None
        and (job.filename is not None or file is not None),
    }
