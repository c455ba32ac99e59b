"""Live video of an account's printers: one Janus session for each viewing.

Whoever watches holds a `Viewing` for as long as it lasts. Each runs in a task of its own,
and all end when the account is unloaded.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
import math
from typing import Any, Final, Literal, Self

import aiohttp

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..aioobico import (
    JanusEnd,
    JanusSession,
    ObicoClient,
    ObicoPushError,
    Printer,
    Webcam,
)
from .video_limit import VideoLimit

# A wall of screens has fewer. Each has a connection to the server.
_MAX_VIEWINGS: Final = 32


class VideoKind(StrEnum):
    """How an agent sends live video."""

    H264 = "h264"
    MJPEG = "mjpeg"
    """Pictures over a data channel, which only our own card can show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoStream:
    """A stream of live video that a printer's agent has, as its webcam is mounted.

    It is upright once it is flipped, then turned clockwise by `rotation` degrees.
    """

    printer_id: int
    stream_id: int
    kind: VideoKind
    flip_horizontal: bool
    flip_vertical: bool
    rotation: int

    @property
    def is_upright(self) -> bool:
        """Return whether it needs not to be turned."""
        return not (self.flip_horizontal or self.flip_vertical or self.rotation)

    @classmethod
    def of_webcam(cls, printer_id: int, webcam: Webcam | None) -> Self | None:
        """Return the stream of a webcam, None if its agent streams it not, or in another way."""
        if webcam is None or webcam.stream_id is None or webcam.stream_mode is None:
            return None
        if webcam.stream_mode.startswith("h264_"):
            kind = VideoKind.H264
        elif webcam.stream_mode == "mjpeg_webrtc":
            kind = VideoKind.MJPEG
        else:
            return None
        return cls(
            printer_id=printer_id,
            stream_id=webcam.stream_id,
            kind=kind,
            flip_horizontal=webcam.flip_horizontal,
            flip_vertical=webcam.flip_vertical,
            rotation=webcam.rotation,
        )


@dataclass(frozen=True, slots=True)
class Viewing:
    """One viewing, for which Janus has made an offer (SDP)."""

    session: JanusSession
    offer: str
    seconds_left: float
    """How long it may last once it is seen; infinite without a limit."""
    begin: Callable[[], float]
    """Notes that it is seen now, and returns how long it may last."""

    async def async_wait_ended(self) -> JanusEnd | Literal["limit"]:
        """Wait for its end, and return why it came. Raises VideoPausedError."""
        ended = asyncio.create_task(self.session.wait_ended())
        up = asyncio.create_task(self.session.wait_up())
        try:
            await asyncio.wait((ended, up), return_when=asyncio.FIRST_COMPLETED)
            left = math.inf if ended.done() else self.begin()
            await asyncio.wait((ended,), timeout=None if math.isinf(left) else left)
            return ended.result() if ended.done() else "limit"
        finally:
            ended.cancel()
            up.cancel()


class TooManyViewingsError(Exception):
    """More is being watched than there can be people who watch."""


class LiveVideo:
    """Opens viewings, and closes them when the account is unloaded."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        client: ObicoClient,
        *,
        get_printer: Callable[[int], Printer | None],
        keep_viewing: Callable[[int], None],
        create_session: Callable[[], aiohttp.ClientSession],
        limit: VideoLimit,
    ) -> None:
        """Initialize without viewings.

        `keep_viewing` has a printer's agent send pictures and reports more often for a
        while. `create_session` returns a session for the connections to the relay.
        """
        self._hass = hass
        self._entry = entry
        self._client = client
        self._get_printer = get_printer
        self._keep_viewing = keep_viewing
        self._create_session = create_session
        self.limit = limit
        self._session: aiohttp.ClientSession | None = None
        self._viewings = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_stopped = False
        # What each camera can show live now, by the unique id of its entity.
        self._streams: dict[str, Callable[[], VideoStream | None]] = {}

    @callback
    def async_register_camera(
        self, unique_id: str, stream: Callable[[], VideoStream | None]
    ) -> Callable[[], None]:
        """Add a camera whose stream can be watched; returns what removes it."""
        self._streams[unique_id] = stream

        def remove() -> None:
            del self._streams[unique_id]

        return remove

    def stream_of(self, unique_id: str) -> VideoStream | None:
        """Return what a camera can show live now, None if it cannot or is none of ours."""
        stream = self._streams.get(unique_id)
        return stream() if stream is not None else None

    @callback
    def async_create_task(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run what holds a viewing; it is cancelled when the account is unloaded."""
        task = self._entry.async_create_background_task(self._hass, work, "obico video")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    @asynccontextmanager
    async def async_watch(self, stream: VideoStream) -> AsyncGenerator[Viewing]:
        """Watch a stream until the end of the context.

        Raises ObicoError where the agent offers none, VideoPausedError during the break of
        the free plan, TooManyViewingsError.
        """
        printer = self._get_printer(stream.printer_id)
        if self._is_stopped or printer is None or printer.auth_token is None:
            raise ObicoPushError("The printer cannot be watched")
        if self._viewings >= _MAX_VIEWINGS:
            raise TooManyViewingsError
        seconds_left = self.limit.seconds_left(stream.printer_id)
        if self._session is None:
            self._session = self._create_session()
        session = JanusSession(self._session, self._client.base_url, printer.auth_token)
        self._viewings += 1
        try:
            # As Obico's own app does, which has the agent send pictures at all.
            self._keep_viewing(stream.printer_id)
            offer = await session.watch(
                stream.stream_id, video=stream.kind is VideoKind.H264
            )
            yield Viewing(
                session,
                offer,
                seconds_left,
                begin=partial(self.limit.begin, stream.printer_id),
            )
        finally:
            self._viewings -= 1
            await session.close()

    async def async_stop(self) -> None:
        """End all viewings, and begin no new ones."""
        self._is_stopped = True
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
