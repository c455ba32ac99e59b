"""Kind: what is delivered in place of a picture is never shown as one.

That is HTML, another format, half a picture, an empty body or one of too many pixels, for the
webcam, the pictures of events and prints, and pictures that are sent to be judged. The last
good picture stays, the next look asks again, and the type is that of the content, whatever
it is announced as. An address that leads nowhere is no picture, either.
"""

from io import BytesIO

from PIL import Image
import pytest

from dev import MEDIUM, Printer
from homeassistant.components import camera, image
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from tests.integration.support import API, Json, Obico, load_capture

from .pictures import HTML, NO_PICTURES, PICTURES, encoded

# Also what a user has to enable.
pytestmark = pytest.mark.usefixtures("all_enabled")

MEDIA = "/media/*"
WEBCAM = "camera.webcam"
EVENT = "image.event_snapshot"
ADDRESSES = [
    "http://[::1",
    "http://[not-an-address]/a.jpg",
    "http://localhost:99999/media/a.jpg",
    "http://localhost:port/media/a.jpg",
    "http://two words/media/a.jpg",
    "http://",
    "//",
    "javascript:alert(1)",
    "data:image/png;base64,AAAA",
    "media/../../a.jpg",
    "http://a..b/media/a.jpg",
    "http://\ud800/a.jpg",
    " ",
]


def show(
    printer: Printer, number: int, *, address: str | None = None, **webcam: Json
) -> None:
    """Have a printer that prints point at a picture of its own, red unless a fault says otherwise."""
    recorded = load_capture("printer_printing")
    recorded["pic"] = {
        "img_url": address or f"http://localhost:3334/media/tsd-pics/x/{number}.jpg"
    }
    recorded["settings"]["webcams"] = [{"is_primary_camera": True} | webcam]
    printer.load_state(recorded)


async def look(obico: Obico, printer: Printer) -> camera.Image:
    return await camera.async_get_image(obico.hass, obico.entity_id(printer, WEBCAM))


def deliver(
    obico: Obico, content: bytes, content_type: str = "application/octet-stream"
) -> None:
    """Have every picture answered with this from now on."""
    obico.server.faults.clear()
    obico.server.faults.answer(MEDIA, 200, content, content_type=content_type)


# The webcam


@pytest.mark.parametrize(
    "announced", ["image/jpeg", "application/octet-stream", "text/html"]
)
@pytest.mark.parametrize("what", [*NO_PICTURES, "empty"])
@pytest.mark.parametrize("rotation", [0, 180])
async def test_the_last_good_picture_of_the_webcam_stays(
    obico: Obico, printer: Printer, what: str, announced: str, rotation: int
) -> None:
    show(printer, 1, rotation=rotation)
    deliver(obico, encoded("JPEG"))
    await obico.poll()
    good = await look(obico, printer)
    show(printer, 2, rotation=rotation)
    deliver(obico, NO_PICTURES.get(what, b""), announced)
    await obico.poll()
    assert await look(obico, printer) == good
    assert obico.state(printer, WEBCAM).attributes["stale_since"] is not None
    # The next look asks again.
    better = encoded("JPEG", color="red")
    deliver(obico, better)
    assert (await look(obico, printer)).content != good.content
    assert obico.state(printer, WEBCAM).attributes["stale_since"] is None


@pytest.mark.parametrize("what", NO_PICTURES)
async def test_a_webcam_without_a_good_picture_shows_none(
    obico: Obico, printer: Printer, what: str
) -> None:
    show(printer, 1)
    deliver(obico, NO_PICTURES[what])
    await obico.poll()
    with pytest.raises(HomeAssistantError):
        await look(obico, printer)


@pytest.mark.parametrize("announced", ["image/jpeg", "application/octet-stream"])
@pytest.mark.parametrize("content_type", PICTURES)
async def test_the_webcam_tells_the_type_of_its_picture(
    obico: Obico, printer: Printer, content_type: str, announced: str
) -> None:
    show(printer, 1)
    deliver(obico, PICTURES[content_type], announced)
    await obico.poll()
    shown = await look(obico, printer)
    assert (shown.content_type, shown.content) == (content_type, PICTURES[content_type])
    # One that is turned is a JPEG, of whatever it was made.
    show(printer, 2, rotation=90)
    await obico.poll()
    shown = await look(obico, printer)
    assert shown.content_type == "image/jpeg"
    assert Image.open(BytesIO(shown.content)).format == "JPEG"


@pytest.mark.parametrize("address", ADDRESSES)
async def test_an_address_that_leads_nowhere_leaves_the_last_picture(
    obico: Obico, printer: Printer, address: str
) -> None:
    show(printer, 1)
    deliver(obico, encoded("JPEG"))
    await obico.poll()
    good = await look(obico, printer)
    show(printer, 2, address=address)
    await obico.poll()
    for _ in range(4):
        assert await look(obico, printer) == good


@pytest.mark.parametrize("address", ADDRESSES)
async def test_an_address_that_leads_nowhere_is_no_picture(
    obico: Obico, printer: Printer, address: str, caplog: pytest.LogCaptureFixture
) -> None:
    show(printer, 1, address=address)
    await obico.poll()
    with pytest.raises(HomeAssistantError):
        await look(obico, printer)
    assert "Traceback" not in caplog.text


# Pictures of events and prints


async def look_at_event(obico: Obico, printer: Printer) -> image.Image:
    return await image.async_get_image(obico.hass, obico.entity_id(printer, EVENT))


@pytest.mark.parametrize("announced", ["image/jpeg", "application/octet-stream"])
@pytest.mark.parametrize("what", [*NO_PICTURES, "empty"])
async def test_an_image_keeps_nothing_that_is_no_picture(
    obico: Obico, pictured: Printer, what: str, announced: str
) -> None:
    deliver(obico, NO_PICTURES.get(what, b""), announced)
    with pytest.raises(HomeAssistantError) as caught:
        await look_at_event(obico, pictured)
    assert "no picture" in str(caught.value)
    obico.server.faults.clear()
    assert (await look_at_event(obico, pictured)).content_type == "image/jpeg"


@pytest.mark.parametrize("key", [EVENT, "image.failure_snapshot"])
@pytest.mark.parametrize("content_type", PICTURES)
async def test_an_image_tells_the_type_of_its_picture(
    obico: Obico, pictured: Printer, content_type: str, key: str
) -> None:
    deliver(obico, PICTURES[content_type])
    shown = await image.async_get_image(obico.hass, obico.entity_id(pictured, key))
    assert (shown.content_type, shown.content) == (content_type, PICTURES[content_type])


@pytest.mark.parametrize("address", ADDRESSES)
async def test_an_image_with_an_address_that_leads_nowhere_fails_as_any_other(
    obico: Obico, pictured: Printer, address: str
) -> None:
    def spoil(row: Json) -> Json:
        return row | {"image_url": address}

    obico.server.faults.change(f"{API}printer_events/*", spoil)
    with pytest.raises(HomeAssistantError):
        await look_at_event(obico, pictured)
    obico.server.faults.clear()
    await look_at_event(obico, pictured)


@pytest.mark.parametrize("key", ["image.thumbnail", "image.last_poster"])
async def test_thumbnails_and_posters_are_checked_as_well(
    hass: HomeAssistant, obico: Obico, printer: Printer, key: str
) -> None:
    printer.agent.start_print(MEDIUM)
    await obico.server.advance(30)
    job = printer.current_print
    assert job is not None
    assert job.g_code_file is not None
    job.g_code_file.thumbnail1_url = obico.server.media.put("thumb.png", lambda: HTML)
    if key == "image.last_poster":
        await obico.server.advance(400)
        assert job.poster_url is not None
    await obico.poll()
    deliver(obico, HTML)
    with pytest.raises(HomeAssistantError, match="no picture"):
        await image.async_get_image(hass, obico.entity_id(printer, key))
    deliver(obico, PICTURES["image/png"])
    shown = await image.async_get_image(hass, obico.entity_id(printer, key))
    assert shown.content_type == "image/png"
