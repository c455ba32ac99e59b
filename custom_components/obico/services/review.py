"""Actions that look back at prints: what Obico asks about them, and the user's judgement."""

from datetime import timedelta
from typing import Final

import probatio

from homeassistant.auth.permissions.const import POLICY_CONTROL, POLICY_READ
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonObjectType, JsonValueType

from ..account.errors import translated_errors
from ..aioobico import (
    ObicoNotFoundError,
    ObicoServerError,
    Period,
    Print,
    PrintReviewFilter,
    PrintShotAnswer,
    PrintSummary,
    PrintVerdict,
)
from ..const import DOMAIN
from ..data import ObicoData, printer_devices_of, printer_of_device
from ..prints.paths import frame_path
from .action import Action, whole_number_from
from .print_rows import print_row
from .rows import moment
from .targets import (
    MAX_ID,
    ONE_PRINT,
    ONE_PRINTER,
    PRINTERS,
    Target,
    async_account,
    async_print,
    async_targets_of_accounts,
    by_account,
    print_not_found,
)

ATTR_ANSWER: Final = "answer"
ATTR_CONSENT: Final = "consent"
ATTR_DAYS: Final = "days"
ATTR_FRAME_ID: Final = "frame_id"
ATTR_PRINT_IDS: Final = "print_ids"
ATTR_VERDICT: Final = "verdict"

# Frames wait for as long.
DEFAULT_DAYS: Final = 30
MAX_DAYS: Final = 365
# Number of prints of each kind: more than anybody judges at once.
_MAX_PRINTS: Final = 200

_VERDICTS: Final = {
    "failed": PrintVerdict.FAILED,
    "not_failed": PrintVerdict.NOT_FAILED,
}
_ANSWERS: Final = {
    "looks_bad": PrintShotAnswer.LOOKS_BAD,
    "looks_ok": PrintShotAnswer.LOOKS_OK,
    "undecided": PrintShotAnswer.UNDECIDED,
}

# The limits of the failure score in percent: those of sensor.failure_level.
_WARNING: Final = 33.3
_FAILING: Final = 66.7


async def _async_get_review(call: ServiceCall) -> ServiceResponse:
    today = dt_util.now().date()
    period = Period(
        from_date=today - timedelta(days=call.data[ATTR_DAYS]),
        to_date=today,
        time_zone=call.hass.config.time_zone,
    )
    rows: list[tuple[Print, Target]] = []
    for account, printers in by_account(
        await async_targets_of_accounts(call, POLICY_READ)
    ):
        found: dict[int, Print] = {}
        with translated_errors(call.hass, account.entry):
            for wanted in PrintReviewFilter:
                page = await account.client.get_prints(
                    limit=_MAX_PRINTS,
                    printer_ids=printers,
                    result=wanted,
                    period=period,
                )
                found |= {job.id: job for job in page.items}
        for job in found.values():
            if job.printer_id in printers and _is_to_judge(job):
                account.addresses.remember(job)
                rows.append((job, printers[job.printer_id]))
    rows.sort(key=lambda row: moment(row[0].started_at) or "", reverse=True)
    return {
        "prints": [_review_row(job, target) for job, target in rows],
        "to_judge": len(rows),
    }


def _is_to_judge(job: Print) -> bool:
    return job.need_alert_overwrite is True or job.frames_to_judge > 0


def _review_row(job: Print, target: Target) -> JsonObjectType:
    entry_id = target.account.entry.entry_id
    frames: list[JsonValueType] = [
        {
            "id": shot.id,
            "picture": None
            if shot.image_url is None
            else frame_path(entry_id, job.id, shot.id),
            "answer": shot.answer.lower() if shot.answer else None,
            "answered_at": moment(shot.answered_at),
        }
        for shot in job.print_shots
    ]
    return print_row(job, target) | {
        "consented_at": moment(job.access_consented_at),
        "frames": frames,
    }


async def _async_judge_print(call: ServiceCall) -> ServiceResponse:
    account, job = await async_print(call, POLICY_CONTROL)
    verdict: str = call.data[ATTR_VERDICT]
    with translated_errors(call.hass, account.entry):
        await account.client.judge_print(job.id, _VERDICTS[verdict])
        job = await _async_show(account, job.id)
    return {
        "print_id": job.id,
        "verdict": verdict,
        "needs_verdict": job.need_alert_overwrite is True,
    }


async def _async_judge_frame(call: ServiceCall) -> ServiceResponse:
    if not call.data[ATTR_CONSENT]:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="consent_missing"
        )
    account, job = await async_print(call, POLICY_CONTROL)
    frame_id: int = call.data[ATTR_FRAME_ID]
    answer: str = call.data[ATTR_ANSWER]
    if frame_id not in (shot.id for shot in job.print_shots):
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="frame_not_found",
            translation_placeholders={"frame_id": str(frame_id)},
        )
    with translated_errors(call.hass, account.entry):
        if job.access_consented_at is None:
            await account.client.consent_to_access(job.id, dt_util.utcnow())
        answered = await account.client.answer_print_shot(
            job.id, frame_id, _ANSWERS[answer]
        )
        job = await _async_show(account, job.id)
    if answered.credited_hours:
        account.coordinator.async_request_refresh_soon()
    return {
        "print_id": job.id,
        "frame_id": frame_id,
        "answer": answer,
        "credited_hours": answered.credited_hours or 0,
        "frames_to_judge": job.frames_to_judge,
    }


async def _async_show(account: ObicoData, print_id: int) -> Print:
    """Request a print that was judged, and have it shown as it is now."""
    job = await account.client.get_print(print_id)
    account.archive.put(PrintSummary.from_print(job))
    account.coordinator.async_merge_prints([job])
    return job


async def _async_get_prediction(call: ServiceCall) -> ServiceResponse:
    account, job = await async_print(call, POLICY_READ)
    with translated_errors(call.hass, account.entry):
        try:
            frames = (await account.client.get_frame_scores(job.id)).items
        except ObicoServerError:
            # A server that cannot reach itself by its own name has no scores.
            frames = ()
    scores = [
        None if frame.normalized_p is None else round(frame.normalized_p * 100, 1)
        for frame in frames
    ]
    return {
        "print_id": job.id,
        "scores": [*scores],
        "warning": _WARNING,
        "failing": _FAILING,
        "highest": max((score for score in scores if score is not None), default=None),
    }


async def _async_delete_prints(call: ServiceCall) -> ServiceResponse:
    account = await async_account(call, POLICY_CONTROL)
    print_ids: list[int] = list(dict.fromkeys(call.data[ATTR_PRINT_IDS]))
    shown = {
        printer_of_device(call.hass, device_id)[1].id
        for device_id in printer_devices_of(call.hass, call.data[ATTR_DEVICE_ID])
    }
    with translated_errors(call.hass, account.entry):
        # The server deletes those that there are, and does not tell which.
        for print_id in print_ids:
            try:
                job = await account.client.get_print(print_id)
            except ObicoNotFoundError as err:
                raise print_not_found(print_id) from err
            if job.printer_id not in shown:
                raise print_not_found(print_id)
            if job.ended_at is None:
                raise ServiceValidationError(
                    translation_domain=DOMAIN, translation_key="print_is_running"
                )
        await account.client.delete_prints(print_ids)
    account.async_forget_prints(print_ids)
    return {"deleted": [*print_ids]}


_OF_PRINT: Final = ONE_PRINTER | ONE_PRINT

ACTIONS: Final = (
    Action(
        "get_review",
        PRINTERS
        | {
            probatio.Optional(ATTR_DAYS, default=DEFAULT_DAYS): whole_number_from(
                1, MAX_DAYS
            )
        },
        _async_get_review,
        SupportsResponse.ONLY,
    ),
    Action(
        "judge_print",
        _OF_PRINT | {probatio.Required(ATTR_VERDICT): probatio.In(list(_VERDICTS))},
        _async_judge_print,
        SupportsResponse.OPTIONAL,
    ),
    Action(
        "judge_frame",
        _OF_PRINT
        | {
            probatio.Required(ATTR_FRAME_ID): whole_number_from(1, MAX_ID),
            probatio.Required(ATTR_ANSWER): probatio.In(list(_ANSWERS)),
            probatio.Optional(ATTR_CONSENT, default=False): cv.boolean,
        },
        _async_judge_frame,
        SupportsResponse.OPTIONAL,
    ),
    Action("get_prediction", _OF_PRINT, _async_get_prediction, SupportsResponse.ONLY),
    Action(
        "delete_prints",
        ONE_PRINTER
        | {
            probatio.Required(ATTR_PRINT_IDS): probatio.All(
                probatio.EnsureList(),
                probatio.Length(min=1, max=100),
                [whole_number_from(1, MAX_ID)],
            )
        },
        _async_delete_prints,
        SupportsResponse.OPTIONAL,
        is_for_administrators=True,
    ),
)
