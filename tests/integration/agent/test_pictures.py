"""Pictures are sent as often as promised, turned, scaled, and not at all in private."""

from base64 import b64encode
from io import BytesIO

from PIL import Image
import pytest

from custom_components.obico.agent.config import AgentConfig
from custom_components.obico.agent.picture import placeholder, prepare_picture
from custom_components.obico.aioobico import ObicoNoPictureError
from custom_components.obico.printer.status import WatchState, watch_state
from custom_components.obico.voice.names import async_get_targets
from homeassistant.components.camera import async_get_image
from homeassistant.components.persistent_notification import (
    DOMAIN as NOTIFICATION,
    async_dismiss_all,
)
from homeassistant.core import callback
from homeassistant.helpers import entity_registry as er
from tests.integration.support import data_of

from .support import CAMERA, OPTIONS, PRIVACY, Watched, picture
from .test_commands import issues


def config(**options: object) -> AgentConfig:
    return AgentConfig.preview(OPTIONS | options)


def shown(watched: Watched, key: str) -> str:
    """Return the state of a sensor of the printer in Obico."""
    entity_id = er.async_get(watched.hass).async_get_entity_id(
        "sensor", "obico", f"{watched.entry.unique_id}_{watched.printer.id}_{key}"
    )
    assert entity_id is not None
    state = watched.hass.states.get(entity_id)
    assert state is not None
    return state.state


def webcam_of(watched: Watched) -> str:
    """Return the camera of the printer in Obico."""
    return next(
        state.entity_id
        for state in watched.hass.states.async_all("camera")
        if state.entity_id != CAMERA
    )


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


async def test_a_print_that_is_watched_has_a_picture_every_10_6_seconds(
    watched: Watched,
) -> None:
    job = await watched.print()
    await watched.until(lambda: job.pictures == 1, within=3)
    await watched.pass_time(600, step=1)
    assert 54 <= job.pictures <= 57
    # The AI looks at all but the first.
    assert len(job.predictions) >= job.pictures - 2


async def test_without_the_ai_a_print_has_one_in_two_minutes(watched: Watched) -> None:
    watched.printer.update({"watching_enabled": False})
    job = await watched.print()
    await watched.pass_time(1200, step=5)
    assert 9 <= job.pictures <= 12


async def test_an_idle_printer_sends_none_but_to_a_viewer(watched: Watched) -> None:
    await watched.pass_time(1800, step=10)
    # The push connection of the account itself is no viewer.
    assert watched.remote.pictures == 0
    url = f"{watched.server.url}/ws/token/web/{watched.printer.auth_token}/"
    viewer = await watched.agent._session.ws_connect(url)
    await watched.until(lambda: watched.remote.pictures == 1, within=5)
    other = await watched.agent._session.ws_connect(url)
    await watched.pass_time(5)
    # One at most in ten seconds.
    assert watched.remote.pictures == 1
    await watched.pass_time(60)
    assert 2 <= watched.remote.pictures <= 3
    await viewer.close()
    await other.close()


async def test_viewers_are_known_without_the_push_connection_of_the_account(
    watched: Watched,
) -> None:
    blocked = watched.server.faults.html("/ws/token/web/*", 502)
    (push,) = watched.server.sockets._viewers[watched.printer.id]
    await push.close()
    await watched.pass_time(30)
    assert watched.remote.pictures == 0
    watched.printer.update({"watching_enabled": False})
    job = await watched.print()
    await watched.pass_time(10)
    sent = job.pictures
    assert blocked.hits > 0
    blocked.remove()
    url = f"{watched.server.url}/ws/token/web/{watched.printer.auth_token}/"
    viewer = await watched.agent._session.ws_connect(url)
    await watched.pass_time(60)
    assert job.pictures - sent >= 4
    await viewer.close()


async def test_somebody_who_looks_makes_pictures_frequent(watched: Watched) -> None:
    watched.printer.update({"watching_enabled": False})
    job = await watched.print()
    await watched.pass_time(10)
    sent = job.pictures
    watched.agent.async_look()
    await watched.pass_time(60)
    assert job.pictures - sent >= 4
    await watched.pass_time(120, step=5)
    assert job.pictures - sent <= 8


async def test_who_opens_the_camera_in_home_assistant_looks(watched: Watched) -> None:
    watched.printer.update({"watching_enabled": False})
    job = await watched.print()
    await watched.pass_time(20)
    sent = job.pictures
    await async_get_image(watched.hass, webcam_of(watched))
    await watched.until(lambda: job.pictures > sent, within=12)


@pytest.mark.parametrize("watched", [{"privacy": PRIVACY}], indirect=True)
async def test_a_print_that_becomes_private_is_told_then(watched: Watched) -> None:
    watched.hass.states.async_set(PRIVACY, "off")
    await watched.print()
    await watched.pass_time(20)
    assert shown(watched, "not_watching_reason") == "watching"
    watched.hass.states.async_set(PRIVACY, "on")
    await watched.pass_time(2)
    assert shown(watched, "not_watching_reason") == "private"
    assert len(watched.hass.data[NOTIFICATION]) == 1
    # Voice assistants say so, too.
    (target,) = async_get_targets(watched.hass, [data_of(watched.entry)])
    assert watch_state(target.printer) is WatchState.PRIVATE
    watched.say("finish", progress="100")
    await watched.pass_time(5)
    assert shown(watched, "not_watching_reason") == "not_printing"


@pytest.mark.parametrize("watched", [{"privacy": PRIVACY}], indirect=True)
async def test_in_private_only_a_placeholder_is_sent(watched: Watched) -> None:
    watched.hass.states.async_set(PRIVACY, "on")
    job = await watched.print()
    await watched.pass_time(200, step=5)
    assert watched.camera.taken == 0
    assert job.pictures == 1
    assert watched.printer.shot == placeholder()
    assert shown(watched, "not_watching_reason") == "private"
    assert shown(watched, "failure_level") == "unknown"
    assert len(watched.hass.data[NOTIFICATION]) == 1
    watched.hass.states.async_set(PRIVACY, "off")
    await watched.pass_time(30)
    assert watched.camera.taken > 1
    assert shown(watched, "not_watching_reason") == "watching"
    async_dismiss_all(watched.hass)
    watched.hass.states.async_set(PRIVACY, "unavailable")
    await watched.pass_time(12)
    taken = watched.camera.taken
    await watched.pass_time(60)
    assert watched.camera.taken == taken
    assert shown(watched, "not_watching_reason") == "private"
    # It was told of this print.
    assert not watched.hass.data[NOTIFICATION]
    watched.printer.passthru(
        {"target": "jpeg_poster", "func": "web_snapshot_request", "ref": "1"}
    )
    await watched.pass_time(2)
    (answer,) = [row["passthru"] for row in watched.remote.heard if "passthru" in row]
    assert "Private" in str(answer)


async def test_a_broken_camera_ends_nothing_and_is_told(watched: Watched) -> None:
    watched.camera.content = RuntimeError("broken")
    job = await watched.print()
    await watched.until(lambda: issues(watched), within=90)
    assert issues(watched) == {"agent_camera_fails"}
    # There is a picture of the print all the same.
    assert job.pictures == 1
    watched.camera.content = b"\xff\xd8 no picture"
    await watched.pass_time(30)
    watched.camera.content = picture()
    await watched.until(lambda: not issues(watched))
    assert job.pictures > 1
    assert watched.outcomes == ["open"]


async def test_the_server_may_ask_to_wait(watched: Watched) -> None:
    fault = watched.server.faults.answer(
        "/api/v1/octo/pic/", 429, {"detail": "wait"}, headers={"Retry-After": "40"}
    )
    await watched.print()
    await watched.pass_time(30)
    assert fault.hits == 1
    fault.remove()
    await watched.pass_time(40)
    assert watched.remote.pictures > 0


@pytest.mark.parametrize("watched", [{"light": "light.chamber"}], indirect=True)
async def test_the_light_is_on_while_pictures_are_taken(watched: Watched) -> None:
    calls: list[str] = []

    def turn(service: str) -> None:
        @callback
        def handler(_call: object) -> None:
            calls.append(service)
            watched.hass.states.async_set("light.chamber", service)

        watched.hass.services.async_register(
            "homeassistant", f"turn_{service}", handler
        )

    turn("on")
    turn("off")
    watched.hass.states.async_set("light.chamber", "off")
    await watched.print()
    await watched.pass_time(60)
    # It does not flicker between the pictures of a print.
    assert calls == ["on"]
    watched.say("finish", progress="100")
    await watched.pass_time(5)
    assert calls == ["on", "off"]
    watched.hass.states.async_set("light.chamber", "on")
    await watched.print("second.3mf")
    await watched.pass_time(30)
    watched.say("finish", progress="100")
    await watched.pass_time(5)
    # One that was on stays so.
    assert calls == ["on", "off"]


def test_a_picture_that_is_right_is_sent_as_it_is() -> None:
    content = picture()
    assert prepare_picture(content, config()) == content


def test_pictures_are_turned_flipped_and_scaled_down() -> None:
    content = picture((4000, 2000))
    assert opened(prepare_picture(content, config())).size == (1280, 640)
    turned = opened(prepare_picture(picture(), config(rotation="90")))
    assert turned.size == (180, 320)
    for options in ({"flip_horizontally": True}, {"flip_vertically": True}):
        flipped = prepare_picture(picture(), config(**options))
        assert flipped != picture()
        assert opened(flipped).size == (320, 180)


@pytest.mark.parametrize("size", [(1, 1), (640, 480)])
def test_what_shows_nothing_is_not_sent(size: tuple[int, int]) -> None:
    content = BytesIO()
    Image.new("RGB", size, (255, 255, 255)).save(content, "JPEG")
    with pytest.raises(ObicoNoPictureError):
        prepare_picture(content.getvalue(), config())


async def test_the_camera_of_the_printer_shows_what_was_sent(watched: Watched) -> None:
    await watched.print()
    await watched.pass_time(30)
    found = await async_get_image(watched.hass, webcam_of(watched))
    assert b64encode(found.content) == b64encode(picture())
