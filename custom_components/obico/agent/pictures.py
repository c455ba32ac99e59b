"""Send the pictures of a printer's camera while its agent is connected."""

import asyncio
from collections.abc import Callable
import logging
from typing import Final, NoReturn

from homeassistant.core import HomeAssistant

from ..aioobico import ObicoAuthenticationError, ObicoError, ObicoRateLimitError
from ..aioobico.acting import AgentCalls
from .config import AgentConfig
from .light import PictureLight
from .picture import async_take_picture, placeholder
from .picture_pace import FAST_SECONDS, PictureKind, PicturePace
from .readings import is_private

_LOGGER = logging.getLogger(__name__)

# Pictures that could not be taken one after the other until somebody is told.
_FAILURES_UNTIL_REPAIR: Final = 6
_RATE_LIMIT_SECONDS: Final = 60.0
# By which the event loop's timers may be early, so that none is set anew for what is left, and
# by which the sum of two times may be rounded up.
_EARLY_SECONDS: Final = 0.001


class AgentPictures:
    """Takes and sends the pictures of one printer.

    `taken` counts those of the camera, `sent` all that the server took, and `failures` those
    in a row that could not be taken. A camera's errors never end the task.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        config: AgentConfig,
        calls: AgentCalls,
        *,
        handle_refused: Callable[[], None],
        handle_camera: Callable[[bool], None],
    ) -> None:
        """Initialize without a task.

        `handle_refused` is called when the server refuses the token, `handle_camera` with
        whether the camera gives pictures when that has changed.
        """
        self.pace = PicturePace()
        self.taken = 0
        self.sent = 0
        self.failures = 0
        self._hass = hass
        self._config = config
        self._calls = calls
        self._handle_refused = handle_refused
        self._handle_camera = handle_camera
        self._light = PictureLight(hass, config.light)
        self._changed = asyncio.Event()

    @property
    def is_private(self) -> bool:
        """Return whether no pictures may be taken now."""
        return is_private(self._hass, self._config)

    def wake(self) -> None:
        """Decide anew when the next picture is due."""
        self._changed.set()

    def ask(self) -> None:
        """Have a picture sent for somebody who looks."""
        self.pace.is_asked_for = True
        self.wake()

    async def async_run(self) -> NoReturn:
        """Send pictures until cancelled."""
        try:
            while True:
                kind = await self._async_wait()
                await self._async_send(kind)
        finally:
            await self._async_darken()

    async def _async_wait(self) -> PictureKind:
        """Wait until a picture is due, and return what for."""
        loop = self._hass.loop
        while True:
            self._changed.clear()
            due = self.pace.due()
            if due is None or due[0] - loop.time() > FAST_SECONDS + _EARLY_SECONDS:
                await self._async_darken()
            if due is not None and due[0] <= loop.time() + _EARLY_SECONDS:
                return due[1]
            try:
                async with asyncio.timeout_at(None if due is None else due[0]):
                    await self._changed.wait()
            except TimeoutError:
                continue

    async def _async_darken(self) -> None:
        try:
            await self._light.async_turn_off()
        except Exception as err:  # noqa: BLE001 # Of another integration.
            _LOGGER.debug("Cannot turn off the light: %s", err)

    async def _async_send(self, kind: PictureKind) -> None:
        self.pace.begin(self._hass.loop.time())
        picture = None if self.is_private else await self.async_take()
        if picture is None:
            if kind is not PictureKind.FIRST:
                return
            # Without any picture the server does not complete the end of the print.
            picture = await self._hass.async_add_executor_job(placeholder)
        if await self._async_post(picture, is_shown_only=kind is PictureKind.VIEWER):
            self.sent += 1
            if kind is PictureKind.FIRST:
                self.pace.handle_first_sent()

    async def async_send_placeholder(self) -> None:
        """Send a neutral picture of a print that nobody has seen."""
        picture = await self._hass.async_add_executor_job(placeholder)
        await self._async_post(picture, is_shown_only=False)

    async def async_take(self) -> bytes | None:
        """Return a picture of the camera, None where it gives none."""
        if self._config.camera is None:
            return None
        try:
            await self._light.async_turn_on()
            picture = await async_take_picture(
                self._hass, self._config, self._config.camera
            )
        except Exception as err:  # noqa: BLE001 # Of another integration.
            self.failures += 1
            _LOGGER.debug("No picture of %s: %s", self._config.camera, err)
            if self.failures == _FAILURES_UNTIL_REPAIR:
                self._handle_camera(False)
            return None
        self.taken += 1
        if self.failures >= _FAILURES_UNTIL_REPAIR:
            self._handle_camera(True)
        self.failures = 0
        return picture

    async def _async_post(self, picture: bytes, *, is_shown_only: bool) -> bool:
        try:
            await self._calls.post_picture(picture, viewing_boost=is_shown_only)
        except ObicoAuthenticationError:
            self._handle_refused()
            return False
        except ObicoRateLimitError as err:
            await asyncio.sleep(err.retry_after or _RATE_LIMIT_SECONDS)
            return False
        except ObicoError as err:
            _LOGGER.debug("A picture was not sent: %s", err)
            return False
        return True
