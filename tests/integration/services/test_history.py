"""Prints and events of the past by actions."""

from datetime import UTC, datetime, timedelta

import probatio
import pytest

from dev import SHORT, ObicoServer, Phase, Printer, PrinterEvent
from dev.server.model import Print
from dev.server.serialize import print_detail_json
from homeassistant.core import HomeAssistant
from tests.integration.control.support import failed, octoprint, refused
from tests.integration.support import set_up
from tests.timelapse import Timelapse

from .support import Actions, Json, ask, secrets_of

PRINTS = "/api/v1/prints/"
STATISTICS = "/api/v1/prints/stats/"
EVENTS = "/api/v1/printer_events/"

NOON = datetime(2026, 11, 10, 20, 0, tzinfo=UTC)


def printed(
    printer: Printer,
    days_ago: int = 0,
    *,
    finished: bool = True,
    seconds: float = 3600.0,
    filament: float | None = 2500.0,
) -> Print:
    """Let a printer have printed something at noon in the time zone of the home."""
    state = printer.state
    started_at = NOON - timedelta(days=days_ago)
    ended_at = started_at + timedelta(seconds=seconds + 60)
    job = Print(
        id=state.next_print_id(),
        printer=printer,
        filename=f"job {days_ago}.gcode",
        started_at=started_at,
        ended_at=ended_at,
        finished_at=ended_at if finished else None,
        cancelled_at=None if finished else ended_at,
        print_time=seconds,
        filament_used=filament,
        video_url=state.media.url("/media/tsd-timelapses/1.mp4"),
    )
    state.add_print(job)
    return job


def history(printer: Printer) -> None:
    """Give a printer a past: the older the print, the earlier its number."""
    for days_ago in (400, 40, 9, 2, 1):
        printed(printer, days_ago, finished=days_ago != 9)


def files(answer: Json) -> list[str]:
    return [row["file"] for row in answer["prints"]]


# Prints


@octoprint
async def test_a_print_is_told_in_plain_words(actions: Actions) -> None:
    job = printed(actions.printer, 3)
    job.alerted_at = job.paused_at = NOON - timedelta(days=3) + timedelta(minutes=5)
    job.alert_overwrite = "NOT_FAILED"
    answer = await actions.ask("get_prints")
    assert answer["has_more"] is False
    assert answer["prints"] == [
        {
            "id": job.id,
            "printer": "Prusa MK4",
            "device_id": actions.device_id(),
            "file": "job 3.gcode",
            "result": "finished",
            "started_at": "2026-11-07T20:00:00+00:00",
            "ended_at": "2026-11-07T21:01:00+00:00",
            "duration": 3600,
            "filament": 2.5,
            "alerted_at": "2026-11-07T20:05:00+00:00",
            "answer": "not_failed",
            "paused_by_obico_at": "2026-11-07T20:05:00+00:00",
            "has_video": True,
            "video": f"/api/obico/prints/{actions.obico.entry.entry_id}/{job.id}/video",
            "tagged_video": None,
            "poster": None,
            "thumbnail": None,
            "needs_verdict": False,
            "frames_to_judge": 0,
            "can_print_again": True,
        }
    ]


@octoprint
async def test_a_print_that_goes_on_has_no_result(actions: Actions) -> None:
    actions.agent.start_print(SHORT)
    await actions.pass_time(5)
    (job,) = (await actions.ask("get_prints"))["prints"]
    assert (job["result"], job["ended_at"], job["duration"]) == (None, None, None)


@octoprint
@pytest.mark.parametrize(
    ("wanted", "days"),
    [
        ({}, [1, 2, 9, 40, 400]),
        ({"result": "cancelled"}, [9]),
        ({"result": "finished", "limit": 2}, [1, 2]),
        ({"from_date": "2026-11-01"}, [1, 2, 9]),
        ({"from_date": "2026-11-08", "to_date": "2026-11-08"}, [2]),
        ({"to_date": "2026-11-01"}, [9, 40, 400]),
        ({"from_date": "2020-01-01", "to_date": "2020-02-01"}, []),
    ],
)
@pytest.mark.parametrize("knows_dates", [True, False])
async def test_only_the_prints_that_are_asked_for_are_told(
    actions: Actions, wanted: dict[str, Json], days: list[int], knows_dates: bool
) -> None:
    history(actions.printer)
    if not knows_dates:
        actions.obico.server.faults.change(
            PRINTS, lambda _: rows_of(actions, wanted.get("result"))
        )
    answer = await actions.ask("get_prints", **wanted)
    assert files(answer) == [f"job {day}.gcode" for day in days]


def rows_of(actions: Actions, result: str | None) -> list[Json]:
    """Return what a server tells that looks at results, and at nothing else."""
    prints = actions.obico.server.prints.values()
    return [
        print_detail_json(job)
        for job in sorted(prints, key=lambda job: job.id, reverse=True)
        if result is None or (job.cancelled_at is not None) is (result == "cancelled")
    ]


@octoprint
async def test_there_may_be_more(actions: Actions) -> None:
    history(actions.printer)
    answer = await actions.ask("get_prints", limit=5)
    assert (len(answer["prints"]), answer["has_more"]) == (5, False)
    answer = await actions.ask("get_prints", limit=4)
    assert (len(answer["prints"]), answer["has_more"]) == (4, True)


@octoprint
async def test_a_long_history_comes_in_pages(actions: Actions) -> None:
    for days_ago in range(260, 0, -1):
        printed(actions.printer, days_ago)
    answer = await actions.ask("get_prints", limit=250)
    assert files(answer) == [f"job {day}.gcode" for day in range(1, 251)]
    assert answer["has_more"] is True
    pages = actions.obico.server.requests.matching(PRINTS)
    assert [page.query["limit"] for page in pages] == ["100"] * 3


@octoprint
async def test_printers_are_told_apart_and_the_account_stands_for_all(
    actions: Actions,
) -> None:
    other = await actions.add("Voron", agent="klipper")
    third = await actions.add("Ender")
    printed(actions.printer, 3)
    printed(other, 2)
    printed(third, 1)
    both = [actions.device_id(other), actions.device_id()]
    answer = await actions.ask("get_prints", device_id=both)
    assert files(answer) == ["job 2.gcode", "job 3.gcode"]
    assert [row["printer"] for row in answer["prints"]] == ["Voron", "Prusa MK4"]
    answer = await actions.ask(
        "get_prints", device_id=[actions.account_device_id, *both]
    )
    assert files(answer) == ["job 1.gcode", "job 2.gcode", "job 3.gcode"]


@octoprint
@pytest.mark.parametrize(
    "wrong", [{"limit": 0}, {"limit": 501}, {"result": "open"}, {"group_by": "hour"}]
)
async def test_what_nobody_can_ask_is_refused(
    actions: Actions, wrong: dict[str, Json]
) -> None:
    with pytest.raises(probatio.Invalid, match=next(iter(wrong))):
        await actions.ask("get_prints", **wrong)


@octoprint
async def test_a_period_that_ends_before_it_begins_is_refused(actions: Actions) -> None:
    await refused(
        actions.ask("get_prints", from_date="2026-11-02", to_date="2026-11-01"),
        "dates_reversed",
    )


# Sums


@octoprint
async def test_sums_are_of_all_prints_of_the_period(actions: Actions) -> None:
    history(actions.printer)
    printed(actions.printer, 1, seconds=7200, filament=None)
    answer = await actions.ask(
        "get_prints", from_date="2026-10-01", to_date="2026-11-30", limit=1
    )
    assert len(answer["prints"]) == 1
    assert answer["statistics"] == {
        "of": "all",
        "prints": 5,
        "finished": 4,
        "cancelled": 1,
        "print_time": 5 * 3600 + 3600,
        "average_print_time": 6 * 3600 / 5,
        "longest_print_time": 7200,
        "filament": 10.0,
        "parts": [
            {
                "start": "2026-10-01",
                "prints": 1,
                "print_time": 3600,
                "filament": 2.5,
            },
            {
                "start": "2026-11-01",
                "prints": 4,
                "print_time": 5 * 3600,
                "filament": 7.5,
            },
        ],
    }


@octoprint
async def test_the_server_is_asked_for_the_time_since_the_account_is_there(
    actions: Actions,
) -> None:
    await actions.ask("get_prints", group_by="year", result="finished")
    (asked,) = actions.obico.server.requests.matching(STATISTICS)
    joined_at = actions.obico.account.date_joined.date()
    assert asked.query["from_date"] == joined_at.isoformat()
    assert asked.query["timezone"] == actions.hass.config.time_zone
    assert (asked.query["group_by"], asked.query["filter"]) == ("year", "finished")
    assert asked.query["filter_by_printer_ids[]"] == str(actions.printer.id)


@octoprint
@pytest.mark.parametrize("group_by", ["day", "week", "month", "year"])
async def test_parts_are_as_long_as_is_asked_for(
    actions: Actions, group_by: str
) -> None:
    for days_ago in (1, 2, 10):
        printed(actions.printer, days_ago)
    answer = await actions.ask(
        "get_prints", from_date="2026-10-31", to_date="2026-11-12", group_by=group_by
    )
    assert [part["start"] for part in answer["statistics"]["parts"]] == {
        "day": ["2026-10-31", "2026-11-08", "2026-11-09"],
        "week": ["2026-10-31", "2026-11-08"],
        "month": ["2026-10-31", "2026-11-01"],
        "year": ["2026-10-31"],
    }[group_by]


@octoprint
@pytest.mark.parametrize("body", [None, {}, {"total_print_count": "many"}, []])
async def test_without_the_servers_sums_those_of_the_listed_prints_are_told(
    actions: Actions, body: Json
) -> None:
    history(actions.printer)
    faults = actions.obico.server.faults
    if body is None:
        faults.html(STATISTICS, 500)
    else:
        faults.change(STATISTICS, lambda _: body)
    answer = await actions.ask("get_prints", limit=3)
    assert answer["statistics"] == {
        "of": "listed",
        "prints": 3,
        "finished": 2,
        "cancelled": 1,
        "print_time": 3 * 3600,
        "average_print_time": 3600,
        "longest_print_time": 3600,
        "filament": 7.5,
        "parts": [],
    }


@octoprint
async def test_a_part_whose_begin_is_no_date_keeps_its_name(actions: Actions) -> None:
    def rename(body: Json) -> Json:
        return body | {"print_count_groups": [{"key": "Autumn", "value": 2}, {}, 7]}

    actions.obico.server.faults.change(STATISTICS, rename)
    answer = await actions.ask("get_prints")
    (part,) = answer["statistics"]["parts"]
    assert (part["start"], part["prints"], part["print_time"]) == ("Autumn", 2, 0)


@octoprint
async def test_prints_of_several_accounts_are_told_together(
    actions: Actions, hass: HomeAssistant, server: ObicoServer, timelapse: Timelapse
) -> None:
    account = server.add_account("other@example.com")
    other = account.add_printer("Voron", agent="klipper")
    printed(actions.printer, 3)
    printed(other, 2, finished=False)
    printed(actions.printer, 1, seconds=60)
    second = await set_up(hass, server, account)
    await timelapse.settle()
    device = second.device(other)
    assert device is not None
    answer = await actions.ask(
        "get_prints",
        device_id=[actions.device_id(), device.id],
        from_date="2026-11-01",
    )
    assert files(answer) == ["job 1.gcode", "job 2.gcode", "job 3.gcode"]
    statistics = answer["statistics"]
    (part,) = statistics["parts"]
    for sums in (statistics, part):
        assert (sums["prints"], sums["print_time"], sums["filament"]) == (3, 7260, 7.5)
    assert (statistics["finished"], statistics["cancelled"]) == (2, 1)
    assert statistics["average_print_time"] == 2420
    assert statistics["longest_print_time"] == 3600
    await second.unload()
    await timelapse.settle()


@octoprint
async def test_an_account_without_printers_has_no_prints(actions: Actions) -> None:
    printed(actions.printer, 1)
    device_id = actions.account_device_id
    actions.printer.delete()
    await actions.pass_time(65)
    answer = await actions.ask("get_prints", device_id=device_id)
    assert answer["prints"] == []
    assert answer["statistics"]["prints"] == 0


# Events


def picture_of(actions: Actions, event: PrinterEvent) -> str | None:
    """Return the path of the picture of an event."""
    if event.image_url is None:
        return None
    return f"/api/obico/events/{actions.obico.entry.entry_id}/{event.id}/picture"


def titles(answer: Json) -> list[str]:
    return [row["title"] for row in answer["events"]]


@octoprint
async def test_an_event_is_told_in_plain_words(actions: Actions) -> None:
    server = actions.obico.server
    event = server.add_event(
        actions.printer,
        "PRINTER_ERROR",
        event_class="ERROR",
        title="Thermal runaway",
        text="<div><i>Printer:</i> Prusa &amp; Co</div>",
    )
    answer = await actions.ask("get_events", types="printer_error")
    assert answer == {
        "events": [
            {
                "id": event.id,
                "printer": "Prusa MK4",
                "device_id": actions.device_id(),
                "type": "printer_error",
                "class": "error",
                "title": "Thermal runaway",
                "text": "Printer: Prusa & Co",
                "created_at": event.created_at.isoformat(),
                "print_id": None,
                "file": None,
                "outcome": None,
                "picture": picture_of(actions, event),
            }
        ],
        "has_more": False,
    }


@octoprint
async def test_an_event_names_the_file_of_its_print_and_how_that_ended(
    actions: Actions,
) -> None:
    await actions.become(Phase.PRINTING)
    answer = await actions.ask("get_events", types="started")
    (row,) = answer["events"]
    assert (row["file"], row["outcome"]) == ("voron_cube.gcode", None)
    actions.agent.cancel()
    await actions.pass_time(60)
    # What has ended is known once something has asked for all prints.
    await actions.obico.entry.runtime_data.archive.async_prints()
    answer = await actions.ask("get_events", types="ended")
    (row,) = answer["events"]
    assert (row["file"], row["outcome"]) == ("voron_cube.gcode", "cancelled")


@octoprint
async def test_only_the_events_that_are_asked_for_are_told(actions: Actions) -> None:
    server = actions.obico.server
    other = await actions.add("Voron", agent="klipper")
    for hours, printer, kind in (
        (5, actions.printer, "STARTED"),
        (4, other, "STARTED"),
        (3, actions.printer, "PAUSED"),
        (2, actions.printer, "ALERT_UNMUTED"),
    ):
        server.add_event(
            printer, kind, title=f"{hours}", created_at=NOON - timedelta(hours=hours)
        )
    assert titles(await actions.ask("get_events")) == ["2", "3", "5"]
    assert titles(await actions.ask("get_events", types=["started"])) == ["5"]
    assert titles(await actions.ask("get_events", limit=1)) == ["2"]
    both = {"device_id": actions.account_device_id}
    assert titles(await actions.ask("get_events", **both)) == ["2", "3", "4", "5"]
    # Without a time zone it is that of the home, eight hours behind.
    since = "2026-11-10T09:00:00"
    assert titles(await actions.ask("get_events", since=since)) == ["2", "3"]
    since = "2026-11-10T18:00:00+00:00"
    assert titles(await actions.ask("get_events", since=since)) == ["2"]


@octoprint
async def test_rare_events_are_found_behind_those_of_others(actions: Actions) -> None:
    server = actions.obico.server
    other = await actions.add("Voron", agent="klipper")
    server.add_event(actions.printer, "FILAMENT_CHANGE", title="Here")
    for _ in range(120):
        server.add_event(other, "PAUSED")
    assert titles(await actions.ask("get_events")) == ["Here"]
    answer = await actions.ask(
        "get_events", device_id=actions.device_id(other), limit=110
    )
    assert (len(answer["events"]), answer["has_more"]) == (110, True)


@octoprint
async def test_looking_at_events_fires_and_swallows_none(actions: Actions) -> None:
    shown = actions["event.printer_event"]
    actions.obico.server.add_event(actions.printer, "FILAMENT_CHANGE")
    await actions.ask("get_events")
    assert actions["event.printer_event"] == shown
    await actions.pass_time(65)
    assert actions["event.printer_event"] != shown
    state = actions.obico.state(actions.printer, "event.printer_event")
    assert state.attributes["event_type"] == "filament_change"


@octoprint
@pytest.mark.parametrize(
    ("action", "path"), [("get_prints", PRINTS), ("get_events", EVENTS)]
)
async def test_a_server_that_fails_is_told(
    actions: Actions, action: str, path: str
) -> None:
    actions.obico.server.faults.html(path, 500)
    await failed(actions.ask(action), "server_error")


# Secrets


@octoprint
async def test_no_answer_holds_a_secret(actions: Actions) -> None:
    await actions.become_printed()
    actions.obico.account.add_cloud_file("top.gcode")
    account = actions.account_device_id
    answers = [
        await ask(actions.hass, "get_prints", device_id=account),
        await ask(actions.hass, "get_events", device_id=account),
        await actions.ask("get_files"),
        await actions.ask("get_files", source="cloud"),
    ]
    assert all(any(rows for rows in answer.values()) for answer in answers)
    assert answers[0]["prints"]
    assert answers[1]["events"]
    told = str(answers)
    assert [secret for secret in secrets_of(actions.obico) if secret in told] == []
