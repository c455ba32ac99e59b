"""A small MP4 that every browser plays, made without an encoder.

Its pictures are H.264 in which every block is stored as it is (I_PCM), which the standard
allows and no encoder is needed for. Each picture can be decoded without the others, so
that a player can seek to any of them.
"""

from collections.abc import Callable
import struct
from typing import Final

from PIL import Image

# In pixels; both are whole numbers of blocks.
WIDTH: Final = 96
HEIGHT: Final = 64
FRAMES: Final = 16
FRAMES_A_SECOND: Final = 2

_BLOCK: Final = 16
# The type of a block that is stored as it is, and the bits until the next whole byte.
_I_PCM: Final = bytes((0x0D, 0x00))
_SPS: Final = 7
_PPS: Final = 8
_IDR: Final = 5

type Draw = Callable[[float], Image.Image]


class _Bits:
    """Bits, written from the left."""

    def __init__(self) -> None:
        self._bits: list[str] = []

    def put(self, value: int, width: int) -> None:
        """Write a number with a fixed width."""
        self._bits.append(f"{value:0{width}b}")

    def exp_golomb(self, value: int) -> None:
        """Write a number with the code for small numbers, ue(v) in the standard."""
        digits = f"{value + 1:b}"
        self._bits.append("0" * (len(digits) - 1) + digits)

    def bytes(self) -> bytes:
        """Return whole bytes, the last one filled up with zeros."""
        bits = "".join(self._bits)
        bits += "0" * (-len(bits) % 8)
        return int(bits, 2).to_bytes(len(bits) // 8)


def _unit(kind: int, content: bytes) -> bytes:
    """Return a unit of the stream, in which no start code may appear by chance."""
    escaped, zeros = bytearray(), 0
    for byte in content:
        if zeros >= 2 and byte <= 3:
            escaped.append(3)
            zeros = 0
        escaped.append(byte)
        zeros = zeros + 1 if byte == 0 else 0
    return bytes((0x60 | kind,)) + bytes(escaped)


def _sequence_parameters() -> bytes:
    bits = _Bits()
    for value in (66, 0xC0, 30):
        bits.put(value, 8)
    # Id, length of the frame number, order of the pictures (as they come), references.
    for value in (0, 0, 2, 1):
        bits.exp_golomb(value)
    bits.put(0, 1)
    bits.exp_golomb(WIDTH // _BLOCK - 1)
    bits.exp_golomb(HEIGHT // _BLOCK - 1)
    # Whole frames, direct inference, no cropping, no further information; the stop bit.
    bits.put(0b11001, 5)
    return _unit(_SPS, bits.bytes())


def _picture_parameters() -> bytes:
    bits = _Bits()
    for value in (0, 0):
        bits.exp_golomb(value)
    bits.put(0, 2)
    for value in (0, 0, 0):
        bits.exp_golomb(value)
    bits.put(0, 3)
    for value in (0, 0, 0):
        bits.exp_golomb(value)
    # The deblocking filter is chosen by each slice; the stop bit.
    bits.put(0b1001, 4)
    return _unit(_PPS, bits.bytes())


def _picture(number: int, image: Image.Image) -> bytes:
    """Return a picture as one slice of stored blocks."""
    bits = _Bits()
    # First block, type (intra), parameters.
    for value in (0, 7, 0):
        bits.exp_golomb(value)
    bits.put(0, 4)
    bits.exp_golomb(number % 2)
    bits.put(0, 2)
    # No change of the quantiser, no deblocking; then the type of the first block.
    for value in (0, 1, 25):
        bits.exp_golomb(value)
    ycbcr = image.convert("YCbCr")
    luma, *chroma = (plane for plane in ycbcr.split())
    half = (WIDTH // 2, HEIGHT // 2)
    planes = [luma.tobytes()] + [plane.resize(half).tobytes() for plane in chroma]
    blocks = []
    for top in range(0, HEIGHT, _BLOCK):
        for left in range(0, WIDTH, _BLOCK):
            block = _block(planes[0], WIDTH, left, top, _BLOCK)
            for plane in planes[1:]:
                block += _block(plane, WIDTH // 2, left // 2, top // 2, _BLOCK // 2)
            blocks.append(block)
    return _unit(_IDR, bits.bytes() + _I_PCM.join(blocks) + b"\x80")


def _block(plane: bytes, width: int, left: int, top: int, size: int) -> bytes:
    return b"".join(
        plane[row * width + left : row * width + left + size]
        for row in range(top, top + size)
    )


def _box(name: str, *content: bytes) -> bytes:
    body = b"".join(content)
    return struct.pack(">I", len(body) + 8) + name.encode() + body


def _full_box(name: str, flags: int, *content: bytes) -> bytes:
    return _box(name, struct.pack(">I", flags), *content)


def _matrix() -> bytes:
    return struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)


def make_video(draw: Draw) -> bytes:
    """Return an MP4; `draw` makes each picture of how far the print is, 0 to 1."""
    sps, pps = _sequence_parameters(), _picture_parameters()
    samples = []
    for number in range(FRAMES):
        image = draw(number / (FRAMES - 1)).convert("RGB").resize((WIDTH, HEIGHT))
        unit = _picture(number, image)
        samples.append(struct.pack(">I", len(unit)) + unit)
    ftyp = _box("ftyp", b"isom", struct.pack(">I", 512), b"isomiso2avc1mp41")

    def moov(offset: int) -> bytes:
        return _moov(sps, pps, [len(sample) for sample in samples], offset)

    start = len(ftyp) + len(moov(0)) + 8
    return ftyp + moov(start) + _box("mdat", *samples)


def _moov(sps: bytes, pps: bytes, sizes: list[int], offset: int) -> bytes:
    """Return the description of the video, whose pictures begin at an offset."""
    scale, count = FRAMES_A_SECOND, len(sizes)
    avcc = _box(
        "avcC",
        bytes((1, 66, 0xC0, 30, 0xFF, 0xE1)),
        struct.pack(">H", len(sps)) + sps,
        b"\x01" + struct.pack(">H", len(pps)) + pps,
    )
    avc1 = _box(
        "avc1",
        struct.pack(">6xH16xHHIIIH32sHh", 1, WIDTH, HEIGHT, 0x480000, 0x480000, 0, 1,
                    b"", 24, -1),
        avcc,
    )  # fmt: skip
    stbl = _box(
        "stbl",
        _full_box("stsd", 0, struct.pack(">I", 1), avc1),
        _full_box("stts", 0, struct.pack(">III", 1, count, 1)),
        _full_box("stsc", 0, struct.pack(">IIII", 1, 1, count, 1)),
        _full_box("stsz", 0, struct.pack(f">II{count}I", 0, count, *sizes)),
        _full_box("stco", 0, struct.pack(">II", 1, offset)),
    )
    minf = _box(
        "minf",
        _full_box("vmhd", 1, bytes(8)),
        _box("dinf", _full_box("dref", 0, struct.pack(">I", 1), _full_box("url ", 1))),
        stbl,
    )
    mdia = _box(
        "mdia",
        _full_box("mdhd", 0, struct.pack(">IIIIHH", 0, 0, scale, count, 0x55C4, 0)),
        _full_box("hdlr", 0, struct.pack(">4x4s12x", b"vide"), b"video\x00"),
        minf,
    )
    tkhd = _full_box(
        "tkhd",
        3,
        struct.pack(">IIII", 0, 0, 1, 0),
        struct.pack(">I8xHHHH", count, 0, 0, 0, 0),
        _matrix(),
        struct.pack(">II", WIDTH << 16, HEIGHT << 16),
    )
    mvhd = _full_box(
        "mvhd",
        0,
        struct.pack(">IIIIIH10x", 0, 0, scale, count, 0x10000, 0x0100),
        _matrix(),
        bytes(24),
        struct.pack(">I", 2),
    )
    return _box("moov", mvhd, _box("trak", tkhd, mdia))
