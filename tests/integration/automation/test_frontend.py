"""What Home Assistant's frontend asks before it shows triggers and conditions."""

from datetime import timedelta
import logging
from typing import Any

import probatio
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.obico.condition import CONDITIONS
from custom_components.obico.trigger import TRIGGERS
from dev import Printer
from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    config_validation as cv,
    device_registry as dr,
    entity_registry as er,
)
from homeassistant.helpers.selector import selector
from homeassistant.helpers.translation import async_get_translations
from homeassistant.setup import async_setup_component
from tests.integration.support import Json, Obico

TRIGGER_NAMES = {f"obico.{name}" for name in TRIGGERS}
CONDITION_NAMES = {f"obico.{name}" for name in CONDITIONS}


async def descriptions(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, kind: str
) -> dict[str, Json]:
    """Return what the frontend is told of our triggers or conditions."""
    assert await async_setup_component(hass, "automation", {})
    client = await hass_ws_client(hass)
    await client.send_json_auto_id({"type": f"{kind}_platforms/subscribe"})
    assert (await client.receive_json())["success"]
    told: dict[str, Json] = (await client.receive_json())["event"]
    return {name: shown for name, shown in told.items() if name.startswith("obico.")}


@pytest.mark.parametrize(
    ("kind", "names"), [("trigger", TRIGGER_NAMES), ("condition", CONDITION_NAMES)]
)
async def test_all_are_shown_with_a_target_of_ours_and_fields_that_can_be_filled_in(
    hass: HomeAssistant,
    obico: Obico,
    hass_ws_client: WebSocketGenerator,
    caplog: pytest.LogCaptureFixture,
    kind: str,
    names: set[str],
) -> None:
    caplog.set_level(logging.WARNING)
    told = await descriptions(hass, hass_ws_client, kind)
    assert set(told) == names
    texts = await async_get_translations(hass, "en", f"{kind}s", {"obico"})
    for name, shown in told.items():
        (entity,) = shown["target"]["entity"]
        assert entity["integration"] == "obico"
        place = f"component.obico.{kind}s.{name.removeprefix('obico.')}"
        assert {f"{place}.name", f"{place}.description"} <= texts.keys()
        for field, what in shown["fields"].items():
            assert f"{place}.fields.{field}.name" in texts
            if "duration" in what["selector"]:
                assert cv.positive_time_period(what["default"]) == timedelta(0)
            else:
                taken = probatio.Schema(selector(what["selector"]))(what["default"])
                assert taken == what["default"]
    assert not [
        record for record in caplog.records if f"{kind}s.yaml" in record.getMessage()
    ]


async def test_what_is_filled_in_from_the_beginning_is_what_is_taken_without_it(
    hass: HomeAssistant, obico: Obico, hass_ws_client: WebSocketGenerator
) -> None:
    target = {"entity_id": ["sensor.any"]}
    for kind, classes in (("trigger", TRIGGERS), ("condition", CONDITIONS)):
        told = await descriptions(hass, hass_ws_client, kind)
        for name, chosen in classes.items():
            defaults = {
                field: what["default"]
                for field, what in told[f"obico.{name}"]["fields"].items()
            }
            # A limit has to be given.
            given = {
                field: default
                for field, default in defaults.items()
                if field == "threshold"
            }
            taken: dict[str, Any] = await chosen.async_validate_config(
                hass, {"target": target, "options": given}
            )
            filled_in: dict[str, Any] = await chosen.async_validate_config(
                hass, {"target": target, "options": defaults}
            )
            # No time is as good as none.
            if not filled_in["options"].get("for", True):
                del filled_in["options"]["for"]
            assert taken == filled_in


@pytest.mark.parametrize(
    ("kind", "names"), [("triggers", TRIGGER_NAMES), ("conditions", CONDITION_NAMES)]
)
async def test_they_are_offered_for_a_printer_and_for_nothing_of_others(
    hass: HomeAssistant,
    obico: Obico,
    printer: Printer,
    hass_ws_client: WebSocketGenerator,
    kind: str,
    names: set[str],
) -> None:
    assert await async_setup_component(hass, "automation", {})
    client = await hass_ws_client(hass)

    async def offered(device_id: str) -> set[str]:
        await client.send_json_auto_id(
            {
                "type": f"get_{kind}_for_target",
                "target": {"device_id": [device_id]},
            }
        )
        answer: dict[str, Json] = await client.receive_json()
        assert answer["success"]
        return {name for name in answer["result"] if name.startswith("obico.")}

    device = obico.device(printer)
    assert device is not None
    assert await offered(device.id) == names

    entry = MockConfigEntry(domain="bambu")
    entry.add_to_hass(hass)
    other = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("bambu", "1")}
    )
    registry = er.async_get(hass)
    for domain in ("event", "sensor", "binary_sensor"):
        registry.async_get_or_create(
            domain, "bambu", "1", device_id=other.id, config_entry=entry
        )
    assert await offered(other.id) == set()
