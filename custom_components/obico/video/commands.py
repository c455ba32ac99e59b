"""The websocket commands by which the card watches live video.

`obico/janus/open` opens a viewing for a camera: the browser gets the offer of Janus, and
later why the viewing has ended. `obico/janus/send` takes the browser's answer and its
addresses. A viewing belongs to the connection that opened it, and ends with it. Only what
is of this viewing is passed on, in either direction, and no browser gets a token.
"""

import asyncio
import math
from typing import Any, Final

import probatio

from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.components.websocket_api import async_register_command
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.const import (
    ERR_INVALID_FORMAT,
    ERR_NOT_FOUND,
)
from homeassistant.components.websocket_api.decorators import (
    async_response,
    websocket_command,
)
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import Unauthorized
from homeassistant.helpers import config_validation as cv, entity_registry as er
from homeassistant.util.hass_dict import HassKey

from ..aioobico import (
    JanusEnd,
    JanusSession,
    ObicoAgentRefusedError,
    ObicoAgentSilentError,
    ObicoError,
)
from ..const import DOMAIN
from ..data import ObicoConfigEntry, ObicoData
from ..live.video import TooManyViewingsError, VideoStream
from ..live.video_limit import BREAK_SECONDS, VideoPausedError

# The open viewings, by the connection of the browser and the id of its command.
_SESSIONS: Final[HassKey[dict[tuple[ActiveConnection, int], JanusSession]]] = HassKey(
    f"{DOMAIN}_janus_sessions"
)


@callback
def async_setup_video_commands(hass: HomeAssistant) -> None:
    """Register the commands."""
    hass.data[_SESSIONS] = {}
    async_register_command(hass, _open)
    async_register_command(hass, _send)


def _camera_of(
    hass: HomeAssistant, entity_id: str
) -> tuple[ObicoData, VideoStream] | None:
    """Return the account and the stream of a camera, None if it has no live video."""
    registered = er.async_get(hass).async_get(entity_id)
    if (
        registered is None
        or registered.platform != DOMAIN
        or registered.domain != Platform.CAMERA
        or registered.config_entry_id is None
    ):
        return None
    entry: ObicoConfigEntry | None = hass.config_entries.async_get_entry(
        registered.config_entry_id
    )
    if entry is None or entry.state is not ConfigEntryState.LOADED:
        return None
    stream = entry.runtime_data.video.stream_of(registered.unique_id)
    return None if stream is None else (entry.runtime_data, stream)


@callback
@websocket_command(
    {
        probatio.Required("type"): f"{DOMAIN}/janus/open",
        probatio.Required("entity_id"): cv.entity_id,
    }
)
def _open(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Open a viewing: a subscription whose events are `offer` and `ended`."""
    entity_id: str = msg["entity_id"]
    if not connection.user.permissions.check_entity(entity_id, POLICY_READ):
        raise Unauthorized(entity_id=entity_id, permission=POLICY_READ)
    if (camera := _camera_of(hass, entity_id)) is None:
        connection.send_error(
            msg["id"],
            ERR_NOT_FOUND,
            "This is no camera of a printer with live video",
        )
        return
    account, stream = camera
    connection.send_result(msg["id"])
    viewing = account.video.async_create_task(
        _async_view(hass, connection, msg["id"], account, stream)
    )
    connection.subscriptions[msg["id"]] = viewing.cancel


async def _async_view(
    hass: HomeAssistant,
    connection: ActiveConnection,
    command_id: int,
    account: ObicoData,
    stream: VideoStream,
) -> None:
    """Hold a viewing until it ends, or until the browser goes."""
    sessions = hass.data[_SESSIONS]
    key = connection, command_id

    def tell(**event: object) -> None:
        connection.send_event(command_id, event)

    try:
        async with account.video.async_watch(stream) as viewing:
            sessions[key] = viewing.session
            limit = viewing.seconds_left
            tell(
                type="offer",
                sdp=viewing.offer,
                session=command_id,
                kind=stream.kind,
                flip_horizontal=stream.flip_horizontal,
                flip_vertical=stream.flip_vertical,
                rotation=stream.rotation,
                seconds=None if math.isinf(limit) else math.ceil(limit),
            )
            end = await viewing.async_wait_ended()
        if end == "limit":
            tell(type="ended", reason="limit", seconds=math.ceil(BREAK_SECONDS))
        else:
            tell(type="ended", reason=str(end))
    except asyncio.CancelledError:
        # Not where the browser itself has gone.
        if command_id in connection.subscriptions:
            tell(type="ended", reason=str(JanusEnd.CLOSED))
        raise
    except VideoPausedError as err:
        tell(type="ended", reason="limit", seconds=math.ceil(err.seconds))
    except TooManyViewingsError:
        tell(type="ended", reason="too_many")
    except ObicoAgentSilentError:
        tell(type="ended", reason="silent")
    except ObicoAgentRefusedError:
        tell(type="ended", reason="refused")
    except ObicoError:
        tell(type="ended", reason="failed")
    finally:
        sessions.pop(key, None)


@websocket_command(
    {
        probatio.Required("type"): f"{DOMAIN}/janus/send",
        probatio.Required("session"): int,
        probatio.Exclusive("answer", "what"): str,
        probatio.Exclusive("candidate", "what"): str,
        probatio.Optional("line", default=0): int,
    }
)
@async_response
async def _send(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Pass on the browser's answer (SDP), or one of its addresses; an empty one is the last."""
    session = hass.data[_SESSIONS].get((connection, msg["session"]))
    if session is None:
        connection.send_error(msg["id"], ERR_NOT_FOUND, "This viewing has ended")
        return
    try:
        if "answer" in msg:
            await session.answer(msg["answer"])
        elif "candidate" in msg:
            await session.add_candidate(msg["candidate"], msg["line"])
    except ValueError as err:
        connection.send_error(msg["id"], ERR_INVALID_FORMAT, str(err))
        return
    except ObicoError:
        # The viewing ends by itself where this matters.
        pass
    connection.send_result(msg["id"])
