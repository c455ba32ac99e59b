"""Pictures: signed by path, not rotated, deleted with the end of the print."""

from io import BytesIO

from PIL import Image, ImageChops, ImageStat
import pytest

from dev import SHORT, Account, ObicoServer, Phase, Printer, Webcam
from dev.json_types import JsonObject, as_object

from .drive import Stage
from .support import Api


def url_of(printer: JsonObject) -> str:
    """Return the address of a printer's picture."""
    return str(as_object(printer["pic"])["img_url"])


async def latest_url(stage: Stage, printer: Printer) -> str:
    """Return the address of a printer's latest picture."""
    return url_of(await stage.api.printer(printer))


def opened(data: bytes) -> Image.Image:
    """Return a picture in colours that JPEG does not blur away."""
    return Image.open(BytesIO(data)).convert("L")


def differ(one: Image.Image, other: Image.Image) -> float:
    """Return the difference of two pictures, from 0 to 255."""
    assert one.size == other.size
    return float(ImageStat.Stat(ImageChops.difference(one, other)).mean[0])


async def test_the_address_names_another_host_than_the_servers(stage: Stage) -> None:
    printer = await stage.octoprint()
    url = await latest_url(stage, printer)
    assert url.startswith("http://localhost:3334/media/tsd-pics/")
    assert not stage.server.url.endswith(":3334")


async def test_a_picture_needs_its_signature_and_nothing_else(stage: Stage) -> None:
    printer = await stage.octoprint()
    url = await latest_url(stage, printer)
    status, data = await stage.api.picture(url)
    assert status == 200
    assert opened(data).size == (640, 360)
    assert (await stage.api.picture(url + "x"))[0] == 403
    path = url.partition("?")[0]
    assert (await stage.api.picture(path))[0] == 500
    assert (await stage.api.picture(url, "HEAD"))[0] == 200


async def test_a_signature_is_good_for_its_path_only(stage: Stage) -> None:
    printer = await stage.octoprint()
    url = await latest_url(stage, printer)
    digest = url.partition("?digest=")[2]
    other = f"/media/tsd-pics/snapshots/99/latest_unrotated.jpg?digest={digest}"
    assert (await stage.api.picture(stage.server.url + other))[0] == 403


async def test_a_gone_picture_is_404_with_a_good_signature(
    api: Api, server: ObicoServer
) -> None:
    url = server.media.url("/media/tsd-pics/never.jpg")
    assert (await api.picture(url))[0] == 404


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize(
    "flips", [(False, False), (True, False), (False, True), (True, True)]
)
async def test_the_picture_is_upright_after_flipping_and_turning_it(
    stage: Stage, rotation: int, flips: tuple[bool, bool]
) -> None:
    vertical, horizontal = flips
    webcam = Webcam(
        flip_vertical=vertical, flip_horizontal=horizontal, rotation=rotation
    )
    printer = await stage.octoprint(webcams=(webcam,))
    settings = as_object((await stage.api.printer(printer))["settings"])
    assert settings["webcam_rotation"] == rotation
    _, data = await stage.api.picture(await latest_url(stage, printer))
    picture = opened(data)
    if vertical:
        picture = picture.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    if horizontal:
        picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    picture = picture.rotate(-rotation, expand=True)
    # An event's picture is upright already.
    stage.server.add_event(printer, "STARTED")
    (event,) = await stage.api.events()
    _, upright = await stage.api.picture(event["image_url"])
    assert differ(picture, opened(upright)) < 2


async def test_an_event_keeps_its_picture(stage: Stage) -> None:
    printer = await stage.octoprint()
    await stage.printing(printer)
    stage.server.add_event(printer, "FILAMENT_CHANGE")
    event = (await stage.api.events())[0]
    _, before = await stage.api.picture(event["image_url"])
    await stage.server.advance(100)
    assert await stage.api.picture(event["image_url"]) == (200, before)


async def test_tagged_pictures_go_with_their_print(stage: Stage) -> None:
    printer = await stage.octoprint(watched=False)
    printer.agent.start_print(SHORT)
    await stage.server.advance(30)
    assert (await stage.api.picture(await latest_url(stage, printer)))[0] == 200
    await stage.until(printer.agent, Phase.IDLE)
    await stage.server.advance(60)
    url = await latest_url(stage, printer)
    assert "/tagged/" in url
    assert (await stage.api.picture(url))[0] == 404
    await stage.server.advance(1800)
    assert (await stage.api.printer(printer))["pic"] is None


async def test_a_new_tagged_picture_comes_every_ten_seconds(stage: Stage) -> None:
    printer = await stage.octoprint(watched=False)
    await stage.printing(printer)
    urls = set()
    for _ in range(60):
        urls.add(await latest_url(stage, printer))
        await stage.server.advance(1)
    assert 6 <= len(urls) <= 7


async def test_without_detection_and_viewers_pictures_are_rare(stage: Stage) -> None:
    printer = await stage.octoprint(watched=False)
    printer.update({"watching_enabled": False})
    await stage.printing(printer)
    urls = set()
    for _ in range(240):
        urls.add(await latest_url(stage, printer))
        await stage.server.advance(1)
    assert 2 <= len(urls) <= 3
    assert all("/raw/" in url for url in urls)


async def test_an_idle_printers_picture_changes_at_a_constant_address(
    stage: Stage,
) -> None:
    printer = await stage.octoprint()
    url = await latest_url(stage, printer)
    assert "/latest_unrotated.jpg" in url
    _, before = await stage.api.picture(url)
    printer.agent.set_target("tool0", 150)
    await stage.server.advance(600)
    assert await stage.api.picture(url) == (200, before)
    await stage.watch(printer)
    await stage.server.advance(5)
    assert await latest_url(stage, printer) == url
    _, after = await stage.api.picture(url)
    assert after != before


async def test_pictures_show_the_print_and_its_failure(stage: Stage) -> None:
    printer = await stage.octoprint()
    await stage.printing(printer)
    _, early = await stage.api.picture(await latest_url(stage, printer))
    await stage.server.advance(100)
    _, late = await stage.api.picture(await latest_url(stage, printer))
    printer.agent.fail(score=0.5)
    await stage.server.advance(10)
    _, failed = await stage.api.picture(await latest_url(stage, printer))
    assert differ(opened(early), opened(late)) > 2
    assert differ(opened(late), opened(failed)) > 2


async def test_a_printer_without_camera_has_no_picture(stage: Stage) -> None:
    printer = stage.klipper()
    await stage.watch(printer)
    await stage.printing(printer)
    assert (await stage.api.printer(printer))["pic"] is None


async def test_the_host_can_be_any(socket_enabled: None) -> None:
    server = ObicoServer(site="https://pictures.example.com")
    account: Account = server.add_account()
    printer = account.add_printer("Any", agent="octoprint")
    printer.viewer_came()
    await server.advance(5)
    assert printer.picture_url
    assert printer.picture_url.startswith("https://pictures.example.com/media/")
