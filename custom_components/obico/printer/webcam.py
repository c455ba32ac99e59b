"""Webcam pictures: checked, turned upright, and the last good one kept."""

from datetime import datetime
from io import BytesIO
import logging
import math
from typing import Final

from PIL import Image

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..aioobico import ObicoClient, ObicoError, Picture, Webcam, check_picture

_LOGGER = logging.getLogger(__name__)

# The content behind an address may change, and a stream asks every two seconds.
_FRESH_SECONDS: Final = 4.0
_JPEG_QUALITY: Final = 90
_UPRIGHT: Final = (False, False, 0)

# Pillow turns counter-clockwise, cameras are mounted clockwise.
_TURNS: Final = {
    90: Image.Transpose.ROTATE_270,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}

type Source = tuple[str | None, Webcam | None]


def upright_picture(content: bytes, webcam: Webcam | None) -> Picture:
    """Return a webcam's picture flipped, then turned clockwise, as its settings say.

    Raises ObicoNoPictureError for what is no picture. Run it in an executor.
    """
    picture = check_picture(content)
    if (
        webcam is None
        or (
            webcam.flip_horizontal,
            webcam.flip_vertical,
            webcam.rotation,
        )
        == _UPRIGHT
    ):
        return picture
    with Image.open(BytesIO(content)) as opened:
        image: Image.Image = opened.convert("RGB")
    if webcam.flip_horizontal:
        image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if webcam.flip_vertical:
        image = image.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    if webcam.rotation in _TURNS:
        image = image.transpose(_TURNS[webcam.rotation])
    turned = BytesIO()
    image.save(turned, "JPEG", quality=_JPEG_QUALITY)
    return Picture(
        content=turned.getvalue(),
        content_type="image/jpeg",
        width=image.width,
        height=image.height,
    )


class WebcamPictures:
    """The pictures of one webcam.

    `picture` is the last good one. `stale_since` is when it was fetched, if none could be
    fetched since, and `error` is why.
    """

    def __init__(self, hass: HomeAssistant, client: ObicoClient) -> None:
        """Start without a picture."""
        self._hass = hass
        self._client = client
        self._source: Source | None = None
        self._fetched_at = -math.inf
        self._fetched_ok_at: datetime | None = None
        self.picture: Picture | None = None
        self.stale_since: datetime | None = None
        self.error: ObicoError | None = None

    def is_fresh(self, source: Source) -> bool:
        """Return whether the picture is of this source and was fetched just now."""
        age = self._hass.loop.time() - self._fetched_at
        return self._source == source and age <= _FRESH_SECONDS

    async def async_fetch(self, address: str, webcam: Webcam | None) -> None:
        """Fetch the picture at an address; if that fails, the last good one stays."""
        try:
            content = await self._client.get_picture(address)
            self.picture = await self._hass.async_add_executor_job(
                upright_picture, content, webcam
            )
        except ObicoError as err:
            # Pictures of a print are deleted when it ends, and the printer goes on
            # pointing at one for a while: not worth a warning.
            _LOGGER.debug("Keeping the last webcam picture: %s", err)
            self.stale_since = self._fetched_ok_at
            self.error = err
            return
        self._source = (address, webcam)
        self._fetched_at = self._hass.loop.time()
        self._fetched_ok_at = dt_util.utcnow()
        self.stale_since = self.error = None
