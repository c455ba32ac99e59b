"""Pictures that stay: those of the latest events."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, override

from homeassistant.components.image import ImageEntity, ImageEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .aioobico import Printer
from .coordinator import ObicoConfigEntry, ObicoCoordinator
from .entity import ObicoPrinterEntity, async_add_printer_entities
from .events import PICTURE_OF_EVENT, PICTURE_OF_FAILURE
from .storage import PicturedEvent

# Nothing is polled; a picture is fetched when it is looked at.
PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class ObicoEventImageDescription(ImageEntityDescription):
    """The picture of the latest event of a kind."""

    pictured: str


FAILURE_SNAPSHOT: Final = ObicoEventImageDescription(
    key="failure_snapshot",
    translation_key="failure_snapshot",
    pictured=PICTURE_OF_FAILURE,
)
EVENT_SNAPSHOT: Final = ObicoEventImageDescription(
    key="event_snapshot",
    translation_key="event_snapshot",
    pictured=PICTURE_OF_EVENT,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ObicoConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the image entities of all printers."""

    def entities_of(
        coordinator: ObicoCoordinator, printer: Printer
    ) -> Iterator[ObicoPrinterEntity]:
        for description in (FAILURE_SNAPSHOT, EVENT_SNAPSHOT):
            yield ObicoEventImage(coordinator, printer, description)

    async_add_printer_entities(entry, async_add_entities, entities_of)


class ObicoEventImage(ObicoPrinterEntity, ImageEntity):
    """The picture of the latest event of a kind, kept beyond restarts by the event's id."""

    entity_description: ObicoEventImageDescription

    def __init__(
        self,
        coordinator: ObicoCoordinator,
        printer: Printer,
        description: ObicoEventImageDescription,
    ) -> None:
        """Show a printer's picture."""
        super().__init__(coordinator, printer, description)
        ImageEntity.__init__(self, coordinator.hass)
        self._loaded: tuple[PicturedEvent, bytes] | None = None

    @property
    def _latest(self) -> PicturedEvent | None:
        pictured = self.coordinator.storage.pictured_events.get(self.printer.id, {})
        return pictured.get(self.entity_description.pictured)

    @override
    def _read(self) -> object:
        latest = self._latest
        self._attr_image_last_updated = latest.created_at if latest else None
        return latest

    @override
    async def async_image(self) -> bytes | None:
        """Return the picture, fetched once."""
        if (latest := self._latest) is None:
            return None
        if self._loaded is None or self._loaded[0] != latest:
            with self._translated_errors():
                picture = await self._async_fetch(latest.id)
            if picture is None:
                return None
            self._loaded = (latest, picture)
        return self._loaded[1]

    async def _async_fetch(self, event_id: int) -> bytes | None:
        """Ask for the event anew: the address that it had may have expired."""
        client = self.coordinator.client
        event = await client.get_event(event_id)
        return await client.get_picture(event.image_url) if event.image_url else None
