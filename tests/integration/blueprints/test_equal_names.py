"""Notifications of printers that have the same name."""

import pytest

from dev import Account, ObicoServer, Printer
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, device_registry as dr
from tests.integration.support import Obico, set_up

from .alerts import Alert, fail
from .support import HomeTime, Phone, device_id_of


def call(
    hass: HomeAssistant, obico: Obico, printer: Printer, name: str, area: str | None
) -> None:
    """Call a printer by a name, and say where it stands."""
    (device_id,) = device_id_of(obico, printer)
    area_id = ar.async_get(hass).async_get_or_create(area).id if area else None
    dr.async_get(hass).async_update_device(
        device_id, name_by_user=name, area_id=area_id
    )


@pytest.mark.parametrize(
    ("areas", "name"),
    [
        ((None, None), "Prusa MK4 · {id}"),
        (("Cellar", "Cellar"), "Prusa MK4 · {id}"),
        (("Cellar", "Attic"), "Prusa MK4 · Cellar"),
        ((None, "Attic"), "Prusa MK4"),
    ],
)
async def test_an_alert_says_which_printer_of_an_account_it_is(
    hass: HomeAssistant,
    obico: Obico,
    voron: Printer,
    printer: Printer,
    alert: Alert,
    iphone: Phone,
    timelapse: HomeTime,
    areas: tuple[str | None, str | None],
    name: str,
) -> None:
    call(hass, obico, printer, "Prusa MK4", areas[0])
    # Capitals make no difference that anybody hears.
    call(hass, obico, voron, "prusa mk4", areas[1])
    await alert(printer, voron)
    await fail(printer, timelapse)
    title = f"{name.format(id=printer.id)}: possible failure"
    assert iphone.notification["title"] == title
    # Who presses a button reads the same name.
    iphone.press("Not a failure")
    await timelapse.pass_time(90)
    assert {told["title"] for told in iphone.received if "title" in told} == {title}


async def test_an_alert_says_of_which_account_the_printer_is(
    hass: HomeAssistant,
    server: ObicoServer,
    obico: Obico,
    printer: Printer,
    alert: Alert,
    iphone: Phone,
    timelapse: HomeTime,
) -> None:
    other: Account = server.add_account(email="tom@example.com")
    other.add_printer("Prusa MK4")
    second = await set_up(hass, server, other)
    hass.config_entries.async_update_entry(second.entry, title="Tom")
    await second.poll()
    await alert()
    await fail(printer, timelapse)
    assert iphone.notification["title"] == (
        f"Prusa MK4 · {obico.entry.title}: possible failure"
    )
    assert await hass.config_entries.async_unload(second.entry.entry_id)
