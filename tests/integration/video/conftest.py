"""A printer that streams H.264, with Janus beside its agent, and a go2rtc."""

from collections.abc import AsyncGenerator

import aiohttp
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from dev import Account, ObicoServer, Printer, Webcam
from homeassistant.components.camera.webrtc import async_register_webrtc_provider
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from tests.integration.push.conftest import _short_farewell  # noqa: F401
from tests.integration.support import set_up, settle
from tests.timelapse import LoopClock

from .support import Browser, FakeGo2rtc, Stage


@pytest.fixture
def webcam() -> Webcam:
    return Webcam(name="Bed", stream_mode="h264_transcode")


@pytest.fixture
def printer(account: Account, webcam: Webcam) -> Printer:
    return account.add_printer("Voron", agent="klipper", webcams=[webcam])


@pytest.fixture
async def go2rtc(hass: HomeAssistant) -> AsyncGenerator[FakeGo2rtc]:
    """A go2rtc that Home Assistant knows before the account is set up."""
    assert await async_setup_component(hass, "camera", {})
    async with aiohttp.ClientSession() as session:
        go2rtc = FakeGo2rtc(session)
        remove = async_register_webrtc_provider(hass, go2rtc)
        yield go2rtc
        await go2rtc.stop()
        remove()
        await settle(hass)


@pytest.fixture
async def stage(
    hass: HomeAssistant, server: ObicoServer, account: Account, printer: Printer
) -> AsyncGenerator[Stage]:
    """The account, set up; nothing of live video is left once it is unloaded."""
    LoopClock.of(hass.loop).stop_while_working()
    janus = printer.simulate_janus(1)
    obico = await set_up(hass, server, account)
    yield Stage(obico=obico, printer=printer, janus=janus)
    if obico.entry.state.recoverable:
        await obico.unload()
    assert len(server.janus_sockets) == 0


@pytest.fixture
async def browser(
    hass: HomeAssistant, stage: Stage, hass_ws_client: WebSocketGenerator
) -> Browser:
    return Browser(await hass_ws_client(hass))
