"""A WebRTC provider that leaves what go2rtc does to a page: it tells the sources of cameras."""

from typing import Any, override

import probatio
from webrtc_models import RTCIceCandidateInit

from homeassistant.components.camera import Camera, async_get_stream_source
from homeassistant.components.camera.webrtc import (
    CameraWebRTCProvider,
    WebRTCSendMessage,
    async_register_webrtc_provider,
)
from homeassistant.components.websocket_api import async_register_command
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.decorators import (
    async_response,
    websocket_command,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.typing import ConfigType


class StandIn(CameraWebRTCProvider):
    """Supports what go2rtc supports."""

    @property
    @override
    def domain(self) -> str:
        return "go2rtc_stand_in"

    @callback
    @override
    def async_is_supported(self, stream_source: str) -> bool:
        return stream_source.startswith("webrtc:")

    @override
    async def async_handle_async_webrtc_offer(
        self,
        camera: Camera,
        offer_sdp: str,
        session_id: str,
        send_message: WebRTCSendMessage,
    ) -> None:
        raise NotImplementedError

    @override
    async def async_on_webrtc_candidate(
        self, session_id: str, candidate: RTCIceCandidateInit
    ) -> None:
        raise NotImplementedError


@websocket_command(
    {
        probatio.Required("type"): "go2rtc_stand_in/source",
        probatio.Required("entity_id"): str,
    }
)
@async_response
async def tell_source(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Return the source of a camera."""
    source = await async_get_stream_source(hass, msg["entity_id"])
    connection.send_result(msg["id"], source)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Offer the provider and the command."""
    async_register_webrtc_provider(hass, StandIn())
    async_register_command(hass, tell_source)
    return True
