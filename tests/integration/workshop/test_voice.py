"""What a user exposes can be spoken to, by Home Assistant's own sentences and tools."""

import pytest

from homeassistant.components import conversation
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import Context
from homeassistant.helpers import entity_registry as er, intent
from homeassistant.setup import async_setup_component

from .support import Shop


async def say(shop: Shop, sentence: str) -> intent.IntentResponse:
    """Say something to Assist, and return its answer."""
    task = shop.hass.async_create_task(
        conversation.async_converse(
            shop.hass,
            sentence,
            None,
            Context(),
            "en",
            agent_id="conversation.home_assistant",
        )
    )
    await shop.finish(task)  # type: ignore[arg-type]
    return task.result().response


@pytest.fixture
async def exposed(shop: Shop) -> Shop:
    """Give the printer whose power and one macro are exposed under names of their own."""
    for component in ("homeassistant", "conversation"):
        assert await async_setup_component(shop.hass, component, {})
    for key, alias in (
        ("switch.power_printer", "the printer"),
        ("button.macro_clean_nozzle", "cleaning macro"),
    ):
        entity_id = shop.obico.entity_id(shop.printer, key)
        er.async_get(shop.hass).async_update_entity(entity_id, aliases=[alias])
        async_expose_entity(shop.hass, "conversation", entity_id, True)
    await shop.settle()
    return shop


async def test_the_printer_is_switched_on_by_voice(exposed: Shop) -> None:
    await exposed.turn("power_printer", on=False)
    answer = await say(exposed, "turn on the printer")
    assert answer.response_type is intent.IntentResponseType.ACTION_DONE
    assert exposed.klipper.power_devices["printer"] == "on"


async def test_a_macro_is_run_by_what_assistants_have_as_a_tool(exposed: Shop) -> None:
    task = exposed.hass.async_create_task(
        intent.async_handle(
            exposed.hass,
            "test",
            intent.INTENT_TURN_ON,
            {"name": {"value": "cleaning macro"}},
            context=Context(),
            assistant="conversation",
        )
    )
    await exposed.finish(task)  # type: ignore[arg-type]
    answer = task.result()
    assert answer.response_type is intent.IntentResponseType.ACTION_DONE
    assert exposed.around.ran == ["CLEAN_NOZZLE"]


async def test_what_is_not_exposed_is_not_reached(exposed: Shop) -> None:
    answer = await say(exposed, "turn on Voron 2.4 Part fan")
    assert answer.response_type is intent.IntentResponseType.ERROR
    assert exposed.agent.fan_speed == 0
