"""What somebody sees of live video: that it moves, stops, and comes back."""

import asyncio
from time import monotonic
from typing import Final

from playwright.async_api import Locator, expect

from tests.browser.support import Visitor, one_card

from .conftest import NAME, SECOND_CAMERA, Studio

# Two moments, far enough apart for ten pictures a second or four.
_MOMENT: Final = 1.0
# Seconds for what takes Janus, Chromium and a busy machine their time.
_PATIENCE: Final = 45.0

# What go2rtc does with a source, done by a page: `play` shows it, `serve` also passes it on to
# the browsers that look at cameras, as go2rtc does.
_GO2RTC: Final = """() => {
  window.play = async (source) => {
    const url = source.replace(/^webrtc:/, "").replace(/#.*$/, "");
    const socket = new WebSocket(url);
    const connection = new RTCPeerConnection();
    const video = Object.assign(document.createElement("video"), { muted: true, autoplay: true });
    video.id = "go2rtc";
    video.style = "position: fixed; inset: 0; z-index: 1000";
    document.body.append(video);
    connection.ontrack = ({ streams }) => (video.srcObject = streams[0]);
    const send = (req, data) => socket.readyState === 1 && socket.send(JSON.stringify({ req, data }));
    connection.onicecandidate = ({ candidate }) => candidate && send("candidate", candidate.candidate);
    const { reply, data } = await new Promise((offered, failed) => {
      socket.onmessage = ({ data }) => offered(JSON.parse(data));
      socket.onclose = failed;
    });
    if (reply !== "webrtc_answer" || data.type !== "offer") throw new Error("no offer");
    await connection.setRemoteDescription(data);
    const answer = await connection.createAnswer();
    await connection.setLocalDescription(answer);
    send("answer", answer.sdp);
    await new Promise((connected) => {
      connection.onconnectionstatechange = () =>
        connection.connectionState === "connected" && connected();
    });
    // go2rtc hangs up once it is connected.
    socket.close();
    await video.play();
    window.bye = () => connection.close();
    return { connection, stream: video.srcObject };
  };
  window.serve = async () => {
    const { connection: home } = document.querySelector("home-assistant").hass;
    const served = new Map();
    const begin = async (session, offer, source) => {
      const { connection: producer, stream } = await play(source);
      const consumer = new RTCPeerConnection();
      served.set(session, [producer, consumer]);
      await consumer.setRemoteDescription({ type: "offer", sdp: offer });
      stream.getTracks().forEach((track) => consumer.addTrack(track, stream));
      await consumer.setLocalDescription();
      await new Promise((gathered) => {
        consumer.onicecandidate = ({ candidate }) => candidate || gathered();
      });
      const { sdp } = consumer.localDescription;
      await home.sendMessagePromise({ type: "go2rtc_stand_in/answer", session, sdp });
    };
    await home.subscribeMessage(({ session, offer, source, is_over }) => {
      if (offer) void begin(session, offer, source);
      if (is_over) served.get(session)?.forEach((each) => each.close());
      // Addresses are not needed: those of this page are known to the other.
    }, { type: "go2rtc_stand_in/serve" });
  };
}"""


async def until_viewers(studio: Studio, number: int) -> None:
    """Wait until so many watch."""
    deadline = monotonic() + _PATIENCE
    while studio.viewers != number:
        assert monotonic() < deadline, f"{studio.viewers} watch, not {number}"
        await asyncio.sleep(0.1)


async def shown(studio: Studio, visitor: Visitor, path: str) -> Locator:
    """Open a dashboard with the printer's card, and return its camera."""
    await studio.home.add_dashboard(path, one_card(await studio.card(NAME)))
    await visitor.open(f"/{path}")
    camera = visitor.card(NAME).locator("obico-printer-camera")
    await expect(camera.get_by_role("button", name="Live video")).to_be_visible()
    return camera


async def play(camera: Locator) -> None:
    """Ask for live video, and wait until it moves."""
    await camera.get_by_role("button", name="Live video").click()
    await expect(camera.locator(".note.live")).to_be_visible(timeout=_PATIENCE * 1000)


async def assert_moving(picture: Locator) -> None:
    """Look twice."""
    first = await picture.screenshot()
    await asyncio.sleep(_MOMENT)
    assert await picture.screenshot() != first


async def test_h264_in_the_card_moves_and_ends_with_the_button(
    studio: Studio, visitor: Visitor
) -> None:
    camera = await shown(studio, visitor, "live-h264")
    await play(camera)
    await assert_moving(camera.locator("video"))
    assert studio.viewers == 1
    await camera.get_by_role("button", name="Stop live video").click()
    await until_viewers(studio, 0)
    await expect(camera.locator("video")).to_have_count(0)


async def test_it_is_begun_shown_in_full_and_ended_by_keyboard(
    studio: Studio, visitor: Visitor
) -> None:
    """Whoever presses a button keeps the focus, whatever is above it then."""
    camera, keyboard = (
        await shown(studio, visitor, "live-keyboard"),
        visitor.page.keyboard,
    )
    await camera.get_by_role("button", name="Live video").focus()
    await keyboard.press("Enter")
    await expect(camera.locator(".note.live")).to_be_visible(timeout=_PATIENCE * 1000)
    await expect(camera.get_by_role("button", name="Stop live video")).to_be_focused()
    await keyboard.press("Tab")
    await keyboard.press("Enter")
    await expect(camera.get_by_role("button", name="Leave full screen")).to_be_focused()
    await keyboard.press("Enter")
    await expect(camera.get_by_role("button", name="Full screen")).to_be_focused()
    await keyboard.press("Shift+Tab")
    await keyboard.press("Enter")
    await until_viewers(studio, 0)
    await expect(
        camera.get_by_role("button", name="Live video", exact=False)
    ).to_be_focused()


async def test_pictures_over_a_data_channel_move_and_are_upright(
    studio: Studio, visitor: Visitor
) -> None:
    camera = await shown(studio, visitor, "live-mjpeg")
    await camera.get_by_role("combobox").select_option(SECOND_CAMERA)
    await play(camera)
    picture = camera.locator("obico-live-video img")
    await assert_moving(picture)
    box, whole = await picture.bounding_box(), await camera.bounding_box()
    assert box is not None
    assert whole is not None
    # Turned by 90°, it still fits.
    assert round(box["height"]) == round(whole["height"])
    assert "rotate(90deg)" in str(await picture.get_attribute("style"))
    await camera.get_by_role("button", name="Stop live video").click()
    await until_viewers(studio, 0)


async def test_it_stops_when_hidden_and_goes_on_when_seen(
    studio: Studio, visitor: Visitor
) -> None:
    camera = await shown(studio, visitor, "live-hidden")
    await play(camera)
    await camera.evaluate("element => (element.style.display = 'none')")
    await until_viewers(studio, 0)
    await camera.evaluate("element => (element.style.display = '')")
    await expect(camera.locator(".note.live")).to_be_visible(timeout=_PATIENCE * 1000)
    await assert_moving(camera.locator("video"))
    await visitor.open("/profile")
    await until_viewers(studio, 0)


async def test_it_comes_back_after_janus_was_restarted(
    studio: Studio, visitor: Visitor
) -> None:
    camera = await shown(studio, visitor, "live-restart")
    await play(camera)
    for kill in (False, True):
        await studio.janus.stop(kill=kill)
        await expect(camera.locator(".note.live")).to_have_count(
            0, timeout=_PATIENCE * 1000
        )
        await studio.janus.start()
        await expect(camera.locator(".note.live")).to_be_visible(
            timeout=_PATIENCE * 1000
        )
        await assert_moving(camera.locator("video"))
    await visitor.open("/profile")
    await until_viewers(studio, 0)


async def test_it_comes_back_after_the_account_was_reloaded(
    studio: Studio, visitor: Visitor
) -> None:
    camera = await shown(studio, visitor, "live-reload")
    await play(camera)
    await studio.reload()
    await expect(camera.locator(".note.live")).to_be_visible(timeout=_PATIENCE * 1000)
    await assert_moving(camera.locator("video"))
    await visitor.open("/profile")
    await until_viewers(studio, 0)


async def test_the_bridge_gives_a_page_in_the_place_of_go2rtc_video(
    studio: Studio, visitor: Visitor
) -> None:
    source = await studio.home.client.command(
        "go2rtc_stand_in/source", entity_id="camera.voron_webcam"
    )
    assert isinstance(source, str)
    # A page of this machine: those of other hosts may not reach it.
    await visitor.open("/profile")
    await visitor.page.locator("ha-panel-profile").wait_for()
    await visitor.page.evaluate(_GO2RTC)
    await visitor.page.evaluate("async (source) => { await play(source); }", source)
    await assert_moving(visitor.page.locator("#go2rtc"))
    assert studio.viewers == 1
    await visitor.page.evaluate("bye()")
    await until_viewers(studio, 0)


async def test_home_assistants_own_view_shows_the_video(
    studio: Studio, visitor: Visitor
) -> None:
    """The page in go2rtc's place is another tab, and encodes the video anew."""
    # Who may use a microphone says where it is.
    await visitor.context.grant_permissions(["microphone", "camera"])
    go2rtc = await visitor.context.new_page()
    await go2rtc.goto(f"{visitor.url}/profile")
    await go2rtc.locator("ha-panel-profile").wait_for()
    await go2rtc.evaluate(_GO2RTC)
    await go2rtc.evaluate("serve()")

    camera = await shown(studio, visitor, "live-more")
    await visitor.page.bring_to_front()
    await camera.get_by_role("button", name=f"Picture of {NAME}").click()
    video = visitor.page.locator("more-info-camera").locator("video")
    await expect(video).to_be_visible(timeout=_PATIENCE * 1000)
    await assert_moving(video)
    assert studio.viewers == 1
    await visitor.page.keyboard.press("Escape")
    await until_viewers(studio, 0)
