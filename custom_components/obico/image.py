"""Image entities: pictures of the latest events, of the file and of the last print."""

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final, override

from homeassistant.components.image import ImageEntity, ImageEntityDescription
from homeassistant.exceptions import HomeAssistantError

from .aioobico import ObicoNoPictureError, Picture, Printer, check_picture
from .const import DOMAIN
from .data import ObicoData
from .entity import ObicoPrinterEntity, async_setup_platform
from .live.event_memory import PICTURE_OF_EVENT, PICTURE_OF_FAILURE
from .live.fired_event import EVENT_SNAPSHOT, FAILURE_SNAPSHOT
from .live.shared_task import SharedTask

# Nothing is polled; a picture is fetched when it is looked at.
PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class ObicoEventImageDescription(ImageEntityDescription):
    """The picture of the latest event of a kind."""

    kind: str


EVENT_IMAGES: Final = (
    ObicoEventImageDescription(
        key=FAILURE_SNAPSHOT,
        translation_key=FAILURE_SNAPSHOT,
        kind=PICTURE_OF_FAILURE,
    ),
    ObicoEventImageDescription(
        key=EVENT_SNAPSHOT,
        translation_key=EVENT_SNAPSHOT,
        entity_registry_enabled_default=False,
        kind=PICTURE_OF_EVENT,
    ),
)
THUMBNAIL: Final = ImageEntityDescription(key="thumbnail", translation_key="thumbnail")
LAST_POSTER: Final = ImageEntityDescription(
    key="last_poster", translation_key="last_poster"
)


def _entities_of(account: ObicoData, printer: Printer) -> Iterator[ObicoPrinterEntity]:
    """Yield the image entities of a printer."""
    for description in EVENT_IMAGES:
        yield ObicoEventImage(account, printer, description)
    yield ObicoThumbnail(account, printer, THUMBNAIL)
    yield ObicoLastPoster(account, printer, LAST_POSTER)


async_setup_entry = partial(async_setup_platform, entities_of=_entities_of)


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """What a picture is of: an event or a print, by its id, as its address expires."""

    id: int
    created_at: datetime | None


class ObicoImage(ObicoPrinterEntity, ImageEntity):
    """A picture, fetched once for each subject, and kept if it is one."""

    def __init__(
        self,
        account: ObicoData,
        printer: Printer,
        description: ImageEntityDescription,
    ) -> None:
        """Initialize the image entity."""
        super().__init__(account, printer, description)
        ImageEntity.__init__(self, account.hass)
        self._loaded: tuple[Subject, Picture] | None = None
        self._loading = SharedTask(account.hass, account.entry, "obico picture")

    @property
    @abstractmethod
    def _subject(self) -> Subject | None:
        """Return what the picture shows now, None where there is no picture."""

    @abstractmethod
    async def _async_address(self, subject: Subject) -> str | None:
        """Request the current address of the picture from the server."""

    @override
    def _read(self) -> object:
        subject = self._subject
        self._attr_image_last_updated = subject.created_at if subject else None
        return subject

    @property
    @override
    def entity_picture(self) -> str | None:
        """Return the path for the frontend, None while there is no picture."""
        return super().entity_picture if self._subject else None

    @override
    async def async_added_to_hass(self) -> None:
        """Allow fetches again: an entity that is renamed is removed and added anew."""
        await super().async_added_to_hass()
        self._loading.async_allow()

    @override
    async def async_will_remove_from_hass(self) -> None:
        """End a fetch that is under way."""
        self._loading.async_stop()
        await super().async_will_remove_from_hass()

    @override
    async def async_image(self) -> bytes | None:
        """Return the picture."""
        # A fetch that began earlier may be of another subject.
        await self._loading.async_wait()
        if (subject := self._subject) is None:
            return None
        if self._loaded is None or self._loaded[0] != subject:
            await self._loading.async_run(partial(self._async_load, subject))
        if self._loaded is None or self._loaded[0] != subject:
            return None
        picture = self._loaded[1]
        self._attr_content_type = picture.content_type
        return picture.content

    async def _async_load(self, subject: Subject) -> None:
        """Fetch the picture of a subject."""
        with self._translated_errors():
            address = await self._async_address(subject)
            if address is None:
                return
            try:
                picture = await self.hass.async_add_executor_job(
                    check_picture, await self.account.client.get_picture(address)
                )
            except ObicoNoPictureError as err:
                raise HomeAssistantError(
                    translation_domain=DOMAIN,
                    translation_key="no_picture",
                    translation_placeholders={"entity_id": self.entity_id},
                ) from err
        self._loaded = (subject, picture)


class ObicoEventImage(ObicoImage):
    """The picture of the latest event of a kind, also after a restart."""

    entity_description: ObicoEventImageDescription

    @property
    @override
    def _subject(self) -> Subject | None:
        pictures = self.account.event_memory.pictures.get(self.printer.id, {})
        if (event := pictures.get(self.entity_description.kind)) is None:
            return None
        return Subject(id=event.id, created_at=event.created_at)

    @override
    async def _async_address(self, subject: Subject) -> str | None:
        event = await self.account.client.get_event(subject.id)
        return event.image_url


class ObicoThumbnail(ObicoImage):
    """The slicer's picture of the file that is printed."""

    @property
    @override
    def _subject(self) -> Subject | None:
        job = self.printer.current_print
        if job is None or job.g_code_file is None or not job.g_code_file.thumbnail_urls:
            return None
        return Subject(id=job.id, created_at=job.started_at)

    @override
    async def _async_address(self, subject: Subject) -> str | None:
        job = await self.account.client.get_print(subject.id)
        thumbnails = job.g_code_file.thumbnail_urls if job.g_code_file else ()
        return next(iter(thumbnails), None)


class ObicoLastPoster(ObicoImage):
    """The last picture of the print that ended last."""

    @property
    @override
    def _subject(self) -> Subject | None:
        job = self.coordinator.data.last_prints.get(self.printer.id)
        if job is None or job.poster_url is None:
            return None
        return Subject(id=job.id, created_at=job.ended_at)

    @override
    async def _async_address(self, subject: Subject) -> str | None:
        job = await self.account.client.get_print(subject.id)
        return job.poster_url
