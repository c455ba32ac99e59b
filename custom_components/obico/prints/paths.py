"""The paths in Home Assistant at which videos and pictures of prints, files and events are.

They name the account by its config entry, and a print, frame, file or event by its id.
Addresses of the server are signed, so they are in no path, identifier, attribute or
response. What is shown stands in the path, because Home Assistant signs no query.
"""

from enum import StrEnum
from typing import Final

PRINTS: Final = "/api/obico/prints"
FILES: Final = "/api/obico/files"
EVENTS: Final = "/api/obico/events"


class PrintMedia(StrEnum):
    """What there is of a print to look at."""

    VIDEO = "video"
    TAGGED_VIDEO = "tagged_video"
    POSTER = "poster"
    THUMBNAIL = "thumbnail"

    @property
    def is_video(self) -> bool:
        """Return whether it is a video, rather than a picture."""
        return self in VIDEOS


VIDEOS: Final = (PrintMedia.VIDEO, PrintMedia.TAGGED_VIDEO)


def print_path(entry_id: str, print_id: int, media: PrintMedia) -> str:
    """Return the path of a video or picture of a print."""
    return f"{PRINTS}/{entry_id}/{print_id}/{media}"


def frame_path(entry_id: str, print_id: int, frame_id: int) -> str:
    """Return the path of a frame of a print that the server asks about."""
    return f"{PRINTS}/{entry_id}/{print_id}/frames/{frame_id}"


def file_thumbnail_path(entry_id: str, file_id: int) -> str:
    """Return the path of the picture of a file in the cloud."""
    return f"{FILES}/{entry_id}/{file_id}/thumbnail"


def event_picture_path(entry_id: str, event_id: int) -> str:
    """Return the path of the picture of an event."""
    return f"{EVENTS}/{entry_id}/{event_id}/picture"
