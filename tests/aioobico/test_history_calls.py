"""Prints of a period, sums over them, and records of prints without an agent."""

from datetime import date

import pytest

from custom_components.obico.aioobico import (
    GroupBy,
    ObicoClient,
    ObicoNotFoundError,
    ObicoResponseError,
    Period,
    PrintResultFilter,
    PrintSums,
)

from .support import FakeServer, load

PERIOD = Period(
    from_date=date(2026, 11, 1), to_date=date(2026, 11, 30), time_zone="Europe/Berlin"
)
STATISTICS = "/api/v1/prints/stats/"
PREDICT = "/api/v1/printers/3/predict/"


async def test_prints_of_a_period_are_asked_for(
    server: FakeServer, client: ObicoClient
) -> None:
    server.say("/api/v1/prints/", load("prints_list.json"))
    listing = await client.get_prints(period=PERIOD, printer_ids=[3])
    assert listing.items
    query = server.requests[0].query
    assert (query["from_date"], query["to_date"]) == ("2026-11-01", "2026-11-30")
    assert (query["timezone"], query["filter_by_printer_ids[]"]) == (
        "Europe/Berlin",
        "3",
    )


async def test_events_of_some_types_are_asked_for(
    server: FakeServer, client: ObicoClient
) -> None:
    server.say("/api/v1/printer_events/", [])
    await client.get_events(event_types=["PAUSED"])
    query = server.requests[0].query
    assert query.getall("filter_by_types[]") == ["PAUSED"]
    assert len(query.getall("filter_by_classes[]")) == 5


async def test_sums_are_asked_for_and_read(
    server: FakeServer, client: ObicoClient
) -> None:
    def groups(*values: object) -> list[dict[str, object]]:
        keys = ("2026-11-01T00:00:00+01:00", "2026-11-08T00:00:00+01:00")
        return [
            {"key": key, "value": value}
            for key, value in zip(keys, values, strict=True)
        ]

    server.say(
        STATISTICS,
        {
            "print_count_groups": groups(2, 0),
            "print_time_groups": groups(90.5, 0),
            "filament_used_groups": groups(None, 0),
            "total_print_count": 2,
            "total_succeeded_print_count": 1,
            "total_cancelled_print_count": 1,
            "total_print_time": 90.5,
            "longest_print_time": 60,
            "average_print_time": 45.25,
            "total_filament_used": 12.5,
        },
    )
    sums = await client.get_print_statistics(
        PERIOD, GroupBy.WEEK, printer_ids=[3], result=PrintResultFilter.FINISHED
    )
    query = server.requests[0].query
    assert (query["group_by"], query["filter"], query["timezone"]) == (
        "week",
        "finished",
        "Europe/Berlin",
    )
    assert (sums.prints, sums.finished, sums.cancelled) == (2, 1, 1)
    assert (sums.print_time, sums.longest_print_time) == (90.5, 60.0)
    assert (sums.average_print_time, sums.filament_used) == (45.25, 12.5)
    assert sums.parts == (
        PrintSums(
            start="2026-11-01T00:00:00+01:00",
            prints=2,
            print_time=90.5,
            filament_used=0.0,
        ),
    )


async def test_sums_that_are_missing_are_not_made_up(
    server: FakeServer, client: ObicoClient
) -> None:
    server.say(STATISTICS, {"print_count_groups": [7, {"key": 3, "value": 1}]})
    sums = await client.get_print_statistics(PERIOD, GroupBy.DAY)
    assert (sums.prints, sums.print_time, sums.parts) == (None, None, ())
    server.say(STATISTICS, [])
    with pytest.raises(ObicoResponseError):
        await client.get_print_statistics(PERIOD, GroupBy.DAY)


# Printers without an agent


async def test_a_record_is_opened_and_closed(
    server: FakeServer, client: ObicoClient
) -> None:
    printer = load("printer_offline.json")
    for call in ("start_print", "finish_print"):
        server.say(
            f"/api/v1/printers/3/{call}/", {"succeeded": True, "printer": printer}
        )
    await client.open_print_record(3, "vase.gcode")
    await client.close_print_record(3, cancelled=True)
    await client.close_print_record(3, cancelled=False)
    assert [request.body for request in server.requests] == [
        b'{"filename": "vase.gcode"}',
        b'{"status": "cancelled"}',
        b'{"status": "success"}',
    ]


async def test_a_picture_goes_as_a_file(
    server: FakeServer, client: ObicoClient
) -> None:
    server.say(
        PREDICT,
        {
            "result": {
                "p": 0.62,
                "temporal_stats": {},
                "detections": [["failure", 0.62, [320.5, 200, 80, 60]]],
            }
        },
    )
    prediction = await client.predict(3, b"\xff\xd8picture")
    (request,) = server.requests
    assert request.headers["Content-Type"].startswith("multipart/form-data")
    assert b'name="img"' in request.body
    assert b"\xff\xd8picture" in request.body
    assert prediction.score == 0.62
    (detection,) = prediction.detections
    assert (detection.label, detection.confidence) == ("failure", 0.62)
    box = detection.box
    assert (box.x, box.y, box.width, box.height) == (320.5, 200.0, 80.0, 60.0)


@pytest.mark.parametrize(
    "row",
    [
        None,
        "failure",
        ["failure", 0.5],
        ["failure", "much", [1, 2, 3, 4]],
        ["failure", 0.5, [1, 2, 3]],
        ["failure", 0.5, [1, 2, None, 4]],
        ["a", "failure", 0.5, [1, 2, 3, 4]],
    ],
)
async def test_a_detection_that_cannot_be_used_is_left_out(
    server: FakeServer, client: ObicoClient, row: object
) -> None:
    good = [0.5, [1, 2, 3, 4]]
    server.say(PREDICT, {"result": {"p": None, "detections": [row, good]}})
    prediction = await client.predict(3, b"picture")
    assert [each.label for each in prediction.detections] == [None]
    assert prediction.score is None


@pytest.mark.parametrize("body", [None, [], {}, {"result": 3}])
async def test_a_judgement_that_is_none_is_a_bad_answer(
    server: FakeServer, client: ObicoClient, body: object
) -> None:
    server.say(PREDICT, body)
    with pytest.raises(ObicoResponseError):
        await client.predict(3, b"picture")


async def test_without_a_record_nothing_is_judged(
    server: FakeServer, client: ObicoClient
) -> None:
    server.say(PREDICT, {"detail": "Printer is not currently printing."}, status=404)
    with pytest.raises(ObicoNotFoundError):
        await client.predict(3, b"picture")
