"""A real Home Assistant in this process, with a clock that can be advanced."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any, Final, cast, override
from unittest.mock import patch

from aiohttp import ThreadedResolver
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_test_home_assistant,
)

from custom_components.obico.const import DOMAIN
from custom_components.obico.data import ObicoConfigEntry
from custom_components.obico.live.connection import PrinterConnection
from homeassistant.config_entries import (
    ConfigEntry,
    ConfigEntryState,
    ConfigSubentryDataWithId,
)
from homeassistant.const import CONF_ACCESS_TOKEN, CONF_URL, CONF_VERIFY_SSL
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_component import DATA_INSTANCES
from homeassistant.loader import DATA_CUSTOM_COMPONENTS

from .remote import RemoteAccount

_TIMEOUT: Final = 120.0
_GLANCE: Final = 0.002
# Tasks that run as long as an account is set up, or somebody watches.
_ENDLESS_TASKS: Final = ("obico push", "obico agent", "obico moving pictures")


class _Resolver(ThreadedResolver):
    """The resolver of the system, which stays open when Home Assistant closes its own."""

    async def real_close(self) -> None:
        """Do nothing."""


class MovableLoop(asyncio.SelectorEventLoop):
    """An event loop with a clock that can be advanced; timers that are due run, network is real."""

    ahead = 0.0

    @override
    def time(self) -> float:
        return monotonic() + self.ahead


def run[T](main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine in a loop with a clock that can be advanced."""
    with asyncio.Runner(loop_factory=MovableLoop) as runner:
        return runner.run(main)


async def put_forward(hass: HomeAssistant, seconds: float) -> None:
    """Advance the clock of Home Assistant's timers, and wait until all that was due has run."""
    cast("MovableLoop", hass.loop).ahead += seconds
    # The first iteration runs the timers, the others the tasks that these have started.
    for _ in range(3):
        await asyncio.sleep(0)
    while tasks := [
        task
        for task in hass._background_tasks
        if isinstance(task, asyncio.Task)
        and not task.get_name().startswith(_ENDLESS_TASKS)
    ]:
        await asyncio.wait(tasks)


@asynccontextmanager
async def home_assistant() -> AsyncIterator[HomeAssistant]:
    """Run a Home Assistant without config entries."""
    with (
        TemporaryDirectory() as folder,
        # The server has an IP address, so zeroconf is not needed.
        patch(
            "homeassistant.helpers.aiohttp_client._async_make_resolver",
            return_value=_Resolver(),
        ),
        # There is no frontend.
        patch("homeassistant.components.http.HomeAssistantHTTP.async_bind"),
        # By default 10,000, which is not enough for 200 printers.
        patch(
            "homeassistant.helpers.entity_platform.MAX_ENABLED_ENTITIES_PER_CONFIG_ENTRY",
            1_000_000,
        ),
    ):
        async with async_test_home_assistant(config_dir=folder) as hass:
            # The test package disables custom integrations by default.
            hass.data.pop(DATA_CUSTOM_COMPONENTS)
            try:
                yield hass
            finally:
                await hass.async_stop(force=True)


def add_entry(
    hass: HomeAssistant,
    account: RemoteAccount,
    *,
    subentries: Sequence[ConfigSubentryDataWithId] = (),
) -> ObicoConfigEntry:
    """Add an account's config entry like the config flow, without setting it up."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Obico",
        unique_id=account.unique_id,
        data={
            CONF_URL: account.url,
            CONF_VERIFY_SSL: True,
            CONF_ACCESS_TOKEN: account.token,
        },
        subentries_data=subentries,
    )
    entry.add_to_hass(hass)
    return cast("ObicoConfigEntry", entry)


async def set_up_entry(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Set up an entry, and wait until its states are written."""
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    if entry.state is not ConfigEntryState.LOADED:
        raise RuntimeError(f"{entry.title} is not set up: {entry.reason}")


async def set_up(hass: HomeAssistant, account: RemoteAccount) -> ObicoConfigEntry:
    """Set up an account, and wait until its first look for events is done."""
    entry = add_entry(hass, account)
    await set_up_entry(hass, entry)
    await until(lambda: entry.runtime_data.event_memory.mark is not None)
    return entry


async def until(condition: Callable[[], bool]) -> None:
    """Wait until a condition is true."""
    async with asyncio.timeout(_TIMEOUT):
        while not condition():
            await asyncio.sleep(_GLANCE)


def pushes_of(entry: ObicoConfigEntry) -> dict[int, PrinterConnection]:
    """Return the push connections of an account by printer id."""
    return entry.runtime_data.connections._connections


async def connected(entry: ObicoConfigEntry) -> None:
    """Wait until all printers of an account have their push connection."""
    await until(lambda: all(push.is_connected for push in pushes_of(entry).values()))


def entity_of(hass: HomeAssistant, entity_id: str) -> Entity:
    """Return the object of an entity."""
    entity = hass.data[DATA_INSTANCES][entity_id.partition(".")[0]].get_entity(
        entity_id
    )
    if entity is None:
        raise LookupError(f"there is no {entity_id}")
    return entity
