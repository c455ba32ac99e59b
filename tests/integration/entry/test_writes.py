"""No state is written that shows nothing new."""

from collections.abc import Mapping
from typing import Any

import pytest

from dev import MEDIUM, SHORT, Printer
from homeassistant.const import EVENT_STATE_CHANGED, EVENT_STATE_REPORTED
from homeassistant.core import Event, HomeAssistant, callback
from tests.integration.support import Obico


class Writes:
    """The states written since the last time that somebody asked."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._written: list[str] = []

        @callback
        def note(data: Mapping[str, Any]) -> bool:
            self._written.append(data["entity_id"])
            return False

        @callback
        def never(_: Event[Any]) -> None:
            """Hear of nothing: what is to be known the filter has seen."""

        hass.bus.async_listen(EVENT_STATE_CHANGED, never, event_filter=note)
        # What is written again unchanged must not be heard of either.
        hass.bus.async_listen(EVENT_STATE_REPORTED, never, event_filter=note)

    def taken(self) -> list[str]:
        """Return the entities whose states were written, and forget them."""
        written = self._written[:]
        self._written.clear()
        return sorted(written)


async def test_polls_that_bring_nothing_new_write_nothing(
    obico: Obico, printer: Printer
) -> None:
    obico.account.add_printer("Voron", agent="klipper")
    # Longer than these polls take: the calendar of prints tells when it should have ended.
    printer.agent.start_print(MEDIUM)
    await obico.poll(after=20)
    writes = Writes(obico.hass)
    for _ in range(3):
        await obico.poll()
    assert writes.taken() == []


async def test_a_server_in_trouble_writes_each_state_once(
    obico: Obico, printer: Printer
) -> None:
    writes = Writes(obico.hass)
    await obico.server.refuse_connections()
    await obico.poll()
    down = writes.taken()
    assert obico.entity_id(printer, "sensor.status") in down
    assert obico.entity_id(printer, "event.printer_event") not in down
    assert len(down) == len(set(down))
    for _ in range(3):
        await obico.poll()
    assert writes.taken() == []
    await obico.server.accept_connections()
    await obico.poll()
    assert writes.taken() == down


async def test_a_change_writes_only_what_changed(
    obico: Obico, printer: Printer
) -> None:
    other = await obico.add_printer("Voron", agent="klipper")
    writes = Writes(obico.hass)
    printer.agent.set_target("bed", 60)
    printer.agent.report()
    await obico.poll()
    assert writes.taken() == [
        obico.entity_id(printer, key) for key in ("number.bed_target", "select.preheat")
    ]
    other.update({"watching_enabled": False})
    await obico.poll()
    assert writes.taken() == sorted(
        obico.entity_id(other, key)
        for key in ("switch.watching_enabled", "sensor.not_watching_reason")
    )


async def test_an_event_is_one_write(obico: Obico, printer: Printer) -> None:
    writes = Writes(obico.hass)
    for _ in range(3):
        obico.server.add_event(printer, "PAUSED")
    await obico.poll()
    assert writes.taken().count(obico.entity_id(printer, "event.printer_event")) == 3


@pytest.mark.usefixtures("all_enabled")
async def test_many_events_with_pictures_write_each_image_once(
    obico: Obico, printer: Printer
) -> None:
    printer.agent.start_print(SHORT)
    await obico.poll(after=20)
    writes = Writes(obico.hass)
    for _ in range(10):
        obico.server.add_event(printer, "FAILURE_ALERTED")
        await obico.server.advance(0.5)
    await obico.poll()
    written = writes.taken()
    for image in ("failure_snapshot", "event_snapshot"):
        assert written.count(obico.entity_id(printer, f"image.{image}")) == 1


async def test_turning_a_switch_writes_it_once(obico: Obico, printer: Printer) -> None:
    entity_id = obico.entity_id(printer, "switch.watching_enabled")
    writes = Writes(obico.hass)
    await obico.hass.services.async_call(
        "switch", "turn_off", {"entity_id": entity_id}, blocking=True
    )
    await obico.poll()
    assert writes.taken().count(entity_id) == 1
