"""From set-up to removal, again and again: nothing stays behind, nothing is lost."""

from collections import Counter
import gc
import logging
from typing import Any

import aiohttp
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.obico.config_flow import ObicoConfigFlow
from dev import Account, ObicoServer, Printer
from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.const import CONF_URL, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.util.async_ import get_scheduled_timer_handles
from tests.integration.support import (
    Obico,
    config_entry,
    connections_of,
    event_memory_of,
    set_up,
)
from tests.timelapse import wait_until

RELOADS = 100


@pytest.fixture
def expected_lingering_timers() -> bool:
    """Allow what aiohttp leaves of a websocket that this side closes: its heartbeat."""
    return True


def state_of(entry: MockConfigEntry) -> ConfigEntryState:
    """Return what became of an entry."""
    state: ConfigEntryState = entry.state
    return state


def traces(hass: HomeAssistant, server: ObicoServer) -> Counter[str]:
    """Count what a reload could leave behind."""
    gc.collect()
    things = gc.get_objects()
    found = Counter(
        type(thing).__qualname__
        for thing in things
        if type(thing).__module__.startswith("custom_components.obico")
    )
    for event, number in hass.bus.async_listeners().items():
        found[f"listeners to {event}"] = number
    found["tasks"] = len(hass._tasks | hass._background_tasks)
    found["timers"] = sum(
        not handle.cancelled() and "obico" in repr(handle)
        for handle in get_scheduled_timer_handles(hass.loop)
    )
    found["sessions"] = sum(
        isinstance(thing, aiohttp.ClientSession) and not thing.closed
        for thing in things
    )
    found["sockets"] = len(server.sockets)
    return found


async def test_a_hundred_reloads_leave_nothing_behind(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    printer: Printer,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)
    server.sockets.blocked = False
    obico = await set_up(hass, server, account)
    seen = []
    for reload in range(RELOADS + 1):
        await obico.reload()
        await wait_until(lambda: connections_of(obico.entry).connected == 1)
        await wait_until(lambda: len(server.sockets) == 1)
        if reload in (0, RELOADS):
            await hass.async_block_till_done()
            seen.append(traces(hass, server))
    first, last = seen
    assert first["ObicoCoordinator"] == first["sockets"] == 1
    # What grew.
    assert last - first == Counter()
    assert obico.value(printer, "sensor.status") == "idle"
    assert [
        record.getMessage()
        for record in caplog.records
        if record.name.startswith("custom_components.obico")
    ] == []
    await obico.unload()
    await wait_until(lambda: len(server.sockets) == 0)


async def test_a_start_without_network_comes_to_an_account_once_there_is_one(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    printer: Printer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As after a power cut, when the router is slower than Home Assistant."""

    async def fail(*_: object, **__: object) -> None:
        raise OSError(101, "Network is unreachable")

    with monkeypatch.context() as without_network:
        without_network.setattr(
            "aiohttp.connector.aiohappyeyeballs.start_connection", fail
        )
        obico = await set_up(hass, server, account)
        assert state_of(obico.entry) is ConfigEntryState.SETUP_RETRY
        assert obico.entry.error_reason_translation_key == "cannot_connect"
        assert len(server.requests) == 0
        await obico.pass_time(600)
        assert state_of(obico.entry) is ConfigEntryState.SETUP_RETRY
    await obico.pass_time(1200)
    assert state_of(obico.entry) is ConfigEntryState.LOADED
    assert obico.value(printer, "sensor.status") == "idle"


async def test_a_start_while_the_server_is_down_keeps_what_was_known(
    hass: HomeAssistant, obico: Obico, printer: Printer
) -> None:
    await obico.server.refuse_connections()
    await hass.config_entries.async_reload(obico.entry.entry_id)
    assert state_of(obico.entry) is ConfigEntryState.SETUP_RETRY
    assert obico.device(printer) is not None
    assert obico.value(printer, "sensor.status") == STATE_UNAVAILABLE
    assert hass.config_entries.flow.async_progress() == []
    await obico.server.accept_connections()
    await obico.pass_time(600)
    assert obico.value(printer, "sensor.status") == "idle"


async def test_an_account_can_be_disabled_and_enabled(
    hass: HomeAssistant, obico: Obico, printer: Printer
) -> None:
    entry_id = obico.entry.entry_id
    await hass.config_entries.async_set_disabled_by(entry_id, ConfigEntryDisabler.USER)
    assert state_of(obico.entry) is ConfigEntryState.NOT_LOADED
    obico.server.requests.clear()
    await obico.pass_time(3600)
    assert len(obico.server.requests) == 0
    await hass.config_entries.async_set_disabled_by(entry_id, None)
    await hass.async_block_till_done()
    assert obico.value(printer, "sensor.status") == "idle"


# Versions of entries


def entry_of_version(
    server: ObicoServer, account: Account, version: int, minor_version: int
) -> MockConfigEntry:
    """Return an entry as another version of the integration stored it."""
    entry = config_entry(server, account)
    return MockConfigEntry(
        domain=entry.domain,
        title=entry.title,
        unique_id=entry.unique_id,
        data={**entry.data, "of_the_future": True},
        version=version,
        minor_version=minor_version,
    )


async def load(hass: HomeAssistant, entry: MockConfigEntry) -> ConfigEntryState:
    """Set an entry up, and return what became of it."""
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return state_of(entry)


async def test_an_entry_of_a_newer_minor_version_works_and_stays_as_it_is(
    hass: HomeAssistant, server: ObicoServer, account: Account
) -> None:
    entry = entry_of_version(
        server, account, ObicoConfigFlow.VERSION, ObicoConfigFlow.MINOR_VERSION + 1
    )
    before = dict(entry.data)
    assert await load(hass, entry) is ConfigEntryState.LOADED
    assert dict(entry.data) == before
    assert entry.minor_version == ObicoConfigFlow.MINOR_VERSION + 1


async def test_an_entry_of_a_newer_major_version_is_left_alone_and_the_log_says_why(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    caplog: pytest.LogCaptureFixture,
) -> None:
    entry = entry_of_version(server, account, ObicoConfigFlow.VERSION + 1, 1)
    before = dict(entry.data)
    assert await load(hass, entry) is ConfigEntryState.MIGRATION_ERROR
    assert dict(entry.data) == before
    assert len(server.requests) == 0
    assert "which is higher than the current version" in caplog.text
    # It can be removed all the same.
    await hass.config_entries.async_remove(entry.entry_id)
    assert hass.config_entries.async_entries("obico") == []


async def test_an_entry_of_the_first_version_works(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    printer: Printer,
    hass_storage: dict[str, Any],
) -> None:
    """What the first version stored: a token, no options, a memory without later parts."""
    entry = config_entry(server, account)
    assert (entry.version, entry.minor_version) == (1, 1)
    assert CONF_URL in entry.data
    hass_storage[f"obico.{entry.entry_id}"] = {
        "version": 1,
        "minor_version": 1,
        "key": f"obico.{entry.entry_id}",
        "data": {"event_mark": 3, "pictured_events": {}, "heaters": {}},
    }
    assert await load(hass, entry) is ConfigEntryState.LOADED
    obico = Obico(hass=hass, server=server, account=account, entry=entry)
    assert obico.value(printer, "sensor.status") == "idle"
    assert event_memory_of(entry).mark == 3
