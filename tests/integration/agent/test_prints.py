"""Prints of a printer become the same prints in Obico."""

import pytest

from tests.integration.support import Json

from .support import FILE, STATUS, Watched
from .test_readings import reported


async def test_a_whole_print_is_recorded_once(watched: Watched) -> None:
    assert watched.printer.status is not None
    job = await watched.print()
    assert job.filename == "benchy.3mf"
    await watched.pass_time(60)
    watched.say("pause")
    await watched.pass_time(5)
    watched.say("running", progress="50")
    await watched.pass_time(60)
    watched.say("finish", progress="100")
    await watched.pass_time(5)
    assert watched.outcomes == ["finished"]
    assert watched.events == ["STARTED", "PAUSED", "RESUMED", "ENDED"]
    assert job.pictures > 10


async def test_a_cancelled_print_is_recorded_as_cancelled(watched: Watched) -> None:
    job = await watched.print()
    await watched.pass_time(30)
    watched.say("failed")
    await watched.pass_time(3)
    assert watched.outcomes == ["cancelled"]
    assert watched.events == ["STARTED", "ENDED"]
    assert job.print_time


async def test_the_next_print_of_the_same_file_is_another_one(watched: Watched) -> None:
    for _ in range(3):
        await watched.print()
        await watched.pass_time(5)
        watched.say("finish", progress="100")
        watched.say("running", progress="100")
        # The name may be that of the last print.
        await watched.pass_time(4)
        assert "open" not in watched.outcomes
        await watched.pass_time(3)
        assert watched.outcomes[-1] == "open"
        status = watched.printer.status
        assert status is not None
        # What is left of the last print is not shown.
        assert status["progress"]["completion"] is None  # type: ignore[index,call-overload]
        watched.say("running", progress="2")
        await watched.pass_time(5)
        watched.say("failed")
        await watched.pass_time(5)
    assert watched.outcomes == ["finished", "cancelled"] * 3


async def test_a_lingering_end_is_no_print(watched: Watched) -> None:
    watched.say("finish", progress="100", file="old.3mf")
    await watched.pass_time(120)
    assert watched.prints == []


@pytest.mark.parametrize("gap", [10, 180, 1800])
async def test_a_print_goes_on_after_a_restart(watched: Watched, gap: int) -> None:
    await watched.print()
    await watched.pass_time(20)
    await watched.stop()
    await watched.pass_time(gap, step=30)
    # Its integration starts later than the agent.
    watched.hass.states.async_remove(STATUS)
    await watched.start()
    await watched.connected()
    await watched.pass_time(40)
    assert watched.outcomes == ["open"]
    watched.say("running", progress="40")
    await watched.pass_time(40)
    assert watched.outcomes == ["open"]
    watched.say("finish", progress="100")
    await watched.pass_time(5)
    assert watched.outcomes == ["finished"]
    assert watched.events == ["STARTED", "ENDED"]


@pytest.mark.parametrize(
    ("state", "progress", "outcome"),
    [
        ("finish", "100", "finished"),
        ("failed", "60", "cancelled"),
        ("idle", "unknown", "cancelled"),
    ],
)
async def test_a_print_that_ended_meanwhile_gets_its_outcome(
    watched: Watched, state: str, progress: str, outcome: str
) -> None:
    await watched.print()
    await watched.pass_time(20)
    await watched.stop()
    watched.say(state, progress=progress)
    await watched.pass_time(180, step=30)
    await watched.start()
    await watched.connected()
    await watched.pass_time(5)
    assert watched.outcomes == [outcome]
    assert watched.events == ["STARTED", "ENDED"]


async def test_an_idle_printer_has_finished_if_it_was_time(watched: Watched) -> None:
    await watched.print()
    await watched.pass_time(5)
    await watched.stop()
    watched.say("idle", progress="unknown")
    await watched.pass_time(3700, step=100)
    await watched.start()
    await watched.connected()
    await watched.pass_time(5)
    assert watched.outcomes == ["finished"]


@pytest.mark.parametrize(
    "values",
    [{"file": "vase.3mf", "progress": "70"}, {"file": "benchy.3mf", "progress": "3"}],
)
async def test_another_print_that_began_meanwhile_is_another_one(
    watched: Watched, values: dict[str, str]
) -> None:
    await watched.print()
    watched.say("running", progress="60")
    await watched.pass_time(5)
    await watched.stop()
    watched.say("running", **values)
    await watched.pass_time(1800, step=100)
    await watched.start()
    await watched.connected()
    await watched.pass_time(10)
    assert watched.outcomes == ["cancelled", "open"]


@pytest.mark.parametrize("gap", [20, 300])
async def test_a_server_that_is_away_misses_nothing(watched: Watched, gap: int) -> None:
    await watched.print()
    await watched.pass_time(20)
    await watched.server.refuse_connections()
    await watched.pass_time(gap / 2, step=5)
    watched.say("failed")
    await watched.pass_time(3)
    watched.say("running", file="second.3mf", progress="1")
    await watched.pass_time(3)
    watched.say("finish", progress="100")
    await watched.pass_time(3)
    watched.say("running", file="third.3mf", progress="1")
    await watched.pass_time(gap / 2, step=5)
    await watched.server.accept_connections()
    await watched.until(lambda: len(watched.prints) == 3, within=200)
    await watched.pass_time(30)
    assert watched.outcomes == ["cancelled", "finished", "open"]
    assert [job.filename for job in watched.prints] == [
        "benchy.3mf",
        "second.3mf",
        "third.3mf",
    ]
    # Without any picture the server does not complete the end of a print.
    assert all(job.pictures for job in watched.prints)


async def test_a_short_absence_of_the_printer_is_not_shown(watched: Watched) -> None:
    await watched.print()
    watched.say("unavailable")
    await watched.pass_time(100)
    assert watched.printer.status is not None
    watched.say("running", progress="30")
    await watched.pass_time(5)
    assert watched.outcomes == ["open"]


@pytest.mark.parametrize("state", ["unavailable", "offline"])
async def test_after_two_minutes_the_printer_is_offline_and_its_print_open(
    watched: Watched, state: str
) -> None:
    await watched.print()
    heard = len(watched.remote.heard)
    watched.say(state)
    await watched.pass_time(130)
    assert watched.printer.status is None
    await watched.pass_time(600, step=5)
    assert watched.outcomes == ["open"]
    numbers = {
        str(message["current_print_ts"]) for message in watched.remote.heard[heard:]
    }
    assert "-1" not in numbers
    # Never silent for longer than 30 s.
    assert len(watched.remote.heard) - heard > 20
    watched.say("running", progress="60")
    await watched.pass_time(5)
    assert watched.outcomes == ["open"]
    assert watched.printer.status is not None


async def test_an_unknown_state_changes_nothing_and_is_logged_once(
    watched: Watched, caplog: pytest.LogCaptureFixture
) -> None:
    await watched.print()
    for _ in range(2):
        watched.say("dancing")
        await watched.pass_time(5)
        watched.say("running")
        await watched.pass_time(5)
    assert watched.outcomes == ["open"]
    assert caplog.text.count("dancing") == 1


async def test_a_print_without_a_name_waits_for_it_for_a_while(
    watched: Watched,
) -> None:
    watched.say("running", file="unknown", progress="1")
    await watched.pass_time(3)
    assert watched.prints == []
    watched.say("running", file="plate_1.gcode")
    await watched.until(lambda: watched.prints)
    assert watched.prints[0].filename == "plate_1.gcode"
    watched.say("finish")
    await watched.pass_time(5)
    watched.say("running", file="")
    await watched.pass_time(15)
    assert watched.prints[1].filename.startswith("P1S ")


async def test_another_name_in_mid_print_is_the_same_print(watched: Watched) -> None:
    await watched.print()
    watched.say("running", file="other.3mf")
    await watched.pass_time(40)
    assert watched.outcomes == ["open"]


async def test_no_status_is_sent_more_often_than_once_a_second(
    watched: Watched,
) -> None:
    await watched.print()
    await watched.pass_time(2)
    heard = len(watched.remote.heard)
    for percent in range(1, 50):
        watched.say("running", progress=str(percent))
    await watched.pass_time(1)
    assert len(watched.remote.heard) - heard <= 2


async def test_preparing_opens_no_print(watched: Watched) -> None:
    watched.say("prepare", file="benchy.3mf", progress="0")
    await watched.pass_time(60)
    assert watched.prints == []
    watched.say("running")
    await watched.pass_time(2)
    watched.say("prepare")
    await watched.pass_time(60)
    assert watched.outcomes == ["open"]


async def test_a_running_print_is_found_when_the_agent_is_new(
    watched: Watched,
) -> None:
    await watched.stop()
    watched.say("pause", file="benchy.3mf", progress="40")
    await watched.start()
    await watched.until(lambda: watched.prints)
    assert watched.outcomes == ["open"]
    assert watched.events == ["STARTED", "PAUSED"]


async def test_a_print_without_the_name_of_a_file_gets_one(watched: Watched) -> None:
    watched.hass.states.async_set(FILE, "unknown")
    watched.say("running", progress="1", left="60")
    await watched.pass_time(3)
    # The name may be late.
    assert watched.outcomes == []
    await watched.until(lambda: watched.printer.current_print, within=40)
    job = watched.printer.current_print
    assert job is not None
    assert job.filename.startswith("P1S ")
    await watched.stop()
    await watched.start()
    watched.say("running", progress="2", file="late.3mf")
    await watched.connected()
    await watched.pass_time(5)
    # The name that is known now is no other print.
    assert watched.outcomes == ["open"]


async def test_a_printer_that_prepares_after_a_gap_has_another_print(
    watched: Watched,
) -> None:
    await watched.print()
    await watched.pass_time(20)
    await watched.stop()
    watched.say("prepare", progress="0")
    await watched.pass_time(60, step=10)
    await watched.start()
    await watched.connected()
    await watched.pass_time(5)
    assert watched.outcomes == ["cancelled"]


@pytest.mark.parametrize(
    "watched",
    [
        {"progress": None, "time_left": None, "states_finished": []},
        {"progress": None, "time_left": None},
    ],
    indirect=True,
)
async def test_without_any_hint_a_print_that_ends_is_judged_by_what_can_be_said(
    watched: Watched,
) -> None:
    await watched.print()
    watched.say("idle")
    await watched.pass_time(5)
    has_finished = watched.agent.config.has_finished_state
    assert watched.outcomes == ["cancelled" if has_finished else "finished"]


async def test_a_printer_that_is_paused_when_home_assistant_starts_has_a_print(
    watched: Watched,
) -> None:
    watched.say("pause", file="a.3mf", progress="40", left="60")
    await watched.until(lambda: watched.printer.current_print)
    await watched.pass_time(5)
    assert reported(watched, "state", "text") == "Paused"
    assert watched.events[:1] == ["STARTED"]


@pytest.mark.parametrize("current", [5, {"name": 7, "started_at": 0}])
async def test_broken_storage_costs_only_what_is_broken(
    watched: Watched, hass_storage: dict[str, dict[str, Json]], current: Json
) -> None:
    await watched.print()
    await watched.pass_time(5)
    await watched.stop()
    (key,) = [
        key
        for key, value in hass_storage.items()
        if key.startswith("obico") and "agents" in value["data"]
    ]
    row = hass_storage[key]["data"]["agents"][str(watched.printer.id)]
    row["endings"] = [5, {"number": "x"}]
    row["current"] = current
    row["errors"] = "no list"
    watched.say("finish", progress="100")
    await watched.start()
    await watched.connected()
    await watched.print("next.3mf")
    assert watched.outcomes[-1] == "open"
