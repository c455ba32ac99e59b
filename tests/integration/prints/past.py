"""Prints of the past, as tests want them."""

from datetime import datetime, timedelta
from io import BytesIO

from PIL import Image

from dev import Print, Printer
from dev.server.timelapse import add_video


def printed(
    printer: Printer,
    started_at: datetime,
    *,
    seconds: float = 3600.0,
    finished: bool = True,
    filename: str = "vase.gcode",
    filament: float | None = 2500.0,
    print_time: float | None = None,
    video: bool = True,
) -> Print:
    """Let a printer have printed something, with a video unless that is not wanted."""
    state = printer.state
    ended_at = started_at + timedelta(seconds=seconds)
    job = Print(
        id=state.next_print_id(),
        printer=printer,
        filename=filename,
        started_at=started_at,
        ended_at=ended_at,
        finished_at=ended_at if finished else None,
        cancelled_at=None if finished else ended_at,
        print_time=seconds if print_time is None else print_time,
        filament_used=filament,
    )
    state.add_print(job)
    if video:
        add_video(state.media, job)
        job.poster_url = state.media.put(f"posters/{job.id}.jpg", _poster)
    return job


def _poster() -> bytes:
    file = BytesIO()
    Image.new("RGB", (8, 8), "red").save(file, "JPEG")
    return file.getvalue()
