"""However many prints there are, and however they lie, all of them are counted."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from aiohttp import web
import pytest

from custom_components.obico.prints import archive
from dev import Account, ObicoServer, Print, Printer
from dev.server.faults import Handler
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity import Entity
from tests.integration.support import API, Json, Obico, set_up

from .past import printed
from .test_totals import refresh

PRINTS = f"{API}prints/"
# As 3,000 are in real life.
PAGE = 5
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "PAGE", PAGE)
    monkeypatch.setattr(Entity, "entity_registry_enabled_default", True)


def on_a_day(printer: Printer, count: int, days_ago: int = 0) -> list[Print]:
    """Let a printer have printed several times on one day."""
    begin = NOON - timedelta(days=days_ago)
    return [
        printed(printer, begin + timedelta(minutes=number), video=False)
        for number in range(count)
    ]


def total(obico: Obico, printer: Printer) -> str:
    return obico.value(printer, "sensor.total_prints")


def requests(server: ObicoServer) -> int:
    return len(server.requests.matching(PRINTS))


async def look_again(obico: Obico) -> None:
    """Let an hour pass after which prints are requested anew."""
    obico.entry.runtime_data.archive._due = 0.0
    await refresh(obico, 3700)


@pytest.mark.parametrize(
    "counts",
    [
        pytest.param((), id="none"),
        pytest.param((1,) * 13, id="one a day"),
        pytest.param((PAGE,), id="a full page"),
        pytest.param((1,) * (2 * PAGE), id="full pages"),
        pytest.param((4 * PAGE + 3,), id="all on one day"),
        pytest.param((3 * PAGE,), id="full pages of one day"),
        pytest.param((3, 3 * PAGE + 1, 4), id="a busy day between others"),
        pytest.param((2 * PAGE, 2 * PAGE, 2 * PAGE), id="busy days"),
        pytest.param(
            (PAGE - 1, 1, PAGE, 1, 0, 2 * PAGE), id="days and pages that meet"
        ),
    ],
)
async def test_all_prints_are_counted_however_they_lie(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    printer: Printer,
    counts: tuple[int, ...],
) -> None:
    for days_ago, count in enumerate(counts):
        on_a_day(printer, count, days_ago)
    obico = await set_up(hass, server, account)
    await refresh(obico)
    assert total(obico, printer) == str(sum(counts))


async def test_all_are_counted_where_the_server_ignores_days(
    hass: HomeAssistant, server: ObicoServer, account: Account, printer: Printer
) -> None:
    async def ignore_days(request: web.Request, handler: Handler) -> web.StreamResponse:
        url = request.rel_url.without_query_params("from_date", "to_date", "timezone")
        return await handler(request.clone(rel_url=url))

    server.faults.add(PRINTS, ignore_days)
    for days_ago in range(17):
        on_a_day(printer, 1, days_ago)
    obico = await set_up(hass, server, account)
    await refresh(obico)
    assert total(obico, printer) == "17"


async def test_a_server_that_repeats_its_first_page_is_not_asked_for_ever(
    hass: HomeAssistant, server: ObicoServer, account: Account, printer: Printer
) -> None:
    on_a_day(printer, 2 * PAGE)
    obico = await set_up(hass, server, account)
    rows: list[Json] = []

    def repeat(answer: Json) -> Json:
        rows.extend(answer)
        return rows[:PAGE]

    server.faults.change(PRINTS, repeat)
    server.requests.clear()
    await refresh(obico)
    assert total(obico, printer) == str(PAGE)
    assert requests(server) == 2


async def test_a_list_without_an_end_is_not_followed_for_ever(
    monkeypatch: pytest.MonkeyPatch,
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    printer: Printer,
) -> None:
    monkeypatch.setattr(archive, "_MAX_PAGES", 4)
    on_a_day(printer, 6 * PAGE)
    obico = await set_up(hass, server, account)
    server.requests.clear()
    await refresh(obico)
    assert total(obico, printer) == str(4 * PAGE)
    assert requests(server) == 4


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param(
            lambda server, jobs: server.delete_prints({jobs[0].id}),
            ("16", "100.0"),
            id="deleted",
        ),
        pytest.param(
            lambda _, jobs: setattr(jobs[0], "alert_overwrite", "FAILED"),
            ("17", "94.1"),
            id="judged",
        ),
    ],
)
async def test_a_change_deep_in_a_busy_day_is_found(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    printer: Printer,
    change: Callable[[ObicoServer, list[Print]], object],
    expected: tuple[str, str],
) -> None:
    jobs = on_a_day(printer, 3 * PAGE + 2)
    obico = await set_up(hass, server, account)
    await refresh(obico)
    assert total(obico, printer) == "17"
    change(server, jobs)
    await look_again(obico)
    assert (total(obico, printer), obico.value(printer, "sensor.success_rate")) == (
        expected
    )


async def test_prints_whose_rows_cannot_be_read_any_more_stay_known(
    hass: HomeAssistant, server: ObicoServer, account: Account, printer: Printer
) -> None:
    on_a_day(printer, 2 * PAGE)
    on_a_day(printer, 3, 100)
    obico = await set_up(hass, server, account)
    await refresh(obico)
    broken = min(server.prints)

    def spoil(answer: Json) -> Json:
        return [
            row | {"id": "broken"} if row["id"] in {broken, broken + 11} else row
            for row in answer
        ]

    server.faults.change(PRINTS, spoil)
    on_a_day(printer, 1, 50)
    await look_again(obico)
    assert total(obico, printer) == str(2 * PAGE + 3 + 1)
