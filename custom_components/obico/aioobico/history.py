"""Calls about past prints, and about what the server asks the user about them."""

from collections.abc import Iterable
from enum import StrEnum

from aiohttp import hdrs

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
)
from .rest import Params, RestCalls, slice_params


class PrintResultFilter(StrEnum):
    """How a print must have ended to be listed."""

    FINISHED = "finished"
    CANCELLED = "cancelled"


class PrintReviewFilter(StrEnum):
    """What the server must ask the user about a print to list it."""

    VERDICT = "need_alert_overwrite"
    PRINT_SHOTS = "need_print_shot_feedback"


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
