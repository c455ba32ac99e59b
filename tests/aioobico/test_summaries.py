"""Thousands of prints in one answer, verdicts on them, and their videos."""

from datetime import UTC, datetime, timedelta
import json

import aiohttp
import pytest
from yarl import URL

from custom_components.obico.aioobico import (
    ObicoClient,
    ObicoNotFoundError,
    ObicoProxyError,
    ObicoResponseError,
    Print,
    PrintSummary,
    PrintVerdict,
)
from custom_components.obico.aioobico.rows import parse_rows
from dev import Account, ObicoServer, Print as ServerPrint
from dev.server.serialize import print_detail_json
from dev.server.timelapse import add_video

from .support import FakeServer, load_list

PRINTS = "/api/v1/prints/"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def home(
    session: aiohttp.ClientSession, obico: ObicoServer, account: Account
) -> ObicoClient:
    return ObicoClient(session, URL(obico.url), account.token)


@pytest.fixture
def job(obico: ObicoServer, account: Account) -> ServerPrint:
    job = ServerPrint(
        id=obico.next_print_id(),
        printer=account.add_printer("Prusa MK4"),
        filename="vase.gcode",
        started_at=NOON,
        ended_at=NOON + timedelta(hours=1),
        finished_at=NOON + timedelta(hours=1),
        print_time=3500.0,
        filament_used=1234.5,
    )
    obico.add_print(job)
    return job


async def test_a_recorded_list_is_read_row_by_row(
    server: FakeServer, client: ObicoClient
) -> None:
    rows = load_list("prints_list.json")
    server.say(PRINTS, rows)
    listing = await client.get_print_summaries(limit=3000)
    assert listing.items == tuple(
        PrintSummary.from_print(Print.from_dict(row)) for row in rows
    )
    assert listing.rejected == 0
    assert server.requests[0].query["limit"] == "3000"


async def test_a_row_that_cannot_be_read_is_counted(
    server: FakeServer, client: ObicoClient
) -> None:
    server.say(PRINTS, [{"id": "x"}, {"id": 5, "filename": "a.gcode"}, None])
    listing = await client.get_print_summaries(limit=10)
    assert [job.id for job in listing.items] == [5]
    assert listing.rejected == 2


async def test_a_page_of_a_portal_is_no_list_of_prints(
    server: FakeServer, client: ObicoClient
) -> None:
    server.say(PRINTS, body="<html>Welcome</html>", content_type="text/html")
    with pytest.raises(ObicoProxyError):
        await client.get_print_summaries(limit=10)


def test_rows_are_yielded_whatever_is_between_them() -> None:
    body = b' [ {"a": NaN} ,\n [1, 2],"x" ]'
    assert list(parse_rows(body)) == [{"a": None}, [1, 2], "x"]
    assert list(parse_rows(b"[ ]")) == []


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[1", b"[1 2]", b"[,]", b"[1,]", b"\xff"]
)
def test_what_is_no_list_is_refused(body: bytes) -> None:
    with pytest.raises(ObicoResponseError):
        list(parse_rows(body))


def test_half_a_character_in_a_name_is_replaced() -> None:
    (row,) = parse_rows(json.dumps([{"id": 1, "filename": "a\ud800"}]).encode())
    assert PrintSummary.from_dict(row).filename == "a?"


async def test_a_print_lasts_from_begin_to_end_where_its_time_is_not_recorded(
    home: ObicoClient, job: ServerPrint
) -> None:
    assert (await home.get_print_summaries(limit=9)).items[0].duration == 3500.0
    job.print_time = None
    (summary,) = (await home.get_print_summaries(limit=9)).items
    assert summary.duration == 3600.0
    assert (summary.is_failure, summary.has_video) == (False, False)


async def test_a_print_is_judged(home: ObicoClient, job: ServerPrint) -> None:
    job.need_alert_overwrite = True
    assert (await home.get_print_summaries(limit=9)).items[0].needs_verdict
    await home.judge_print(job.id, PrintVerdict.FAILED)
    (summary,) = (await home.get_print_summaries(limit=9)).items
    assert (summary.verdict, summary.needs_verdict) == ("FAILED", False)
    assert summary.is_failure
    with pytest.raises(ObicoNotFoundError):
        await home.judge_print(99, PrintVerdict.FAILED)


async def test_consent_is_given_for_one_print(
    home: ObicoClient, job: ServerPrint
) -> None:
    await home.consent_to_access(job.id, NOON)
    assert (await home.get_print(job.id)).access_consented_at == NOON


async def test_prints_are_deleted(home: ObicoClient, job: ServerPrint) -> None:
    await home.delete_prints([job.id, 99])
    with pytest.raises(ObicoNotFoundError):
        await home.get_print(job.id)


async def test_a_part_of_a_video_is_asked_for(
    obico: ObicoServer, home: ObicoClient, job: ServerPrint
) -> None:
    add_video(obico.media, job)
    address = (await home.get_print(job.id)).video_url
    assert address is not None
    async with home.open_media(address, {"Range": "bytes=4-7"}) as response:
        assert response.status == 206
        assert await response.read() == b"ftyp"
    async with home.open_media(address, {"Range": "bytes=9999999-"}) as response:
        assert response.status == 416
    (request, *_) = [each for each in obico.requests if "timelapses" in each.path]
    assert "Authorization" not in request.headers


async def test_a_video_that_is_gone_or_signed_wrongly_is_an_error(
    obico: ObicoServer, home: ObicoClient, job: ServerPrint
) -> None:
    add_video(obico.media, job)
    address = job.video_url or ""
    with pytest.raises(ObicoResponseError):
        async with home.open_media(address + "x"):
            pass
    obico.media.remove(address)
    with pytest.raises(ObicoNotFoundError):
        async with home.open_media(address):
            pass


def test_the_simulated_print_is_read_as_the_recorded_one(job: ServerPrint) -> None:
    summary = PrintSummary.from_dict(print_detail_json(job))
    assert (summary.filename, summary.filament_used) == ("vase.gcode", 1234.5)


@pytest.mark.parametrize(
    "moment",
    ["0001-01-01T00:00:00Z", "0002-01-01T00:00:00+01:00", "9999-12-31T23:59:59Z"],
)
def test_nobody_prints_at_the_ends_of_the_calendar(moment: str) -> None:
    row: dict[str, object] = {"id": 7, "filename": "vase.gcode"}
    summary = PrintSummary.from_dict(row | {"started_at": moment, "ended_at": moment})
    assert (summary.started_at, summary.ended_at, summary.duration) == (None,) * 3


@pytest.mark.parametrize("value", [1e300, 1e13])
def test_what_no_print_can_take_is_unknown(value: float) -> None:
    row = {"id": 7, "filename": "vase.gcode"}
    summary = PrintSummary.from_dict(
        row | {"print_time": value, "filament_used": value}
    )
    assert (summary.duration, summary.filament_used) == (None, None)
    summary = PrintSummary.from_dict(row | {"print_time": -3, "filament_used": -3})
    assert (summary.duration, summary.filament_used) == (0.0, 0.0)
