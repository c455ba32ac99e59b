"""Answers of Moonraker that no recording shows, read tolerantly; and late and lost ones.

The kind: one odd field that takes away everything, and a result that comes after the end.
"""

from typing import cast

import pytest

from custom_components.obico.aioobico import (
    ConsoleLine,
    HostState,
    KlipperState,
    PowerDevice,
    ServerInfo,
    Spool,
    UpdateStatus,
)
from custom_components.obico.printer.stored_data import StoredData
from custom_components.obico.printer.workshop.equipment import (
    Equipment,
    EquipmentStore,
    label_of,
    macros_in,
)
from dev import KlipperAgent
from tests.integration.services.support import Actions
from tests.integration.support import Json, data_of

from .support import Shop


def changed(shop: Shop, monkeypatch: pytest.MonkeyPatch, **answers: Json) -> None:
    """Let Moonraker answer otherwise to some requests, named with `_` instead of `/`."""
    run = shop.klipper.run

    def answer(target: str, func: str, call: object) -> Json:
        return answers.get(func.replace("/", "_")) or run(
            target,
            func,
            call,  # type: ignore[arg-type]
        )

    monkeypatch.setattr(shop.klipper, "run", answer)


# What is parsed


def test_what_has_no_name_is_left_out() -> None:
    assert PowerDevice.from_dict({"status": "on"}) is None
    assert Spool.from_dict({"filament": {}}) is None
    assert ConsoleLine.from_dict({"message": "a"}) is None
    plate = KlipperState.from_dict(
        {
            "status": {
                "exclude_object": {
                    "objects": [
                        {},
                        {"name": "A", "polygon": [1, [1], ["x", 2], [3, 4]]},
                    ]
                }
            }
        }
    ).plate
    assert plate is not None
    assert [(each.name, each.polygon, each.center) for each in plate.objects] == [
        ("A", ((3.0, 4.0),), None)
    ]


@pytest.mark.parametrize("status", ["init", "error", None, 1])
def test_a_device_that_is_neither_on_nor_off_is_unknown(status: Json) -> None:
    device = PowerDevice.from_dict({"device": "printer", "status": status})
    assert device is not None
    assert device.is_on is None
    assert device.is_locked is False


def test_fields_of_another_type_are_unknown() -> None:
    assert HostState.from_dict({"system_memory": {"total": 0, "used": 5}}) == HostState(
        load=None, memory=None, temperature=None
    )
    assert HostState.from_dict({"system_memory": {"total": 9, "used": -5}}) == (
        HostState.from_dict({"system_memory": {"total": -9, "used": 5}})
    )
    assert (
        KlipperState.from_dict(
            {"status": {"gcode_move": {"homing_origin": [1]}}}
        ).z_offset
        is None
    )
    assert (
        UpdateStatus.from_dict({"version_info": {"a": 3}}).components["a"].version
        is None
    )
    assert ServerInfo.from_dict({"components": 3}).may_have("anything")


def test_macros_are_those_that_a_user_runs() -> None:
    objects = [
        "gcode_macro A",
        "gcode_macro _B",
        "gcode_macro",
        "gcode_macro C D",
        "fan",
    ]
    assert macros_in(objects) == ("A",)


def test_names_that_result_in_one_key_have_keys_of_their_own() -> None:
    equipment = Equipment(agent="a", devices=("My light", "my_light"))
    assert equipment.device_keys == {
        "power_my_light": "My light",
        "power_my_light_2": "my_light",
    }
    assert label_of("CLEAN_NOZZLE") == "Clean nozzle"


def test_what_is_stored_and_cannot_be_read_is_looked_at_anew() -> None:
    store = EquipmentStore()
    stored = StoredData(
        {"equipment": {"1": {"agent": 3}, "2": {"agent": "a", "macros": ["M", 5]}}}
    )
    store.restore(stored)
    assert stored.has_unreadable
    assert [*store.printers] == [2]
    assert store.of(2) == Equipment(agent="a", macros=("M",))
    store.forget(2)
    store.forget(2)
    assert store.as_stored() == {"equipment": {}}
    store.mark_outdated(2)
    assert store.of(2) is None


# What is shown


async def test_nothing_odd_is_shown(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed(
        shop,
        monkeypatch,
        machine_device_power_devices={"devices": [{"device": "printer"}, 5]},
        machine_proc_stats={"cpu_temp": "hot"},
        printer_objects_query={"status": []},
        server_spoolman_spool_id={"spool_id": "x"},
        server_files_directory={"disk_usage": 1},
        machine_update_status={"version_info": {"klipper": {}}},
    )
    await shop.timelapse.pass_time(4300, step=30)
    for key in (
        "switch.power_printer",
        "sensor.host_load",
        "sensor.host_temperature",
        "number.z_offset",
        "sensor.spool_remaining",
        "sensor.host_disk",
        "update.update_klipper",
    ):
        assert shop[key] == "unknown", key
    assert shop["update.update_mainsail"] == "unknown"


async def test_a_power_device_that_does_not_tell_is_taken_at_its_word(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed(shop, monkeypatch, machine_device_power_device={"result": "ok"})
    await shop.turn("power_chamber_light", on=True)
    assert shop["switch.power_chamber_light"] == "on"


async def test_moonraker_without_a_console_runs_macros(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = shop.klipper.run

    def refuse(target: str, func: str, call: object) -> Json:
        if func == "server/gcode_store":
            raise ValueError(f'Error in calling "{func}" - "get"')
        return run(target, func, call)  # type: ignore[arg-type]

    monkeypatch.setattr(shop.klipper, "run", refuse)
    assert await shop.ask("run_macro", macro="CLEAN_NOZZLE") == {
        "finished": True,
        "lines": [],
    }


# Ends


async def test_an_answer_after_the_unloading_changes_nothing(plain: Actions) -> None:
    agent = cast("KlipperAgent", plain.agent)
    workshop = data_of(plain.obico.entry).workshop
    agent.freeze(keep_commands=True)
    workshop.async_look_again(plain.printer.id)
    await plain.obico.unload()
    agent.thaw()
    await plain.settle()
    assert not workshop._tasks
    workshop.async_look_again(plain.printer.id)
    workshop.async_check()
    assert not workshop._tasks


async def test_a_deleted_printer_is_forgotten(plain: Actions) -> None:
    account = data_of(plain.obico.entry)
    plain.printer.delete()
    await account.coordinator.async_refresh()
    await plain.settle()
    assert account.workshop.equipment_of(plain.printer.id) is None
    account.workshop.async_look_again(plain.printer.id)
    assert not account.workshop._tasks
