"""A printer gets the agent of another firmware: what that makes impossible goes away.

The kind: a button that can never work again stays in the registry for ever.
"""

from dev import Account, ObicoServer, Printer
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from tests.integration.support import Obico, load_capture, set_up

OF_OCTOPRINT = ("button.connect", "binary_sensor.sd_ready")
OF_KLIPPER = ("button.emergency_stop", "sensor.feed_rate")


def existing(obico: Obico, printer: Printer, *keys: str) -> list[str]:
    """Return which of these entities are registered."""
    return [key for key in keys if obico.find_entity_id(printer, key)]


async def become(obico: Obico, printer: Printer, capture: str) -> None:
    """Let the printer have the agent of a recording, of which the next poll tells."""
    printer.load_state(load_capture(capture))
    await obico.poll()


async def test_what_another_agent_makes_impossible_goes_away_and_comes_back(
    obico: Obico, printer: Printer
) -> None:
    everything = (*OF_OCTOPRINT, *OF_KLIPPER)
    assert existing(obico, printer, *everything) == [*OF_OCTOPRINT]
    await become(obico, printer, "printer_klipper_idle")
    assert existing(obico, printer, *everything) == [*OF_KLIPPER]
    await become(obico, printer, "printer_idle")
    assert existing(obico, printer, *everything) == [*OF_OCTOPRINT]
    assert existing(obico, printer, "button.pause", "binary_sensor.online")


async def test_it_goes_away_if_the_agent_changed_while_home_assistant_was_off(
    obico: Obico, printer: Printer
) -> None:
    await obico.unload()
    printer.load_state(load_capture("printer_klipper_idle"))
    await obico.set_up()
    assert existing(obico, printer, *OF_OCTOPRINT, *OF_KLIPPER) == [*OF_KLIPPER]


async def test_other_printers_keep_theirs(
    hass: HomeAssistant, server: ObicoServer, account: Account, printer: Printer
) -> None:
    other = account.add_printer("Ender 3", agent="octoprint")
    obico = await set_up(hass, server, account)
    await become(obico, printer, "printer_klipper_idle")
    assert existing(obico, other, *OF_OCTOPRINT) == [*OF_OCTOPRINT]


async def test_entities_of_others_on_the_device_are_left_alone(
    obico: Obico, printer: Printer
) -> None:
    registry = er.async_get(obico.hass)
    device = obico.device(printer)
    assert device is not None
    entry = registry.async_get_or_create(
        "button",
        "somebody_else",
        f"{obico.entry.unique_id}_{printer.id}_connect",
        device_id=device.id,
    )
    await become(obico, printer, "printer_klipper_idle")
    assert registry.async_get(entry.entity_id) is not None


async def test_an_unlinked_printer_keeps_what_it_had(
    obico: Obico, printer: Printer
) -> None:
    """An agent whose name is not told may be any."""
    before = existing(obico, printer, *OF_OCTOPRINT)
    capture = load_capture("printer_idle")
    capture["agent_name"] = None
    printer.load_state(capture)
    await obico.poll()
    assert existing(obico, printer, *OF_OCTOPRINT) == before
