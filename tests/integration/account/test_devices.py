"""The devices of an account follow what the server has, without a reload."""

from collections.abc import Callable
import json
from typing import cast

import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.obico.const import DOMAIN
from dev import Account, ObicoServer, Printer
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.device_registry import DeviceEntry, DeviceEntryType
from homeassistant.setup import async_setup_component
from tests.integration.support import API, Json, Obico, load_capture, set_up

PRINTERS = f"{API}printers/"


def the_device(obico: Obico, printer: Printer | None = None) -> DeviceEntry:
    """Return a device that must be there."""
    device = obico.device(printer)
    assert device is not None
    return device


def keys(obico: Obico, printer: Printer) -> set[str]:
    """Return what a printer's entities are about, disabled ones included."""
    prefix = f"{obico.entry.unique_id}_{printer.id}_"
    return {
        f"{entry.domain}.{entry.unique_id.removeprefix(prefix)}"
        for entry in er.async_entries_for_config_entry(
            er.async_get(obico.hass), obico.entry.entry_id
        )
        if entry.unique_id.startswith(prefix)
    }


async def test_the_account_is_a_service_that_printers_belong_to(
    obico: Obico, printer: Printer
) -> None:
    account, device = the_device(obico), the_device(obico, printer)
    assert account.entry_type is DeviceEntryType.SERVICE
    assert account.name == obico.entry.title
    assert account.configuration_url == obico.server.url
    assert device.via_device_id == account.id
    assert device.entry_type is None


@pytest.mark.parametrize(
    ("capture", "manufacturer", "version"),
    [
        ("printer_idle", "OctoPrint", "octoprint_obico 2.6.1"),
        ("printer_klipper_idle", "Klipper", "moonraker_obico 2.1.4"),
    ],
)
async def test_a_printer_tells_its_firmware_and_its_agent(
    obico: Obico, printer: Printer, capture: str, manufacturer: str, version: str
) -> None:
    printer.load_state(load_capture(capture))
    await obico.poll()
    device = the_device(obico, printer)
    assert device.name == printer.name
    assert device.manufacturer == manufacturer
    assert device.sw_version == version
    assert device.configuration_url == (
        f"{obico.server.url}/printers/{printer.id}/control/"
    )


async def test_a_printer_that_was_never_linked_is_there(
    hass: HomeAssistant, server: ObicoServer, account: Account
) -> None:
    printer = account.add_printer("New one")
    obico = await set_up(hass, server, account)
    device = the_device(obico, printer)
    assert (device.name, device.manufacturer, device.sw_version) == (
        "New one",
        None,
        None,
    )
    assert obico.value(printer, "sensor.status") == "offline"


async def test_a_printer_without_a_name_is_called_by_its_number(
    obico: Obico, printer: Printer
) -> None:
    new = obico.account.add_printer("Nameless")

    def without_name(rows: Json) -> Json:
        return [row | {"name": None} if row["id"] == new.id else row for row in rows]

    obico.server.faults.change(PRINTERS, without_name)
    await obico.poll()
    assert the_device(obico, new).name == f"Printer {new.id}"


async def test_a_new_printer_appears_without_a_reload_and_with_all_entities(
    obico: Obico, printer: Printer
) -> None:
    new = await obico.add_printer("Prusa XL", agent="octoprint")
    assert the_device(obico, new).via_device_id == the_device(obico).id
    assert keys(obico, new) == keys(obico, printer)
    assert obico.value(new, "sensor.status") == "idle"


@pytest.mark.parametrize("leave", [Printer.archive, Printer.delete])
async def test_a_printer_that_is_gone_goes_with_all_its_entities(
    obico: Obico, printer: Printer, leave: Callable[[Printer], None]
) -> None:
    other = await obico.add_printer("Voron", agent="klipper")
    entity_id = obico.entity_id(printer, "sensor.status")
    before = keys(obico, other)
    leave(printer)
    await obico.poll()
    assert obico.device(printer) is None
    assert keys(obico, printer) == set()
    assert obico.hass.states.get(entity_id) is None
    assert keys(obico, other) == before
    assert obico.value(other, "sensor.status") == "idle"


async def test_a_printer_that_went_while_home_assistant_was_off_goes_at_the_start(
    obico: Obico, printer: Printer
) -> None:
    other = await obico.add_printer("Voron", agent="klipper")
    await obico.unload()
    printer.delete()
    await obico.set_up()
    assert obico.device(printer) is None
    assert keys(obico, printer) == set()
    assert obico.value(other, "sensor.status") == "idle"


async def test_a_printer_that_comes_back_is_whole_again(
    obico: Obico, printer: Printer
) -> None:
    before = keys(obico, printer)
    printer.archive()
    await obico.poll()
    assert obico.device(printer) is None
    printer.unarchive()
    await obico.poll()
    assert keys(obico, printer) == before
    assert obico.value(printer, "sensor.status") == "idle"
    assert obico.value(printer, "sensor.tool0_temperature") == "21.3"
    event = obico.server.add_event(printer, "PAUSED")
    await obico.poll()
    state = obico.state(printer, "event.printer_event")
    assert state.attributes["event_id"] == event.id


@pytest.mark.parametrize("at_start", [False, True])
async def test_a_printer_that_one_list_misses_stays(
    obico: Obico, printer: Printer, at_start: bool
) -> None:
    device = the_device(obico, printer)
    obico.server.faults.answer(PRINTERS, 200, [])
    if at_start:
        await obico.reload()
    else:
        await obico.poll()
        assert obico.value(printer, "sensor.status") == "idle"
    assert the_device(obico, printer).id == device.id
    obico.server.faults.clear()
    await obico.poll()
    assert obico.value(printer, "sensor.status") == "idle"


async def test_a_printer_of_which_nobody_can_tell_stays(
    obico: Obico, printer: Printer
) -> None:
    obico.server.faults.answer(PRINTERS, 200, [])
    obico.server.faults.html(f"{PRINTERS}{printer.id}/", 500)
    await obico.poll()
    assert obico.value(printer, "sensor.status") == "idle"


async def test_a_printer_that_is_only_said_to_be_archived_goes(
    obico: Obico, printer: Printer
) -> None:
    """As a server may answer that does not hide archived ones when asked for by id."""
    obico.server.faults.answer(PRINTERS, 200, [])
    row = load_capture("printer_idle") | {"archived_at": "2026-11-22T05:00:00Z"}
    obico.server.faults.answer(f"{PRINTERS}{printer.id}/", 200, row)
    await obico.poll()
    assert obico.device(printer) is None


async def test_a_printer_that_is_renamed_on_the_server_is_renamed(
    obico: Obico, printer: Printer
) -> None:
    printer.update({"name": "Prusa in the cellar"})
    await obico.poll()
    assert the_device(obico, printer).name == "Prusa in the cellar"
    assert obico.state(printer, "sensor.status").name == "Prusa in the cellar Status"


async def test_a_name_that_the_user_chose_stays(obico: Obico, printer: Printer) -> None:
    registry = dr.async_get(obico.hass)
    registry.async_update_device(the_device(obico, printer).id, name_by_user="Mine")
    printer.update({"name": "Prusa in the cellar"})
    await obico.poll()
    device = the_device(obico, printer)
    assert device.name_by_user == "Mine"
    assert device.name == "Prusa in the cellar"


async def remove(
    obico: Obico, hass_ws_client: WebSocketGenerator, device: DeviceEntry
) -> dict[str, Json]:
    """Remove a device as a user does, and return the answer."""
    assert await async_setup_component(obico.hass, "config", {})
    client = await hass_ws_client(obico.hass)
    return cast("dict[str, Json]", await client.remove_device(device.id))


async def test_a_user_cannot_remove_what_is_in_use(
    obico: Obico, printer: Printer, hass_ws_client: WebSocketGenerator
) -> None:
    for device in (the_device(obico), the_device(obico, printer)):
        response = await remove(obico, hass_ws_client, device)
        assert not response["success"]
        assert dr.async_get(obico.hass).async_get(device.id) is not None


async def test_a_user_can_remove_what_is_gone(
    obico: Obico, hass_ws_client: WebSocketGenerator
) -> None:
    registry = dr.async_get(obico.hass)
    gone = registry.async_get_or_create(
        config_entry_id=obico.entry.entry_id,
        identifiers={(DOMAIN, f"{obico.entry.unique_id}_99")},
    )
    response = await remove(obico, hass_ws_client, gone)
    assert response["success"]
    assert registry.async_get(gone.id) is None


async def test_nothing_can_be_removed_while_nobody_knows_what_there_is(
    obico: Obico, printer: Printer, hass_ws_client: WebSocketGenerator
) -> None:
    await obico.unload()
    response = await remove(obico, hass_ws_client, the_device(obico, printer))
    assert not response["success"]
    assert obico.device(printer) is not None


@pytest.mark.parametrize(
    ("machine", "model", "manufacturer"),
    [
        ("Prusa i3 MK3S", "Prusa i3 MK3S", "Prusa Research"),
        ("Ender-3 V2", "Ender-3 V2", "Creality"),
        (" Homemade ", "Homemade", "OctoPrint"),
        # Marlin's own, which tells nothing.
        ("3D Printer", None, "OctoPrint"),
        (" ", None, "OctoPrint"),
    ],
)
async def test_a_device_has_the_model_and_the_manufacturer_that_its_firmware_reports(
    obico: Obico,
    server: ObicoServer,
    printer: Printer,
    machine: str,
    model: str | None,
    manufacturer: str,
) -> None:
    def report(rows: Json) -> Json:
        for row in rows:
            row["settings"]["printer_metadata"] = json.dumps({"MACHINE_TYPE": machine})
        return rows

    printer.agent.report()
    server.faults.change(f"{API}printers/", report)
    await obico.poll()
    device = obico.device(printer)
    assert device is not None
    assert (device.model, device.manufacturer) == (model, manufacturer)
