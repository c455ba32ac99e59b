"""A real Home Assistant in this process, whose clock can be put forward."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from tempfile import TemporaryDirectory
from typing import Any, Final, cast, override

from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_test_home_assistant,
)

from custom_components.obico.const import DOMAIN
from custom_components.obico.coordinator import ObicoConfigEntry
from custom_components.obico.push import PrinterPush
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_ACCESS_TOKEN, CONF_URL, CONF_VERIFY_SSL
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.loader import DATA_CUSTOM_COMPONENTS

from .remote import RemoteAccount

_TIMEOUT: Final = 120.0
_GLANCE: Final = 0.005


class MovableLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock can be put forward: what is due by then, runs; the network stays real."""

    ahead = 0.0

    @override
    def time(self) -> float:
        return super().time() + self.ahead


def run[T](main: Coroutine[Any, Any, T]) -> T:
    """Run in a loop whose clock can be put forward."""
    with asyncio.Runner(loop_factory=MovableLoop) as runner:
        return runner.run(main)


def put_forward(seconds: float) -> None:
    """Put the clock of Home Assistant's timers forward."""
    cast("MovableLoop", asyncio.get_running_loop()).ahead += seconds


@asynccontextmanager
async def home_assistant() -> AsyncIterator[HomeAssistant]:
    """Run a Home Assistant that has nothing set up yet."""
    with TemporaryDirectory() as folder:
        async with async_test_home_assistant(config_dir=folder) as hass:
            # The test package hides custom integrations until it is told otherwise.
            hass.data.pop(DATA_CUSTOM_COMPONENTS)
            yield hass
            await hass.async_stop(force=True)


def add_entry(hass: HomeAssistant, account: RemoteAccount) -> ObicoConfigEntry:
    """Add an account's config entry, as the config flow makes it, without setting it up."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Obico",
        unique_id=account.unique_id,
        data={
            CONF_URL: account.url,
            CONF_VERIFY_SSL: True,
            CONF_ACCESS_TOKEN: account.token,
        },
    )
    entry.add_to_hass(hass)
    return cast("ObicoConfigEntry", entry)


async def set_up(hass: HomeAssistant, account: RemoteAccount) -> ObicoConfigEntry:
    """Set an account up, and wait until its first events are behind it."""
    entry = add_entry(hass, account)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    if entry.state is not ConfigEntryState.LOADED:
        raise RuntimeError(f"the account is not set up: {entry.reason}")
    await until(lambda: entry.runtime_data.storage.event_mark is not None)
    return entry


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something to become true."""
    async with asyncio.timeout(_TIMEOUT):
        while not condition():
            await asyncio.sleep(_GLANCE)


def pushes_of(entry: ObicoConfigEntry) -> dict[int, PrinterPush]:
    """Return the push connections of an account by printer id."""
    return entry.runtime_data.pushes._pushes


async def connected(entry: ObicoConfigEntry) -> None:
    """Wait until all printers of an account have their push connection."""
    await until(lambda: all(push.is_connected for push in pushes_of(entry).values()))


def entity_id(hass: HomeAssistant, entry: ObicoConfigEntry, printer: int, key: str) -> str:
    """Return the id of a printer's entity, named by domain and key: `sensor.status`."""
    domain, _, name = key.partition(".")
    found = er.async_get(hass).async_get_entity_id(
        domain, DOMAIN, f"{entry.unique_id}_{printer}_{name}"
    )
    if found is None:
        raise LookupError(f"printer {printer} has no {key}")
    return found
