"""Pictures of all kinds, and what is delivered in place of one."""

from io import BytesIO
from typing import Final
import zlib

from PIL import Image

HTML: Final = b"<!doctype html><html><body>Sign in</body></html>"
SVG: Final = (
    b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" '
    b'width="9" height="9"><rect width="9" height="9"/></svg>'
)


def encoded(kind: str, width: int = 64, height: int = 48, color: str = "navy") -> bytes:
    """Return a picture of one colour, in a format by Pillow's name."""
    data = BytesIO()
    Image.new("RGB", (width, height), color).save(data, kind)
    return data.getvalue()


def noise(kind: str) -> bytes:
    """Return a picture that is large enough to be cut in the middle of its content."""
    data = BytesIO()
    Image.effect_noise((160, 120), 80).convert("RGB").save(data, kind)
    return data.getvalue()


def half(content: bytes) -> bytes:
    """Return the first half."""
    return content[: len(content) // 2]


def png_that_claims(width: int, height: int) -> bytes:
    """Return a small file whose header says how many pixels it has."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4) + name + data + zlib.crc32(name + data).to_bytes(4)

    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", width.to_bytes(4) + height.to_bytes(4) + b"\x08\x02\0\0\0")
        + chunk(b"IDAT", zlib.compress(bytes(1 << 16)))
        + chunk(b"IEND", b"")
    )


NO_PICTURES: Final = {
    "html": HTML,
    "half a jpeg": half(noise("JPEG")),
    "half a png": half(noise("PNG")),
    "half a webp": half(noise("WEBP")),
    "108 megapixels": png_that_claims(12000, 9000),
    "svg": SVG,
    "bmp": encoded("BMP"),
    "json": b'{"detail": "Not found."}',
    "only the first bytes": b"\xff\xd8\xff\xe0",
}
PICTURES: Final = {
    "image/jpeg": encoded("JPEG", color="red"),
    "image/png": encoded("PNG", color="red"),
    "image/webp": encoded("WEBP", color="red"),
    "image/gif": encoded("GIF", color="red"),
}
