"""The scripts of the demo's printers."""

import asyncio
from collections import Counter

from dev import Clock, ObicoServer
from dev.scenario import populate

from .drive import Stage
from .support import Api


async def live(server: ObicoServer, seconds: float) -> Counter[str]:
    """Let time pass for the scenario, and return the events."""
    populate(server)
    await server.advance(seconds)
    return Counter(event.event_type for event in server.events.values())


async def test_the_first_print_ends_within_about_a_minute(server: ObicoServer) -> None:
    happened = await live(server, 65)
    assert happened["ENDED"] >= 1


async def test_everything_happens_within_twenty_minutes(server: ObicoServer) -> None:
    happened = await live(server, 1200)
    assert happened.keys() >= {
        "STARTED",
        "ENDED",
        "PAUSED",
        "RESUMED",
        "FAILURE_ALERTED",
        "FILAMENT_CHANGE",
    }
    endings = {bool(job.finished_at) for job in server.prints.values() if job.ended_at}
    assert endings == {True, False}


async def test_one_printer_is_often_offline(server: ObicoServer) -> None:
    populate(server)
    seen: dict[str, set[bool]] = {}
    for _ in range(300):
        await server.advance(1)
        for printer in server.printers.values():
            seen.setdefault(printer.name, set()).add(printer.status is not None)
    assert seen["Ender 3"] == {True, False}
    assert seen["Prusa MK4"] == {True}
    assert seen["New in its box"] == {False}


async def test_somebody_who_cancels_does_not_stop_the_scenario(
    server: ObicoServer,
) -> None:
    populate(server)
    for _ in range(40):
        await server.advance(30)
        for printer in server.printers.values():
            printer.cancel_print()
    before = len(server.prints)
    await server.advance(300)
    assert len(server.prints) > before


async def test_a_server_that_runs_follows_real_time_at_a_speed(api: Api) -> None:
    server = api.server
    before = server.clock.elapsed
    server.run(speed=1000)
    async with asyncio.timeout(30):
        while server.clock.elapsed < before + 60:
            await asyncio.sleep(0.01)
    assert (await api("version/")).status == 200
    await server.pause()
    stopped = server.clock.elapsed
    await api("version/")
    assert server.clock.elapsed == stopped


async def test_a_clock_can_start_now(stage: Stage) -> None:
    clock = Clock.from_real_time()
    moment = clock.now()
    clock.advance(5)
    assert (clock.now() - moment).total_seconds() == 5
    assert stage.server.clock.now() != moment
