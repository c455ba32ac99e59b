"""The live video of printers in Home Assistant's own views, by way of go2rtc."""

import aiohttp
from aiohttp import web
import pytest
from yarl import URL

from custom_components.obico.live import video_limit
from dev import Account, ObicoServer, Printer, Webcam
from homeassistant.components.camera.const import CameraEntityFeature
from homeassistant.components.camera.helper import get_camera_from_entity_id
from homeassistant.components.camera.webrtc import async_register_webrtc_provider
from homeassistant.components.media_source import Unresolvable, async_resolve_media
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
from tests.integration.support import set_up, settle
from tests.timelapse import LoopClock, wait_until

from .support import CAMERA, CANDIDATE, Browser, Dial, FakeGo2rtc, Stage

WHY = "show moving pictures instead of the live video of printers"


async def source_of(stage: Stage) -> str:
    """Return what go2rtc is told to dial."""
    camera = get_camera_from_entity_id(stage.obico.hass, stage.camera)
    source = await camera.stream_source()
    assert source is not None
    return source


async def dialled(go2rtc: FakeGo2rtc, stage: Stage, source: str | None = None) -> Dial:
    """Return a connection of go2rtc that got an offer."""
    dial = await go2rtc.dial(source or await source_of(stage))
    assert dial is not None
    return dial


async def connected(
    go2rtc: FakeGo2rtc, stage: Stage, source: str | None = None
) -> Dial:
    """Return a connection of go2rtc whose video runs, so that it hung up."""
    dial = await dialled(go2rtc, stage, source)
    await dial.answer()
    [*_, session] = stage.janus.sessions.values()
    await wait_until(lambda: session.candidates)
    await dial.socket.close()
    await wait_until(lambda: session.is_started)
    return dial


async def pass_time(stage: Stage, seconds: int) -> None:
    """Let time pass, second by second, each with all that comes of it."""
    clock = LoopClock.of(stage.obico.hass.loop)
    for _ in range(seconds):
        clock.put_forward(1)
        await clock.settle(lambda: True, 0)


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return why there is no video, as far as the log says so."""
    records = (*caplog.get_records("setup"), *caplog.get_records("call"))
    return [line for each in records if WHY in (line := each.getMessage())]


# How it is watched


async def test_a_browser_sees_the_video_of_a_printer(
    go2rtc: FakeGo2rtc, stage: Stage, browser: Browser
) -> None:
    assert stage.features == CameraEntityFeature.STREAM
    capabilities = await browser.command("camera/capabilities", entity_id=stage.camera)
    # HLS would log errors whenever somebody looks.
    assert capabilities["result"] == {"frontend_stream_types": ["web_rtc"]}
    result = await browser.command(
        "camera/webrtc/offer", entity_id=stage.camera, offer="the offer of a browser"
    )
    assert result["success"]
    session = await browser.event()
    assert session["type"] == "session"
    assert await browser.event() == {"type": "answer", "answer": "the answer of go2rtc"}
    [dial] = go2rtc.dials
    assert "Mountpoint 1" in dial.offer
    [watched] = stage.janus.sessions.values()
    await wait_until(lambda: watched.candidates)
    assert watched.is_started
    assert watched.candidates == [{"candidate": CANDIDATE, "sdpMLineIndex": 0}]

    result = await browser.command(
        "camera/webrtc/candidate",
        entity_id=stage.camera,
        session_id=session["session_id"],
        candidate={"candidate": "candidate:2", "sdpMLineIndex": 0},
    )
    assert result["success"]
    [(session_id, candidate)] = go2rtc.candidates
    assert session_id == session["session_id"]
    assert candidate.candidate == "candidate:2"
    await browser.socket.close()
    await wait_until(lambda: go2rtc.closed == [session_id])


async def test_each_viewer_has_a_session_of_its_own(
    go2rtc: FakeGo2rtc, stage: Stage
) -> None:
    await connected(go2rtc, stage)
    await connected(go2rtc, stage)
    first, second = stage.janus.sessions
    await stage.janus.hang_up(first)
    await wait_until(lambda: [*stage.janus.sessions] == [second])
    assert await source_of(stage) == await source_of(stage)


async def test_without_the_secret_nobody_gets_anything(
    go2rtc: FakeGo2rtc, stage: Stage
) -> None:
    url, _, _ = (await source_of(stage)).removeprefix("webrtc:").partition("#")
    assert url.startswith("ws://127.0.0.1:")
    address, _, query = url.partition("?")
    secret = query.removeprefix("auth=")
    assert len(secret) >= 40
    assert str(stage.printer.auth_token) not in url
    for wrong in (
        address,
        f"{address}?auth=",
        f"{address}?auth={secret[:-1]}",
        f"{address}?auth=%C3%BC",
        f"{address.replace('/1/1', '/1/2')}?auth={secret}",
        f"{address.replace('/1/1', '/2/1')}?auth={secret}",
        f"{address.replace('/1/1', '/1')}?auth={secret}",
        f"{address.replace('/1/1', '/1/x')}?auth={secret}",
    ):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await go2rtc.session.ws_connect(wrong)
        assert refused.value.status == 404
    assert stage.janus.sessions == {}


async def test_what_go2rtc_says_is_taken_with_care(
    go2rtc: FakeGo2rtc, stage: Stage
) -> None:
    dial = await dialled(go2rtc, stage)
    for text in ("", "[]", '{"req": "answer"}', '{"req": "answer", "data": 5}', "{"):
        await dial.socket.send_str(text)
    await dial.socket.send_json({"req": "candidate", "data": "c" * 5000})
    await dial.socket.send_bytes(b"\x00")
    await dial.answer()
    [session] = stage.janus.sessions.values()
    await wait_until(lambda: session.candidates)
    assert session.candidates == [{"candidate": CANDIDATE, "sdpMLineIndex": 0}]


@pytest.mark.parametrize(
    ("action", "data"),
    [
        ("record", {"filename": "/nowhere/video.mp4"}),
        ("play_stream", {"media_player": "media_player.television"}),
    ],
)
async def test_what_records_and_casts_says_that_it_cannot(
    hass: HomeAssistant,
    go2rtc: FakeGo2rtc,
    stage: Stage,
    caplog: pytest.LogCaptureFixture,
    action: str,
    data: dict[str, str],
) -> None:
    hass.config.components.add("stream")
    with pytest.raises(HomeAssistantError, match="does not support"):
        await hass.services.async_call(
            "camera", action, {"entity_id": stage.camera} | data, blocking=True
        )
    assert [each for each in caplog.records if each.levelname == "ERROR"] == []
    assert go2rtc.dials == []


async def test_the_media_browser_says_that_it_cannot(
    hass: HomeAssistant, go2rtc: FakeGo2rtc, stage: Stage
) -> None:
    assert await async_setup_component(hass, "media_source", {})
    hass.config.components.add("stream")
    with pytest.raises(Unresolvable, match="does not support"):
        await async_resolve_media(
            hass, f"media-source://camera/{stage.camera}", "media_player.television"
        )


@pytest.mark.parametrize("webcam", [Webcam(stream_mode="mjpeg_webrtc")])
async def test_the_media_browser_plays_moving_pictures(
    hass: HomeAssistant, stage: Stage
) -> None:
    assert await async_setup_component(hass, "media_source", {})
    media = await async_resolve_media(
        hass, f"media-source://camera/{stage.camera}", "media_player.television"
    )
    assert media.url.startswith(f"/api/camera_proxy_stream/{stage.camera}")


# What goes wrong: each row of what was measured with a real go2rtc and Janus


async def test_go2rtc_that_hangs_up_before_it_answers_ends_the_viewing(
    go2rtc: FakeGo2rtc, stage: Stage
) -> None:
    dial = await dialled(go2rtc, stage)
    await dial.socket.close()
    await wait_until(lambda: not stage.janus.sessions)


async def test_the_last_viewer_leaves(go2rtc: FakeGo2rtc, stage: Stage) -> None:
    await connected(go2rtc, stage)
    [session_id] = stage.janus.sessions
    await stage.janus.hang_up(session_id)
    await wait_until(lambda: not stage.janus.sessions)
    assert len(stage.obico.server.janus_sockets) == 0


async def test_a_video_that_runs_is_kept_alive(
    go2rtc: FakeGo2rtc, stage: Stage
) -> None:
    await connected(go2rtc, stage)
    [session] = stage.janus.sessions.values()
    await pass_time(stage, 80)
    assert session.keepalives == 3


async def test_a_lost_relay_is_opened_anew(go2rtc: FakeGo2rtc, stage: Stage) -> None:
    await connected(go2rtc, stage)
    [session] = stage.janus.sessions.values()
    await stage.obico.server.janus_sockets.close_all()
    await wait_until(lambda: session.keepalives)
    await pass_time(stage, 112)
    assert [*stage.janus.sessions.values()] == [session]


async def test_a_relay_that_is_silent_for_half_a_minute(
    go2rtc: FakeGo2rtc, stage: Stage
) -> None:
    await connected(go2rtc, stage)
    [session] = stage.janus.sessions.values()
    stage.obico.server.janus_sockets.silent = True
    await pass_time(stage, 30)
    stage.obico.server.janus_sockets.silent = False
    await pass_time(stage, 20)
    assert session.keepalives > 0


async def test_a_janus_that_was_restarted_ends_the_viewing_and_go2rtc_dials_again(
    go2rtc: FakeGo2rtc, stage: Stage
) -> None:
    await connected(go2rtc, stage)
    stage.janus.restart()
    await pass_time(stage, 30)
    assert len(stage.obico.server.janus_sockets) == 0
    await connected(go2rtc, stage)
    assert len(stage.janus.sessions) == 1


async def test_a_janus_that_was_stopped_is_dialled_until_it_is_back(
    go2rtc: FakeGo2rtc, stage: Stage
) -> None:
    """go2rtc hears of it at once, and dials again for as long as somebody watches."""
    source = await source_of(stage)
    await connected(go2rtc, stage)
    [session_id] = stage.janus.sessions
    await stage.janus.hang_up(session_id)
    await wait_until(lambda: len(stage.obico.server.janus_sockets) == 0)
    stage.janus.silent = True
    for _ in range(3):
        dialling = stage.obico.hass.async_create_task(go2rtc.dial(source))
        # It waits for as long as the socket is open, so that nothing is won by patience.
        await pass_time(stage, 6)
        assert await dialling is None
    stage.janus.silent = False
    await connected(go2rtc, stage, source)
    assert len(stage.janus.sessions) == 1


async def test_a_janus_that_was_killed_leaves_nothing_behind(
    go2rtc: FakeGo2rtc, stage: Stage
) -> None:
    """go2rtc notices by itself; the viewing of before ends once Janus is back."""
    source = await source_of(stage)
    await connected(go2rtc, stage)
    stage.janus.restart()
    stage.janus.silent = True
    await pass_time(stage, 5)
    dialling = stage.obico.hass.async_create_task(go2rtc.dial(source))
    await pass_time(stage, 6)
    assert await dialling is None
    stage.janus.silent = False
    await connected(go2rtc, stage, source)
    await pass_time(stage, 30)
    assert len(stage.obico.server.janus_sockets) == 1
    [session] = stage.janus.sessions.values()
    assert session.keepalives == 1


async def test_a_relay_that_is_silent_for_minutes_ends_the_viewing(
    go2rtc: FakeGo2rtc, stage: Stage
) -> None:
    await connected(go2rtc, stage)
    stage.obico.server.janus_sockets.silent = True
    await pass_time(stage, 100)
    assert len(stage.obico.server.janus_sockets) == 0


async def test_a_session_that_janus_let_go_ends_the_viewing(
    go2rtc: FakeGo2rtc, stage: Stage
) -> None:
    await connected(go2rtc, stage)
    [session_id] = stage.janus.sessions
    await stage.janus.time_out(session_id)
    await wait_until(lambda: len(stage.obico.server.janus_sockets) == 0)


@pytest.mark.parametrize("switch", ["silent", "mute"])
async def test_a_silent_agent_makes_go2rtc_try_again_and_pictures_move_meanwhile(
    go2rtc: FakeGo2rtc, stage: Stage, switch: str
) -> None:
    source = await source_of(stage)
    setattr(stage.janus, switch, True)
    dialling = stage.obico.hass.async_create_task(go2rtc.dial(source))
    await pass_time(stage, 6)
    assert await dialling is None
    await settle(stage.obico.hass)
    assert stage.features == 0
    setattr(stage.janus, switch, False)
    # go2rtc goes on trying for those who look.
    assert await go2rtc.dial(source) is not None
    await settle(stage.obico.hass)
    assert stage.features == CameraEntityFeature.STREAM


async def test_a_stream_that_could_not_be_had_is_offered_again_later(
    go2rtc: FakeGo2rtc, stage: Stage
) -> None:
    stage.janus.streams = frozenset()
    assert await go2rtc.dial(await source_of(stage)) is None
    await settle(stage.obico.hass)
    assert stage.features == 0
    await stage.obico.pass_time(301)
    assert stage.features == CameraEntityFeature.STREAM


async def test_a_server_that_is_away(go2rtc: FakeGo2rtc, stage: Stage) -> None:
    source = await source_of(stage)
    stage.obico.server.janus_sockets.blocked = 502
    assert await go2rtc.dial(source) is None


async def test_unloading_ends_what_is_watched(go2rtc: FakeGo2rtc, stage: Stage) -> None:
    dial = await dialled(go2rtc, stage)
    await connected(go2rtc, stage)
    source = await source_of(stage)
    await stage.obico.unload()
    assert stage.janus.sessions == {}
    assert (await dial.socket.receive()).type in (
        aiohttp.WSMsgType.CLOSE,
        aiohttp.WSMsgType.CLOSED,
    )
    with pytest.raises(aiohttp.ClientConnectionError):
        await go2rtc.dial(source)
    await stage.obico.set_up()
    assert await source_of(stage) != source


# Where there is none


async def test_without_go2rtc_pictures_move_and_one_line_says_why(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    assert stage.features == 0
    await stage.obico.add_printer("Other", agent="klipper")
    await stage.obico.poll()
    await stage.obico.reload()
    [line] = lines(caplog)
    assert "go2rtc, which is part of Home Assistant, is not set up here" in line


async def test_a_printer_that_is_switched_on_later_is_worth_the_line_too(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    printer: Printer,
    caplog: pytest.LogCaptureFixture,
) -> None:
    printer.agent.go_offline()
    obico = await set_up(hass, server, account)
    assert obico.value(printer, CAMERA) == STATE_UNAVAILABLE
    assert lines(caplog) == []
    printer.agent.come_online()
    await obico.poll()
    await settle(hass)
    [line] = lines(caplog)
    assert "is not set up here" in line


async def test_a_go2rtc_that_comes_later_is_used(
    hass: HomeAssistant, stage: Stage
) -> None:
    async with aiohttp.ClientSession() as session:
        remove = async_register_webrtc_provider(hass, FakeGo2rtc(session))
        await settle(hass)
        assert stage.features == CameraEntityFeature.STREAM
        remove()
        await settle(hass)
        assert stage.features == 0


async def test_a_go2rtc_on_another_machine_is_given_up(
    go2rtc: FakeGo2rtc,
    stage: Stage,
    browser: Browser,
    caplog: pytest.LogCaptureFixture,
) -> None:
    go2rtc.is_elsewhere = True
    await browser.command(
        "camera/webrtc/offer", entity_id=stage.camera, offer="the offer of a browser"
    )
    assert (await browser.event())["type"] == "session"
    assert (await browser.event())["type"] == "error"
    await settle(stage.obico.hass)
    assert stage.features == 0
    [line] = lines(caplog)
    assert "has to run on the same machine" in line
    assert "127.0.0.1" in line


async def test_a_go2rtc_that_has_dialled_before_is_not_given_up(
    go2rtc: FakeGo2rtc, stage: Stage, browser: Browser
) -> None:
    await connected(go2rtc, stage)
    go2rtc.is_elsewhere = True
    await browser.command(
        "camera/webrtc/offer", entity_id=stage.camera, offer="the offer of a browser"
    )
    assert (await browser.event())["type"] == "session"
    assert (await browser.event())["type"] == "error"
    await settle(stage.obico.hass)
    assert stage.features == CameraEntityFeature.STREAM


async def test_a_candidate_of_nobody_is_dropped(
    go2rtc: FakeGo2rtc, stage: Stage, browser: Browser
) -> None:
    result = await browser.command(
        "camera/webrtc/candidate",
        entity_id=stage.camera,
        session_id="of nobody",
        candidate={"candidate": "candidate:2", "sdpMLineIndex": 0},
    )
    assert result["success"]
    assert go2rtc.candidates == []
    get_camera_from_entity_id(stage.obico.hass, stage.camera).close_webrtc_session(
        "of nobody"
    )
    assert go2rtc.closed == []


async def test_an_agent_that_stops_to_stream(
    go2rtc: FakeGo2rtc, stage: Stage, webcam: Webcam
) -> None:
    stage.printer.agent.webcams = (Webcam(name="Bed", stream_mode="mjpeg_webrtc"),)
    stage.printer.agent.report()
    await stage.obico.poll()
    assert stage.features == 0
    stage.printer.agent.webcams = (webcam,)
    stage.printer.agent.report()
    await stage.obico.poll()
    assert stage.features == CameraEntityFeature.STREAM


async def test_go2rtc_that_hangs_up_before_it_has_an_offer(
    go2rtc: FakeGo2rtc, stage: Stage
) -> None:
    stage.janus.mute = True
    url, _, _ = (await source_of(stage)).removeprefix("webrtc:").partition("#")
    socket = await go2rtc.session.ws_connect(url)
    await wait_until(lambda: stage.janus.sessions)
    await socket.close()
    await wait_until(lambda: len(stage.obico.server.janus_sockets) == 0)
    await settle(stage.obico.hass)
    # It is nobody's fault.
    assert stage.features == CameraEntityFeature.STREAM


async def test_without_a_free_port_pictures_move_and_one_line_says_why(
    hass: HomeAssistant,
    go2rtc: FakeGo2rtc,
    stage: Stage,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def start(_site: web.TCPSite) -> None:
        raise OSError(98, "Address already in use")

    await stage.obico.unload()
    monkeypatch.setattr(web.TCPSite, "start", start)
    await stage.obico.set_up()
    assert stage.features == 0
    [line] = lines(caplog)
    assert "Address already in use" in line


async def test_the_free_plan_of_the_cloud_has_it_in_the_card_only(
    go2rtc: FakeGo2rtc,
    stage: Stage,
    browser: Browser,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    stage.obico.account.is_pro = False
    monkeypatch.setattr(video_limit, "CLOUD_URL", URL(stage.obico.server.url))
    await stage.obico.reload()
    assert stage.features == 0
    [line] = lines(caplog)
    assert "30 seconds at a time" in line
    result = await browser.command(
        "camera/webrtc/offer", entity_id=stage.camera, offer="the offer of a browser"
    )
    assert result["error"]["code"] == "webrtc_offer_failed"
    result = await browser.command("obico/janus/open", entity_id=stage.camera)
    assert (await browser.event())["seconds"] == 30


@pytest.mark.parametrize("webcam", [Webcam(stream_mode="h264_copy", rotation=90)])
async def test_a_turned_webcam_shows_upright_pictures_instead(
    go2rtc: FakeGo2rtc, stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    assert stage.features == 0
    [line] = lines(caplog)
    assert "cannot turn the video" in line


@pytest.mark.parametrize("webcam", [Webcam(stream_mode="mjpeg_webrtc")])
async def test_an_agent_without_h264_is_worth_no_line(
    go2rtc: FakeGo2rtc, stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    assert stage.features == 0
    assert lines(caplog) == []
