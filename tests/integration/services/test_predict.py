"""Pictures that Obico's detection judges for printers without an agent."""

import asyncio
from typing import override

import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.obico.aioobico import SessionCookie
from custom_components.obico.services import detection
from dev import Printer
from dev.json_types import JsonValue
from homeassistant.components.camera import Camera
from homeassistant.components.camera.const import DATA_COMPONENT
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from tests.integration.control.support import failed, octoprint, refused
from tests.integration.field.pictures import NO_PICTURES, PICTURES, encoded
from tests.integration.support import client_of
from tests.timelapse import wait_until

from .support import Actions, Json, as_user, ask, secrets_of, unauthorized

pytestmark = octoprint

PREDICT = "/api/v1/printers/*/predict/"
START = "/api/v1/printers/*/start_print/"
FINISH = "/api/v1/printers/*/finish_print/"

SPAGHETTI: JsonValue = ["failure", 0.62, [320.5, 200.0, 80.0, 60.0]]
JPEG = encoded("JPEG")


class ShopCamera(Camera):
    """A camera of another integration, that looks at a printer."""

    _attr_name = "Shop"

    def __init__(self) -> None:
        """Show a picture."""
        super().__init__()
        self.picture: bytes | None = JPEG
        self.content_type = "image/jpeg"

    @override
    async def async_camera_image(
        self, width: int | None = None, height: int | None = None
    ) -> bytes | None:
        return self.picture


@pytest.fixture
async def camera(hass: HomeAssistant, actions: Actions) -> ShopCamera:
    """Give a camera that is not of a printer."""
    camera = ShopCamera()
    await hass.data[DATA_COMPONENT].async_add_entities([camera])
    await hass.async_block_till_done()
    return camera


@pytest.fixture
async def resin(actions: Actions) -> Printer:
    """Give a printer that no agent belongs to."""
    return await actions.add("Resin")


async def predict(actions: Actions, printer: Printer, **data: Json) -> Json:
    """Have the shop's camera judged."""
    return await actions.ask(
        "predict",
        **{"device_id": actions.device_id(printer), "entity_id": "camera.shop"} | data,
    )


def is_recording(printer: Printer) -> bool:
    """Return whether a print's record is open."""
    return printer.current_print is not None


def calls(actions: Actions) -> list[str]:
    """Return what the server was asked to do."""
    return [request.split("?")[0] for request in actions.asked]


# What it answers


async def test_a_picture_is_judged_and_leaves_nothing_open(
    actions: Actions, camera: ShopCamera, resin: Printer
) -> None:
    server = actions.obico.server
    server.detections = [SPAGHETTI, ["failure", 0.1, [10, 20, 5, 6]]]
    answer = await predict(actions, resin)
    assert answer == {
        "printer": "Resin",
        "device_id": actions.device_id(resin),
        "entity_id": "camera.shop",
        "score": pytest.approx(0.72),
        "detections": [
            {
                "label": "failure",
                "confidence": 0.62,
                "box": {"x": 320.5, "y": 200.0, "width": 80.0, "height": 60.0},
            },
            {
                "label": "failure",
                "confidence": 0.1,
                "box": {"x": 10.0, "y": 20.0, "width": 5.0, "height": 6.0},
            },
        ],
    }
    assert server.judged == [JPEG]
    assert calls(actions) == ["start_print", "predict", "finish_print"]
    assert resin.current_print is None
    (job,) = [job for job in server.prints.values() if job.printer is resin]
    assert job.filename == "Home Assistant: camera.shop"
    assert job.cancelled_at is not None
    assert job.finished_at is None


@pytest.mark.usefixtures("all_enabled")
async def test_the_picture_of_an_image_entity_is_judged(
    actions: Actions, resin: Printer
) -> None:
    await actions.become_printed()
    entity_id = actions.obico.entity_id(actions.printer, "image.event_snapshot")
    await wait_until(lambda: actions["image.event_snapshot"] != "unknown")
    actions.forget()
    answer = await predict(actions, resin, entity_id=entity_id)
    assert (answer["entity_id"], answer["detections"]) == (entity_id, [])
    (picture,) = actions.obico.server.judged
    assert picture.startswith(b"\xff\xd8")


async def test_a_session_instead_of_a_token_sends_pictures_as_well(
    actions: Actions, camera: ShopCamera, resin: Printer
) -> None:
    client = client_of(actions.obico.entry)
    server = actions.obico.server
    key = server.sign_in.begin_session(actions.obico.account)
    client._credential = SessionCookie(key)
    await predict(actions, resin)
    assert server.judged == [JPEG]


async def test_a_detection_that_is_not_understood_is_left_out(
    actions: Actions, camera: ShopCamera, resin: Printer
) -> None:
    actions.obico.server.faults.change(
        PREDICT,
        lambda body: {
            "result": {"p": 0.3, "detections": ["x", [0.3, [1, 2, 3, 4]], [1, 2]]}
        },
    )
    answer = await predict(actions, resin)
    assert [row["label"] for row in answer["detections"]] == [None]


async def test_an_answer_holds_no_secret(
    actions: Actions, camera: ShopCamera, resin: Printer
) -> None:
    told = str(await predict(actions, resin))
    assert [secret for secret in secrets_of(actions.obico) if secret in told] == []


# What is refused


async def test_a_printer_with_an_agent_is_not_disturbed(
    actions: Actions, camera: ShopCamera
) -> None:
    await refused(predict(actions, actions.printer), "has_agent")
    assert actions.asked == []


async def test_a_record_of_somebody_else_is_left_alone(
    actions: Actions, camera: ShopCamera, resin: Printer
) -> None:
    resin.begin_print("spiral_vase.gcode")
    job = resin.current_print
    await refused(predict(actions, resin), "record_of_others")
    assert calls(actions) == []
    assert resin.current_print is job


async def test_a_picture_that_is_none_is_not_sent(
    actions: Actions, camera: ShopCamera, resin: Printer
) -> None:
    camera.picture = None
    error = await failed(predict(actions, resin), "no_picture")
    assert "camera.shop" in str(error)
    await failed(predict(actions, resin, entity_id="image.gone"), "no_picture")
    assert actions.asked == []


@pytest.mark.parametrize("announced", ["image/jpeg", "application/octet-stream"])
@pytest.mark.parametrize("what", [*NO_PICTURES, "image/gif", "image/webp", "large"])
async def test_a_picture_that_is_of_no_use_is_not_sent(
    actions: Actions, camera: ShopCamera, resin: Printer, what: str, announced: str
) -> None:
    camera.content_type = announced
    camera.picture = (NO_PICTURES | PICTURES).get(
        what, JPEG.ljust(detection.MAX_PICTURE_BYTES + 1, b"\0")
    )
    error = await refused(predict(actions, resin), "picture_unusable")
    assert "5 MB" in str(error)
    assert actions.asked == []


@pytest.mark.parametrize("announced", ["image/gif", "application/octet-stream"])
@pytest.mark.parametrize("what", ["image/jpeg", "image/png"])
async def test_a_picture_is_judged_whatever_it_is_announced_as(
    actions: Actions, camera: ShopCamera, resin: Printer, what: str, announced: str
) -> None:
    camera.content_type, camera.picture = announced, PICTURES[what]
    await predict(actions, resin)
    assert actions.obico.server.judged == [PICTURES[what]]


async def test_a_large_picture_is_judged(
    actions: Actions, camera: ShopCamera, resin: Printer
) -> None:
    camera.picture = JPEG.ljust(detection.MAX_PICTURE_BYTES, b"\0")
    await predict(actions, resin)
    (picture,) = actions.obico.server.judged
    assert len(picture) == detection.MAX_PICTURE_BYTES


async def test_a_picture_that_the_user_may_not_see_is_not_judged(
    actions: Actions, camera: ShopCamera, resin: Printer, hass: HomeAssistant
) -> None:
    await hass.auth.async_create_user("Owner")
    user = MockUser().add_to_hass(hass)
    device_id = actions.device_id(resin)
    allowed = {
        entry.entity_id: True
        for entry in er.async_entries_for_device(
            er.async_get(hass), device_id, include_disabled_entities=True
        )
    }

    async def call() -> None:
        await ask(
            hass, "predict", as_user(user), device_id=device_id, entity_id="camera.shop"
        )

    user.mock_policy({"entities": {"entity_ids": allowed}})
    await unauthorized(call())
    assert actions.asked == []
    user.mock_policy({"entities": {"entity_ids": allowed | {"camera.shop": True}}})
    await call()


# What fails


@pytest.mark.parametrize("broken", [START, PREDICT])
async def test_whatever_fails_no_record_stays_open(
    actions: Actions, camera: ShopCamera, resin: Printer, broken: str
) -> None:
    fault = actions.obico.server.faults.html(broken, 500)
    await failed(predict(actions, resin), "server_error")
    assert fault.hits == 1
    assert calls(actions)[-1] == "finish_print"
    assert resin.current_print is None


async def test_a_record_that_was_opened_without_an_answer_is_closed(
    actions: Actions, camera: ShopCamera, resin: Printer
) -> None:
    """The server did what it was asked for, and its answer was lost."""
    fault = actions.obico.server.faults.truncate(START)
    await failed(predict(actions, resin), "cannot_connect")
    assert fault.hits == 1
    assert resin.current_print is None
    assert any(job.printer is resin for job in actions.obico.server.prints.values())


async def test_closing_is_tried_again(
    actions: Actions, camera: ShopCamera, resin: Printer
) -> None:
    actions.obico.server.faults.html(FINISH, 502, times=1)
    answer = await predict(actions, resin)
    assert answer["detections"] == []
    assert resin.current_print is None


async def test_a_record_that_could_not_be_closed_is_closed_the_next_time(
    actions: Actions, camera: ShopCamera, resin: Printer
) -> None:
    fault = actions.obico.server.faults.html(FINISH, 502)
    await failed(predict(actions, resin), "server_error")
    assert is_recording(resin)
    fault.remove()
    actions.forget()
    await predict(actions, resin)
    assert calls(actions) == ["finish_print", "start_print", "predict", "finish_print"]
    assert resin.current_print is None
    ended = [job for job in actions.obico.server.prints.values() if job.cancelled_at]
    assert len(ended) == 2


async def test_who_gives_up_leaves_nothing_open(
    actions: Actions, camera: ShopCamera, resin: Printer
) -> None:
    go_on = asyncio.Event()
    actions.obico.server.faults.delay(PREDICT, go_on)
    call = ask(
        actions.hass,
        "predict",
        device_id=actions.device_id(resin),
        entity_id="camera.shop",
    )
    task = asyncio.get_running_loop().create_task(call)
    await wait_until(lambda: "predict" in calls(actions))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await wait_until(lambda: resin.current_print is None)
    go_on.set()


async def test_pictures_are_judged_one_after_the_other(
    actions: Actions, camera: ShopCamera, resin: Printer
) -> None:
    await asyncio.gather(predict(actions, resin), predict(actions, resin))
    assert calls(actions) == ["start_print", "predict", "finish_print"] * 2
