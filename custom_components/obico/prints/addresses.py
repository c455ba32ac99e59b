"""The server's addresses of videos and pictures of prints.

They are signed and expire, so they are requested when somebody looks, and kept only for the
many requests that a player makes for one video.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from ..aioobico import ObicoClient, Print
from .paths import PrintMedia

# Number of prints: enough for a page of posters and the videos of several users.
_KEPT: Final = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class PrintAddresses:
    """The addresses of one print, without those that it does not have."""

    printer_id: int | None
    media: Mapping[PrintMedia, str] = field(repr=False)
    frames: Mapping[int, str] = field(repr=False)
    """Of the frames to judge, by id."""

    @classmethod
    def of(cls, job: Print) -> PrintAddresses:
        """Return the addresses of a print."""
        thumbnails = job.g_code_file.thumbnail_urls if job.g_code_file else ()
        known = {
            PrintMedia.VIDEO: job.video_url,
            PrintMedia.TAGGED_VIDEO: job.tagged_video_url,
            PrintMedia.POSTER: job.poster_url,
            PrintMedia.THUMBNAIL: next(iter(thumbnails), None),
        }
        return cls(
            printer_id=job.printer_id,
            media={
                media: address
                for media, address in known.items()
                if address is not None
            },
            frames={
                shot.id: shot.image_url
                for shot in job.print_shots
                if shot.image_url is not None
            },
        )


class Addresses:
    """Requests the addresses of prints, and keeps those that were requested last."""

    def __init__(self, client: ObicoClient) -> None:
        """Start without addresses."""
        self._client = client
        self._kept: OrderedDict[int, PrintAddresses] = OrderedDict()

    def find(self, print_id: int) -> PrintAddresses | None:
        """Return the addresses of a print as they were, None where they are not kept."""
        return self._kept.get(print_id)

    async def async_request(self, print_id: int) -> PrintAddresses:
        """Request the present addresses of a print; raises as ObicoClient.get_print does."""
        return self.remember(await self._client.get_print(print_id))

    def remember(self, job: Print) -> PrintAddresses:
        """Keep the addresses of a print that was requested for another purpose."""
        addresses = self._kept[job.id] = PrintAddresses.of(job)
        self._kept.move_to_end(job.id)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return addresses

    def forget(self, print_id: int) -> None:
        """Remove the addresses of a deleted print."""
        self._kept.pop(print_id, None)
