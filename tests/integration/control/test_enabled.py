"""How long the page of a printer's device is: what is enabled without a doing."""

import re

from syrupy.assertion import SnapshotAssertion

from dev import Account
from homeassistant.helpers import entity_registry as er
from tests.entity_table import DOCUMENT, documented_entities
from tests.integration.support import Obico

from .support import Control

# For one nozzle, one bed and one camera.
MOST = 40


def enabled_of(obico: Obico, device_id: str) -> list[str]:
    """Return the entities that a device's page shows, by domain and name."""
    return sorted(
        f"{entry.domain}: {entry.original_name} ({entry.entity_category or 'main'})"
        for entry in er.async_entries_for_device(er.async_get(obico.hass), device_id)
    )


def enabled_of_more_heaters(control: Control) -> int:
    """Return how many entities the heaters have beyond one nozzle and one bed."""
    more = len(control.agent.heaters.keys() - {control.nozzle, control.bed})
    # The sensor of a computer has to be enabled.
    return 2 * (more - ("raspberry_pi" in control.agent.heaters))


async def test_the_page_of_a_device(
    control: Control, snapshot: SnapshotAssertion
) -> None:
    device = control.obico.device(control.printer)
    assert device is not None
    shown = enabled_of(control.obico, device.id)
    assert shown == snapshot
    assert len(shown) - enabled_of_more_heaters(control) <= MOST


async def test_a_printer_that_was_never_connected_has_what_the_server_knows(
    control: Control, account: Account, snapshot: SnapshotAssertion
) -> None:
    new = account.add_printer("New one")
    await control.pass_time(70)
    device = control.obico.device(new)
    assert device is not None
    shown = enabled_of(control.obico, device.id)
    assert shown == snapshot
    states = control.obico.hass.states
    assert "unavailable" not in {
        state.state
        for entry in er.async_entries_for_device(
            er.async_get(control.obico.hass), device.id
        )
        if (state := states.get(entry.entity_id))
    }


def test_what_is_enabled_is_listed_in_the_documentation() -> None:
    rows = documented_entities()
    enabled = {
        row.key for row in rows if row.offline is not None and not row.is_disabled
    }
    section = (
        DOCUMENT.read_text(encoding="utf-8")
        .partition("### What is enabled")[2]
        .partition("###")[0]
    )
    listed = set(re.findall(r"`([a-z_{}]+)`", section))
    assert listed == enabled
