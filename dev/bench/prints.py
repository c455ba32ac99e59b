"""Statistics of past prints, and how thousands of them are looked through."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import process_time, thread_time
import tracemalloc
from typing import Final
from unittest.mock import patch

from custom_components.obico.data import ObicoConfigEntry
from custom_components.obico.prints.statistics import KINDS, statistic_id
from homeassistant.components.media_source import async_browse_media
from homeassistant.components.recorder.models import (
    StatisticData,
    StatisticMeanType,
    StatisticMetaData,
)
from homeassistant.components.recorder.statistics import (
    async_add_external_statistics,
    statistics_during_period,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.recorder import async_initialize_recorder, get_instance
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util

from .home import add_entry, home_assistant, put_forward, set_up, set_up_entry
from .remote import RemoteAccount, RemoteServer, remote_server
from .results import Result
from .timing import no_collections

_IMPORTED: Final = 2000
_QUICK_IMPORTED: Final = 500
_DAYS: Final = 3 * 365
_LISTED: Final = 5000
_TIMES: Final = 5
_QUICK_TIMES: Final = 2
# Prints are requested this long after somebody began to listen for them (seconds).
_CALM: Final = 6.0

type _Open = Callable[[], Coroutine[object, object, None]]


async def measure(*, quick: bool) -> list[Result]:
    """Measure the import of statistics, then media and calendar."""
    return [
        *await _imported(_QUICK_IMPORTED if quick else _IMPORTED),
        *await _opened(_QUICK_TIMES if quick else _TIMES),
    ]


async def _imported(prints: int) -> list[Result]:
    """Import the statistics of a printer, and as many rows without an integration."""
    async with remote_server() as server, _home_with_recorder() as hass:
        # The first import loads modules.
        await _import(hass, server, _QUICK_IMPORTED)
        entry, imported = await _import(hass, server, prints)
        began = process_time()
        rows = await _import_floor(hass, entry)
        floor = process_time() - began
        tracemalloc.start()
        try:
            await _import(hass, server, prints)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    return [
        Result.at_most(
            f"CPU of importing the statistics of {prints:,} prints in three years, against the recorder's own for as many rows",
            imported / floor,
            1.3,
            unit="×",
            note=f"{imported:.2f} s, recorder {floor:.2f} s; {rows:,} rows",
        ),
        Result.at_most(
            f"memory while the statistics of {prints:,} prints are imported, at its peak",
            peak / 1e6,
            16,
            unit=" MB",
            note="what Python objects take in addition, the recorder's included",
        ),
    ]


@asynccontextmanager
async def _home_with_recorder() -> AsyncIterator[HomeAssistant]:
    """Run a Home Assistant that records into a file."""
    async with home_assistant() as hass:
        async_initialize_recorder(hass)
        file = hass.config.path("bench.db")
        config = {"recorder": {"db_url": f"sqlite:///{file}", "commit_interval": 0}}
        if not await async_setup_component(hass, "recorder", config):
            raise RuntimeError("there is no recorder")
        await hass.async_block_till_done()
        yield hass


async def _import(
    hass: HomeAssistant, server: RemoteServer, prints: int
) -> tuple[ObicoConfigEntry, float]:
    """Return an account with a past, and the CPU seconds of importing its statistics."""
    account = await _account(server, prints)
    entry = add_entry(hass, account)
    await set_up_entry(hass, entry)
    await _recorded(hass)
    began = process_time()
    await put_forward(hass, _CALM)
    await _recorded(hass)
    taken = process_time() - began
    if len(entry.runtime_data.archive.known) != prints:
        raise RuntimeError("not all prints were requested")
    return entry, taken


async def _import_floor(hass: HomeAssistant, entry: ObicoConfigEntry) -> int:
    """Have the recorder store the rows that the integration made, and return how many."""
    account = entry.runtime_data
    (printer,) = account.coordinator.data.printers
    ids = [statistic_id(account.account_id, printer, kind.key) for kind in KINDS]
    found = await get_instance(hass).async_add_executor_job(
        statistics_during_period,
        hass,
        datetime.fromtimestamp(0, UTC),
        None,
        set(ids),
        "hour",
        None,
        {"state", "sum"},
    )
    for number, rows in enumerate(found.values()):
        async_add_external_statistics(
            hass,
            StatisticMetaData(
                has_sum=True,
                mean_type=StatisticMeanType.NONE,
                name=None,
                source="bench",
                statistic_id=f"bench:{number}",
                unit_class=None,
                unit_of_measurement=None,
            ),
            [
                StatisticData(
                    start=datetime.fromtimestamp(row["start"], UTC),
                    state=row["state"] or 0.0,
                    sum=row["sum"] or 0.0,
                )
                for row in rows
            ],
        )
    await _recorded(hass)
    return sum(map(len, found.values()))


async def _recorded(hass: HomeAssistant) -> None:
    """Wait until the recorder has stored all that it was given."""
    await hass.async_add_executor_job(get_instance(hass).block_till_done)


async def _account(server: RemoteServer, prints: int) -> RemoteAccount:
    """Add an account with one idle printer that has printed before."""
    account = await server.add_account(1, "idle")
    await server.add_prints(account.printers[0], prints, _DAYS)
    return account


@dataclass
class _Opening:
    """What it took to open something, several times."""

    name: str
    requests: int = 0
    held: list[float] = field(default_factory=list)


async def _opened(times: int) -> list[Result]:
    """Open the media tree, a month and the calendar's year, each before anything is known."""
    openings = [
        _Opening("the media tree"),
        _Opening("a month of it"),
        _Opening("a year of the calendar"),
    ]
    async with remote_server() as server, home_assistant() as hass:
        await async_setup_component(hass, "media_source", {})
        account = await _account(server, _LISTED)
        entry = await set_up(hass, account)
        actions = _openings_of(hass, entry)
        for _ in range(times + 1):
            for opening, action in zip(openings, actions, strict=True):
                await hass.config_entries.async_reload(entry.entry_id)
                await hass.async_block_till_done()
                await server.requests()
                with _watched() as taken:
                    # In a task of its own, which is the last callback to be noted.
                    await asyncio.create_task(action())
                requests = await server.requests()
                opening.requests = max(opening.requests, sum(requests.values()))
                opening.held.append(max(taken))
    most = max(opening.requests for opening in openings)
    # The first round loads modules. What other programs add is not the same in each.
    held = [min(opening.held[1:]) * 1000 for opening in openings]
    names = ", ".join(opening.name for opening in openings)
    return [
        Result.at_most(
            f"requests for {names}, of {_LISTED:,} prints",
            most,
            3,
            note=", ".join(str(opening.requests) for opening in openings),
        ),
        Result.at_most(
            f"CPU of the longest callback in the event loop for {names}, of {_LISTED:,} prints",
            max(held),
            20,
            unit=" ms",
            note=", ".join(f"{each:.0f} ms" for each in held)
            + f"; the best of {times} times",
        ),
    ]


def _openings_of(hass: HomeAssistant, entry: ObicoConfigEntry) -> tuple[_Open, ...]:
    """Return what opens the tree, a month, and a year."""
    (printer,) = entry.runtime_data.coordinator.data.printers
    root = f"media-source://obico/{entry.entry_id}"
    calendar = er.async_get(hass).async_get_entity_id(
        "calendar", "obico", f"{entry.unique_id}_{printer}_prints"
    )
    now = dt_util.now()
    month = (now - timedelta(days=60)).strftime("%Y-%m")

    async def browse(identifier: str) -> None:
        found = await async_browse_media(hass, identifier)
        if not found.children:
            raise RuntimeError("there is nothing in it")

    async def tree() -> None:
        for identifier in ("media-source://obico", root, f"{root}/{printer}"):
            await browse(identifier)

    async def a_month() -> None:
        await browse(f"{root}/{printer}/{month}")

    async def year() -> None:
        answer = await hass.services.async_call(
            "calendar",
            "get_events",
            {
                "entity_id": calendar,
                "start_date_time": (now - timedelta(days=365)).isoformat(),
                "end_date_time": now.isoformat(),
            },
            blocking=True,
            return_response=True,
        )
        if not answer:
            raise RuntimeError("there are no events")

    return tree, a_month, year


@contextmanager
def _watched() -> Iterator[list[float]]:
    """Note the CPU seconds of each callback of the event loop."""
    taken: list[float] = []
    original = asyncio.Handle._run

    def run(handle: asyncio.Handle) -> None:
        began = thread_time()
        original(handle)
        taken.append(thread_time() - began)

    with patch.object(asyncio.Handle, "_run", run), no_collections():
        yield taken
