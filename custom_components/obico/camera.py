"""The webcams of printers."""

from collections.abc import Iterator
from functools import partial
import logging
import math
from typing import Final, override

from aiohttp import web

from homeassistant.components.camera import CameraEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .aioobico import CLOUD_URL, ObicoError, ObicoPushError, Picture, Printer
from .const import DOMAIN
from .data import ObicoConfigEntry, ObicoData
from .entity import ObicoPrinterEntity, async_setup_platform
from .live.moving_pictures import MovingPictures, PictureRate
from .live.picture_stream import async_serve_pictures
from .live.shared_task import SharedTask
from .live.video import LiveVideo, VideoStream
from .live.video_bridge import VideoBridge
from .live.video_camera import LiveVideoCamera
from .printer.status import AT_WORK, printer_status
from .printer.webcam import Source, WebcamPictures
from .printer.webcams import PRIMARY, PrinterWebcam

_LOGGER = logging.getLogger(__name__)

# Nothing is polled; all who look at the same time share one fetch.
PARALLEL_UPDATES = 0

# Seconds. Home Assistant gives up on a picture after ten, of which some are for fetching it
# from the server where the agent sends none.
_TAKE_SECONDS: Final = 4.0
_REFRESH_SECONDS: Final = 3.0
# Seconds until an agent that sent no picture is asked again: each look waits for it. The
# pause doubles with each failure in a row.
_RETRY_SECONDS: Final = 10.0
_MAX_RETRY_SECONDS: Final = 120.0

WEBCAM: Final = CameraEntityDescription(key=PRIMARY, translation_key="webcam")
# Each further webcam; its key is that of the webcam.
WEBCAM_N: Final = CameraEntityDescription(
    key="webcam_{name}",
    translation_key="webcam_n",
    entity_registry_enabled_default=False,
)


def _entities_of(account: ObicoData, printer: Printer) -> Iterator[ObicoPrinterEntity]:
    """Yield the camera entities of a printer."""
    for webcam in account.webcams.of(printer.id):
        yield ObicoWebcam(account, printer, webcam)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ObicoConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the cameras; those of webcams that are gone are removed."""
    await async_setup_platform(
        hass,
        entry,
        async_add_entities,
        entities_of=_entities_of,
        gone_keys_of=entry.runtime_data.webcams.gone_keys,
    )


class ObicoWebcam(ObicoPrinterEntity, LiveVideoCamera):
    """A webcam, whose pictures the printer's agent takes when somebody looks.

    Where it cannot, the primary one shows the picture that the server got last.
    """

    # Without its agent a printer has no current picture.
    _needs_agent = True

    def __init__(
        self,
        account: ObicoData,
        printer: Printer,
        webcam: PrinterWebcam,
    ) -> None:
        """Initialize the camera of a webcam."""
        super().__init__(account, printer, WEBCAM if webcam.is_primary else WEBCAM_N)
        LiveVideoCamera.__init__(self)
        self._key = webcam.key
        self._is_primary = webcam.is_primary
        self._attr_unique_id = f"{account.account_id}_{printer.id}_{webcam.key}"
        self._attr_translation_placeholders = {"name": webcam.label}
        rate = PictureRate.of(
            account.entry.options,
            is_cloud=account.client.base_url.origin() == CLOUD_URL,
        )
        # Seconds during which a picture that the agent took is one of now.
        self._interval = self._attr_frame_interval = rate.interval
        self._pictures = WebcamPictures(account.hass, account.client)
        self._fetching = SharedTask(account.hass, account.entry, "obico webcam")
        self._moving = MovingPictures(
            account.hass, account.entry, rate, self._async_take_next
        )
        # Loop time at which the agent may be asked again, and the pause until then.
        self._take_due = self._refresh_due = -math.inf
        self._take_pause = _RETRY_SECONDS

    @override
    def _update_available(self) -> bool:
        """Return whether there is an agent that has this webcam."""
        return super()._update_available() and self._webcam is not None

    @override
    def _read(self) -> object:
        """Read since when the picture is stale; the picture itself is fetched on demand."""
        stale_since = self._pictures.stale_since
        stream = self._stream
        self._attr_extra_state_attributes = {
            "stale_since": stale_since.isoformat() if stale_since else None,
            "live_video": stream.kind.value if stream else None,
        }
        return stale_since, stream

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Write the state if it has changed, and offer another stream where there is one."""
        super()._handle_coordinator_update()
        self._async_check_stream()

    @property
    @override
    def _video(self) -> tuple[LiveVideo, VideoBridge]:
        return self.account.video, self.account.video_bridge

    @property
    @override
    def _stream(self) -> VideoStream | None:
        webcam = self._webcam
        if self.printer.status is None or webcam is None:
            return None
        return VideoStream.of_webcam(self._printer.id, webcam.settings)

    @override
    async def async_added_to_hass(self) -> None:
        """Allow fetches again: an entity that is renamed is removed and added anew."""
        await super().async_added_to_hass()
        self._fetching.async_allow()
        self._moving.async_allow()

    @override
    async def async_will_remove_from_hass(self) -> None:
        """End a fetch that is under way, and what is watched."""
        self._moving.async_stop()
        self._fetching.async_stop()
        await super().async_will_remove_from_hass()

    @override
    async def async_camera_image(
        self, width: int | None = None, height: int | None = None
    ) -> bytes:
        """Return the webcam's picture, upright, or the last good one if that can't be had.

        Raises HomeAssistantError where there never was one: for None, `camera.snapshot`
        would say nothing and write no file.
        """
        self._note_look()
        # A fetch that began earlier may be of a picture that is no longer the latest.
        await self._fetching.async_wait()
        if not self._pictures.is_fresh(self._source, taken_within=self._interval):
            await self._fetching.async_run(self._async_fetch)
        if (picture := self._pictures.picture) is None:
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="no_picture",
                translation_placeholders={"entity_id": self.entity_id},
            )
        self.content_type = picture.content_type
        return picture.content

    @override
    async def handle_async_still_stream(
        self, request: web.Request, interval: float
    ) -> web.StreamResponse:
        """Serve moving pictures; so does `handle_async_mjpeg_stream`, at the own interval."""
        watcher = self._moving.async_join(request, interval)
        try:
            return await async_serve_pictures(
                request,
                partial(self._moving.async_next, watcher),
                self.hass.loop.time,
            )
        finally:
            self._moving.async_leave(watcher)

    async def _async_take_next(self) -> Picture | None:
        """Return the next of the moving pictures."""
        self._note_look()
        # The server's picture is not fetched more often than it is for single looks.
        if not self._pictures.is_fresh(self._source, taken_within=0.0):
            await self._fetching.async_run(self._async_fetch)
        return self._pictures.picture

    def _note_look(self) -> None:
        """Let the agent know that somebody looks, where Home Assistant is the agent."""
        if agent := self.account.agents.of(self._printer.id):
            agent.async_look()

    @property
    def _webcam(self) -> PrinterWebcam | None:
        """Return the webcam, None if the printer has it no longer."""
        return self.account.webcams.find(self._printer.id, self._key)

    @property
    def _source(self) -> Source:
        """Return where the server's picture is, and how its camera is mounted."""
        webcam = self._webcam
        return (
            self.printer.picture_url if self._is_primary else None,
            webcam.settings if webcam else None,
        )

    async def _async_fetch(self) -> None:
        """Have a picture taken, or fetch the latest one, and show since when there is none."""
        if not await self._async_take() and self._is_primary:
            # Also without an address: the server forgets a picture after half an hour.
            await self._async_refresh()
            address, webcam = self._source
            if address is None:
                return
            await self._pictures.async_fetch(address, webcam)
            self.account.repairs.async_handle_picture(address, self._pictures.error)
        self._handle_coordinator_update()

    async def _async_take(self) -> bool:
        """Have the agent take a picture, and return whether it did."""
        printer, webcam = self.printer, self._webcam
        if (
            printer.status is None
            or webcam is None
            or self.hass.loop.time() < self._take_due
        ):
            return False
        try:
            content = await self.account.connections.agent_of(printer.id).take_picture(
                printer.agent_name,
                webcam.name,
                is_primary=self._is_primary,
                within=_TAKE_SECONDS,
            )
            await self._pictures.async_show(content, webcam.settings)
        except ObicoError as err:
            _LOGGER.debug("%s takes no picture: %s", self.entity_id, err)
            if not isinstance(err, ObicoPushError):
                self._take_due = self.hass.loop.time() + self._take_pause
                self._take_pause = min(self._take_pause * 2, _MAX_RETRY_SECONDS)
            if not self._is_primary:
                self._pictures.keep(err)
            return False
        self._take_pause = _RETRY_SECONDS
        return True

    async def _async_refresh(self) -> None:
        """Have a fresh picture sent by an agent that sends none by itself."""
        now = self.hass.loop.time()
        if printer_status(self.printer) in AT_WORK or now < self._refresh_due:
            return
        try:
            await self.account.connections.async_request_picture(
                self.printer, within=_REFRESH_SECONDS
            )
        except ObicoError as err:
            self._refresh_due = self.hass.loop.time() + _RETRY_SECONDS
            _LOGGER.debug("No fresh picture of %s: %s", self.entity_id, err)
