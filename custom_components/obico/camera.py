"""The webcam of printers, as single pictures."""

from collections.abc import Iterator
import logging
from typing import Final, override

from homeassistant.components.camera import Camera, CameraEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .aioobico import ObicoError, Printer
from .data import ObicoConfigEntry, ObicoData
from .entity import ObicoPrinterEntity, async_add_printer_entities
from .printer.status import AT_WORK, printer_status
from .printer.webcam import WebcamPictures

_LOGGER = logging.getLogger(__name__)

# Who looks at the same picture shares one fetch.
PARALLEL_UPDATES = 0

# A print's picture changes every 10 s at most.
_FRAME_INTERVAL: Final = 2.0
# Home Assistant gives up on a picture after 10.
_REFRESH_SECONDS: Final = 4.0

WEBCAM: Final = CameraEntityDescription(key="webcam", translation_key="webcam")


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ObicoConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the cameras of all printers."""

    def entities_of(
        account: ObicoData, printer: Printer
    ) -> Iterator[ObicoPrinterEntity]:
        yield ObicoWebcam(account, printer, WEBCAM)

    async_add_printer_entities(entry, async_add_entities, entities_of)


class ObicoWebcam(ObicoPrinterEntity, Camera):
    """The picture that a printer's webcam sent last."""

    # A picture of before the agent went away must not pass for the present.
    _needs_agent = True

    _attr_frame_interval = _FRAME_INTERVAL

    def __init__(
        self,
        account: ObicoData,
        printer: Printer,
        description: CameraEntityDescription,
    ) -> None:
        """Show a printer's webcam."""
        super().__init__(account, printer, description)
        Camera.__init__(self)
        self._pictures = WebcamPictures(account.hass, account.client)

    @override
    def _read(self) -> object:
        """Show nothing of the snapshot: pictures are fetched when they are looked at."""
        stale_since = self._pictures.stale_since
        self._attr_extra_state_attributes = {
            "stale_since": stale_since.isoformat() if stale_since else None
        }
        return stale_since

    @override
    async def async_camera_image(
        self, width: int | None = None, height: int | None = None
    ) -> bytes | None:
        """Return the webcam's picture, upright."""
        if self.printer.picture_url is None:
            # The server forgets a picture after half an hour.
            await self._async_refresh()
        if (address := self.printer.picture_url) is None:
            return self._pictures.picture
        settings = self.printer.settings
        picture = await self._pictures.async_get(
            address,
            settings.primary_webcam if settings else None,
            before_fetch=self._async_refresh,
        )
        self.account.repairs.async_note_picture(address, self._pictures.error)
        self._handle_coordinator_update()
        return picture

    async def _async_refresh(self) -> None:
        """Have a fresh picture sent by an agent that sends none by itself."""
        if printer_status(self.printer) in AT_WORK:
            return
        try:
            await self.account.connections.async_request_picture(
                self.printer, within=_REFRESH_SECONDS
            )
        except ObicoError as err:
            _LOGGER.debug("No fresh picture of %s: %s", self.entity_id, err)
