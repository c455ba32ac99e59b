"""Kind: a set-up that fails after it has begun something leaves nothing behind.

Sockets, tasks and entities are ended wherever it fails, and the next set-up works.
"""

from collections.abc import Callable

import pytest

from custom_components import obico as integration
from custom_components.obico.live.connection_manager import ConnectionManager
from custom_components.obico.live.event_feed import EventFeed
from dev import Account, ObicoServer, Printer
from homeassistant.config_entries import ConfigEntries, ConfigEntryState
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryError, ConfigEntryNotReady
from tests.integration.push.support import obico_tasks, obico_timers
from tests.integration.support import Obico, config_entry
from tests.timelapse import wait_until

FORWARD = ConfigEntries.async_forward_entry_setups


async def forward_and_fail(
    entries: ConfigEntries, entry: object, platforms: object
) -> None:
    await FORWARD(entries, entry, platforms)  # type: ignore[arg-type]
    raise ConfigEntryNotReady("late")


async def forward_some_and_fail(
    entries: ConfigEntries, entry: object, platforms: object
) -> None:
    await FORWARD(entries, entry, [Platform.SENSOR, Platform.CAMERA])  # type: ignore[arg-type]
    raise OSError("half way")


async def fail_to_listen(*_: object) -> None:
    raise RuntimeError("sentences cannot be read")


def fail_to_start(*_: object) -> None:
    raise ConfigEntryError("no")


FAILURES: dict[str, tuple[object, str, Callable[..., object]]] = {
    "platforms": (ConfigEntries, "async_forward_entry_setups", forward_and_fail),
    "some platforms": (
        ConfigEntries,
        "async_forward_entry_setups",
        forward_some_and_fail,
    ),
    "events": (EventFeed, "async_start", fail_to_start),
    "connections": (ConnectionManager, "async_start", fail_to_start),
    "sentences": (integration, "async_add_account", fail_to_listen),
}


@pytest.mark.parametrize("failure", FAILURES)
async def test_a_set_up_that_fails_late_leaves_nothing(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    printer: Printer,
    monkeypatch: pytest.MonkeyPatch,
    failure: str,
) -> None:
    server.sockets.blocked = False
    entry = config_entry(server, account)
    entry.add_to_hass(hass)
    obico = Obico(hass=hass, server=server, account=account, entry=entry)
    with monkeypatch.context() as broken:
        broken.setattr(*FAILURES[failure])
        await obico.set_up()
    assert entry.state in {ConfigEntryState.SETUP_ERROR, ConfigEntryState.SETUP_RETRY}
    await wait_until(lambda: len(server.sockets) == 0, "a connection is left")
    assert not obico_tasks()
    assert not obico_timers()
    assert not [
        state for state in hass.states.async_all() if state.state != "unavailable"
    ]

    await obico.reload()
    assert entry.state is ConfigEntryState.LOADED
    assert obico.value(printer, "sensor.status") == "idle"
    await obico.unload()
