"""The pictures of a print: its file's thumbnail, and the last print's poster."""

from io import BytesIO

from PIL import Image
import pytest

from dev import SHORT, Printer
from homeassistant.components.image import async_get_image
from homeassistant.const import STATE_UNKNOWN
from homeassistant.exceptions import HomeAssistantError
from tests.integration.support import API, Obico

THUMBNAIL = "image.thumbnail"
POSTER = "image.last_poster"


def drawn(kind: str) -> bytes:
    """Return a picture of a kind."""
    picture = BytesIO()
    Image.new("RGB", (8, 8), "red").save(picture, kind)
    return picture.getvalue()


async def print_with_thumbnail(
    obico: Obico, printer: Printer, picture: bytes, *, number: int = 1
) -> None:
    """Let a print begin whose file has a thumbnail."""
    printer.agent.start_print(SHORT)
    await obico.server.advance(3)
    assert printer.current_print is not None
    file = printer.current_print.g_code_file
    assert file is not None
    url = obico.server.media.put(f"thumbnails/{file.id}.png", lambda: picture)
    setattr(file, f"thumbnail{number}_url", url)
    await obico.poll()


async def finish(obico: Obico, printer: Printer) -> None:
    """Let a print come to its end."""
    await obico.server.advance(150)
    assert printer.current_print is None
    await obico.poll()


async def test_without_a_print_there_are_no_pictures(
    obico: Obico, printer: Printer
) -> None:
    for key in (THUMBNAIL, POSTER):
        assert obico.value(printer, key) == STATE_UNKNOWN
        with pytest.raises(HomeAssistantError):
            await async_get_image(obico.hass, obico.entity_id(printer, key))


@pytest.mark.parametrize(
    ("kind", "content_type", "number"),
    [("PNG", "image/png", 1), ("JPEG", "image/jpeg", 3)],
)
async def test_the_thumbnail_is_that_of_the_file(
    obico: Obico, printer: Printer, kind: str, content_type: str, number: int
) -> None:
    await print_with_thumbnail(obico, printer, drawn(kind), number=number)
    assert obico.value(printer, THUMBNAIL) != STATE_UNKNOWN
    for _ in range(2):
        image = await async_get_image(obico.hass, obico.entity_id(printer, THUMBNAIL))
        assert image.content == drawn(kind)
        assert image.content_type == content_type
    assert (
        len(
            [
                request
                for request in obico.server.requests
                if "/thumbnails/" in request.path
            ]
        )
        == 1
    )
    await finish(obico, printer)
    assert obico.value(printer, THUMBNAIL) == STATE_UNKNOWN


async def test_a_file_without_a_thumbnail_has_none(
    obico: Obico, printer: Printer
) -> None:
    printer.agent.start_print(SHORT)
    await obico.poll(after=3)
    assert obico.value(printer, "sensor.file") == "short.gcode"
    assert obico.value(printer, THUMBNAIL) == STATE_UNKNOWN


async def test_the_last_print_has_a_poster(obico: Obico, printer: Printer) -> None:
    await print_with_thumbnail(obico, printer, drawn("PNG"))
    await obico.server.advance(20)
    await finish(obico, printer)
    job = max(obico.server.prints.values(), key=lambda job: job.id)
    assert job.poster_url is not None
    image = await async_get_image(obico.hass, obico.entity_id(printer, POSTER))
    assert image.content_type == "image/jpeg"
    assert Image.open(BytesIO(image.content)).format == "JPEG"
    await obico.reload()
    again = await async_get_image(obico.hass, obico.entity_id(printer, POSTER))
    assert again.content == image.content


async def test_a_picture_that_cannot_be_had_may_come_later(
    obico: Obico, printer: Printer
) -> None:
    await print_with_thumbnail(obico, printer, drawn("PNG"))
    entity_id = obico.entity_id(printer, THUMBNAIL)
    obico.server.faults.html(f"{API}prints/*", 502)
    with pytest.raises(HomeAssistantError):
        await async_get_image(obico.hass, entity_id)
    obico.server.faults.clear()
    assert (await async_get_image(obico.hass, entity_id)).content == drawn("PNG")


async def test_no_attribute_tells_where_a_picture_lies(
    obico: Obico, printer: Printer
) -> None:
    await print_with_thumbnail(obico, printer, drawn("PNG"))
    await obico.server.advance(20)
    await finish(obico, printer)
    for key in (THUMBNAIL, POSTER):
        shown = str(obico.state(printer, key).attributes)
        assert "digest" not in shown
        assert "/media/" not in shown
