"""What holds for all blueprints."""

import re

import pytest
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker

from dev import Phase, Printer
from homeassistant.components.automation.helpers import async_get_blueprints
from homeassistant.components.blueprint.importer import fetch_blueprint_from_url
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import parse_yaml
from tests.integration.support import Json, Obico

from .support import BLUEPRINTS, Home, HomeTime, Phone, device_id_of, is_in

EXAMPLES = (BLUEPRINTS.parents[2] / "docs" / "examples.md").read_text(encoding="utf-8")
RAW = "https://raw.githubusercontent.com/ha-obico/ha-obico/main"
NAMES = sorted(path.stem for path in BLUEPRINTS.glob("*.yaml"))


@pytest.fixture
def chosen(
    hass: HomeAssistant, obico: Obico, printer: Printer, iphone: Phone
) -> dict[str, dict[str, Json]]:
    """Give what a user has to choose for each blueprint."""
    hass.states.async_set("person.anna", "not_home")
    hass.states.async_set("switch.plug", "on")
    (device_id,) = device_id_of(obico, printer)
    printers = {"printers": [device_id]}
    return {
        "ai_at_night": printers,
        "enough_filament": {"printer": device_id},
        "failure_alert": printers | {"phones": [iphone.device_id]},
        "pause_when_away": printers | {"people": ["person.anna"]},
        "power_off_when_cool": {"printer": device_id, "plug": "switch.plug"},
        "print_ended": printers | {"phones": [iphone.device_id]},
        "progress_announcement": printers,
        "time_lapse": printers | {"phones": [iphone.device_id]},
    }


@pytest.mark.usefixtures("imported")
@pytest.mark.parametrize("name", NAMES)
async def test_it_is_imported_from_the_address_that_it_names(
    hass: HomeAssistant, aioclient_mock: AiohttpClientMocker, name: str
) -> None:
    """Home Assistant writes down what it understood, not the text that was there."""
    assert await async_setup_component(hass, "automation", {})
    blueprints = async_get_blueprints(hass)
    shipped = await blueprints.async_get_blueprint(f"obico/{name}.yaml")
    assert shipped.validate() is None
    aioclient_mock.get(
        f"{RAW}/blueprints/automation/obico/{name}.yaml",
        text=await hass.async_add_executor_job(
            (BLUEPRINTS / f"{name}.yaml").read_text, "utf-8"
        ),
    )
    imported = await fetch_blueprint_from_url(hass, shipped.metadata["source_url"])
    assert imported.suggested_filename == f"ha-obico/{name}"
    await blueprints.async_add_blueprint(
        imported.blueprint, f"{imported.suggested_filename}.yaml"
    )
    await blueprints.async_reset_cache()
    stored = await blueprints.async_get_blueprint(f"ha-obico/{name}.yaml")
    assert stored.data == shipped.data


@pytest.mark.parametrize("name", NAMES)
async def test_run_by_hand_nothing_fails(
    home: Home,
    chosen: dict[str, dict[str, Json]],
    timelapse: HomeTime,
    printer: Printer,
    name: str,
) -> None:
    if name == "enough_filament":
        # Who chose a printer without Klipper finds it in the log, and nothing else fails.
        home.complaints.append("Only printers with Klipper can do this")
    entity_id = await home.automate(name, chosen[name])
    await home.run(entity_id)
    await timelapse.pass_time(120)
    assert is_in(printer, Phase.IDLE)


async def test_all_live_together_through_a_start(
    home: Home, chosen: dict[str, dict[str, Json]], timelapse: HomeTime, iphone: Phone
) -> None:
    for name in NAMES:
        await home.automate(name, chosen[name])
    await home.restart()
    await timelapse.pass_time(120)
    assert iphone.received == []


async def test_the_examples_of_the_documentation_are_taken(
    hass: HomeAssistant, obico: Obico, home: Home, printer: Printer
) -> None:
    (device_id,) = device_id_of(obico, printer)
    configs = [
        parse_yaml(re.sub(r"\b[0-9a-f]{32}\b", device_id, block))
        for block in re.findall(r"```yaml\n(.+?)```", EXAMPLES, re.DOTALL)
    ]
    assert configs
    assert await async_setup_component(hass, "automation", {"automation": configs})
    states = hass.states.async_all("automation")
    assert [state.state for state in states] == ["on"] * len(configs)
    await hass.services.async_call(
        "automation", "turn_off", {"entity_id": "all"}, blocking=True
    )
