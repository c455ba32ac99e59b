"""What the activity says of printers."""

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


def events(entries: list[dict[str, Json]], entity_id: str) -> list[str]:
    """Return what the lines of an event entity say that Home Assistant has of its own."""
    return [
        str(as_object(entry["attributes"])["event_type"])
        for entry in entries
        if entry.get("entity_id") == entity_id and entry.get("domain") is None
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
    entries = await activity(obico, hass_ws_client)
    assert events(entries, obico.entity_id(printer, "event.printer_event")) == [
        "started",
        "failure_alerted",
        "alert_muted",
        "alert_unmuted",
        "paused",
        "resumed",
        "ended",
        "filament_change",
        "printer_error",
        "printer_error",
    ]
    assert lines(entries) == [
        "Prusa MK4 reported an error: Thermal Runaway",
        "Prusa MK4 reported a warning: Webcam Streaming Failed",
    ]


async def test_a_start_has_one_line(
    obico: Obico, printer: Printer, hass_ws_client: WebSocketGenerator
) -> None:
    printer.agent.start_print(SHORT)
    await obico.poll(after=20)
    entity_id = obico.entity_id(printer, "event.printer_event")
    (line,) = [
        entry
        for entry in await activity(obico, hass_ws_client)
        if entry.get("entity_id") == entity_id or "obico" in entry.values()
    ]
    assert line["attributes"] == {"event_type": "started"}


async def test_a_print_that_goes_on_adds_no_line(
    obico: Obico, hass_ws_client: WebSocketGenerator
) -> None:
    # OctoPrint does not tell the layer.
    printer = await obico.add_printer("Voron", agent="klipper")
    printer.agent.start_print(LONG)
    await obico.poll(after=300)
    layer = obico.value(printer, "sensor.current_layer")
    before = await activity(obico, hass_ws_client)
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


@pytest.mark.parametrize("text", ["", " ", "\u200b\n"])
async def test_an_error_without_a_reason_has_no_line_beside_that_of_the_event(
    obico: Obico, printer: Printer, hass_ws_client: WebSocketGenerator, text: str
) -> None:
    obico.server.faults.change("/api/v1/printer_events/*", without_titles)
    obico.server.add_event(printer, "PRINTER_ERROR", text=text)
    await obico.poll()
    entries = await activity(obico, hass_ws_client)
    assert lines(entries) == []
    entity_id = obico.entity_id(printer, "event.printer_event")
    assert events(entries, entity_id) == ["printer_error"]


@pytest.mark.parametrize(
    ("event_class", "title", "text", "line"),
    [
        ("ERROR", "Title", "Text", "reported an error: Text"),
        ("ERROR", "Title", " ", "reported an error: Title"),
        ("WARNING", "Title", "Text", "reported a warning: Title"),
        ("WARNING", "\u200b", "Text\n of two", "reported a warning: Text of two"),
        ("", "Title", "", "reported a warning: Title"),
    ],
)
async def test_the_reason_stands_where_it_is_told(
    obico: Obico,
    printer: Printer,
    hass_ws_client: WebSocketGenerator,
    event_class: str,
    title: str,
    text: str,
    line: str,
) -> None:
    obico.server.add_event(
        printer, "PRINTER_ERROR", event_class=event_class, title=title, text=text
    )
    await obico.poll()
    assert lines(await activity(obico, hass_ws_client)) == [f"Prusa MK4 {line}"]


async def test_a_line_stands_with_its_entity_and_its_device_and_nowhere_else(
    obico: Obico, printer: Printer, hass_ws_client: WebSocketGenerator
) -> None:
    other = await obico.add_printer("Voron", agent="klipper")
    obico.server.add_event(printer, "PRINTER_ERROR", text="Thermal Runaway")
    await obico.poll()
    device, other_device = obico.device(printer), obico.device(other)
    assert device is not None
    assert other_device is not None
    entity_id = obico.entity_id(printer, "event.printer_event")
    line = ["Prusa MK4 reported an error: Thermal Runaway"]
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
    obico.server.add_event(printer, "PRINTER_ERROR", text="Thermal Runaway")
    obico.server.add_event(printer, "PAUSED")
    await obico.poll()
    entity_id = obico.entity_id(printer, "event.printer_event")
    entries = await activity(obico, hass_ws_client)
    assert automations.fired == ["paused_printing"]
    (caused,) = [entry for entry in entries if entry.get("domain") == "automation"]
    assert caused["context_entity_id"] == entity_id
    # Not the error that came just before.
    assert "context_message" not in caused
    (error,) = [entry for entry in entries if "context_message" in entry]
    assert error["entity_id"] == entity_id
    assert error["context_message"] == "reported an error: Thermal Runaway"
    assert error["context_name"] == "Prusa MK4"


async def test_the_printer_is_called_as_the_user_calls_it(
    obico: Obico, printer: Printer, hass_ws_client: WebSocketGenerator
) -> None:
    obico.server.add_event(printer, "PRINTER_ERROR", text="Thermal Runaway")
    await obico.poll()
    device = obico.device(printer)
    assert device is not None
    devices = dr.async_get(obico.hass)
    devices.async_update_device(device.id, name_by_user="The red one")
    assert lines(await activity(obico, hass_ws_client)) == [
        "The red one reported an error: Thermal Runaway"
    ]
    # What is left of a printer that is gone.
    devices.async_remove_device(device.id)
    (entry,) = [
        entry
        for entry in await activity(obico, hass_ws_client)
        if entry.get("domain") == "obico"
    ]
    assert entry["name"] is None
    assert entry["message"] == "reported an error: Thermal Runaway"


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("de", "Prusa MK4 hat einen Fehler gemeldet: Thermal Runaway"),
        ("fr", "Prusa MK4 a signalé une erreur: Thermal Runaway"),
        ("zh-Hans", "Prusa MK4 报告了错误: Thermal Runaway"),
        ("xx", "Prusa MK4 reported an error: Thermal Runaway"),
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
    obico.server.add_event(printer, "PRINTER_ERROR", text="Thermal Runaway")
    await obico.poll()
    assert lines(await activity(obico, hass_ws_client)) == [line]


async def test_no_secret_is_written_down(
    obico: Obico, printer: Printer, hass_ws_client: WebSocketGenerator
) -> None:
    fired: list[dict[str, Json]] = []
    obico.hass.bus.async_listen(
        "obico_printer_error", callback(lambda event: fired.append(dict(event.data)))
    )
    printer.agent.start_print(SHORT)
    await obico.server.advance(30)
    obico.server.add_event(printer, "FAILURE_ALERTED")
    obico.server.add_event(printer, "PRINTER_ERROR", text="Thermal Runaway")
    await obico.poll()
    assert len(fired) == 1
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
    obico.server.add_event(printer, "PRINTER_ERROR", text=name)
    await obico.poll()
    assert lines(await activity(obico, hass_ws_client)) == [
        f"{name} reported an error: {name}"
    ]


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
