"""Time-lapse videos: made some time after a print, and read in parts."""

from collections.abc import Iterator
import struct

import pytest

from dev import SHORT, Account, ObicoServer, Printer
from dev.server.model import Print
from dev.server.timelapse import add_video

from .drive import Stage
from .support import Api


def boxes(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the parts of an MP4."""
    at = 0
    while at < len(data):
        (size,) = struct.unpack_from(">I", data, at)
        yield data[at + 4 : at + 8].decode(), data[at + 8 : at + size]
        at += size


async def printed(stage: Stage, *, shortest: int = 20) -> Print:
    """Print something, and return its record."""
    printer = await stage.octoprint()
    printer.columns["min_timelapse_secs_on_finish"] = shortest
    await stage.print_whole(printer, SHORT)
    (job,) = stage.server.prints.values()
    return job


async def fetch(api: Api, url: str, headers: dict[str, str]) -> tuple[int, bytes, str]:
    """Fetch a video, or a part of it."""
    path = url.removeprefix("http://localhost:3334")
    async with api.session.get(api.server.url + path, headers=headers) as response:
        return (
            response.status,
            await response.read(),
            response.headers.get("Content-Range", ""),
        )


async def test_a_video_is_ready_some_time_after_the_print(stage: Stage) -> None:
    job = await printed(stage)
    assert (job.video_url, job.tagged_video_url, job.shots) == (None, None, [])
    await stage.server.advance(26)
    assert job.video_url is not None
    assert job.tagged_video_url is not None
    assert job.need_print_shot_feedback
    assert job.shots


async def test_a_short_print_has_no_video(stage: Stage) -> None:
    job = await printed(stage, shortest=600)
    await stage.server.advance(60)
    assert job.video_url is None


async def test_a_print_that_is_deleted_meanwhile_gets_none(stage: Stage) -> None:
    job = await printed(stage)
    stage.server.delete_prints({job.id})
    await stage.server.advance(60)
    assert job.video_url is None


async def test_frames_are_some_minutes_apart(stage: Stage) -> None:
    printer = await stage.octoprint()
    await stage.printing(printer, seconds=200)
    printer.columns["min_timelapse_secs_on_cancel"] = 60
    await stage.api.command(printer, "cancel_print/")
    await stage.server.advance(60)
    (job,) = stage.server.prints.values()
    assert len(job.shots) == 2
    assert [shot.id for shot in job.shots] == sorted(shot.id for shot in job.shots)


@pytest.fixture
async def video(api: Api, server: ObicoServer, account: Account) -> str:
    """The address of a video."""
    printer: Printer = account.add_printer("Prusa MK4")
    printer.begin_print("a.gcode")
    job = printer.current_print
    assert job is not None
    add_video(server.media, job)
    assert job.video_url is not None
    return job.video_url


async def test_it_is_an_mp4_whose_description_comes_first(api: Api, video: str) -> None:
    status, data, _ = await fetch(api, video, {})
    assert status == 200
    names = [name for name, _ in boxes(data)]
    assert names == ["ftyp", "moov", "mdat"]
    assert len(data) < 300_000


@pytest.mark.parametrize(
    ("wanted", "start", "stop"),
    [("bytes=0-3", 0, 4), ("bytes=100-", 100, None), ("bytes=-50", -50, None)],
)
async def test_a_part_is_answered_as_such(
    api: Api, video: str, wanted: str, start: int, stop: int | None
) -> None:
    _, whole, _ = await fetch(api, video, {})
    status, part, content_range = await fetch(api, video, {"Range": wanted})
    assert (status, part) == (206, whole[start:stop])
    first = start % len(whole)
    assert content_range == f"bytes {first}-{first + len(part) - 1}/{len(whole)}"


@pytest.mark.parametrize("wanted", ["bytes=99999999-", "lines=1-2"])
async def test_a_part_that_does_not_exist_is_refused(
    api: Api, video: str, wanted: str
) -> None:
    status, _, content_range = await fetch(api, video, {"Range": wanted})
    assert status == 416
    assert content_range.startswith("bytes */")
