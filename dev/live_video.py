"""A real Janus with moving pictures, beside the agent of a simulated printer.

The streams are those that the agents of OctoPrint and Klipper set up: H.264 over RTP, and
JPEG pictures in pieces over a data channel. Janus and ffmpeg are those of this machine, or
Debian's that scripts/lib/media.sh has unpacked.
"""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from io import BytesIO
import os
from pathlib import Path
import shutil
import socket
from typing import Final

import aiohttp
from PIL import Image, ImageDraw

from . import Printer

_PRIVATE: Final = Path(__file__).parents[1] / ".tools" / "media"
_LOCALHOST: Final = "127.0.0.1"

H264: Final = 1
MJPEG: Final = 2

MISSING: Final = (
    "no Janus or no ffmpeg: install them (on Debian: apt-get install janus ffmpeg)"
)

# A key frame each second, and what browsers decode everywhere.
_VIDEO: Final = (
    "-re -f lavfi -i testsrc2=size=640x480:rate=10 -an -c:v libx264 -profile:v baseline "
    "-pix_fmt yuv420p -preset ultrafast -tune zerolatency -g 10 -f rtp -payload_type 96"
)
# Agents send a picture in pieces of this size, some milliseconds apart.
_PIECE_BYTES: Final = 1400
_PIECE_SECONDS: Final = 0.001
_PICTURE_SECONDS: Final = 0.25
_RESTART_SECONDS: Final = 0.5
_PATIENCE: Final = 20.0


@dataclass(frozen=True, kw_only=True)
class Programs:
    """Where Janus with its modules and ffmpeg are."""

    janus: Path
    modules: Path
    ffmpeg: Path


def _find(name: str) -> Iterator[Path]:
    for path in (shutil.which(name), _PRIVATE / name):
        if path and os.access(path, os.X_OK):
            yield Path(path)


def find_media() -> Programs | None:
    """Return Janus and ffmpeg, None if one of them is missing."""
    roots = (Path("/usr/lib"), _PRIVATE / "root" / "usr" / "lib")
    modules = [folder for root in roots for folder in root.glob("*-linux-gnu*/janus")]
    janus, ffmpeg = next(_find("janus"), None), next(_find("ffmpeg"), None)
    if janus is None or ffmpeg is None or not modules:
        return None
    return Programs(janus=janus, modules=modules[0], ffmpeg=ffmpeg)


class RealJanus:
    """A running Janus that a printer's agent relays the texts of viewers to."""

    def __init__(self, programs: Programs, printer: Printer, folder: Path) -> None:
        """Put Janus beside the agent of a printer; its configuration goes into a folder."""
        self._programs = programs
        self._printer = printer
        self._folder = folder
        self._port = _free_port(socket.SOCK_STREAM)
        self._video_port, self._data_port, self._picture_port = (
            _free_port(socket.SOCK_DGRAM) for _ in range(3)
        )
        self._process: asyncio.subprocess.Process | None = None
        self._session: aiohttp.ClientSession | None = None
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._reading: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start Janus, and connect the agent with it."""
        self._configure()
        with (self._folder / "janus.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                self._programs.janus,
                "--config",
                self._folder / "janus.jcfg",
                "--configs-folder",
                self._folder,
                "--disable-colors",
                # It crashes now and then when it is stopped, and leaves a picture of its memory.
                cwd=self._folder,
                stdout=log,
                stderr=log,
            )
        self._session = aiohttp.ClientSession()
        async with asyncio.timeout(_PATIENCE):
            while self._socket is None:
                with suppress(aiohttp.ClientError):
                    self._socket = await self._session.ws_connect(
                        f"ws://{_LOCALHOST}:{self._port}", protocols=("janus-protocol",)
                    )
                await asyncio.sleep(0.05)
        self._reading = asyncio.create_task(self._read(self._socket))
        self._printer.janus = self

    async def stop(self, *, kill: bool = False) -> None:
        """Stop Janus; killed, it says no farewell to its viewers."""
        if self._reading:
            self._reading.cancel()
        if self._session:
            await self._session.close()
        self._socket = self._reading = self._session = None
        if self._process:
            with suppress(ProcessLookupError):
                self._process.kill() if kill else self._process.terminate()
            await self._process.wait()
            self._process = None

    async def hear(self, text: str) -> None:
        """Pass on a viewer's text."""
        if self._socket is not None:
            with suppress(ConnectionError):
                await self._socket.send_str(text)

    async def _read(self, janus: aiohttp.ClientWebSocketResponse) -> None:
        async for message in janus:
            if message.type is aiohttp.WSMsgType.TEXT:
                await self._printer.say_for_janus(message.data)

    def _configure(self) -> None:
        modules = self._programs.modules
        self._write(
            "janus",
            f'general: {{ configs_folder = "{self._folder}"; plugins_folder = "{modules}/plugins"; '
            f'transports_folder = "{modules}/transports"; events_folder = "{modules}/events"; '
            f'loggers_folder = "{modules}/loggers"; debug_level = 4 }}\n'
            f"plugins: {{ disable = {_all_but(modules / 'plugins', 'libjanus_streaming.so')} }}\n"
            f"transports: {{ disable = {_all_but(modules / 'transports', 'libjanus_websockets.so')} }}\n",
        )
        self._write(
            "janus.transport.websockets",
            f'general: {{ ws = true; ws_port = {self._port}; ws_ip = "{_LOCALHOST}" }}\n',
        )
        self._write(
            "janus.plugin.streaming",
            f'h264: {{ type = "rtp"; id = {H264}; description = "h264"; audio = false; video = true; '
            f'videoport = {self._video_port}; videopt = 96; videocodec = "h264"; '
            'videofmtp = "profile-level-id=42e01f;packetization-mode=1"; videobufferkf = true; '
            f'data = true; dataport = {self._data_port}; datatype = "text"; databuffermsg = false }}\n'
            f'mjpeg: {{ type = "rtp"; id = {MJPEG}; description = "mjpeg"; audio = false; video = false; '
            f'data = true; dataport = {self._picture_port}; datatype = "binary"; databuffermsg = false }}\n',
        )

    def _write(self, name: str, content: str) -> None:
        (self._folder / f"{name}.jcfg").write_text(content)

    # What the agent sends to Janus

    @asynccontextmanager
    async def run(self) -> AsyncIterator[None]:
        """Run Janus with both streams."""
        await self.start()
        try:
            async with self.streams():
                yield
        finally:
            await self.stop()

    @asynccontextmanager
    async def streams(self) -> AsyncIterator[None]:
        """Send both streams, as an agent does as long as it runs."""
        async with asyncio.TaskGroup() as streams:
            sending = (
                streams.create_task(self._send_video()),
                streams.create_task(self._send_pictures()),
            )
            try:
                yield
            finally:
                for task in sending:
                    task.cancel()

    async def _send_video(self) -> None:
        # ffmpeg ends where nobody listens, as while Janus is away.
        while True:
            with (self._folder / "ffmpeg.log").open("ab") as log:
                ffmpeg = await asyncio.create_subprocess_exec(
                    self._programs.ffmpeg,
                    "-nostdin",
                    "-loglevel",
                    "error",
                    *_VIDEO.split(),
                    f"rtp://{_LOCALHOST}:{self._video_port}?pkt_size=1200",
                    stdout=log,
                    stderr=log,
                )
            try:
                await ffmpeg.wait()
                await asyncio.sleep(_RESTART_SECONDS)
            finally:
                with suppress(ProcessLookupError):
                    ffmpeg.kill()
                await ffmpeg.wait()

    async def _send_pictures(self) -> None:
        port = (_LOCALHOST, self._picture_port)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            number = 0
            while True:
                number += 1
                jpeg = _picture(number)
                encoded = b64encode(jpeg)
                sender.sendto(f"\r\n{len(encoded)}:{len(jpeg)}\r\n".encode(), port)
                for start in range(0, len(encoded), _PIECE_BYTES):
                    await asyncio.sleep(_PIECE_SECONDS)
                    sender.sendto(encoded[start : start + _PIECE_BYTES], port)
                await asyncio.sleep(_PICTURE_SECONDS)


def _picture(number: int) -> bytes:
    """Return a picture in which something moves."""
    picture = Image.new("RGB", (640, 480), (20, 40, 80))
    left = number * 23 % 560
    ImageDraw.Draw(picture).rectangle((left, 200, left + 80, 280), (240, 200, 40))
    data = BytesIO()
    picture.save(data, "JPEG")
    return data.getvalue()


def _all_but(folder: Path, kept: str) -> str:
    """Return the names of all modules but one, as Janus wants them."""
    names = ",".join(
        sorted(path.name for path in folder.glob("*.so") if path.name != kept)
    )
    return f'"{names}"'


def _free_port(kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind((_LOCALHOST, 0))
        port: int = probe.getsockname()[1]
        return port
