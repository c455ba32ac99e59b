"""Printers that are out of sight for a while, and entities that are late."""

import pytest

from tests.integration.support import Json

from .support import FILE, Watched


async def ended(watched: Watched, file: str = "benchy.3mf") -> None:
    """Let a print be finished."""
    await watched.print(file)
    await watched.pass_time(3)
    watched.say("finish", progress="100")
    await watched.pass_time(3)


async def test_the_name_of_the_last_print_lingers(watched: Watched) -> None:
    await ended(watched)
    watched.say("running", progress="100")
    await watched.pass_time(3)
    assert watched.outcomes == ["finished"]
    watched.say("running", file="vase.3mf", progress="0")
    await watched.pass_time(3)
    assert [job.filename for job in watched.prints] == ["benchy.3mf", "vase.3mf"]


async def test_a_short_print_of_the_same_file_is_recorded(watched: Watched) -> None:
    await ended(watched)
    watched.say("running", progress="0")
    await watched.pass_time(2)
    watched.say("failed")
    await watched.pass_time(5)
    assert watched.outcomes == ["finished", "cancelled"]


async def test_a_print_that_only_seemed_to_begin_is_none(watched: Watched) -> None:
    await ended(watched)
    watched.say("running", progress="0")
    await watched.pass_time(2)
    watched.say("prepare")
    await watched.pass_time(20)
    assert watched.outcomes == ["finished"]


async def test_a_printer_is_lost_for_long_while_the_name_is_not_certain(
    watched: Watched,
) -> None:
    await ended(watched)
    watched.say("running", progress="0")
    await watched.pass_time(2)
    watched.say("unavailable", progress="unavailable")
    await watched.pass_time(200, step=5)
    watched.say("failed", progress="40")
    await watched.pass_time(5)
    assert watched.outcomes == ["finished", "cancelled"]


async def test_the_file_is_gone_before_a_printer_is_lost_for_long(
    watched: Watched,
) -> None:
    await ended(watched)
    watched.say("running", progress="0")
    await watched.pass_time(2)
    watched.hass.states.async_set(FILE, "unavailable")
    watched.say("unavailable", progress="unavailable")
    await watched.pass_time(200, step=5)
    watched.say("idle", file="benchy.3mf")
    await watched.pass_time(5)
    assert [job.filename for job in watched.prints] == ["benchy.3mf"] * 2
    assert "open" not in watched.outcomes


async def test_the_file_is_gone_when_a_print_ends_at_once(watched: Watched) -> None:
    await ended(watched)
    watched.say("running", progress="0")
    await watched.pass_time(2)
    watched.hass.states.async_set(FILE, "unknown")
    watched.say("failed", progress="40")
    await watched.pass_time(5)
    assert watched.outcomes == ["finished", "cancelled"]
    assert watched.prints[1].filename == "benchy.3mf"


async def test_a_late_name_has_its_time_after_a_short_absence(watched: Watched) -> None:
    watched.hass.states.async_set(FILE, "unknown")
    watched.say("running", progress="0")
    await watched.pass_time(2)
    watched.say("unavailable", file="unavailable")
    await watched.pass_time(60, step=5)
    watched.say("running", file="unknown", progress="1")
    await watched.pass_time(3)
    watched.hass.states.async_set(FILE, "vase.3mf")
    await watched.pass_time(10)
    assert [job.filename for job in watched.prints] == ["vase.3mf"]
    assert watched.outcomes == ["open"]


async def test_home_assistant_stops_while_the_name_is_not_certain(
    watched: Watched,
) -> None:
    await ended(watched)
    await watched.stop()
    await watched.start()
    await watched.connected()
    await watched.pass_time(3)
    watched.say("running", progress="0")
    await watched.pass_time(2)
    assert watched.outcomes == ["finished"]
    await watched.stop()
    watched.say("failed", progress="40")
    await watched.pass_time(60, step=10)
    await watched.start()
    await watched.until(lambda: watched.outcomes == ["finished", "cancelled"])


@pytest.mark.parametrize("first", ["status", "file"])
async def test_another_print_after_a_short_absence_is_another_one(
    watched: Watched, first: str
) -> None:
    await watched.print()
    watched.say("running", progress="97", left="1")
    await watched.pass_time(3)
    watched.say("unavailable", file="unavailable", progress="unavailable")
    await watched.pass_time(90)
    if first == "status":
        watched.say("running")
        await watched.pass_time(2)
    watched.say("running", file="vase.3mf", progress="1", left="50")
    await watched.pass_time(10)
    assert watched.outcomes == ["finished", "open"]
    assert watched.prints[1].filename == "vase.3mf"


async def test_a_print_that_was_never_reported_before_an_absence_has_its_own_name(
    watched: Watched,
) -> None:
    await watched.print()
    await watched.pass_time(3)
    await watched.server.refuse_connections()
    await watched.pass_time(5)
    watched.say("finish", progress="100")
    await watched.pass_time(3)
    watched.say("running", file="vase.3mf", progress="0")
    await watched.pass_time(3)
    watched.say("unavailable", file="unavailable")
    await watched.server.accept_connections()
    await watched.until(lambda: len(watched.prints) == 2, within=100)
    assert [job.filename for job in watched.prints] == ["benchy.3mf", "vase.3mf"]
    assert watched.outcomes == ["finished", "open"]


async def test_an_idle_printer_after_a_short_absence_has_finished_if_it_was_time(
    watched: Watched,
) -> None:
    await watched.print()
    watched.say("running", progress="97", left="1")
    await watched.pass_time(3)
    watched.say("unavailable", progress="unavailable")
    await watched.pass_time(90)
    watched.say("idle")
    await watched.pass_time(5)
    assert watched.outcomes == ["finished"]


async def test_preparing_after_a_short_absence_is_the_same_print(
    watched: Watched,
) -> None:
    await watched.print()
    watched.say("unavailable")
    await watched.pass_time(20)
    watched.say("prepare")
    await watched.pass_time(20)
    watched.say("running", progress="20")
    await watched.pass_time(5)
    assert watched.outcomes == ["open"]


async def test_a_file_that_stays_away_ends_no_print(watched: Watched) -> None:
    await watched.print()
    watched.say("unavailable", file="unavailable")
    await watched.pass_time(20)
    watched.say("running", progress="20")
    await watched.pass_time(10)
    watched.hass.states.async_set(FILE, "other_name.3mf")
    await watched.pass_time(5)
    assert watched.outcomes == ["open"]


async def test_a_print_that_began_without_a_server_survives_a_crash(
    watched: Watched, hass_storage: dict[str, dict[str, Json]]
) -> None:
    await watched.server.refuse_connections()
    await watched.pass_time(5)
    watched.say("running", file="benchy.3mf", progress="1", left="60")
    await watched.pass_time(1)
    (stored,) = [
        value["data"]["agents"][str(watched.printer.id)]
        for key, value in hass_storage.items()
        if key.startswith("obico.") and "agents" in value["data"]
    ]
    assert stored["current"]["name"] == "benchy.3mf"
    await watched.server.accept_connections()
    await watched.until(lambda: watched.outcomes == ["open"], within=200)


async def test_progress_alone_is_stored_once_a_minute(
    watched: Watched, hass_storage: dict[str, dict[str, Json]]
) -> None:
    await watched.print()
    await watched.pass_time(3)

    def stored() -> Json:
        (found,) = [
            value["data"]["agents"][str(watched.printer.id)]["current"]["completion"]
            for key, value in hass_storage.items()
            if key.startswith("obico.") and "agents" in value["data"]
        ]
        return found

    seen = set()
    for percent in range(2, 62):
        watched.say("running", progress=str(percent))
        await watched.pass_time(2)
        seen.add(stored())
    assert len(seen) <= 4
