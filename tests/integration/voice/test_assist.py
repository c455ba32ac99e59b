"""When and for whom the sentences are there, and that nobody else's are taken."""

import asyncio
from collections.abc import Mapping
import re
from typing import Literal, override

from hassil.intents import Intent, IntentData
from hassil.recognize import RecognizeResult
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.obico.voice.texts import closest_language
from dev import ObicoServer, Phase, Printer
from homeassistant.components import conversation
from homeassistant.components.conversation.agent_manager import (
    AgentManager,
    get_agent_manager,
)
from homeassistant.components.conversation.const import DATA_COMPONENT
from homeassistant.components.conversation.default_agent import DefaultAgent
from homeassistant.core import Context, HomeAssistant, ServiceCall
from homeassistant.helpers import device_registry as dr, intent
from homeassistant.helpers.template import Template
from homeassistant.setup import async_setup_component
from tests.integration.push.support import Prepared
from tests.integration.support import set_up

from .support import Room

PIPELINE = {
    "conversation_engine": "conversation.home_assistant",
    "language": "en",
    "stt_engine": None,
    "stt_language": None,
    "tts_engine": None,
    "tts_language": None,
    "tts_voice": None,
    "wake_word_entity": None,
    "wake_word_id": None,
}
PAUSE = {
    "en": "pause the print",
    "de": "pausiere den Druck",
    "nl": "pauzeer de print",
    "it": "metti in pausa la stampa",
}


def registered(hass: HomeAssistant) -> list[str]:
    return get_agent_manager(hass).trigger_sentences


def said(text: str, language: str) -> conversation.ConversationInput:
    """Return what the agent gets of a sentence."""
    return conversation.ConversationInput(
        text=text,
        context=Context(),
        conversation_id=None,
        device_id=None,
        satellite_id=None,
        language=language,
        agent_id=conversation.HOME_ASSISTANT_AGENT,
    )


async def understood(hass: HomeAssistant) -> set[str]:
    """Return in which languages Assist would pause a print."""
    agent = get_agent_manager(hass).default_agent
    assert agent is not None
    found = set()
    for language, sentence in PAUSE.items():
        if await agent.async_recognize_sentence_trigger(said(sentence, language)):
            found.add(language)
    return found


async def command(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    command_type: str,
    **data: object,
) -> Mapping[str, object]:
    """Give a command of the websocket API, as the settings do."""
    client = await hass_ws_client(hass)
    await client.send_json_auto_id({"type": command_type, **data})
    answer = await client.receive_json()
    assert answer["success"], answer
    await hass.async_block_till_done()
    result: Mapping[str, object] = answer["result"]
    return result


# Languages


async def test_only_the_language_of_the_house_is_listened_to(
    room: Room, hass: HomeAssistant
) -> None:
    assert await understood(hass) == {"en"}
    await room.speak("de")
    assert await understood(hass) == {"de"}


async def test_a_language_that_is_not_there_has_no_sentences(
    room: Room, hass: HomeAssistant
) -> None:
    await room.speak("fi")
    assert registered(hass) == []


async def test_assistants_bring_their_languages(
    room: Room, hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    """An assistant that is set up, made, changed and deleted after the account."""
    assert await async_setup_component(hass, "assist_pipeline", {})
    await hass.async_block_till_done()
    assert await understood(hass) == {"en"}
    made = await command(
        hass,
        hass_ws_client,
        "assist_pipeline/pipeline/create",
        name="Huis",
        conversation_language="nl",
        **PIPELINE,
    )
    assert await understood(hass) == {"en", "nl"}
    await command(
        hass,
        hass_ws_client,
        "assist_pipeline/pipeline/update",
        pipeline_id=made["id"],
        name="Casa",
        # An agent for all languages is told that of the ears, or else of the mouth.
        conversation_language="*",
        **PIPELINE | {"language": "it"},
    )
    assert await understood(hass) == {"en", "it"}
    room.language = "it"
    assert "Prusa MK4" in await room.say("come va la stampa")
    await command(
        hass,
        hass_ws_client,
        "assist_pipeline/pipeline/delete",
        pipeline_id=made["id"],
    )
    assert await understood(hass) == {"en"}


async def test_the_answer_is_in_the_language_that_is_spoken(room: Room) -> None:
    """What is understood in the language of the house is answered in that of the talk."""
    room.language = "pt-BR"
    assert await room.say("pause the print") == (
        "Prusa MK4: Não há nenhum trabalho de impressão."
    )


# Agents


class Butler(conversation.ConversationEntity):
    """An agent that is not Home Assistant's."""

    _attr_name = "Butler"
    entity_id = "conversation.butler"

    @property
    @override
    def supported_languages(self) -> list[str] | Literal["*"]:
        return "*"

    @override
    async def async_process(
        self, user_input: conversation.ConversationInput
    ) -> conversation.ConversationResult:
        response = intent.IntentResponse(language=user_input.language)
        response.async_set_speech("Very well.")
        return conversation.ConversationResult(
            response=response, conversation_id=user_input.conversation_id
        )


@pytest.fixture
async def butler(hass: HomeAssistant) -> None:
    await hass.data[DATA_COMPONENT].async_add_entities([Butler()])


async def test_an_assistant_with_another_agent_understands_the_sentences_first(
    room: Room, hass: HomeAssistant, hass_ws_client: WebSocketGenerator, butler: None
) -> None:
    assert await async_setup_component(hass, "assist_pipeline", {})
    made = await command(
        hass,
        hass_ws_client,
        "assist_pipeline/pipeline/create",
        name="House",
        conversation_language="en",
        **PIPELINE | {"conversation_engine": "conversation.butler"},
    )
    client = await hass_ws_client(hass)

    async def run(text: str) -> str:
        await client.send_json_auto_id(
            {
                "type": "assist_pipeline/run",
                "start_stage": "intent",
                "end_stage": "intent",
                "input": {"text": text},
                "pipeline": made["id"],
            }
        )
        while True:
            message = await client.receive_json()
            event = message.get("event") or {}
            if event.get("type") == "intent-end":
                output = event["data"]["intent_output"]["response"]["speech"]
                return str(output["plain"]["speech"])

    await room.start()
    task = asyncio.get_running_loop().create_task(run("pause the print"))
    assert await room.finish(task) == "The print on Prusa MK4 pauses."
    await room.be(Phase.PAUSED)
    assert await run("how are you") == "Very well."


async def test_who_speaks_to_another_agent_itself_is_answered_by_it(
    room: Room, butler: None
) -> None:
    room.agent_id = "conversation.butler"
    assert await room.say_at_once("pause the print") == "Very well."


async def test_the_action_of_conversation(room: Room, hass: HomeAssistant) -> None:
    await room.start()

    async def process() -> str:
        answer = await hass.services.async_call(
            "conversation",
            "process",
            {"text": "Pause the print on Prusa MK4, please."},
            blocking=True,
            return_response=True,
        )
        template = "{{ answer.response.speech.plain.speech }}"
        return str(Template(template, hass).async_render({"answer": answer}))

    task = asyncio.get_running_loop().create_task(process())
    assert await room.finish(task) == "The print on Prusa MK4 pauses."
    await room.be(Phase.PAUSED)


# Sentences of others


async def test_sentences_for_others_go_to_them(room: Room, hass: HomeAssistant) -> None:
    called: list[tuple[str, str]] = []

    async def note(call: ServiceCall) -> None:
        called.append((call.service, str(call.data["entity_id"])))

    hass.states.async_set("light.desk", "off", {"friendly_name": "Desk"})
    hass.states.async_set(
        "media_player.radio",
        "playing",
        {"friendly_name": "Radio", "supported_features": 1},
    )
    for domain, service in (
        ("light", "turn_on"),
        ("media_player", "media_pause"),
    ):
        hass.services.async_register(domain, service, note)
    for component in ("intent", "light", "media_player"):
        assert await async_setup_component(hass, component, {})
    await hass.async_block_till_done()
    for domain, service in (("light", "turn_on"), ("media_player", "media_pause")):
        hass.services.async_register(domain, service, note)

    await room.say_at_once("turn on the desk")
    await room.say_at_once("pause the radio")
    assert called == [
        ("turn_on", "['light.desk']"),
        ("media_pause", "media_player.radio"),
    ]
    assert "timer" in await room.say_at_once("how long is left on the timer")


# There, and gone


async def test_what_is_registered_goes_with_the_last_account(
    room: Room, hass: HomeAssistant, server: ObicoServer
) -> None:
    other = server.add_account(email="other@example.com")
    other.add_printer("Ender 3", agent="octoprint")
    second = await set_up(hass, server, other)
    assert await room.say("print status of Ender 3") == "Ender 3: Idle."
    await room.start()
    await room.say("cancel the print")

    await second.unload()
    assert "Idle" not in await room.say_at_once("print status of Ender 3")
    assert (await room.say("print status of Prusa MK4")).startswith("Prusa MK4: ")
    await room.control.obico.unload()
    assert registered(hass) == []
    assert "percent" not in await room.say_at_once("print status of Prusa MK4")


async def test_after_a_reload_all_is_as_before(room: Room, hass: HomeAssistant) -> None:
    before = registered(hass)
    await room.control.obico.unload()
    await room.control.obico.set_up()
    assert registered(hass) == before
    assert await room.say("what is the print status") == "Prusa MK4: Idle."


async def test_an_account_without_printers_has_no_sentences(
    hass: HomeAssistant, server: ObicoServer
) -> None:
    await set_up(hass, server, server.add_account(email="new@example.com"))
    assert registered(hass) == []


async def set_up_farm(hass: HomeAssistant, server: ObicoServer) -> None:
    """Set up many printers."""
    account = server.add_account(email="farm@example.com")
    for number in range(40):
        account.add_printer(f"Müller-Drucker {number:02}")
    await set_up(hass, server, account)


def opens(hass: HomeAssistant) -> list[str]:
    """Return what is registered that says no name."""
    return [sentence for sentence in registered(hass) if "{" in sentence]


def names_in(sentence: str) -> int:
    """Return how many spellings of the farm's names a sentence has."""
    return len(re.findall(r"m(?:ü|u|ue)ller", sentence))


OF_THE_FARM = (
    "pause the print on Müller-Drucker 39",
    "pause the print on Müller Drucker 39",
    "pause Mueller Drucker 07",
    "pause Muller-Drucker 07",
)
OF_OTHERS = ("pause the music", "pause the print on Fritz", "resume Müller")


async def taken(hass: HomeAssistant, sentences: tuple[str, ...]) -> list[str]:
    """Return which sentences are taken from whoever else they may be for."""
    agent = get_agent_manager(hass).default_agent
    assert agent is not None
    return [
        sentence
        for sentence in sentences
        if await agent.async_recognize_sentence_trigger(said(sentence, "en"))
    ]


async def test_few_names_are_written_out(room: Room, hass: HomeAssistant) -> None:
    """So they are known to whatever reads the sentences to learn words."""
    assert any("prusa mk 4" in sentence for sentence in registered(hass))
    assert opens(hass) == []


async def test_the_names_of_a_farm_are_in_lists(
    hass: HomeAssistant, server: ObicoServer
) -> None:
    """Home Assistant's agent parses all sentences in the event loop."""
    called: list[str] = []

    async def note(heard: conversation.ConversationInput, _: RecognizeResult) -> None:
        called.append(heard.text)

    get_agent_manager(hass).register_trigger(["open sesame {name}"], note)
    await set_up_farm(hass, server)
    assert not any(names_in(sentence) for sentence in registered(hass))
    assert len(opens(hass)) > 1
    assert await taken(hass, OF_THE_FARM) == list(OF_THE_FARM)
    assert await taken(hass, OF_OTHERS) == []
    # The list of an automation stays open, whatever it is called.
    await conversation.async_converse(hass, "open sesame Ali", None, Context(), "en")
    assert called == ["open sesame Ali"]


async def test_a_printer_of_a_farm_is_answered_for(
    hass: HomeAssistant, server: ObicoServer
) -> None:
    await set_up_farm(hass, server)
    answer = await conversation.async_converse(
        hass, "print status of Mueller Drucker 39", None, Context(), "en"
    )
    assert answer.response.speech["plain"]["speech"] == "Müller-Drucker 39: Offline."


@pytest.mark.parametrize("change", ["other", "gone"])
async def test_where_there_are_no_lists_a_farm_has_fewer_spellings(
    hass: HomeAssistant,
    server: ObicoServer,
    monkeypatch: pytest.MonkeyPatch,
    change: str,
) -> None:
    """An interface that changed must not leave the lists open to any name."""
    if change == "gone":
        monkeypatch.delattr(AgentManager, "subscribe_intents")
    else:
        monkeypatch.setattr(
            AgentManager, "subscribe_intents", lambda self, subscriber: lambda: None
        )
    await set_up_farm(hass, server)
    assert opens(hass) == []
    (pause, *_) = registered(hass)
    assert names_in(pause) == 80
    assert await taken(hass, OF_THE_FARM) == list(OF_THE_FARM[:2])
    assert await taken(hass, OF_OTHERS) == []


async def test_a_list_that_is_open_to_any_name_is_given_up(
    hass: HomeAssistant, server: ObicoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Home Assistant may come not to heed lists: that costs one sentence, not all."""
    rebuild = DefaultAgent._rebuild_trigger_intents

    def without_lists(self: DefaultAgent) -> None:
        rebuild(self)
        assert self._trigger_intents is not None
        for registered_intent in self._trigger_intents.intents.values():
            for data in registered_intent.data:
                data.slot_lists.clear()

    monkeypatch.setattr(DefaultAgent, "_rebuild_trigger_intents", without_lists)
    await set_up_farm(hass, server)
    assert await taken(hass, OF_OTHERS) == list(OF_OTHERS)
    answer = await conversation.async_converse(
        hass, "pause the music", None, Context(), "en"
    )
    assert answer.response.speech["plain"]["speech"] == "Please say that again."
    assert opens(hass) == []
    assert await taken(hass, OF_OTHERS) == []
    assert await taken(hass, OF_THE_FARM[:1]) == list(OF_THE_FARM[:1])


async def test_a_rename_registers_anew_and_other_changes_do_not(
    room: Room, hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    times: list[int] = []
    register = AgentManager.register_trigger

    def note(self: AgentManager, sentences: list[str], callback: object) -> object:
        times.append(len(sentences))
        return register(self, sentences, callback)  # type: ignore[arg-type]

    monkeypatch.setattr(AgentManager, "register_trigger", note)
    device = room.control.obico.device(room.control.printer)
    assert device is not None
    registry = dr.async_get(hass)
    registry.async_update_device(device.id, sw_version="2")
    await room.control.pass_time(120)
    assert times == []
    registry.async_update_device(device.id, name_by_user="Prusa")
    await hass.async_block_till_done()
    assert len(times) == 1


class TestWithoutAssist:
    """Not everybody has it, and some get it later."""

    @pytest.fixture
    def assist(self) -> None:
        """Set nothing up."""

    async def test_without_assist_nothing_is_registered(
        self, room: Room, hass: HomeAssistant
    ) -> None:
        assert "conversation" not in hass.config.components
        assert hass.data.get("conversation_agent") is None
        await room.start()
        await room.control.press("pause")
        await room.be(Phase.PAUSED)

    async def test_assist_may_come_later(self, room: Room, hass: HomeAssistant) -> None:
        for domain in ("homeassistant", "conversation"):
            assert await async_setup_component(hass, domain, {})
        await hass.async_block_till_done()
        assert await room.say("what is the print status") == "Prusa MK4: Idle."


# An interface that changed


@pytest.mark.parametrize("change", ["gone", "other", "unimportable"])
async def test_where_sentences_cannot_be_registered_all_else_works(
    prepared: Prepared,
    printer: Printer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    change: str,
) -> None:
    match change:
        case "gone":
            monkeypatch.delattr(AgentManager, "register_trigger")
        case "other":
            monkeypatch.setattr(AgentManager, "register_trigger", lambda self: None)
        case "unimportable":
            monkeypatch.delattr(
                "homeassistant.components.conversation.agent_manager.get_agent_manager"
            )
    obico = await prepared.follow()
    device = obico.device(printer)
    assert device is not None
    dr.async_get(obico.hass).async_update_device(device.id, name_by_user="Prusa")
    await obico.hass.async_block_till_done()
    assert caplog.text.count("does not let sentences for Assist be added") == 1
    assert obico.value(printer, "sensor.status") == "idle"
    await obico.unload()
    await prepared.timelapse.settle()


async def test_where_assistants_cannot_be_followed_the_house_is_listened_to(
    room: Room,
    hass: HomeAssistant,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.delattr(
        "homeassistant.components.assist_pipeline.runtime.KEY_ASSIST_PIPELINE"
    )
    assert await async_setup_component(hass, "assist_pipeline", {})
    await room.speak("de")
    assert await understood(hass) == {"de"}
    assert caplog.text.count("does not let sentences for Assist be added") == 1


async def test_there_is_always_an_answer(
    room: Room, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("custom_components.obico.voice.assist.async_answer", None)
    assert await room.say("pause the print") == (
        "That did not work. Home Assistant's log says why."
    )
    assert "A sentence could not be answered" in caplog.text


async def test_a_sentence_that_is_no_longer_known_is_asked_for_again(
    room: Room, hass: HomeAssistant
) -> None:
    """The printer is renamed between the hearing of a sentence and its meaning."""
    agent = get_agent_manager(hass).default_agent
    assert agent is not None
    callbacks = get_agent_manager(hass)._trigger_callbacks
    (answer,) = callbacks.values()
    matched = RecognizeResult(intent=Intent("of before"), intent_data=IntentData([]))
    answered = await answer(said("pause Old Name", ""), matched)
    assert answered == "Please say that again."


@pytest.mark.parametrize(
    ("language", "closest"),
    [
        ("zh-TW", "zh-Hant"),
        ("zh-HK", "zh-Hant"),
        ("zh-Hant", "zh-Hant"),
        ("zh-CN", "zh-Hans"),
        ("zh", "zh-Hans"),
        ("pt-BR", "pt-BR"),
        ("de-AT", "de"),
        ("tlh", None),
    ],
)
def test_the_closest_language_is_that_of_the_writing(
    hass: HomeAssistant, language: str, closest: str | None
) -> None:
    supported = ("de", "en", "pt", "pt-BR", "zh-Hans", "zh-Hant")
    assert closest_language(hass, language, supported) == closest
