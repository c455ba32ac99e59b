"""Printers of the same name, of one account or of several.

The kind: wherever a name alone says which printer is meant, it says so.
"""

import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.obico.const import CONF_EXCLUDED
from dev import Account, ObicoServer, Printer
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import area_registry as ar, device_registry as dr
from homeassistant.setup import async_setup_component
from tests.integration.config_flow.test_options import labels, want
from tests.integration.services.support import ask
from tests.integration.services.test_history import printed
from tests.integration.support import Obico, config_entry, settle

MARIA = "Maria (obico.example)"
TOM = "Tom (obico.example)"


async def set_up_as(
    hass: HomeAssistant, server: ObicoServer, account: Account, title: str
) -> Obico:
    """Set an account up under a title."""
    entry = config_entry(server, account)
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(entry, title=title)
    obico = Obico(hass=hass, server=server, account=account, entry=entry)
    await obico.set_up()
    return obico


def put_into(obico: Obico, printer: Printer, area: str | None) -> None:
    """Say in which area a printer stands."""
    device = obico.device(printer)
    assert device is not None
    area_id = ar.async_get(obico.hass).async_get_or_create(area).id if area else None
    dr.async_get(obico.hass).async_update_device(device.id, area_id=area_id)


def device_id(obico: Obico, printer: Printer) -> str:
    device = obico.device(printer)
    assert device is not None
    return device.id


async def answers(homes: dict[Printer, Obico]) -> list[str]:
    """Return what actions call each printer."""
    names = []
    for printer, obico in homes.items():
        printed(printer)
        answer = await ask(
            obico.hass, "get_prints", device_id=[device_id(obico, printer)]
        )
        names.append(answer["prints"][0]["printer"])
    return names


async def test_printers_of_two_accounts(
    hass: HomeAssistant, server: ObicoServer, account: Account
) -> None:
    other = server.add_account(email="tom@example.com")
    mine, his, single = (
        account.add_printer("Prusa MK4", agent="octoprint"),
        other.add_printer("prusa mk4", agent="octoprint"),
        other.add_printer("Voron", agent="klipper"),
    )
    maria = await set_up_as(hass, server, account, MARIA)
    # Nothing is added that nobody needs.
    assert await answers({mine: maria}) == ["Prusa MK4"]
    tom = await set_up_as(hass, server, other, TOM)
    assert await answers({mine: maria, his: tom, single: tom}) == [
        f"Prusa MK4 · {MARIA}",
        f"prusa mk4 · {TOM}",
        "Voron",
    ]
    # In one room, too: the account tells more than the area.
    for obico, printer in ((maria, mine), (tom, his)):
        put_into(obico, printer, "Cellar")
    assert (await answers({mine: maria}))[0] == f"Prusa MK4 · {MARIA}"
    # A name that the user gives counts, for the account as well.
    registry = dr.async_get(hass)
    account_device = maria.device()
    assert account_device is not None
    registry.async_update_device(account_device.id, name_by_user="Ours")
    assert (await answers({mine: maria}))[0] == "Prusa MK4 · Ours"
    registry.async_update_device(device_id(maria, mine), name_by_user="Left")
    assert await answers({mine: maria, his: tom}) == ["Left", "prusa mk4"]


async def test_printers_of_one_account(
    hass: HomeAssistant, server: ObicoServer, account: Account
) -> None:
    twins = [account.add_printer("Twin", agent="octoprint") for _ in range(3)]
    first, second, third = twins
    obico = await set_up_as(hass, server, account, MARIA)
    homes = dict.fromkeys(twins, obico)
    assert await answers(homes) == [f"Twin · {twin.id}" for twin in twins]
    put_into(obico, first, "Attic")
    put_into(obico, second, "Cellar")
    assert await answers(homes) == ["Twin · Attic", "Twin · Cellar", "Twin"]
    put_into(obico, third, "Cellar")
    assert await answers(homes) == [
        "Twin · Attic",
        f"Twin · Cellar · {second.id}",
        f"Twin · Cellar · {third.id}",
    ]


async def test_what_failed_for_which(
    hass: HomeAssistant, server: ObicoServer, account: Account
) -> None:
    twins = [account.add_printer("Twin", agent="octoprint") for _ in range(2)]
    obico = await set_up_as(hass, server, account, MARIA)
    with pytest.raises(HomeAssistantError) as caught:
        await hass.services.async_call(
            "obico",
            "pause_print",
            {"device_id": [device_id(obico, twin) for twin in twins]},
            blocking=True,
        )
    placeholders = caught.value.translation_placeholders
    assert placeholders is not None
    for twin in twins:
        assert f"Twin · {twin.id}: " in placeholders["failures"]


async def test_automations_know_which(
    hass: HomeAssistant, server: ObicoServer, account: Account
) -> None:
    twins = [account.add_printer("Twin", agent="octoprint") for _ in range(2)]
    obico = await set_up_as(hass, server, account, MARIA)
    assert await async_setup_component(
        hass,
        "automation",
        {
            "automation": {
                "triggers": {
                    "trigger": "obico.started_printing",
                    "target": {"device_id": [device_id(obico, twin) for twin in twins]},
                },
                "actions": {
                    "event": "told",
                    "event_data": {"printer": "{{ trigger.printer }}"},
                },
            }
        },
    )
    told = async_capture_events(hass, "told")
    server.add_event(twins[1], "STARTED")
    await obico.poll()
    await settle(hass)
    assert [event.data["printer"] for event in told] == [f"Twin · {twins[1].id}"]


async def test_a_printer_is_chosen_in_the_options(
    hass: HomeAssistant, server: ObicoServer, account: Account
) -> None:
    twins = [account.add_printer("Twin") for _ in range(2)]
    obico = await set_up_as(hass, server, account, MARIA)
    expected = {str(twin.id): f"Twin · {twin.id}" for twin in twins}
    assert labels(await want(obico, *twins)) == expected
    # Also of those of which one is not wanted, which has no device.
    assert labels(await want(obico, twins[0])) == expected
    assert obico.entry.options[CONF_EXCLUDED] == [str(twins[1].id)]
