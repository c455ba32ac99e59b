"""What a printer has is found by one look, stored, and read only while it is shown.

The kind: an agent that is asked all the time for what nobody shows; entities of what a
printer does not have; and entities that are lost at a restart.
"""

import pytest

from dev import KlipperAgent, Macro
from tests.integration.services.support import Actions
from tests.integration.support import coordinator_of, load_capture

from .support import Shop

LOOK = [
    "server/info",
    "printer/objects/list",
    "machine/device_power/devices",
    "machine/update/status",
]


async def test_there_is_an_entity_for_each_of_what_there_is(shop: Shop) -> None:
    assert shop.keys("switch", "power_") == ["power_chamber_light", "power_printer"]
    assert shop.keys("button", "macro_") == [
        "macro_clean_nozzle",
        "macro_needs_homing",
        "macro_slow_calibration",
    ]
    assert shop.keys("update") == [
        "update_klipper",
        "update_mainsail",
        "update_moonraker",
        "update_system",
    ]
    assert shop.keys("select", "active") == ["active_spool"]
    assert shop.keys("sensor", "spool") == ["spool_remaining"]


@pytest.mark.parametrize("agent_name", ["bare_klipper", "octoprint"], indirect=True)
async def test_what_a_printer_does_not_have_makes_no_entity(shop: Shop) -> None:
    assert shop.keys("switch", "power_") == []
    assert shop.keys("button", "macro_") == []
    assert shop.keys("update") == []
    assert shop.keys("select", "active") == []
    assert shop.keys("sensor", "spool") == []


@pytest.mark.parametrize("agent_name", ["octoprint"], indirect=True)
async def test_octoprint_is_never_asked(shop: Shop) -> None:
    await shop.minute(3)
    assert shop.told == []
    assert shop.keys("sensor", "host") == []
    assert shop.keys("number", "z_offset") == []


async def test_nothing_is_asked_after_the_look_while_nothing_is_enabled(
    plain: Actions,
) -> None:
    plain.forget()
    await plain.timelapse.pass_time(3600, step=60)
    assert plain.told == []


async def test_all_that_is_enabled_takes_one_message_a_minute(shop: Shop) -> None:
    shop.forget()
    await shop.timelapse.pass_time(3600, step=10)
    assert 55 <= len(shop.funcs) <= 61
    assert shop.funcs.count("machine/update/status") <= 1
    assert shop.funcs.count("server/files/directory") <= 1
    for func in (
        "printer/objects/query",
        "machine/device_power/devices",
        "machine/proc_stats",
        "server/spoolman/spool_id",
    ):
        assert shop.funcs.count(func) >= 10


async def test_nothing_is_asked_while_the_agent_is_offline(shop: Shop) -> None:
    shop.agent.go_offline()
    await shop.settle()
    shop.forget()
    await shop.minute(5)
    assert shop.told == []


async def test_a_look_is_taken_when_the_agent_comes_back(shop: Shop) -> None:
    shop.agent.go_offline()
    await shop.settle()
    shop.around.macros["PARK"] = Macro()
    del shop.around.macros["CLEAN_NOZZLE"]
    del shop.klipper.power_devices["Chamber light"]
    shop.forget()
    shop.agent.come_online()
    await shop.settle()
    assert shop.funcs[:4] == LOOK
    assert "macro_park" in shop.keys("button")
    assert "macro_clean_nozzle" not in shop.keys("button")
    assert shop.keys("switch", "power_") == ["power_printer"]


async def test_what_was_found_is_there_after_a_restart_without_a_look(
    shop: Shop,
) -> None:
    before = {domain: shop.keys(domain) for domain in ("button", "switch", "update")}
    await shop.obico.unload()
    shop.forget()
    await shop.obico.set_up()
    await shop.minute()
    assert {domain: shop.keys(domain) for domain in before} == before
    assert "printer/objects/list" not in shop.funcs
    assert shop["switch.power_printer"] == "on"


async def test_what_moonraker_does_not_tell_now_stays_as_it_was(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = shop.klipper.run

    def refuse(target: str, func: str, call: object) -> object:
        if func in LOOK[1:]:
            raise ValueError(f'Error in calling "{func}" - "get"')
        return run(target, func, call)  # type: ignore[arg-type]

    before = {domain: shop.keys(domain) for domain in ("button", "switch", "update")}
    monkeypatch.setattr(shop.klipper, "run", refuse)
    shop.agent.go_offline()
    await shop.settle()
    shop.agent.come_online()
    await shop.settle()
    assert {domain: shop.keys(domain) for domain in before} == before


async def test_a_look_that_fails_is_repeated_later(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = shop.klipper.run

    def be_silent(target: str, func: str, call: object) -> object:
        if func == LOOK[0]:
            raise LookupError(func)
        return run(target, func, call)  # type: ignore[arg-type]

    monkeypatch.setattr(shop.klipper, "run", be_silent)
    shop.around.macros["PARK"] = Macro()
    shop.agent.go_offline()
    await shop.settle()
    shop.agent.come_online()
    await shop.minute()
    shop.forget()
    await shop.minute(3)
    assert LOOK[0] not in shop.funcs
    monkeypatch.undo()
    await shop.minute(10)
    assert "macro_park" in shop.keys("button")


async def test_another_version_of_the_agent_is_looked_at(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(KlipperAgent, "agent_version", "2.2.0")
    shop.forget()
    shop.agent.start()
    await shop.settle()
    assert shop.funcs[:4] == LOOK


async def test_everything_goes_away_with_klipper(shop: Shop) -> None:
    shop.printer.load_state(load_capture("printer_idle"))
    await coordinator_of(shop.obico.entry).async_refresh()
    await shop.settle()
    assert shop.keys("switch", "power_") == []
    assert shop.keys("button", "macro_") == []
    assert shop.keys("update") == []
    assert shop.keys("sensor", "host") == []
    assert shop.keys("number", "z_offset") == []


async def test_all_of_it_is_disabled_by_default(plain: Actions) -> None:
    hass, obico = plain.hass, plain.obico
    for key in (
        "switch.power_printer",
        "button.macro_clean_nozzle",
        "button.restart_firmware",
        "fan.part_fan",
        "number.z_offset",
        "select.active_spool",
        "update.update_klipper",
        "notify.display",
        "sensor.host_load",
    ):
        assert hass.states.get(obico.entity_id(plain.printer, key)) is None, key
