"""The live video of printers by Home Assistant's own go2rtc integration, end to end.

From the offer of a browser to the session of Janus everything is real but go2rtc itself,
which only has its API here, and Janus.
"""

from collections.abc import AsyncGenerator
import json
from pathlib import Path

import aiohttp
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from dev import SHORT
from homeassistant import components
from homeassistant.components.camera import async_get_image
from homeassistant.components.camera.const import CameraEntityFeature
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from tests.checks.support import ROOT
from tests.integration.support import settle
from tests.timelapse import wait_until

from .go2rtc_server import ANSWER, CANDIDATE, Go2rtcServer
from .support import CANDIDATE as DIALLED_CANDIDATE, Browser, Stage

OFFER = "the offer of a browser"
CANDIDATE_OF_BROWSER = "candidate:2 1 udp 1 192.0.2.9 9 typ host"


@pytest.fixture
async def server_of_go2rtc(
    hass: HomeAssistant, stage: Stage
) -> AsyncGenerator[Go2rtcServer]:
    """Home Assistant with its go2rtc integration, which an address was given for."""
    async with aiohttp.ClientSession() as session:
        go2rtc = Go2rtcServer(session, stage.janus)
        await go2rtc.start()
        assert await async_setup_component(
            hass, "go2rtc", {"go2rtc": {"url": go2rtc.url}}
        )
        await settle(hass)
        [entry] = hass.config_entries.async_entries("go2rtc")
        assert entry.state is ConfigEntryState.LOADED
        yield go2rtc
        if entry.state is ConfigEntryState.LOADED:
            await hass.config_entries.async_unload(entry.entry_id)
        await settle(hass)
        await go2rtc.stop()


async def watch(browser: Browser, stage: Stage) -> tuple[int, str]:
    """Offer a connection, and return the number of the subscription and its session."""
    result = await browser.command(
        "camera/webrtc/offer", entity_id=stage.camera, offer=OFFER
    )
    assert result["success"], result
    session = await browser.event()
    assert session["type"] == "session"
    return result["id"], session["session_id"]


async def watched(browser: Browser, stage: Stage) -> tuple[int, str]:
    """Offer a connection, and wait until it has an answer."""
    watching = await watch(browser, stage)
    assert await browser.event() == {"type": "answer", "answer": ANSWER}
    event = await browser.event()
    assert event["type"] == "candidate"
    assert event["candidate"]["candidate"] == CANDIDATE
    return watching


def test_the_client_is_the_one_that_home_assistant_asks_for() -> None:
    manifest = json.loads(
        (Path(components.__path__[0]) / "go2rtc" / "manifest.json").read_text()
    )
    for requirement in manifest["requirements"]:
        assert f'"{requirement}",' in (ROOT / "pyproject.toml").read_text()


async def test_a_browser_sees_the_video_and_leaves(
    server_of_go2rtc: Go2rtcServer, stage: Stage, browser: Browser
) -> None:
    go2rtc = server_of_go2rtc
    assert stage.features == CameraEntityFeature.STREAM
    capabilities = await browser.command("camera/capabilities", entity_id=stage.camera)
    assert capabilities["result"] == {"frontend_stream_types": ["web_rtc"]}
    number, session_id = await watched(browser, stage)
    [(name, sources)] = go2rtc.puts
    assert name.startswith("obico_")
    assert sources[0].startswith("webrtc:ws://127.0.0.1:")
    [offer] = go2rtc.offers
    assert offer["sdp"] == OFFER
    [session] = stage.janus.sessions.values()
    assert session.is_started
    assert session.candidates == [{"candidate": DIALLED_CANDIDATE, "sdpMLineIndex": 0}]

    result = await browser.command(
        "camera/webrtc/candidate",
        entity_id=stage.camera,
        session_id=session_id,
        candidate={"candidate": CANDIDATE_OF_BROWSER, "sdpMLineIndex": 0},
    )
    assert result["success"]
    await wait_until(lambda: go2rtc.candidates == [CANDIDATE_OF_BROWSER])

    await browser.command("unsubscribe_events", subscription=number)
    await wait_until(lambda: not stage.janus.sessions)
    assert len(stage.obico.server.janus_sockets) == 0


async def test_two_browsers_have_a_session_each(
    hass: HomeAssistant,
    server_of_go2rtc: Go2rtcServer,
    stage: Stage,
    browser: Browser,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """Home Assistant takes a stream that runs for another one, and puts it anew."""
    other = Browser(await hass_ws_client(hass))
    await watched(browser, stage)
    await watched(other, stage)
    assert len(server_of_go2rtc.puts) == 2
    first, second = stage.janus.sessions
    await browser.socket.close()
    await wait_until(lambda: [*stage.janus.sessions] == [second])
    assert first != second
    await other.socket.close()
    await wait_until(lambda: not stage.janus.sessions)


async def test_a_browser_that_looks_again_sees_it_again(
    server_of_go2rtc: Go2rtcServer, stage: Stage, browser: Browser
) -> None:
    for _ in range(2):
        number, _ = await watched(browser, stage)
        await browser.command("unsubscribe_events", subscription=number)
        await wait_until(lambda: not stage.janus.sessions)
    # What it was told the first time still holds.
    assert len(server_of_go2rtc.puts) == 1


async def test_a_stream_that_the_agent_does_not_have_becomes_pictures(
    server_of_go2rtc: Go2rtcServer,
    stage: Stage,
    browser: Browser,
    caplog: pytest.LogCaptureFixture,
) -> None:
    stage.janus.streams = frozenset()
    await watch(browser, stage)
    event = await browser.event()
    assert (event["type"], event["code"]) == ("error", "go2rtc_webrtc_offer_failed")
    await settle(stage.obico.hass)
    assert stage.features == 0
    result = await browser.command(
        "camera/webrtc/offer", entity_id=stage.camera, offer=OFFER
    )
    assert result["error"]["code"] == "webrtc_offer_failed"
    assert not [each for each in caplog.records if each.levelname == "ERROR"]


async def test_a_server_on_another_machine_is_given_up(
    server_of_go2rtc: Go2rtcServer,
    stage: Stage,
    browser: Browser,
    caplog: pytest.LogCaptureFixture,
) -> None:
    server_of_go2rtc.is_elsewhere = True
    await watch(browser, stage)
    assert (await browser.event())["type"] == "error"
    await settle(stage.obico.hass)
    assert stage.features == 0
    assert "it has to run on the same machine" in caplog.text


async def test_single_pictures_are_the_agents(
    hass: HomeAssistant, server_of_go2rtc: Go2rtcServer, stage: Stage
) -> None:
    """Those of go2rtc are empty where it has no video, and are not said to be."""
    stage.printer.agent.start_print(SHORT)
    await stage.obico.server.advance(30)
    await stage.obico.poll()
    picture = await async_get_image(hass, stage.camera)
    assert picture.content.startswith(b"\xff\xd8")
    assert server_of_go2rtc.requests == []
    assert stage.janus.sessions == {}


async def test_without_the_integration_pictures_move(
    hass: HomeAssistant, server_of_go2rtc: Go2rtcServer, stage: Stage, browser: Browser
) -> None:
    await watched(browser, stage)
    [entry] = hass.config_entries.async_entries("go2rtc")
    await hass.config_entries.async_unload(entry.entry_id)
    await settle(hass)
    assert stage.features == 0
    await wait_until(lambda: not stage.janus.sessions)
    await hass.config_entries.async_setup(entry.entry_id)
    await settle(hass)
    assert stage.features == CameraEntityFeature.STREAM


async def test_unloading_the_account_ends_what_is_watched(
    hass: HomeAssistant, server_of_go2rtc: Go2rtcServer, stage: Stage, browser: Browser
) -> None:
    await watched(browser, stage)
    await stage.obico.unload()
    assert stage.janus.sessions == {}
    await stage.obico.set_up()
    await settle(hass)
    await watched(browser, stage)
    first, second = (sources[0] for _, sources in server_of_go2rtc.puts)
    assert first != second


async def test_no_secret_is_in_the_log(
    server_of_go2rtc: Go2rtcServer,
    stage: Stage,
    browser: Browser,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await watched(browser, stage)
    [(_, sources)] = server_of_go2rtc.puts
    secret = sources[0].partition("?auth=")[2].partition("#")[0]
    assert len(secret) >= 40
    assert secret not in caplog.text
    assert str(stage.printer.auth_token) not in caplog.text
