"""Live video in the card: the commands by which a browser talks with the agent's Janus."""

import asyncio
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockUser
from pytest_homeassistant_custom_component.typing import WebSocketGenerator
from yarl import URL

from custom_components.obico.live import video, video_limit
from dev import Account, Webcam
from homeassistant.core import HomeAssistant
from tests.timelapse import LoopClock, wait_until

from .support import ANSWER, CANDIDATE, Browser, Stage


async def opened(browser: Browser, stage: Stage) -> dict[str, Any]:
    """Open a viewing, and return its offer."""
    result = await browser.command("obico/janus/open", entity_id=stage.camera)
    assert result["success"], result
    event = await browser.event()
    assert event["type"] == "offer", event
    return event


async def pass_time(stage: Stage, seconds: int) -> None:
    """Let time pass, second by second, each with all that comes of it."""
    clock = LoopClock.of(stage.obico.hass.loop)
    for _ in range(seconds):
        clock.put_forward(1)
        await clock.settle(lambda: True, 0)


async def test_a_browser_answers_janus_itself(stage: Stage, browser: Browser) -> None:
    offer = await opened(browser, stage)
    assert "Mountpoint 1" in offer.pop("sdp")
    session = offer["session"]
    assert offer == {
        "type": "offer",
        "session": session,
        "kind": "h264",
        "flip_horizontal": False,
        "flip_vertical": False,
        "rotation": 0,
        "seconds": None,
    }
    for what in (
        {"answer": ANSWER},
        {"candidate": CANDIDATE, "line": 1},
        {"candidate": ""},
    ):
        result = await browser.command("obico/janus/send", session=session, **what)
        assert result["success"]
    [watched] = stage.janus.sessions.values()
    await wait_until(lambda: len(watched.candidates) == 2)
    assert watched.is_started
    assert watched.candidates == [
        {"candidate": CANDIDATE, "sdpMLineIndex": 1},
        {"completed": True},
    ]
    await pass_time(stage, 60)
    assert watched.keepalives == 2

    [session_id] = stage.janus.sessions
    await stage.janus.hang_up(session_id)
    assert await browser.event() == {"type": "ended", "reason": "hangup"}
    result = await browser.command("obico/janus/send", session=session, candidate="")
    assert result["error"]["code"] == "not_found"


@pytest.mark.parametrize(
    "webcam",
    [
        Webcam(
            stream_mode="mjpeg_webrtc",
            rotation=90,
            flip_horizontal=True,
            flip_vertical=True,
        )
    ],
)
async def test_pictures_over_a_data_channel_are_said_to_be_such(
    stage: Stage, browser: Browser
) -> None:
    offer = await opened(browser, stage)
    assert offer["kind"] == "mjpeg"
    assert (offer["flip_horizontal"], offer["flip_vertical"]) == (True, True)
    assert offer["rotation"] == 90
    state = stage.obico.state(stage.printer, "camera.webcam")
    assert state.attributes["live_video"] == "mjpeg"


async def test_no_token_and_nothing_of_others_reaches_the_browser(
    stage: Stage, browser: Browser
) -> None:
    offer = await opened(browser, stage)
    assert str(stage.printer.auth_token) not in str(offer)
    assert stage.obico.account.token not in str(offer)
    for text in ('{"janus": "success", "transaction": "x"}', "{}", "secret of others"):
        await stage.printer.say_for_janus(text)
    [session_id] = stage.janus.sessions
    await stage.janus.hang_up(session_id)
    assert (await browser.event())["type"] == "ended"


async def test_closing_the_subscription_ends_the_viewing(
    stage: Stage, browser: Browser
) -> None:
    offer = await opened(browser, stage)
    await browser.command("unsubscribe_events", subscription=offer["session"])
    await wait_until(lambda: not stage.janus.sessions)
    assert len(stage.obico.server.janus_sockets) == 0


async def test_a_browser_that_goes_ends_the_viewing(
    stage: Stage, browser: Browser
) -> None:
    await opened(browser, stage)
    await browser.socket.close()
    await wait_until(lambda: not stage.janus.sessions)


async def test_a_browser_that_goes_before_the_offer_leaves_nothing(
    stage: Stage, browser: Browser
) -> None:
    stage.janus.mute = True
    await browser.command("obico/janus/open", entity_id=stage.camera)
    await wait_until(lambda: stage.janus.sessions)
    await browser.socket.close()
    await wait_until(lambda: len(stage.obico.server.janus_sockets) == 0)


async def test_unloading_ends_the_viewing(stage: Stage, browser: Browser) -> None:
    await opened(browser, stage)
    await stage.obico.unload()
    assert stage.janus.sessions == {}
    assert await browser.event() == {"type": "ended", "reason": "closed"}
    result = await browser.command("obico/janus/open", entity_id=stage.camera)
    assert result["error"]["code"] == "not_found"


async def test_a_viewing_belongs_to_the_connection_that_opened_it(
    hass: HomeAssistant,
    stage: Stage,
    browser: Browser,
    hass_ws_client: WebSocketGenerator,
) -> None:
    offer = await opened(browser, stage)
    other = Browser(await hass_ws_client(hass))
    result = await other.command(
        "obico/janus/send", session=offer["session"], answer=ANSWER
    )
    assert result["error"]["code"] == "not_found"
    [watched] = stage.janus.sessions.values()
    assert not watched.is_started


async def test_only_who_may_see_the_camera_may_watch(
    stage: Stage, browser: Browser, hass_admin_user: MockUser
) -> None:
    hass_admin_user.groups = []
    result = await browser.command("obico/janus/open", entity_id=stage.camera)
    assert result["error"]["code"] == "unauthorized"
    hass_admin_user.mock_policy(
        {"entities": {"entity_ids": {stage.camera: {"read": True}}}}
    )
    await opened(browser, stage)


@pytest.mark.parametrize(
    "key", ["sensor.status", "light.of_others", "camera.of_others"]
)
async def test_what_is_no_camera_with_live_video(
    stage: Stage, browser: Browser, key: str
) -> None:
    found = stage.obico.find_entity_id(stage.printer, key)
    result = await browser.command("obico/janus/open", entity_id=found or key)
    assert result["error"]["code"] == "not_found"


@pytest.mark.parametrize("webcam", [Webcam(stream_mode="")])
async def test_a_webcam_that_is_not_streamed(stage: Stage, browser: Browser) -> None:
    result = await browser.command("obico/janus/open", entity_id=stage.camera)
    assert result["error"]["code"] == "not_found"
    state = stage.obico.state(stage.printer, "camera.webcam")
    assert state.attributes["live_video"] is None


@pytest.mark.parametrize(
    "what",
    [
        {"answer": "v" * 70_000},
        {"candidate": "c" * 5000},
        {"candidate": CANDIDATE, "line": 400},
        {"candidate": CANDIDATE, "line": -1},
    ],
)
async def test_what_is_too_long_or_makes_no_sense_is_not_sent(
    stage: Stage, browser: Browser, what: dict[str, object]
) -> None:
    offer = await opened(browser, stage)
    result = await browser.command("obico/janus/send", session=offer["session"], **what)
    assert result["error"]["code"] == "invalid_format"
    result = await browser.command(
        "obico/janus/send", session=offer["session"], answer="a", candidate="b"
    )
    assert result["error"]["code"] == "invalid_format"


@pytest.mark.parametrize(
    ("switch", "reason"),
    [("silent", "silent"), ("streams", "refused"), ("relay", "failed")],
)
async def test_why_there_is_no_video_is_told(
    stage: Stage, browser: Browser, switch: str, reason: str
) -> None:
    match switch:
        case "silent":
            stage.janus.silent = True
        case "streams":
            stage.janus.streams = frozenset()
        case _:
            stage.obico.server.janus_sockets.blocked = 502
    await browser.command("obico/janus/open", entity_id=stage.camera)
    await pass_time(stage, 6)
    assert await browser.event() == {"type": "ended", "reason": reason}


async def running(browser: Browser, stage: Stage) -> int:
    """Have a video that runs, and return the id of its session."""
    offer = await opened(browser, stage)
    await browser.command("obico/janus/send", session=offer["session"], answer=ANSWER)
    [(session_id, session)] = stage.janus.sessions.items()
    await wait_until(lambda: session.is_started)
    return session_id


@pytest.mark.parametrize(
    ("what", "seconds", "reason"),
    [
        ("the viewer's connection ends", 1, "hangup"),
        ("Janus is restarted", 30, "gone"),
        ("Janus lets the session go", 1, "gone"),
        ("the agent goes", 100, "silent"),
        ("the relay is silent", 100, "silent"),
        ("the relay no longer takes the token", 5, "lost"),
    ],
)
async def test_why_a_video_that_ran_has_ended_is_told(
    stage: Stage, browser: Browser, what: str, seconds: int, reason: str
) -> None:
    session_id = await running(browser, stage)
    ended = asyncio.create_task(browser.event())
    sockets = stage.obico.server.janus_sockets
    match what:
        case "the viewer's connection ends":
            await stage.janus.hang_up(session_id)
        case "Janus is restarted":
            stage.janus.restart()
        case "Janus lets the session go":
            await stage.janus.time_out(session_id)
        case "the agent goes":
            stage.janus.silent = True
        case "the relay is silent":
            sockets.silent = True
        case _:
            sockets.blocked = 403
            await sockets.close_all()
    await pass_time(stage, seconds)
    assert await ended == {"type": "ended", "reason": reason}
    assert len(sockets) == 0


@pytest.mark.parametrize("what", ["lost", "silent for half a minute"])
async def test_a_relay_in_trouble_does_not_end_a_video_that_runs(
    stage: Stage, browser: Browser, what: str
) -> None:
    session_id = await running(browser, stage)
    ended = asyncio.create_task(browser.event())
    session = stage.janus.sessions[session_id]
    sockets = stage.obico.server.janus_sockets
    if what == "lost":
        await sockets.close_all()
    else:
        sockets.silent = True
        await pass_time(stage, 30)
        sockets.silent = False
    await pass_time(stage, 112)
    assert session.keepalives > 2
    assert len(sockets) == 1
    assert not ended.done()
    await stage.janus.hang_up(session_id)
    assert await ended == {"type": "ended", "reason": "hangup"}


async def test_a_relay_that_is_lost_before_the_answer(
    stage: Stage, browser: Browser
) -> None:
    offer = await opened(browser, stage)
    session = offer["session"]
    await stage.obico.server.janus_sockets.close_all()
    assert await browser.event() == {"type": "ended", "reason": "failed"}
    result = await browser.command("obico/janus/send", session=session, answer=ANSWER)
    assert result["error"]["code"] == "not_found"


async def test_no_more_is_watched_than_there_can_be_viewers(
    stage: Stage, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(video, "_MAX_VIEWINGS", 1)
    await opened(browser, stage)
    await browser.command("obico/janus/open", entity_id=stage.camera)
    assert await browser.event() == {"type": "ended", "reason": "too_many"}
    assert len(stage.janus.sessions) == 1


# The free plan of Obico Cloud


@pytest.fixture
async def _cloud(monkeypatch: pytest.MonkeyPatch, stage: Stage) -> None:
    """Let the server be Obico Cloud."""
    monkeypatch.setattr(video_limit, "CLOUD_URL", URL(stage.obico.server.url))
    await stage.obico.reload()


@pytest.fixture
def account(server: Any) -> Account:
    account: Account = server.add_account(email="maker@example.com")
    account.is_pro = False
    return account


@pytest.mark.usefixtures("_cloud")
async def test_the_free_plan_has_live_video_for_30_seconds_then_a_break(
    stage: Stage, browser: Browser
) -> None:
    offer = await opened(browser, stage)
    assert offer["seconds"] == 30
    await browser.command("obico/janus/send", session=offer["session"], answer=ANSWER)
    await pass_time(stage, 31)
    assert await browser.event() == {"type": "ended", "reason": "limit", "seconds": 30}
    assert stage.janus.sessions == {}

    await browser.command("obico/janus/open", entity_id=stage.camera)
    event = await browser.event()
    assert (event["type"], event["reason"]) == ("ended", "limit")
    assert 0 < event["seconds"] <= 30
    await pass_time(stage, 31)
    assert (await opened(browser, stage))["seconds"] == 30


@pytest.mark.usefixtures("_cloud")
async def test_who_begins_later_has_what_is_left_of_the_30_seconds(
    stage: Stage, browser: Browser
) -> None:
    offer = await opened(browser, stage)
    await browser.command("obico/janus/send", session=offer["session"], answer=ANSWER)
    await pass_time(stage, 20)
    await browser.command("unsubscribe_events", subscription=offer["session"])
    assert 0 < (await opened(browser, stage))["seconds"] <= 11


@pytest.mark.usefixtures("_cloud")
async def test_the_30_seconds_begin_with_what_is_seen(
    stage: Stage, browser: Browser
) -> None:
    """An attempt that failed costs nothing, nor does an offer that nobody has answered yet."""
    stage.janus.silent = True
    await browser.command("obico/janus/open", entity_id=stage.camera)
    await pass_time(stage, 6)
    assert await browser.event() == {"type": "ended", "reason": "silent"}
    stage.janus.silent = False
    await pass_time(stage, 30)
    offer = await opened(browser, stage)
    assert offer["seconds"] == 30
    await pass_time(stage, 10)
    await browser.command("obico/janus/send", session=offer["session"], answer=ANSWER)
    await pass_time(stage, 28)
    assert (await opened(browser, stage))["seconds"] <= 3
    await pass_time(stage, 4)
    assert await browser.event() == {"type": "ended", "reason": "limit", "seconds": 30}


@pytest.mark.usefixtures("_cloud")
async def test_who_opened_in_time_but_was_slow_waits_for_the_end_of_the_break(
    stage: Stage, browser: Browser
) -> None:
    slow = await opened(browser, stage)
    quick = await opened(browser, stage)
    await browser.command("obico/janus/send", session=quick["session"], answer=ANSWER)
    await pass_time(stage, 31)
    assert await browser.event() == {"type": "ended", "reason": "limit", "seconds": 30}
    await browser.socket.send_json_auto_id(
        {"type": "obico/janus/send", "session": slow["session"], "answer": ANSWER}
    )
    messages = [await browser.socket.receive_json() for _ in range(2)]
    [event] = [message["event"] for message in messages if message["type"] == "event"]
    assert (event["type"], event["reason"]) == ("ended", "limit")
    assert 0 < event["seconds"] <= 30


async def test_a_server_of_ones_own_has_no_limit(
    stage: Stage, browser: Browser
) -> None:
    assert (await opened(browser, stage))["seconds"] is None


@pytest.mark.usefixtures("_cloud")
async def test_a_plan_has_no_limit(stage: Stage, browser: Browser) -> None:
    stage.obico.account.is_pro = True
    await stage.obico.poll()
    assert (await opened(browser, stage))["seconds"] is None
