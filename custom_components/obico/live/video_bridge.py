"""Gives go2rtc, which is part of Home Assistant, the live video of printers.

go2rtc dials a websocket here for each video that is watched, and takes the offer that Janus
makes. The listener is on this machine only, as Home Assistant's own may have a certificate
or another address. It is opened when the first camera with H.264 is there.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial
from hmac import compare_digest
import logging
from secrets import token_urlsafe
from typing import Final

from aiohttp import WSMsgType, web
import orjson
from yarl import URL

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util.hass_dict import HassKey

from ..aioobico import JanusSession, ObicoConnectionError, ObicoError
from ..const import DOMAIN
from .video import LiveVideo, TooManyViewingsError, VideoStream
from .video_limit import VideoPausedError

_LOGGER = logging.getLogger(__name__)

_LOCALHOST: Final = "127.0.0.1"
# go2rtc sends its answer and one message for each of its addresses.
_MAX_MESSAGE_BYTES: Final = 128 * 1024
# The reasons that the log has told.
_EXPLAINED: Final[HassKey[set[str]]] = HassKey(f"{DOMAIN}_video_explained")
# Seconds until a stream that could not be had is offered again; meanwhile there are pictures.
_RETRY_SECONDS: Final = 300.0


class VideoBridge:
    """Listens for go2rtc, and gives it the offers of Janus.

    Cameras are told when a stream begins or stops to be of use, with `async_subscribe`.
    """

    def __init__(self, hass: HomeAssistant, video: LiveVideo) -> None:
        """Initialize; `async_address` begins to listen."""
        self._hass = hass
        self._video = video
        self._secret = token_urlsafe(32)
        self._opening = asyncio.Lock()
        self._runner: web.AppRunner | None = None
        self._port: int | None = None
        self._cannot_listen = False
        self._is_stopped = False
        self._offered: dict[tuple[int, int], VideoStream] = {}
        self._failed: dict[VideoStream, CALLBACK_TYPE] = {}
        self._listeners: set[Callable[[], None]] = set()
        # The number of times that somebody dialled.
        self.dials = 0

    @callback
    def async_subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call a listener when a stream begins or stops to be of use; returns what ends that."""
        self._listeners.add(listener)
        return partial(self._listeners.discard, listener)

    @callback
    def async_explain(self, reason: str) -> None:
        """Log why Home Assistant's own views show pictures, once until it is restarted."""
        explained = self._hass.data.setdefault(_EXPLAINED, set())
        if reason not in explained:
            explained.add(reason)
            _LOGGER.warning(
                "Home Assistant's own views show moving pictures instead of the live video of printers: %s",
                reason,
            )

    def is_failing(self, stream: VideoStream) -> bool:
        """Return whether a stream could not be had lately, or nobody can listen."""
        return self._cannot_listen or stream in self._failed

    async def async_address(self, stream: VideoStream) -> str | None:
        """Return where go2rtc finds a stream, None if nobody can listen."""
        async with self._opening:
            if self._port is None and not (self._is_stopped or self._cannot_listen):
                await self._async_listen()
        if self._port is None or self._is_stopped:
            return None
        self._offered[stream.printer_id, stream.stream_id] = stream
        url = URL.build(
            scheme="ws",
            host=_LOCALHOST,
            port=self._port,
            path=f"/{stream.printer_id}/{stream.stream_id}",
            # Home Assistant blanks the values of this name in what go2rtc logs.
            query={"auth": self._secret},
        )
        return f"webrtc:{url}#format=openipc"

    async def _async_listen(self) -> None:
        app = web.Application()
        app.add_routes([web.get("/{printer:[0-9]+}/{stream:[0-9]+}", self._handle)])
        # No access log: the addresses have the secret.
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        site = web.TCPSite(runner, _LOCALHOST, 0)
        try:
            await site.start()
        except OSError as err:
            await runner.cleanup()
            self._cannot_listen = True
            self.async_explain(f"no port of this machine is free ({err.strerror})")
            return
        self._runner = runner
        self._port = site.port

    async def async_stop(self) -> None:
        """Stop listening; the viewings are ended by LiveVideo."""
        self._is_stopped = True
        for cancel in self._failed.values():
            cancel()
        self._failed.clear()
        async with self._opening:
            runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        """Talk with go2rtc until it hangs up, which it does once its connection is there."""
        if not compare_digest(
            request.query.get("auth", "").encode(), self._secret.encode()
        ):
            raise web.HTTPNotFound
        path = request.match_info
        stream = self._offered.get((int(path["printer"]), int(path["stream"])))
        if stream is None or self._is_stopped:
            raise web.HTTPNotFound
        self.dials += 1
        socket = web.WebSocketResponse(max_msg_size=_MAX_MESSAGE_BYTES)
        await socket.prepare(request)
        session: asyncio.Future[JanusSession] = self._hass.loop.create_future()
        viewing = self._video.async_create_task(
            self._async_view(socket, stream, session)
        )
        is_answered = False
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT and session.done():
                    is_answered |= await _take(session.result(), message.data)
        finally:
            # Without an answer there will be no connection.
            if not is_answered:
                viewing.cancel()
        return socket

    async def _async_view(
        self,
        socket: web.WebSocketResponse,
        stream: VideoStream,
        session: asyncio.Future[JanusSession],
    ) -> None:
        """Hold a viewing until it ends. go2rtc waits for ever if the socket is not closed."""
        try:
            async with self._video.async_watch(stream) as viewing:
                self._set_failing(stream, is_failing=False)
                session.set_result(viewing.session)
                await socket.send_json(
                    {
                        "reply": "webrtc_answer",
                        "data": {"type": "offer", "sdp": viewing.offer},
                    }
                )
                end = await viewing.async_wait_ended()
                _LOGGER.debug("A viewing has ended: %s", end)
        except ConnectionError:
            _LOGGER.debug("go2rtc hung up before it had an offer")
        except (VideoPausedError, TooManyViewingsError) as err:
            _LOGGER.debug(
                "No more live video of printer %s: %s", stream.printer_id, err
            )
        except ObicoError as err:
            _LOGGER.debug("No live video of printer %s: %s", stream.printer_id, err)
            self._set_failing(stream, is_failing=True)
        finally:
            await socket.close()

    @callback
    def _set_failing(self, stream: VideoStream, *, is_failing: bool) -> None:
        """Note whether a stream can be had, and tell the cameras if that is new."""
        if self._is_stopped or is_failing is self.is_failing(stream):
            return
        if is_failing:

            @callback
            def retry(_now: datetime) -> None:
                self._set_failing(stream, is_failing=False)

            self._failed[stream] = async_call_later(self._hass, _RETRY_SECONDS, retry)
        else:
            self._failed.pop(stream)()
        for listener in tuple(self._listeners):
            listener()


async def _take(session: JanusSession, text: str) -> bool:
    """Pass on a message of go2rtc, and return whether it was its answer."""
    try:
        message = orjson.loads(text)
        match message:
            case {"req": "answer", "data": str() as sdp}:
                await session.answer(sdp)
                return True
            case {"req": "candidate", "data": str() as candidate}:
                # Video is the first part of the offer.
                await session.add_candidate(candidate, 0)
    except (ValueError, ObicoConnectionError) as err:
        # The viewing ends by itself where this matters.
        _LOGGER.debug("Skipping a message of go2rtc: %s", err)
    return False
