"""An account that is set up in Home Assistant, as a test sees it."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import timedelta
import json
from pathlib import Path
from typing import Any, Literal, cast

from freezegun.api import FrozenDateTimeFactory
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
    async_fire_time_changed,
)

from custom_components.obico.aioobico import ObicoClient
from custom_components.obico.const import DOMAIN, POLL_INTERVAL
from custom_components.obico.coordinator import ObicoCoordinator
from custom_components.obico.data import ObicoData
from custom_components.obico.live.connection_manager import ConnectionManager
from custom_components.obico.live.event_memory import EventMemory
from dev import SHORT, Account, ObicoServer, Printer
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import (
    CONF_ACCESS_TOKEN,
    CONF_URL,
    CONF_VERIFY_SSL,
    EVENT_STATE_CHANGED,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
)
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, State
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util import dt as dt_util
from tests.timelapse import LoopClock, is_busy

API = "/api/v1/"
CAPTURES = Path(__file__).parent.parent / "fixtures" / "captures"

# A poll is spread over half a second, so that not all integrations ask at once.
_POLL_SPREAD_SECONDS = 1
# Longer than anything that is waited for in one go: the retries of a call, and its time-outs.
_SETTLE_SECONDS = 120.0

type Json = Any


def load_capture(name: str) -> dict[str, Json]:
    """Return a recorded answer of a real server."""
    return cast("dict[str, Json]", json.loads((CAPTURES / f"{name}.json").read_text()))


def printer_captures() -> list[str]:
    """Return the names of all recorded states of a printer."""
    return [
        path.stem
        for path in sorted(CAPTURES.glob("printer_*.json"))
        if "current_print" in json.loads(path.read_text())
    ]


def unique_id_of(account: Account) -> str:
    """Return the unique id of an account's config entry."""
    return f"{account.id}_{int(account.date_joined.timestamp())}"


def config_entry(
    server: ObicoServer, account: Account, **data: str | bool
) -> MockConfigEntry:
    """Return a config entry as the config flow makes it."""
    return MockConfigEntry(
        domain=DOMAIN,
        title=server.url.partition("//")[2],
        unique_id=unique_id_of(account),
        data={
            CONF_URL: server.url,
            CONF_VERIFY_SSL: True,
            CONF_ACCESS_TOKEN: account.token,
        }
        | data,
    )


def data_of(entry: ConfigEntry) -> ObicoData:
    """Return the parts of an account that is loaded."""
    return cast("ObicoData", entry.runtime_data)


def coordinator_of(entry: ConfigEntry) -> ObicoCoordinator:
    """Return the coordinator of an account."""
    return data_of(entry).coordinator


def client_of(entry: ConfigEntry) -> ObicoClient:
    """Return the client that asks the server for an account."""
    return data_of(entry).client


def connections_of(entry: ConfigEntry) -> ConnectionManager:
    """Return the push connections of an account."""
    return data_of(entry).connections


def event_memory_of(entry: ConfigEntry) -> EventMemory:
    """Return what is remembered of an account's events."""
    return data_of(entry).event_memory


def forget_run(hass: HomeAssistant) -> None:
    """Forget what one run of Home Assistant knows, as at a restart."""
    del hass.data["obico_runs"]


async def settle(hass: HomeAssistant) -> None:
    """Wait until all that was set off is done; time that it waits for is skipped."""
    clock = LoopClock.of(hass.loop)
    await clock.settle(lambda: is_busy(hass), _SETTLE_SECONDS)
    await hass.async_block_till_done()


async def finish[T](hass: HomeAssistant, what: Coroutine[object, object, T]) -> T:
    """Await something that may wait for a time-out; that time is skipped."""
    return await LoopClock.of(hass.loop).finish(what, _SETTLE_SECONDS)


@dataclass(frozen=True, kw_only=True)
class Obico:
    """One account in Home Assistant."""

    hass: HomeAssistant
    server: ObicoServer
    account: Account
    entry: MockConfigEntry

    def entity_id(self, printer: Printer, key: str) -> str:
        """Return the id of a printer's entity, named by domain and key: `sensor.status`."""
        found = self.find_entity_id(printer, key)
        assert found is not None, key
        return found

    def find_entity_id(self, printer: Printer, key: str) -> str | None:
        """Return the id of a printer's entity, None if there is no such one."""
        domain, _, name = key.partition(".")
        return er.async_get(self.hass).async_get_entity_id(
            domain, DOMAIN, f"{self.entry.unique_id}_{printer.id}_{name}"
        )

    def state(self, printer: Printer, key: str) -> State:
        """Return the state of a printer's entity."""
        state = self.hass.states.get(self.entity_id(printer, key))
        assert state is not None, key
        return state

    def value(self, printer: Printer, key: str) -> str:
        """Return what a printer's entity shows."""
        return self.state(printer, key).state

    def values(self, printer: Printer, keys: Mapping[str, object]) -> dict[str, str]:
        """Return what a printer's entities show, for a comparison with what they should."""
        return {key: self.value(printer, key) for key in keys}

    def device(self, printer: Printer | None = None) -> dr.DeviceEntry | None:
        """Return the device of a printer, or of the account."""
        identifier = str(self.entry.unique_id)
        if printer is not None:
            identifier += f"_{printer.id}"
        return dr.async_get(self.hass).async_get_device_by_identifier(
            (DOMAIN, identifier), self.entry.entry_id
        )

    async def set_up(self) -> None:
        """Set the account up."""
        await finish(
            self.hass, self.hass.config_entries.async_setup(self.entry.entry_id)
        )
        await settle(self.hass)

    async def unload(self) -> None:
        """Unload the account."""
        assert await finish(
            self.hass, self.hass.config_entries.async_unload(self.entry.entry_id)
        )
        await settle(self.hass)

    async def reload(self) -> None:
        """Reload the account."""
        assert await finish(
            self.hass, self.hass.config_entries.async_reload(self.entry.entry_id)
        )
        await settle(self.hass)

    async def add_printer(
        self, name: str, *, agent: Literal["octoprint", "klipper"] | None = None
    ) -> Printer:
        """Add a printer to the account, and let the next poll bring it."""
        printer = self.account.add_printer(name, agent=agent)
        await self.poll()
        return printer

    async def pass_time(self, seconds: float) -> None:
        """Let Home Assistant's timers of the next seconds be due."""
        async_fire_time_changed(
            self.hass, dt_util.utcnow() + timedelta(seconds=seconds)
        )
        await settle(self.hass)

    async def poll(self, *, after: float = 0) -> None:
        """Let the next poll be due, after some seconds of the server's time."""
        if after:
            await self.server.advance(after)
        interval = POLL_INTERVAL
        if self.entry.state is ConfigEntryState.LOADED:
            interval = coordinator_of(self.entry).update_interval or POLL_INTERVAL
        await self.pass_time(interval.total_seconds() + _POLL_SPREAD_SECONDS)

    async def advance(self, freezer: FrozenDateTimeFactory, seconds: float) -> None:
        """Let time pass for the server and, frozen, for Home Assistant, then poll."""
        await self.server.advance(seconds)
        freezer.tick(seconds)
        await self.poll()


async def set_up(
    hass: HomeAssistant, server: ObicoServer, account: Account, **data: str | bool
) -> Obico:
    """Set an account up."""
    entry = config_entry(server, account, **data)
    entry.add_to_hass(hass)
    obico = Obico(hass=hass, server=server, account=account, entry=entry)
    await obico.set_up()
    return obico


async def have_a_life(obico: Obico, printer: Printer) -> None:
    """Print, fail, end, print again: everything that there can be is there."""
    server = obico.server
    printer.agent.start_print(SHORT)
    await server.advance(20)
    server.add_event(printer, "FAILURE_ALERTED")
    await obico.poll()
    await obico.poll(after=100)
    printer.agent.start_print(SHORT)
    await obico.poll(after=20)


def states_written(
    hass: HomeAssistant, entity_id: str | None = None
) -> Callable[[], list[State]]:
    """Return what gives the states written from now on, of one entity or of all."""
    events: list[Event[EventStateChangedData]] = async_capture_events(
        hass, EVENT_STATE_CHANGED
    )
    return lambda: [
        new_state
        for event in events
        if (new_state := event.data["new_state"]) is not None
        and entity_id in {None, new_state.entity_id}
    ]


def fired_events(obico: Obico, printer: Printer) -> Callable[[], list[dict[str, Json]]]:
    """Return what gives the attributes of a printer's events that fire from now on.

    Each firing has a moment of its own; a state that comes back after a reload has
    that of before.
    """
    entity_id = obico.entity_id(printer, "event.printer_event")
    known = {obico.hass.states.get(entity_id)}
    written = states_written(obico.hass, entity_id)

    def fired() -> list[dict[str, Json]]:
        seen = {state.state for state in known if state} | {
            STATE_UNAVAILABLE,
            STATE_UNKNOWN,
        }
        events = []
        for state in written():
            if state.state not in seen:
                seen.add(state.state)
                events.append(dict(state.attributes))
        return events

    return fired
