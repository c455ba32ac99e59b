"""Triggers of what the server records: each event fires once, and none of old news does."""

import pytest

from custom_components.obico.trigger import TRIGGERS
from dev import SHORT, Printer
from homeassistant.helpers import device_registry as dr, entity_registry as er
from tests.integration.automation.support import Automations, Start
from tests.integration.support import Obico
from tests.timelapse import Timelapse, wait_until

OF_EVENTS = (
    "started_printing",
    "finished_printing",
    "cancelled_printing",
    "paused_printing",
    "resumed_printing",
    "failure_detected",
    "filament_change_needed",
    "printer_error",
)


@pytest.fixture
async def _all(start: Start) -> None:
    """Have an automation for each trigger of an event."""
    await start(*OF_EVENTS)


@pytest.mark.parametrize(
    ("event_type", "event_class", "fired"),
    [
        ("STARTED", "INFO", ["started_printing"]),
        ("ENDED", "SUCCESS", ["finished_printing"]),
        ("ENDED", "WARNING", ["cancelled_printing"]),
        ("PAUSED", "INFO", ["paused_printing"]),
        ("RESUMED", "INFO", ["resumed_printing"]),
        ("FAILURE_ALERTED", "ERROR", ["failure_detected"]),
        ("FILAMENT_CHANGE", "WARNING", ["filament_change_needed"]),
        ("PRINTER_ERROR", "ERROR", ["printer_error"]),
        # Trouble with a webcam.
        ("PRINTER_ERROR", "WARNING", []),
        ("ALERT_MUTED", "WARNING", []),
        ("ALERT_UNMUTED", "", []),
        # Nobody knows how it ended.
        ("ENDED", "", []),
    ],
)
@pytest.mark.usefixtures("_all")
async def test_an_event_fires_its_trigger_and_no_other(
    obico: Obico,
    printer: Printer,
    timelapse: Timelapse,
    automations: Automations,
    event_type: str,
    event_class: str,
    fired: list[str],
) -> None:
    obico.server.add_event(printer, event_type, event_class=event_class)
    await timelapse.pass_time(120)
    assert automations.fired == fired
    assert obico.state(printer, "event.printer_event").attributes["event_type"] == (
        event_type.lower()
    )


@pytest.mark.usefixtures("_all")
async def test_events_that_come_at_once_fire_one_by_one_in_their_order(
    obico: Obico, printer: Printer, timelapse: Timelapse, automations: Automations
) -> None:
    for event_type in ("STARTED", "PAUSED", "PAUSED", "RESUMED", "PAUSED"):
        obico.server.add_event(printer, event_type)
    await timelapse.pass_time(120)
    assert automations.fired == [
        "started_printing",
        "paused_printing",
        "paused_printing",
        "resumed_printing",
        "paused_printing",
    ]


@pytest.mark.usefixtures("_all")
async def test_an_automation_is_told_of_the_printer_and_its_print(
    obico: Obico, printer: Printer, timelapse: Timelapse, automations: Automations
) -> None:
    device = obico.device(printer)
    assert device is not None
    dr.async_get(obico.hass).async_update_device(device.id, name_by_user="The red one")
    er.async_get(obico.hass).async_update_entity(
        obico.entity_id(printer, "button.pause"), new_entity_id="button.stop_it"
    )
    printer.agent.start_print(SHORT)
    await timelapse.pass_time(30)
    obico.server.add_event(
        printer, "FAILURE_ALERTED", title="Look", text="<b>Spaghetti</b>"
    )
    await timelapse.pass_time(120)
    assert automations.fired == [
        "started_printing",
        "failure_detected",
        "finished_printing",
    ]
    started, alerted, finished = automations.runs
    assert printer.current_print is None
    (job,) = obico.server.prints.values()
    for run in automations.runs:
        assert run["entity_id"] == obico.entity_id(printer, "event.printer_event")
        assert run["device_id"] == device.id
        assert run["printer"] == "The red one"
        assert run["file"] == "short.gcode"
        assert run["print_id"] == job.id
    assert started["title"] == "Print Job Started"
    assert started["text"] == "Printer: Prusa MK4\nG-Code: short.gcode"
    assert started["outcome"] is None
    assert (alerted["title"], alerted["text"]) == ("Look", "Spaghetti")
    assert alerted["image"] == obico.entity_id(printer, "image.failure_snapshot")
    assert finished["outcome"] == "finished"
    # The entity that would show it has to be enabled.
    assert finished["image"] is None
    entities = finished["entities"]
    assert entities["button.pause"] == "button.stop_it"
    for key in ("camera.webcam", "image.last_poster", "switch.alerts_muted"):
        assert entities[key] == obico.entity_id(printer, key)
    bed = obico.entity_id(printer, "sensor.bed_temperature")
    assert entities["sensor.bed_temperature"] == bed
    # What the user does not have, an automation does not use.
    assert "sensor.print_time" not in entities


@pytest.mark.parametrize("printer", ["klipper"], indirect=True)
async def test_what_heats_is_found_whatever_the_agent_calls_it(
    obico: Obico, printer: Printer, timelapse: Timelapse, start: Start
) -> None:
    automations = await start("started_printing")
    printer.agent.start_print(SHORT)
    await timelapse.pass_time(60)
    (run,) = automations.runs
    bed = obico.entity_id(printer, "sensor.heater_bed_temperature")
    assert run["entities"]["sensor.heater_bed_temperature"] == bed
    assert run["entities"]["sensor.bed_temperature"] == bed
    assert run["entities"]["sensor.nozzle_temperature"] == obico.entity_id(
        printer, "sensor.extruder_temperature"
    )


# Old news


@pytest.mark.usefixtures("_all")
async def test_neither_a_reload_nor_a_renaming_repeats_what_fired(
    obico: Obico, printer: Printer, timelapse: Timelapse, automations: Automations
) -> None:
    obico.server.add_event(printer, "FAILURE_ALERTED")
    await timelapse.pass_time(310)
    assert automations.take() == ["failure_detected"]

    await obico.hass.config_entries.async_reload(obico.entry.entry_id)
    await wait_until(lambda: len(obico.server.sockets) == 1)
    await timelapse.pass_time(310)
    await automations.reload()
    await timelapse.pass_time(310)
    er.async_get(obico.hass).async_update_entity(
        obico.entity_id(printer, "event.printer_event"), new_entity_id="event.mine"
    )
    await timelapse.pass_time(310)
    assert automations.fired == []

    obico.server.add_event(printer, "PAUSED")
    await timelapse.pass_time(310)
    assert automations.take() == ["paused_printing"]


@pytest.mark.usefixtures("_all")
@pytest.mark.parametrize("is_first", [True, False])
async def test_what_happens_during_a_reload_fires_once(
    obico: Obico,
    printer: Printer,
    timelapse: Timelapse,
    automations: Automations,
    is_first: bool,
) -> None:
    if not is_first:
        obico.server.add_event(printer, "PAUSED")
        await timelapse.pass_time(120)
        assert automations.take() == ["paused_printing"]
    assert await obico.hass.config_entries.async_unload(obico.entry.entry_id)
    obico.server.add_event(printer, "FAILURE_ALERTED")
    obico.server.add_event(printer, "RESUMED")
    assert await obico.hass.config_entries.async_setup(obico.entry.entry_id)
    await timelapse.pass_time(120)
    assert automations.fired == ["failure_detected", "resumed_printing"]


@pytest.mark.usefixtures("_all")
async def test_a_print_that_is_only_seen_to_go_on_is_not_started(
    obico: Obico, printer: Printer, timelapse: Timelapse, automations: Automations
) -> None:
    agent = printer.agent
    agent.start_print(SHORT)
    await timelapse.pass_time(20)
    assert automations.take() == ["started_printing"]
    agent.go_offline()
    await timelapse.pass_until(
        lambda: obico.value(printer, "sensor.status") == "offline", within=200
    )
    agent.come_online()
    await timelapse.pass_time(30)
    assert "started_printing" not in automations.take()


async def test_a_disabled_event_entity_fires_nothing(
    obico: Obico, printer: Printer, timelapse: Timelapse, start: Start
) -> None:
    event_entity = obico.entity_id(printer, "event.printer_event")
    er.async_get(obico.hass).async_update_entity(
        event_entity, disabled_by=er.RegistryEntryDisabler.USER
    )
    await obico.hass.config_entries.async_reload(obico.entry.entry_id)
    await timelapse.pass_time(60)
    automations = await start(*TRIGGERS)
    obico.server.add_event(printer, "PAUSED")
    # No push announces it: it is found with the next poll.
    await timelapse.pass_time(310)
    assert automations.fired == []

    # Long after it, somebody enables it: that is no news any more.
    er.async_get(obico.hass).async_update_entity(event_entity, disabled_by=None)
    await obico.hass.config_entries.async_reload(obico.entry.entry_id)
    await timelapse.pass_time(120)
    assert automations.fired == []
    obico.server.add_event(printer, "RESUMED")
    await timelapse.pass_time(310)
    assert automations.fired == ["resumed_printing"]
