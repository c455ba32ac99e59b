"""Webcam pictures: fetched once for all who look, upright, the last good one kept."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from io import BytesIO
import logging
import math
from typing import Final

from PIL import Image

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..aioobico import ObicoClient, ObicoError, Webcam

_LOGGER = logging.getLogger(__name__)

# The content behind an address may change; who streams asks twice a second.
_FRESH_SECONDS: Final = 4.0
_JPEG_QUALITY: Final = 90
_UPRIGHT: Final = (False, False, 0)

# What Pillow raises for what is no picture, is broken, or would fill the memory.
_NO_PICTURE: Final = (OSError, SyntaxError, ValueError, Image.DecompressionBombError)

# Pillow turns counter-clockwise, cameras are mounted clockwise.
_TURNS: Final = {
    90: Image.Transpose.ROTATE_270,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}


def turn_upright(
    picture: bytes, *, flip_horizontal: bool, flip_vertical: bool, rotation: int
) -> bytes:
    """Return a JPEG flipped, then turned clockwise by `rotation` degrees."""
    with Image.open(BytesIO(picture)) as opened:
        image: Image.Image = opened.convert("RGB")
    if flip_horizontal:
        image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if flip_vertical:
        image = image.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    if rotation in _TURNS:
        image = image.transpose(_TURNS[rotation])
    turned = BytesIO()
    image.save(turned, "JPEG", quality=_JPEG_QUALITY)
    return turned.getvalue()


class WebcamPictures:
    """The pictures of one webcam.

    `stale_since` is when the picture was fetched, if it could not be fetched again
    since, and `error` is why.
    """

    def __init__(self, hass: HomeAssistant, client: ObicoClient) -> None:
        """Start without a picture."""
        self._hass = hass
        self._client = client
        self._lock = asyncio.Lock()
        self._source: tuple[str, Webcam | None] | None = None
        self._fetched_at = -math.inf
        self._fetched_ok_at: datetime | None = None
        self.picture: bytes | None = None
        self.stale_since: datetime | None = None
        self.error: Exception | None = None

    async def async_get(
        self,
        address: str,
        webcam: Webcam | None,
        *,
        before_fetch: Callable[[], Awaitable[None]],
    ) -> bytes | None:
        """Return the picture at an address, or the last good one if that can't be had."""
        async with self._lock:
            age = self._hass.loop.time() - self._fetched_at
            if self._source != (address, webcam) or age > _FRESH_SECONDS:
                await before_fetch()
                try:
                    await self._async_fetch(address, webcam)
                except (ObicoError, *_NO_PICTURE) as err:
                    # Pictures of a print are deleted when it ends, and the printer
                    # goes on pointing at one for a while: that is no news.
                    _LOGGER.debug("Keeping the last webcam picture: %s", err)
                    self.stale_since = self._fetched_ok_at
                    self.error = err
                else:
                    self._fetched_ok_at = dt_util.utcnow()
                    self.stale_since = self.error = None
                self._source = (address, webcam)
                self._fetched_at = self._hass.loop.time()
            return self.picture

    async def _async_fetch(self, address: str, webcam: Webcam | None) -> None:
        picture = await self._client.get_picture(address)
        if (
            webcam is not None
            and (
                webcam.flip_horizontal,
                webcam.flip_vertical,
                webcam.rotation,
            )
            != _UPRIGHT
        ):
            picture = await self._hass.async_add_executor_job(
                lambda: turn_upright(
                    picture,
                    flip_horizontal=webcam.flip_horizontal,
                    flip_vertical=webcam.flip_vertical,
                    rotation=webcam.rotation,
                )
            )
        self.picture = picture
