"""The examples of docs/triggers and docs/conditions are automations that Home Assistant takes."""

from pathlib import Path
import re

import pytest
import yaml

from homeassistant.components.automation.const import DOMAIN as AUTOMATION_DOMAIN
from homeassistant.const import SERVICE_TURN_OFF, STATE_ON
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from tests.integration.support import Obico

DOCS = Path(__file__).parents[3] / "docs"
YAML_BLOCK = re.compile(r"```yaml\n(.*?)```", re.DOTALL)
EXAMPLES = {
    f"{path.parent.name}/{path.stem}": block
    for section in ("triggers", "conditions")
    for path in sorted((DOCS / section).glob("*.md"))
    for block in YAML_BLOCK.findall(path.read_text(encoding="utf-8"))
}


@pytest.mark.usefixtures("obico")
@pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES)
async def test_an_example_becomes_an_automation_that_is_on(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture, example: str
) -> None:
    caplog.clear()
    assert await async_setup_component(
        hass, AUTOMATION_DOMAIN, {AUTOMATION_DOMAIN: [yaml.safe_load(example)]}
    )
    await hass.async_block_till_done()
    (state,) = hass.states.async_all(AUTOMATION_DOMAIN)
    assert state.state == STATE_ON
    assert not [
        record
        for record in caplog.records
        if record.name.startswith(f"homeassistant.components.{AUTOMATION_DOMAIN}")
        and record.levelname in {"WARNING", "ERROR"}
    ]
    await hass.services.async_call(
        AUTOMATION_DOMAIN, SERVICE_TURN_OFF, {"entity_id": "all"}, blocking=True
    )


def test_there_are_examples_of_everything() -> None:
    pages = {
        f"{path.parent.name}/{path.stem}"
        for section in ("triggers", "conditions")
        for path in (DOCS / section).glob("*.md")
    }
    assert pages - EXAMPLES.keys() == {"conditions/README"}


async def test_the_reasons_to_refuse_one_would_be_seen(
    obico: Obico, hass: HomeAssistant
) -> None:
    """A mistake of ours makes an automation that is unavailable."""
    example = yaml.safe_load(EXAMPLES["triggers/progress_passed"])
    example["triggers"][0]["options"]["percent"] = 1
    assert await async_setup_component(
        hass, AUTOMATION_DOMAIN, {AUTOMATION_DOMAIN: [example]}
    )
    (state,) = hass.states.async_all(AUTOMATION_DOMAIN)
    assert state.state == "unavailable"
