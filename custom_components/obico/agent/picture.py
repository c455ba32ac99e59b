"""Take the picture of a camera, and make it what the server wants."""

from functools import lru_cache
from io import BytesIO
from typing import Final

from PIL import Image, ImageDraw, ImageStat

from homeassistant.components import camera, image
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, split_entity_id

from ..aioobico import ObicoNoPictureError, check_picture
from .config import AgentConfig

# Seconds. Some printers send a picture every few seconds only.
_CAMERA_SECONDS: Final = 10
# What the server reduces larger pictures to.
_MAX_SIZE: Final = (1280, 960)
# Pixels; integrations answer with a white dot where they have no picture.
_MIN_PIXELS: Final = 64
_QUALITY: Final = 85
# A picture of one colour, as a camera without a signal gives it.
_MIN_DEVIATION: Final = 0.5

# Pillow turns counter-clockwise; the picture is turned clockwise to be upright.
_TURNS: Final = {
    90: Image.Transpose.ROTATE_270,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}


async def async_take_picture(
    hass: HomeAssistant, config: AgentConfig, entity_id: str
) -> bytes:
    """Return the picture of a camera or image entity as a JPEG, upright.

    Raises whatever the entity raises, and ObicoNoPictureError for what cannot be used.
    """
    if split_entity_id(entity_id)[0] == Platform.IMAGE:
        content = (
            await image.async_get_image(hass, entity_id, timeout=_CAMERA_SECONDS)
        ).content
    else:
        content = (
            await camera.async_get_image(hass, entity_id, timeout=_CAMERA_SECONDS)
        ).content
    return await hass.async_add_executor_job(prepare_picture, content, config)


def prepare_picture(content: bytes, config: AgentConfig) -> bytes:
    """Return a picture flipped, turned and scaled down; run it in an executor."""
    picture = check_picture(content)
    if min(picture.width, picture.height) < _MIN_PIXELS:
        raise ObicoNoPictureError("The camera gives no more than a dot")
    with Image.open(BytesIO(content)) as opened:
        opened.draft("RGB", _MAX_SIZE)
        shown: Image.Image = opened.convert("RGB")
    if max(ImageStat.Stat(shown.resize((32, 32))).stddev) < _MIN_DEVIATION:
        raise ObicoNoPictureError("The camera gives a picture of one colour")
    is_changed = (
        config.flip_horizontally or config.flip_vertically or config.rotation in _TURNS
    )
    if config.flip_horizontally:
        shown = shown.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if config.flip_vertically:
        shown = shown.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    if config.rotation in _TURNS:
        shown = shown.transpose(_TURNS[config.rotation])
    is_large = picture.width > _MAX_SIZE[0] or picture.height > _MAX_SIZE[1]
    if not is_changed and not is_large and picture.content_type == "image/jpeg":
        return content
    shown.thumbnail(_MAX_SIZE)
    return _encode(shown)


def small_picture(content: bytes, width: int) -> bytes:
    """Return a picture of at most this width, for a form; run it in an executor."""
    with Image.open(BytesIO(content)) as opened:
        shown = opened.convert("RGB")
    shown.thumbnail((width, width))
    return _encode(shown)


@lru_cache(maxsize=1)
def placeholder() -> bytes:
    """Return the neutral picture that is sent instead of one that must not be taken.

    Without any picture the server does not complete the end of a print. Two bars say
    "paused" without words.
    """
    shown = Image.new("RGB", (640, 360), (38, 43, 51))
    draw = ImageDraw.Draw(shown)
    for left in (276, 336):
        draw.rectangle((left, 130, left + 28, 230), fill=(92, 101, 115))
    return _encode(shown)


def _encode(shown: Image.Image) -> bytes:
    encoded = BytesIO()
    shown.save(encoded, "JPEG", quality=_QUALITY)
    return encoded.getvalue()
