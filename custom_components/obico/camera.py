"""The webcam of printers, as single pictures."""

from collections.abc import Iterator
from functools import partial
import logging
from typing import Final, override

from homeassistant.components.camera import Camera, CameraEntityDescription

from .aioobico import ObicoError, Printer
from .data import ObicoData
from .entity import ObicoPrinterEntity, async_setup_printer_platform
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


def _entities_of(account: ObicoData, printer: Printer) -> Iterator[ObicoPrinterEntity]:
    """Yield the camera entities of a printer."""
    yield ObicoWebcam(account, printer, WEBCAM)


async_setup_entry = partial(async_setup_printer_platform, entities_of=_entities_of)


class ObicoWebcam(ObicoPrinterEntity, Camera):
    """The picture that a printer's webcam sent last."""

    # Without its agent a printer has no current picture.
    _needs_agent = True

    _attr_frame_interval = _FRAME_INTERVAL

    def __init__(
        self,
        account: ObicoData,
        printer: Printer,
        description: CameraEntityDescription,
    ) -> None:
        """Initialize the camera."""
        super().__init__(account, printer, description)
        Camera.__init__(self)
        self._pictures = WebcamPictures(account.hass, account.client)

    @override
    def _read(self) -> object:
        """Read since when the picture is stale; the picture itself is fetched on demand."""
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
        self.account.repairs.async_handle_picture(address, self._pictures.error)
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
