"""Kind: who stops waiting for something that is shared ends it for nobody else.

Home Assistant gives up on a picture after ten seconds, a browser is closed, a script is
stopped: the fetch goes on for all others. It ends with the entity and with the account.
"""

import asyncio
from contextlib import suppress

import pytest

from dev import Printer
from dev.server.faults import Fault
from homeassistant.components import camera, image
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from tests.integration.push.support import obico_tasks
from tests.integration.support import API, Obico, settle
from tests.timelapse import wait_until

# Also what a user has to enable.
pytestmark = pytest.mark.usefixtures("all_enabled")

WEBCAM = "camera.webcam"
EVENT = "image.event_snapshot"
KEYS = [WEBCAM, EVENT, "image.failure_snapshot"]


async def look(obico: Obico, printer: Printer, key: str, timeout: int = 10) -> bytes:
    """Look at a picture for at most so many seconds."""
    entity_id = obico.entity_id(printer, key)
    if key == WEBCAM:
        shown = await camera.async_get_image(obico.hass, entity_id, timeout)
        return shown.content
    return (await image.async_get_image(obico.hass, entity_id, timeout)).content


async def until_asked(fault: Fault) -> None:
    await wait_until(lambda: fault.hits, "nobody asked")


@pytest.mark.parametrize("key", KEYS)
async def test_a_viewer_who_leaves_ends_the_fetch_for_nobody(
    obico: Obico, pictured: Printer, key: str
) -> None:
    arrived = asyncio.Event()
    fault = obico.server.faults.delay("/media/*", arrived)
    viewers = [asyncio.create_task(look(obico, pictured, key)) for _ in range(4)]
    await until_asked(fault)
    # The one who came first, and one who came later.
    for leaving in (viewers.pop(0), viewers.pop()):
        leaving.cancel()
        # Home Assistant tells a viewer who is cancelled of an error.
        with pytest.raises(HomeAssistantError):
            await leaving
    arrived.set()
    first, second = await asyncio.gather(*viewers)
    assert first == second
    assert fault.hits == 1


@pytest.mark.parametrize("key", KEYS)
async def test_a_picture_that_comes_after_all_have_left_is_there_for_the_next(
    obico: Obico, pictured: Printer, key: str
) -> None:
    arrived = asyncio.Event()
    fault = obico.server.faults.delay("/media/*", arrived)
    with pytest.raises((HomeAssistantError, TimeoutError)):
        await look(obico, pictured, key, timeout=0)
    await until_asked(fault)
    arrived.set()
    await look(obico, pictured, key)
    assert fault.hits == 1


@pytest.mark.parametrize("status", [200, 404, 502])
@pytest.mark.parametrize("key", KEYS)
async def test_a_fetch_that_fails_after_all_have_left_is_no_error_in_the_log(
    hass: HomeAssistant,
    obico: Obico,
    pictured: Printer,
    key: str,
    status: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    arrived = asyncio.Event()
    fault = obico.server.faults.delay("/media/*", arrived)
    obico.server.faults.answer("/media/*", status, b"nothing", content_type="image/png")
    viewer = asyncio.create_task(look(obico, pictured, key))
    await until_asked(fault)
    viewer.cancel()
    await asyncio.gather(viewer, return_exceptions=True)
    caplog.clear()
    arrived.set()
    await settle(hass)
    assert not [each for each in caplog.records if each.levelname == "ERROR"]
    obico.server.faults.clear()
    await look(obico, pictured, key)


@pytest.mark.parametrize(
    ("key", "path"),
    [
        *((key, "/media/*") for key in KEYS),
        (EVENT, f"{API}printer_events/*"),
    ],
)
@pytest.mark.parametrize("end", ["unload", "reload", "remove"])
async def test_no_fetch_outlasts_the_account(
    hass: HomeAssistant,
    obico: Obico,
    pictured: Printer,
    key: str,
    end: str,
    path: str,
) -> None:
    arrived = asyncio.Event()
    fault = obico.server.faults.delay(path, arrived)
    viewer = asyncio.create_task(look(obico, pictured, key))
    await until_asked(fault)
    obico.server.faults.clear()
    entry_id = obico.entry.entry_id
    match end:
        case "unload":
            await hass.config_entries.async_unload(entry_id)
        case "reload":
            await hass.config_entries.async_reload(entry_id)
        case "remove":
            await hass.config_entries.async_remove(entry_id)
    with pytest.raises(HomeAssistantError):
        await viewer
    arrived.set()
    await settle(hass)
    names = obico_tasks()
    assert "obico webcam" not in names
    assert "obico picture" not in names
    assert not ir.async_get(hass).issues


@pytest.mark.parametrize("key", KEYS)
async def test_an_entity_that_was_renamed_goes_on(
    hass: HomeAssistant, obico: Obico, pictured: Printer, key: str
) -> None:
    """Home Assistant removes it and adds it anew."""
    er.async_get(hass).async_update_entity(
        obico.entity_id(pictured, key), new_entity_id=f"{key}_at_the_window"
    )
    await settle(hass)
    assert (await look(obico, pictured, key)).startswith(b"\xff\xd8")


@pytest.mark.parametrize("key", KEYS)
async def test_an_entity_that_was_removed_fetches_nothing(
    hass: HomeAssistant, obico: Obico, pictured: Printer, key: str
) -> None:
    """A stream goes on asking the entity that it began with."""
    component = hass.data[
        camera.const.DATA_COMPONENT if key == WEBCAM else image.const.DATA_COMPONENT
    ]
    entity = component.get_entity(obico.entity_id(pictured, key))
    assert isinstance(entity, camera.Camera | image.ImageEntity)
    arrived = asyncio.Event()
    fault = obico.server.faults.delay("/media/*", arrived)
    viewer = asyncio.create_task(look(obico, pictured, key))
    await until_asked(fault)
    pictured.delete()
    await obico.poll()
    with pytest.raises(HomeAssistantError):
        await viewer
    arrived.set()
    obico.server.requests.clear()
    with suppress(HomeAssistantError):
        if isinstance(entity, camera.Camera):
            await entity.async_camera_image()
        else:
            await entity.async_image()
    await settle(hass)
    assert not [each for each in obico.server.requests if "/media/" in each.path]
