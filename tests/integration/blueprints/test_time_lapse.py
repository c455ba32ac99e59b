"""The time-lapse of a print that comes to the phone."""

from collections.abc import Awaitable, Callable

import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from dev import SHORT, Printer
from tests.integration.support import Json, Obico

from .support import Home, HomeTime, Phone, device_id_of

type Sender = Callable[..., Awaitable[str]]


@pytest.fixture
def sender(obico: Obico, home: Home, printer: Printer, iphone: Phone) -> Sender:
    """Give what makes the automation for the printer and one phone."""

    async def automate(**inputs: Json) -> str:
        return await home.automate(
            "time_lapse",
            {
                "printers": device_id_of(obico, printer),
                "phones": [iphone.device_id],
            }
            | inputs,
        )

    return automate


async def finish(printer: Printer, time: HomeTime, *, shortest: int) -> None:
    """Print something short to its end, and wait for what comes after it."""
    printer.columns["min_timelapse_secs_on_finish"] = shortest
    printer.agent.start_print(SHORT)
    await time.pass_time(20)
    await time.pass_until(lambda: printer.current_print is None, within=600)
    await time.pass_time(120)


async def test_the_video_is_sent_when_it_is_there(
    sender: Sender,
    printer: Printer,
    iphone: Phone,
    timelapse: HomeTime,
    hass_client: ClientSessionGenerator,
) -> None:
    await sender()
    await finish(printer, timelapse, shortest=10)
    (told,) = iphone.received
    assert (told["title"], told["message"]) == ("Prusa MK4: time-lapse", "short.gcode")
    video = told["data"]["video"]
    assert video.endswith("/video")
    response = await (await hass_client()).get(video)
    assert (response.status, response.content_type) == (200, "video/mp4")


async def test_a_phone_that_takes_no_notifications_keeps_it_from_no_other(
    home: Home,
    sender: Sender,
    printer: Printer,
    iphone: Phone,
    pixel: Phone,
    timelapse: HomeTime,
    complaints: list[str],
) -> None:
    complaints.append("notify.mobile_app_bob_s_pixel")
    home.hass.services.async_remove("notify", "mobile_app_bob_s_pixel")
    await sender(phones=[pixel.device_id, iphone.device_id])
    await finish(printer, timelapse, shortest=10)
    assert [told["title"] for told in iphone.received] == ["Prusa MK4: time-lapse"]


async def test_a_print_that_is_too_short_is_not_told(
    sender: Sender, printer: Printer, iphone: Phone, timelapse: HomeTime
) -> None:
    await sender(patience=2)
    await finish(printer, timelapse, shortest=600)
    await timelapse.pass_time(120)
    assert iphone.received == []
