"""The pictures of events: the latest of each kind, beyond restarts, and none signed away."""

from datetime import datetime

import pytest

from dev import MEDIUM, Account, ObicoServer, Printer
from homeassistant.components.image import async_get_image
from homeassistant.const import STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from tests.integration.support import API, Obico, set_up

# Also what a user has to enable.
pytestmark = pytest.mark.usefixtures("all_enabled")

FAILURE = "image.failure_snapshot"
EVENT = "image.event_snapshot"
EVENTS = f"{API}printer_events/"


@pytest.fixture
async def printing(obico: Obico, printer: Printer) -> Printer:
    """Give the printer in the middle of a print, so that there are pictures."""
    printer.agent.start_print(MEDIUM)
    await obico.server.advance(20)
    assert printer.picture_url is not None
    return printer


async def happen(obico: Obico, printer: Printer, event_type: str) -> bytes:
    """Let something happen, and return the picture of it."""
    # A picture is taken every 10 seconds.
    await obico.server.advance(12)
    event = obico.server.add_event(printer, event_type)
    assert event.image_url is not None
    content = obico.server.media.get(
        event.image_url.removeprefix(obico.server.media.site).partition("?")[0]
    )
    assert content is not None
    await obico.poll()
    return content


async def look(obico: Obico, printer: Printer, key: str) -> bytes:
    """Return the picture that an image entity shows."""
    image = await async_get_image(obico.hass, obico.entity_id(printer, key))
    return image.content


async def test_without_events_there_is_no_picture(
    obico: Obico, printer: Printer
) -> None:
    for key in (FAILURE, EVENT):
        assert obico.value(printer, key) == STATE_UNKNOWN
        with pytest.raises(HomeAssistantError):
            await look(obico, printer, key)


async def test_the_latest_event_and_the_latest_failure_are_shown(
    obico: Obico, printing: Printer
) -> None:
    failure = await happen(obico, printing, "FAILURE_ALERTED")
    assert await look(obico, printing, FAILURE) == failure
    assert await look(obico, printing, EVENT) == failure
    paused = await happen(obico, printing, "PAUSED")
    assert paused != failure
    assert await look(obico, printing, FAILURE) == failure
    assert await look(obico, printing, EVENT) == paused
    again = await happen(obico, printing, "FAILURE_ALERTED")
    assert await look(obico, printing, FAILURE) == again
    assert await look(obico, printing, EVENT) == again


async def test_an_image_tells_when_it_happened(obico: Obico, printing: Printer) -> None:
    await happen(obico, printing, "FAILURE_ALERTED")
    event = obico.server.events[max(obico.server.events)]
    for key in (FAILURE, EVENT):
        shown = datetime.fromisoformat(obico.value(printing, key))
        assert shown == event.created_at


async def test_an_event_without_a_picture_leaves_the_last_one(
    obico: Obico, printing: Printer
) -> None:
    picture = await happen(obico, printing, "PAUSED")
    printing.show_picture(None, None)
    event = obico.server.add_event(printing, "RESUMED")
    assert event.image_url is None
    await obico.poll()
    assert await look(obico, printing, EVENT) == picture


async def test_events_of_before_the_first_sight_have_their_pictures_shown(
    hass: HomeAssistant, server: ObicoServer, account: Account, printer: Printer
) -> None:
    printer.agent.start_print(MEDIUM)
    await server.advance(20)
    server.add_event(printer, "FAILURE_ALERTED")
    await server.advance(12)
    server.add_event(printer, "PAUSED")
    obico = await set_up(hass, server, account)
    for key in (FAILURE, EVENT):
        assert obico.value(printer, key) != STATE_UNKNOWN
    assert await look(obico, printer, FAILURE) != await look(obico, printer, EVENT)
    assert obico.value(printer, "event.printer_event") == STATE_UNKNOWN


async def test_pictures_survive_a_restart(obico: Obico, printing: Printer) -> None:
    failure = await happen(obico, printing, "FAILURE_ALERTED")
    paused = await happen(obico, printing, "PAUSED")
    shown = {key: obico.value(printing, key) for key in (FAILURE, EVENT)}
    await obico.reload()
    assert {key: obico.value(printing, key) for key in (FAILURE, EVENT)} == shown
    assert await look(obico, printing, FAILURE) == failure
    assert await look(obico, printing, EVENT) == paused


async def test_a_picture_is_fetched_once_and_by_nobody(
    obico: Obico, printing: Printer
) -> None:
    await happen(obico, printing, "PAUSED")
    obico.server.requests.clear()
    for _ in range(3):
        await look(obico, printing, EVENT)
    (fetch,) = (
        request for request in obico.server.requests if "/media/" in request.path
    )
    assert "Authorization" not in fetch.headers
    assert "Cookie" not in fetch.headers


async def test_a_picture_that_moved_is_found_by_its_event(
    obico: Obico, printing: Printer
) -> None:
    """Addresses are signed, and signatures expire."""
    picture = await happen(obico, printing, "PAUSED")
    event = obico.server.events[max(obico.server.events)]
    obico.server.media.forget("snapshots/")
    event.image_url = obico.server.media.put("moved.jpg", lambda: picture)
    assert await look(obico, printing, EVENT) == picture


@pytest.mark.parametrize("path", ["/media/*", f"{EVENTS}*"])
@pytest.mark.parametrize("status", [404, 500])
async def test_a_picture_that_cannot_be_had_may_come_later(
    obico: Obico, printing: Printer, path: str, status: int
) -> None:
    picture = await happen(obico, printing, "PAUSED")
    obico.server.faults.html(path, status)
    with pytest.raises(HomeAssistantError):
        await look(obico, printing, EVENT)
    obico.server.faults.clear()
    assert await look(obico, printing, EVENT) == picture


async def test_an_event_that_lost_its_picture_has_none(
    obico: Obico, printing: Printer
) -> None:
    await happen(obico, printing, "PAUSED")
    obico.server.events[max(obico.server.events)].image_url = None
    with pytest.raises(HomeAssistantError):
        await look(obico, printing, EVENT)


async def test_no_attribute_tells_where_a_picture_lies(
    obico: Obico, printing: Printer
) -> None:
    await happen(obico, printing, "FAILURE_ALERTED")
    for key in (FAILURE, EVENT, "event.printer_event"):
        await look(obico, printing, FAILURE)
        attributes = str(obico.state(printing, key).attributes)
        assert "digest" not in attributes
        assert "/media/" not in attributes


async def test_pictures_stay_while_the_printer_is_off(
    obico: Obico, printing: Printer
) -> None:
    picture = await happen(obico, printing, "FAILURE_ALERTED")
    printing.agent.go_offline()
    await obico.poll()
    assert await look(obico, printing, FAILURE) == picture
