"""Power and macros by voice: where the user exposes them, refused with the reason.

The kind: a printer that is switched off in the middle of a print because somebody said so, a
plug of the same name that is not reached any more, and "an unexpected error occurred".
"""

from functools import partial

import pytest

from dev import CUBE, Account, KlipperAgent, Phase
from homeassistant.auth.models import User
from homeassistant.components import conversation
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import entity_registry as er, intent
from homeassistant.setup import async_setup_component
from tests.integration.voice.support import tools_of_ours

from .support import Shop, as_user

POWER = "switch.power_printer"
CLEAN = "button.macro_clean_nozzle"
SLOW = "button.macro_slow_calibration"


async def say(
    shop: Shop, sentence: str, *, context: Context | None = None, language: str = "en"
) -> str:
    """Say something to Assist, and return its answer."""
    task = shop.hass.async_create_task(
        conversation.async_converse(
            shop.hass,
            sentence,
            None,
            context or Context(),
            language,
            agent_id="conversation.home_assistant",
        )
    )
    await shop.finish(task)  # type: ignore[arg-type]
    return str(task.result().response.speech["plain"]["speech"])


def expose(shop: Shop, key: str, *, is_exposed: bool = True) -> None:
    """Expose an entity to Assist, or no longer."""
    entity_id = shop.obico.entity_id(shop.printer, key)
    async_expose_entity(shop.hass, "conversation", entity_id, is_exposed)


@pytest.fixture(autouse=True)
async def _core(hass: HomeAssistant) -> None:
    """Set up what Home Assistant sets up before all others."""
    assert await async_setup_component(hass, "homeassistant", {})


@pytest.fixture
async def assist(shop: Shop) -> Shop:
    """Give the printer in a Home Assistant with Assist, in which nothing is exposed."""
    assert await async_setup_component(shop.hass, "conversation", {})
    await shop.settle()
    return shop


@pytest.fixture
async def exposed(assist: Shop) -> Shop:
    """Give the printer whose power and macros are exposed."""
    for key in (POWER, CLEAN, SLOW):
        expose(assist, key)
    er.async_get(assist.hass).async_update_entity(
        assist.obico.entity_id(assist.printer, CLEAN), aliases=["cleaning macro"]
    )
    await assist.settle()
    return assist


# Power


@pytest.mark.parametrize(
    "sentence",
    [
        "turn on the printer",
        "switch the 3d printer on please",
        "power on Voron 2.4",
        "turn the Voron 2.4 on",
    ],
)
async def test_the_printer_is_switched_on(exposed: Shop, sentence: str) -> None:
    await exposed.turn("power_printer", on=False)
    assert await say(exposed, sentence) == "Voron 2.4 is switched on."
    assert exposed.klipper.power_devices["printer"] == "on"


async def test_the_printer_is_switched_off(exposed: Shop) -> None:
    assert await say(exposed, "switch off the printer") == "Voron 2.4 is switched off."
    assert exposed.klipper.power_devices["printer"] == "off"


async def test_power_off_during_a_print_is_refused_with_the_reason(
    exposed: Shop,
) -> None:
    await exposed.become(Phase.PRINTING)
    answer = await say(exposed, "turn off the printer")
    assert answer.startswith("Voron 2.4: Moonraker does not let this device")
    assert exposed.klipper.power_devices["printer"] == "on"


async def test_power_off_while_a_nozzle_is_hot_is_refused_with_the_reason(
    exposed: Shop,
) -> None:
    nozzle = exposed.agent.heaters["extruder"]
    nozzle.actual = nozzle.target = 180.0
    await exposed.report()
    assert "180 °C" in await say(exposed, "turn off Voron 2.4")
    assert exposed.klipper.power_devices["printer"] == "on"


async def test_of_several_devices_none_is_guessed(assist: Shop) -> None:
    assist.klipper.power_devices = {"PSU": "on", "Lüfter": "on"}
    assist.agent.go_offline()
    await assist.settle()
    assist.agent.come_online()
    await assist.settle()
    expose(assist, "switch.power_psu")
    await assist.settle()
    assert await say(assist, "turn off Voron 2.4") == "Voron 2.4 is switched off."
    expose(assist, "switch.power_lufter")
    await assist.settle()
    await say(assist, "turn on Voron 2.4")
    assert assist.klipper.power_devices == {"PSU": "off", "Lüfter": "on"}


async def test_only_what_is_exposed_is_switched(assist: Shop) -> None:
    assert "Voron" not in await say(assist, "turn off the printer")
    expose(assist, "switch.power_chamber_light")
    await assist.settle()
    # The only one that is exposed is the one that is meant.
    assert await say(assist, "turn on Voron 2.4") == "Voron 2.4 is switched on."
    assert assist.klipper.power_devices == {"printer": "on", "Chamber light": "on"}
    expose(assist, "switch.power_chamber_light", is_exposed=False)
    expose(assist, POWER)
    await assist.settle()
    await say(assist, "turn off Voron 2.4")
    assert assist.klipper.power_devices == {"printer": "off", "Chamber light": "on"}
    expose(assist, POWER, is_exposed=False)
    await assist.settle()
    await say(assist, "turn on Voron 2.4")
    assert assist.klipper.power_devices["printer"] == "off"


async def test_of_several_printers_the_named_one_is_switched(
    exposed: Shop, account: Account
) -> None:
    other = account.add_printer("Voron 0", agent="klipper")
    assert isinstance(other.agent, KlipperAgent)
    other.agent.power_devices = {"printer": "on"}
    await exposed.obico.poll()
    await exposed.minute(2)
    async_expose_entity(
        exposed.hass, "conversation", exposed.obico.entity_id(other, POWER), True
    )
    await exposed.settle()
    answer = await say(exposed, "turn off the printer")
    assert "Voron 0" in answer
    assert "Voron 2.4" in answer
    await say(exposed, "turn off Voron 0")
    assert other.agent.power_devices["printer"] == "off"
    assert exposed.klipper.power_devices["printer"] == "on"


# Macros


@pytest.mark.parametrize(
    "sentence",
    [
        "run the cleaning macro",
        "run the macro clean nozzle",
        "start the Clean nozzle macro on Voron 2.4",
        "execute clean_nozzle",
    ],
)
async def test_a_macro_is_run(exposed: Shop, sentence: str) -> None:
    assert await say(exposed, sentence) == "Clean nozzle has run on Voron 2.4."
    assert exposed.around.ran == ["CLEAN_NOZZLE"]


async def test_a_long_macro_is_not_waited_for(exposed: Shop) -> None:
    async def speak() -> None:
        answer = await say(exposed, "run the macro slow calibration")
        assert answer == "Slow calibration is running on Voron 2.4."

    assert await exposed.timed(speak()) <= 10
    assert exposed.around.ran == ["SLOW_CALIBRATION"]


async def test_a_macro_that_cannot_run_says_why(exposed: Shop) -> None:
    expose(exposed, "button.macro_needs_homing")
    await exposed.settle()
    answer = await say(exposed, "run the macro needs homing")
    assert answer.startswith("Voron 2.4: Klipper refused")
    exposed.agent.go_offline()
    await exposed.settle()
    assert "offline" in await say(exposed, "run the cleaning macro")


async def test_a_macro_that_is_not_exposed_is_not_run(assist: Shop) -> None:
    await say(assist, "run the macro clean nozzle")
    expose(assist, SLOW)
    await assist.settle()
    await say(assist, "run the macro clean nozzle")
    assert assist.around.ran == []


# Rights


@pytest.mark.parametrize("sentence", ["turn off the printer", "run the cleaning macro"])
async def test_only_administrators_may(
    exposed: Shop, hass_read_only_user: User, sentence: str
) -> None:
    hass_read_only_user.groups[0].policy = {"entities": True}
    context = as_user(hass_read_only_user)
    answer = await say(exposed, sentence, context=context)
    assert answer == "You are not allowed to do that."
    assert exposed.klipper.power_devices["printer"] == "on"
    assert exposed.around.ran == []
    answer = await say(exposed, sentence, context=Context(user_id="nobody"))
    assert answer == "You are not allowed to do that."


async def test_what_cannot_be_reached_is_said_to_be_so(exposed: Shop) -> None:
    exposed.agent.start_print(CUBE)
    await exposed.pass_time(20)
    await exposed.obico.server.refuse_connections()
    await exposed.minute(3)
    answer = await say(exposed, "turn off the printer")
    assert "reach" in answer
    assert exposed.klipper.power_devices["printer"] == "on"
    await exposed.obico.server.accept_connections()


# Assistants


async def by_tool(shop: Shop, intent_type: str, **slots: str) -> intent.IntentResponse:
    """Handle an intent as an assistant's tool does."""
    task = shop.hass.async_create_task(
        intent.async_handle(
            shop.hass,
            "test",
            intent_type,
            {key: {"value": value} for key, value in slots.items()},
            context=Context(),
            assistant="conversation",
        )
    )
    await shop.finish(task)  # type: ignore[arg-type]
    return task.result()


async def test_an_assistant_switches_and_runs_what_is_exposed(exposed: Shop) -> None:
    answer = await by_tool(exposed, "ObicoRunMacro", macro="Cleaning macro")
    assert answer.response_type is intent.IntentResponseType.ACTION_DONE
    assert exposed.around.ran == ["CLEAN_NOZZLE"]
    answer = await by_tool(exposed, "ObicoRunMacro", macro="wipe")
    assert answer.response_type is intent.IntentResponseType.ERROR
    said = answer.speech["plain"]["speech"]
    assert said == (
        "I know no macro called wipe. There is: Clean nozzle, Slow calibration."
    )
    await by_tool(exposed, "ObicoPowerOff", name="Voron 2.4")
    assert exposed.klipper.power_devices["printer"] == "off"
    answer = await by_tool(exposed, "ObicoPowerOn", name="Ender")
    assert answer.response_type is intent.IntentResponseType.ERROR
    await by_tool(exposed, "ObicoPowerOn")
    assert exposed.klipper.power_devices["printer"] == "on"


async def test_an_assistant_reaches_nothing_that_is_not_exposed(assist: Shop) -> None:
    for name, slots in (("ObicoPowerOff", {}), ("ObicoRunMacro", {"macro": "wipe"})):
        answer = await by_tool(assist, name, **slots)
        said = answer.speech["plain"]["speech"]
        assert said == "Nothing that this needs is exposed to me."
    assert assist.klipper.power_devices["printer"] == "on"


async def test_an_assistant_has_the_tools_of_what_is_exposed(assist: Shop) -> None:
    tools = partial(tools_of_ours, assist.hass)
    assert not {name for name in await tools() if "power" in name or "macro" in name}
    expose(assist, CLEAN)
    await assist.settle()
    assert await tools() == {"obico__run_macro"}
    expose(assist, POWER)
    await assist.settle()
    assert await tools() == {"obico__run_macro", "obico__power_on", "obico__power_off"}
