"""Prints of printers without an agent, and sums over prints."""

from datetime import UTC, datetime

from aiohttp import FormData
import pytest

from dev import Account, Printer
from dev.json_types import JsonValue, as_object

from .drive import Stage
from .support import Answer, Api, read_answer

PERIOD = "from_date=2026-11-01&to_date=2026-11-30&timezone=Europe/Berlin"


@pytest.fixture
def printer(account: Account) -> Printer:
    return account.add_printer("Resin")


async def post(api: Api, printer: Printer, call: str, data: FormData) -> Answer:
    """Send a form."""
    return await read_answer(
        await api.session.post(
            f"{api.server.url}/api/v1/printers/{printer.id}/{call}/",
            headers={"Authorization": f"Bearer {api.account.token}"},
            data=data,
        )
    )


def picture(size: int = 10) -> FormData:
    form = FormData()
    form.add_field("img", b"x" * size, filename="a.jpg", content_type="image/jpeg")
    return form


async def test_a_record_is_opened_judged_and_closed(api: Api, printer: Printer) -> None:
    started = await api(
        f"printers/{printer.id}/start_print/", "POST", filename=" vase.gcode "
    )
    job = as_object(as_object(started.object["printer"])["current_print"])
    assert (started.object["succeeded"], job["filename"]) == (True, "vase.gcode")
    api.server.detections = [["failure", 0.4, [1, 2, 3, 4]], [0.5, [1, 2, 3, 4]]]
    answer = await post(api, printer, "predict", picture(2_000_000))
    result = as_object(answer.object["result"])
    assert result["p"] == pytest.approx(0.9)
    assert result["detections"] == api.server.detections
    assert (await api.printer(printer))["normalized_p"] == pytest.approx(0.9)
    ended = await api(f"printers/{printer.id}/finish_print/", "POST", status="success")
    assert as_object(ended.object["printer"])["current_print"] is None
    (row,) = (await api("prints/")).rows
    assert row["finished_at"]
    assert (await api.printer(printer))["normalized_p"] == 0
    types = [event["event_type"] for event in await api.events()]
    assert types == ["ENDED", "STARTED"]


async def test_a_record_can_be_closed_as_cancelled(api: Api, printer: Printer) -> None:
    printer.begin_print("vase.gcode")
    await api(f"printers/{printer.id}/finish_print/", "POST", status="cancelled")
    (row,) = (await api("prints/")).rows
    assert (bool(row["cancelled_at"]), row["finished_at"]) == (True, None)


async def test_opening_a_record_closes_another_and_prints_nothing(stage: Stage) -> None:
    printer = await stage.octoprint(watched=False)
    await stage.printing(printer)
    phase = printer.agent.phase
    await stage.api(f"printers/{printer.id}/start_print/", "POST", filename="b.gcode")
    assert [job["filename"] for job in (await stage.api("prints/")).rows][
        0
    ] == "b.gcode"
    assert (await stage.api("prints/?filter=finished")).rows
    assert printer.agent.phase is phase


@pytest.mark.parametrize("call", ["predict", "finish_print"])
async def test_without_a_record_there_is_404(
    api: Api, printer: Printer, call: str
) -> None:
    answer = (
        await post(api, printer, call, picture())
        if call == "predict"
        else await api(f"printers/{printer.id}/{call}/", "POST", status="success")
    )
    assert (answer.status, answer.json) == (
        404,
        {"detail": "Printer is not currently printing."},
    )


async def test_what_is_missing_is_named(api: Api, printer: Printer) -> None:
    answer = await api(f"printers/{printer.id}/start_print/", "POST", other="x")
    assert (answer.status, list(answer.object)) == (400, ["filename"])
    printer.begin_print("vase.gcode")
    form = FormData({"other": "x"})
    form.add_field("more", b"x", filename="a.jpg")
    answer = await post(api, printer, "predict", form)
    assert (answer.status, list(answer.object)) == (400, ["img"])
    answer = await api(f"printers/{printer.id}/predict/", "POST", img="x")
    assert answer.status == 415


# Sums


async def sums(api: Api, query: str) -> Answer:
    return await api(f"prints/stats/?{query}")


async def test_sums_are_of_the_period_and_of_its_parts(
    api: Api, printer: Printer
) -> None:
    for day, cancelled in ((1, False), (9, True), (30, False)):
        printer.begin_print("a.gcode")
        job = printer.current_print
        assert job is not None
        job.started_at = datetime(2026, 11, day, 12, tzinfo=UTC)
        job.print_time, job.filament_used = 100.0, None if cancelled else 10.0
        printer.end_print(finished=not cancelled)
    body = (await sums(api, f"{PERIOD}&group_by=month")).object
    assert body["total_print_count"] == 3
    assert body["total_cancelled_print_count"] == 1
    assert body["total_succeeded_print_count"] == 2
    assert (body["total_print_time"], body["average_print_time"]) == (300.0, 100.0)
    assert (body["longest_print_time"], body["total_filament_used"]) == (100.0, 20.0)
    (group,) = groups(body["print_count_groups"])
    assert group == ("2026-11-01T00:00:00+01:00", 3)
    weeks = (await sums(api, f"{PERIOD}&group_by=week")).object
    assert [count for _, count in groups(weeks["print_count_groups"])] == [
        1, 1, 0, 0, 1,
    ]  # fmt: skip
    days = (await sums(api, f"{PERIOD}&group_by=Day")).object
    assert len(groups(days["print_time_groups"])) == 30
    years = (await sums(api, f"{PERIOD}&group_by=year")).object
    assert groups(years["filament_used_groups"]) == [
        ("2026-11-01T00:00:00+01:00", 20.0)
    ]


def groups(value: JsonValue) -> list[tuple[JsonValue, JsonValue]]:
    assert isinstance(value, list)
    rows = map(as_object, value)
    return [(row["key"], row["value"]) for row in rows]


@pytest.mark.parametrize(
    "query",
    [
        "",
        PERIOD,
        "from_date=2026-11-01&to_date=2026-11-30&group_by=day",
        f"{PERIOD}&group_by=hour",
        "from_date=soon&to_date=2026-11-30&timezone=UTC&group_by=day",
        "from_date=2026-11-01&to_date=2026-11-30&timezone=Mars/Base&group_by=day",
    ],
)
async def test_what_is_missing_or_wrong_is_an_error_500(api: Api, query: str) -> None:
    assert (await sums(api, query)).status == 500


async def test_prints_are_filtered_by_days_where_the_user_is(
    api: Api, printer: Printer
) -> None:
    printer.begin_print("a.gcode")
    assert printer.current_print is not None
    printer.current_print.started_at = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)
    assert len((await api(f"prints/?{PERIOD}")).rows) == 1
    in_london = PERIOD.replace("Berlin", "London")
    assert (await api(f"prints/?{in_london}")).rows == []
    assert (await api("prints/?from_date=2026-11-01")).status == 500
