"""Who watches: fresh readings and pictures while it matters, and no more than that."""

import asyncio
from collections.abc import Callable
from itertools import pairwise

import pytest

from custom_components.obico.const import CONF_LOW_BANDWIDTH
from dev import CUBE, Phase, Printer, Webcam
from homeassistant.components.camera import async_get_image
from tests.integration.support import Obico, fired_events
from tests.timelapse import Timelapse, wait_until

from .support import EVENTS, USER, connects, requests


class Heard:
    """What viewers send to the server."""

    def __init__(self, obico: Obico, monkeypatch: pytest.MonkeyPatch) -> None:
        """Listen."""
        self.at: list[float] = []
        sockets, clock = obico.server.sockets, obico.server.clock
        heard = sockets.heard

        def listen(*args: object) -> None:
            self.at.append(clock.elapsed)
            heard(*args)  # type: ignore[arg-type]

        monkeypatch.setattr(sockets, "heard", listen)


@pytest.fixture
def heard(obico: Obico, monkeypatch: pytest.MonkeyPatch) -> Heard:
    return Heard(obico, monkeypatch)


async def look(obico: Obico, printer: Printer) -> bytes:
    """Look at the webcam."""
    image = await async_get_image(
        obico.hass, obico.entity_id(printer, "camera.webcam"), timeout=10
    )
    return image.content


async def look_at_idle(obico: Obico, printer: Printer) -> bytes:
    """Look at the webcam of an idle printer, whose agent needs two seconds for a picture."""
    looking = obico.hass.async_create_task(look(obico, printer))
    await wait_until(lambda: len(obico.server.sockets) == 2)
    await obico.server.advance(2)
    picture = await looking
    await wait_until(lambda: len(obico.server.sockets) == 1)
    return picture


# While it prints


async def test_somebody_watches_from_the_start_of_a_print_to_its_end(
    obico: Obico, printer: Printer, timelapse: Timelapse, heard: Heard
) -> None:
    began = obico.server.clock.elapsed
    printer.agent.start_print(CUBE)
    await timelapse.pass_time(3600, step=10)
    assert printer.agent.phase is Phase.PRINTING
    assert heard.at[0] - began < 5
    # Never so long without a word that the server would stop counting.
    words = [began, *heard.at, obico.server.clock.elapsed]
    assert max(after - before for before, after in pairwise(words)) <= 605
    assert len(heard.at) <= 12
    assert obico.server.sockets.is_viewed(printer.id)

    printer.agent.cancel()
    await timelapse.pass_time(60)
    heard.at.clear()
    await timelapse.pass_time(1900, step=10)
    assert heard.at == []
    assert not obico.server.sockets.is_viewed(printer.id)


async def test_an_idle_printer_is_not_watched(
    obico: Obico, printer: Printer, timelapse: Timelapse, heard: Heard
) -> None:
    await timelapse.pass_time(1900, step=10)
    assert heard.at == []
    assert not obico.server.sockets.is_viewed(printer.id)


async def test_with_low_bandwidth_nobody_ever_watches(
    obico: Obico, printer: Printer, timelapse: Timelapse, heard: Heard
) -> None:
    obico.hass.config_entries.async_update_entry(
        obico.entry, options={CONF_LOW_BANDWIDTH: True}
    )
    printer.agent.start_print(CUBE)
    await timelapse.pass_time(1900, step=10)
    printer.agent.pause()
    await timelapse.pass_time(30)
    printer.agent.resume()
    await timelapse.pass_time(30)
    assert printer.agent.phase is Phase.PRINTING
    assert heard.at == []
    assert not obico.server.sockets.is_viewed(printer.id)


# When somebody looks


@pytest.fixture
def elsewhere(printer: Printer) -> None:
    """Have a webcam that the agent takes no pictures of when it is asked to.

    It goes on sending them to the server for each new viewer.
    """
    printer.agent.webcams = (Webcam(path="/elsewhere.jpg"),)


@pytest.mark.usefixtures("elsewhere")
async def test_whoever_looks_at_an_idle_printer_sees_it_as_it_is_now(
    obico: Obico, printer: Printer, timelapse: Timelapse
) -> None:
    before = await look_at_idle(obico, printer)
    await timelapse.pass_time(30)
    printer.agent.set_target("tool0", 200)
    await timelapse.pass_time(60)

    obico.server.requests.clear()
    assert await look_at_idle(obico, printer) != before
    assert connects(obico) == 1


@pytest.mark.usefixtures("elsewhere")
async def test_however_many_look_the_agent_is_asked_once_in_ten_seconds(
    obico: Obico, printer: Printer, timelapse: Timelapse
) -> None:
    await timelapse.pass_time(5)
    obico.server.requests.clear()
    for _ in range(30):
        looking = asyncio.gather(*(look(obico, printer) for _ in range(5)))
        await timelapse.settle(patience=0.02)
        await obico.server.advance(2)
        await looking
        await timelapse.pass_time(1, step=1)
    # Thirty seconds of looking by five.
    assert 3 <= connects(obico) <= 4


@pytest.mark.usefixtures("elsewhere")
async def test_an_agent_that_sends_no_picture_costs_no_more_than_some_seconds(
    obico: Obico, printer: Printer, timelapse: Timelapse
) -> None:
    before = await look_at_idle(obico, printer)
    await timelapse.pass_time(30)
    printer.agent.freeze()
    looking = obico.hass.async_create_task(look(obico, printer))
    await timelapse.pass_time(5, step=1, patience=0.02)
    await timelapse.settle()
    assert looking.done()
    assert await looking == before
    assert len(obico.server.sockets) == 1


@pytest.mark.usefixtures("elsewhere")
async def test_a_print_that_is_watched_needs_no_further_viewer(
    obico: Obico, printer: Printer, timelapse: Timelapse
) -> None:
    printer.agent.start_print(CUBE)
    await timelapse.pass_time(30)
    obico.server.requests.clear()
    for _ in range(5):
        await look(obico, printer)
        await timelapse.pass_time(10)
    assert connects(obico) == 0


# What agents report by themselves


async def test_what_an_agent_reports_is_looked_for_after_2_10_and_60_seconds(
    obico: Obico, printer: Printer, timelapse: Timelapse
) -> None:
    looked: list[float] = []
    clock = obico.server.clock
    reported_at = clock.elapsed
    obico.server.requests.clear()
    # It never posts the event.
    printer.agent.alert("Filament runout", "Load some", delay=None)
    seen = 0
    for _ in range(75):
        await timelapse.pass_time(1, step=1)
        if requests(obico)[EVENTS] > seen:
            seen = requests(obico)[EVENTS]
            looked.append(clock.elapsed - reported_at)
    assert looked == [pytest.approx(when, abs=1.1) for when in (2, 10, 60)]


@pytest.mark.parametrize(("delay", "within"), [(0, 3), (1, 3), (8, 11), (50, 61)])
async def test_an_event_that_the_agent_posts_later_fires_soon_after(
    obico: Obico, printer: Printer, timelapse: Timelapse, delay: float, within: float
) -> None:
    fired = fired_events(obico, printer)
    printer.agent.alert("Filament runout", "Load some", delay=delay)
    await timelapse.pass_time(within, step=1)
    [event] = fired()
    assert (event["event_type"], event["title"]) == ("printer_error", "Filament runout")


async def test_a_prints_events_fire_without_a_poll(
    obico: Obico, printer: Printer, timelapse: Timelapse
) -> None:
    fired = fired_events(obico, printer)
    obico.server.requests.clear()
    steps: list[tuple[Callable[[], object], list[str]]] = [
        (lambda: printer.agent.start_print(CUBE), ["started"]),
        (printer.agent.pause, ["started", "paused"]),
        (printer.agent.resume, ["started", "paused", "resumed"]),
        (printer.agent.cancel, ["started", "paused", "resumed", "ended"]),
    ]
    for act, types in steps:
        act()
        await timelapse.pass_time(5, step=0.5)
        assert [event["event_type"] for event in fired()] == types
    assert not requests(obico)[USER]
