"""A WebRTC provider that leaves what go2rtc does to a page.

Its commands tell the page the source of a camera, and what browsers that look at cameras
want; the page answers for it.
"""

from typing import Any, Final, override

import probatio
from webrtc_models import RTCIceCandidateInit

from homeassistant.components.camera import Camera, async_get_stream_source
from homeassistant.components.camera.webrtc import (
    CameraWebRTCProvider,
    WebRTCAnswer,
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
from homeassistant.util.hass_dict import HassKey

_DOMAIN: Final = "go2rtc_stand_in"
_STAND_IN: Final[HassKey[StandIn]] = HassKey(_DOMAIN)


class StandIn(CameraWebRTCProvider):
    """Supports what go2rtc supports."""

    def __init__(self) -> None:
        """Start without a page."""
        self.page: tuple[ActiveConnection, int] | None = None
        self.browsers: dict[str, WebRTCSendMessage] = {}

    @property
    @override
    def domain(self) -> str:
        return _DOMAIN

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
        self.browsers[session_id] = send_message
        self._tell(session_id, offer=offer_sdp, source=await camera.stream_source())

    @override
    async def async_on_webrtc_candidate(
        self, session_id: str, candidate: RTCIceCandidateInit
    ) -> None:
        self._tell(session_id, candidate=candidate.to_dict())

    @callback
    @override
    def async_close_session(self, session_id: str) -> None:
        if self.browsers.pop(session_id, None) is not None:
            self._tell(session_id, is_over=True)

    def _tell(self, session_id: str, **what: object) -> None:
        assert self.page is not None
        connection, number = self.page
        connection.send_event(number, {"session": session_id} | what)


@websocket_command(
    {
        probatio.Required("type"): f"{_DOMAIN}/source",
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


@callback
@websocket_command({probatio.Required("type"): f"{_DOMAIN}/serve"})
def serve(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Tell the page from now on what browsers want."""
    stand_in = hass.data[_STAND_IN]
    stand_in.page = connection, msg["id"]

    @callback
    def leave() -> None:
        stand_in.page = None

    connection.subscriptions[msg["id"]] = leave
    connection.send_result(msg["id"])


@callback
@websocket_command(
    {
        probatio.Required("type"): f"{_DOMAIN}/answer",
        probatio.Required("session"): str,
        probatio.Required("sdp"): str,
    }
)
def answer(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Pass the page's answer on to a browser."""
    hass.data[_STAND_IN].browsers[msg["session"]](WebRTCAnswer(msg["sdp"]))
    connection.send_result(msg["id"])


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Offer the provider and the commands."""
    hass.data[_STAND_IN] = StandIn()
    async_register_webrtc_provider(hass, hass.data[_STAND_IN])
    for command in (tell_source, serve, answer):
        async_register_command(hass, command)
    return True
