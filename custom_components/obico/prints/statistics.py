"""Statistics of prints in Home Assistant's recorder, back to the first print.

They are external statistics, a row for each local day since the first print, made of the list
of prints. The rows that the recorder has are read before anything is written, so that what
has not changed is not written again: only from the first day on that differs, as a print
that was deleted or judged later changes all sums after it.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
import logging
from typing import TYPE_CHECKING, Any, Final

from homeassistant.const import UnitOfLength, UnitOfTime
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_change
from homeassistant.helpers.recorder import DATA_INSTANCE, get_instance
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from .archive import CreateTask, PrintArchive
from .days import row_start, totals_by_day
from .texts import text_of
from .totals import Totals

if TYPE_CHECKING:
    from homeassistant.components.recorder.models import StatisticData

_LOGGER = logging.getLogger(__name__)

_DAY: Final = timedelta(days=1)
# Earlier than any print that Obico has recorded.
_BEFORE_ALL: Final = date(2015, 1, 1)
_SECONDS_AN_HOUR: Final = 3600
_MILLIMETERS_A_METER: Final = 1000
# Sums are floats; a second of print time is 0.0003 h.
_TOLERANCE: Final = 1e-7


@dataclass(frozen=True, kw_only=True, slots=True)
class _Kind:
    """One statistic of a printer."""

    key: str
    value_fn: Callable[[Totals], float]
    unit: str | None = None
    unit_class: str | None = None


KINDS: Final = (
    _Kind(key="prints", value_fn=lambda totals: totals.prints),
    _Kind(key="cancelled", value_fn=lambda totals: totals.cancelled),
    _Kind(key="failures", value_fn=lambda totals: totals.failures),
    _Kind(
        key="print_time",
        value_fn=lambda totals: totals.print_time / _SECONDS_AN_HOUR,
        unit=UnitOfTime.HOURS,
        unit_class="duration",
    ),
    _Kind(
        key="filament",
        value_fn=lambda totals: totals.filament / _MILLIMETERS_A_METER,
        unit=UnitOfLength.METERS,
        unit_class="distance",
    ),
)

type _Row = tuple[float, float]
"""The value of a day, and the sum since the first."""


def statistic_id(account_id: str, printer_id: int, key: str) -> str:
    """Return the id of a statistic; the account's unique id consists of digits and `_`."""
    return f"{DOMAIN}:{account_id}_{printer_id}_{key}"


class PrintStatisticsImport:
    """Keeps the statistics of an account's printers like its list of prints."""

    def __init__(
        self,
        hass: HomeAssistant,
        account_id: str,
        archive: PrintArchive,
        *,
        create_task: CreateTask,
        get_names: Callable[[], Mapping[int, str]],
    ) -> None:
        """Start without following the prints.

        `get_names` returns the names of the printers that are shown, by id. Others keep the
        statistics that they have.
        """
        self._hass = hass
        self._account_id = account_id
        self._archive = archive
        self._create_task = create_task
        self._get_names = get_names
        self._task: asyncio.Task[None] | None = None
        self._is_outdated = False
        self._printers: set[int] = set()
        self._stop_listening: list[CALLBACK_TYPE] = []

    @callback
    def async_start(self) -> None:
        """Import the past in the background, and follow what is printed.

        Nothing happens where there is no recorder.
        """
        if DATA_INSTANCE not in self._hass.data:
            return
        self._stop_listening = [
            self._archive.async_listen(self._handle_prints),
            # The row of a day on which nothing was printed.
            async_track_time_change(
                self._hass, self._handle_midnight, hour=0, minute=5, second=0
            ),
        ]

    @callback
    def async_stop(self) -> None:
        """Import nothing any more."""
        for stop in self._stop_listening:
            stop()
        self._stop_listening = []
        self._is_outdated = False

    @property
    def printers(self) -> set[int]:
        """Return the ids of the printers that have statistics."""
        return self._printers

    @callback
    def async_forget(self, printer_id: int) -> None:
        """Delete the statistics of a deleted printer."""
        if printer_id in self._printers:
            self._printers.discard(printer_id)
            self._create_task(
                async_clear_account(self._hass, self._account_id, printer_id)
            )

    @callback
    def _handle_midnight(self, _now: datetime) -> None:
        if self._archive.is_loaded:
            self._handle_prints()

    @callback
    def _handle_prints(self) -> None:
        """Import what has changed, after an import that is under way."""
        self._is_outdated = True
        if self._task is None or self._task.done():
            self._task = self._create_task(self._async_import())

    async def _async_import(self) -> None:
        while self._is_outdated:
            self._is_outdated = False
            zone = dt_util.get_default_time_zone()
            printers = await self._hass.async_add_executor_job(
                totals_by_day, self._archive.known, zone
            )
            for printer_id in await self._async_shown(printers):
                await self._async_import_printer(
                    printer_id, printers.get(printer_id, {}), zone
                )

    async def _async_shown(self, printers: Iterable[int]) -> list[int]:
        """Return the printers that have prints, or statistics of prints since deleted."""
        known = await _async_printers(self._hass, self._account_id)
        shown = (known | set(printers)) & self._get_names().keys()
        self._printers = known | shown
        return sorted(shown)

    async def _async_import_printer(
        self, printer_id: int, days: Mapping[date, Totals], zone: tzinfo
    ) -> None:
        ids = {
            kind.key: statistic_id(self._account_id, printer_id, kind.key)
            for kind in KINDS
        }
        stored = await _async_stored(self._hass, set(ids.values()))
        rows = await self._hass.async_add_executor_job(
            _rows_of, days, stored, ids, zone
        )
        if rows is None:
            # The rows of another time zone stand at other hours.
            await _async_clear(self._hass, list(ids.values()))
            rows = await self._hass.async_add_executor_job(
                _rows_of, days, {}, ids, zone
            )
        name = self._get_names().get(printer_id)
        if rows is None or name is None:
            return
        for kind in KINDS:
            if changed := rows[kind.key]:
                self._add(ids[kind.key], kind, name, changed)

    def _add(
        self, id_: str, kind: _Kind, printer: str, rows: list[StatisticData]
    ) -> None:
        # The recorder may be missing: nothing of it is imported before it is used.
        from homeassistant.components.recorder.models import (  # noqa: PLC0415
            StatisticMeanType,
            StatisticMetaData,
        )
        from homeassistant.components.recorder.statistics import (  # noqa: PLC0415
            async_add_external_statistics,
        )

        label = text_of(self._hass, "common", f"statistics_{kind.key}")
        async_add_external_statistics(
            self._hass,
            StatisticMetaData(
                has_sum=True,
                mean_type=StatisticMeanType.NONE,
                name=f"{printer} {label}",
                source=DOMAIN,
                statistic_id=id_,
                unit_class=kind.unit_class,
                unit_of_measurement=kind.unit,
            ),
            rows,
        )


async def _async_stored(
    hass: HomeAssistant, ids: set[str]
) -> dict[str, dict[datetime, _Row]]:
    """Return the rows that the recorder has."""
    from homeassistant.components.recorder.statistics import statistics_during_period  # noqa: PLC0415

    instance = get_instance(hass)
    # What was handed over before must be there.
    await instance.async_block_till_done()
    found = await instance.async_add_executor_job(
        statistics_during_period,
        hass,
        datetime.fromtimestamp(0, UTC),
        None,
        ids,
        "hour",
        None,
        {"state", "sum"},
    )
    return {
        id_: {
            datetime.fromtimestamp(row["start"], UTC): (
                row.get("state") or 0.0,
                row.get("sum") or 0.0,
            )
            for row in rows
        }
        for id_, rows in found.items()
    }


def _rows_of(
    days: Mapping[date, Totals],
    stored: Mapping[str, Mapping[datetime, _Row]],
    ids: Mapping[str, str],
    zone: tzinfo,
) -> dict[str, list[StatisticData]] | None:
    """Return the rows from the first on that differs from what is stored, by kind.

    Rows before the first print, whose prints were deleted, become 0. None where rows are
    stored that stand at no day's first hour. Days on which nobody can have printed are left
    out: each day in between would need a row.
    """
    today = dt_util.utcnow().astimezone(zone).date()
    days = {
        day: totals
        for day, totals in days.items()
        if _BEFORE_ALL <= day <= today + _DAY
    }
    starts = [start for rows in stored.values() for start in rows]
    known = [min(days)] if days else []
    known += [start.astimezone(zone).date() for start in starts]
    if not known:
        return {key: [] for key in ids}
    day, last = min(known), max(today, *known)
    moments: dict[datetime, Totals] = {}
    while day <= last:
        moments[row_start(day, zone)] = days.get(day) or Totals()
        day += _DAY
    if any(start not in moments for start in starts):
        return None
    return {
        kind.key: _changed_rows(kind, moments, stored.get(ids[kind.key], {}))
        for kind in KINDS
    }


def _changed_rows(
    kind: _Kind, moments: Mapping[datetime, Totals], stored: Mapping[datetime, _Row]
) -> list[StatisticData]:
    from homeassistant.components.recorder.models import StatisticData  # noqa: PLC0415

    total, changed, has_changed = 0.0, [], False
    for start, totals in moments.items():
        value = float(kind.value_fn(totals))
        total += value
        has_changed |= not _is_same(stored.get(start), (value, total))
        if has_changed:
            changed.append(StatisticData(start=start, state=value, sum=total))
    return changed


def _is_same(stored: _Row | None, row: _Row) -> bool:
    return stored is not None and all(
        abs(one - other) <= _TOLERANCE for one, other in zip(stored, row, strict=True)
    )


async def _async_printers(hass: HomeAssistant, account_id: str) -> set[int]:
    """Return the printers of an account that have statistics."""
    ids = await _async_ids(hass, account_id)
    return {
        int(number)
        for id_ in ids
        if (
            number := id_.removeprefix(_prefix(account_id)).partition("_")[0]
        ).isdecimal()
    }


def _prefix(account_id: str) -> str:
    return f"{DOMAIN}:{account_id}_"


async def _async_ids(hass: HomeAssistant, account_id: str) -> list[str]:
    """Return the ids of an account's statistics."""
    from homeassistant.components.recorder.statistics import list_statistic_ids  # noqa: PLC0415

    instance = get_instance(hass)
    await instance.async_block_till_done()
    known: list[dict[str, Any]] = await instance.async_add_executor_job(
        list_statistic_ids, hass
    )
    prefix = _prefix(account_id)
    return [
        row["statistic_id"] for row in known if row["statistic_id"].startswith(prefix)
    ]


async def _async_clear(hass: HomeAssistant, ids: list[str]) -> None:
    """Delete statistics."""
    instance = get_instance(hass)
    done = asyncio.Event()

    def tell() -> None:
        hass.loop.call_soon_threadsafe(done.set)

    instance.async_clear_statistics(ids, on_done=tell)
    await done.wait()


async def async_clear_account(
    hass: HomeAssistant, account_id: str, printer_id: int | None = None
) -> None:
    """Delete the statistics of a printer, or of all printers of an account."""
    if DATA_INSTANCE not in hass.data:
        return
    prefix = _prefix(account_id)
    if printer_id is not None:
        prefix += f"{printer_id}_"
    ids = [id_ for id_ in await _async_ids(hass, account_id) if id_.startswith(prefix)]
    if ids:
        await _async_clear(hass, ids)
