"""Whoever shows something of a printer hears of its changes, and of no others."""

from collections.abc import Iterator
from copy import deepcopy
from functools import partial

import pytest

from custom_components.obico.aioobico import Printer as ParsedPrinter
from custom_components.obico.printer.parts import Part, PartOf
from dev import Account, ObicoServer, Printer
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity import Entity
from tests.integration.support import (
    Json,
    Obico,
    coordinator_of,
    load_capture,
    set_up,
    states_written,
)


def with_one_change(value: Json) -> Iterator[tuple[str, Json]]:
    """Go through all that a JSON value holds, and each time give the value with that one thing changed."""
    for key in value if isinstance(value, dict) else range(len(value)):
        inner = value[key]
        changes = (
            with_one_change(inner)
            if isinstance(inner, dict | list)
            else [("", changed_leaf(inner))]
        )
        for path, change in changes:
            changed = value.copy()
            changed[key] = change
            yield f"{key}.{path}".rstrip("."), changed


def changed_leaf(value: Json) -> Json:
    """Return another value of the same type, or a number where there was none."""
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 7
        case str():
            return f"2{value}"
        case _:
            return 7


def at(value: Json, path: str, change: Json) -> Json:
    """Return a JSON value with another one at a path."""
    changed = deepcopy(value)
    *outer, last = path.split(".")
    inner = changed
    for key in outer:
        inner = inner[key]
    inner[last] = change
    return changed


@pytest.mark.parametrize(
    "capture",
    ["printer_printing", "printer_klipper_printing", "printer_alert_warning"],
)
async def test_nobody_misses_a_change_of_what_he_shows(
    hass: HomeAssistant,
    server: ObicoServer,
    account: Account,
    printer: Printer,
    monkeypatch: pytest.MonkeyPatch,
    capture: str,
) -> None:
    monkeypatch.setattr(Entity, "entity_registry_enabled_default", True)
    obico = await set_up(hass, server, account)
    coordinator = coordinator_of(obico.entry)
    recorded = load_capture(capture) | {"id": printer.id}
    coordinator.async_merge_printer(ParsedPrinter.from_dict(recorded))
    await hass.async_block_till_done()
    heard = states_written(hass)
    missed: dict[str, list[str]] = {}
    for path, changed in with_one_change(recorded):
        if path == "id":
            continue
        for news in (changed, recorded):
            coordinator.async_merge_printer(ParsedPrinter.from_dict(news))
            before = len(heard())
            coordinator.async_wake_printer(printer.id)
            if late := [state.entity_id for state in heard()[before:]]:
                missed[path] = late
    assert missed == {}
    assert {
        obico.entity_id(printer, key)
        for key in ("sensor.progress", "sensor.z_height", "sensor.failure_level")
    } <= {state.entity_id for state in heard()}


@pytest.mark.parametrize(
    ("path", "change", "hears"),
    [
        ("status._ts", 1.0, {Part.REPORT}),
        ("pic.img_url", "http://localhost:3334/media/other.jpg", set()),
        ("normalized_p", 0.5, {Part.SCORE}),
        ("status.progress.completion", 50.0, {Part.PROGRESS, Part.REPORT}),
        ("status.currentZ", 5.0, {Part.POSITION}),
        ("status.currentFanSpeed", 0.5, {Part.RATES}),
        ("status.display_status", {"message": "Layer 2"}, {Part.MESSAGE}),
        ("status.temperatures.bed.actual", 50.0, {Part.TEMPERATURES}),
        ("status.temperatures.bed.target", 70.0, set(Part)),
        ("status.temperatures.rack", {"actual": 30.0, "target": None}, set(Part)),
        ("status.state.text", "Pausing", set(Part)),
        ("status", None, set(Part)),
        ("current_print", None, set(Part)),
    ],
)
async def test_a_listener_hears_of_its_part_and_of_what_is_steady(
    hass: HomeAssistant,
    obico: Obico,
    printer: Printer,
    path: str,
    change: Json,
    hears: set[Part],
) -> None:
    coordinator = coordinator_of(obico.entry)
    recorded = load_capture("printer_printing") | {"id": printer.id}
    coordinator.async_merge_printer(ParsedPrinter.from_dict(recorded))
    heard: set[Part] = set()
    for part in Part:
        obico.entry.async_on_unload(
            coordinator.async_add_listener(
                partial(heard.add, part), PartOf(printer.id, part)
            )
        )
    coordinator.async_merge_printer(ParsedPrinter.from_dict(at(recorded, path, change)))
    assert heard == hears
