"""Actions that return past prints and events."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Final

import probatio

from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonObjectType

from ..account.errors import translated_errors
from ..aioobico import (
    GroupBy,
    Period,
    Print,
    PrinterEvent,
    PrintResultFilter,
    PrintStatistics,
    plain_text,
)
from ..const import DOMAIN
from ..data import ObicoData
from ..live.fired_event import EVENT_TYPES, outcome_of
from ..prints.paths import event_picture_path
from .action import Action, whole_number_from
from .print_rows import print_row
from .rows import moment
from .statistics import (
    ALL,
    LISTED,
    async_statistics,
    statistics_of,
    statistics_row,
    summed,
)
from .targets import PRINTERS, Target, async_targets_of_accounts, by_account

ATTR_FROM_DATE: Final = "from_date"
ATTR_GROUP_BY: Final = "group_by"
ATTR_LIMIT: Final = "limit"
ATTR_RESULT: Final = "result"
ATTR_SINCE: Final = "since"
ATTR_TO_DATE: Final = "to_date"
ATTR_TYPES: Final = "types"

DEFAULT_LIMIT: Final = 20
MAX_PRINTS: Final = 500
MAX_EVENTS: Final = 200

_PAGE: Final = 100
# For each page the server reads the whole table, so pages are few.
_MAX_PAGES: Final = 10

# Earlier than any print that Obico has recorded.
_BEFORE_ALL: Final = date(2018, 1, 1)

# The time by which prints and events without a time are sorted.
_EPOCH: Final = datetime.fromtimestamp(0, UTC)


async def _async_get_prints(call: ServiceCall) -> ServiceResponse:
    first: date | None = call.data.get(ATTR_FROM_DATE)
    last: date | None = call.data.get(ATTR_TO_DATE)
    if first is not None and last is not None and first > last:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="dates_reversed"
        )
    limit: int = call.data[ATTR_LIMIT]
    result = call.data.get(ATTR_RESULT)
    result = None if result is None else PrintResultFilter(result)
    found: list[tuple[Print, Target]] = []
    sums: list[PrintStatistics | None] = []
    for account, printers in by_account(
        await async_targets_of_accounts(call, POLICY_READ)
    ):
        joined_at = account.coordinator.data.user.date_joined
        period = Period(
            from_date=first or _BEFORE_ALL,
            to_date=last or dt_util.now().date(),
            time_zone=call.hass.config.time_zone,
        )
        with translated_errors(call.hass, account.entry):
            prints = await _async_prints(
                account,
                list(printers),
                result,
                period if first or last else None,
                limit + 1,
            )
            sums.append(
                await async_statistics(
                    account.client,
                    # The server's effort grows with the number of parts, so they start
                    # with the account where no first day is given.
                    replace(period, from_date=joined_at.date())
                    if first is None and joined_at is not None
                    else period,
                    GroupBy(call.data[ATTR_GROUP_BY]),
                    printers,
                    result,
                )
            )
        found += [
            (job, printers[job.printer_id])
            for job in prints
            if job.printer_id in printers
        ]
        # Whoever lists prints is about to look at their posters.
        for job in prints[:limit]:
            account.addresses.remember(job)
    found.sort(key=lambda row: row[0].started_at or _EPOCH, reverse=True)
    listed = found[:limit]
    known = [each for each in sums if each is not None]
    has_all = bool(sums) and len(known) == len(sums)
    statistics = summed(known) if has_all else statistics_of([job for job, _ in listed])
    return {
        "prints": [print_row(job, target) for job, target in listed],
        "has_more": len(found) > limit,
        "statistics": {
            "of": ALL if has_all else LISTED,
            **statistics_row(statistics),
        },
    }


async def _async_prints(
    account: ObicoData,
    printer_ids: list[int],
    result: PrintResultFilter | None,
    period: Period | None,
    limit: int,
) -> list[Print]:
    """Return the newest prints, up to a limit, of those that started in the period if given.

    The days are compared here as well, because older servers ignore them.
    """
    prints: list[Print] = []
    page_size = min(_PAGE, limit) if period is None else _PAGE
    for page_number in range(_MAX_PAGES):
        page = await account.client.get_prints(
            start=page_number * page_size,
            limit=page_size,
            printer_ids=printer_ids,
            result=result,
            period=period,
        )
        prints += [job for job in page.items if _is_in(job, period)]
        if len(prints) >= limit or len(page.items) + page.rejected < page_size:
            break
    return prints[:limit]


def _is_in(job: Print, period: Period | None) -> bool:
    day = dt_util.as_local(job.started_at or _EPOCH).date()
    return period is None or period.from_date <= day <= period.to_date


async def _async_get_events(call: ServiceCall) -> ServiceResponse:
    since: datetime | None = call.data.get(ATTR_SINCE)
    if since is not None:
        since = dt_util.as_utc(since)
    limit: int = call.data[ATTR_LIMIT]
    found: list[tuple[PrinterEvent, Target]] = []
    for account, printers in by_account(
        await async_targets_of_accounts(call, POLICY_READ)
    ):
        with translated_errors(call.hass, account.entry):
            found += await _async_events(
                account, printers, call.data[ATTR_TYPES], since, limit + 1
            )
    found.sort(key=lambda row: row[0].created_at or _EPOCH, reverse=True)
    return {
        "events": [_event_row(event, target) for event, target in found[:limit]],
        "has_more": len(found) > limit,
    }


async def _async_events(
    account: ObicoData,
    printers: dict[int, Target],
    types: list[str],
    since: datetime | None,
    limit: int,
) -> list[tuple[PrinterEvent, Target]]:
    """Return the newest events of printers, up to a limit, from the first _MAX_PAGES pages."""
    found: list[tuple[PrinterEvent, Target]] = []
    for start in range(0, _PAGE * _MAX_PAGES, _PAGE):
        page = await account.client.get_events(
            start=start,
            limit=_PAGE,
            event_types=[event_type.upper() for event_type in types],
        )
        for event in page.items:
            if since is not None and (event.created_at or _EPOCH) < since:
                return found
            if event.printer_id in printers and len(found) < limit:
                found.append((event, printers[event.printer_id]))
        if len(found) >= limit or len(page.items) + page.rejected < _PAGE:
            break
    return found


def _event_row(event: PrinterEvent, target: Target) -> JsonObjectType:
    return {
        "id": event.id,
        "printer": target.name,
        "device_id": target.device_id,
        "type": event.event_type.lower() if event.event_type else None,
        "class": event.event_class.lower() if event.event_class else None,
        "title": event.title,
        "text": plain_text(event.text) if event.text else None,
        "created_at": moment(event.created_at),
        "print_id": event.print_id,
        "file": _file_of(event, target),
        "outcome": outcome_of(event),
        "picture": None
        if event.image_url is None
        else event_picture_path(target.account.entry.entry_id, event.id),
    }


def _file_of(event: PrinterEvent, target: Target) -> str | None:
    """Return the file of an event's print, None where the print is not known by now."""
    if event.print_id is None:
        return None
    current = target.printer.current_print
    if current is not None and current.id == event.print_id:
        return current.filename
    job = target.account.archive.find(event.print_id)
    return job.filename if job else None


ACTIONS: Final = (
    Action(
        "get_prints",
        PRINTERS
        | {
            probatio.Optional(ATTR_RESULT): probatio.In(
                [result.value for result in PrintResultFilter]
            ),
            probatio.Optional(ATTR_FROM_DATE): cv.date,
            probatio.Optional(ATTR_TO_DATE): cv.date,
            probatio.Optional(ATTR_GROUP_BY, default=GroupBy.MONTH.value): probatio.In(
                [group_by.value for group_by in GroupBy]
            ),
            probatio.Optional(ATTR_LIMIT, default=DEFAULT_LIMIT): whole_number_from(
                1, MAX_PRINTS
            ),
        },
        _async_get_prints,
        SupportsResponse.ONLY,
    ),
    Action(
        "get_events",
        PRINTERS
        | {
            probatio.Optional(ATTR_TYPES, default=list(EVENT_TYPES)): probatio.All(
                probatio.EnsureList(), [probatio.In(list(EVENT_TYPES))]
            ),
            probatio.Optional(ATTR_SINCE): cv.datetime,
            probatio.Optional(ATTR_LIMIT, default=DEFAULT_LIMIT): whole_number_from(
                1, MAX_EVENTS
            ),
        },
        _async_get_events,
        SupportsResponse.ONLY,
    ),
)
