"""The webcam of printers, as single pictures."""

from collections.abc import Iterator
from functools import partial
import logging
import math
from typing import Final, override

from homeassistant.components.camera import Camera, CameraEntityDescription

from .aioobico import ObicoError, Printer
from .data import ObicoData
from .entity import ObicoPrinterEntity, async_setup_platform
from .live.shared_task import SharedTask
from .printer.status import AT_WORK, printer_status
from .printer.webcam import Source, WebcamPictures

_LOGGER = logging.getLogger(__name__)

# Nothing is polled; all who look at the same time share one fetch.
PARALLEL_UPDATES = 0

# Seconds. A new picture of a print comes every ten seconds at most, and is shown soon.
_FRAME_INTERVAL: Final = 2.0
# Seconds. Home Assistant gives up on a picture after ten, of which some are for fetching it.
_REFRESH_SECONDS: Final = 4.0
# Seconds until an agent that sent no picture is asked again: each look waits for it.
_REFRESH_RETRY_SECONDS: Final = 10.0

WEBCAM: Final = CameraEntityDescription(key="webcam", translation_key="webcam")


def _entities_of(account: ObicoData, printer: Printer) -> Iterator[ObicoPrinterEntity]:
    """Yield the camera entities of a printer."""
    yield ObicoWebcam(account, printer, WEBCAM)


async_setup_entry = partial(async_setup_platform, entities_of=_entities_of)


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
        self._fetching = SharedTask(account.hass, account.entry, "obico webcam")
        self._refresh_failed_at = -math.inf

    @override
    def _read(self) -> object:
        """Read since when the picture is stale; the picture itself is fetched on demand."""
        stale_since = self._pictures.stale_since
        self._attr_extra_state_attributes = {
            "stale_since": stale_since.isoformat() if stale_since else None
        }
        return stale_since

    @override
    async def async_will_remove_from_hass(self) -> None:
        """End a fetch that is under way."""
        self._fetching.async_stop()
        await super().async_will_remove_from_hass()

    @override
    async def async_camera_image(
        self, width: int | None = None, height: int | None = None
    ) -> bytes | None:
        """Return the webcam's picture, upright, or the last good one if that can't be had."""
        # A fetch that began earlier may be of a picture that is no longer the latest.
        await self._fetching.async_wait()
        if not self._pictures.is_fresh(self._source):
            await self._fetching.async_run(self._async_fetch)
        if (picture := self._pictures.picture) is None:
            return None
        self.content_type = picture.content_type
        return picture.content

    @property
    def _source(self) -> Source:
        """Return where the picture is, and how its camera is mounted."""
        settings = self.printer.settings
        return (
            self.printer.picture_url,
            settings.primary_webcam if settings else None,
        )

    async def _async_fetch(self) -> None:
        """Fetch the latest picture, and show since when there is none."""
        # Also without an address: the server forgets a picture after half an hour.
        await self._async_refresh()
        address, webcam = self._source
        if address is None:
            return
        await self._pictures.async_fetch(address, webcam)
        self.account.repairs.async_handle_picture(address, self._pictures.error)
        self._handle_coordinator_update()

    async def _async_refresh(self) -> None:
        """Have a fresh picture sent by an agent that sends none by itself."""
        now = self.hass.loop.time()
        if (
            printer_status(self.printer) in AT_WORK
            or now - self._refresh_failed_at < _REFRESH_RETRY_SECONDS
        ):
            return
        try:
            await self.account.connections.async_request_picture(
                self.printer, within=_REFRESH_SECONDS
            )
        except ObicoError as err:
            self._refresh_failed_at = self.hass.loop.time()
            _LOGGER.debug("No fresh picture of %s: %s", self.entity_id, err)
