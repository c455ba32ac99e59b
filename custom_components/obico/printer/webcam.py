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

# The address of the server's picture, and how its camera is mounted.
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
    """The pictures of one webcam, from the server or taken by the agent.

    `picture` is the last good one. `stale_since` is when that came, if none could be had
    since, and `error` is why.
    """

    def __init__(self, hass: HomeAssistant, client: ObicoClient) -> None:
        """Start without a picture."""
        self._hass = hass
        self._client = client
        # Of the picture; the address is None where the agent took it.
        self._source: Source = None, None
        self._came_at = -math.inf
        self._came_ok_at: datetime | None = None
        self.picture: Picture | None = None
        self.stale_since: datetime | None = None
        self.error: ObicoError | None = None

    def is_fresh(self, source: Source, *, taken_within: float) -> bool:
        """Return whether the picture is of this source and came just now.

        One that the agent took is of now, whatever the server has meanwhile; it is fresh for
        `taken_within` seconds.
        """
        address, webcam = self._source
        age = self._hass.loop.time() - self._came_at
        return webcam == source[1] and (
            age <= taken_within
            if address is None
            else address == source[0] and age <= _FRESH_SECONDS
        )

    async def async_fetch(self, address: str, webcam: Webcam | None) -> None:
        """Fetch the server's picture at an address; if that fails, the last good one stays."""
        try:
            content = await self._client.get_picture(address)
            await self.async_show(content, webcam, address=address)
        except ObicoError as err:
            # Pictures of a print are deleted when it ends, and the printer goes on
            # pointing at one for a while: not worth a warning.
            self.keep(err)

    async def async_show(
        self, content: bytes, webcam: Webcam | None, *, address: str | None = None
    ) -> None:
        """Check a picture, turn it upright and make it the one that is shown.

        `address` is where the server had it, None for one that the agent took. Raises
        ObicoNoPictureError for what is no picture.
        """
        self.picture = await self._hass.async_add_executor_job(
            upright_picture, content, webcam
        )
        self._source = address, webcam
        self._came_at = self._hass.loop.time()
        self._came_ok_at = dt_util.utcnow()
        self.stale_since = self.error = None

    def keep(self, error: ObicoError) -> None:
        """Keep the last good picture, because none could be had now."""
        _LOGGER.debug("Keeping the last webcam picture: %s", error)
        self.stale_since = self._came_ok_at
        self.error = error
