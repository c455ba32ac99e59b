"""A camera whose live video Home Assistant's own WebRTC provider, go2rtc, shows.

This is the only module that uses the way in which Home Assistant finds such a provider,
which is not documented for integrations. Where it is not as expected, cameras show
pictures, and one line is in the log.

A camera that leaves this to Home Assistant would also be offered as HLS, which cannot open
these sources: it logs errors whenever somebody looks. So the camera declares that it has
WebRTC itself, hands everything on to the provider, and declares no stream without one.
"""

from abc import abstractmethod
from typing import override

from webrtc_models import RTCIceCandidateInit

from homeassistant.components.camera import Camera
from homeassistant.components.camera.const import CameraEntityFeature
from homeassistant.components.camera.webrtc import (
    CameraWebRTCProvider,
    WebRTCError,
    WebRTCMessage,
    WebRTCSendMessage,
)
from homeassistant.core import CoreState, HomeAssistant, callback
from homeassistant.helpers.start import async_at_started

from ..const import INTERNALS_CHANGED
from .video import LiveVideo, VideoKind, VideoStream
from .video_bridge import VideoBridge

_NO_PROVIDER = "go2rtc, which is part of Home Assistant, is not set up here"
_UNREACHABLE = "go2rtc does not reach Home Assistant at 127.0.0.1; it has to run on the same machine"
_TURNED = "go2rtc cannot turn the video of a webcam that is not mounted upright; the printer's card can"
_LIMITED = "the free plan of Obico Cloud has it for 30 seconds at a time; the printer's card shows that"


class LiveVideoCamera(Camera):
    """A camera of a printer whose agent may have live video."""

    _provider: CameraWebRTCProvider | None = None
    # The provider that did not reach the bridge.
    _unreachable: CameraWebRTCProvider | None = None
    # Whether Home Assistant finds a provider in another way than expected.
    _is_lookup_broken = False
    # What the provider was looked up for last, and what the printer had then.
    _offered: VideoStream | None = None
    _seen: VideoStream | None = None

    def __init__(self) -> None:
        """Initialize the camera."""
        super().__init__()
        # The provider of each session of a browser.
        self._sessions: dict[str, CameraWebRTCProvider] = {}

    @property
    @abstractmethod
    def _video(self) -> tuple[LiveVideo, VideoBridge]:
        """Return the live video of the account, and the bridge to go2rtc."""

    @property
    @abstractmethod
    def _stream(self) -> VideoStream | None:
        """Return what can be shown live now."""

    @override
    async def async_added_to_hass(self) -> None:
        """Offer the stream to the card, and follow whether it can be had."""
        await super().async_added_to_hass()
        video, bridge = self._video
        assert self.unique_id is not None
        self.async_on_remove(
            video.async_register_camera(self.unique_id, lambda: self._stream)
        )
        self.async_on_remove(bridge.async_subscribe(self._async_check_stream))
        self.async_on_remove(async_at_started(self.hass, self._async_explain))

    @property
    def _usable_stream(self) -> VideoStream | None:
        """Return the stream that go2rtc can show now."""
        stream = self._stream
        video, bridge = self._video
        if (
            stream is None
            or self._is_lookup_broken
            or stream.kind is not VideoKind.H264
            or not stream.is_upright
            or video.limit.is_limited
            or bridge.is_failing(stream)
        ):
            return None
        return stream

    @override
    async def stream_source(self) -> str | None:
        """Return where go2rtc finds the video."""
        if (stream := self._usable_stream) is None:
            return None
        return await self._video[1].async_address(stream)

    @override
    async def async_create_stream(self) -> None:
        """Create none: what records and casts cannot open these sources, and logs errors.

        The actions and the media browser then say that the camera does not support it.
        """

    @callback
    def _async_check_stream(self) -> None:
        """Look for a provider again if another stream, or none, can be had now."""
        seen, self._seen = self._seen, self._stream
        if seen == self._seen and self._offered == self._usable_stream:
            return
        self._offered = self._usable_stream
        self.hass.async_create_task(self._async_follow(), "obico video provider")

    async def _async_follow(self) -> None:
        """Offer another stream than before, or say why it is not offered."""
        await self.async_refresh_providers()
        # Before, a provider may still be about to be set up.
        if self.hass.state is CoreState.running:
            self._async_explain(self.hass)

    @override
    async def async_refresh_providers(self, *, write_state: bool = True) -> None:
        """Declare a stream exactly while there is a provider for it."""
        await super().async_refresh_providers(write_state=write_state)
        self._offered = self._usable_stream
        self._provider = await self._async_find_provider()
        features = CameraEntityFeature(0)
        if self._provider is not None and self._provider is not self._unreachable:
            features = CameraEntityFeature.STREAM
        if features != self._attr_supported_features:
            self._attr_supported_features = features
            if write_state:
                self.async_write_ha_state()

    async def _async_find_provider(self) -> CameraWebRTCProvider | None:
        """Return the provider of Home Assistant that shows the video."""
        if self._usable_stream is None:
            return None
        try:
            return await _find_provider(self.hass, self)
        except INTERNALS_CHANGED as err:
            self._is_lookup_broken = True
            self._video[1].async_explain(
                f"this version of Home Assistant does not find go2rtc as expected: {err}"
            )
            return None

    @callback
    def _async_explain(self, _hass: HomeAssistant) -> None:
        """Say once why there is no video, where the printer has some."""
        video, bridge = self._video
        stream = self._stream
        if stream is None or stream.kind is not VideoKind.H264:
            return
        if video.limit.is_limited:
            bridge.async_explain(_LIMITED)
        elif not stream.is_upright:
            bridge.async_explain(_TURNED)
        elif self._usable_stream is not None and self._provider is None:
            bridge.async_explain(_NO_PROVIDER)

    @override
    async def async_handle_async_webrtc_offer(
        self, offer_sdp: str, session_id: str, send_message: WebRTCSendMessage
    ) -> None:
        """Hand a browser's offer to the provider."""
        provider, bridge = self._provider, self._video[1]
        if provider is None:
            await super().async_handle_async_webrtc_offer(
                offer_sdp, session_id, send_message
            )
            return

        @callback
        def send(message: WebRTCMessage) -> None:
            # One that has dialled before is not on another machine, but in trouble.
            if isinstance(message, WebRTCError) and not bridge.dials:
                self._handle_unreachable(provider)
            send_message(message)

        self._sessions[session_id] = provider
        await provider.async_handle_async_webrtc_offer(
            self, offer_sdp, session_id, send
        )

    @callback
    def _handle_unreachable(self, provider: CameraWebRTCProvider) -> None:
        """Show pictures from now on: the provider runs on another machine."""
        self._unreachable = provider
        self._video[1].async_explain(_UNREACHABLE)
        self.hass.async_create_task(
            self.async_refresh_providers(), "obico video provider"
        )

    @override
    async def async_on_webrtc_candidate(
        self, session_id: str, candidate: RTCIceCandidateInit
    ) -> None:
        """Hand an address of a browser to the provider."""
        if (provider := self._sessions.get(session_id)) is not None:
            await provider.async_on_webrtc_candidate(session_id, candidate)

    @callback
    @override
    def close_webrtc_session(self, session_id: str) -> None:
        """Tell the provider that a browser has gone."""
        if (provider := self._sessions.pop(session_id, None)) is not None:
            provider.async_close_session(session_id)


async def _find_provider(
    hass: HomeAssistant, camera: Camera
) -> CameraWebRTCProvider | None:
    from homeassistant.components.camera.webrtc import async_get_supported_provider  # noqa: PLC0415

    return await async_get_supported_provider(hass, camera)
