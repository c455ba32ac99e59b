"""Kind: what an earlier run has stored is found, whatever it lacks and however broken it is.

`installation_0_1_0.json` is what version 0.1.0 stored: the config entry, the registries of
entities and devices, and the account's own file. One printer has run OctoPrint, one waits
for filament with Klipper, one is excluded. The user gave names and ids, disabled and hid.
"""

from collections.abc import Callable
from copy import deepcopy
import json
from typing import Any, Final, cast

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.obico.const import DOMAIN
from dev import CUBE, SHORT, Account, ObicoServer, Printer
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_ACCESS_TOKEN, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from tests.integration.support import (
    CAPTURES,
    Obico,
    event_memory_of,
    fired_events,
    states_written,
    unique_id_of,
)

STORED: Final = json.loads(
    (CAPTURES.parent / "installation_0_1_0.json").read_text(encoding="utf-8")
)
ENTRY: Final = STORED["entry"]
FILE: Final = f"{DOMAIN}.{ENTRY['entry_id']}"
ENTITY_REGISTRY: Final = STORED["storage"][er.STORAGE_KEY]["data"]["entities"]
DEVICE_REGISTRY: Final = STORED["storage"][dr.STORAGE_KEY]["data"]["devices"]
# The event mark and the events of before.
MARK: Final = STORED["storage"][FILE]["data"]["event_mark"]

type Json = Any
type Storage = dict[str, Json]


@pytest.fixture
def expected_lingering_timers() -> bool:
    """Allow those of registries that are about to be written."""
    return True


@pytest.fixture
def voron(account: Account, printer: Printer) -> Printer:
    return account.add_printer("Voron", agent="klipper")


@pytest.fixture
async def installed(
    hass: HomeAssistant,
    hass_storage: Storage,
    server: ObicoServer,
    account: Account,
    printer: Printer,
    voron: Printer,
) -> Obico:
    """Give an installation of 0.1.0 that was just updated, before it is set up."""
    account.add_printer("Spare", agent="octoprint")
    assert unique_id_of(account) == ENTRY["unique_id"]
    # What happened on the server before.
    printer.agent.start_print(SHORT)
    voron.agent.start_print(CUBE)
    await server.advance(20)
    server.add_event(printer, "FAILURE_ALERTED")
    voron.agent.change_filament()
    await server.advance(200)
    assert max(server.events) == MARK

    hass_storage |= json.loads(
        json.dumps(STORED["storage"]).replace("{url}", server.url)
    )
    # Those of the fixture have begun empty.
    for key in (dr.DATA_REGISTRY, er.DATA_REGISTRY):
        del hass.data[key]
    dr.async_setup(hass)
    await dr.async_load(hass)
    await er.async_load(hass)
    entry = MockConfigEntry(
        domain=DOMAIN,
        **{
            **ENTRY,
            "data": {
                **ENTRY["data"],
                CONF_URL: server.url,
                CONF_ACCESS_TOKEN: account.token,
            },
        },
    )
    entry.add_to_hass(hass)
    return Obico(hass=hass, server=server, account=account, entry=entry)


def settings_of(entry: Json) -> dict[str, Json]:
    """Return what a user sees of an entity, and may have chosen."""
    fields = ("entity_id", "name", "icon", "disabled_by", "hidden_by", "device_id")
    entry = entry if isinstance(entry, dict) else entry.extended_dict
    return {
        **{field: entry[field] for field in fields},
        "labels": sorted(entry["labels"]),
    }


# What Klipper can never tell, and is no more made.
NEVER_KNOWN: Final = {"last_print_time", "filament_volume"}


async def test_entities_and_devices_are_as_they_were(
    hass: HomeAssistant, installed: Obico, voron: Printer
) -> None:
    await installed.set_up()
    assert installed.entry.state is ConfigEntryState.LOADED
    found = {
        entry.id: settings_of(entry) for entry in er.async_get(hass).entities.values()
    }
    for stored in ENTITY_REGISTRY:
        key = stored["unique_id"].removeprefix(f"{ENTRY['unique_id']}_{voron.id}_")
        if key in NEVER_KNOWN:
            assert stored["id"] not in found
        else:
            assert found[stored["id"]] == settings_of(stored)
    assert installed.entity_id(installed.server.printers[1], "sensor.status") == (
        "sensor.mk4"
    )
    devices = {
        device.id: (device.name, device.name_by_user)
        for device in dr.async_entries_for_config_entry(
            dr.async_get(hass), ENTRY["entry_id"]
        )
    }
    assert devices == {
        device["id"]: (device["name"], device["name_by_user"])
        for device in DEVICE_REGISTRY
    }
    assert "The big one" in {name for _, name in devices.values()}


async def test_what_a_user_has_disabled_stays_so(
    hass: HomeAssistant, installed: Obico, voron: Printer
) -> None:
    await installed.set_up()
    disabled = [entry for entry in ENTITY_REGISTRY if entry["disabled_by"] == "user"]
    assert disabled
    for entry in disabled:
        assert hass.states.get(entry["entity_id"]) is None


async def test_the_options_apply(hass: HomeAssistant, installed: Obico) -> None:
    await installed.set_up()
    assert dict(installed.entry.options) == ENTRY["options"]
    assert installed.entry.data["client_id"] == ENTRY["data"]["client_id"]
    spare = installed.server.printers[3]
    assert installed.device(spare) is None
    assert installed.find_entity_id(spare, "sensor.status") is None


async def test_no_event_of_before_fires_and_each_new_one_does(
    installed: Obico, printer: Printer
) -> None:
    written = states_written(
        installed.hass, installed.entity_id(printer, "event.printer_event")
    )
    await installed.set_up()
    await installed.poll()
    assert not [s for s in written() if s.state not in {"unknown", "unavailable"}]
    fired = fired_events(installed, printer)
    event = installed.server.add_event(printer, "PAUSED")
    await installed.poll()
    assert [each["event_id"] for each in fired()] == [event.id]


async def test_an_event_during_the_update_fires(
    installed: Obico, printer: Printer
) -> None:
    event = installed.server.add_event(printer, "FAILURE_ALERTED")
    await installed.set_up()
    shown = installed.state(printer, "event.printer_event")
    assert shown.attributes["event_id"] == event.id


async def test_pictures_and_attention_are_as_they_were(
    installed: Obico, printer: Printer, voron: Printer
) -> None:
    await installed.set_up()
    pictured = STORED["storage"][FILE]["data"]["pictured_events"]
    assert (
        installed.value(printer, "image.failure_snapshot")
        == (pictured["1"]["failure"]["created_at"])
    )
    assert (
        installed.value(printer, "image.event_snapshot")
        == (pictured["1"]["event"]["created_at"])
    )
    assert (
        installed.value(voron, "image.event_snapshot")
        == (pictured["2"]["event"]["created_at"])
    )
    assert installed.value(printer, "binary_sensor.attention") == "off"
    assert installed.value(voron, "binary_sensor.attention") == "on"


async def test_a_printer_that_is_off_keeps_its_heaters(
    installed: Obico, voron: Printer
) -> None:
    voron.agent.go_offline()
    await installed.server.advance(60)
    await installed.set_up()
    for heater in ("extruder", "heater_bed", "chamber", "raspberry_pi"):
        assert (
            installed.value(voron, f"sensor.{heater}_temperature") == "unavailable"
        ), heater
    # A sensor that heats nothing.
    assert installed.find_entity_id(voron, "number.raspberry_pi_target") is None


# What is stored, and cannot be read


def remove(key: str) -> Callable[[Storage], object]:
    return lambda stored: stored.pop(key)


def replace(key: str, value: object) -> Callable[[Storage], object]:
    return lambda stored: stored.update({key: value})


def spoil_row(*path: str | int, value: object) -> Callable[[Storage], None]:
    """Return what puts a value in the place of one row."""

    def spoil(stored: Storage) -> None:
        at: Json = stored
        for key in path[:-1]:
            at = at[key]
        at[path[-1]] = value

    return spoil


KEYS: Final = ("event_mark", "latest_event", "pictured_events", "heaters", "attention")


async def load(
    installed: Obico, hass_storage: Storage, spoil: Callable[[Storage], object]
) -> Storage:
    """Set up with a stored file that is spoiled, and return what was in the file."""
    spoil(hass_storage[FILE]["data"])
    before = deepcopy(hass_storage[FILE]["data"])
    await installed.set_up()
    assert installed.entry.state is ConfigEntryState.LOADED
    return cast("Storage", before)


def restored(installed: Obico, printer: Printer, voron: Printer) -> dict[str, bool]:
    """Return which parts of what was stored are there, by the key of the file."""
    events = event_memory_of(installed.entry)
    return {
        # Else it is the first sight of the account, and the old events are skipped.
        "event_mark": events.mark == MARK,
        "latest_event": events.latest is not None,
        "pictured_events": installed.value(printer, "image.failure_snapshot")
        != "unknown",
        "heaters": installed.find_entity_id(voron, "sensor.raspberry_pi_temperature")
        is not None,
        "attention": installed.value(voron, "binary_sensor.attention") == "on",
    }


@pytest.mark.parametrize("key", KEYS)
async def test_a_file_that_lacks_a_key_is_read(
    installed: Obico,
    hass_storage: Storage,
    caplog: pytest.LogCaptureFixture,
    printer: Printer,
    voron: Printer,
    key: str,
) -> None:
    await load(installed, hass_storage, remove(key))
    there = restored(installed, printer, voron)
    there.pop(key, None)
    assert all(there.values())
    assert "cannot be read" not in caplog.text
    assert f"{FILE}.unreadable" not in hass_storage


WRONG: Final[dict[str, tuple[object, ...]]] = {
    "event_mark": ("text", [7], {"1": 7}, True, 1.5),
    "latest_event": (7, "text", [7], {"1": 7}, True),
    "pictured_events": (7, "text", [7], {"1": 7}, {"x": {}}, True),
    "heaters": (7, "text", [7], {"1": 7}, {"x": {}}, True),
    "attention": (7, "text", ["text"], {"1": 7}, [[]], True),
    "recent_events": (7, "text", ["text"], {"1": 7}, [[]], True),
    "detection_hours": (7, "text", [7], {"balance": "text"}, True),
}


@pytest.mark.parametrize(
    ("key", "value"),
    [(key, value) for key, values in WRONG.items() for value in values],
)
async def test_a_part_of_the_wrong_type_costs_only_itself(
    installed: Obico,
    hass_storage: Storage,
    caplog: pytest.LogCaptureFixture,
    printer: Printer,
    voron: Printer,
    key: str,
    value: object,
) -> None:
    before = await load(installed, hass_storage, replace(key, value))
    there = restored(installed, printer, voron)
    there.pop(key, None)
    assert all(there.values())
    assert caplog.text.count("cannot be read") == 1
    assert hass_storage[f"{FILE}.unreadable"]["data"] == before


SPOILED_ROWS: Final = {
    "picture without an id": spoil_row("pictured_events", "2", "event", value={}),
    "picture that is text": spoil_row("pictured_events", "2", "event", value="x"),
    "pictures of nobody": spoil_row("pictured_events", "x", value={}),
    "pictures that are a number": spoil_row("pictured_events", "2", value=1),
    "heater without a name": spoil_row("heaters", "1", 1, value={"key": "bed"}),
    "heater that is text": spoil_row("heaters", "1", 1, value="bed"),
    "heaters of nobody": spoil_row("heaters", "x", value=[]),
    "heaters that are a number": spoil_row("heaters", "1", value=1),
    "printer that waits and is none": replace("attention", [2, "x"]),
    "printer that waits and is nothing": replace("attention", [2, None]),
    "id of no event": replace("recent_events", [MARK, "x"]),
}


@pytest.mark.parametrize("row", SPOILED_ROWS)
async def test_a_row_that_cannot_be_read_costs_only_itself(
    installed: Obico,
    hass_storage: Storage,
    caplog: pytest.LogCaptureFixture,
    printer: Printer,
    voron: Printer,
    row: str,
) -> None:
    before = await load(installed, hass_storage, SPOILED_ROWS[row])
    assert all(restored(installed, printer, voron).values())
    assert caplog.text.count("cannot be read") == 1
    assert hass_storage[f"{FILE}.unreadable"]["data"] == before
    # It is told once: the next run finds what could be read.
    caplog.clear()
    await installed.reload()
    assert "cannot be read" not in caplog.text


@pytest.mark.parametrize("stored", [[], [1], "text", 7, None, True])
async def test_a_file_of_something_else_is_set_aside(
    installed: Obico,
    hass_storage: Storage,
    caplog: pytest.LogCaptureFixture,
    printer: Printer,
    stored: object,
) -> None:
    hass_storage[FILE]["data"] = stored
    await installed.set_up()
    assert installed.entry.state is ConfigEntryState.LOADED
    if stored is not None:
        assert caplog.text.count("cannot be read") == 1
        assert hass_storage[f"{FILE}.unreadable"]["data"] == stored
    # As at the first sight of an account.
    fired = fired_events(installed, printer)
    event = installed.server.add_event(printer, "PAUSED")
    await installed.poll()
    assert [each["event_id"] for each in fired()] == [event.id]
