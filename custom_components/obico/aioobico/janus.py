"""Live video: one viewing of a webcam, arranged with the Janus gateway beside the agent.

The server relays texts between its viewers and the agent's Janus (/ws/token/janus/): what
Janus says reaches every viewer of the printer, so all that is not of this session is
dropped. Video and pictures themselves go from Janus to the viewer by WebRTC.

Janus ends a session that is silent for 60 seconds. A lost relay connection does no harm to
a running video: a new one carries on with the same session.
"""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from enum import StrEnum
from secrets import token_hex
from typing import Final

import aiohttp
from yarl import URL

from .exceptions import (
    ObicoAgentRefusedError,
    ObicoConnectionError,
    ObicoError,
    ObicoResponseError,
    ObicoUpgradeRefusedError,
)
from .janus_requests import ANSWER_SECONDS, JanusRequests, error_code_of, id_of
from .open_websocket import open_websocket
from .parsing import JsonObject, parse_json, section, to_object

_PLUGIN: Final = "janus.plugin.streaming"
_PROTOCOL: Final = "janus-protocol"

# All in seconds.
_CONNECT_SECONDS: Final = 10.0
# Before it makes an offer, Janus may ask STUN and TURN servers.
_OFFER_SECONDS: Final = 15.0
# From the viewer's answer until the connection of WebRTC is up.
_ESTABLISH_SECONDS: Final = 30.0
# Janus ends a session 60 seconds after the last message of it.
_KEEPALIVE_SECONDS: Final = 25.0
_GIVE_UP_SECONDS: Final = 60.0
_RETRY_SECONDS: Final = 3.0

_LOST: Final = frozenset(
    {
        aiohttp.WSMsgType.CLOSE,
        aiohttp.WSMsgType.CLOSING,
        aiohttp.WSMsgType.CLOSED,
        aiohttp.WSMsgType.ERROR,
    }
)

# A description of media is some kilobytes; other viewers' messages arrive as well.
_MAX_MESSAGE_BYTES: Final = 1024 * 1024
# Characters of a viewer's description or candidate. A browser's are a tenth of it at most.
_MAX_SDP: Final = 64 * 1024
_MAX_CANDIDATE: Final = 2048
_MAX_MEDIA: Final = 16
# A computer with many interfaces has some dozens.
_MAX_CANDIDATES: Final = 200


class JanusEnd(StrEnum):
    """Why a viewing has ended."""

    CLOSED = "closed"
    """It was closed here."""
    HANGUP = "hangup"
    """The connection of WebRTC ended, as when the viewer is gone."""
    GONE = "gone"
    """Janus no longer knows the session, as after a restart."""
    SILENT = "silent"
    """Nothing came from the agent for a minute."""
    LOST = "lost"
    """The server's relay does not take the printer's token any more."""
    FAILED = "failed"
    """No connection came about."""


class JanusSession(JanusRequests):
    """One viewing of a stream of one printer. Whoever makes one has to close it.

    `watch` gives the offer of Janus, `answer` takes the viewer's answer, and
    `wait_ended` tells when it is over.
    """

    def __init__(
        self, session: aiohttp.ClientSession, base_url: URL, auth_token: str
    ) -> None:
        """Initialize; `watch` connects to the relay of the printer with this token."""
        super().__init__()
        self._session = session
        self._base_url = base_url
        self._auth_token = auth_token
        self._ended: asyncio.Future[JanusEnd] | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._is_answered = False
        self._candidates = 0
        self._is_up = asyncio.Event()
        # Set to have the next keepalive sent now.
        self._hurry = asyncio.Event()

    async def watch(self, stream_id: int, *, video: bool) -> str:
        """Return the offer (SDP) of Janus for a stream.

        Without `video` it is one of the data channel that the stream's pictures come over.
        Raises ObicoAgentSilentError if nobody answers, ObicoAgentRefusedError where Janus has
        no such stream, ObicoConnectionError and its kinds when the relay cannot be reached.
        """
        self._ended = asyncio.get_running_loop().create_future()
        self._socket = await self._open()
        self._start(self._receive())
        created = await self._request({"janus": "create"})
        self._id = id_of(created)
        attached = await self._request({"janus": "attach", "plugin": _PLUGIN})
        self._handle = id_of(attached)
        self._start(self._keep_alive())
        event = await self._ask(
            {
                "request": "watch",
                "id": stream_id,
                "offer_audio": False,
                "offer_video": video,
            },
            _OFFER_SECONDS,
        )
        jsep = section(event.get("jsep"))
        sdp = jsep.get("sdp")
        if jsep.get("type") != "offer" or not isinstance(sdp, str):
            raise ObicoResponseError("Janus made no offer")
        return sdp

    async def answer(self, sdp: str) -> None:
        """Send the viewer's answer. ValueError if it is too long to be one, or the second."""
        if self._is_answered or len(sdp) > _MAX_SDP:
            raise ValueError("This is no answer")
        self._is_answered = True
        await self._send(
            {
                "janus": "message",
                "body": {"request": "start"},
                "jsep": {"type": "answer", "sdp": sdp},
            }
        )
        self._start(self._establish())

    async def add_candidate(self, candidate: str, line: int) -> None:
        """Send an address of the viewer for a part of the description.

        `candidate` is the text of an ICE candidate, empty when there are no more of them.
        ValueError for what cannot be one, and where there were too many.
        """
        if (
            len(candidate) > _MAX_CANDIDATE
            or not 0 <= line < _MAX_MEDIA
            or self._candidates >= _MAX_CANDIDATES
        ):
            raise ValueError("This is no candidate")
        self._candidates += 1
        await self._send(
            {
                "janus": "trickle",
                "candidate": {"candidate": candidate, "sdpMLineIndex": line}
                if candidate
                else {"completed": True},
            }
        )

    @property
    def is_up(self) -> bool:
        """Return whether the connection of WebRTC has been up."""
        return self._is_up.is_set()

    async def wait_up(self) -> None:
        """Wait until the connection of WebRTC is up; for ever if it never is."""
        await self._is_up.wait()

    async def wait_ended(self) -> JanusEnd:
        """Wait for the end of the viewing, and return why it came."""
        assert self._ended is not None
        return await asyncio.shield(self._ended)

    async def close(self) -> None:
        """End the session at Janus, if it can be reached, and close the connection."""
        self._end(JanusEnd.CLOSED)
        tasks, self._tasks = self._tasks, []
        await asyncio.gather(*tasks, return_exceptions=True)
        socket, self._socket = self._socket, None
        if socket is None:
            return
        if self._id is not None:
            with suppress(ConnectionError):
                await socket.send_str(self._text({"janus": "destroy"}, token_hex(8)))
        await socket.close()

    # Tasks

    async def _open(self) -> aiohttp.ClientWebSocketResponse[bool]:
        return await open_websocket(
            self._session,
            self._base_url,
            ("ws", "token", "janus", self._auth_token, ""),
            timeout=_CONNECT_SECONDS,
            max_bytes=_MAX_MESSAGE_BYTES,
            protocols=(_PROTOCOL,),
        )

    def _start(self, work: Coroutine[object, object, None]) -> None:
        self._tasks.append(asyncio.create_task(work, name="obico janus"))

    def _end(self, why: JanusEnd, error: ObicoError | None = None) -> None:
        """End the viewing, also what waits for an answer."""
        if self._ended is None or self._ended.done():
            return
        self._ended.set_result(why)
        self._give_up(error or ObicoConnectionError("The viewing has ended"))
        current = asyncio.current_task()
        for task in self._tasks:
            if task is not current:
                task.cancel()

    async def _receive(self) -> None:
        """Handle what Janus says; replace a lost connection once the video runs."""
        while True:
            assert self._socket is not None
            message = await self._socket.receive()
            if message.type is aiohttp.WSMsgType.TEXT:
                with suppress(ObicoResponseError):
                    self._handle_message(
                        to_object(parse_json(message.data), "The message")
                    )
                if self._ended is None or self._ended.done():
                    return
                continue
            if message.type not in _LOST:
                continue
            if not self.is_up:
                self._end(
                    JanusEnd.FAILED,
                    ObicoConnectionError("The connection to the relay is lost"),
                )
                return
            if not await self._reconnect():
                self._end(JanusEnd.LOST)
                return

    async def _reconnect(self) -> bool:
        """Open a new connection; return False if the server refuses one.

        It goes on until `_keep_alive` gives up.
        """
        lost, self._socket = self._socket, None
        assert lost is not None
        await lost.close()
        while True:
            try:
                self._socket = await self._open()
            except ObicoUpgradeRefusedError:
                return False
            except ObicoError:
                await asyncio.sleep(_RETRY_SECONDS)
                continue
            # A hang-up may have been missed meanwhile.
            self._start(self._check())
            self._hurry.set()
            return True

    async def _check(self) -> None:
        """End the viewing if Janus has hung up without it having been heard here."""
        # Changes nothing, and is refused unless something is being watched.
        try:
            await self._ask({"request": "configure"}, ANSWER_SECONDS)
        except ObicoAgentRefusedError:
            self._end(JanusEnd.HANGUP)
        except ObicoError:
            # Whether there is anybody is for the keepalives to find out.
            return

    async def _keep_alive(self) -> None:
        """Keep the session until it ends, or until nobody answers for a minute."""
        now = asyncio.get_running_loop().time
        answered, pause = now(), _KEEPALIVE_SECONDS
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._hurry.wait()
            self._hurry.clear()
            try:
                await self._request({"janus": "keepalive"})
            except ObicoAgentRefusedError:
                self._end(JanusEnd.GONE)
                return
            except ObicoError:
                if now() - answered >= _GIVE_UP_SECONDS:
                    self._end(JanusEnd.SILENT)
                    return
                pause = _RETRY_SECONDS
                if self.is_up and self._socket is not None:
                    # It may be half open, which nothing else would tell. It is replaced.
                    await self._socket.close()
            else:
                answered, pause = now(), _KEEPALIVE_SECONDS

    async def _establish(self) -> None:
        """End the viewing if no connection of WebRTC comes about."""
        try:
            async with asyncio.timeout(_ESTABLISH_SECONDS):
                await self._is_up.wait()
        except TimeoutError:
            self._end(JanusEnd.FAILED)

    # What is received

    def _handle_message(self, message: JsonObject) -> None:
        """Handle a text of Janus; those of other sessions are dropped."""
        kind = message.get("janus")
        if kind in ("success", "error", "ack"):
            self._handle_reply(message)
            return
        if self._id is None or message.get("session_id") != self._id:
            return
        if kind == "timeout":
            self._end(JanusEnd.GONE)
        elif self._handle is not None and message.get("sender") == self._handle:
            self._handle_event(kind, message)

    def _handle_event(self, kind: object, message: JsonObject) -> None:
        """Handle an event of this viewing."""
        if kind == "webrtcup":
            self._is_up.set()
        elif kind in ("hangup", "detached"):
            self._end(JanusEnd.HANGUP if self.is_up else JanusEnd.FAILED)
        elif (
            kind == "event"
            and not self._handle_asked(message)
            and error_code_of(message) is not None
        ):
            self._end(JanusEnd.FAILED)
