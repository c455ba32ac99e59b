"""What the activity says of printers."""

from dataclasses import replace
from datetime import timedelta
import json

import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from dev import LONG, SHORT, Printer
from dev.json_types import JsonValue, as_object
from homeassistant.components.recorder.core import Recorder
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, translation
from homeassistant.helpers.recorder import get_instance
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from tests.integration.support import Json, Obico

from .support import Automations, Config, trigger


@pytest.fixture(autouse=True)
def _custom_integrations(
    recorder_mock: Recorder, enable_custom_integrations: None
) -> None:
    """Let Home Assistant load what stands in this repository, and record what happens."""


@pytest.fixture(autouse=True)
async def _logbook(hass: HomeAssistant) -> None:
    """Have a logbook, and what it needs."""
    assert await async_setup_component(hass, "logbook", {})
    await hass.async_block_till_done()


async def activity(
    obico: Obico, hass_ws_client: WebSocketGenerator, **which: Json
) -> list[dict[str, Json]]:
    """Return the activity of the last hour, of all or of some entities or devices."""
    hass = obico.hass
    await hass.async_block_till_done()
    await get_instance(hass).async_block_till_done()
    client = await hass_ws_client(hass)
    await client.send_json_auto_id(
        {
            "type": "logbook/get_events",
            "start_time": (dt_util.utcnow() - timedelta(hours=1)).isoformat(),
            **which,
        }
    )
    answer = await client.receive_json()
    assert answer["success"], answer
    entries: list[dict[str, Json]] = answer["result"]
    return entries


def lines(entries: list[dict[str, Json]]) -> list[str]:
    """Return the lines that are ours, as people read them."""
    return [
        f"{entry['name']} {entry['message']}"
        for entry in entries
        if entry.get("domain") == "obico"
    ]


def without_titles(events: JsonValue) -> JsonValue:
    """Return events as a server would give them that has no titles."""
    assert isinstance(events, list)
    return [as_object(event) | {"event_title": None} for event in events]


async def test_a_print_can_be_read_like_a_diary(
    obico: Obico, printer: Printer, hass_ws_client: WebSocketGenerator
) -> None:
    server, agent = obico.server, printer.agent
    agent.start_print(SHORT)
    await server.advance(20)
    for event_type in ("FAILURE_ALERTED", "ALERT_MUTED", "ALERT_UNMUTED"):
        server.add_event(printer, event_type)
    agent.pause()
    await server.advance(10)
    agent.resume()
    await obico.poll(after=200)
    server.add_event(printer, "FILAMENT_CHANGE")
    server.add_event(
        printer, "PRINTER_ERROR", title="OctoPrint Error", text="Thermal\nRunaway"
    )
    server.add_event(
        printer,
        "PRINTER_ERROR",
        event_class="WARNING",
        title="Webcam Streaming Failed",
        text="Look at the guide",
    )
    await obico.poll()
    assert lines(await activity(obico, hass_ws_client)) == [
        "Prusa MK4 started short.gcode",
        "Prusa MK4 may be failing at short.gcode",
        "Prusa MK4 muted the alerts for short.gcode",
        "Prusa MK4 gives alerts for short.gcode again",
        "Prusa MK4 paused short.gcode",
        "Prusa MK4 resumed short.gcode",
        "Prusa MK4 finished short.gcode",
        "Prusa MK4 needs another filament for the print",
        "Prusa MK4 reported an error: Thermal Runaway",
        "Prusa MK4 reported a warning: Webcam Streaming Failed",
    ]


async def test_a_print_that_goes_on_adds_no_line(
    obico: Obico, hass_ws_client: WebSocketGenerator
) -> None:
    # OctoPrint does not tell the layer.
    printer = await obico.add_printer("Voron", agent="klipper")
    printer.agent.start_print(LONG)
    await obico.poll(after=300)
    layer = obico.value(printer, "sensor.current_layer")
    before = await activity(obico, hass_ws_client)
    # Of the event itself there are the line that says what was started, and Home Assistant's own.
    event = obico.entity_id(printer, "event.printer_event")
    assert len([each for each in before if each.get("entity_id") == event]) == 2
    for _ in range(10):
        await obico.poll(after=30)
    assert obico.value(printer, "sensor.current_layer") != layer
    # A time that moves is no reading: Home Assistant has a line for it.
    finish_time = obico.entity_id(printer, "sensor.finish_time")
    assert [
        each
        for each in await activity(obico, hass_ws_client)
        if each not in before and each.get("entity_id") != finish_time
    ] == []


async def test_a_print_of_which_little_is_known_reads_well_too(
    obico: Obico, printer: Printer, hass_ws_client: WebSocketGenerator
) -> None:
    for event_class in ("WARNING", ""):
        obico.server.add_event(printer, "ENDED", event_class=event_class)
    obico.server.faults.change("/api/v1/printer_events/*", without_titles)
    obico.server.add_event(printer, "PRINTER_ERROR", text="")
    await obico.poll()
    assert lines(await activity(obico, hass_ws_client)) == [
        "Prusa MK4 cancelled the print",
        "Prusa MK4 ended the print",
        "Prusa MK4 reported an error",
    ]


async def test_a_line_stands_with_its_entity_and_its_device_and_nowhere_else(
    obico: Obico, printer: Printer, hass_ws_client: WebSocketGenerator
) -> None:
    other = await obico.add_printer("Voron", agent="klipper")
    obico.server.add_event(printer, "PAUSED")
    await obico.poll()
    device, other_device = obico.device(printer), obico.device(other)
    assert device is not None
    assert other_device is not None
    entity_id = obico.entity_id(printer, "event.printer_event")
    line = ["Prusa MK4 paused the print"]
    for where in ({"entity_ids": [entity_id]}, {"device_ids": [device.id]}):
        (entry,) = [
            entry
            for entry in await activity(obico, hass_ws_client, **where)
            if entry.get("domain") == "obico"
        ]
        assert lines([entry]) == line
        assert entry["entity_id"] == entity_id
    elsewhere = {"device_ids": [other_device.id]}
    assert lines(await activity(obico, hass_ws_client, **elsewhere)) == []


async def test_what_comes_of_an_event_names_it_as_its_cause(
    obico: Obico,
    printer: Printer,
    hass_ws_client: WebSocketGenerator,
    automations: Automations,
    target: Config,
) -> None:
    await automations.start(trigger("paused_printing", target))
    obico.server.add_event(printer, "PAUSED")
    await obico.poll()
    entity_id = obico.entity_id(printer, "event.printer_event")
    entries = await activity(obico, hass_ws_client)
    assert automations.fired == ["paused_printing"]
    caused = [
        entry.get("domain") or entry["entity_id"]
        for entry in entries
        if entry.get("context_message") == "paused the print"
    ]
    assert caused == [entity_id, "automation"]
    for entry in entries:
        if "context_message" in entry:
            assert entry["context_name"] == "Prusa MK4"


async def test_the_printer_is_called_as_the_user_calls_it(
    obico: Obico, printer: Printer, hass_ws_client: WebSocketGenerator
) -> None:
    obico.server.add_event(printer, "PAUSED")
    await obico.poll()
    device = obico.device(printer)
    assert device is not None
    devices = dr.async_get(obico.hass)
    devices.async_update_device(device.id, name_by_user="The red one")
    assert lines(await activity(obico, hass_ws_client)) == [
        "The red one paused the print"
    ]
    # What is left of a printer that is gone.
    devices.async_remove_device(device.id)
    (entry,) = [
        entry
        for entry in await activity(obico, hass_ws_client)
        if entry.get("domain") == "obico"
    ]
    assert entry["name"] is None
    assert entry["message"] == "paused the print"


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("de", "Prusa MK4 hat short.gcode gestartet"),
        ("fr", "Prusa MK4 a démarré short.gcode"),
        ("zh-Hans", "Prusa MK4 已开始 short.gcode"),
        ("xx", "Prusa MK4 started short.gcode"),
    ],
)
async def test_lines_are_in_the_language_of_home_assistant(
    obico: Obico,
    printer: Printer,
    hass_ws_client: WebSocketGenerator,
    language: str,
    line: str,
) -> None:
    # As Home Assistant does when it starts.
    translation.async_setup(obico.hass)
    await obico.hass.config.async_update(language=language)
    await obico.hass.async_block_till_done()
    printer.agent.start_print(SHORT)
    await obico.poll(after=10)
    assert lines(await activity(obico, hass_ws_client)) == [line]


async def test_no_secret_is_written_down(
    obico: Obico, printer: Printer, hass_ws_client: WebSocketGenerator
) -> None:
    fired: list[dict[str, Json]] = []
    obico.hass.bus.async_listen(
        "obico_event", callback(lambda event: fired.append(dict(event.data)))
    )
    printer.agent.start_print(SHORT)
    await obico.server.advance(30)
    obico.server.add_event(printer, "FAILURE_ALERTED")
    await obico.poll()
    assert len(fired) == 2
    told = json.dumps([fired, await activity(obico, hass_ws_client)])
    for secret in (obico.account.token, printer.auth_token, "digest=", "http"):
        assert secret not in told


@pytest.mark.parametrize(
    "name", ["2.10", "1e3", "0x10", "true", "None", "[1]", "{{ x }}", "{file}"]
)
async def test_names_that_look_like_something_else_are_read_as_they_are(
    obico: Obico, printer: Printer, hass_ws_client: WebSocketGenerator, name: str
) -> None:
    printer.update({"name": name})
    printer.agent.start_print(replace(SHORT, path=name))
    await obico.server.advance(20)
    await obico.poll()
    assert lines(await activity(obico, hass_ws_client)) == [f"{name} started {name}"]


async def test_a_long_reason_is_cut_after_a_word(
    obico: Obico, printer: Printer, hass_ws_client: WebSocketGenerator
) -> None:
    obico.server.add_event(
        printer, "PRINTER_ERROR", event_class="ERROR", text="Heater failed. " * 700
    )
    await obico.poll()
    (line,) = lines(await activity(obico, hass_ws_client))
    assert line.startswith("Prusa MK4 reported an error: Heater failed. Heater")
    assert line.endswith(("Heater…", "failed.…"))
    assert len(line) < 600
