"""All prints of an account in short, for whoever looks back.

They are requested when somebody needs them for the first time, in as few requests as
possible, and brought up to date when something is new: a print has begun or ended, an hour
has passed (prints are judged, deleted and get their videos without any event). Media,
calendar, statistics and totals all read from here, so that nothing is requested twice.
"""

import asyncio
from collections.abc import Callable, Collection, Coroutine, Mapping
from datetime import UTC, date, datetime, timedelta
import logging
from typing import Any, Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from ..aioobico import (
    GroupBy,
    ObicoClient,
    ObicoConnectionError,
    ObicoError,
    Period,
    PrintSummary,
)
from .totals import Totals, totals_by_printer

_LOGGER = logging.getLogger(__name__)

# Prints that are requested at once: some 7 MB.
PAGE: Final = 3000
# Ends the requests where a server's list has no end.
_MAX_PAGES: Final = 40

# Seconds after which prints of the last month are requested anew: they may have been judged
# or deleted.
REGULAR_SECONDS: Final = 3600.0
# The same while a video is expected, or after a request that failed.
SOON_SECONDS: Final = 60.0

# Combines what is told at the same time; a print's end is recorded a little later.
_CALM_SECONDS: Final = 5.0

# How long after the end of a print its video may still be in work.
_VIDEO_TIME: Final = timedelta(minutes=15)
# As long as frames wait for their judgement.
_RECENT: Final = timedelta(days=31)
_JUDGEABLE: Final = timedelta(days=30)
_DAY: Final = timedelta(days=1)
_NEVER: Final = datetime.min.replace(tzinfo=UTC)

type CreateTask = Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]]


class PrintArchive:
    """The summaries of all prints of an account, newest first."""

    def __init__(
        self, hass: HomeAssistant, client: ObicoClient, *, create_task: CreateTask
    ) -> None:
        """Start without prints and requests.

        `create_task` makes a task that ends with the account.
        """
        self._hass = hass
        self._client = client
        self._create_task = create_task
        self._now = hass.loop.time
        self._prints: dict[int, PrintSummary] = {}
        self._sorted: tuple[PrintSummary, ...] | None = None
        # The sums, and the prints that they are of.
        self._totals: tuple[tuple[PrintSummary, ...], Mapping[int, Totals]] | None = (
            None
        )
        self._task: asyncio.Task[None] | None = None
        self._is_loaded = False
        self._is_outdated = True
        self._due = 0.0
        # How many prints the server counts that it does not list, and the reverse.
        self._uncounted = 0
        self._listeners: list[Callable[[], None]] = []
        self._cancel_timer: CALLBACK_TYPE | None = None
        self._is_stopped = False

    @property
    def is_loaded(self) -> bool:
        """Return whether the prints are known."""
        return self._is_loaded

    def find(self, print_id: int) -> PrintSummary | None:
        """Return a print that is known, without any request."""
        return self._prints.get(print_id)

    @property
    def known(self) -> tuple[PrintSummary, ...]:
        """Return the prints that are known, newest first, without any request."""
        if self._sorted is None:
            self._sorted = tuple(
                sorted(
                    self._prints.values(),
                    key=lambda job: (job.started_at or _NEVER, job.id),
                    reverse=True,
                )
            )
        return self._sorted

    @property
    def totals(self) -> Mapping[int, Totals]:
        """Return the sums over the known prints of each printer."""
        if self._totals is None or self._totals[0] is not self.known:
            self._totals = (self.known, totals_by_printer(self.known))
        return self._totals[1]

    @property
    def to_judge(self) -> list[PrintSummary]:
        """Return the known prints of the last 30 days that the server asks about."""
        first = dt_util.utcnow() - _JUDGEABLE
        return [
            job
            for job in self.known
            if (job.needs_verdict or job.frames_to_judge)
            and job.started_at is not None
            and job.started_at >= first
        ]

    async def async_prints(self) -> tuple[PrintSummary, ...]:
        """Return all prints, newest first, after a request if something may be new.

        Where that fails, the prints that are known are returned. Raises an ObicoError if
        none are known. The request goes on for others if the caller is cancelled.
        """
        while self._is_outdated or self._now() >= self._due:
            is_under_way = self._task is not None and not self._task.done()
            if self._task is None or self._task.done():
                if self._is_stopped:
                    break
                self._task = self._create_task(self._async_update())
                self._task.add_done_callback(_retrieve_exception)
            await self._async_wait(self._task)
            # What was under way already may have begun before something new was told.
            if not is_under_way:
                break
        return self.known

    @staticmethod
    async def _async_wait(task: asyncio.Task[None]) -> None:
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            if task.cancelled():
                raise ObicoConnectionError("The account is not used any more") from None
            raise

    @callback
    def mark_outdated(self) -> None:
        """Have the newest prints requested before they are shown the next time."""
        self._is_outdated = True
        self._schedule()

    @callback
    def put(self, job: PrintSummary) -> None:
        """Store a print that was requested for another purpose."""
        if self._is_loaded and self._prints.get(job.id) != job:
            self._prints[job.id] = job
            self._notify()

    @callback
    def remove(self, print_ids: Collection[int]) -> None:
        """Remove prints that were deleted."""
        if gone := self._prints.keys() & set(print_ids):
            for print_id in gone:
                del self._prints[print_id]
            self._notify()

    @callback
    def async_listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Keep the prints up to date, and call a listener whenever they have changed.

        Returns what ends that.
        """
        self._listeners.append(listener)
        self._schedule()

        def remove() -> None:
            self._listeners.remove(listener)
            self._schedule()

        return remove

    @callback
    def async_stop(self) -> None:
        """Request nothing any more."""
        self._is_stopped = True
        self._schedule()

    def _schedule(self) -> None:
        """Have the prints requested in time, as long as somebody listens."""
        if self._cancel_timer is not None:
            self._cancel_timer()
            self._cancel_timer = None
        if not self._listeners or self._is_stopped:
            return
        wait = (
            _CALM_SECONDS
            if self._is_outdated
            else max(self._due - self._now(), _CALM_SECONDS)
        )
        self._cancel_timer = async_call_later(self._hass, wait, self._async_refresh)

    async def _async_refresh(self, _now: datetime) -> None:
        """Request what may be new."""
        self._cancel_timer = None
        try:
            await self.async_prints()
        except ObicoError as err:
            _LOGGER.debug("Requesting the prints again later: %s", err)
        self._schedule()

    def _notify(self) -> None:
        self._sorted = None
        for listener in tuple(self._listeners):
            listener()

    async def _async_update(self) -> None:
        """Request what may be new; an error counts only where nothing is known."""
        before = dict(self._prints)
        was_outdated, self._is_outdated = self._is_outdated, False
        try:
            if not self._is_loaded:
                await self._async_load()
            elif was_outdated:
                await self._async_request_since(self._first_open_day())
            else:
                await self._async_request_since(dt_util.now().date() - _RECENT)
                await self._async_compare_counts()
        except ObicoError as err:
            self._is_outdated |= was_outdated and not self._is_loaded
            self._due = self._now() + SOON_SECONDS
            if not self._is_loaded:
                raise
            _LOGGER.debug("Showing the prints that are known: %s", err)
        else:
            is_soon = self._expects_video()
            self._due = self._now() + (SOON_SECONDS if is_soon else REGULAR_SECONDS)
            was_loaded, self._is_loaded = self._is_loaded, True
            if before != self._prints or not was_loaded:
                self._notify()
            self._schedule()

    async def _async_load(self) -> None:
        """Request all prints."""
        prints, is_complete = await self._async_fetch()
        # What was known stays where a row cannot be read.
        self._prints = prints if is_complete else self._prints | prints
        self._sorted = None

    async def _async_fetch(
        self, period: Period | None = None
    ) -> tuple[dict[int, PrintSummary], bool]:
        """Return all prints, or those of a period, and whether none can be missing.

        Pages are counted, not divided by days: one day may have more prints than a page,
        old servers ignore days, and the order need not be that in which prints began.
        """
        prints: dict[int, PrintSummary] = {}
        rejected = 0
        for number in range(_MAX_PAGES):
            page = await self._client.get_print_summaries(
                start=number * PAGE, limit=PAGE, period=period
            )
            new = {job.id: job for job in page.items}
            is_repeated = bool(new) and new.keys() <= prints.keys()
            prints |= new
            rejected += page.rejected
            if len(page.items) + page.rejected < PAGE:
                return prints, not rejected
            if is_repeated:
                break
        _LOGGER.debug("The list of prints did not end after %s", len(prints))
        return prints, False

    def _first_open_day(self) -> date:
        """Return the first day of which something may have changed by a print's begin or end."""
        moments = [
            job.started_at
            for job in self.known
            if job.started_at
            and (job.ended_at is None or _may_get_video(job, dt_util.utcnow()))
        ]
        if newest := next(
            (job.started_at for job in self.known if job.started_at), None
        ):
            moments.append(newest)
        today = dt_util.now().date()
        first = min(moments, default=None)
        if first is None:
            return today - _RECENT
        # A print that never ended, as its printer is gone, must not widen this for ever.
        return max(min(dt_util.as_local(first).date(), today), today - _RECENT) - _DAY

    async def _async_request_since(self, first: date) -> None:
        """Request the prints since a day; those that are not there any more are deleted."""
        found, is_complete = await self._async_fetch(
            _period(first, dt_util.now().date() + _DAY)
        )
        prints = self._prints | found
        if is_complete:
            begin = dt_util.start_of_local_day(first)
            for job in self._prints.values():
                if job.id not in found and job.started_at and job.started_at >= begin:
                    del prints[job.id]
        self._prints, self._sorted = prints, None

    async def _async_compare_counts(self) -> None:
        """Request all prints if the server counts others than are known.

        Only the total is used: the server's days keep one offset (see `prints.days`).
        """
        started = [job.started_at for job in self._prints.values() if job.started_at]
        first = min(started, default=None)
        if first is None:
            return
        period = Period(
            from_date=first.date() - _DAY,
            to_date=dt_util.utcnow().date() + _DAY,
            time_zone="UTC",
        )
        try:
            counted = await self._client.get_print_statistics(period, GroupBy.YEAR)
        except ObicoError as err:
            _LOGGER.debug("The server does not count prints: %s", err)
            return
        if counted.prints is None:
            return
        if counted.prints - len(started) != self._uncounted:
            await self._async_load()
            started = [
                job.started_at for job in self._prints.values() if job.started_at
            ]
            self._uncounted = counted.prints - len(started)

    def _expects_video(self) -> bool:
        now = dt_util.utcnow()
        return any(_may_get_video(job, now) for job in self.known[:20])


def _may_get_video(job: PrintSummary, now: datetime) -> bool:
    """Return whether the video of a print may still be in work."""
    return (
        not job.has_video
        and job.ended_at is not None
        and now - job.ended_at < _VIDEO_TIME
    )


def _retrieve_exception(task: asyncio.Task[None]) -> None:
    """Mark an exception as retrieved, as all callers may have been cancelled."""
    if not task.cancelled():
        task.exception()


def _period(first: date, last: date) -> Period:
    return Period(
        from_date=first,
        to_date=last,
        time_zone=str(dt_util.get_default_time_zone()),
    )
