"""Power: switched where it does no harm, refused with a reason where it does.

The kind: a print that dies because somebody said "turn everything off", a hot nozzle without
its fan, and a printer that cannot be switched on because it is off.
"""

import asyncio

import pytest

from dev import CUBE, Phase
from homeassistant.auth.models import User
from homeassistant.core import Context
from homeassistant.exceptions import UnknownUser
from homeassistant.helpers import entity_registry as er
from tests.integration.control.support import failed, refused
from tests.integration.services.support import only_for_administrators

from .support import Shop

SWITCH = "switch.power_printer"
LIGHT = "switch.power_chamber_light"


async def test_a_device_is_switched_off_and_on_again(shop: Shop) -> None:
    assert (shop[SWITCH], shop[LIGHT]) == ("on", "off")
    await shop.turn("power_chamber_light", on=True)
    assert shop.klipper.power_devices["Chamber light"] == "on"
    assert shop[LIGHT] == "on"
    await shop.turn("power_printer", on=False)
    assert shop.agent.phase is Phase.DISCONNECTED
    assert (shop[SWITCH], shop["sensor.status"]) == ("off", "offline")
    # Without power the printer seems to be offline, and can be switched on nevertheless.
    await shop.turn("power_printer", on=True)
    await shop.pass_time(10)
    assert (shop[SWITCH], shop["sensor.status"]) == ("on", "idle")


async def test_what_somebody_else_switches_is_shown(shop: Shop) -> None:
    shop.klipper.power_devices["Chamber light"] = "on"
    await shop.minute(6)
    assert shop[LIGHT] == "on"


async def test_it_belongs_to_the_configuration(shop: Shop) -> None:
    """So neither an area nor "turn off all switches" reaches it."""
    entry = er.async_get(shop.hass).async_get(
        shop.obico.entity_id(shop.printer, SWITCH)
    )
    assert entry is not None
    assert entry.entity_category == "config"


@pytest.mark.parametrize("phase", [Phase.PRINTING, Phase.PAUSED])
async def test_nothing_is_switched_off_during_a_print(shop: Shop, phase: Phase) -> None:
    await shop.turn("power_chamber_light", on=True)
    await shop.become(phase)
    await refused(shop.turn("power_printer", on=False), "power_locked")
    await refused(shop.turn("power_chamber_light", on=False), "print_is_running")
    await refused(
        shop.do("set_power", device="Chamber light", power=False), "print_is_running"
    )
    assert "machine/device_power/device" not in shop.funcs
    await shop.do("set_power", device="chamber LIGHT", power=False, force=True)
    assert shop.klipper.power_devices["Chamber light"] == "off"
    await refused(shop.do("set_power", power=False, force=True), "power_locked")


async def test_nothing_is_switched_off_while_a_nozzle_is_hot(shop: Shop) -> None:
    nozzle = shop.agent.heaters["extruder"]
    nozzle.actual = nozzle.target = 55.0
    await shop.report()
    shop.forget()
    error = await refused(shop.turn("power_printer", on=False), "nozzle_too_hot")
    assert "55" in str(error)
    assert shop.told == []
    await shop.do("set_power", power=False, force=True)
    assert shop.klipper.power_devices["printer"] == "off"


async def test_nothing_is_switched_off_while_nobody_knows_how_hot_it_is(
    shop: Shop,
) -> None:
    shop.agent.emergency_stop()
    await shop.settle()
    assert shop["sensor.status"] == "offline"
    await refused(shop.turn("power_printer", on=False), "heat_unknown")
    await shop.do("set_power", power=False, force=True)
    # Now it is known that nothing is heated.
    await shop.turn("power_chamber_light", on=True)
    await shop.turn("power_chamber_light", on=False)
    assert shop[LIGHT] == "off"


async def test_only_an_administrator_switches(
    shop: Shop, hass_read_only_user: User
) -> None:
    await only_for_administrators(
        shop.hass,
        hass_read_only_user,
        (
            "switch",
            "turn_off",
            {"entity_id": shop.obico.entity_id(shop.printer, SWITCH)},
        ),
        ("obico", "set_power", {"device_id": shop.device_id(), "power": False}),
        (
            "obico",
            "start_print",
            {"device_id": shop.device_id(), "file": "a.gcode", "power_on": True},
        ),
    )
    assert shop.klipper.power_devices["printer"] == "on"


async def test_a_device_that_there_is_not_is_named(shop: Shop) -> None:
    error = await refused(
        shop.do("set_power", device="heater", power=True), "no_power_device"
    )
    assert "Chamber light, printer" in str(error)


@pytest.mark.parametrize("agent_name", ["octoprint"], indirect=True)
async def test_octoprint_has_no_power_devices(shop: Shop) -> None:
    await refused(shop.do("set_power", power=True), "only_klipper")


async def test_an_agent_that_is_gone_does_not_answer(shop: Shop) -> None:
    shop.agent.freeze()
    await failed(shop.turn("power_chamber_light", on=True), "agent_silent")
    assert shop[LIGHT] == "off"


async def test_what_moonraker_refuses_is_no_success(shop: Shop) -> None:
    shop.klipper.power_devices.pop("Chamber light")
    await failed(shop.turn("power_chamber_light", on=True), "agent_unexplained")
    assert shop[LIGHT] == "off"


# Switch on, then start


async def test_a_printer_is_switched_on_and_prints(shop: Shop) -> None:
    shop.agent.files[CUBE.path] = CUBE
    await shop.turn("power_printer", on=False)
    await shop.do("start_print", file=CUBE.path, power_on=True, within=60)
    assert shop.klipper.power_devices["printer"] == "on"
    assert shop.agent.phase in {Phase.STARTING, Phase.PRINTING}


async def test_a_printer_that_is_on_is_not_switched(shop: Shop) -> None:
    shop.agent.files[CUBE.path] = CUBE
    await shop.do("start_print", file=CUBE.path, power_on=True)
    assert "machine/device_power/device" not in shop.funcs
    assert shop.agent.phase in {Phase.STARTING, Phase.PRINTING}


async def test_a_printer_that_does_not_come_up_prints_nothing(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.agent.files[CUBE.path] = CUBE
    await shop.turn("power_printer", on=False)
    monkeypatch.setattr(shop.klipper, "connect", lambda: None)
    await failed(
        shop.do("start_print", file=CUBE.path, power_on=True, within=200),
        "no_start_after_power",
    )
    assert "printer/print/start" not in shop.funcs


async def test_a_printer_without_a_power_device_cannot_be_switched_on(
    shop: Shop,
) -> None:
    del shop.klipper.power_devices["printer"]
    shop.agent.go_offline()
    await shop.settle()
    shop.agent.come_online()
    await shop.settle()
    await refused(
        shop.do("start_print", file=CUBE.path, power_on=True), "no_power_device"
    )


async def test_an_administrator_has_a_printer_switched_on_and_nobody_unknown(
    shop: Shop, hass_admin_user: User
) -> None:
    shop.agent.files[CUBE.path] = CUBE
    data = {"device_id": shop.device_id(), "file": CUBE.path, "power_on": True}
    with pytest.raises(UnknownUser):
        await shop.hass.services.async_call(
            "obico", "start_print", data, blocking=True, context=Context(user_id="gone")
        )
    assert shop.agent.phase not in {Phase.STARTING, Phase.PRINTING}

    async def start() -> None:
        context = Context(user_id=hass_admin_user.id)
        await shop.hass.services.async_call(
            "obico", "start_print", data, blocking=True, context=context
        )

    await shop.finish(asyncio.get_running_loop().create_task(start()))
    assert shop.agent.phase in {Phase.STARTING, Phase.PRINTING}
