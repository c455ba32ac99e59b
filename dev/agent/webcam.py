"""Webcams, whose pictures of a printer are drawn when they are requested."""

from dataclasses import dataclass
from functools import cache, lru_cache
from io import BytesIO
from random import Random

from PIL import Image, ImageDraw, ImageFont

from ..json_types import JsonObject

type Color = tuple[int, int, int]

WALL: Color = (38, 43, 51)
FRAME: Color = (66, 74, 86)
BED: Color = (92, 101, 115)
BED_EDGE: Color = (58, 65, 76)
NOZZLE: Color = (206, 170, 92)
LAMP: Color = (250, 240, 140)
TEXT: Color = (232, 236, 241)
DIM_TEXT: Color = (160, 170, 184)
BOX: Color = (64, 220, 96)
FILAMENTS: tuple[Color, ...] = (
    (240, 128, 48),
    (64, 156, 255),
    (226, 74, 88),
    (120, 200, 88),
    (186, 120, 230),
)
SIZES = {"4:3": (640, 480), "16:9": (640, 360)}
QUALITY = 75
# The lamp on top of the machine goes from left to right in so many seconds.
LAMP_SECONDS = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Webcam:
    """A camera, and how its picture must be flipped and turned to be upright."""

    name: str = "Classic Webcam"
    flip_vertical: bool = False
    flip_horizontal: bool = False
    rotation: int = 0
    stream_ratio: str = "4:3"
    is_primary: bool = True
    is_nozzle: bool = False
    # Where the agent gets single pictures; Klipper's lists it.
    path: str = "/webcam/?action=snapshot"
    stream_mode: str = "mjpeg_webrtc"

    def flat_settings(self) -> JsonObject:
        """Return the flat fields of the settings, which describe one camera only."""
        return {
            "webcam_flipV": self.flip_vertical,
            "webcam_flipH": self.flip_horizontal,
            "webcam_rotate90": False,
            "webcam_rotation": self.rotation,
            "webcam_streamRatio": self.stream_ratio,
            "ratio169": self.stream_ratio == "16:9",
        }

    def mount(self, upright: Image.Image) -> Image.Image:
        """Return the picture as the camera sees it: flipped and turned the other way."""
        picture = upright
        if self.rotation:
            # Pillow turns counter-clockwise.
            picture = picture.rotate(self.rotation, expand=True)
        if self.flip_horizontal:
            picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        if self.flip_vertical:
            picture = picture.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
        return picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """The content of a picture."""

    printer: str
    state: str
    detail: str = ""
    # From 0 to 1: the part that is printed, the nozzle's position from left to right, and
    # the part of the print that has failed.
    printed: float = 0.0
    nozzle: float = 0.5
    spaghetti: float = 0.0
    layers: int = 0
    color: int = 0
    ratio: str = "4:3"
    # When it was taken, in seconds: a lamp moves, so that no two moments look the same.
    moment: float = 0.0
    # The name of a camera that looks at the nozzle from near by.
    closeup: str = ""


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture that was taken; it is drawn when it is requested."""

    scene: Scene
    webcam: Webcam

    def raw(self) -> bytes:
        """Return the picture as the camera sees it."""
        return _encode(self.webcam.mount(draw(self.scene)))

    def tagged(self) -> bytes:
        """Return the picture as the camera sees it, failures boxed in green."""
        return _encode(self.webcam.mount(draw(self.scene, boxed=True)))

    def upright(self) -> bytes:
        """Return the picture turned upright."""
        return _encode(draw(self.scene))


def placeholder(name: str) -> bytes:
    """Return a picture for a printer of which none was recorded."""
    return _encode(draw(Scene(printer=name, state="Recorded")))


def _encode(picture: Image.Image) -> bytes:
    data = BytesIO()
    picture.save(data, "JPEG", quality=QUALITY)
    return data.getvalue()


@cache
def _font(size: int) -> ImageFont.ImageFont | ImageFont.FreeTypeFont:
    return ImageFont.load_default(size)


@lru_cache(maxsize=8)
def draw(scene: Scene, *, boxed: bool = False) -> Image.Image:
    """Draw a printer from the front, upright."""
    width, height = SIZES[scene.ratio]
    picture = Image.new("RGB", (width, height), WALL)
    pen = ImageDraw.Draw(picture)
    floor = int(height * 0.82)
    # The machine: two posts and the bed.
    for post in (0.1, 0.86):
        pen.rectangle(
            (width * post, height * 0.12, width * (post + 0.04), floor), FRAME
        )
    pen.polygon(
        (
            (width * 0.2, floor - 14),
            (width * 0.8, floor - 14),
            (width * 0.88, floor + 16),
            (width * 0.12, floor + 16),
        ),
        BED,
    )
    pen.rectangle((width * 0.12, floor + 16, width * 0.88, floor + 26), BED_EDGE)
    lamp = width * (0.16 + 0.68 * (scene.moment % LAMP_SECONDS) / LAMP_SECONDS)
    pen.ellipse((lamp - 9, height * 0.15, lamp + 9, height * 0.15 + 18), LAMP)
    top = _draw_print(pen, scene, width, floor)
    _draw_head(pen, scene, width, top)
    failure = (
        _draw_spaghetti(pen, scene, width, top, floor) if scene.spaghetti else None
    )
    if boxed and failure:
        pen.rectangle(failure, outline=BOX, width=3)
    if scene.closeup:
        picture = _near(picture, scene, top)
        pen = ImageDraw.Draw(picture)
        pen.ellipse((lamp - 9, height - 60, lamp + 9, height - 42), LAMP)
    pen.text((16, 12), scene.printer, TEXT, _font(24))
    pen.text((16, 42), scene.closeup or scene.state, DIM_TEXT, _font(18))
    pen.text((16, height - 30), scene.detail, TEXT, _font(18))
    return picture


def _near(picture: Image.Image, scene: Scene, top: int) -> Image.Image:
    """Return what is around the nozzle, at twice the size."""
    width, height = picture.size
    x, y = int(width * (0.34 + 0.32 * scene.nozzle)), top
    left = min(max(0, x - width // 4), width // 2)
    upper = min(max(0, y - height // 4), height // 2)
    box = (left, upper, left + width // 2, upper + height // 2)
    return picture.crop(box).resize((width, height))


def _draw_print(pen: ImageDraw.ImageDraw, scene: Scene, width: int, floor: int) -> int:
    """Draw the printed part by layers, and return the y coordinate of its top."""
    tall = int(floor * 0.5 * scene.printed)
    color = FILAMENTS[scene.color % len(FILAMENTS)]
    shade = tuple(part * 4 // 5 for part in color)
    left, right = int(width * 0.36), int(width * 0.64)
    step = max(3, tall // max(1, min(scene.layers, 60)))
    for number, y in enumerate(range(floor, floor - tall, -step)):
        # The outline of a vase: wide, narrow, wide.
        bulge = int(26 * abs(1 - 2 * ((floor - y) / (floor * 0.5))))
        pen.rectangle(
            (left - bulge, max(y - step, floor - tall), right + bulge, y),
            color if number % 2 else shade,
        )
    return floor - tall


def _draw_head(pen: ImageDraw.ImageDraw, scene: Scene, width: int, top: int) -> None:
    """Draw the bar and the nozzle just above the print."""
    x = int(width * (0.34 + 0.32 * scene.nozzle))
    pen.rectangle((width * 0.1, top - 60, width * 0.9, top - 46), FRAME)
    pen.rectangle((x - 22, top - 70, x + 22, top - 18), DIM_TEXT)
    pen.polygon(((x - 9, top - 18), (x + 9, top - 18), (x, top - 3)), NOZZLE)


def _draw_spaghetti(
    pen: ImageDraw.ImageDraw, scene: Scene, width: int, top: int, floor: int
) -> tuple[int, int, int, int]:
    """Draw loose filament, and return the box around it."""
    random = Random(scene.printer)
    color = FILAMENTS[scene.color % len(FILAMENTS)]
    middle, reach = width // 2, int(width * 0.12 + width * 0.16 * scene.spaghetti)
    low = min(top, floor - 40)
    for _ in range(4 + int(28 * scene.spaghetti)):
        x, y = middle + random.randint(-reach, reach), random.randint(low, floor)
        size = random.randint(14, 60)
        pen.arc(
            (x - size, y - size // 2, x + size, y + size // 2),
            random.randint(0, 180),
            random.randint(200, 420),
            color,
            3,
        )
    return middle - reach - 50, low - 34, middle + reach + 50, floor + 34
