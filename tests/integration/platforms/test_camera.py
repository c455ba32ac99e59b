"""The webcam: upright, from wherever its picture lies, and without giving anything away."""

import asyncio
from io import BytesIO
from itertools import product

from aiohttp import hdrs, web
from PIL import Image, ImageChops, ImageStat
import pytest

from dev import SHORT, Account, ObicoServer, Printer, Webcam
from homeassistant.components.camera import async_get_image
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from tests.integration.servers import other_server
from tests.integration.support import Json, Obico, load_capture, set_up

WEBCAM = "camera.webcam"
RED, GREEN, BLUE, WHITE = (220, 0, 0), (0, 160, 0), (0, 0, 220), (240, 240, 240)
# No two of the eight ways to turn it look the same.
CORNERS = ((RED, GREEN), (BLUE, WHITE))

type Color = tuple[int, int, int]
type Corners = tuple[tuple[Color, Color], tuple[Color, Color]]


def picture(corners: Corners = CORNERS, width: int = 96, height: int = 64) -> bytes:
    """Return a JPEG with a colour in each corner, wider than high."""
    image = Image.new("RGB", (width, height))
    for row, column in product((0, 1), (0, 1)):
        box = (
            column * width // 2,
            row * height // 2,
            (column + 1) * width // 2,
            (row + 1) * height // 2,
        )
        image.paste(corners[row][column], box)
    data = BytesIO()
    image.save(data, "JPEG", quality=95)
    return data.getvalue()


def corners_of(content: bytes) -> Corners:
    """Return which colour is in which corner of a picture."""
    image = Image.open(BytesIO(content)).convert("RGB")

    def nearest(x: int, y: int) -> Color:
        pixel = image.getpixel((x, y))
        assert isinstance(pixel, tuple)
        return min(
            (RED, GREEN, BLUE, WHITE),
            key=lambda color: sum(
                abs(a - b) for a, b in zip(color, pixel, strict=True)
            ),
        )

    left, right = image.width // 4, image.width * 3 // 4
    top, bottom = image.height // 4, image.height * 3 // 4
    return (
        (nearest(left, top), nearest(right, top)),
        (nearest(left, bottom), nearest(right, bottom)),
    )


def turned(
    corners: Corners, *, flip_horizontal: bool, flip_vertical: bool, rotation: int
) -> Corners:
    """Return the corners as they must be, by hand."""
    (a, b), (c, d) = corners
    if flip_horizontal:
        (a, b), (c, d) = (b, a), (d, c)
    if flip_vertical:
        (a, b), (c, d) = (c, d), (a, b)
    for _ in range(rotation // 90):
        # A quarter clockwise: what was left below is left above.
        (a, b), (c, d) = (c, a), (d, b)
    return ((a, b), (c, d))


def show(
    printer: Printer,
    content: bytes | None = None,
    *,
    address: str | None = None,
    capture: str = "printer_printing",
    **webcam: Json,
) -> str:
    """Have a printer point at a picture, and return its address."""
    recorded = load_capture(capture)
    if address is not None:
        recorded["pic"] = {"img_url": address}
    recorded["settings"]["webcams"] = [{"is_primary_camera": True} | webcam]
    printer.load_state(recorded, picture=content or picture())
    return str(recorded["pic"]["img_url"])


async def look(obico: Obico, printer: Printer) -> bytes:
    """Return the picture that the camera shows."""
    image = await async_get_image(obico.hass, obico.entity_id(printer, WEBCAM))
    return image.content


@pytest.mark.parametrize(
    ("flip_horizontal", "flip_vertical", "rotation"),
    list(product((False, True), (False, True), (0, 90, 180, 270)))[1:],
)
async def test_a_picture_is_turned_upright(
    obico: Obico,
    printer: Printer,
    flip_horizontal: bool,
    flip_vertical: bool,
    rotation: int,
) -> None:
    show(printer, flipH=flip_horizontal, flipV=flip_vertical, rotation=rotation)
    await obico.poll()
    shown = await look(obico, printer)
    assert corners_of(shown) == turned(
        CORNERS,
        flip_horizontal=flip_horizontal,
        flip_vertical=flip_vertical,
        rotation=rotation,
    )
    size = Image.open(BytesIO(shown)).size
    assert size == ((96, 64) if rotation in {0, 180} else (64, 96))


@pytest.mark.parametrize(
    "webcam",
    [
        Webcam(flip_vertical=True, rotation=90),
        Webcam(flip_horizontal=True, rotation=270),
        Webcam(flip_horizontal=True, flip_vertical=True),
        Webcam(rotation=90),
    ],
    ids=repr,
)
async def test_a_camera_however_mounted_shows_what_is_there(
    hass: HomeAssistant, server: ObicoServer, account: Account, webcam: Webcam
) -> None:
    printer = account.add_printer("Mounted", agent="octoprint", webcams=[webcam])
    printer.agent.start_print(SHORT)
    await server.advance(30)
    obico = await set_up(hass, server, account)
    assert printer.shot is not None
    assert not isinstance(printer.shot, bytes)
    upright = Image.open(BytesIO(printer.shot.upright())).convert("RGB")
    shown = Image.open(BytesIO(await look(obico, printer))).convert("RGB")
    assert shown.size == upright.size
    difference = ImageStat.Stat(ImageChops.difference(shown, upright))
    assert max(difference.mean) < 3


@pytest.mark.parametrize(
    "webcam", [{}, {"flipH": False, "rotation": 0}, {"rotation": 45}, {"flipV": "yes"}]
)
async def test_a_picture_that_needs_no_turning_stays_as_it_is(
    obico: Obico, printer: Printer, webcam: dict[str, Json]
) -> None:
    content = picture()
    show(printer, content, **webcam)
    await obico.poll()
    assert await look(obico, printer) == content


async def test_the_orientation_is_that_of_the_primary_camera(
    obico: Obico, printer: Printer
) -> None:
    recorded = load_capture("printer_printing")
    recorded["settings"] |= {
        "webcam_rotation": 90,
        "webcams": [
            {"name": "nozzle", "rotation": 90},
            {"name": "front", "rotation": 180, "is_primary_camera": True},
        ],
    }
    printer.load_state(recorded, picture=picture())
    await obico.poll()
    assert corners_of(await look(obico, printer)) == turned(
        CORNERS, flip_horizontal=False, flip_vertical=False, rotation=180
    )


async def test_the_pictures_of_the_server_are_fetched_where_it_really_is(
    obico: Obico, printer: Printer
) -> None:
    """The address names localhost:3334, whatever the server's own is."""
    address = show(printer)
    assert address.startswith("http://localhost:3334/media/")
    await obico.poll()
    await look(obico, printer)
    (request,) = (
        request
        for request in obico.server.requests
        if request.path.startswith("/media/")
    )
    assert f"http://localhost:3334{request.path}?digest=" in address
    assert hdrs.AUTHORIZATION not in request.headers
    assert hdrs.COOKIE not in request.headers


async def test_a_picture_that_lies_elsewhere_is_fetched_there_and_by_nobody(
    obico: Obico, printer: Printer
) -> None:
    content, asked = picture(), []

    async def storage(request: web.Request) -> web.Response:
        asked.append(request)
        return web.Response(body=content, content_type="image/jpeg")

    show(printer)
    await obico.poll()
    async with other_server(storage) as url:
        obico.server.faults.redirect(
            "/media/*", f"{url}/bucket/a%2Fb.jpg?Signature=a%2Bb%3D"
        )
        assert await look(obico, printer) == content
    (request,) = asked
    assert request.raw_path == "/bucket/a%2Fb.jpg?Signature=a%2Bb%3D"
    assert hdrs.AUTHORIZATION not in request.headers
    assert hdrs.COOKIE not in request.headers
    assert obico.account.token not in str(request.headers)


async def test_what_else_runs_on_the_same_machine_is_left_alone(
    obico: Obico, printer: Printer
) -> None:
    asked = []

    async def router(request: web.Request) -> web.Response:
        asked.append(request)
        return web.Response(body=picture(), content_type="image/jpeg")

    async with other_server(router) as url:
        show(printer, address=f"{url}/reboot")
        await obico.poll()
        with pytest.raises(HomeAssistantError):
            await look(obico, printer)
    assert asked == []


async def test_everybody_who_looks_shares_one_fetch(
    obico: Obico, printer: Printer
) -> None:
    content = picture()
    show(printer, content)
    await obico.poll()
    arrive = asyncio.Event()
    fault = obico.server.faults.delay("/media/*", arrive)
    looks = [asyncio.create_task(look(obico, printer)) for _ in range(5)]
    while not fault.hits:
        await asyncio.sleep(0)
    arrive.set()
    assert await asyncio.gather(*looks) == [content] * 5
    assert fault.hits == 1


async def test_a_new_picture_is_fetched_at_once(obico: Obico, printer: Printer) -> None:
    show(printer)
    await obico.poll()
    await look(obico, printer)
    other = picture(((WHITE, BLUE), (GREEN, RED)))
    show(printer, other, capture="printer_alert_warning")
    await obico.poll()
    assert await look(obico, printer) == other


@pytest.mark.parametrize(
    "trouble",
    ["gone", "forbidden", "no picture", "cut off", "bomb", "html", "nowhere", "reset"],
)
async def test_the_last_good_picture_stays_when_there_is_no_other(
    obico: Obico, printer: Printer, trouble: str
) -> None:
    show(printer, rotation=180)
    await obico.poll()
    good = await look(obico, printer)
    faults, capture = obico.server.faults, "printer_alert_warning"
    content, address = picture(), None
    match trouble:
        case "gone":
            faults.html("/media/*", 404)
        case "forbidden":
            faults.html("/media/*", 403)
        case "no picture":
            content = b"\xff\xd8nonsense"
        case "cut off":
            content = content[: len(content) // 2]
        case "bomb":
            # Of a size that would fill the memory; the place of it follows the frame's marker.
            at = content.index(b"\xff\xc0") + 5
            content = content[:at] + b"\xff\xff\xff\xff" + content[at + 4 :]
        case "html":
            faults.html("/media/*", 200)
        case "nowhere":
            address = "file:///etc/passwd"
        case "reset":
            faults.reset("/media/*")
    show(printer, content, address=address, capture=capture, rotation=180)
    await obico.poll()
    assert await look(obico, printer) == good
    faults.clear()
    show(printer, rotation=90, capture=capture)
    await obico.poll()
    assert await look(obico, printer) != good


async def test_the_last_good_picture_stays_when_the_server_names_none(
    obico: Obico, printer: Printer
) -> None:
    content = picture()
    show(printer, content)
    await obico.poll()
    await look(obico, printer)
    printer.load_state(load_capture("printer_printing") | {"pic": None})
    await obico.poll()
    assert await look(obico, printer) == content


async def test_a_printer_that_never_sent_a_picture_has_none(
    obico: Obico, printer: Printer
) -> None:
    printer.load_state(load_capture("printer_idle") | {"pic": None})
    await obico.poll()
    with pytest.raises(HomeAssistantError):
        await look(obico, printer)


async def test_an_idle_printer_shows_its_picture_without_push(
    obico: Obico, printer: Printer
) -> None:
    """It could ask for a fresh one by push, which is blocked here."""
    content = picture()
    show(printer, content, capture="printer_idle_with_viewer")
    await obico.poll()
    assert await look(obico, printer) == content


async def test_a_printer_that_is_off_has_no_picture_of_the_present(
    obico: Obico, printer: Printer
) -> None:
    assert obico.value(printer, WEBCAM) == "idle"
    printer.agent.go_offline()
    await obico.poll()
    assert obico.value(printer, WEBCAM) == STATE_UNAVAILABLE


async def test_no_attribute_of_the_camera_tells_where_its_picture_lies(
    obico: Obico, printer: Printer
) -> None:
    address = show(printer)
    await obico.poll()
    await look(obico, printer)
    attributes = str(obico.state(printer, WEBCAM).attributes)
    assert "digest" not in attributes
    assert address not in attributes
