"""Calendar of a printer: its past prints, and the running one until its expected end."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Final, Self, override

from homeassistant.components.calendar import (
    CalendarEntity,
    CalendarEntityDescription,
    CalendarEvent,
)
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from .aioobico import Print, Printer, PrintSummary
from .data import ObicoData
from .entity import ObicoPrinterEntity, async_setup_platform
from .printer.parts import Part
from .printer.readings import expected_end, file_of
from .printer.state_text import name_text
from .printer.status import has_print
from .prints.texts import describe

# Nothing is polled; prints are requested when somebody looks.
PARALLEL_UPDATES = 0

PRINTS: Final = CalendarEntityDescription(key="prints", translation_key="prints")

# The expected end moves by as much before the calendar shows another one: each move is a
# state to write.
_TOLERANCE: Final = timedelta(minutes=5)
# How far the end of a print that takes longer than expected lies ahead.
_OVERTIME: Final = timedelta(minutes=10)
# A calendar has no shorter events.
_SHORTEST: Final = timedelta(seconds=1)


def _entities_of(account: ObicoData, printer: Printer) -> Iterator[ObicoPrinterEntity]:
    """Yield the calendar of a printer."""
    yield ObicoPrintsCalendar(account, printer, PRINTS)


async_setup_entry = partial(async_setup_platform, entities_of=_entities_of)


class _Moment(datetime):
    """A moment that copies share.

    Home Assistant copies all values of all events in the event loop. That of ordinary
    moments is so slow that a year of prints would hold the loop for tens of milliseconds.
    """

    @classmethod
    def of(cls, moment: datetime) -> Self:
        """Return a moment in Home Assistant's time zone."""
        local = dt_util.as_local(moment)
        return cls.combine(local.date(), local.timetz())

    def __deepcopy__(self, _memo: object) -> Self:
        """Return the moment itself, as it cannot be changed."""
        return self


@dataclass(frozen=True, kw_only=True, slots=True)
class _Running:
    """The running print; `job` is None for one that has no record."""

    job: Print | None = field(compare=False)
    id: int | None
    file: str | None
    started_at: datetime
    end: datetime


class ObicoPrintsCalendar(ObicoPrinterEntity, CalendarEntity):
    """The prints of one printer."""

    entity_description: CalendarEntityDescription
    _part = Part.REPORT
    _running: _Running | None = None

    @property
    @override
    def event(self) -> CalendarEvent | None:
        """Return the running print; its end never lies in the past."""
        if (running := self._running) is None:
            return None
        now = dt_util.utcnow()
        return _event(
            name_text(running.file),
            running.started_at,
            running.end if running.end > now else now + _OVERTIME,
            uid=running.id,
        )

    @override
    def _read(self) -> _Running | None:
        self._running = self._current()
        return self._running

    def _current(self) -> _Running | None:
        """Return the running print, with the end that was shown if that is still about right."""
        printer = self._printer
        if not has_print(printer):
            return None
        job, before = printer.current_print, self._running
        print_id = job.id if job else None
        is_same = before is not None and before.id == print_id
        now = dt_util.utcnow().replace(microsecond=0)
        end = expected_end(printer, now) or now + _OVERTIME
        end = max(end, now + _SHORTEST)
        if (
            before
            and is_same
            and now < before.end
            and abs(end - before.end) <= _TOLERANCE
        ):
            if (
                job is not None
                and before.job is job
                and before.started_at == job.started_at
            ):
                # Nearly all reports of a print end here.
                return before
            end = before.end
        # The server's clock may be ahead.
        if job is not None and job.started_at is not None and job.started_at <= now:
            started_at = job.started_at
        else:
            started_at = before.started_at if before and is_same else now
        return _Running(
            job=job,
            id=print_id,
            file=file_of(printer),
            started_at=started_at,
            end=end,
        )

    @override
    async def async_get_events(
        self, hass: HomeAssistant, start_date: datetime, end_date: datetime
    ) -> list[CalendarEvent]:
        """Return the prints that overlap a time.

        Events are made in a thread, because Home Assistant checks each of them: a year of
        prints would hold the event loop.
        """
        with self._translated_errors():
            prints = await self.account.archive.async_prints()
        running, printer_id = self.event, self._printer.id
        running_id = self._running.id if self._running else None
        events = await hass.async_add_executor_job(
            _events,
            hass,
            [
                job
                for job in prints
                if job.printer_id == printer_id
                and job.ended_at is not None
                and job.id != running_id
            ],
            start_date,
            end_date,
        )
        if running and running.start < end_date and running.end > start_date:
            events.append(running)
        return events


def _events(
    hass: HomeAssistant,
    prints: Sequence[PrintSummary],
    start: datetime,
    end: datetime,
) -> list[CalendarEvent]:
    """Return the past prints that overlap a time, oldest first."""
    return [
        _event(
            job.filename,
            job.started_at,
            job.ended_at,
            uid=job.id,
            description=describe(hass, job),
        )
        for job in reversed(prints)
        if job.started_at is not None
        and job.ended_at is not None
        and job.started_at < end
        and max(job.ended_at, job.started_at + _SHORTEST) > start
    ]


def _event(
    file: str | None,
    start: datetime,
    end: datetime,
    *,
    uid: int | None,
    description: str | None = None,
) -> CalendarEvent:
    return CalendarEvent(
        start=_Moment.of(start),
        end=_Moment.of(max(end, start + _SHORTEST)),
        summary=file or str(uid or ""),
        description=description,
        uid=None if uid is None else str(uid),
    )
