"""Sentences, intents and LLM tools where Home Assistant's parts for them have changed."""

import sys
from types import ModuleType

import pytest

from dev import Printer
from homeassistant.components.conversation import async_converse
from homeassistant.components.homeassistant.const import DATA_EXPOSED_ENTITIES
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import intent
from tests.integration.support import Obico
from tests.integration.voice.support import speech, tools_of_ours

from .support import Change, gone, nothing, other, warnings_of_ours

STATUS = "Prusa MK4: Printing."


PIPELINES = "components.assist_pipeline"
PIPELINE_CHANGES: dict[str, Change] = {
    "no data": gone(f"{PIPELINES}.runtime.KEY_ASSIST_PIPELINE"),
    "no pipelines": gone("helpers.collection.ObservableCollection.async_items"),
    "no changes": gone(
        "helpers.collection.ObservableCollection.async_add_change_set_listener"
    ),
    "other changes": other(
        "helpers.collection.ObservableCollection.async_add_change_set_listener",
        nothing,
    ),
    "other pipelines": other(
        "helpers.collection.ObservableCollection.async_items", nothing
    ),
}
MANAGER = "components.conversation.agent_manager"
MANAGER_CHANGES: dict[str, Change] = {
    "no manager": gone(f"{MANAGER}.get_agent_manager"),
    "no registration": gone(f"{MANAGER}.AgentManager.register_trigger"),
    "other registration": other(f"{MANAGER}.AgentManager.register_trigger", nothing),
    "no sources": gone("components.conversation.const.IntentSource"),
}


def without_chat_sessions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have nothing in the module, for whoever imports from it from now on."""
    name = "homeassistant.helpers.chat_session"
    monkeypatch.setitem(sys.modules, name, ModuleType(name))


async def say(hass: HomeAssistant, text: str) -> str:
    """Say something to Assist, and return the answer."""
    result = await async_converse(hass, text, "a talk", Context(), "en")
    return speech(result.response)


async def handle(hass: HomeAssistant, name: str, context: Context) -> str:
    """Have an intent handled, and return the answer."""
    return speech(
        await intent.async_handle(
            hass, "test", name, {}, context=context, language="en"
        )
    )


@pytest.fixture
def exposed(hass: HomeAssistant, obico: Obico, printer: Printer) -> None:
    """Expose the printer to Assist."""
    for key in ("sensor.status", "button.pause"):
        entity_id = obico.entity_id(printer, key)
        async_expose_entity(hass, "conversation", entity_id, True)


@pytest.mark.parametrize("change", PIPELINE_CHANGES.values(), ids=PIPELINE_CHANGES)
async def test_without_pipelines_the_house_is_understood_in_its_language(
    hass: HomeAssistant,
    obico: Obico,
    printer: Printer,
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert obico.value(printer, "sensor.status") == "printing"
    assert (await say(hass, "what is the print status")).startswith(STATUS)
    await hass.config.async_update(language="de")
    await hass.async_block_till_done()
    assert (await say(hass, "wie ist der Druckstatus")).startswith(STATUS)
    await obico.unload()
    (line,) = warnings_of_ours(caplog)
    assert "in the languages of all assistants" in line


@pytest.mark.parametrize("change", MANAGER_CHANGES.values(), ids=MANAGER_CHANGES)
async def test_without_sentences_intents_and_tools_are_there(
    hass: HomeAssistant,
    obico: Obico,
    printer: Printer,
    exposed: None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert obico.value(printer, "sensor.status") == "printing"
    assert (await handle(hass, "ObicoPrintStatus", Context())).startswith(STATUS)
    assert "obico__pause_print" in await tools_of_ours(hass)
    await obico.reload()
    (line,) = warnings_of_ours(caplog)
    assert "does not let sentences for Assist be added as expected" in line


@pytest.mark.parametrize(
    "change",
    [gone("components.homeassistant.exposed_entities.async_should_expose")],
    ids=["gone"],
)
async def test_without_exposure_assistants_have_nothing_and_sentences_are_there(
    hass: HomeAssistant,
    obico: Obico,
    printer: Printer,
    exposed: None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert obico.value(printer, "sensor.status") == "printing"
    assert await tools_of_ours(hass) == set()
    assert (await say(hass, "what is the print status")).startswith(STATUS)
    (line,) = warnings_of_ours(caplog)
    assert "what is exposed to assistants" in line


@pytest.mark.parametrize("change", [lambda _monkeypatch: None], ids=["none"])
async def test_without_home_assistants_own_integration_nothing_is_exposed(
    hass: HomeAssistant, obico: Obico, exposed: None
) -> None:
    assert await tools_of_ours(hass)
    hass.data.pop(DATA_EXPOSED_ENTITIES)
    assert await tools_of_ours(hass) == set()


@pytest.mark.parametrize("change", [without_chat_sessions], ids=["gone"])
async def test_without_chat_sessions_no_assistant_confirms_for_its_user(
    hass: HomeAssistant,
    obico: Obico,
    printer: Printer,
    exposed: None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    message = Context()
    asked = await handle(hass, "ObicoCancelPrint", message)
    assert asked.startswith("This ends the print on Prusa MK4 for good.")
    assert await handle(hass, "ObicoConfirmCancel", message) == (
        "First put the question to the user, and wait for the answer."
    )
    assert await handle(hass, "ObicoKeepPrint", Context()) != asked
    assert obico.value(printer, "sensor.status") == "printing"
    assert (await say(hass, "what is the print status")).startswith(STATUS)
    (line,) = warnings_of_ours(caplog)
    assert "does not tell conversations apart" in line


@pytest.mark.parametrize("change", [lambda _monkeypatch: None], ids=["none"])
async def test_in_the_home_assistant_that_is_installed_all_is_there(
    hass: HomeAssistant,
    obico: Obico,
    exposed: None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The tests above would show nothing if importing again were to break it."""
    assert (await say(hass, "what is the print status")).startswith(STATUS)
    assert "obico__pause_print" in await tools_of_ours(hass)
    assert warnings_of_ours(caplog) == []
