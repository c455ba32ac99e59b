"""What the server makes of a print once it has ended: its video, and frames to judge."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import Protocol

from PIL import Image, ImageDraw

from ..agent.webcam import BED, FILAMENTS, WALL
from .clock import Clock
from .media import Media
from .model import Print, PrintShotFeedback
from .video import HEIGHT, WIDTH, make_video

# The seconds that a real server takes for a short print.
SECONDS = 25.0
MAX_SHOTS = 7
SHOT_DISTANCE = timedelta(minutes=2, seconds=1)
VIDEOS = "/media/tsd-timelapses/private/"


class _Store(Protocol):
    """What is needed of the server's store."""

    clock: Clock
    media: Media
    prints: dict[int, Print]

    def next_shot_id(self) -> int:
        """Return the id of the next frame to judge."""


class Timelapses:
    """The videos that are in work."""

    def __init__(self, store: _Store) -> None:
        """Start without work."""
        self._store = store
        self._due: list[tuple[float, Print]] = []

    def begin(self, job: Print) -> None:
        """Begin to make the video of a print that has ended, unless it is too short."""
        columns = job.printer.columns
        kind = "finish" if job.finished_at else "cancel"
        shortest = columns[f"min_timelapse_secs_on_{kind}"]
        if job.ended_at is None or not isinstance(shortest, int | float):
            return
        seconds = (job.ended_at - job.started_at).total_seconds()
        # Without a picture there is nothing to make a video of.
        if 0 <= shortest <= seconds and (job.poster_url or job.predictions):
            self._due.append((self._store.clock.elapsed + SECONDS, job))

    def tick(self) -> None:
        """Finish what is due."""
        now = self._store.clock.elapsed
        for due, job in tuple(self._due):
            if due <= now:
                self._due.remove((due, job))
                if self._store.prints.get(job.id) is job:
                    self._finish(job)

    def _finish(self, job: Print) -> None:
        add_video(self._store.media, job)
        if job.predictions and job.ended_at:
            at = job.ended_at
            while at > job.started_at and len(job.shots) < MAX_SHOTS:
                job.shots.insert(0, self._shot(job, at))
                at -= SHOT_DISTANCE
            # Ids rise with the time of the frames.
            for shot, number in zip(
                job.shots, sorted(shot.id for shot in job.shots), strict=True
            ):
                shot.id = number
        job.need_print_shot_feedback = bool(job.shots)

    def _shot(self, job: Print, at: datetime) -> PrintShotFeedback:
        part = (at - job.started_at) / ((job.ended_at or at) - job.started_at)
        name = (
            f"ff_printshots/{job.printer.account.id}/{job.id}/{at.timestamp():.6f}.jpg"
        )
        url = self._store.media.put(name, _jpeg(job, part))
        return PrintShotFeedback(
            id=self._store.next_shot_id(), print_id=job.id, image_url=url
        )


def add_video(media: Media, job: Print) -> None:
    """Give a print its video and, if it was watched, the one with the detection's marks."""
    job.video_url = media.put_video(
        f"{VIDEOS}{job.id}.mp4", lambda: make_video(lambda part: _draw(job, part))
    )
    if job.predictions:
        job.tagged_video_url = media.put_video(
            f"{VIDEOS}{job.id}_tagged.mp4",
            lambda: make_video(lambda part: _draw(job, part, marked=True)),
        )


def add_poster(media: Media, job: Print) -> None:
    """Give a print the last picture of it."""
    job.poster_url = media.put(f"{VIDEOS}{job.id}_poster.jpg", _jpeg(job, 1.0))


def _jpeg(job: Print, part: float) -> Callable[[], bytes]:
    def render() -> bytes:
        file = BytesIO()
        _draw(job, part).resize((WIDTH * 4, HEIGHT * 4)).save(file, "JPEG")
        return file.getvalue()

    return render


def _draw(job: Print, part: float, *, marked: bool = False) -> Image.Image:
    """Draw how far a print is: the part grows from the bed to the top."""
    image = Image.new("RGB", (WIDTH, HEIGHT), WALL)
    draw = ImageDraw.Draw(image)
    bed = HEIGHT - 10
    draw.rectangle((8, bed, WIDTH - 8, bed + 4), fill=BED)
    top = bed - round((bed - 8) * part)
    draw.rectangle((30, top, WIDTH - 30, bed), fill=FILAMENTS[job.id % len(FILAMENTS)])
    if marked:
        draw.rectangle((24, max(top - 4, 0), WIDTH - 24, bed), outline=(64, 220, 96))
    return image
