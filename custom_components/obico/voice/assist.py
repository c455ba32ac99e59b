"""Sentences for Assist, without a file of the user's: registered while there is an account."""

from collections.abc import Iterable
import logging
from typing import TYPE_CHECKING, Any, Final

from homeassistant.const import (
    EVENT_COMPONENT_LOADED,
    EVENT_CORE_CONFIG_UPDATE,
    MATCH_ALL,
)
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
)
from homeassistant.setup import EventComponentLoaded
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN, STRUCTURE
from ..data import ObicoData
from .answers import QUESTIONS, async_answer
from .cancelling import Questions, Speaker
from .names import Vocabulary
from .registration import NOT_AS_EXPECTED, NoListsError, register
from .request import Request, Wish
from .sentences import LANGUAGES, Listener, Sentences, Spoken, load_sentences
from .texts import Texts, nearest

if TYPE_CHECKING:
    from hassil.recognize import RecognizeResult

    from homeassistant.components.assist_pipeline import Pipeline
    from homeassistant.components.conversation import ConversationInput
    from homeassistant.helpers.collection import CollectionChange

_LOGGER = logging.getLogger(__name__)

_CONVERSATION: Final = "conversation"
_PIPELINES: Final = "assist_pipeline"
# So many words, in so many languages, are written out in all sentences: whatever reads
# the sentences then knows the names. More are in lists, for Home Assistant's agent parses
# sentences in the event loop.
_MOST_WRITTEN_OUT: Final = 120
# Of each name, where there are more than that and lists are not to be had.
_FEWEST_SPELLINGS: Final = 2

_VOICE: Final[HassKey[Voice]] = HassKey(f"{DOMAIN}_voice")


async def async_listen(hass: HomeAssistant, account: ObicoData) -> CALLBACK_TYPE:
    """Let people speak to an account's printers, until what is returned is called."""
    if (voice := hass.data.get(_VOICE)) is None:
        sentences = await hass.async_add_executor_job(load_sentences)
        # Another account may have come first.
        voice = hass.data.setdefault(_VOICE, Voice(hass, sentences))
    return voice.async_add(account)


class Voice:
    """What Assist knows of all accounts' printers.

    Sentences are registered as automations register theirs. That is no interface for
    integrations: where it is not as expected, there are no sentences, and all else works.
    """

    def __init__(self, hass: HomeAssistant, sentences: tuple[Sentences, ...]) -> None:
        """Prepare; nothing is registered before there is an account."""
        self._hass = hass
        self._sentences = {each.language: each for each in sentences}
        self._questions = Questions(hass, self._async_update)
        self._accounts: dict[ObicoData, CALLBACK_TYPE] = {}
        self._listener: Listener | None = None
        self._registered = Spoken()
        self._has_lists = True
        self._unregister: CALLBACK_TYPE | None = None
        self._removers: list[CALLBACK_TYPE] = []
        self._stop_following_pipelines: CALLBACK_TYPE | None = None
        self._is_missing = False

    @callback
    def async_add(self, account: ObicoData) -> CALLBACK_TYPE:
        """Take up an account."""
        if not self._accounts:
            self._async_start()
        self._accounts[account] = account.coordinator.async_add_listener(
            self._async_update, STRUCTURE
        )
        self._async_update()

        @callback
        def remove() -> None:
            self._accounts.pop(account)()
            if self._accounts:
                self._async_update()
            else:
                self._async_stop()

        return remove

    @callback
    def _async_start(self) -> None:
        self._hass.data[QUESTIONS] = self._questions
        bus = self._hass.bus
        self._removers = [
            bus.async_listen(event_type, self._async_handle_change)
            for event_type in (ar.EVENT_AREA_REGISTRY_UPDATED, EVENT_CORE_CONFIG_UPDATE)
        ]
        self._removers += [
            bus.async_listen(
                EVENT_COMPONENT_LOADED,
                self._async_handle_change,
                event_filter=_is_about_assist,
            ),
            bus.async_listen(
                dr.EVENT_DEVICE_REGISTRY_UPDATED,
                self._async_handle_change,
                event_filter=_is_about_a_name_or_area,
            ),
            bus.async_listen(
                er.EVENT_ENTITY_REGISTRY_UPDATED,
                self._async_handle_change,
                event_filter=_is_about_aliases,
            ),
        ]

    @callback
    def _async_stop(self) -> None:
        while self._removers:
            self._removers.pop()()
        if self._stop_following_pipelines is not None:
            self._stop_following_pipelines()
            self._stop_following_pipelines = None
        self._questions.async_clear()
        del self._hass.data[QUESTIONS]
        self._async_register(Spoken())

    @callback
    def _async_handle_change(self, _event: Event[Any]) -> None:
        self._async_update()

    async def _async_handle_pipelines(
        self, _changes: Iterable[CollectionChange]
    ) -> None:
        self._async_update()

    @callback
    def _async_update(self) -> None:
        """Register what can be said now, if that is new."""
        # Not everybody has Assist, and it may be set up later.
        if not self._accounts or _CONVERSATION not in self._hass.config.components:
            return
        languages = self._languages()
        vocabulary = Vocabulary.of(self._hass, self._accounts)
        is_small = vocabulary.size * len(languages) <= _MOST_WRITTEN_OUT
        if not is_small and not self._has_lists:
            vocabulary = Vocabulary.of(self._hass, self._accounts, _FEWEST_SPELLINGS)
        self._listener = Listener(
            languages, vocabulary, is_asked=self._questions.are_waiting
        )
        try:
            self._async_register(
                self._listener.spoken(written_out=is_small or not self._has_lists)
            )
        except NoListsError:
            self._async_do_without_lists()

    @callback
    def _async_do_without_lists(self) -> None:
        """Write all names out from now on."""
        self._has_lists = False
        self._async_update()

    def _languages(self) -> list[Sentences]:
        """Return the sentences of Home Assistant's language and of those spoken to Assist."""
        found = (
            nearest(self._hass, language, LANGUAGES)
            for language in {self._hass.config.language, *self._async_pipelines()}
        )
        return [
            self._sentences[language] for language in sorted(filter(None, set(found)))
        ]

    @callback
    def _async_pipelines(self) -> set[str]:
        """Return the languages of the assistants that the user made, and follow them."""
        if _PIPELINES not in self._hass.config.components:
            return set()
        try:
            from homeassistant.components.assist_pipeline.runtime import (  # noqa: PLC0415
                KEY_ASSIST_PIPELINE,
            )

            store = self._hass.data[KEY_ASSIST_PIPELINE].pipeline_store
            if self._stop_following_pipelines is None:
                self._stop_following_pipelines = store.async_add_change_set_listener(
                    self._async_handle_pipelines
                )
            return {_language(pipeline) for pipeline in store.async_items()}
        except NOT_AS_EXPECTED as err:
            self._note_missing(err)
            return set()

    @callback
    def _async_register(self, spoken: Spoken) -> None:
        """Register these sentences in the place of those before."""
        if spoken == self._registered:
            return
        self._registered = spoken
        try:
            if self._unregister is not None:
                unregister, self._unregister = self._unregister, None
                unregister()
            if spoken.templates:
                self._unregister = register(
                    self._hass, spoken, self._async_handle_sentence
                )
        except NOT_AS_EXPECTED as err:
            self._note_missing(err)

    def _note_missing(self, err: Exception) -> None:
        if not self._is_missing:
            self._is_missing = True
            _LOGGER.warning(
                "This version of Home Assistant does not let sentences for Assist be "
                "added as expected; all else works: %s",
                err,
            )

    async def _async_handle_sentence(
        self, said: ConversationInput, matched: RecognizeResult
    ) -> str:
        """Answer a sentence, whatever happens: without an answer Assist says that it is done."""
        language = said.language or self._hass.config.language
        try:
            if any(entity.is_wildcard for entity in matched.entities_list):
                # A list that is open to any name takes what is meant for others.
                self._async_do_without_lists()
            return await self._async_answer(said, language)
        except Exception:
            _LOGGER.exception("A sentence could not be answered")
            texts = await Texts.async_load(self._hass, language)
            return texts.say("failed")

    async def _async_answer(self, said: ConversationInput, language: str) -> str:
        heard = (
            # It parses the sentences.
            await self._hass.async_add_executor_job(
                self._listener.hear,
                said.text,
                nearest(self._hass, language, LANGUAGES),
            )
            if self._listener
            else None
        )
        if heard is None:
            # What could be said changed just now.
            texts = await Texts.async_load(self._hass, language)
            return texts.say("not_understood")
        answer = await async_answer(
            self._hass,
            Request(
                wish=Wish(heard.intent),
                language=language,
                context=said.context,
                speaker=Speaker.of(said.context, said.device_id, said.satellite_id),
                names=(heard.name,) if heard.name else (),
            ),
        )
        return answer.text


def _language(pipeline: Pipeline) -> str:
    """Return the language in which an assistant is spoken to, as it tells its agent."""
    if pipeline.conversation_language != MATCH_ALL:
        return pipeline.conversation_language
    return pipeline.stt_language or pipeline.tts_language or pipeline.language


@callback
def _is_about_assist(data: EventComponentLoaded) -> bool:
    return data["component"] in (_CONVERSATION, _PIPELINES)


@callback
def _is_about_a_name_or_area(data: dr.EventDeviceRegistryUpdatedData) -> bool:
    return data["action"] == "update" and not data["changes"].keys().isdisjoint(
        ("area_id", "name", "name_by_user")
    )


@callback
def _is_about_aliases(data: er.EventEntityRegistryUpdatedData) -> bool:
    return data["action"] == "update" and "aliases" in data["changes"]
