"""Statistics of prints that reach back to the first one, by local days."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)

from custom_components.obico.prints.days import row_start
from dev import Account, ObicoServer, Print, Printer
from homeassistant.components.recorder.core import Recorder
from homeassistant.components.recorder.statistics import (
    list_statistic_ids,
    statistics_during_period,
)
from homeassistant.components.recorder.tasks import ImportStatisticsTask, RecorderTask
from homeassistant.core import Event, HomeAssistant
from homeassistant.helpers.recorder import get_instance
from homeassistant.util import dt as dt_util
from tests.integration.support import Obico, set_up, settle, unique_id_of

from .past import printed

BERLIN = ZoneInfo("Europe/Berlin")
KEYS = ("prints", "cancelled", "failures", "print_time", "filament")

type Rows = dict[str, list[tuple[datetime, float, float]]]


@pytest.fixture(autouse=True)
def _custom_integrations(
    recorder_mock: Recorder, enable_custom_integrations: None
) -> None:
    """Have a recorder, which must be there before Home Assistant is."""


@pytest.fixture(autouse=True)
async def _berlin(_custom_integrations: None, hass: HomeAssistant) -> None:
    await hass.config.async_set_time_zone("Europe/Berlin")


async def follow(obico: Obico, seconds: float = 6) -> None:
    """Let the prints be requested that may be new, and the rows be written."""
    for _ in range(3):
        async_fire_time_changed(
            obico.hass, dt_util.utcnow() + timedelta(seconds=seconds)
        )
        await settle(obico.hass)
        await async_wait_recording_done(obico.hass)


async def start(hass: HomeAssistant, server: ObicoServer, account: Account) -> Obico:
    obico = await set_up(hass, server, account)
    await follow(obico)
    return obico


async def rows_of(hass: HomeAssistant, account: Account, printer: Printer) -> Rows:
    """Return the rows that the recorder has: begin, value and sum, by statistic."""
    await async_wait_recording_done(hass)
    prefix = f"obico:{unique_id_of(account)}_{printer.id}_"
    found = await get_instance(hass).async_add_executor_job(
        statistics_during_period,
        hass,
        datetime.fromtimestamp(0, UTC),
        None,
        {prefix + key for key in KEYS},
        "hour",
        None,
        {"state", "sum"},
    )
    return {
        id_.removeprefix(prefix): [
            (
                datetime.fromtimestamp(row["start"], UTC),
                row["state"] or 0,
                row["sum"] or 0,
            )
            for row in rows
        ]
        for id_, rows in found.items()
    }


def begin_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=BERLIN).astimezone(UTC)


async def test_every_day_since_the_first_print_has_a_row(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    printer: Printer,
    frozen: FrozenDateTimeFactory,
) -> None:
    today = server.clock.now()
    printed(printer, today - timedelta(days=3), seconds=1800, filament=500)
    printed(printer, today - timedelta(days=3), finished=False, filament=None)
    judged = printed(printer, today - timedelta(days=1), seconds=3600)
    judged.alert_overwrite = "FAILED"
    await start(hass, server, account)
    rows = await rows_of(hass, account, printer)
    assert [row[1:] for row in rows["prints"]] == [(2, 2), (0, 2), (1, 3), (0, 3)]
    assert [row[1] for row in rows["cancelled"]] == [1, 0, 0, 0]
    assert [row[1] for row in rows["failures"]] == [1, 0, 1, 0]
    assert rows["print_time"][-1][2] == pytest.approx(2.5)
    assert rows["filament"][-1][2] == pytest.approx(3.0)
    assert rows["prints"][0][0] == begin_of((today - timedelta(days=3)).date())


async def test_a_print_of_an_impossible_day_does_not_harm_the_others(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    printer: Printer,
    frozen: FrozenDateTimeFactory,
) -> None:
    printed(printer, server.clock.now() - timedelta(days=1), filament=500)
    for year in (1, 1970, 2150, 9998):
        printed(printer, datetime(year, 1, 2, tzinfo=UTC), filament=1e308)
    await start(hass, server, account)
    rows = await rows_of(hass, account, printer)
    assert [row[1:] for row in rows["prints"]] == [(1, 1), (0, 1)]
    assert [row[1:] for row in rows["filament"]] == [(0.5, 0.5), (0, 0.5)]


async def test_they_have_names_and_units(
    hass: HomeAssistant, server: ObicoServer, account: Account, printer: Printer
) -> None:
    printed(printer, server.clock.now() - timedelta(days=1))
    await start(hass, server, account)
    listed = await get_instance(hass).async_add_executor_job(list_statistic_ids, hass)
    units = {
        row["name"]: (row["statistics_unit_of_measurement"], row["unit_class"])
        for row in listed
        if row["source"] == "obico"
    }
    assert units == {
        "Prusa MK4 prints": (None, None),
        "Prusa MK4 cancelled prints": (None, None),
        "Prusa MK4 failed prints": (None, None),
        "Prusa MK4 print time": ("h", "duration"),
        "Prusa MK4 filament": ("m", "distance"),
    }
    assert all(row["has_sum"] for row in listed if row["source"] == "obico")


@pytest.mark.parametrize(
    ("zone", "day", "expected"),
    [
        ("Europe/Berlin", date(2026, 10, 25), datetime(2026, 10, 24, 22)),
        ("Europe/Berlin", date(2026, 10, 26), datetime(2026, 10, 25, 23)),
        ("Asia/Kolkata", date(2026, 1, 1), datetime(2025, 12, 31, 19)),
        ("Asia/Kathmandu", date(2026, 1, 1), datetime(2025, 12, 31, 19)),
        # The clocks skip midnight there.
        ("Africa/Cairo", date(2026, 4, 24), datetime(2026, 4, 23, 22)),
        ("UTC", date(2026, 1, 1), datetime(2026, 1, 1)),
    ],
)
def test_a_row_stands_at_the_first_full_hour_of_its_day(
    zone: str, day: date, expected: datetime
) -> None:
    start = row_start(day, ZoneInfo(zone))
    assert start == expected.replace(tzinfo=UTC)
    assert start.astimezone(ZoneInfo(zone)).date() == day


async def test_prints_near_midnight_are_in_their_local_day_after_the_clocks_changed(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    printer: Printer,
    frozen: FrozenDateTimeFactory,
) -> None:
    # 23:30 on 31 October and 0:30 on 1 November in Berlin, in winter time.
    printed(printer, datetime(2026, 10, 31, 22, 30, tzinfo=UTC))
    printed(printer, datetime(2026, 10, 31, 23, 30, tzinfo=UTC))
    # 23:30 on 24 October, in summer time.
    printed(printer, datetime(2026, 10, 24, 21, 30, tzinfo=UTC))
    await start(hass, server, account)
    rows = await rows_of(hass, account, printer)
    days = {
        when.astimezone(BERLIN).date() for when, value, _ in rows["prints"] if value
    }
    assert days == {date(2026, 10, 24), date(2026, 10, 31), date(2026, 11, 1)}


def some_days(
    printer: Printer, count: int, days: float, *changes: datetime
) -> list[Print]:
    """Let a printer have printed for some days, also around the midnights of time changes."""
    random, now = Random(1), printer.state.clock.now()
    near = [
        change + timedelta(days=day, minutes=minutes)
        for change in changes
        for day in (-1, 0, 1)
        for minutes in (-90, -31, -30, -1, 0, 1, 30, 31, 90)
    ]
    begins = near + [
        now - timedelta(seconds=random.uniform(3 * 3600, days * 86400))
        for _ in range(count - len(near))
    ]
    jobs = [
        printed(
            printer,
            started_at,
            seconds=random.uniform(60, 9000),
            filament=random.uniform(1, 90_000),
            finished=random.random() > 0.1,
            video=False,
        )
        for started_at in begins
    ]
    for job in jobs[::7]:
        job.alert_overwrite = "FAILED"
    return jobs


def sums_of(jobs: list[Print]) -> list[float]:
    """Return what is expected of some prints, in the order of KEYS, in hours and metres."""
    return [
        len(jobs),
        sum(job.cancelled_at is not None for job in jobs),
        sum(bool(job.cancelled_at or job.alert_overwrite) for job in jobs),
        sum(job.print_time or 0 for job in jobs) / 3600,
        sum(job.filament_used or 0 for job in jobs) / 1000,
    ]


def by_day(jobs: list[Print], zone: ZoneInfo, now: datetime) -> dict[date, list[Print]]:
    """Return the prints of each day since the first, those that began on it."""
    days = [job.started_at.astimezone(zone).date() for job in jobs]
    first, last = min(days), now.astimezone(zone).date()
    found: dict[date, list[Print]] = {
        first + timedelta(days=number): [] for number in range((last - first).days + 1)
    }
    for day, job in zip(days, jobs, strict=True):
        found[day].append(job)
    return found


def imports_of(hass: HomeAssistant) -> list[object]:
    """Return a list that notes what statistics the recorder is given from now on."""
    imports: list[object] = []
    recorder = get_instance(hass)
    queue = recorder.queue_task

    def note(task: RecorderTask | Event) -> None:
        if isinstance(task, ImportStatisticsTask):
            imports.append(task)
        queue(task)

    recorder.queue_task = note  # type: ignore[method-assign]
    return imports


@pytest.mark.parametrize(
    ("name", "days", "changes"),
    [
        # 2023 to 2026, with two changes of the time each year.
        (
            "Europe/Berlin",
            3 * 365,
            (
                datetime(2026, 3, 28, 23, tzinfo=UTC),
                datetime(2026, 10, 24, 22, tzinfo=UTC),
            ),
        ),
        # Where the clocks skip midnight in spring, and repeat the hour before it in autumn.
        (
            "Africa/Cairo",
            230,
            (
                datetime(2026, 4, 23, 22, tzinfo=UTC),
                datetime(2026, 10, 29, 22, tzinfo=UTC),
            ),
        ),
    ],
)
async def test_two_thousand_prints_are_imported_once_and_equal_the_list(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    printer: Printer,
    frozen: FrozenDateTimeFactory,
    name: str,
    days: int,
    changes: tuple[datetime, ...],
) -> None:
    await hass.config.async_set_time_zone(name)
    zone = ZoneInfo(name)
    jobs = some_days(printer, 2000, days, *changes)
    imports = imports_of(hass)
    obico = await start(hass, server, account)
    assert len(imports) == len(KEYS)

    rows = await rows_of(hass, account, printer)
    expected = by_day(jobs, zone, server.clock.now())
    for index, key in enumerate(KEYS):
        assert [when.astimezone(zone).date() for when, _, _ in rows[key]] == list(
            expected
        )
        # A second is 0.00028 h, and a millimetre 0.001 m.
        assert [value for _, value, _ in rows[key]] == pytest.approx(
            [sums_of(each)[index] for each in expected.values()], abs=0.0001
        )
        assert rows[key][-1][2] == pytest.approx(sums_of(jobs)[index], abs=0.0001)

    imports.clear()
    await obico.reload()
    await follow(obico)
    assert await rows_of(hass, account, printer) == rows
    assert imports == []


async def test_a_print_is_added_when_it_has_ended(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    printer: Printer,
    frozen: FrozenDateTimeFactory,
) -> None:
    printed(printer, server.clock.now() - timedelta(days=2))
    obico = await start(hass, server, account)
    printer.begin_print("new.gcode")
    await obico.poll()
    await follow(obico)
    assert (await rows_of(hass, account, printer))["prints"][-1][2] == 1
    await server.advance(60)
    printer.end_print(finished=False)
    await obico.poll()
    await follow(obico)
    rows = await rows_of(hass, account, printer)
    assert rows["prints"][-1][1:] == (1, 2)
    assert rows["failures"][-1][1:] == (1, 1)


async def test_a_print_that_was_deleted_changes_all_sums_after_it(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    printer: Printer,
    frozen: FrozenDateTimeFactory,
) -> None:
    now = server.clock.now()
    first = printed(printer, now - timedelta(days=4))
    middle = printed(printer, now - timedelta(days=2))
    printed(printer, now - timedelta(days=1))
    obico = await start(hass, server, account)
    device = obico.device(printer)
    assert device is not None

    async def delete(job: Print) -> list[float]:
        assert device is not None
        await hass.services.async_call(
            "obico",
            "delete_prints",
            {"device_id": device.id, "print_ids": [job.id]},
            blocking=True,
        )
        await settle(hass)
        rows = await rows_of(hass, account, printer)
        return [total for _, _, total in rows["prints"]]

    assert await delete(middle) == [1, 1, 1, 2, 2]
    # The days before what is now the first print stay, and are empty.
    assert await delete(first) == [0, 0, 0, 1, 1]


async def test_a_new_day_gets_a_row(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    printer: Printer,
    frozen: FrozenDateTimeFactory,
) -> None:
    printed(printer, server.clock.now() - timedelta(days=1))
    await start(hass, server, account)
    assert len((await rows_of(hass, account, printer))["prints"]) == 2
    midnight = dt_util.start_of_local_day(dt_util.now() + timedelta(days=1))
    frozen.move_to(midnight + timedelta(minutes=5, seconds=1))
    async_fire_time_changed(hass, midnight + timedelta(minutes=5, seconds=1))
    await settle(hass)
    assert len((await rows_of(hass, account, printer))["prints"]) == 3


async def test_another_time_zone_has_other_rows(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    printer: Printer,
    frozen: FrozenDateTimeFactory,
) -> None:
    printed(printer, server.clock.now() - timedelta(days=2))
    obico = await start(hass, server, account)
    before = await rows_of(hass, account, printer)
    await hass.config.async_set_time_zone("America/New_York")
    await obico.reload()
    await follow(obico)
    after = await rows_of(hass, account, printer)
    assert {row[0] for row in before["prints"]}.isdisjoint(
        row[0] for row in after["prints"]
    )
    assert after["prints"][-1][2] == 1


async def test_statistics_go_with_the_printer_and_with_the_entry(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    printer: Printer,
    frozen: FrozenDateTimeFactory,
) -> None:
    other = account.add_printer("Ender 3")
    for each in (printer, other):
        printed(each, server.clock.now() - timedelta(days=2))
    obico = await start(hass, server, account)
    assert len(await rows_of(hass, account, other)) == len(KEYS)
    other.delete()
    for _ in range(2):
        await obico.poll()
    await follow(obico)
    assert await rows_of(hass, account, other) == {}
    assert len(await rows_of(hass, account, printer)) == len(KEYS)
    await hass.config_entries.async_remove(obico.entry.entry_id)
    await settle(hass)
    assert await rows_of(hass, account, printer) == {}
