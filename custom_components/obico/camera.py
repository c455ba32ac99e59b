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
        self._fetching = SharedTask(account.hass, account.entry, "obico webcam")
        self._refresh_failed_at = float("-inf")

    @override
    def _read(self) -> object:
        """Show nothing of the snapshot: pictures are fetched when they are looked at."""
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
        self.account.repairs.async_note_picture(address, self._pictures.error)
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
