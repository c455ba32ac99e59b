"""Calls about past prints, and about what the server asks the user about them."""

import asyncio
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from aiohttp import hdrs

from .exceptions import ObicoResponseError
from .models import (
    AnsweredPrintShot,
    FrameScore,
    GroupBy,
    Listing,
    Period,
    Print,
    PrintShot,
    PrintShotAnswer,
    PrintStatistics,
    PrintSummary,
)
from .rest import Params, RestCalls, slice_params
from .rows import parse_rows
from .transport import (
    is_markup,
    proxy_error,
    raise_for_status,
    read_bounded,
    server_time,
)

# The server serialises some hundred prints a second.
_MANY_SECONDS = 120.0
# Some 2 kB each, and 4 kB where they have frames and a file.
_MAX_MANY_BYTES = 64 * 1024 * 1024


class PrintResultFilter(StrEnum):
    """How a print must have ended to be listed."""

    FINISHED = "finished"
    CANCELLED = "cancelled"


class PrintReviewFilter(StrEnum):
    """What the server must ask the user about a print to list it."""

    VERDICT = "need_alert_overwrite"
    PRINT_SHOTS = "need_print_shot_feedback"


class PrintVerdict(StrEnum):
    """The user's verdict on a past print."""

    FAILED = "FAILED"
    NOT_FAILED = "NOT_FAILED"


class HistoryCalls(RestCalls):
    """The calls about prints; for what they raise see ObicoClient."""

    async def get_prints(
        self,
        *,
        start: int = 0,
        limit: int = 10,
        printer_ids: Iterable[int] = (),
        result: PrintResultFilter | PrintReviewFilter | None = None,
        period: Period | None = None,
    ) -> Listing[Print]:
        """Return prints, newest first, of all printers unless some are named (GET prints/).

        `period` is when they began; old servers ignore it and return all. The server loads
        all rows before it takes a part of them: name a period for more than the newest.
        """
        return await self._list(
            "prints/",
            Print.from_dict,
            [
                ("sorting", "date_desc"),
                *_prints_filter(printer_ids, result, period),
                *slice_params(start, limit),
            ],
        )

    async def get_print_summaries(
        self,
        *,
        start: int = 0,
        limit: int,
        printer_ids: Iterable[int] = (),
        period: Period | None = None,
    ) -> Listing[PrintSummary]:
        """Return thousands of prints, newest first; otherwise as get_prints().

        They are parsed in a thread, row by row: parsing them at once would hold the event
        loop for as long.
        """
        async with self._open(
            hdrs.METH_GET,
            "prints/",
            [
                ("sorting", "date_desc"),
                *_prints_filter(printer_ids, None, period),
                *slice_params(start, limit),
            ],
            timeout=_MANY_SECONDS,
        ) as response:
            await raise_for_status(response)
            body = await read_bounded(response, _MAX_MANY_BYTES)
            if response.content_type != "application/json" or is_markup(body):
                raise proxy_error(response)
            time = server_time(response.headers)
        return await asyncio.get_running_loop().run_in_executor(
            None, _summaries, body, time
        )

    async def get_print_statistics(
        self,
        period: Period,
        group_by: GroupBy,
        *,
        printer_ids: Iterable[int] = (),
        result: PrintResultFilter | None = None,
    ) -> PrintStatistics:
        """Return sums over prints that began in a period (GET prints/stats/)."""
        content, _ = await self._call(
            hdrs.METH_GET,
            "prints/stats/",
            [
                *_prints_filter(printer_ids, result, period),
                ("group_by", group_by.value),
            ],
        )
        return PrintStatistics.from_dict(content)

    async def get_print(self, print_id: int) -> Print:
        """Return a print (GET prints/{id}/); ObicoNotFoundError for one that the account does not have."""
        return Print.from_dict(await self._get_object(f"prints/{print_id:d}/"))

    async def judge_print(self, print_id: int, verdict: PrintVerdict) -> None:
        """Store the user's verdict on a past print (PATCH prints/{id}/)."""
        await self._send(
            hdrs.METH_PATCH,
            f"prints/{print_id:d}/",
            json={"alert_overwrite": verdict.value},
        )

    async def consent_to_access(self, print_id: int, at: datetime) -> None:
        """Allow the server's owner to use the frames of a print (PATCH prints/{id}/).

        Only for users who have said so.
        """
        await self._send(
            hdrs.METH_PATCH,
            f"prints/{print_id:d}/",
            json={"access_consented_at": at.isoformat()},
        )

    async def delete_prints(self, print_ids: Iterable[int]) -> None:
        """Delete prints with their videos (POST prints/bulk_delete/)."""
        await self._send(
            hdrs.METH_POST, "prints/bulk_delete/", json={"print_ids": list(print_ids)}
        )

    async def get_frame_scores(self, print_id: int) -> Listing[FrameScore]:
        """Return the failure score of each frame (GET prints/{id}/prediction_json/).

        Empty for a print that was not watched. ObicoServerError also where a self-hosted
        server cannot reach itself by the name that it has in its own settings.
        """
        return await self._list(
            f"prints/{print_id:d}/prediction_json/", FrameScore.from_row, []
        )

    async def get_print_shots(self, print_id: int) -> Listing[PrintShot]:
        """Return the frames that the server asks about (GET printshotfeedbacks/)."""
        return await self._list(
            "printshotfeedbacks/", PrintShot.from_dict, _of_print(print_id)
        )

    async def answer_print_shot(
        self, print_id: int, shot_id: int, answer: PrintShotAnswer
    ) -> AnsweredPrintShot:
        """Answer what a frame shows (PUT printshotfeedbacks/{id}/).

        The print is named as well: otherwise the server credits by the frames of all.
        """
        content, _ = await self._call(
            hdrs.METH_PUT,
            f"printshotfeedbacks/{shot_id:d}/",
            _of_print(print_id),
            {"answer": answer.value},
        )
        return AnsweredPrintShot.from_dict(content)


def _summaries(body: bytes, time: datetime | None) -> Listing[PrintSummary]:
    """Parse prints one by one, so that the parser lets other threads run in between."""
    found, rejected = [], 0
    for row in parse_rows(body):
        try:
            found.append(PrintSummary.from_dict(row))
        except ObicoResponseError:
            rejected += 1
    return Listing(items=tuple(found), rejected=rejected, server_time=time)


def _of_print(print_id: int) -> Params:
    """Return the parameter that names a print."""
    return [("print_id", f"{print_id:d}")]


def _prints_filter(
    printer_ids: Iterable[int],
    result: PrintResultFilter | PrintReviewFilter | None,
    period: Period | None,
) -> Params:
    """Return the parameters for some prints."""
    params = [
        ("filter_by_printer_ids[]", f"{printer_id:d}") for printer_id in printer_ids
    ]
    if result is not None:
        params.append(("filter", result.value))
    if period is not None:
        params += [
            ("from_date", period.from_date.isoformat()),
            ("to_date", period.to_date.isoformat()),
            ("timezone", period.time_zone),
        ]
    return params
