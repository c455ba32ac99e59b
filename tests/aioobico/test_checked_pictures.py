"""What is shown as a picture is one.

The kind: bytes that are no picture, or no complete one, or one that fills the memory, are
handed on under the name of another type.
"""

from io import BytesIO
import struct
import zlib

from hypothesis import given, strategies as st
from PIL import Image
import pytest

from custom_components.obico.aioobico import (
    ObicoNoPictureError,
    ObicoResponseError,
    Picture,
    check_picture,
    pictures,
)

from .support import CAPTURES

JPEG = (CAPTURES / "pic_idle.jpg").read_bytes()
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")


def make(kind: str, width: int = 64, height: int = 48, **options: object) -> bytes:
    """Return a picture with some detail in it."""
    file = BytesIO()
    noise = Image.effect_noise((width, height), 80)
    (noise if kind == "GIF" else noise.convert("RGB")).save(file, kind, **options)
    return file.getvalue()


def blank_png(width: int, height: int) -> bytes:
    """Return a small file with many pixels, all of them black."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content))
            + kind
            + content
            + struct.pack(">I", zlib.crc32(kind + content))
        )

    # One bit a pixel, and for each row a byte ahead of it.
    rows = bytes(1 + (width + 7) // 8) * height
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows, 1))
        + chunk(b"IEND", b"")
    )


def test_the_recorded_picture_is_one() -> None:
    assert check_picture(JPEG) == Picture(
        content=JPEG, content_type="image/jpeg", width=640, height=480
    )


@pytest.mark.parametrize("kind", FORMATS)
def test_a_type_is_told_by_the_content(kind: str) -> None:
    picture = check_picture(make(kind))
    assert picture.content_type == f"image/{kind.lower()}"
    assert (picture.width, picture.height) == (64, 48)


@pytest.mark.parametrize(
    "content",
    [
        make("JPEG", progressive=True),
        make("JPEG", 1, 1),
        make("PNG", 3, 1),
        make("WEBP", lossless=True),
        JPEG + b"\r\n--boundary\r\n",
    ],
    ids=["progressive", "one pixel", "three pixels", "lossless", "with an appendix"],
)
def test_an_unusual_picture_is_one(content: bytes) -> None:
    assert check_picture(content).content == content


def test_a_jpeg_of_two_pictures_is_a_jpeg() -> None:
    file = BytesIO()
    first, second = Image.new("RGB", (8, 8)), Image.new("RGB", (8, 8), "red")
    first.save(file, "MPO", save_all=True, append_images=[second])
    assert check_picture(file.getvalue()).content_type == "image/jpeg"


def test_an_animation_is_a_picture() -> None:
    file = BytesIO()
    first, second = Image.new("P", (8, 8)), Image.new("P", (8, 8), 5)
    first.save(file, "GIF", save_all=True, append_images=[second])
    assert check_picture(file.getvalue()).content_type == "image/gif"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>Sign in</html>",
        b'{"detail": "Not found."}',
        b"\xff\xd8",
        b"\xff\xd8\xff\xe0" + b"\x00" * 1000,
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a",
        b"RIFF\x00\x00\x00\x00WEBP",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        make("BMP"),
        make("TIFF"),
        b"\x00" * 100_000,
    ],
)
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(ObicoNoPictureError) as caught:
        check_picture(content)
    assert isinstance(caught.value, ObicoResponseError)
    assert "Sign in" not in str(caught.value)


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_a_part_of_a_picture_is_refused(kind: str, part: float) -> None:
    content = make(kind)
    with pytest.raises(ObicoNoPictureError):
        check_picture(content[: int(len(content) * part)])


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("content", [JPEG, make("JPEG", progressive=True)])
def test_half_a_webcam_picture_is_refused(content: bytes, part: float) -> None:
    with pytest.raises(ObicoNoPictureError):
        check_picture(content[: int(len(content) * part)])


def test_as_many_pixels_as_a_webcam_may_have_are_decoded() -> None:
    picture = check_picture(blank_png(7000, 5000))
    assert (picture.width, picture.height) == (7000, 5000)


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize(
    "size", [(8000, 5001), (12000, 9000), (60000, 1000), (40_000_001, 1)]
)
def test_more_pixels_are_refused_before_they_are_decoded(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(_: Image.Image) -> None:
        raise AssertionError("it was decoded")

    content = blank_png(*size)
    monkeypatch.setattr("PIL.PngImagePlugin.PngImageFile.load", load)
    with pytest.raises(ObicoNoPictureError):
        check_picture(content)


def test_a_decompression_bomb_is_refused() -> None:
    with pytest.raises(ObicoNoPictureError):
        check_picture(blank_png(20_000, 10_000))


def test_webp_is_bounded_more_closely(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its decoder takes four times the memory of the others."""
    assert pictures._MAX_WEBP_PIXELS < pictures.MAX_PIXELS
    monkeypatch.setattr(pictures, "_MAX_WEBP_PIXELS", 64 * 48 - 1)
    with pytest.raises(ObicoNoPictureError):
        check_picture(make("WEBP"))
    check_picture(make("PNG"))


SMALL = [make(kind, 16, 16) for kind in FORMATS]


@given(
    st.sampled_from(SMALL),
    st.lists(st.tuples(st.integers(0, 2000), st.binary(max_size=4))),
)
def test_a_damaged_picture_is_one_or_one_clear_error(
    content: bytes, changes: list[tuple[int, bytes]]
) -> None:
    damaged = bytearray(content)
    for place, change in changes:
        damaged[place : place + len(change)] = change
    try:
        picture = check_picture(bytes(damaged))
    except ObicoNoPictureError:
        return
    assert picture.content_type.startswith("image/")
