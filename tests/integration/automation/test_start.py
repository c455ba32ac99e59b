"""Triggers while Home Assistant starts: what just happened fires, and nothing else does."""

from datetime import timedelta

import pytest

from custom_components.obico.trigger import TRIGGERS
from dev import Account, ObicoServer, Printer
from homeassistant.core import CoreState, HomeAssistant
from tests.integration.support import Obico, forget_run, set_up, settle

from .support import Automations, trigger


@pytest.fixture
async def known(
    hass: HomeAssistant, server: ObicoServer, account: Account, printer: Printer
) -> Obico:
    """Give an account that an earlier run knew, with an event that fired in it."""
    obico = await set_up(hass, server, account)
    server.add_event(printer, "PAUSED")
    await obico.poll()
    return obico


async def test_after_a_start_what_just_happened_fires_once_and_nothing_else(
    hass: HomeAssistant, known: Obico, printer: Printer, automations: Automations
) -> None:
    server = known.server
    entity_id = known.entity_id(printer, "event.printer_event")
    state = known.state(printer, "event.printer_event")
    device = known.device(printer)
    assert device is not None
    await known.unload()
    # What the registries and the storage know is all that is left of the earlier run.
    hass.states.async_remove(entity_id)
    now = server.clock.now()
    server.add_event(printer, "RESUMED", created_at=now - timedelta(minutes=11))
    server.add_event(printer, "FAILURE_ALERTED", created_at=now - timedelta(minutes=2))
    forget_run(hass)

    hass.set_state(CoreState.not_running)
    await automations.prepare(
        *(trigger(name, {"device_id": device.id}) for name in TRIGGERS)
    )
    await known.set_up()
    restored = known.state(printer, "event.printer_event")
    assert restored.state == state.state
    await known.poll()
    assert automations.fired == []

    await hass.async_start()
    await settle(hass)
    await known.poll()
    assert automations.fired == ["failure_detected"]
