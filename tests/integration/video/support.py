"""A go2rtc, as Home Assistant and the integration see it, and a browser that looks."""

from dataclasses import dataclass, field
from typing import Any, override

import aiohttp
from webrtc_models import RTCIceCandidateInit

from dev import Printer, SimulatedJanus
from homeassistant.components.camera import Camera
from homeassistant.components.camera.webrtc import (
    CameraWebRTCProvider,
    WebRTCAnswer,
    WebRTCError,
    WebRTCSendMessage,
)
from homeassistant.core import callback
from tests.integration.support import Obico

ANSWER = "v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\n"
CANDIDATE = "candidate:1 1 udp 1 192.0.2.1 9 typ host ufrag abcd"
CAMERA = "camera.webcam"


@dataclass
class Dial:
    """One connection of go2rtc to a source."""

    socket: aiohttp.ClientWebSocketResponse
    offer: str = ""
    session_ids: list[str] = field(default_factory=list)

    async def answer(self) -> None:
        """Answer the offer, as go2rtc does, which hangs up once it is connected."""
        await self.socket.send_json({"req": "answer", "data": ANSWER})
        await self.socket.send_json({"req": "candidate", "data": CANDIDATE})


async def dial_source(session: aiohttp.ClientSession, source: str) -> Dial | None:
    """Dial a source as go2rtc does, and wait for its offer; None if it hangs up instead."""
    url, _, fragment = source.removeprefix("webrtc:").partition("#")
    assert fragment == "format=openipc"
    dial = Dial(await session.ws_connect(url))
    message = await dial.socket.receive()
    if message.type is not aiohttp.WSMsgType.TEXT:
        return None
    content = message.json()
    assert content["reply"] == "webrtc_answer"
    assert content["data"]["type"] == "offer"
    dial.offer = content["data"]["sdp"]
    return dial


class FakeGo2rtc(CameraWebRTCProvider):
    """Dials the source of each camera that is watched."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        """Start without a viewer."""
        self.session = session
        self.dials: list[Dial] = []
        self.candidates: list[tuple[str, RTCIceCandidateInit]] = []
        self.closed: list[str] = []
        # Whether it runs on another machine, from which the source is not reached.
        self.is_elsewhere = False

    @property
    @override
    def domain(self) -> str:
        return "go2rtc"

    @callback
    @override
    def async_is_supported(self, stream_source: str) -> bool:
        return stream_source.partition(":")[0] == "webrtc"

    async def dial(self, source: str) -> Dial | None:
        """Dial a source, and wait for its offer; None if it hangs up instead."""
        dial = await dial_source(self.session, source)
        if dial is not None:
            self.dials.append(dial)
        return dial

    @override
    async def async_handle_async_webrtc_offer(
        self,
        camera: Camera,
        offer_sdp: str,
        session_id: str,
        send_message: WebRTCSendMessage,
    ) -> None:
        source = await camera.stream_source()
        assert source is not None
        dial = None if self.is_elsewhere else await self.dial(source)
        if dial is None:
            send_message(WebRTCError("go2rtc_webrtc_offer_failed", "no video"))
            return
        dial.session_ids.append(session_id)
        await dial.answer()
        send_message(WebRTCAnswer("the answer of go2rtc"))

    @override
    async def async_on_webrtc_candidate(
        self, session_id: str, candidate: RTCIceCandidateInit
    ) -> None:
        self.candidates.append((session_id, candidate))

    @callback
    @override
    def async_close_session(self, session_id: str) -> None:
        self.closed.append(session_id)

    async def stop(self) -> None:
        """Hang up."""
        for dial in self.dials:
            await dial.socket.close()


class Browser:
    """Somebody who looks at a camera in Home Assistant."""

    def __init__(self, socket: Any) -> None:
        """Look by a connection of Home Assistant's websocket."""
        self.socket = socket

    async def command(self, type_: str, **more: object) -> dict[str, Any]:
        """Send a command, and return its result, or its error."""
        await self.socket.send_json_auto_id({"type": type_, **more})
        result: dict[str, Any] = await self.socket.receive_json()
        return result

    async def event(self) -> dict[str, Any]:
        """Return the next event of a subscription."""
        message = await self.socket.receive_json()
        assert message["type"] == "event", message
        event: dict[str, Any] = message["event"]
        return event


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A printer with Janus, in Home Assistant."""

    obico: Obico
    printer: Printer
    janus: SimulatedJanus

    @property
    def camera(self) -> str:
        """Return the id of the printer's camera."""
        return self.obico.entity_id(self.printer, CAMERA)

    @property
    def features(self) -> int:
        """Return what the camera declares that it can do."""
        features: int = self.obico.state(self.printer, CAMERA).attributes[
            "supported_features"
        ]
        return features
